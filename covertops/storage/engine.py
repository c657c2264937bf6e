"""Connections to SQLite (embedded) and PostgreSQL, set so that what was committed is still there after a power cut.

SQLite before 3.51.3 (3.44.6 and 3.50.7 hold the fix too) can corrupt a WAL database when a checkpoint meets a reset
of the log. The `pysqlite3` wheel is newer; with an older library the journal is TRUNCATE with synchronous=EXTRA.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL

from covertops.storage.errors import StorageFailed
from covertops.storage.statements import in_words, nothing

WRITE: Final = "covertops_write"
"""Execution option of a connection whose transaction writes; every other transaction can only read."""

WAIT_SECONDS: Final = 30
_FIXED_BRANCHES = {(3, 44): 6, (3, 50): 7}
_FIXED_SINCE = (3, 51, 3)


def newest_sqlite() -> ModuleType:
    """The driver with the newest SQLite library: `pysqlite3`, or Python's own where the wheel is missing."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        from sqlite3 import dbapi2
    driver: ModuleType = dbapi2
    return driver


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite version holds the fix of the WAL-reset bug."""
    major, minor, patch = version[:3]
    fixed_at = _FIXED_BRANCHES.get((major, minor))
    return version >= _FIXED_SINCE or (fixed_at is not None and patch >= fixed_at)


def make_engine(url: str, *, wait_seconds: int = WAIT_SECONDS, sqlite: ModuleType | None = None) -> Engine:
    """An engine for a `sqlite:///…` file or a `postgresql://…` address (psycopg 3); its commits wait for the disk.

    A transaction can write only on a connection with the execution option :data:`WRITE`. One that must wait for others
    gives up after ``wait_seconds``; ``sqlite`` is the driver to use instead of the newest. Raises ValueError for
    another database, and for SQLite in memory, which no second connection would see.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(address, sqlite or newest_sqlite(), wait_seconds)
    if address.get_backend_name() == "postgresql":
        return _postgresql_engine(address, wait_seconds)
    raise ValueError(f"expected a sqlite:/// or postgresql:// address, found {address.get_backend_name()}://")


def _sqlite_engine(address: URL, driver: ModuleType, wait_seconds: int) -> Engine:
    if address.database in (None, "", ":memory:") or str(address.database).startswith("file:"):
        raise ValueError("expected the path of a SQLite file: a database in memory keeps nothing")
    path = Path(str(address.database))
    journal, synchronous = ("WAL", "FULL") if wal_is_safe(driver.sqlite_version_info) else ("TRUNCATE", "EXTRA")
    engine = create_engine(address, module=driver, connect_args={"timeout": wait_seconds})

    @event.listens_for(engine, "do_connect")
    def _own_the_file(*_: Any) -> None:
        # SQLite would make the file readable by everyone under the usual umask; the journal files take its mode.
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise StorageFailed(f"The database {path} cannot be opened: {error.strerror}.") from error

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: `_begin` below does
        with closing(connection.cursor()) as cursor:
            _set_journal(cursor, journal)
            for pragma in (
                f"synchronous={synchronous}",
                "foreign_keys=ON",
                "recursive_triggers=ON",  # without it REPLACE deletes a row past its DELETE trigger
                "secure_delete=ON",  # a destroyed key must not stay readable in a free page
                "trusted_schema=OFF",
                "cell_size_check=ON",
                "fullfsync=ON",  # macOS: a plain fsync there does not reach the disk
                "temp_store=MEMORY",
            ):
                cursor.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred transaction that begins by reading and then writes fails at once when another one wrote in between;
        # IMMEDIATE takes the write lock first and waits for it.
        write = bool(connection.get_execution_options().get(WRITE))
        if connection.info.get(WRITE) is not write:
            in_words(connection, f"PRAGMA query_only={'OFF' if write else 'ON'}", (), nothing)
            connection.info[WRITE] = write
        in_words(connection, "BEGIN IMMEDIATE" if write else "BEGIN", (), nothing)

    return engine


def _set_journal(cursor: Any, wanted: str) -> None:
    # Asking first matters: changing the mode needs the file alone, reading it does not.
    if cursor.execute("PRAGMA journal_mode").fetchone()[0].upper() != wanted:
        found = cursor.execute(f"PRAGMA journal_mode={wanted}").fetchone()[0].upper()
        if found != wanted:
            raise ValueError(f"the database keeps journal mode {found}; {wanted} is needed with this SQLite library")


def _postgresql_engine(address: URL, wait_seconds: int) -> Engine:
    address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.autocommit = True  # a SET inside a transaction that is rolled back would be undone with it
        with closing(connection.cursor()) as cursor:
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'on', false)"
                " WHERE current_setting('synchronous_commit') = 'off'"
            )
            cursor.execute(f"SET lock_timeout = '{wait_seconds}s'")
        connection.autocommit = False

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Both are attributes of the driver's connection that go out with its BEGIN and cost no round trip. A reader
        # sees one moment throughout; a writer must see what was committed before it got the head row's lock.
        driver: Any = connection.connection.driver_connection
        write = bool(connection.get_execution_options().get(WRITE))
        driver.read_only = not write
        driver.isolation_level = 2 if write else 3  # psycopg.IsolationLevel: READ_COMMITTED, REPEATABLE_READ

    return engine


def durability_warnings(engine: Engine) -> list[str]:
    """What about this database could lose an acknowledged act in a power cut, one sentence each."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return []
        found = {
            name: str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())
            for name in ("fsync", "full_page_writes", "synchronous_commit")
        }
    return [
        f"PostgreSQL runs with {name}={value}: a power cut can lose acts that were acknowledged."
        for name, value in found.items()
        if value == "off"
    ]
