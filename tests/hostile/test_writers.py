"""Many at once: everything that was allowed is on record once, in one order, without a gap and without a fork."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from covertops.actions import operations, signing
from covertops.actions.operations import Stale
from covertops.actions.recording import Outcome
from covertops.domain.refusals import Refusal
from covertops.domain.vocabulary import Stage
from covertops.storage.ledger_read import read_headers
from tests.clock import FixedClock
from tests.hostile.children import child
from tests.hostile.deeds import act_beside_others, log
from tests.hostile.houses import Place, settle
from tests.playing import PROMISE, Town

WRITERS, TURNS = 8, 4


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Place:
    """An installation with an active operation, on each kind of database."""
    return settle(tmp_path / "instance", database_url)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do some deeds in threads that begin together; what each returned or raised."""
    barrier = threading.Barrier(len(deeds))

    def begin(deed: Callable[[], object]) -> object:
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        futures = [threads.submit(begin, deed) for deed in deeds]
    return [future.exception() or future.result() for future in futures]


def beside(town: Town) -> Town:
    """The same house with a clock of its own, for another thread."""
    return Town(town.house, FixedClock(town.clock()), town.people)


def check_one_order(place: Place, begun: list[str], logged: list[int]) -> None:
    """Everything is there once: no gap in the log, none in the references, and no two entries of one number."""
    with place.town() as town:
        town.check()
        with town.house.store.read() as unit:
            headers = read_headers(unit)
            references = [town.house.folds.operation(unit, one).reference for one in begun]
        on_record = [one.entry for one in town.operation(place.operation).activities]
    assert [one.index for one in headers] == list(range(len(headers)))
    assert len(set(begun)) == len(begun) == WRITERS * TURNS
    # The first operation of the installation has 0001.
    assert sorted(references) == [f"2026-{number:04d}" for number in range(2, WRITERS * TURNS + 2)]
    assert sorted(logged) == sorted(on_record)
    assert len(set(logged)) == WRITERS * TURNS


def test_eight_processes_that_act_at_once_all_succeed_without_a_gap_and_without_a_fork(place: Place) -> None:
    with ExitStack() as stack:
        writers = [stack.enter_context(child(place, act_beside_others, one, TURNS)) for one in range(WRITERS)]
        for writer in writers:
            writer.go()
        assert [writer.finish() for writer in writers] == [0] * WRITERS
    said = [each for writer in writers for each in writer.said]
    check_one_order(place, [own for own, _ in said], [number for _, number in said])


def test_eight_threads_that_act_at_once_in_one_process_all_succeed(place: Place) -> None:
    def turns(own: Town) -> list[tuple[str, int]]:
        return [(own.begin(), log(own, place.operation)) for _ in range(TURNS)]

    with place.town() as town:
        found = at_once(*(partial(turns, beside(town)) for _ in range(WRITERS)))
    done = [pair for one in found if isinstance(one, list) for pair in one]
    assert len(done) == WRITERS * TURNS, found
    check_one_order(place, [own for own, _ in done], [number for _, number in done])


def test_of_two_that_confirm_one_intent_at_once_one_wins_and_nobody_else_s_ever_does(place: Place) -> None:
    with place.town() as town:
        asked = town.begin()
        chief, now = town.people["chief"], town.clock()
        intent = signing.prepare(town.house, "grant-authorization", asked, chief, town.grant(), now)
        confirm = partial(signing.confirm, town.house, intent.id, proof=signing.PASSWORD, now=now)
        others = [partial(confirm, person=town.people[one]) for one in ("supervisor-1", "investigator-1")]
        found = at_once(*[partial(confirm, person=chief)] * 4, *others)
        kinds = sorted(type(one).__name__ for one in found)
        assert kinds == ["NotFound"] * 5 + ["Outcome"]
        assert town.operation(asked).stage is Stage.AUTHORIZED
        town.check()


def test_of_two_that_decide_from_one_sight_of_the_record_one_is_told_that_it_moved(place: Place) -> None:
    with place.town() as town:
        house, asked, chief, now = town.house, town.begin(), town.people["chief"], town.clock()
        intents = [signing.prepare(house, "grant-authorization", asked, chief, town.grant(), now) for _ in "ab"]
        found = at_once(*(partial(signing.confirm, house, one.id, chief, signing.PASSWORD, now) for one in intents))
        assert sorted(type(one).__name__ for one in found) == ["Outcome", "Stale"], found
        asked = town.begin()
        answer = partial(
            operations.act, house, operation_id=asked, person=chief, given={"reasons": "Not yet."}, now=now
        )
        answer = partial(answer, seen=town.operation(asked).moved)
        found = at_once(*(partial(answer, name) for name in ("return-request", "refuse-request")))
        # Either rule tells the second of them: the request was answered, or the record moved.
        assert sorted(isinstance(one, (Stale, Refusal)) for one in found) == [False, True], found
        town.check()


def test_two_officers_who_log_on_one_operation_at_once_both_stand(place: Place) -> None:
    with place.town() as town:
        asked = town.begin()
        pair = [town.people["investigator-1"], town.people["investigator-2"]]
        town.authorize(asked, {"officers": pair})
        town.meet_gates(asked)
        town.act("make-promise", asked, "investigator-2", PROMISE)
        town.act("activate", asked, "supervisor-1", {"note": ""})
        last = town.operation(asked).last_number
        given = [town.activity(keyboard=one) for one in pair]
        now = town.clock()
        found = at_once(
            *(
                partial(operations.act, town.house, "log-activity", asked, person, answers, now)
                for person, answers in zip(pair, given, strict=True)
            )
        )
        assert sorted(one.number for one in found if isinstance(one, Outcome)) == [last + 1, last + 2], found
        assert {one.by for one in town.operation(asked).activities} == set(pair)
        town.check()
