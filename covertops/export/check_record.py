"""What the record in a package says, and whether everything computed from it says the same.

Computed anew here: the readable record, coverage, inventory, withheld list, dictionary, intakes, bag-info.txt and
START-HERE.txt. Whoever alters one of them alone, manifests and all, is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from covertops.domain.disclosure import ENTRY, ground_to_withhold_entry
from covertops.export.check_log import ReadEntry, SignedLog
from covertops.export.content import grounds_of
from covertops.export.coverage import hidden_lines, sitting_lines, sittings
from covertops.export.documents import bag_metadata, documents
from covertops.export.inventory import captures
from covertops.export.look import Seen
from covertops.export.names import (
    CHECKPOINT,
    LOG_KEY,
    POLICY,
    SEAL_ENTRY,
    SEAL_PROOF,
    START_HERE,
    START_HERE_INSIDE,
    department_path,
    department_proof_path,
    entry_path,
    proof_path,
)
from covertops.export.package_files import PIECE
from covertops.export.record import CannotRead, CopiedRecord, Item, Release, read_item, record_of, release_in
from covertops.export.report import Report
from covertops.export.start_here import with_fingerprint
from covertops.ledger.canonical import Json


def check_ending(items: Sequence[Item], release: Release, log: SignedLog, report: Report) -> None:
    """The copy ends with the release and whom it introduced, and the log that was signed ends with the copy."""
    for item in items:
        if item.number > release.number and (item.body is None or item.body.kind != "person.introduced"):
            report.found(entry_path(item.number), "follows the release, with which a package ends")
    last = items[-1].header
    if log.checkpoint.size != last.index + 1:
        report.found(
            entry_path(last.number + 1),
            f"is missing: the log had {log.checkpoint.size} entries when it was signed, the last one here has index "
            f"{last.index}",
        )


def check_references(items: Sequence[Item], report: Report) -> None:
    """Whatever an entry refers to in its own operation is the entry that stands here."""
    hashes = {item.number: item.header.hash for item in items}
    for item in items:
        for name, value in item.values.items():
            if isinstance(value, dict) and value.get("stream") == item.header.stream and not _leads(value, hashes):
                report.found(entry_path(item.number), f"{name} refers to an entry that is not the one here")


def _leads(reference: Mapping[str, Json], hashes: Mapping[int, str]) -> bool:
    number = reference.get("number")
    return isinstance(number, int) and hashes.get(number) == reference.get("hash")


def check_withheld(items: Sequence[Item], release: Release, report: Report) -> tuple[Item, ...] | None:
    """The entries with the grounds on which parts of them are withheld: exactly what the rules and the preparer say.

    None where something is missing without a ground, or shown against the rules.
    """
    found: list[Item] = []
    before = report.count
    for item in items:
        whole = ground_to_withhold_entry(item.number, release.more)
        if item.body is None:
            report.withheld_entries += 1
            if whole is None:
                report.found(entry_path(item.number), "is withheld as a whole and no ground for it is on record")
            found.append(replace(item, withheld={ENTRY: whole or ""}))
            continue
        grounds = {ENTRY: whole} if whole else grounds_of(item.body, item.number, release.audience, release.more)
        absent = item.body.fields.keys() - item.values.keys()
        report.withheld_fields += len(absent)
        for name in sorted(absent - grounds.keys()):
            report.found(entry_path(item.number), f"the field {name} is missing and no ground for it is on record")
        for name in sorted(grounds.keys() - absent):
            report.found(entry_path(item.number), f"{name} is shown and should be withheld: {grounds[name]}")
        found.append(replace(item, withheld=grounds))
    return tuple(found) if report.count == before else None


def read_copy(entries: Sequence[ReadEntry], log: SignedLog, policy: bytes, report: Report) -> CopiedRecord | None:
    """The copy as its readers read it, its ending, references and withholding checked; None where it cannot be."""
    try:
        plain = [read_item(entry.copied()) for entry in entries]
        release = release_in(plain)
        report.reference = release.reference
        check_ending(plain, release, log, report)
        check_references(plain, report)
        items = check_withheld(plain, release, report)
        digest = hashlib.sha256(policy).hexdigest()
        if digest != release.entry.policy:
            report.found(POLICY, f"has SHA-256 {digest}, the release names the policy {release.entry.policy}")
            return None
        return record_of(items, policy, log.note, log.key) if items is not None else None
    except CannotRead as error:
        report.found(entry_path(error.number or _should_release(entries, log)), str(error))
    except ValueError as error:
        report.found(POLICY, str(error))
    return None


def _should_release(entries: Sequence[ReadEntry], log: SignedLog) -> int:
    """Where a release is missing: the entry with which the signed log ends, or the one that is not here any more."""
    last = entries[-1].header
    return last.number if log.checkpoint.size == last.index + 1 else last.number + 1


def check_captures(record: CopiedRecord, seen: Mapping[str, Seen], report: Report) -> None:
    """Each disclosed capture is the file that its entry says: size, SHA-256 and segment root."""
    for one in captures(record):
        if one.path is None:
            continue
        file = seen.get(one.path)
        if file is None:
            report.found(one.path, f"is missing: entry {one.it.number} preserved it")
            continue
        report.captures += 1
        expected = (one.entry.size, one.entry.sha256, one.entry.segment_root)
        names = ("size", "SHA-256", "segment root")
        for name, right, wrong in zip(names, expected, (file.size, file.sha256, file.segment_root), strict=True):
            if right != wrong:
                report.found(one.path, f"has {name} {wrong}, entry {one.it.number} says {right}")


def check_documents(
    record: CopiedRecord, seen: Mapping[str, Seen], department: Collection[int], report: Report, *, sealed: bool
) -> None:
    """Everything computed from the record says what it says, and nothing else is in the bag.

    A seal that holds tells when a readable file was made to differ: before the department released it, by its own hand
    or by a version of this program that words it otherwise. It is a finding all the same: the file misleads.
    """
    since = "was sealed though it" if sealed else "was changed: it"
    expected = documents(record)
    expected["bag-info.txt"] = _bag_info(record, seen)
    for path, data in expected.items():
        file = seen.get(path)
        if file is None:
            report.found(path, "is missing")
        elif file.data != data:
            difference = _first_difference(file.data or b"", data)
            report.found(path, f"{since} says something else than the entries: {difference}")
        report.documents += 1
    known = expected.keys() | {CHECKPOINT, LOG_KEY, POLICY}
    known |= {path for one in department for path in (department_path(one), department_proof_path(one))}
    known |= {path for item in record.items for path in (entry_path(item.number), proof_path(item.number))}
    known |= {one.path for one in captures(record) if one.path}
    for path in sorted(path for path in seen if path.startswith("data/") and path not in known):
        report.found(path, "is no part of the package: no entry refers to it")


def check_beside(
    record: CopiedRecord, seen: Mapping[str, Seen], beside: Mapping[str, Seen], bag: str, report: Report
) -> None:
    """Beside the bag lie its seal and a copy of the bag's own START-HERE.txt with the fingerprint, nothing else."""
    inside, copy = seen.get(START_HERE_INSIDE), beside.get(START_HERE)
    if copy is None:
        report.found(START_HERE, "is missing")
    elif inside is not None and copy.data != with_fingerprint(inside.data or b"", report.fingerprint):
        report.found(START_HERE, "is not the bag’s own with the fingerprint in it")
    if bag != f"{record.release.reference}.bag":
        report.found(bag, f"is the folder of another package than {record.release.reference}")
    for path in sorted(beside.keys() - {START_HERE, SEAL_ENTRY, SEAL_PROOF}):
        report.found(path, "is no part of the package")


