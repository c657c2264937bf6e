"""What pages may read: views only, and of operations only those that the person needs to know of.

There is one condition for that, :func:`needs_to_know`, and no query of operations, tasks or packages without it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, not_, or_, select, true

from covertops.domain.membership import COUNSEL, ROLES
from covertops.domain.vocabulary import Office, Stage
from covertops.ledger.canonical import Json
from covertops.storage.rows import DEAD
from covertops.storage.tables import draft, membership_view, operation_view, package_view, task_view
from covertops.storage.times import micros, moment
from covertops.storage.unit_of_work import ReadUnit
from covertops.storage.views import open_sealed


@dataclass(frozen=True)
class Viewer:
    """Who asks, with the offices they hold at this moment."""

    person: str
    offices: frozenset[Office]


@dataclass(frozen=True)
class OperationRow:
    """An operation as lists show it; ``summary`` is the sealed column, opened."""

    id: str
    reference: str | None
    stage: Stage
    summary: Mapping[str, Json]
    last_number: int
    updated_at: datetime
    lapse_at: datetime | None


@dataclass(frozen=True)
class TaskRow:
    """Something an operation waits for. ``person`` or ``office`` is empty where the other says who has it."""

    operation_id: str
    reference: str | None
    summary: Mapping[str, Json]
    """The operation's sealed column, opened."""
    code: str
    person: str
    office: str
    entry: int
    decision: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class ConsultationRow:
    """A contact that waits for the word of the attorney it was recorded with; ``entry`` is its number."""

    operation_id: str
    reference: str
    entry: int
    since: datetime


@dataclass(frozen=True)
class PackageRow:
    """A package of an operation."""

    id: str
    operation_id: str
    reference: str
    state: str
    recipient: str | None
    prepared_at: datetime
    released_at: datetime | None


