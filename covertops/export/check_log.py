"""The record's exact bytes in a package: key, checkpoint, proofs, chain, bodies and fields (ledger/FORMAT.md).

Every byte of these files either is checked here or leads to a finding: a file has one writing only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from covertops.export.ceilings import MOST_ENTRY, MOST_FIELD, MOST_SMALL, MOST_VALUES
from covertops.export.content import CopiedEntry
from covertops.export.look import Seen
from covertops.export.names import CHECKPOINT, LOG_KEY, department_proof_path, entry_path, proof_path
from covertops.export.record import key_fingerprint
from covertops.export.report import Report
from covertops.ledger.canonical import Json, parse
from covertops.ledger.checkpoint import Checkpoint, open_checkpoint
from covertops.ledger.entry import (
    Body,
    Field,
    Header,
    MalformedEntry,
    check_body,
    check_fields,
    check_next,
)
from covertops.ledger.forms import from_base64
from covertops.ledger.merkle import leaf_hash, verify_inclusion
from covertops.ledger.proof import read_proof, write_proof

_ENTRY: Final = re.compile(r"data/log/entries/([0-9]{6,12})\.json")
_DEPARTMENT: Final = re.compile(r"data/log/department/[0-9]{6}\.json")


@dataclass(frozen=True)
class ReadEntry:
    """An entry whose layers belong together; ``body`` is None where the copy withholds it."""

    header: Header
    body: Body | None
    fields: tuple[Field, ...]

    def copied(self) -> CopiedEntry:
        """The entry's exact bytes, the grounds of what is withheld not yet known."""
        body = self.body.to_bytes() if self.body else None
        return CopiedEntry(self.header.to_bytes(), body, tuple(one.to_bytes() for one in self.fields), {})


@dataclass(frozen=True)
class SignedLog:
    """The log as its key signed it."""

    key: str
    note: str
    checkpoint: Checkpoint


def check_key(seen: Mapping[str, Seen], pinned: str | None, report: Report) -> str | None:
    """The key to verify with: the one in the package, which must be the pinned one (or have its fingerprint)."""
    key = text_of(seen, LOG_KEY, report)
    if key is None:
        return None
    if not key.endswith("\n") or "\n" in key[:-1]:
        report.found(LOG_KEY, "is not one line")
        return None
    key = key[:-1]
    try:
        report.key_fingerprint = key_fingerprint(key)
    except ValueError as error:
        report.found(LOG_KEY, str(error))
        return None
    if pinned is not None:
        expected = "".join(pinned.split())
        report.pinned = expected == key or expected.lower() == report.key_fingerprint
        if not report.pinned:
            report.found(LOG_KEY, f"is not the key you gave: found {key}, expected {expected[:200]}")
    return key


def check_checkpoint(seen: Mapping[str, Seen], key: str, report: Report) -> SignedLog | None:
    """The checkpoint, signed by the key and by nobody else whose word we could not judge."""
    note = text_of(seen, CHECKPOINT, report)
    if note is None:
        return None
    try:
        checkpoint = open_checkpoint(note, key)
    except ValueError as error:
        report.found(CHECKPOINT, str(error))
        return None
    if not has_only_the_logs_signature(note):
        report.found(CHECKPOINT, "holds lines besides the log’s own signature")
    return SignedLog(key, note, checkpoint)


def has_only_the_logs_signature(note: str) -> bool:
    """Whether a note that the log signed holds one signature, about which more is known than that it is there."""
    return note.partition("\n\n")[2].count("\n") == 1


def check_department(seen: Mapping[str, Seen], log: SignedLog, report: Report) -> list[ReadEntry]:
    """The department's entries by which signatures are checked: of one stream, in order, each whole and in the log.

    Others of that stream are left out, so that the numbers have gaps.
    """
    read: list[ReadEntry] = []
    for path in sorted(path for path in seen if _DEPARTMENT.fullmatch(path)):
        number = int(path[-11:-5])
        entry = _read_entry(seen[path].data or b"", path, report)
        if entry is None:
            continue
        header, before = entry.header, read[-1].header if read else None
        if entry.body is None or entry.body.fields.keys() != {one.name for one in entry.fields}:
            report.found(path, "does not show every field")
        elif header.number != number or header.origin != log.checkpoint.origin:
            report.found(path, f"holds entry {header.number} of the log {header.origin}")
        elif before is not None and (header.stream != before.stream or header.index <= before.index):
            report.found(path, "does not come after the one before it in the department’s stream")
        else:
            _check_proof(seen, header, department_proof_path(number), log, report)
            read.append(entry)
    return read


def check_entries(seen: Mapping[str, Seen], log: SignedLog, report: Report) -> list[ReadEntry]:
    """Every entry of the copy in order, each one's layers, proof and place checked."""
    read: list[ReadEntry] = []
    before: Header | None = None
    expected = 1
    for number, data in _files(seen).items():
        if number != expected:
            upto = "" if number == expected + 1 else f", and those after it up to {number - 1}"
            report.found(entry_path(expected), f"is missing{upto}")
        entry = _read_entry(data, entry_path(number), report)
        if entry is not None:
            _check_place(entry.header, before if number == expected else None, number, log, report)
            _check_proof(seen, entry.header, proof_path(number), log, report)
            read.append(entry)
            report.entries += 1
            report.fields += len(entry.fields)
        before, expected = entry.header if entry else None, number + 1
    return read