def _first_difference(found: bytes, expected: bytes) -> str:
    """In which line two files begin to differ, without taking them apart: one of them may be all line feeds."""
    common = min(len(found), len(expected))
    at = next((one for one in range(0, common, PIECE) if found[one : one + PIECE] != expected[one : one + PIECE]), None)
    if at is None:
        place = common
    else:
        pairs = zip(found[at : at + PIECE], expected[at : at + PIECE], strict=False)
        place = next((at + step for step, (one, other) in enumerate(pairs) if one != other), common)
    longer = max(found, expected, key=len)
    if place == common and longer[place : place + 1] == b"\n":
        lines = [one.count(b"\n") + 1 for one in (found, expected)]
        return f"{lines[0]} lines, expected {lines[1]}"
    return f"line {found.count(10, 0, place) + 1} differs"


def _bag_info(record: CopiedRecord, seen: Mapping[str, Seen]) -> bytes:
    payload = [one.size for path, one in seen.items() if path.startswith("data/")]
    lines = [*bag_metadata(record), ("Payload-Oxum", f"{sum(payload)}.{len(payload)}")]
    return "".join(f"{name}: {value}\n" for name, value in lines).encode()


def cover(record: CopiedRecord, report: Report) -> None:
    """Say for each activity whether it was authorized, by the policy and the entries in the package."""
    found = sittings(record)
    report.activities = len(found)
    for one in found:
        report.covered += sitting_lines(one, record)
    report.covered += hidden_lines(record)
