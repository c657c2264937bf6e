"""The schema: the migrations make exactly what the tables say, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pysqlite3 import dbapi2
from sqlalchemy import CheckConstraint, Engine, inspect

from covertops.storage import tables
from covertops.storage.engine import make_engine
from covertops.storage.guards import GUARDS, missing_guards
from covertops.storage.migrate import is_current, upgrade
from tests.databases import migrate, migration_config, sqlite_url


@pytest.fixture
def engine(database_url: str):
    """An engine on a migrated database."""
    one = make_engine(database_url)
    yield one
    one.dispose()


def test_the_migrated_database_is_what_the_tables_say(engine: Engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_migrated_database_has_every_check_and_key(engine: Engine):
    """Alembic compares neither, so that a forgotten one would stay unseen."""
    found = inspect(engine)
    for table in tables.metadata.sorted_tables:
        checks = {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
        assert {each["name"] for each in found.get_check_constraints(table.name)} == checks
        assert found.get_pk_constraint(table.name)["constrained_columns"] == table.primary_key.columns.keys()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_table_of_sqlite_is_strict(engine: Engine):
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, strict FROM pragma_table_list WHERE type = 'table'")
        loose = {name for name, strict in rows if not strict}
    assert loose == {"alembic_version", "sqlite_schema", "sqlite_temp_schema"}


def test_an_upgrade_of_a_current_database_changes_nothing(database_url: str):
    engine = make_engine(database_url)
    assert is_current(engine)
    upgrade(database_url)
    assert is_current(engine)
    engine.dispose()


def test_an_empty_database_is_not_current_until_it_is_upgraded(empty_database_url: str):
    engine = make_engine(empty_database_url)
    assert not is_current(engine)
    upgrade(empty_database_url)
    assert is_current(engine)
    with engine.connect() as connection:
        assert missing_guards(connection) == []
    engine.dispose()


def test_the_upgrade_is_found_wherever_the_program_was_started(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    upgrade(empty_database_url)
    engine = make_engine(empty_database_url)
    assert is_current(engine)
    engine.dispose()


def test_a_migration_that_breaks_off_leaves_nothing_and_can_be_run_again(tmp_path: Path):
    """The last statements of the first migration meet a trigger of the same name, and all before them is undone."""
    file = tmp_path / "covertops.sqlite"
    last = sorted(name for name in GUARDS["sqlite"] if name.endswith("no_replace"))[0]
    with dbapi2.connect(file) as connection:
        connection.execute("CREATE TABLE squatter (x)")
        connection.execute(f"CREATE TRIGGER {last} BEFORE DELETE ON squatter BEGIN SELECT 1; END")
    connection.close()
    with pytest.raises(Exception, match="already exists"):
        upgrade(sqlite_url(file))
    engine = make_engine(sqlite_url(file))
    assert set(inspect(engine).get_table_names()) <= {"squatter", "alembic_version"}
    engine.dispose()
    with dbapi2.connect(file) as connection:
        connection.execute("DROP TABLE squatter")
    connection.close()
    upgrade(sqlite_url(file))


def test_the_first_schema_cannot_be_taken_back(database_url: str):
    with pytest.raises(RuntimeError, match="would destroy the record"):
        command.downgrade(migration_config(database_url), "base")
    engine = make_engine(database_url)
    assert is_current(engine)
    engine.dispose()


def test_the_tests_and_the_program_migrate_alike(tmp_path: Path):
    def schema(file: Path) -> list[Any]:
        connection = dbapi2.connect(file)
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        connection.close()
        return list(rows)

    upgrade(sqlite_url(tmp_path / "one.sqlite"))
    migrate(sqlite_url(tmp_path / "other.sqlite"))
    assert schema(tmp_path / "one.sqlite") == schema(tmp_path / "other.sqlite")
