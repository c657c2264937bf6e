"""A database that is lent again is as it was made, and one that a test changed is not lent again."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from covertops.storage.guards import GUARDS
from tests.lent_databases import OFTEN, LentDatabases
from tests.playing import found_town
from tests.storage.attacker import attacking

CHANGES = {
    "a guard is gone": f"DROP FUNCTION {min(GUARDS['postgresql'])} CASCADE",
    "guards are switched off": "ALTER TABLE entry DISABLE TRIGGER ALL",
    "a key is gone": "ALTER TABLE draft DROP CONSTRAINT pk_draft",
    "a column may be empty": "ALTER TABLE draft ALTER COLUMN kind DROP NOT NULL",
    "a column more": "ALTER TABLE draft ADD COLUMN more int",
    "an index more": "CREATE INDEX more ON draft (kind)",
    "a table more": "CREATE TABLE more (words text)",
    "a table less": "DROP TABLE throttle",
    "a function more": "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "another version": "UPDATE alembic_version SET version_num = 'another'",
    "another setting": (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''1MB''', current_database()); END $$"
    ),
}


def counts(lent: LentDatabases, name: str) -> dict[str, int]:
    """How many rows each table has."""
    with psycopg.connect(host=str(lent.server.sockets), user="covertops", dbname=name) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchall() for (table,) in tables}
    return {table: found[0][0] for table, found in rows.items()}


def test_what_comes_back_is_empty_guarded_and_lent_again(lent_databases: LentDatabases, tmp_path: Path) -> None:
    lent = LentDatabases(lent_databases.server, lent_databases.template)
    name = lent.lend()
    before, url = counts(lent, name), lent.server.url(name)
    town = found_town(url, tmp_path)
    assert counts(lent, name) != before
    lent.take_back(name)  # while it is open, as after a test that failed
    town.house.store.close()
    assert lent.lend() == name
    assert counts(lent, name) == before
    found_town(url, tmp_path).house.store.close()
    with attacking(url, guarded=True) as attacker, pytest.raises(psycopg.errors.RestrictViolation):
        attacker.run("DELETE FROM entry")
    lent.server.drop(name)


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_one_that_was_changed_is_not_lent_again(lent_databases: LentDatabases, statement: str) -> None:
    lent = LentDatabases(lent_databases.server, lent_databases.template)
    name = lent.lend()
    with attacking(lent.server.url(name), guarded=True) as attacker:
        attacker.run(statement)
    lent.take_back(name)
    assert lent.lend() != name


def test_one_is_lent_so_often_and_no_more(lent_databases: LentDatabases) -> None:
    lent = LentDatabases(lent_databases.server, lent_databases.template)
    first = lent.lend()
    for _ in range(OFTEN - 1):
        lent.take_back(first)
        assert lent.lend() == first
    lent.take_back(first)
    assert lent.lend() != first
