"""Facts from other operations that a decision is given, read under the append lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import bindparam, func, select, tuple_

from covertops.storage import tables
from covertops.storage.statements import Statement
from covertops.storage.unit_of_work import ReadUnit

_INDEX: Final = tables.entry.c["index"]
_MOVED: Final = Statement(
    select(tables.entry.c.stream, func.max(tables.entry.c.number))
    .where(bindparam("size") <= _INDEX)
    .group_by(tables.entry.c.stream)
)


def next_reference(unit: ReadUnit, year: int) -> str:
    """The next free reference of a year, ``2026-0001``; a number is never used again."""
    column = tables.operation_view.c.reference
    longest_last = (func.length(column).desc(), column.desc())
    query = select(column).where(column.like(f"{year}-%")).order_by(*longest_last).limit(1)
    last = unit.connection.execute(query).scalar()
    number = int(str(last).split("-")[1]) + 1 if last else 1
    return f"{year}-{number:04d}"


def operation_called(unit: ReadUnit, reference: str) -> str | None:
    """The id of the operation with a reference, or None; whether that may be told is the caller's question."""
    columns = tables.operation_view.c
    found: str | None = unit.connection.execute(select(columns.id).where(columns.reference == reference)).scalar()
    return found


def operations_sharing(unit: ReadUnit, digests: Iterable[tuple[str, str]], but: str) -> dict[str, frozenset[str]]:
    """The other live operations that hold one of these (kind, digest) pairs, with the kinds they share."""
    wanted = sorted(digests)
    if not wanted:
        return {}
    columns = tables.lookup_view.c
    query = select(columns.operation_id, columns.kind).where(
        tuple_(columns.kind, columns.digest).in_(wanted), columns.operation_id != but
    )
    found: dict[str, frozenset[str]] = {}
    for operation_id, kind in unit.connection.execute(query):
        found[operation_id] = found.get(operation_id, frozenset()) | {kind}
    return found


def lapsed_operations(unit: ReadUnit, now: int) -> list[str]:
    """The operations that time alone has made lapse by ``now`` (microseconds)."""
    columns = tables.operation_view.c
    return list(unit.connection.execute(select(columns.id).where(columns.lapse_at <= now)).scalars())


def all_streams(unit: ReadUnit) -> list[str]:
    """The ids of every operation's stream that the ledger has, in order."""
    column = tables.entry.c.stream
    fixed = (unit.streams.department, unit.streams.access)
    query = select(column).where(column.not_in(fixed)).distinct().order_by(column)
    return list(unit.connection.execute(query).scalars())


def indexes_of(unit: ReadUnit, stream: str, numbers: Sequence[int]) -> dict[int, int]:
    """The place in the log of some entries of a stream, by number."""
    columns = tables.entry.c
    query = select(columns.number, columns["index"]).where(columns.stream == stream, columns.number >= min(numbers))
    wanted = set(numbers)
    return {number: index for number, index in unit.connection.execute(query) if number in wanted}


def operations_with(unit: ReadUnit, person: str) -> list[str]:
    """The ids of the operations on which a person has a part, in order."""
    columns = tables.membership_view.c
    query = select(columns.operation_id).where(columns.person_id == person).distinct().order_by(columns.operation_id)
    return list(unit.connection.execute(query).scalars())


def last_time(unit: ReadUnit) -> int:
    """The time of the log's last entry, in microseconds; 0 while it is empty."""
    found = unit.connection.execute(select(tables.ledger_head.c.last_time)).scalar()
    return 0 if found is None else int(found)


def moved_since(unit: ReadUnit, size: int) -> dict[str, int]:
    """The last number of each stream that was appended to from index ``size`` on."""
    return dict(_MOVED.rows(unit.connection, {"size": size}))
