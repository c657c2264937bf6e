"""How connections are set, so that what was committed outlives a power cut, on the databases themselves."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import Engine

from covertops.storage.engine import durability_warnings, make_engine, newest_sqlite, wal_is_safe
from covertops.storage.errors import StorageFailed
from covertops.storage.migrate import upgrade
from tests.databases import PostgresServer


def settings(engine: Engine, *names: str, show: str = "PRAGMA") -> dict[str, object]:
    """What a new connection has set."""
    with engine.connect() as connection:
        return {name: connection.exec_driver_sql(f"{show} {name}").scalar_one() for name in names}


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_only_versions_with_the_fix_of_the_wal_reset_bug_are_safe(version: tuple[int, ...], safe: bool):
    assert wal_is_safe(version) is safe


def test_the_driver_is_the_wheel_with_a_safe_version():
    assert newest_sqlite() is dbapi2
    assert wal_is_safe(dbapi2.sqlite_version_info)


def test_sqlite_waits_for_the_disk_and_keeps_its_guards_awake(tmp_path: Path):
    engine = make_engine(f"sqlite:///{tmp_path / 'covertops.sqlite'}")
    names = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "secure_delete", "trusted_schema")
    assert list(settings(engine, *names).values()) == ["wal", 2, 1, 1, 1, 0]
    assert list(settings(engine, "busy_timeout", "cell_size_check", "fullfsync", "temp_store").values()) == [
        30000,
        1,
        1,
        2,
    ]
    engine.dispose()


class OldSqlite:
    """Python's own driver, which says that its library is of a version without the fix."""

    sqlite_version_info = (3, 40, 1)

    def __getattr__(self, name: str) -> object:
        return getattr(sqlite3, name)


def test_an_old_sqlite_is_used_without_a_write_ahead_log(tmp_path: Path):
    upgrade(f"sqlite:///{tmp_path / 'covertops.sqlite'}")  # by the newest library, and so with a write-ahead log
    old = OldSqlite()
    engine = make_engine(f"sqlite:///{tmp_path / 'covertops.sqlite'}", sqlite=old)  # type: ignore[arg-type]
    assert settings(engine, "journal_mode", "synchronous") == {"journal_mode": "truncate", "synchronous": 3}
    engine.dispose()


def test_only_its_owner_can_read_the_database_file(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'covertops.sqlite'}"
    upgrade(url)
    engine = make_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM ledger_head")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    engine.dispose()
    assert modes.keys() == {"covertops.sqlite", "covertops.sqlite-wal", "covertops.sqlite-shm"}
    assert set(modes.values()) == {0o600}


def test_a_file_that_cannot_be_opened_is_told_in_the_words_of_this_store(tmp_path: Path):
    engine = make_engine(f"sqlite:///{tmp_path / 'nowhere' / 'covertops.sqlite'}")
    with pytest.raises(StorageFailed, match="cannot be opened: No such file or directory"):
        engine.connect()
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
def test_a_database_that_keeps_nothing_is_refused(url: str):
    with pytest.raises(ValueError, match="in memory keeps nothing"):
        make_engine(url)


def test_another_kind_of_database_is_refused():
    with pytest.raises(ValueError, match="found mysql://"):
        make_engine("mysql://example/covertops")


def test_postgresql_waits_for_the_disk_even_where_the_server_does_not_by_itself(postgres: PostgresServer):
    engine = make_engine(postgres.url())
    shown = settings(
        engine, "synchronous_commit", "lock_timeout", "transaction_read_only", "transaction_isolation", show="SHOW"
    )
    assert list(shown.values()) == ["on", "30s", "on", "repeatable read"]
    engine.dispose()


def test_settings_of_a_server_that_could_lose_an_acknowledged_act_are_named(
    postgres: PostgresServer, durable_postgres: PostgresServer, tmp_path: Path
):
    fast, durable = make_engine(postgres.url()), make_engine(durable_postgres.url())
    assert [sentence.split(":")[0].split()[-1] for sentence in durability_warnings(fast)] == [
        "fsync=off",
        "full_page_writes=off",
    ]
    assert durability_warnings(durable) == []
    assert durability_warnings(make_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")) == []
    fast.dispose()
    durable.dispose()
