"""Views: written from a fold, compared with it, rebuilt from it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import event, select

from covertops.storage import tables
from covertops.storage.unit_of_work import Store
from covertops.storage.views import VIEWS, Difference, compare, open_sealed, rebuild, replace_rows, strangers
from covertops.vault.envelope import SealBroken
from tests.storage.attacker import attacking
from tests.storage.recording import OPERATION, OTHER_OPERATION, draft, record
from tests.storage.view_rows import rows_of


def replace(store: Store, owner: str, rows: Any) -> int:
    with store.write() as unit:
        return replace_rows(unit, owner, rows)


def differences(store: Store, owner: str, rows: Any) -> list[str]:
    with store.read() as unit:
        return [str(each) for each in compare(unit, owner, rows)]


def fill(store: Store) -> Store:
    """Write the rows of two operations."""
    record(store, draft(), draft(OTHER_OPERATION), draft("department"))
    replace(store, OPERATION, rows_of(OPERATION))
    replace(store, OTHER_OPERATION, rows_of(OTHER_OPERATION, reference="2026-0002"))
    return store


@pytest.fixture
def viewed(store: Store) -> Store:
    """A store with the rows of two operations."""
    return fill(store)


def test_every_view_says_whose_its_rows_are():
    assert {table.name for table in VIEWS} == {name for name in tables.metadata.tables if name.endswith("_view")}
    for table in VIEWS:
        assert table.info["owner"] in table.c


def test_rows_are_stored_as_handed_over_and_what_is_sealed_is_not_readable(viewed: Store):
    with viewed.read() as unit:
        row = unit.connection.execute(
            select(tables.operation_view).where(tables.operation_view.c.id == OPERATION)
        ).one()
    assert (row.reference, row.stage, row.last_number) == ("2026-0001", "active", 1)
    assert b"matter" not in row.sealed
    assert differences(viewed, OPERATION, rows_of(OPERATION)) == []


def test_only_what_changed_is_written(viewed: Store):
    written: list[str] = []
    event.listen(viewed.engine, "before_cursor_execute", lambda *arguments: written.append(arguments[2].split()[0]))
    assert replace(viewed, OPERATION, rows_of(OPERATION)) == 0
    assert {"INSERT", "UPDATE", "DELETE"}.isdisjoint(written)
    assert replace(viewed, OPERATION, rows_of(OPERATION, matter="another matter")) == 1
    assert [each for each in written if each in ("INSERT", "UPDATE", "DELETE")] == ["UPDATE"]


def test_rows_come_change_and_go_and_another_owner_s_stay(viewed: Store):
    changed = rows_of(OPERATION, [("officer-2", "officer"), ("sergeant-1", "supervisor")], matter="another")
    changed["task_view"][0]["until"] = 5
    assert replace(viewed, OPERATION, changed) == 4
    assert differences(viewed, OPERATION, changed) == []
    assert differences(viewed, OTHER_OPERATION, rows_of(OTHER_OPERATION, reference="2026-0002")) == []


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda rows: rows.pop("lookup_view"), "expected rows of .*lookup_view"),
        (lambda rows: rows.update(other_view=[]), "found .*other_view"),
        (lambda rows: rows["operation_view"][0].pop("lapse_at"), "operation_view: expected .*lapse_at"),
        (lambda rows: rows["operation_view"][0].update(surplus=1), "found .*surplus"),
        (lambda rows: rows["membership_view"][0].update(operation_id=OTHER_OPERATION), "among those of"),
        (lambda rows: rows["membership_view"].append(rows["membership_view"][0]), "two rows have one key"),
    ],
)
def test_rows_that_are_not_an_owner_s_whole_and_own_rows_are_refused(viewed: Store, break_it: Any, words: str):
    rows = deepcopy(rows_of(OPERATION))
    break_it(rows)
    with pytest.raises(ValueError, match=words):
        replace(viewed, OPERATION, rows)
    assert differences(viewed, OPERATION, rows_of(OPERATION)) == []


WHERE_ID = f"WHERE id = '{OPERATION}'"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (f"UPDATE operation_view SET stage = 'ended' {WHERE_ID}", f"operation_view {OPERATION}: stage: found 'ended'"),
        (f"UPDATE operation_view SET lapse_at = NULL {WHERE_ID}", f"operation_view {OPERATION}: lapse_at: found None"),
        (f"UPDATE operation_view SET sealed = ? {WHERE_ID}", f"operation_view {OPERATION}: sealed: it does not open"),
        (f"DELETE FROM operation_view {WHERE_ID}", f"operation_view {OPERATION}: the row is missing"),
        (
            "DELETE FROM membership_view WHERE role = 'officer'",
            f"membership_view {OPERATION}/officer-1/officer: the row is missing",
        ),
        (
            f"INSERT INTO membership_view VALUES ('{OPERATION}', 'stranger', 'officer')",
            f"membership_view {OPERATION}/stranger/officer: no entry leads to this row",
        ),
    ],
)
def test_each_row_that_differs_is_named_and_rebuilding_restores_it(
    viewed: Store, database_url: str, change: str, named: str
):
    with attacking(database_url, guarded=True) as attacker:
        attacker.run(change, *[b"altered"] * change.count("?"))
    found = differences(viewed, OPERATION, rows_of(OPERATION))
    assert [each[: len(named)] for each in found] == [named]
    everything = [
        (OPERATION, rows_of(OPERATION)),
        (OTHER_OPERATION, rows_of(OTHER_OPERATION, reference="2026-0002")),
    ]
    with viewed.write() as unit:
        assert rebuild(unit, everything) == 14
    for owner, rows in everything:
        assert differences(viewed, owner, rows) == []


def test_a_sealed_column_does_not_open_in_another_row(viewed: Store):
    """The key is the operation's own either way: only the meaning tells the rows apart."""
    view = tables.operation_view
    with viewed.read() as unit:
        sealed = unit.connection.execute(select(view.c.sealed).where(view.c.id == OPERATION)).scalar_one()
        assert open_sealed(unit, view, [(OPERATION, (OPERATION,), sealed)])
        with pytest.raises(SealBroken):
            open_sealed(unit, view, [(OPERATION, (OTHER_OPERATION,), sealed)])


