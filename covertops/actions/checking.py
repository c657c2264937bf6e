"""Checking an installation as a whole: the ledger, the fold, the views derived from it, and every sealed file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from covertops.actions.installation import Installation
from covertops.domain.declaration import MalformedEntry, Recorded, entry_from, kind_of
from covertops.domain.department import Department, evolve_department
from covertops.domain.entries.activity import EvidencePreserved
from covertops.domain.entries.counsel import CityAttorneyWrote, ProsecutorWrote
from covertops.domain.evolve import evolve
from covertops.domain.operation import Operation
from covertops.domain.signatures import not_held
from covertops.export.signatures import Named, Signatures
from covertops.ledger.entry import Body, Header, field_values
from covertops.storage.errors import StorageError
from covertops.storage.files import FileStoreError
from covertops.storage.ledger_read import read_checkpoint, roots_of
from covertops.storage.lookups import all_streams
from covertops.storage.rows import rows_of
from covertops.storage.times import from_header
from covertops.storage.unit_of_work import ReadUnit
from covertops.storage.verify_ledger import verify_ledger
from covertops.storage.views import compare, strangers
from covertops.storage.views import rebuild as rebuild_views
from covertops.vault.envelope import SealBroken

Progress = Callable[[int, int], None]
_OWN: Final = ("department", "operation")
_Kept = EvidencePreserved | ProsecutorWrote | CityAttorneyWrote
"""The kinds of entry that keep a file."""
_WRITINGS: Final = frozenset(kind_of(one).name for one in (ProsecutorWrote, CityAttorneyWrote))


@dataclass
class Checked:
    """What was looked at and what was found. Nothing looked at is never well."""

    entries: int = 0
    checkpoints: int = 0
    operations: int = 0
    rows: int = 0
    files: int = 0
    bytes: int = 0
    signatures: dict[str, int] = field(default_factory=dict)
    """How many signatures hold, by level."""
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether something was checked and all of it is well."""
        return self.entries > 0 and not self.problems

    def as_data(self) -> dict[str, Any]:
        """For a script."""
        return {"ok": self.ok, **vars(self)}

    def as_lines(self) -> list[str]:
        """For a person."""
        counted = (
            f"{self.entries} entries, {self.checkpoints} checkpoints, {self.operations} operations, "
            f"{self.rows} view rows, {sum(self.signatures.values())} signatures, {self.files} files "
            f"({self.bytes} bytes) checked."
        )
        verdict = "The record is intact." if self.ok else "NOTHING TO CHECK." if not self.entries else "NOT INTACT."
        lines = [counted, *(f"PROBLEM: {one}" for one in self.problems), *self.notes, verdict]
        return [*lines, "No outside copy yet: only a record receipt kept elsewhere can show a record rewritten whole."]


def check(house: Installation, receipts: Sequence[str] = (), progress: Progress | None = None) -> Checked:
    """Check everything. Raises nothing for what is stored: whatever it is, it is a problem in the answer."""
    found, refold = Checked(), Refold()
    ledger = verify_ledger(
        house.store, progress, receipts, refold.visit, lambda unit: _compare(house, unit, refold, found)
    )
    found.entries, found.checkpoints = ledger.entries, ledger.checkpoints
    found.problems[:0] = [str(one) for one in ledger.problems]
    return found


class Refold:
    """Folds every stream anew, from nothing that is cached, as the verification opens its entries."""

    def __init__(self) -> None:
        self.department = Department()
        self.operations: dict[str, Operation] = {}
        self.files: dict[str, _Kept] = {}
        self.signatures = Signatures()
        self.problems: list[str] = []
        self._broken: set[str] = set()

    def visit(self, header: Header, body: Body, parts: Mapping[str, bytes]) -> None:
        """Take the next entry of the log. What the rules cannot read is a problem of its stream, once."""
        if "access" in parts or header.stream in self._broken:
            return
        # A writing's file is named in its attorney's part; of other entries, what an attorney said is not looked at.
        wanted = parts if body.kind in _WRITINGS else [part for part in _OWN if part in parts]
        values = {name: one for part in wanted for name, one in field_values(parts[part]).items()}
        try:
            entry = entry_from(body.kind, body.version, body.fields, values)
            it = Recorded(header.stream, header.number, from_header(header.time), header.hash, body.office, entry)
            office = not_held(self.department, it)
            self._take(it, "department" in parts)
            found = [office] if office else []
            self.problems += [f"{_where(header)}: {one}" for one in (*found, *self.signatures.check(header, body, it))]
        except (MalformedEntry, KeyError, AttributeError, TypeError, ValueError) as error:
            self._broken.add(header.stream)
            self.operations.pop(header.stream, None)
            self.problems.append(f"{_where(header)}: {error}")

    def _take(self, it: Recorded, department: bool) -> None:
        if department:
            self.department = evolve_department(self.department, it)
            return
        before = self.operations.get(it.stream) or Operation(it.stream)
        self.operations[it.stream] = evolve(before, it)
        if isinstance(it.entry, _Kept):
            self.files[it.entry.file] = it.entry


