"""The views' rows: written from a fold in the transaction that appended, compared with it, and made anew from it.

Who folds hands over every row that an owner should have, and nothing here knows what they mean. An owner is an
operation, by its id. A sealed column is handed over as JSON; it is sealed under the operation's compartment and bound
to its table, key and column, so that a row's secret does not open in another row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, delete, insert, select, update

from covertops.ledger.canonical import Json, canonical, parse
from covertops.storage import tables
from covertops.storage.compartments import OPERATION, compartment_name
from covertops.storage.errors import Tampered
from covertops.storage.statements import delete_row, insert_row, update_row
from covertops.storage.unit_of_work import ReadUnit, WriteUnit
from covertops.vault.envelope import SealBroken
from covertops.vault.keys import CompartmentKey
from covertops.vault.sealing import open_text, seal_text

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""Every row of an owner by table; each row has every column, a sealed one as JSON."""
Key = tuple[Any, ...]

VIEWS: Final = tuple(table for table in tables.metadata.sorted_tables if "owner" in table.info)
_COLUMNS: Final = {table: frozenset(table.c.keys()) for table in VIEWS}
_KEYS: Final = {table: tuple(column.name for column in table.primary_key.columns) for table in VIEWS}
_SEALED: Final = {table: [column.name for column in table.columns if column.info.get("sealed")] for table in VIEWS}
_INSERT: Final = {table: insert_row(table) for table in VIEWS}
_UPDATE: Final = {table: update_row(table) for table in VIEWS if len(_KEYS[table]) < len(_COLUMNS[table])}
_DELETE: Final = {table: delete_row(table) for table in VIEWS}


class _Unreadable:
    """Stands for a sealed column that does not open; equal to nothing that could be expected."""


UNREADABLE: Final = _Unreadable()


@dataclass(frozen=True)
class Difference:
    """A row of a view that is not what the fold says: which table and key, and what differs."""

    table: str
    key: Key
    what: str

    def __str__(self) -> str:
        return f"{self.table} {'/'.join(str(part) for part in self.key)}: {self.what}"


def replace_rows(unit: WriteUnit, owner: str, rows: Rows) -> int:
    """Make an owner's rows these and no others, writing only what differs; return how many rows were written.

    Raises ValueError unless ``rows`` names every table of the owner, and each row every column.
    """
    changed = 0
    for table, expected in _checked(owner, rows):
        stored = _stored(unit, owner, table)
        for key in stored.keys() - expected.keys():
            unit.connection.execute(delete(table).where(_is(table, key)))
            changed += 1
        for key in expected.keys() & stored.keys():
            if _differing(expected[key], stored[key]):
                values = _sealed(unit, owner, table, key, expected[key])
                unit.connection.execute(update(table).where(_is(table, key)).values(values))
                changed += 1
        new = [_sealed(unit, owner, table, key, row) for key, row in expected.items() if key not in stored]
        if new:
            unit.connection.execute(insert(table), new)
            changed += len(new)
    return changed


def write_changes(unit: WriteUnit, owner: str, before: Rows, after: Rows) -> int:
    """Bring an owner's rows from what an earlier fold said to what a later one says; return how many were written.

    Reads nothing: whether the stored rows are what the earlier fold said is for :func:`compare` to find. Raises
    ValueError as :func:`replace_rows`, and Tampered where a row that should be there is not.
    """
    changed = 0
    for (table, earlier), (_, later) in zip(_checked(owner, before), _checked(owner, after), strict=True):
        if earlier == later:
            continue
        for key in earlier.keys() - later.keys():
            changed += _one(_DELETE[table].run(unit.connection, _as_key(table, key)), table, key)
        for key, row in later.items():
            if key not in earlier:
                changed += _INSERT[table].run(unit.connection, _sealed(unit, owner, table, key, row))
            elif row != earlier[key]:
                values = _sealed(unit, owner, table, key, row)
                new = {f"new_{name}": value for name, value in values.items() if name not in _KEYS[table]}
                changed += _one(_UPDATE[table].run(unit.connection, _as_key(table, key) | new), table, key)
    return changed


def _as_key(table: Table, key: Key) -> dict[str, Any]:
    return {f"key_{name}": part for name, part in zip(_KEYS[table], key, strict=True)}


def _one(changed: int, table: Table, key: Key) -> int:
    if changed != 1:
        raise Tampered(
            f"{table.name} {'/'.join(map(str, key))}: the row that is to change is not there; rebuild the views"
        )
    return 1


def compare(unit: ReadUnit, owner: str, rows: Rows) -> list[Difference]:
    """How an owner's stored rows differ from what the fold says, each row that does by table and key."""
    differences: list[Difference] = []
    for table, expected in _checked(owner, rows):
        stored = _stored(unit, owner, table)
        for key in sorted(expected.keys() - stored.keys(), key=str):
            differences.append(Difference(table.name, key, "the row is missing"))
        for key in sorted(stored.keys() - expected.keys(), key=str):
            differences.append(Difference(table.name, key, "no entry leads to this row"))
        for key in sorted(expected.keys() & stored.keys(), key=str):
            columns = _differing(expected[key], stored[key])
            differences += [
                Difference(table.name, key, _described(table, name, expected[key], stored[key])) for name in columns
            ]
    return differences


