"""Writing a package: planned whole, so that its size and fingerprint are known, then sent piece by piece.

    EXP-2026-0001-1/START-HERE.txt
    EXP-2026-0001-1/seal/                                the record's next entry, which names the bag's fingerprint
    EXP-2026-0001-1/EXP-2026-0001-1.bag/data/log/        the record's exact bytes, proofs, checkpoint, key, policy
    EXP-2026-0001-1/EXP-2026-0001-1.bag/data/log/department/   what the department has on record of passkeys
    EXP-2026-0001-1/EXP-2026-0001-1.bag/data/evidence/   each capture and its intake
    EXP-2026-0001-1/EXP-2026-0001-1.bag/data/...         what is computed from them: record, coverage, lists, dictionary

The same :class:`Package` gives the same bytes, on any machine and at any time. What would change them (a label of a
declaration, a word of a document) makes another bag than the one that was sealed, and no seal fits it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from covertops.export import ceilings, names
from covertops.export.bag import Bag, make_bag
from covertops.export.content import CopiedEntry, Package, Seal
from covertops.export.documents import bag_metadata, documents
from covertops.export.inventory import captures
from covertops.export.record import CopiedRecord, read_record
from covertops.export.start_here import start_here, with_fingerprint
from covertops.export.zip_stream import Member, size_of, stream
from covertops.ledger.canonical import Json, canonical
from covertops.ledger.entry import Header
from covertops.ledger.forms import to_base64

_BESIDES: Final = 7
"""Files that are not the bag's payload: its four tag files, and three beside it."""


class TooMuch(ValueError):
    """A package larger than a verifier reads."""


@dataclass(frozen=True)
class PlannedBag:
    """The bag of a package before it is sealed, and the record that it was made of."""

    record: CopiedRecord
    bag: Bag

    @property
    def manifest_sha256(self) -> str:
        """Its fingerprint: the SHA-256 of its tag manifest."""
        return self.bag.manifest_sha256


@dataclass(frozen=True)
class Plan:
    """A package ready to be sent: its file name, length in bytes, and the SHA-256 of its tag manifest."""

    reference: str
    size: int
    manifest_sha256: str
    members: tuple[Member, ...]

    @property
    def filename(self) -> str:
        """The name of the ZIP file."""
        return f"{self.reference}.zip"

    def stream(self) -> Iterator[bytes]:
        """The ZIP file's bytes. Raises ContentChanged where a capture is not what its entry says."""
        return stream(self.members)


def plan_bag(package: Package) -> PlannedBag:
    """Plan the bag of a package without reading any capture.

    Raises ValueError for entries that make no package, or captures that are not those the entries disclose, and TooMuch
    for a package larger than a verifier reads.
    """
    record = read_record(package.entries, package.policy, package.checkpoint, package.log_key)
    payload = _log(package) + _captures(package, record)
    payload += [Member.of(path, data) for path, data in documents(record).items()]
    _check_ceilings(payload)
    return PlannedBag(record, make_bag(payload, bag_metadata(record)))


def _check_ceilings(payload: Sequence[Member]) -> None:
    """What no verifier would read is not written. Raises TooMuch."""
    kept = [one for one in payload if not ceilings.is_capture(one.path)]
    if len(payload) > ceilings.MOST_FILES - _BESIDES:
        raise TooMuch(f"it has {len(payload)} files; {ceilings.MOST_FILES - _BESIDES} are the most")
    if sum(one.size for one in kept) > ceilings.MOST_PAYLOAD:
        raise TooMuch(f"its documents have more than {ceilings.MOST_PAYLOAD} bytes together")
    for one in kept:
        if one.size > ceilings.most_of(one.path):
            raise TooMuch(f"{one.path} has {one.size} bytes; {ceilings.most_of(one.path)} are the most")


def plan(planned: PlannedBag, seal: Seal) -> Plan:
    """Plan the whole package once its bag is sealed."""
    reference, bag = planned.record.release.reference, planned.bag
    start = with_fingerprint(start_here(planned.record), bag.manifest_sha256)
    members = (
        Member.of(f"{reference}/{names.START_HERE}", start),
        Member.of(f"{reference}/{names.SEAL_ENTRY}", entry_file(seal.entry)),
        Member.of(f"{reference}/{names.SEAL_PROOF}", seal.proof.encode()),
        *bag.within(f"{reference}/{reference}.bag"),
    )
    return Plan(reference, size_of(members), bag.manifest_sha256, members)


def _log(package: Package) -> list[Member]:
    files = [
        Member.of(names.CHECKPOINT, package.checkpoint.encode()),
        Member.of(names.LOG_KEY, f"{package.log_key}\n".encode()),
        Member.of(names.POLICY, package.policy),
    ]
    for entry, proof in zip(package.department, package.department_proofs, strict=True):
        number = Header.from_bytes(entry.header).number
        files.append(Member.of(names.department_path(number), entry_file(entry)))
        files.append(Member.of(names.department_proof_path(number), proof.encode()))
    for number, (entry, proof) in enumerate(zip(package.entries, package.proofs, strict=True), start=1):
        files.append(Member.of(names.entry_path(number), entry_file(entry)))
        files.append(Member.of(names.proof_path(number), proof.encode()))
    return files


def entry_file(entry: CopiedEntry) -> bytes:
    """An entry's file (FORMAT.md, "In a package"), as canonical JSON."""
    content: dict[str, Json] = {
        "header": to_base64(entry.header),
        "fields": [to_base64(one) for one in entry.fields],
    }
    if entry.body is not None:
        content["body"] = to_base64(entry.body)
    return canonical(content)


def _captures(package: Package, record: CopiedRecord) -> list[Member]:
    given = {one.number: one.chunks for one in package.captures}
    disclosed = {one.it.number: one for one in captures(record) if one.path is not None}
    if given.keys() != disclosed.keys() or len(given) != len(package.captures):
        raise ValueError(f"captures of entries {sorted(given)} were given, expected {sorted(disclosed)}")
    return [
        Member(one.path or "", one.entry.size, one.entry.sha256, given[number]) for number, one in disclosed.items()
    ]
