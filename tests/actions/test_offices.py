"""The Chief's office changes by two people, and every operation's record tells; a fallen clock is on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from covertops.actions import concerns, department, offices, signing
from covertops.actions.clock import clock_behind, notice_clock
from covertops.actions.operations import NotFound, Stale
from covertops.actions.signing import PASSWORD
from covertops.domain.refusals import NotYours, Refusal
from covertops.domain.vocabulary import Office, Stage
from covertops.storage import factor_store, sign_in_store
from covertops.storage.ledger_read import read_stream
from covertops.storage.sign_in_store import SignInDigests
from tests.actions.test_department import derive, end_office, kinds_of_department, open_account
from tests.playing import PROMISE, Town

DAY = timedelta(days=1)


def instrument(town: Town, **answers: object) -> Mapping[str, object]:
    """What the administrator enters: the second supervisor becomes Chief today."""
    given = {
        "instrument": "Resolution 2026-31",
        "ends_present": "yes",
        "held": "chief",
        "person": town.people["supervisor-2"],
        "from_on": town.today(),
    }
    return given | answers


def enter(town: Town, **answers: object) -> None:
    """The administrator enters the city's instrument."""
    given = instrument(town, **answers)
    offices.enter_city_instrument(town.house, town.people["administrator"], given, PASSWORD, town.clock())


def confirm(town: Town, person: str = "auditor", answer: str = "confirmed") -> None:
    """A second person answers it."""
    given = {"answer": answer}
    offices.answer_city_instrument(town.house, town.people[person], given, PASSWORD, town.clock())


def act_as_chief(town: Town, person: str, days: int = 5) -> None:
    """The Chief names an acting Chief from today."""
    given = {
        "person": town.people[person],
        "instrument": "Order 2026-20",
        "from_on": town.today(),
        "until_on": town.today(days),
        "city_attorney_view": "City Attorney 1, today: this person may.",
    }
    offices.name_acting_chief(town.house, town.people["chief"], given, PASSWORD, town.clock())


def kinds(town: Town, operation_id: str, last: int = 1) -> list[str]:
    """The newest kinds of an operation's stream, in order."""
    with town.house.store.read() as unit:
        return [
            one.kind for one in read_stream(unit, operation_id, after=town.operation(operation_id).last_number - last)
        ]


def test_two_people_hand_the_chiefs_office_over_and_what_was_authorized_goes_on(town: Town):
    active, requested = town.bring(Stage.ACTIVE), town.bring(Stage.REQUESTED)
    before = town.operation(requested).last_number
    enter(town)
    assert town.department().offices_of(town.people["chief"], town.clock()) == {Office.CHIEF}
    confirm(town)
    assert [one.id for one in town.department().holding(Office.CHIEF, town.clock())] == [town.people["supervisor-2"]]
    assert kinds(town, active) == ["appointment.ended"]
    assert town.operation(active).stage is Stage.ACTIVE
    assert town.operation(requested).last_number == before


def test_a_vacant_chiefs_office_makes_decisions_wait_and_ends_nothing(town: Town):
    active, requested = town.bring(Stage.ACTIVE), town.bring(Stage.REQUESTED)
    enter(town, held="nobody", person="")
    confirm(town)
    assert town.operation(active).stage is Stage.ACTIVE
    with pytest.raises(NotFound):
        town.authorize(requested)
    enter(town, ends_present="")
    confirm(town)
    grant = town.grant() | {"supervisor": town.people["supervisor-1"], "relief": ""}
    town.act("grant-authorization", requested, "supervisor-2", grant)
    assert town.operation(requested).stage is Stage.AUTHORIZED


def test_the_administrator_alone_changes_no_chief(town: Town):
    enter(town)
    with pytest.raises(NotYours):
        confirm(town, "administrator")
    with pytest.raises(NotYours):
        confirm(town, "supervisor-2")
    with pytest.raises(Refusal, match="waits to be confirmed"):
        enter(town)
    confirm(town, answer="refused")
    assert town.department().offices_of(town.people["chief"], town.clock()) == {Office.CHIEF}


def test_the_sessions_of_the_old_and_the_new_chief_end_and_no_others(town: Town):
    digests, people = SignInDigests(derive), ("chief", "supervisor-2", "supervisor-1")
    with town.house.store.write() as unit:
        for one in people:
            sign_in_store.add_account(unit, town.people[one], digests.name(one), "$phc")
            sign_in_store.open_session(unit, digests.session(one), town.people[one], town.clock(), town.clock())
    enter(town)
    confirm(town)
    with town.house.store.read() as unit:
        left = [one for one in people if sign_in_store.find_session(unit, digests.session(one), town.clock())]
    assert left == ["supervisor-1"]


def test_what_an_acting_chief_signs_says_so_and_the_term_ends_by_itself(town: Town):
    requested, later = town.begin(), town.begin()
    act_as_chief(town, "supervisor-2")
    grant = town.grant() | {"relief": ""}
    town.act("grant-authorization", requested, "supervisor-2", grant)
    with town.house.store.read() as unit:
        granted = next(one for one in read_stream(unit, requested) if one.kind == "authorization.granted")
    assert granted.office == "acting chief"
    town.clock.advance(6 * DAY)
    with pytest.raises(NotFound):
        town.act("grant-authorization", later, "supervisor-2", grant)
    department.appoint(
        town.house,
        town.people["chief"],
        {
            "person": town.people["supervisor-2"],
            "held": "investigator",
            "instrument": "Order 3",
            "from_on": town.today(),
        },
        PASSWORD,
        town.clock(),
    )
    assert kinds(town, requested) == ["appointment.ended"]
    assert town.operation(requested).stage is Stage.AUTHORIZED