def _where(header: Header) -> str:
    return f"entry {header.number} of stream {header.stream}"


def _compare(house: Installation, unit: ReadUnit, refold: Refold, found: Checked) -> None:
    """Compare the views and the files with what the record folds to, and the signatures with the log's checkpoints."""
    rules, zone = refold.department.rules(house.policy), refold.department.zone
    found.problems += refold.problems
    found.signatures = dict(sorted(refold.signatures.levels.items()))
    found.problems += _wrong_checkpoints(unit, refold.signatures.named)
    found.notes += [f"{one}." for one in refold.signatures.told(refold.department.name_of)]
    found.operations = len(refold.operations)
    try:
        for operation in refold.operations.values():
            rows = rows_of(operation, rules, zone, house.lookup_key)
            found.rows += sum(len(some) for some in rows.values())
            found.problems += [str(one) for one in compare(unit, operation.id, rows)]
        found.problems += [str(one) for one in strangers(unit, all_streams(unit))]
        _check_files(house, unit, refold.files, found)
    except StorageError as error:
        found.problems.append(f"views and files cannot be compared: {error}")


def _wrong_checkpoints(unit: ReadUnit, named: Sequence[Named]) -> list[str]:
    """The signatures that name a checkpoint which is not one of this log. Those stored were compared with the log."""
    signed = roots_of(unit, {one.checkpoint.size for one in named})
    return [
        f"entry {one.number} of stream {one.stream}: its signature names a checkpoint of {one.checkpoint.size} entries "
        "that is none of this log"
        for one in named
        if signed.get(one.checkpoint.size) != one.checkpoint.root
    ]


def _check_files(house: Installation, unit: ReadUnit, referenced: dict[str, _Kept], found: Checked) -> None:
    for file_id, entry in referenced.items():
        label = entry.reference if isinstance(entry, EvidencePreserved) else "an attorney’s writing"
        try:
            with house.files.open(file_id, unit.compartments.key) as stored:
                stored.check(entry.sha256, entry.segment_root)
                if stored.size != entry.size:
                    found.problems.append(f"file {file_id} ({label}): {stored.size} bytes, on record {entry.size}")
            found.files += 1
            found.bytes += entry.size
        except (FileStoreError, SealBroken, StorageError) as error:
            found.problems.append(f"file {file_id} ({label}): {error}")
    found.problems += [f"file {name}: its name is not one this store gives" for name in house.files.strangers()]
    for file_id in house.files.ids():
        if file_id not in referenced:
            _check_orphan(house, unit, file_id, found)


def _check_orphan(house: Installation, unit: ReadUnit, file_id: str, found: Checked) -> None:
    try:
        house.files.open(file_id, unit.compartments.key).close()
    except (FileStoreError, SealBroken, StorageError) as error:
        found.problems.append(f"file {file_id}: no entry refers to it and it is not ours: {error}")
        return
    found.notes.append(f"file {file_id}: an upload cut off before it was recorded; it will be swept")


def rebuild(house: Installation) -> dict[str, int]:
    """Make every view row anew from the record; the counts of operations folded and rows written."""
    with house.store.write() as unit:
        department = house.folds.department(unit)
        rules = department.rules(house.policy)
        folded = [house.folds.operation(unit, stream) for stream in all_streams(unit)]
        every = [(one.id, rows_of(one, rules, department.zone, house.lookup_key)) for one in folded]
        written = rebuild_views(unit, every)
    return {"operations": len(every), "rows": written}


def newest_checkpoint(house: Installation) -> tuple[str, str]:
    """The newest checkpoint and the key that checks it. Raises LookupError for an empty record."""
    with house.store.read() as unit:
        note = read_checkpoint(unit)
        if note is None:
            raise LookupError("the record is empty: nobody is set up yet")
        return note, unit.log_key.verifier
