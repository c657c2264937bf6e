"""The rows of sign-ins, sessions and throttles, on each database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from covertops.storage import sign_in_store as rows
from covertops.storage.accounts_read import account_states
from covertops.storage.log_key import found
from covertops.storage.tables import session, sign_in, throttle
from covertops.storage.unit_of_work import Store
from covertops.vault.keys import Keyring
from tests.clock import FixedClock

PERSON, OTHER = "1" * 32, "2" * 32


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A founded store with two accounts."""
    made = Store.open(database_url, Keyring(b"m" * 32))
    found(made, "example.gov/log")
    with made.write() as unit:
        rows.add_account(unit, PERSON, "name-1", "phc-1")
        rows.add_account(unit, OTHER, "name-2", "phc-2")
    yield made
    made.close()


def test_a_sign_in_name_belongs_to_one_person(store: Store):
    with pytest.raises(IntegrityError), store.write() as unit:
        rows.add_account(unit, "3" * 32, "name-1", "phc-3")
    with store.read() as unit:
        assert rows.account(unit, "name-1") == rows.SignIn(PERSON, "phc-1")
        assert rows.name_of_person(unit, PERSON) == "name-1"
        assert rows.name_of_person(unit, "3" * 32) is None


def test_a_late_save_cannot_revive_a_session_that_ended(store: Store, clock: FixedClock):
    with store.write() as unit:
        rows.open_session(unit, "s", PERSON, clock(), clock())
    with store.write() as unit:
        rows.end_session(unit, "s", clock())
    with store.write() as unit:
        assert not rows.touch_session(unit, "s", clock())
        assert not rows.renew_session(unit, "s", "t", clock(), clock())
        assert rows.find_session(unit, "s", clock()) is None
        assert rows.find_session(unit, "t", clock()) is None


def test_a_late_save_cannot_revive_a_session_that_ran_out(store: Store, clock: FixedClock):
    with store.write() as unit:
        rows.open_session(unit, "s", PERSON, clock(), None)
    clock.advance(rows.IDLE)
    with store.write() as unit:
        assert not rows.touch_session(unit, "s", clock())
        assert not rows.renew_session(unit, "s", "t", clock(), clock())


def test_a_renewed_session_still_ends_twelve_hours_after_it_began(store: Store, clock: FixedClock):
    with store.write() as unit:
        rows.open_session(unit, "s0", PERSON, clock(), None)
    for step in range(24):
        with store.write() as unit:
            assert rows.renew_session(unit, f"s{step}", f"s{step + 1}", clock(), clock()) is (step < 24)
        clock.advance(timedelta(minutes=29, seconds=59))
    with store.read() as unit:
        seen = rows.find_session(unit, "s24", clock())
        assert seen is not None
        assert seen.authenticated_at is not None
    clock.advance(timedelta(seconds=24))
    with store.read() as unit:
        assert rows.find_session(unit, "s24", clock()) is None


def test_ending_a_persons_sessions_ends_theirs_alone(store: Store, clock: FixedClock):
    with store.write() as unit:
        for key, person in (("a", PERSON), ("b", PERSON), ("c", OTHER)):
            rows.open_session(unit, key, person, clock(), clock())
        rows.end_sessions_of(unit, PERSON, clock())
        open_now = [key for key in "abc" if rows.find_session(unit, key, clock()) is not None]
    assert open_now == ["c"]


def test_a_disabled_account_has_no_session_whoever_disabled_it_and_whatever_its_row_says(
    store: Store, clock: FixedClock
):
    with store.write() as unit:
        rows.open_session(unit, "s", PERSON, clock(), clock())
        unit.connection.execute(update(sign_in).where(sign_in.c.person_id == PERSON).values(disabled_at=1))
        assert rows.find_session(unit, "s", clock()) is None


def test_of_many_who_send_one_code_at_once_one_succeeds(store: Store, clock: FixedClock):
    with store.write() as unit:
        rows.invite(unit, PERSON, "code", clock() + timedelta(days=1))
    results: list[str | None] = []

    def use(password: str) -> None:
        with store.write() as unit:
            results.append(rows.use_invitation(unit, "name-1", "code", password, clock()))

    threads = [threading.Thread(target=use, args=(f"phc-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results, key=str) == [PERSON] + [None] * 7


def test_a_new_invitation_replaces_the_one_before_and_a_closed_account_takes_none(store: Store, clock: FixedClock):
    later = clock() + timedelta(days=1)
    with store.write() as unit:
        rows.invite(unit, PERSON, "first", later)
        rows.invite(unit, PERSON, "second", later)
        assert rows.use_invitation(unit, "name-1", "first", "phc", clock()) is None
        rows.disable_account(unit, PERSON, clock())
        rows.invite(unit, PERSON, "third", later)
        for code in ("second", "third"):
            assert rows.use_invitation(unit, "name-1", code, "phc", clock()) is None
        assert rows.account(unit, "name-1") is None


def test_releasing_an_account_releases_it_on_every_node_and_no_other(store: Store, clock: FixedClock):
    with store.write() as unit:
        for key in ("name-1:x", "name-1:y", "name-11:x", "name_1:x"):
            for _ in range(5):
                assert rows.take_attempt(unit, key, clock())
            assert not rows.take_attempt(unit, key, clock())
        assert rows.release_account(unit, "name_1") == 1  # an underscore is no wildcard
        assert rows.release_account(unit, "name-1") == 2
        left = unit.connection.execute(select(throttle.c.key)).scalars().all()
    assert left == ["name-11:x"]


def test_sweeping_removes_what_no_longer_counts_and_keeps_what_locks(store: Store, clock: FixedClock):
    with store.write() as unit:
        rows.open_session(unit, "old", PERSON, clock(), clock())
        rows.take_attempt(unit, "name-1:idle", clock())
        for _ in range(5):
            rows.take_attempt(unit, "name-1:locked", clock())
    clock.advance(timedelta(days=2))
    with store.write() as unit:
        rows.open_session(unit, "new", PERSON, clock(), clock())
        assert (rows.sweep_sessions(unit, clock()), rows.sweep_throttles(unit, clock())) == (1, 1)
        assert unit.connection.execute(select(session.c.id_hmac)).scalars().all() == ["new"]
        assert unit.connection.execute(select(throttle.c.key)).scalars().all() == ["name-1:locked"]


def test_no_row_holds_a_name_in_clear():
    digests = rows.SignInDigests(lambda purpose: purpose.encode().ljust(32))
    made = [
        digests.name("egret"),
        digests.session("egret"),
        digests.invitation("egret"),
        digests.throttle("x", "egret"),
    ]
    assert len(set(made)) == 4
    assert not any("egret" in one for one in made)
    assert set(sign_in.c.keys()) == {
        "person_id",
        "name_hmac",
        "password_phc",
        "invitation_hmac",
        "invitation_expires_at",
        "disabled_at",
        "last_signed_in_at",
    }


def test_when_somebody_last_gave_everything_outlasts_their_session(store: Store, clock: FixedClock):
    since = clock()
    with store.write() as unit:
        rows.open_session(unit, "half", PERSON, since, None)
    assert _last_signed_in(store) is None
    clock.advance(timedelta(minutes=1))
    with store.write() as unit:
        assert rows.renew_session(unit, "half", "whole", clock(), clock())
        rows.sweep_sessions(unit, since + timedelta(days=9))
    assert _last_signed_in(store) == since + timedelta(minutes=1)


def _last_signed_in(store: Store) -> datetime | None:
    with store.read() as unit:
        return account_states(unit)[PERSON].last_signed_in_at
