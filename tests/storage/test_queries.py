"""Queries: nobody reads of an operation they do not need to know of, and a list costs the same few statements."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import event

from covertops.domain.membership import ROLES
from covertops.domain.vocabulary import Office, Stage
from covertops.storage import queries
from covertops.storage.queries import Viewer
from covertops.storage.unit_of_work import Store
from covertops.storage.views import replace_rows
from tests.clock import A_MORNING
from tests.storage.recording import OPERATION, OTHER_OPERATION, draft, record
from tests.storage.view_rows import NOW, rows_of

CHIEF = Viewer("chief-1", frozenset({Office.CHIEF}))
OFFICER = Viewer("officer-1", frozenset({Office.INVESTIGATOR}))
SERGEANT = Viewer("sergeant-1", frozenset({Office.SUPERVISOR}))
STRANGER = Viewer("officer-9", frozenset({Office.INVESTIGATOR}))
ATTORNEY = Viewer("attorney-1", frozenset({Office.PROSECUTING_ATTORNEY}))


@pytest.fixture
def two(store: Store) -> Store:
    """Two operations: the sergeant supervises both, the officer is on the first only."""
    record(store, draft(), draft(OTHER_OPERATION), draft("department"))
    with store.write() as unit:
        replace_rows(unit, OPERATION, rows_of(OPERATION))
        others = [("sergeant-1", "supervisor"), ("officer-2", "officer")]
        later = rows_of(OTHER_OPERATION, others, reference="2026-0002", stage=Stage.ENDED, updated_at=NOW + 1)
        replace_rows(unit, OTHER_OPERATION, later)
    return store


def ids(store: Store, viewer: Viewer) -> list[str]:
    with store.read() as unit:
        return [each.id for each in queries.operations_for(unit, viewer)]


def test_a_person_finds_the_operations_they_are_on_and_the_chief_all_the_last_changed_first(two: Store):
    assert ids(two, CHIEF) == [OTHER_OPERATION, OPERATION]
    assert ids(two, SERGEANT) == [OTHER_OPERATION, OPERATION]
    assert ids(two, OFFICER) == [OPERATION]
    assert ids(two, STRANGER) == []


def test_an_operation_one_does_not_need_to_know_of_answers_as_one_that_does_not_exist(two: Store):
    with two.read() as unit:
        assert queries.operation_for(unit, OFFICER, OPERATION) is not None
        assert queries.operation_for(unit, OFFICER, OTHER_OPERATION) is None
        assert queries.operation_for(unit, OFFICER, "0e" * 16) is None


@pytest.mark.parametrize(("role", "office"), [*itertools.product(ROLES, Office)])
def test_a_role_gives_nothing_without_its_office(store: Store, role: str, office: Office):
    record(store, draft())
    with store.write() as unit:
        replace_rows(unit, OPERATION, rows_of(OPERATION, [("person-1", role)]))
    expected = [OPERATION] if office in (ROLES[role], Office.CHIEF) else []
    assert ids(store, Viewer("person-1", frozenset({office}))) == expected
    assert ids(store, Viewer("person-1", frozenset())) == []


def test_no_list_or_count_tells_a_stranger_anything(two: Store):
    with two.read() as unit:
        for viewer in (STRANGER, ATTORNEY, Viewer("officer-1", frozenset())):
            assert queries.operations_for(unit, viewer) == []
            assert queries.count_by_stage(unit, viewer) == {}
            assert queries.tasks_for(unit, viewer, A_MORNING) == []
            assert queries.tasks_for(unit, viewer, A_MORNING, mine=False) == []
            assert queries.packages_for(unit, viewer) == []
            assert queries.packages_for(unit, viewer, OPERATION) == []


def test_a_row_comes_with_its_sealed_summary_opened(two: Store):
    with two.read() as unit:
        found = queries.operation_for(unit, OFFICER, OPERATION)
    assert found is not None
    assert (found.reference, found.stage, found.summary["matter"]) == ("2026-0001", Stage.ACTIVE, "a matter")
    assert (found.updated_at, found.lapse_at) == (A_MORNING, A_MORNING + timedelta(microseconds=1))


def test_operations_can_be_counted_and_chosen_by_stage(two: Store):
    with two.read() as unit:
        assert queries.count_by_stage(unit, SERGEANT) == {Stage.ACTIVE: 1, Stage.ENDED: 1}
        assert queries.count_by_stage(unit, OFFICER) == {Stage.ACTIVE: 1}
        chosen = queries.operations_for(unit, SERGEANT, stages=[Stage.ENDED])
        assert [each.id for each in chosen] == [OTHER_OPERATION]
        assert len(queries.operations_for(unit, SERGEANT, limit=1)) == 1


def test_tasks_are_one_s_own_or_one_s_office_s(two: Store):
    with two.read() as unit:
        assert {each.code for each in queries.tasks_for(unit, SERGEANT, A_MORNING)} == {"review"}
        assert {each.code for each in queries.tasks_for(unit, CHIEF, A_MORNING)} == {"decide"}
        assert queries.tasks_for(unit, OFFICER, A_MORNING) == []
        others = queries.tasks_for(unit, OFFICER, A_MORNING, mine=False)
    assert {(each.operation_id, each.reference) for each in others} == {(OPERATION, "2026-0001")}


def test_whoever_received_a_package_sees_it_and_not_its_operation(two: Store):
    with two.read() as unit:
        received = queries.packages_received_by(unit, "attorney-1")
        assert {each.reference for each in received} == {"EXP-2026-0001", "EXP-2026-0002"}
        assert queries.operation_for(unit, ATTORNEY, OPERATION) is None
        assert [each.operation_id for each in queries.packages_for(unit, OFFICER)] == [OPERATION]
        assert len(queries.packages_for(unit, SERGEANT, OPERATION)) == 1


def test_a_list_costs_the_same_few_statements_however_long_it_is(store: Store):
    counted: list[str] = []
    costs = []
    event.listen(store.engine, "before_cursor_execute", lambda *arguments: counted.append(arguments[2]))
    for place in range(30):
        operation = f"{place:032x}"
        record(store, draft(operation))
        with store.write() as unit:
            replace_rows(unit, operation, rows_of(operation, reference=f"2026-{place:04d}"))
        if place in (0, 29):
            store.open_keys.forget([f"operation/{each:032x}" for each in range(30)])
            counted.clear()
            with store.read() as unit:
                assert len(queries.operations_for(unit, SERGEANT)) == place + 1
            costs.append(len([each for each in counted if each.startswith("SELECT")]))
    assert costs == [2, 2]
