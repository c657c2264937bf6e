"""Looking at an operation is on record once a person, operation and hour, however many processes serve it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

from covertops.actions.recent_views import RecentViews
from covertops.actions.recording import record_access
from covertops.actions.viewing import viewed, viewings
from covertops.domain.decisions.frame import Written
from covertops.domain.entries.access import OperationViewed
from covertops.domain.vocabulary import Office, Stage
from covertops.storage.unit_of_work import Store
from tests.playing import Town


def looks(town: Town, operation_id: str) -> int:
    """How many looks at an operation are on record."""
    with town.house.store.read() as unit:
        return len(viewings(unit, operation_id).found)


def test_of_processes_that_look_at_the_same_moment_one_records_it(town: Town):
    operation_id = town.bring(Stage.REQUESTED)
    stores = [Store(town.house.store.engine, town.house.store.keyring) for _ in range(6)]
    houses = [replace(town.house, store=store, views=RecentViews()) for store in stores]
    together = threading.Barrier(len(houses))
    recorded: list[bool] = []

    def look(place: int) -> None:
        together.wait()
        recorded.append(viewed(houses[place], operation_id, town.people["chief"], town.clock()))

    threads = [threading.Thread(target=look, args=(place,)) for place in range(len(houses))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(recorded) == [False] * 5 + [True]
    assert looks(town, operation_id) == 1


def test_a_new_process_finds_a_look_of_the_last_hour_however_much_was_recorded_since(town: Town):
    operation_id, other = town.bring(Stage.REQUESTED), town.bring(Stage.REQUESTED)
    chief, now = town.people["chief"], town.clock()
    viewed(town.house, operation_id, chief, now)
    busy = Written(Office.INVESTIGATOR, OperationViewed(by=town.people["investigator-1"], operation=other))
    with town.house.store.write() as unit:
        record_access(unit, [busy] * 1200, now + timedelta(minutes=1))
    new = replace(town.house, views=RecentViews())
    assert not viewed(new, operation_id, chief, now + timedelta(minutes=59))
    assert viewed(new, operation_id, chief, now + timedelta(minutes=60))


def test_who_looked_is_told_newest_first_stretch_by_stretch(town: Town):
    operation_id = town.bring(Stage.ACTIVE)
    for person in ("chief", "supervisor-1", "investigator-1"):
        town.clock.advance(timedelta(minutes=1))
        viewed(town.house, operation_id, town.people[person], town.clock())
    with town.house.store.read() as unit:
        newest = viewings(unit, operation_id)
        before = viewings(unit, operation_id, newest.found[0].number)
        nothing = viewings(unit, operation_id, 1)
    short = {person: name for name, person in town.people.items()}
    assert [short[one.person] for one in newest.found] == ["investigator-1", "supervisor-1", "chief"]
    assert [short[one.person] for one in before.found] == ["supervisor-1", "chief"]
    assert (nothing.found, nothing.since, nothing.earlier) == ((), None, None)
