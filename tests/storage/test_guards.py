"""The append-only guards: each refuses a statement that nothing else would refuse."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pytest
from pysqlite3 import dbapi2

from covertops.storage.guards import GUARDS, missing_guards
from covertops.storage.unit_of_work import Store
from covertops.storage.verify_ledger import verify_ledger
from tests.storage.attacker import Attacker, attacking
from tests.storage.recording import record_a_little

REFUSED = (dbapi2.IntegrityError, psycopg.errors.RestrictViolation)
TABLES = ("ledger_head", "entry", "box", "checkpoint", "compartment", "disposed")


@dataclass(frozen=True)
class Forbidden:
    """A statement, and the one guard that refuses it."""

    guard: str
    statement: str


ON_BOTH = [
    Forbidden("ledger_head_only_grows", "UPDATE ledger_head SET size = size - 1, checkpoints = checkpoints + 1"),
    Forbidden("ledger_head_only_grows", "UPDATE ledger_head SET size = size, checkpoints = checkpoints + 1"),
    Forbidden("ledger_head_only_grows", "UPDATE ledger_head SET size = size + 1"),
    Forbidden("ledger_head_only_grows", "UPDATE ledger_head SET size = size + 1, checkpoints = checkpoints + 2"),
    Forbidden(
        "ledger_head_only_grows",
        "UPDATE ledger_head SET size = size + 1, checkpoints = checkpoints + 1, last_time = last_time - 1",
    ),
    Forbidden(
        "ledger_head_only_grows",
        "UPDATE ledger_head SET size = size + 1, checkpoints = checkpoints + 1, origin = 'x'",
    ),
    Forbidden(
        "ledger_head_only_grows",
        "UPDATE ledger_head SET size = size + 1, checkpoints = checkpoints + 1, department_stream = 'x'",
    ),
    Forbidden(
        "ledger_head_only_grows",
        "UPDATE ledger_head SET size = size + 1, checkpoints = checkpoints + 1, access_stream = 'x'",
    ),
    Forbidden("ledger_head_no_delete", "DELETE FROM ledger_head"),
    Forbidden("entry_no_update", 'UPDATE entry SET header = header WHERE "index" = 1'),
    Forbidden("entry_no_update", 'UPDATE entry SET "index" = 99 WHERE "index" = 1'),
    Forbidden("entry_no_delete", 'DELETE FROM entry WHERE "index" = 1'),
    Forbidden("box_no_update", "UPDATE box SET sealed = wrapped_key WHERE entry_index = 1 AND part = 'body'"),
    Forbidden("box_no_delete", "DELETE FROM box WHERE entry_index = 1 AND part = 'body'"),
    Forbidden("checkpoint_no_update", "UPDATE checkpoint SET note = 'x' WHERE number = 1"),
    Forbidden("checkpoint_no_delete", "DELETE FROM checkpoint WHERE number = 1"),
    Forbidden("compartment_no_rename", "UPDATE compartment SET name = 'x' WHERE name = 'access'"),
    Forbidden("compartment_no_delete", "DELETE FROM compartment WHERE name = 'access'"),
    Forbidden("disposed_no_update", "UPDATE disposed SET entry_index = 1"),
    Forbidden("disposed_no_delete", "DELETE FROM disposed"),
]
ON_SQLITE = [
    Forbidden("ledger_head_no_replace", "REPLACE INTO ledger_head VALUES (1, 'x', 'x', 'x', 0, x'', 0, 0, x'')"),
    Forbidden("entry_no_replace", "REPLACE INTO entry VALUES (1, 'x', 1, x'')"),
    Forbidden("entry_no_replace", "REPLACE INTO entry SELECT 99, stream, number, x'' FROM entry WHERE \"index\" = 1"),
    Forbidden("box_no_replace", "REPLACE INTO box VALUES (1, 'body', x'', x'')"),
    Forbidden("checkpoint_no_replace", "REPLACE INTO checkpoint VALUES (1, 99, 'x')"),
    Forbidden("checkpoint_no_replace", "REPLACE INTO checkpoint VALUES (99, 1, 'x')"),
    Forbidden("compartment_no_replace", "REPLACE INTO compartment VALUES ('access', x'')"),
    Forbidden("disposed_no_replace", "REPLACE INTO disposed SELECT stream, 2 FROM disposed"),
]
ON_POSTGRESQL = [Forbidden(f"{table}_no_truncate", f"TRUNCATE {table}") for table in TABLES]


def contents(attacker: Attacker) -> list[object]:
    """Everything in the ledger's tables."""
    return [sorted(map(repr, attacker.run(f"SELECT * FROM {table}"))) for table in TABLES]