def needs_to_know(viewer: Viewer, operation_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that the viewer needs to know of the operation in this column: as `membership.may_see` says it."""
    if Office.CHIEF in viewer.offices:
        return true()
    roles = [role for role, office in ROLES.items() if office in viewer.offices]
    return exists().where(
        membership_view.c.operation_id == operation_id,
        membership_view.c.person_id == viewer.person,
        membership_view.c.role.in_(roles),
    )


def was_consulted(viewer: Viewer, operation_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that a contact was recorded with the viewer, in an office they hold: as `membership.consulted`."""
    offices = [office.value for office in COUNSEL if office in viewer.offices]
    return exists().where(
        membership_view.c.operation_id == operation_id,
        membership_view.c.person_id == viewer.person,
        membership_view.c.role.in_(offices),
    )


def operations_for(
    unit: ReadUnit,
    viewer: Viewer,
    *,
    stages: Collection[Stage] = tuple(Stage),
    reference: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> list[OperationRow]:
    """The operations the viewer needs to know of, the last changed first; those whose reference holds ``reference``."""
    columns = operation_view.c
    query = (
        select(operation_view)
        .where(*_operations_known(viewer, stages, reference))
        .order_by(columns.updated_at.desc(), columns.id)
        .limit(limit)
        .offset(offset)
    )
    return _operations(unit, unit.connection.execute(query).all())


def count_operations(
    unit: ReadUnit, viewer: Viewer, *, stages: Collection[Stage] = tuple(Stage), reference: str = ""
) -> int:
    """How many operations :func:`operations_for` has without a limit."""
    query = select(func.count()).select_from(operation_view).where(*_operations_known(viewer, stages, reference))
    return int(unit.connection.execute(query).scalar_one())


def _operations_known(viewer: Viewer, stages: Collection[Stage], reference: str) -> tuple[ColumnElement[bool], ...]:
    columns = operation_view.c
    in_stage = columns.stage.in_([stage.value for stage in stages])
    found = columns.reference.contains(reference, autoescape=True) if reference else true()
    return needs_to_know(viewer, columns.id), in_stage, found


def operation_for(unit: ReadUnit, viewer: Viewer, operation_id: str) -> OperationRow | None:
    """One operation; None where it does not exist and where the viewer does not need to know of it."""
    columns = operation_view.c
    query = select(operation_view).where(needs_to_know(viewer, columns.id), columns.id == operation_id)
    found = _operations(unit, unit.connection.execute(query).all())
    return found[0] if found else None


def count_by_stage(unit: ReadUnit, viewer: Viewer) -> dict[Stage, int]:
    """How many operations the viewer needs to know of are in each stage; a stage without any is left out."""
    columns = operation_view.c
    query = select(columns.stage, func.count()).where(needs_to_know(viewer, columns.id)).group_by(columns.stage)
    return {Stage(stage): count for stage, count in unit.connection.execute(query)}


def tasks_for(
    unit: ReadUnit, viewer: Viewer, now: datetime, *, mine: bool = True, limit: int | None = None
) -> list[TaskRow]:
    """What the viewer's operations wait for now, the most urgent first: their own, or (``mine`` False) others'."""
    columns = task_view.c
    query = (
        select(task_view, operation_view.c.reference, operation_view.c.sealed)
        .join(operation_view, operation_view.c.id == columns.operation_id)
        .where(*_tasks(viewer, now, mine=mine))
        .order_by(columns.until.is_(None), columns.until, columns.since, columns.operation_id, columns.code)
        .order_by(columns.entry, columns.person_id)
        .limit(limit)
    )
    rows = unit.connection.execute(query).all()
    summaries = _summaries(unit, [(row.operation_id, row.sealed) for row in rows])
    return [
        TaskRow(
            row.operation_id,
            row.reference,
            summary,
            row.code,
            row.person_id,
            row.office,
            row.entry,
            row.decision,
            moment(row.since),
            _moment(row.until),
        )
        for row, summary in zip(rows, summaries, strict=True)
    ]


def count_tasks(unit: ReadUnit, viewer: Viewer, now: datetime, *, mine: bool = True) -> int:
    """How many tasks :func:`tasks_for` has without a limit."""
    query = select(func.count()).select_from(task_view).where(*_tasks(viewer, now, mine=mine))
    return int(unit.connection.execute(query).scalar_one())


def _tasks(viewer: Viewer, now: datetime, *, mine: bool) -> tuple[ColumnElement[bool], ...]:
    columns = task_view.c
    offices = [office.value for office in viewer.offices]
    own = or_(columns.person_id == viewer.person, columns.office.in_(offices))
    return needs_to_know(viewer, columns.operation_id), columns.since <= micros(now), own if mine else not_(own)


@dataclass(frozen=True)
class DraftRow:
    """Something a person typed and has not sent: of which act, on which operation (empty before there is one)."""

    kind: str
    operation_id: str
    reference: str
    kept_at: datetime


def drafts_of(unit: ReadUnit, viewer: Viewer) -> list[DraftRow]:
    """The viewer's own drafts, the last kept first; one on an operation they no longer need to know of is left out."""
    columns = draft.c
    query = (
        select(columns.kind, columns.operation_id, columns.updated_at, operation_view.c.reference)
        .outerjoin(operation_view, operation_view.c.id == columns.operation_id)
        .where(columns.person_id == viewer.person)
        .where(or_(columns.operation_id == "", needs_to_know(viewer, columns.operation_id)))
        .order_by(columns.updated_at.desc(), columns.id)
    )
    rows = unit.connection.execute(query)
    return [DraftRow(row.kind, row.operation_id, row.reference or "", moment(row.updated_at)) for row in rows]


def live_references(unit: ReadUnit, viewer: Viewer, operation_ids: Collection[str]) -> dict[str, str]:
    """The references of those of these operations that still live and that the viewer needs to know of, by id."""
    columns = operation_view.c
    dead = [stage.value for stage in DEAD]
    query = select(columns.id, columns.reference).where(
        needs_to_know(viewer, columns.id), columns.id.in_(sorted(operation_ids)), columns.stage.not_in(dead)
    )
    return {row.id: row.reference or "" for row in unit.connection.execute(query)}


def packages_for(unit: ReadUnit, viewer: Viewer, operation_id: str | None = None) -> list[PackageRow]:
    """The packages of the operations the viewer needs to know of, or of one of them, the newest first."""
    columns = package_view.c
    this = true() if operation_id is None else columns.operation_id == operation_id
    return _packages(unit, needs_to_know(viewer, columns.operation_id) & this)


def packages_received_by(unit: ReadUnit, person: str) -> list[PackageRow]:
    """The packages that were released to a person, the newest first. They tell nothing else of the operation."""
    return _packages(unit, package_view.c.recipient == person)


def consultations_waiting(unit: ReadUnit, viewer: Viewer) -> list[ConsultationRow]:
    """The contacts the viewer is to confirm or correct, the oldest first. They tell nothing else of the operation."""
    columns = task_view.c
    query = (
        select(columns.operation_id, columns.entry, columns.since, operation_view.c.reference)
        .join(operation_view, operation_view.c.id == columns.operation_id)
        .where(columns.code == "counsel", columns.person_id == viewer.person)
        .where(was_consulted(viewer, columns.operation_id))
        .order_by(columns.since, columns.operation_id, columns.entry)
    )
    rows = unit.connection.execute(query)
    return [ConsultationRow(row.operation_id, row.reference or "", row.entry, moment(row.since)) for row in rows]


def operations_consulted_on(unit: ReadUnit, viewer: Viewer) -> list[str]:
    """The operations on which a contact was recorded with the viewer, the last changed first."""
    columns = operation_view.c
    query = select(columns.id).where(was_consulted(viewer, columns.id)).order_by(columns.updated_at.desc(), columns.id)
    return list(unit.connection.execute(query).scalars())


def _packages(unit: ReadUnit, condition: ColumnElement[bool]) -> list[PackageRow]:
    columns = package_view.c
    query = select(package_view).where(condition).order_by(columns.prepared_at.desc(), columns.id)
    return [
        PackageRow(
            row.id,
            row.operation_id,
            row.reference,
            row.state,
            row.recipient,
            moment(row.prepared_at),
            _moment(row.released_at),
        )
        for row in unit.connection.execute(query)
    ]


def _operations(unit: ReadUnit, rows: Collection[Any]) -> list[OperationRow]:
    summaries = _summaries(unit, [(row.id, row.sealed) for row in rows])
    return [
        OperationRow(
            row.id,
            row.reference,
            Stage(row.stage),
            summary,
            row.last_number,
            moment(row.updated_at),
            _moment(row.lapse_at),
        )
        for row, summary in zip(rows, summaries, strict=True)
    ]


def _summaries(unit: ReadUnit, sealed: Sequence[tuple[str, bytes]]) -> list[Mapping[str, Json]]:
    """The sealed column of operations, each given with its id, opened."""
    opened = open_sealed(unit, operation_view, [(id_, (id_,), content) for id_, content in sealed])
    return [_members(summary) for summary in opened]


def _members(summary: Json) -> Mapping[str, Json]:
    if not isinstance(summary, dict):
        raise TypeError(f"an operation's summary is an object, found {type(summary).__name__}")
    return summary


def _moment(value: int | None) -> datetime | None:
    return None if value is None else moment(value)