def strangers(unit: ReadUnit, operations: Iterable[str]) -> list[Difference]:
    """The rows of operations that are not among these: rows of an operation the record does not know."""
    known = set(operations)
    found: list[Difference] = []
    for table in VIEWS:
        owner = table.c[table.info["owner"]]
        for row in unit.connection.execute(select(owner, *table.primary_key.columns)):
            if row[0] not in known:
                found.append(Difference(table.name, tuple(row[1:]), "no entry leads to this row"))
    return found


def rebuild(unit: WriteUnit, every: Iterable[tuple[str, Rows]]) -> int:
    """Delete every row of every view and write these instead, owner by owner; return how many were written."""
    for table in VIEWS:
        unit.connection.execute(delete(table))
    return sum(replace_rows(unit, owner, rows) for owner, rows in every)


def open_sealed(
    unit: ReadUnit, table: Table, rows: Sequence[tuple[str, Key, bytes]], column: str = "sealed"
) -> list[Json]:
    """A sealed column of several rows, each given as owner, key and sealed bytes, opened with one look-up of keys.

    Raises NoSuchCompartment and SealBroken.
    """
    keys = unit.compartments.keys({_compartment(owner) for owner, _, _ in rows})
    return [_opened(keys[_compartment(owner)], table, key, column, sealed) for owner, key, sealed in rows]


def _compartment(owner: str) -> str:
    return compartment_name(OPERATION, owner, OPERATION)


def _checked(owner: str, rows: Rows) -> Iterator[tuple[Table, dict[Key, Row]]]:
    """Each table of the owner with its rows by key. A table left out would silently lose its rows: it is refused."""
    if rows.keys() != {table.name for table in VIEWS}:
        raise ValueError(f"expected rows of {', '.join(table.name for table in VIEWS)}, found {', '.join(rows)}")
    for table in VIEWS:
        for row in rows[table.name]:
            if row.keys() != _COLUMNS[table]:
                raise ValueError(f"{table.name}: expected {', '.join(table.c.keys())}, found {', '.join(row)}")
            if row[table.info["owner"]] != owner:
                raise ValueError(f"{table.name}: a row of {row[table.info['owner']]} among those of {owner}")
        by_key = {_key(table, row): row for row in rows[table.name]}
        if len(by_key) != len(rows[table.name]):
            raise ValueError(f"{table.name}: two rows have one key")
        yield table, by_key


def _key(table: Table, row: Row) -> Key:
    return tuple([row[name] for name in _KEYS[table]])


def _is(table: Table, key: Key) -> ColumnElement[bool]:
    return and_(*(column == part for column, part in zip(table.primary_key.columns, key, strict=True)))


def _stored(unit: ReadUnit, owner: str, table: Table) -> dict[Key, dict[str, Any]]:
    """An owner's rows as they are stored, by key, with the sealed columns opened."""
    mine = table.c[table.info["owner"]] == owner
    stored: dict[Key, dict[str, Any]] = {}
    key_of_owner = unit.compartments.existing((_compartment(owner),)).get(_compartment(owner))
    for row in unit.connection.execute(select(table).where(mine)).mappings():
        key = _key(table, dict(row))
        stored[key] = dict(row)
        for name in _SEALED[table]:
            stored[key][name] = _opened_or_unreadable(key_of_owner, table, key, name, row[name])
    return stored


def _meaning(table: Table, key: Key, column: str) -> bytes:
    place = canonical([table.name, column, *key])
    return b"covertops/view/1|" + place


def _opened(own: CompartmentKey, table: Table, key: Key, column: str, sealed: bytes) -> Json:
    return parse(open_text(own, sealed, _meaning(table, key, column)).encode())


def _opened_or_unreadable(
    own: CompartmentKey | None, table: Table, key: Key, column: str, sealed: bytes
) -> Json | _Unreadable:
    if own is None:
        return UNREADABLE
    try:
        return _opened(own, table, key, column, sealed)
    except SealBroken:
        return UNREADABLE


def _sealed(unit: WriteUnit, owner: str, table: Table, key: Key, row: Row) -> dict[str, Any]:
    values = dict(row)
    for name in _SEALED[table]:
        own = unit.compartments.for_writing(_compartment(owner))
        values[name] = seal_text(own, canonical(row[name]).decode(), _meaning(table, key, name))
    return values


def _differing(expected: Row, stored: Row) -> list[str]:
    return [name for name, value in expected.items() if stored[name] != value]


def _described(table: Table, name: str, expected: Row, stored: Row) -> str:
    if name in _SEALED[table]:
        return f"{name}: it does not open" if stored[name] is UNREADABLE else f"{name}: its content is another"
    return f"{name}: found {stored[name]!r}, expected {expected[name]!r}"
