"""Statements that every act and every page runs: compiled once for a database, then handed to its driver as they are.

SQLAlchemy spends ten times more on building a statement, finding it in its cache and wrapping what comes back than
SQLite does on running it. Every value of ours is text, a whole number, bytes or NULL, which both drivers take and give
unchanged, so that nothing is lost. What SQLAlchemy still does: it writes the SQL, keeps the connections, begins and
ends the transaction, and tells its listeners of each statement, so that a test can count them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    Connection,
    Delete,
    Dialect,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    update,
)
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]
Result = TypeVar("Result")


class Statement:
    """A statement with a value for each of its named parameters; those that were made with a value keep it.

    ``columns`` are the columns an INSERT or UPDATE sets, where the clause does not say so itself. A statement whose
    number of values varies (`in_`) cannot be one.
    """

    def __init__(self, clause: Select[Any] | Insert | Update | Delete, columns: Sequence[str] | None = None) -> None:
        self._clause = clause
        self._columns = None if columns is None else list(columns)
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Values | None = None) -> list[tuple[Any, ...]]:
        """Every row that it finds."""
        return self._read(connection, values, _all)

    def row(self, connection: Connection, values: Values | None = None) -> tuple[Any, ...] | None:
        """The first row that it finds, or None."""
        return self._read(connection, values, _first)

    def run(self, connection: Connection, values: Values | None = None) -> int:
        """Run it; the number of rows it changed."""
        return self._read(connection, values, _count)

    def _read(self, connection: Connection, values: Values | None, read: Callable[[Any], Result]) -> Result:
        if not connection.in_transaction():
            connection.exec_driver_sql("SELECT 1")  # with which SQLAlchemy begins one, in the way that `engine` says
        sql, handed_over = self._in_words_of(connection.dialect, values)
        return in_words(connection, sql, handed_over, read)

    def _in_words_of(self, dialect: Dialect, values: Values | None) -> tuple[str, Any]:
        known = self._compiled.get(dialect.name)
        if known is None:
            compiled = self._clause.compile(dialect=dialect, column_keys=self._columns)
            places = None if compiled.positiontup is None else tuple(compiled.positiontup)
            fixed = {name: bound.value for name, bound in compiled.binds.items() if bound.unique}
            self._compiled[dialect.name] = known = _Compiled(str(compiled), places, fixed)
        given = values or {}
        if known.fixed:
            given = {**known.fixed, **given}
        if known.places is None:
            return known.sql, given
        return known.sql, tuple([given[name] for name in known.places])


class _Compiled(NamedTuple):
    """A statement in one database's words. SQLite takes values by ``places``, PostgreSQL (None) by name."""

    sql: str
    places: tuple[str, ...] | None
    fixed: dict[str, Any]


def in_words(connection: Connection, sql: str, values: Any, read: Callable[[Any], Result]) -> Result:
    """Run words of SQL on the connection as it is, in a transaction or not, and read the driver's cursor.

    Raises what SQLAlchemy would: DBAPIError, with the driver's error as its ``orig``.
    """
    dialect, driver = connection.dialect, connection.connection
    cursor = driver.cursor()
    try:
        told = connection.engine.dispatch.before_cursor_execute
        if told:
            told(connection, cursor, sql, values, None, False)
        cursor.execute(sql, values)
        return read(cursor)
    except dialect.loaded_dbapi.Error as error:
        lost = dialect.is_disconnect(error, driver, cursor)
        raise DBAPIError.instance(
            sql, None, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
        ) from error
    finally:
        cursor.close()


def _all(cursor: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _first(cursor: Any) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = cursor.fetchone()
    return found


def _count(cursor: Any) -> int:
    return int(cursor.rowcount)


def nothing(_cursor: Any) -> None:
    """What to read from a statement that finds nothing."""


def insert_row(table: Table) -> Statement:
    """INSERT of a whole row; its parameters are named as the columns."""
    return Statement(insert(table), table.c.keys())


def update_row(table: Table) -> Statement:
    """UPDATE of a whole row: its parameters are ``key_…`` for the key's columns and ``new_…`` for the others."""
    rest: dict[str, Any] = {
        column.name: bindparam(f"new_{column.name}") for column in table.c if not column.primary_key
    }
    return Statement(update(table).where(_has_key(table)).values(rest))


def delete_row(table: Table) -> Statement:
    """DELETE of a row: its parameters are ``key_…`` for the key's columns."""
    return Statement(delete(table).where(_has_key(table)))


def _has_key(table: Table) -> Any:
    return and_(*(column == bindparam(f"key_{column.name}") for column in table.primary_key.columns))
