"""Reading the record: each entry is checked against its own hashes and its neighbors every time it is read.

What is *not* checked here: that an entry stands in the signed log, and that nothing was cut off a stream's end. Both
take the whole log (`verify_ledger`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, Select, case, select

from covertops.ledger.canonical import Json
from covertops.ledger.checkpoint import BadCheckpoint, read_unverified
from covertops.ledger.entry import (
    Body,
    Field,
    Header,
    MalformedEntry,
    check_body,
    check_complete,
    check_fields,
    check_next,
    unpack_fields,
)
from covertops.ledger.forms import to_base64
from covertops.storage import tables
from covertops.storage.boxes import Place, WrongBoxes, open_part
from covertops.storage.compartments import ACCESS, BODY, CITY, DEPARTMENT, OPERATION, PROSECUTOR
from covertops.storage.errors import StreamDisposed, TamperedEntry
from covertops.storage.times import from_header
from covertops.storage.unit_of_work import ReadUnit, WriteUnit
from covertops.vault.envelope import SealBroken
from covertops.vault.keys import CompartmentKey
from covertops.vault.sealing import SealedBox

OWN_PARTS: Final = (DEPARTMENT, ACCESS, OPERATION)
"""Every stream's own part, without either counsel's."""
ALL_PARTS: Final = (*OWN_PARTS, PROSECUTOR, CITY)


@dataclass(frozen=True)
class RecordedEntry:
    """An entry read back from the record, with the fields of the parts that were asked for."""

    header: Header
    body: Body
    packed: Mapping[str, bytes]
    """The opened parts: each field's exact canonical bytes, one a line (`ledger.entry.unpack_fields`)."""
    given: tuple[Field, ...]

    @property
    def index(self) -> int:
        """Its place in the log, from 0."""
        return self.header.index

    @property
    def stream(self) -> str:
        """The id of its stream."""
        return self.header.stream

    @property
    def number(self) -> int:
        """Its place in its stream, from 1."""
        return self.header.number

    @property
    def header_hash(self) -> str:
        """SHA-256 of its header, by which other entries refer to it."""
        return self.header.hash

    @cached_property
    def time(self) -> datetime:
        """When it was recorded (UTC)."""
        return from_header(self.header.time)

    @property
    def kind(self) -> str:
        """What kind of entry it is."""
        return self.body.kind

    @property
    def version(self) -> int:
        """The version of its kind."""
        return self.body.version

    @property
    def office(self) -> str:
        """The office in which its author acted."""
        return self.body.office

    @property
    def digests(self) -> Mapping[str, str]:
        """The digest of every field by name, those of parts that were not asked for too."""
        return self.body.fields

    @cached_property
    def fields(self) -> Mapping[str, Json]:
        """The values of the fields that were asked for, by name."""
        return {field.name: field.value for field in self.given}


@dataclass(frozen=True)
class HeaderRow:
    """An entry's outer header with the place it is stored at: all of an entry that a witness receives."""

    index: int
    stream: str
    number: int
    header: bytes


def read_stream(
    unit: ReadUnit,
    stream: str,
    *,
    after: int = 0,
    after_hash: str | None = None,
    limit: int | None = None,
    newest_first: bool = False,
    parts: Collection[str] = OWN_PARTS,
) -> list[RecordedEntry]:
    """The entries of a stream past number ``after``, in order, or the newest of them first.

    With ``after_hash``, what is read must continue from the entry with that header hash. Raises TamperedEntry for an
    entry that is not what was appended or does not follow the one before it, StreamDisposed where keys were destroyed.
    """
    columns = tables.entry.c
    stream = unit.streams.id_of(stream)
    order = columns.number.desc() if newest_first else columns.number
    entries = select(tables.entry).where(columns.stream == stream, columns.number > after).order_by(order).limit(limit)
    found = _read(unit, entries, parts)
    reaches_back = not newest_first or limit is None or len(found) < limit
    _check_chain(found, after if reaches_back else None, after_hash)
    return found[::-1] if newest_first else found


def read_entries(
    unit: ReadUnit, stream: str, numbers: Iterable[int], *, parts: Collection[str] = OWN_PARTS
) -> list[RecordedEntry]:
    """The entries of a stream with these numbers, in order; a number the stream has not is left out.

    What this process opened before is not opened again, where no counsel's part is asked for.
    """
    stream, wanted = unit.streams.id_of(stream), set(numbers)
    # A transaction that writes sees what may yet be undone: it keeps nothing.
    kept = unit.store.opened if tuple(parts) == OWN_PARTS and not isinstance(unit, WriteUnit) else None
    known = kept.known(stream, wanted) if kept is not None else {}
    missing = wanted - known.keys()
    if missing:
        columns = tables.entry.c
        chosen = select(tables.entry).where(columns.stream == stream, columns.number.in_(missing))
        read = _read(unit, chosen, parts)
        if kept is not None:
            kept.keep(read)
        known |= {one.number: one for one in read}
    return [known[number] for number in sorted(known)]


def read_headers(unit: ReadUnit, *, first: int = 0, limit: int | None = None) -> list[HeaderRow]:
    """The outer headers of the log from index ``first`` on, unchecked: their reader checks them against a root."""
    columns = tables.entry.c
    rows = select(tables.entry).where(columns["index"] >= first).order_by(columns["index"]).limit(limit)
    return [HeaderRow(*row) for row in unit.connection.execute(rows)]