def _files(seen: Mapping[str, Seen]) -> dict[int, bytes]:
    """The entries' files by number, in order; one under another writing of a number is none of them."""
    numbers = {int(name[1]) for path in seen if (name := _ENTRY.fullmatch(path))}
    files = {number: seen.get(entry_path(number)) for number in sorted(numbers)}
    return {number: file.data or b"" for number, file in files.items() if file is not None}


def text_of(seen: Mapping[str, Seen], path: str, report: Report) -> str | None:
    """A file as text; None, and a finding, where it is missing or is none."""
    file = seen.get(path)
    if file is None or file.data is None:
        report.found(path, "is missing")
        return None
    try:
        return file.data.decode()
    except UnicodeDecodeError as error:
        report.found(path, f"is not UTF-8 at byte {error.start}")
        return None


def _read_entry(data: bytes, path: str, report: Report) -> ReadEntry | None:
    try:
        return read_entry_file(data)
    except ValueError as error:
        report.found(path, str(error))
        return None


def read_entry_file(data: bytes) -> ReadEntry:
    """An entry's layers, each the one that the layer above commits to. Raises ValueError.

    Before any layer is parsed, it is seen to be of the shape that it must have: whatever nests, or is long, takes many
    times its own size in memory.
    """
    _flat(data, MOST_ENTRY, 2, "the entry’s file")
    match parse(data):
        case {"header": str() as header, "body": str() as body, "fields": list() as fields, **rest} if not rest:
            read = _header(header)
            opened = check_body(read, _flat(from_base64(body), MOST_ENTRY, 2, "the body"))
            disclosed = tuple(_field(from_base64(_string(one))) for one in fields)
            check_fields(opened, disclosed)
            if [one.name for one in disclosed] != sorted(one.name for one in disclosed):
                raise MalformedEntry("its fields are not in order of their names")
            return ReadEntry(read, opened, disclosed)
        case {"header": str() as header, "fields": [], **rest} if not rest:
            return ReadEntry(_header(header), None, ())
    raise MalformedEntry("an entry’s file holds header, body and fields, or header and no fields")


def _header(text: str) -> Header:
    return Header.from_bytes(_flat(from_base64(text), MOST_SMALL, 1, "the header"))


def _flat(data: bytes, most: int, deep: int, what: str) -> bytes:
    """The same bytes; raise MalformedEntry where they are more than ``most``, or open more than ``deep`` brackets."""
    if len(data) > most:
        raise MalformedEntry(f"{what} has {len(data)} bytes; {most} are read at most")
    if data.count(b"[") + data.count(b"{") > deep:
        raise MalformedEntry(f"{what} holds lists or objects where there are none")
    return data


def _field(data: bytes) -> Field:
    """A field, whose value is one value or few: a text may hold brackets, so it is counted once it is read."""
    read = Field.from_bytes(_flat(data, MOST_FIELD, MOST_FIELD, "a field"))
    if _values_in(read.value) > MOST_VALUES:
        raise MalformedEntry(f"the field {read.name} holds more than {MOST_VALUES} values")
    return read


def _values_in(value: Json) -> int:
    """How many values a value consists of, itself among them."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_values_in, inner))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise MalformedEntry("a field is not base64")
    return value


def _check_place(header: Header, before: Header | None, number: int, log: SignedLog, report: Report) -> None:
    """The header must stand where its file says, in the log that was signed, after the one before it."""
    path = entry_path(number)
    if header.number != number:
        report.found(path, f"holds entry {header.number}")
    elif header.origin != log.checkpoint.origin:
        report.found(path, f"is of the log {header.origin}, the checkpoint of {log.checkpoint.origin}")
    elif before is not None or number == 1:
        try:
            check_next(before, header)
        except MalformedEntry as error:
            report.found(path, f"does not follow the entry before it: {error}")


def _check_proof(seen: Mapping[str, Seen], header: Header, path: str, log: SignedLog, report: Report) -> None:
    """The proof must lead from this header to the root that was signed, and be written in no other way."""
    text = text_of(seen, path, report)
    if text is None:
        return
    try:
        proof = read_proof(text)
        if proof.note != log.note or write_proof(proof.index, proof.hashes, log.note) != text:
            report.found(path, "is not a proof against the package’s checkpoint")
        if proof.index != header.index:
            report.found(path, f"is of the entry at index {proof.index}, this one has {header.index}")
        leaf = leaf_hash(header.to_bytes())
        verify_inclusion(leaf, proof.index, log.checkpoint.size, proof.hashes, log.checkpoint.root)
    except ValueError as error:
        report.found(path, str(error))
