"""Accounts that nobody uses are disabled, on the record, and opened again by a new one-time code."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covertops.actions import department
from covertops.actions.dormancy import disable_dormant
from covertops.actions.housekeeping import put_away
from covertops.actions.signing import PASSWORD
from covertops.storage import sign_in_store as rows
from covertops.storage.ledger_read import read_stream
from covertops.storage.sign_in_store import SignInDigests
from tests.playing import Town
from tests.web.town import derive

DIGESTS = SignInDigests(derive)


@pytest.fixture
def accounts(town: Town) -> Town:
    """A town in which three people have an account and one of them never signed in."""
    with town.house.store.write() as unit:
        for name in ("chief", "administrator", "investigator-1"):
            rows.add_account(unit, town.people[name], DIGESTS.name(name), "phc")
        for name in ("chief", "administrator"):
            rows.open_session(unit, name, town.people[name], town.clock(), town.clock())
    return town


def open_accounts(town: Town) -> set[str]:
    """Whose account may be signed in to."""
    names = ("chief", "administrator", "investigator-1")
    with town.house.store.read() as unit:
        return {name for name in names if rows.account(unit, DIGESTS.name(name)) is not None}


def disabled(town: Town) -> list[str]:
    """Who was disabled, on the record."""
    with town.house.store.read() as unit:
        found = read_stream(unit, unit.streams.department, after=0, limit=500)
    return [str(one.fields["person"]) for one in found if one.kind == "account.dormant"]


def test_ninety_days_without_a_sign_in_disable_an_account_once_and_one_that_is_used_stays(accounts: Town):
    town = accounts
    town.clock.advance(timedelta(days=89))
    assert disable_dormant(town.house, town.clock()) == 0
    with town.house.store.write() as unit:
        rows.open_session(unit, "again", town.people["administrator"], town.clock(), town.clock())
    town.clock.advance(timedelta(days=2))
    put_away(town.house, town.clock())
    assert open_accounts(town) == {"administrator"}
    assert set(disabled(town)) == {town.people["chief"], town.people["investigator-1"]}
    assert disable_dormant(town.house, town.clock()) == 0


def test_a_new_one_time_code_opens_a_dormant_account_again(accounts: Town):
    town = accounts
    town.clock.advance(timedelta(days=91))
    assert disable_dormant(town.house, town.clock()) == 3
    given = {"person": town.people["chief"]}
    invited = department.invite(town.house, derive, town.people["administrator"], given, PASSWORD, town.clock())
    assert disable_dormant(town.house, town.clock()) == 0
    with town.house.store.write() as unit:
        opened = rows.account(unit, DIGESTS.name("chief"))
        assert opened is not None
        assert opened.password_phc is None  # the old password opens nothing before the code was used
        digest = DIGESTS.invitation(invited.code)
        used = rows.use_invitation(unit, DIGESTS.name("chief"), digest, "phc-2", town.clock())
    assert used == town.people["chief"]
    assert open_accounts(town) == {"chief"}