def test_an_acting_chiefs_prepared_act_is_not_confirmed_after_the_term(town: Town):
    requested = town.begin()
    act_as_chief(town, "supervisor-2", days=0)
    midnight = town.department().people[town.people["supervisor-2"]].appointments[-1].until
    assert midnight is not None
    town.clock.advance(midnight - town.clock() - timedelta(minutes=5))
    grant, who = town.grant() | {"relief": ""}, town.people["supervisor-2"]
    intent = signing.prepare(town.house, "grant-authorization", requested, who, grant, town.clock())
    town.clock.advance(timedelta(minutes=6))
    with pytest.raises(NotFound):
        signing.confirm(town.house, intent.id, who, PASSWORD, town.clock())
    assert town.operation(requested).stage is Stage.REQUESTED


def test_what_was_read_back_as_acting_chief_is_not_signed_as_the_chief(town: Town):
    requested, who = town.begin(), town.people["supervisor-2"]
    act_as_chief(town, "supervisor-2", days=0)
    enter(town, from_on=town.today(1))
    confirm(town)
    midnight = next(one.since for one in town.department().people[who].appointments if one.office is Office.CHIEF)
    town.clock.advance(midnight - town.clock() - timedelta(minutes=5))
    grant = town.grant() | {"relief": ""}
    intent = signing.prepare(town.house, "grant-authorization", requested, who, grant, town.clock())
    town.clock.advance(timedelta(minutes=6))
    with pytest.raises(Stale):
        signing.confirm(town.house, intent.id, who, PASSWORD, town.clock())
    assert town.operation(requested).stage is Stage.REQUESTED


def test_an_account_opened_again_is_joined_with_a_new_code_and_gives_no_office(town: Town):
    person = open_account(town).member.id
    administrator, given = town.people["administrator"], {"person": person, "reason": "Left."}
    with town.house.store.write() as unit:
        factor_store.keep_codes(unit, person, factor_store.PRINTED, ["a" * 64])
    department.close_account(town.house, administrator, given, PASSWORD, town.clock())
    again = department.reopen_account(town.house, derive, administrator, given, PASSWORD, town.clock())
    digests = SignInDigests(derive)
    with town.house.store.write() as unit:
        name, code = digests.name("investigator 3"), digests.invitation(again.code)
        assert sign_in_store.account(unit, name) is not None
        assert factor_store.is_enrolled(unit, person)  # or whoever closes and opens accounts could become the person
        assert sign_in_store.use_invitation(unit, name, code, "$phc", town.clock()) == person
    assert again.is_new
    assert town.department().offices_of(person, town.clock()) == frozenset()


def test_the_review_of_people_is_on_record_with_what_was_looked_at(town: Town):
    last = town.department().last_number
    given = {"findings": "All as it should be."}
    offices.review_people(town.house, town.people["auditor"], given, PASSWORD, town.clock())
    reviewed = town.department().reviewed
    assert reviewed is not None
    assert (reviewed.by, reviewed.findings) == (town.people["auditor"], "All as it should be.")
    with town.house.store.read() as unit:
        newest = read_stream(unit, "department", newest_first=True, limit=1)[0]
    assert (newest.kind, newest.fields["to_number"]) == ("people.reviewed", last)


# The clock -----------------------------------------------------------------------------------------------------------


def test_a_clock_that_fell_behind_is_on_record_once_and_signed_acts_wait_until_it_caught_up(town: Town):
    operation_id = town.bring(Stage.AUTHORIZED)
    assert not notice_clock(town.house, town.clock())
    town.clock.advance(-timedelta(hours=2))
    assert notice_clock(town.house, town.clock())
    assert not notice_clock(town.house, town.clock())
    assert kinds_of_department(town.house)[-1] == "clock.behind"
    with pytest.raises(Refusal, match="clock is behind"):
        end_office(town, "supervisor-2", Office.SUPERVISOR)
    town.act("make-promise", operation_id, "investigator-1", PROMISE)
    with town.house.store.read() as unit:
        assert clock_behind(unit, town.department(), town.clock()) is not None
    town.clock.advance(timedelta(hours=3))
    with town.house.store.read() as unit:
        assert clock_behind(unit, town.department(), town.clock()) is None
    end_office(town, "supervisor-2", Office.SUPERVISOR)
    town.clock.advance(-timedelta(hours=1))
    assert notice_clock(town.house, town.clock())
    assert kinds_of_department(town.house).count("clock.behind") == 2
    town.clock.advance(timedelta(hours=2))


def test_a_clock_that_was_set_back_revives_no_office(town: Town):
    end_office(town, "supervisor-1", Office.SUPERVISOR)
    town.clock.advance(-timedelta(seconds=30))
    given = {"concern": "Something.", "goes_to": "supervisor"}
    with pytest.raises(NotYours):
        concerns.raise_concern(town.house, town.people["supervisor-1"], given, town.clock())
    town.clock.advance(timedelta(minutes=1))
