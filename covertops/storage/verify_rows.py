"""Rows as they are stored, whatever somebody put in them: read past SQLAlchemy's types, in the order of their key.

A SQLite table that was built anew can hold any type in any column; a text there need not even be UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Select, literal_column, select
from sqlalchemy import table as lightweight_table
from sqlalchemy.exc import SQLAlchemyError

from covertops.storage.verify_report import Report, shown

RawRow = tuple[Any, ...]

_AT_ONCE: Final = 1000


@contextmanager
def any_text(connection: Connection) -> Iterator[None]:
    """Let SQLite's texts be read even where they are not UTF-8."""
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    before = driver.text_factory
    driver.text_factory = _decoded
    try:
        yield
    finally:
        driver.text_factory = before


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def raw_rows(
    connection: Connection, report: Report, table: str, columns: Sequence[str], order: Sequence[str] = ()
) -> Iterator[RawRow]:
    """The rows of a table without any conversion. A table that cannot be read is a problem and has no more rows."""
    # A literal column has no type, so that nothing is made of the value that the driver returns.
    statement: Select[*RawRow] = (
        select(*(literal_column(column) for column in columns))
        .select_from(lightweight_table(table))
        .order_by(*(literal_column(column) for column in order))
    )
    try:
        with connection.execute(statement, execution_options={"yield_per": _AT_ONCE}) as result:
            for row in result:
                yield tuple(row)
    except SQLAlchemyError as error:
        report.add(f"table {table}", f"it cannot be read: {shown(str(getattr(error, 'orig', error)))}")
        connection.rollback()  # PostgreSQL answers nothing more in a transaction that had an error


def whole_keys(rows: Iterator[RawRow], report: Report, table: str) -> Iterator[RawRow]:
    """The rows whose first column is a whole number, as every key of the ledger is; any other row is a problem."""
    for row in rows:
        if type(row[0]) is int:
            yield row
        else:
            report.add(f"table {table}", f"a row has the key {shown(row[0])}, expected a whole number")


class Merged:
    """Rows in the order of their key, taken as far as another table's key has come."""

    def __init__(self, rows: Iterator[RawRow]) -> None:
        self._rows = rows
        self._next: RawRow | None = next(rows, None)

    def up_to(self, key: int) -> Iterator[RawRow]:
        """The rows not taken yet whose key is not beyond ``key``."""
        while (row := self._next) is not None and row[0] <= key:
            self._next = next(self._rows, None)
            yield row

    def rest(self) -> Iterator[RawRow]:
        """The rows that were never taken."""
        while (row := self._next) is not None:
            self._next = next(self._rows, None)
            yield row
