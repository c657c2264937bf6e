"""A page costs a fixed number of statements, however many operations there are and however long a record is."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from covertops.actions.folding import Folds
from covertops.actions.operations import new_scene
from covertops.actions.recent_views import RecentViews
from covertops.actions.recording import record
from covertops.actions.schemas import read_answers
from covertops.domain.decisions.activity import log_no_activity
from covertops.domain.decisions.request import submit_request
from covertops.domain.entries.activity import ActivityNone
from covertops.domain.entries.request import RequestSubmitted
from covertops.domain.vocabulary import Stage
from covertops.storage.compartments import OpenKeys
from covertops.storage.unit_of_work import Store
from covertops.web.pages.operation_page import A_PAGE
from tests import databases
from tests.clock import FixedClock
from tests.playing import Town, found_town
from tests.web.town_pages import TownPages

FEW, MANY = 10, 1000
LONG = 9_000
LISTS = ("/", "/operations", "/operations?page=1", "/operations?reference=2026")
PATHS = (*LISTS, "/operations/{long}", "/operations/{long}/entries/7", "/packages", "/people")


@pytest.fixture
def town(sqlite_template: pathlib.Path, tmp_path: pathlib.Path, clock: FixedClock) -> Iterator[Town]:
    """A town on SQLite."""
    file = tmp_path / "town.sqlite"
    shutil.copyfile(sqlite_template, file)
    made = found_town(databases.sqlite_url(file), tmp_path, clock)
    yield made
    made.house.store.close()


def add_requests(town: Town, first: int, count: int) -> None:
    """Record many requests by the rules, each its own operation, in one transaction."""
    house, now, request = town.house, town.clock(), town.request()
    with house.store.write() as unit:
        department = house.folds.department(unit)
        for number in range(count):
            it = new_scene(house, unit, town.people["investigator-1"], now, f"2026-{first + number}")
            given = request | {"handle": f"@h{first + number}", "subject": "", "case_number": ""}
            asked = read_answers(RequestSubmitted, given, department.zone_name)
            decided = submit_request(it.operation, it.actor, it.facts, asked)
            record(house, unit, it.operation, decided, department, now)


def lengthen(town: Town, operation_id: str, count: int) -> None:
    """Record many entries of one operation by the rules, in one transaction."""
    house, now = town.house, town.clock()
    given = {"from_on": town.today(), "to_on": town.today()}
    with house.store.write() as unit:
        department = house.folds.department(unit)
        it = new_scene(house, unit, town.people["investigator-1"], now)
        operation = house.folds.operation(unit, operation_id)
        asked = read_answers(ActivityNone, given, department.zone_name)
        decided = log_no_activity(operation, it.actor, it.facts, asked) * count
        record(house, unit, operation, decided, department, now)


def statements(town: Town, long: str) -> dict[str, int]:
    """How many statements each page takes in a process that has folded nothing and opened no key yet."""
    # Every look is then the first within its hour, and recorded.
    town.clock.advance(timedelta(hours=2))
    store = Store(town.house.store.engine, town.house.store.keyring)
    house = replace(town.house, store=store, folds=Folds(), views=RecentViews())
    pages = TownPages(replace(town, house=house), new=False)
    counts: dict[str, int] = {}
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    browser = pages.browser("chief")
    event.listen(store.engine, "before_cursor_execute", note)
    try:
        for path in PATHS:
            store.open_keys = OpenKeys()
            seen.clear()
            assert browser.get(path.format(long=long)).status_code == 200, path
            counts[path] = len(seen)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return counts


def test_a_thousand_operations_and_ten_thousand_entries_cost_no_statement_more_than_ten_operations(town: Town):
    long = town.bring(Stage.ACTIVE)
    TownPages(town).browser("chief").get(f"/operations/{long}")  # so that the access stream has begun
    lengthen(town, long, 2 * A_PAGE)
    add_requests(town, 5000, FEW)
    few = statements(town, long)
    add_requests(town, 6000, MANY - FEW)
    lengthen(town, long, LONG)
    many = statements(town, long)
    assert many == few
    assert max(many.values()) < 50