def prepare(store: Store, attacker: Attacker) -> None:
    """A record with a disposal that concerns none of the rows the statements name, and no foreign keys."""
    record_a_little(store)
    attacker.run("INSERT INTO disposed VALUES (?, 0)", "0c" * 16)
    if attacker.kind == "postgresql":
        for table in ("box", "disposed"):
            attacker.run(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_entry_index")


def test_every_guard_has_a_statement_that_it_refuses(database_kind: str):
    statements = {"sqlite": [*ON_BOTH, *ON_SQLITE], "postgresql": [*ON_BOTH, *ON_POSTGRESQL]}[database_kind]
    assert {each.guard for each in statements} == GUARDS[database_kind]


def refuse_until_its_guard_is_gone(store: Store, url: str, forbidden: Forbidden) -> None:
    with attacking(url, guarded=True) as attacker:
        prepare(store, attacker)
        before = contents(attacker)
        with pytest.raises(REFUSED, match="append-only"):
            attacker.run(forbidden.statement)
        assert contents(attacker) == before
        attacker.drop_guard(forbidden.guard)
        attacker.run(forbidden.statement)


@pytest.mark.parametrize("forbidden", ON_BOTH, ids=lambda each: f"{each.guard}-{each.statement}")
def test_a_guard_refuses_what_nothing_else_refuses(victim: Store, database_url: str, forbidden: Forbidden):
    refuse_until_its_guard_is_gone(victim, database_url, forbidden)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("forbidden", ON_SQLITE, ids=lambda each: each.statement)
def test_a_guard_refuses_replacing_a_row_even_where_triggers_are_not_recursive(
    victim: Store, database_url: str, forbidden: Forbidden
):
    refuse_until_its_guard_is_gone(victim, database_url, forbidden)


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize("forbidden", ON_POSTGRESQL, ids=lambda each: each.statement)
def test_a_guard_refuses_emptying_a_table(victim: Store, database_url: str, forbidden: Forbidden):
    refuse_until_its_guard_is_gone(victim, database_url, forbidden)


def test_a_second_head_row_is_refused_by_the_table_itself(victim: Store, database_url: str):
    with attacking(database_url) as attacker, pytest.raises((dbapi2.IntegrityError, psycopg.errors.CheckViolation)):
        attacker.run("INSERT INTO ledger_head SELECT 2, origin, 'x', 'x', 0, frontier, 0, 0, mac FROM ledger_head")


def test_a_wrapped_key_may_be_wrapped_anew(victim: Store, database_url: str):
    record_a_little(victim)
    with attacking(database_url, guarded=True) as attacker:
        attacker.run("UPDATE compartment SET wrapped_key = wrapped_key WHERE name = 'access'")
    assert verify_ledger(victim).clean


def test_a_guard_that_was_dropped_is_named(victim: Store, database_url: str):
    with attacking(database_url, guarded=True) as attacker:
        attacker.drop_guard("entry_no_delete")
    with victim.read() as unit:
        assert missing_guards(unit.connection) == ["entry_no_delete"]
    assert [str(each) for each in verify_ledger(victim).problems] == [
        "guard entry_no_delete: it is missing or switched off"
    ]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_guard_that_was_switched_off_is_named(victim: Store, database_url: str):
    with attacking(database_url, guarded=True) as attacker:
        attacker.run("ALTER TABLE entry DISABLE TRIGGER entry_no_delete")
    with victim.read() as unit:
        assert missing_guards(unit.connection) == ["entry_no_delete"]
