"""From what was decided to what is recorded: entries become drafts, drafts the record, the fold the views.

This is the one way from a decision to the ledger. It runs inside the action's transaction; the caller keeps the new
fold only after that has been committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from covertops.actions.folding import DEPARTMENT
from covertops.actions.installation import Installation
from covertops.domain.decisions.frame import Decided, Written
from covertops.domain.declaration import Recorded, compartment_of, kind_of, spec_of_name, values_of
from covertops.domain.department import Department, evolve_department
from covertops.domain.evolve import evolve
from covertops.domain.introductions import introductions
from covertops.domain.operation import Operation
from covertops.storage.ledger_store import Draft, FieldDraft, Position, append
from covertops.storage.rows import rows_of
from covertops.storage.times import moment
from covertops.storage.unit_of_work import WriteUnit
from covertops.storage.views import replace_rows, write_changes

ACCESS = "access"


def not_before(unit: WriteUnit, now: datetime) -> datetime:
    """The moment of which an act is decided: never before the record's last entry.

    A clock that was set back revives no authority: whoever acts holds the office they name when it is recorded.
    """
    return max(now, moment(unit.head.last_time))


@dataclass(frozen=True)
class Outcome:
    """What an act left: the operation as it stands now, and the entries it recorded, the act itself first."""

    operation: Operation
    entries: tuple[Recorded, ...]
    behind: bool = False
    """Whether the clock was behind the record's last entry."""

    @property
    def number(self) -> int:
        """The number of the act's own entry."""
        return self.entries[0].number


def draft_of(stream: str, written: Written, salts: Mapping[str, str] | None = None) -> Draft:
    """An entry as the ledger takes it, each field with its compartment; ``salts`` are those a signer already saw."""
    entry, kind = written.entry, kind_of(written.entry)
    fields = [
        FieldDraft(
            name, value, compartment_of(spec_of_name(type(entry), name), kind.stream).value, (salts or {}).get(name)
        )
        for name, value in values_of(entry).items()
    ]
    return Draft(stream, kind.name, kind.version, written.office.value, fields)


def record(
    house: Installation,
    unit: WriteUnit,
    operation: Operation,
    decided: Decided,
    department: Department,
    now: datetime,
    salts: Mapping[str, str] | None = None,
) -> Outcome:
    """Record what was decided on an operation, introduce whoever appears for the first time, refresh its views."""
    everything = (*decided, *introductions(operation, decided, department))
    drafts = [draft_of(operation.id, one, salts if place == 0 else None) for place, one in enumerate(everything)]
    drafts[0] = replace(drafts[0], follows=Position(operation.last_number, operation.last_hash or None))
    appended = append(unit, drafts, now)
    entries = tuple(
        Recorded(one.stream, one.number, one.time, one.hash, written.office.value, written.entry)
        for one, written in zip(appended.entries, everything, strict=True)
    )
    before = operation
    for one in entries:
        operation = evolve(operation, one)
    _write_views(house, unit, before, operation, department)
    return Outcome(operation, entries, appended.clock_behind is not None)


def then(before: Outcome | None, after: Outcome) -> Outcome:
    """Two outcomes of one transaction as one."""
    if before is None:
        return after
    return replace(after, entries=(*before.entries, *after.entries), behind=before.behind or after.behind)


def _write_views(
    house: Installation, unit: WriteUnit, before: Operation, after: Operation, department: Department
) -> None:
    """Bring the view rows from one fold of an operation to the next; only what differs is written."""
    key, rules, zone = house.lookup_key, department.rules(house.policy), department.zone
    later = rows_of(after, rules, zone, key)
    earlier = house.folds.rows(before, rules, zone)
    if earlier is None:
        earlier = rows_of(before, rules, zone, key) if before.last_number else {name: [] for name in later}
    write_changes(unit, after.id, earlier, later)
    house.folds.keep_rows(after, rules, zone, later)


def refresh(house: Installation, unit: WriteUnit, operation: Operation, department: Department) -> int:
    """Write the view rows of an operation as its fold has them; the number of rows that differed."""
    rules = department.rules(house.policy)
    rows = rows_of(operation, rules, department.zone, house.lookup_key)
    return replace_rows(unit, operation.id, rows)


def record_department(
    unit: WriteUnit,
    department: Department,
    decided: Decided,
    now: datetime,
    salts: Mapping[str, str] | None = None,
) -> tuple[Department, tuple[Recorded, ...]]:
    """Record what was decided on the department's stream; ``salts`` are those that the first entry's signer signed."""
    drafts = [draft_of(DEPARTMENT, one, salts if place == 0 else None) for place, one in enumerate(decided)]
    drafts[0] = replace(drafts[0], follows=Position(department.last_number, department.last_hash or None))
    appended = append(unit, drafts, now)
    entries = tuple(
        Recorded(one.stream, one.number, one.time, one.hash, written.office.value, written.entry)
        for one, written in zip(appended.entries, decided, strict=True)
    )
    for one in entries:
        department = evolve_department(department, one)
    return department, entries


def record_access(unit: WriteUnit, written: Sequence[Written], now: datetime) -> None:
    """Record who looked or came in."""
    append(unit, [draft_of(ACCESS, one) for one in written], now)