def read_checkpoint(unit: ReadUnit, size: int | None = None) -> str | None:
    """The stored checkpoint of the log at ``size`` entries, or the newest; None where there is none."""
    columns = tables.checkpoint.c
    query = select(columns.note).order_by(columns.size.desc()).limit(1)
    if size is not None:
        query = query.where(columns.size == size)
    return unit.connection.execute(query).scalar()


def roots_of(unit: ReadUnit, sizes: Collection[int]) -> dict[int, str]:
    """The root in base64 of each stored checkpoint of these sizes. Their signatures are not checked here."""
    columns, wanted = tables.checkpoint.c, sorted(sizes)
    found: dict[int, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = select(columns.size, columns.note).where(columns.size.in_(wanted[start : start + _AT_ONCE]))
        for size, note in unit.connection.execute(some):
            with suppress(BadCheckpoint):
                found[size] = to_base64(read_unverified(note).root)
    return found


_AT_ONCE: Final = 500
"""Databases take so many values in one statement and more; none of them takes any number."""

_Boxes = Mapping[str, SealedBox | None]
"""An entry's boxes by part; None for a part that is stored and was not asked for."""


def _read(unit: ReadUnit, entries: Select[Any], parts: Collection[str]) -> list[RecordedEntry]:
    """Read the chosen entries with their boxes in one statement, then open and check each."""
    chosen = entries.subquery("chosen")
    box = tables.box.c
    wanted = box.part.in_({BODY, *(str(part) for part in parts)})
    query = (
        select(
            chosen,
            box.part,
            case((wanted, box.wrapped_key)).label("wrapped_key"),
            case((wanted, box.sealed)).label("sealed"),
        )
        .select_from(chosen.outerjoin(tables.box, box.entry_index == chosen.c["index"]))
        .order_by(chosen.c["index"])
    )
    grouped = groupby(unit.connection.execute(query).all(), key=lambda row: tuple(row[:4]))
    read = [(_place(unit, HeaderRow(*row)), _boxes(rows)) for row, rows in grouped]
    keys = unit.compartments.existing(_names_of_keys(read))
    return [_open(unit, header, place, boxes, keys) for (header, place), boxes in read]


def _place(unit: ReadUnit, row: HeaderRow) -> tuple[Header, Place]:
    """The header of a row and where its boxes belong; the row must stand where the header says."""
    try:
        header = Header.from_bytes(row.header)
    except MalformedEntry as error:
        raise TamperedEntry(row.stream, row.number, str(error)) from error
    if (header.index, header.stream, header.number) != (row.index, row.stream, row.number):
        found = f"entry {header.number} of stream {header.stream} at index {header.index}"
        raise TamperedEntry(row.stream, row.number, f"its header, at index {row.index}, is of {found}")
    return header, Place.of(header, unit.streams.kind_of(header.stream))


def _boxes(rows: Iterable[Row[Any]]) -> _Boxes:
    return {
        row.part: None if row.sealed is None else SealedBox(row.wrapped_key, row.sealed)
        for row in rows
        if row.part is not None
    }


def _names_of_keys(read: Iterable[tuple[tuple[Header, Place], _Boxes]]) -> set[str]:
    return {
        place.compartment(part)
        for (_, place), boxes in read
        for part, box in boxes.items()
        if box is not None and part in place.parts
    }


def _open(
    unit: ReadUnit, header: Header, place: Place, boxes: _Boxes, keys: Mapping[str, CompartmentKey]
) -> RecordedEntry:
    """Open what was asked for and check it: the body against the header, each field against the body."""
    try:
        place.check_parts(boxes)
        opened = {part: open_part(place, part, box, keys) for part, box in boxes.items() if box is not None}
        body = check_body(header, opened.pop(BODY))
        given = [field for data in opened.values() for field in unpack_fields(data)]
        if None in boxes.values():
            check_fields(body, given)
        else:
            check_complete(body, given)
    except (MalformedEntry, WrongBoxes, SealBroken) as error:
        _refuse_disposed(unit, header.stream)
        raise TamperedEntry(header.stream, header.number, str(error)) from error
    return RecordedEntry(header, body, opened, tuple(given))


def _refuse_disposed(unit: ReadUnit, stream: str) -> None:
    """Raise StreamDisposed where that is why an entry cannot be opened."""
    columns = tables.disposed.c
    if unit.connection.execute(select(columns.stream).where(columns.stream == stream)).one_or_none() is not None:
        raise StreamDisposed(f"the keys of stream {stream} were destroyed: only its outer headers are left")


def _check_chain(found: Sequence[RecordedEntry], after: int | None, after_hash: str | None) -> None:
    """Check that the entries follow each other, and the first of them number ``after`` (None: any)."""
    before: Header | None = None
    for entry in found:
        try:
            if before is not None:
                check_next(before, entry.header)
            elif after is not None:
                _check_first(entry.header, after, after_hash)
        except MalformedEntry as error:
            raise TamperedEntry(entry.stream, entry.number, str(error)) from error
        before = entry.header


def _check_first(header: Header, after: int, after_hash: str | None) -> None:
    if header.number != after + 1:
        raise MalformedEntry(f"number: expected {after + 1}, found {header.number}; what lay between is missing")
    if after_hash is not None and header.previous != after_hash:
        raise MalformedEntry(f"previous: expected the hash {after_hash!r}, found {header.previous!r}")