def test_a_sealed_column_with_other_content_is_named_without_its_content(viewed: Store):
    found = differences(viewed, OPERATION, rows_of(OPERATION, matter="another matter"))
    assert found == [f"operation_view {OPERATION}: sealed: its content is another"]


def test_two_references_that_were_exchanged_are_restored_although_each_is_unique(viewed: Store, database_url: str):
    with attacking(database_url, guarded=True) as attacker:
        for reference, operation in (("x", OPERATION), ("2026-0001", OTHER_OPERATION), ("2026-0002", OPERATION)):
            attacker.run("UPDATE operation_view SET reference = ? WHERE id = ?", reference, operation)
    everything = [(OPERATION, rows_of(OPERATION)), (OTHER_OPERATION, rows_of(OTHER_OPERATION, reference="2026-0002"))]
    with viewed.write() as unit:
        rebuild(unit, everything)
    for owner, rows in everything:
        assert differences(viewed, owner, rows) == []


def test_rows_of_an_operation_the_record_does_not_know_are_named_and_rebuilding_removes_them(viewed: Store):
    with viewed.read() as unit:
        assert strangers(unit, [OPERATION, OTHER_OPERATION]) == []
        found = strangers(unit, [OPERATION])
    assert Difference("operation_view", (OTHER_OPERATION,), "no entry leads to this row") in found
    assert {each.table for each in found} == {table.name for table in VIEWS}
    with viewed.write() as unit:
        rebuild(unit, [(OPERATION, rows_of(OPERATION))])
        assert strangers(unit, [OPERATION]) == []


def test_rows_whose_compartment_has_no_key_cannot_be_read_and_are_named(victim: Store, database_url: str):
    fill(victim).open_keys.forget([f"operation/{OPERATION}"])
    with attacking(database_url) as attacker:
        attacker.run("DELETE FROM compartment WHERE name = ?", f"operation/{OPERATION}")
    assert differences(victim, OPERATION, rows_of(OPERATION)) == [
        f"operation_view {OPERATION}: sealed: it does not open"
    ]
