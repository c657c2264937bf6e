"""The Chief's office, the acting Chief, the city's instrument, officers of other agencies, and the review of people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from covertops.domain.decisions import Decided
from covertops.domain.decisions.department import close_account, reopen_account
from covertops.domain.decisions.frame import as_held
from covertops.domain.decisions.offices import (
    CONFIRMS,
    answer_city_instrument,
    appoint,
    end_office,
    enter_city_instrument,
    name_acting_chief,
    people_review_due,
    review_people,
    who_confirms,
)
from covertops.domain.department import Appointment, Department
from covertops.domain.entries.authority import AuthorizationGranted
from covertops.domain.vocabulary import Office, Stage
from tests.domain.playing import make_world, play
from tests.domain.refusing import PRACTICE, SETTING, refused
from tests.domain.test_department import DAY, NOW, TODAY, actor, after, appointment, facts, why
from tests.domain.world import (
    ADMINISTRATOR,
    CHIEF,
    CITY_ATTORNEY,
    INVESTIGATOR_1,
    NOBODY,
    SUPERVISOR_1,
    SUPERVISOR_2,
    a_department,
)

AUDITED = a_department(((NOBODY, Office.AUDITOR),))
"""A department whose auditor is the person who otherwise holds no office."""
AUDITOR = NOBODY
ACTING = {
    "person": SUPERVISOR_1,
    "instrument": "Order 2026-20",
    "from_on": TODAY,
    "until_on": TODAY + 5 * DAY,
    "city_attorney_view": "City Attorney 1, November 19: this person may.",
}
INSTRUMENT = {
    "instrument": "Resolution 2026-31",
    "ends_present": True,
    "held": "chief",
    "person": SUPERVISOR_1,
    "from_on": TODAY,
    "until_on": None,
    "city_attorney_view": None,
}
MIDNIGHT = datetime(2026, 11, 26, 6, tzinfo=UTC)
"""The end of the last day of :data:`ACTING` in Chicago."""


def entered(department: Department = AUDITED, **answers: Any) -> Department:
    """The department after the administrator entered the city's instrument."""
    asked = {**INSTRUMENT, **answers}
    return after(enter_city_instrument(actor(ADMINISTRATOR, department), facts(department), asked), department)


def confirmed(department: Department = AUDITED, by: str = AUDITOR, **answers: Any) -> Department:
    """The department after a second person confirmed it."""
    waiting = entered(department, **answers)
    asked = {"answer": "confirmed", "note": None}
    return after(answer_city_instrument(actor(by, waiting), facts(waiting), asked), waiting)


def acting(department: Department | None = None, **answers: Any) -> Department:
    """The department after the Chief named an acting Chief."""
    department = department or a_department()
    asked = {**ACTING, **answers}
    return after(name_acting_chief(actor(CHIEF, department), facts(department), asked), department)


# The acting Chief ----------------------------------------------------------------------------------------------------


def test_an_acting_chief_acts_as_the_chief_between_the_dates_and_no_longer():
    department = acting(from_on=TODAY + DAY)
    assert department.offices_of(SUPERVISOR_1, NOW) == {Office.SUPERVISOR}
    both = {Office.SUPERVISOR, Office.CHIEF, Office.ACTING_CHIEF}
    assert department.offices_of(SUPERVISOR_1, NOW + DAY) == both
    assert department.offices_of(SUPERVISOR_1, MIDNIGHT - timedelta(seconds=1)) == both
    assert department.offices_of(SUPERVISOR_1, MIDNIGHT) == {Office.SUPERVISOR}
    assert department.office_ended_at(SUPERVISOR_1, Office.CHIEF, MIDNIGHT + DAY) == MIDNIGHT


def test_the_chief_stays_the_one_chief_while_somebody_acts():
    department = acting()
    chief = department.chief(NOW)
    assert chief is not None
    assert chief.id == CHIEF


def test_what_an_acting_chief_does_says_so():
    world = replace(make_world(Stage.REQUESTED), department=acting(person=SUPERVISOR_2))
    for person, office in ((CHIEF, Office.CHIEF), (SUPERVISOR_2, Office.ACTING_CHIEF)):
        after_it = play(world, "grant-authorization", person, {"relief": None})
        assert after_it.last(AuthorizationGranted).office == office
        assert after_it.operation.called(person) == office.title


def test_what_an_acting_chief_suspended_the_supervisor_does_not_resume():
    world = replace(make_world(Stage.ACTIVE), department=acting(person=SUPERVISOR_2))
    suspended = play(world, "suspend", SUPERVISOR_2)
    assert refused(suspended, "resume", SUPERVISOR_1)[0] == "chief"
    assert play(suspended, "resume", CHIEF).operation.stage is Stage.ACTIVE


def test_only_the_chief_names_an_acting_chief():
    assert why(name_acting_chief, actor(ADMINISTRATOR), facts(), ACTING)[:2] == ("office", SETTING)
    department = acting()
    said = why(name_acting_chief, actor(SUPERVISOR_1, department), facts(department), {**ACTING, "person": NOBODY})
    assert said == ("acting", SETTING, None, "The Chief does, or the city.")


@pytest.mark.parametrize(
    ("answers", "code", "field"),
    [
        ({"person": CHIEF}, "self", "person"),
        ({"person": ADMINISTRATOR}, "two", "person"),
        ({"person": "stranger"}, "person", "person"),
        ({"until_on": TODAY - DAY}, "term", "until_on"),
    ],
)
def test_not_everybody_acts_as_the_chief(answers: dict[str, Any], code: str, field: str):
    assert why(name_acting_chief, actor(CHIEF), facts(), {**ACTING, **answers})[0::2] == (code, field)


def test_one_person_at_a_time_acts_as_the_chief():
    department = acting()
    other = {**ACTING, "person": SUPERVISOR_2}
    said = why(name_acting_chief, actor(CHIEF), facts(department), other)
    assert said == ("one", SETTING, "from_on", "That appointment ends first.")
    later = {**other, "from_on": TODAY + 6 * DAY, "until_on": TODAY + 9 * DAY}
    assert name_acting_chief(actor(CHIEF), facts(department), later)


def test_an_acting_chief_gives_offices_but_not_the_chiefs():
    department = acting()
    acts, known = actor(SUPERVISOR_1, department), facts(department)
    (written,) = as_held(acts, appoint(acts, known, appointment(NOBODY, Office.SUPERVISOR)))
    assert written.office is Office.ACTING_CHIEF
    for held in (Office.CHIEF, Office.ACTING_CHIEF):
        assert why(appoint, acts, known, appointment(NOBODY, held))[0] == "chief"
    ended = {"person": SUPERVISOR_1, "held": "acting chief", "reason": "Back."}
    assert why(end_office, acts, known, ended)[0] == "acting"
    assert why(end_office, acts, known, {**ended, "person": CHIEF, "held": "chief"})[0] == "chief"


def test_the_chief_ends_an_acting_chiefs_term_early():
    ended = {"person": SUPERVISOR_1, "held": "acting chief", "reason": "Back."}
    department = acting()
    department = after(end_office(actor(CHIEF), facts(department), ended), department)
    assert department.offices_of(SUPERVISOR_1, NOW) == {Office.SUPERVISOR}


# The city's instrument -----------------------------------------------------------------------------------------------


def test_nothing_changes_before_a_second_person_confirmed_the_instrument():
    department = entered()
    assert department.offices_of(CHIEF, NOW) == {Office.CHIEF}
    assert department.instrument is not None
    assert department.instrument.says.outgoing == CHIEF


def test_a_confirmed_instrument_ends_the_chiefs_office_and_gives_it_in_the_same_moment():
    department = confirmed()
    assert department.instrument is None
    assert department.offices_of(CHIEF, NOW) == frozenset()
    assert department.offices_of(CHIEF, NOW - timedelta(seconds=1)) == {Office.CHIEF}
    assert [one.id for one in department.holding(Office.CHIEF, NOW)] == [SUPERVISOR_1]


def test_an_instrument_takes_effect_on_its_day_and_there_is_one_chief_at_every_moment():
    department = confirmed(from_on=TODAY + DAY)
    midnight = datetime(2026, 11, 21, 6, tzinfo=UTC)
    for at, chief in ((NOW, CHIEF), (midnight - timedelta(seconds=1), CHIEF), (midnight, SUPERVISOR_1)):
        assert [one.id for one in department.holding(Office.CHIEF, at)] == [chief]
    again: dict[str, Any] = {"person": SUPERVISOR_2, "from_on": TODAY}
    assert [one.id for one in confirmed(department, **again).holding(Office.CHIEF, midnight)] == [SUPERVISOR_2]


def test_an_instrument_can_leave_the_office_vacant_and_name_an_acting_chief():
    nobody: dict[str, Any] = {"held": "nobody", "person": None}
    department = confirmed(**nobody)
    assert department.holding(Office.CHIEF, NOW) == ()
    until = TODAY + 5 * DAY
    named = {"ends_present": False, "held": "acting chief", "until_on": until, "city_attorney_view": "Yes."}
    department = confirmed(department, AUDITOR, **named)
    assert department.chief(NOW) is None
    assert department.offices_of(SUPERVISOR_1, NOW) >= {Office.CHIEF, Office.ACTING_CHIEF}
    assert department.offices_of(SUPERVISOR_1, MIDNIGHT) == {Office.SUPERVISOR}


def test_a_new_chief_takes_the_place_of_whoever_acted():
    department = confirmed(acting(AUDITED, person=SUPERVISOR_2))
    assert department.offices_of(SUPERVISOR_2, NOW) == {Office.SUPERVISOR}


def test_an_instrument_that_was_not_so_changes_nothing():
    waiting = entered()
    asked = {"answer": "refused", "note": "It names another person."}
    department = after(answer_city_instrument(actor(AUDITOR, waiting), facts(waiting), asked), waiting)
    assert department.instrument is None
    assert department.offices_of(CHIEF, NOW) == {Office.CHIEF}


@pytest.mark.parametrize(
    ("answers", "code", "field"),
    [
        ({"ends_present": False}, "one", "ends_present"),
        ({"ends_present": False, "held": "nobody", "person": None}, "nothing", "ends_present"),
        ({"held": "nobody"}, "person", "person"),
        ({"person": None}, "person", "person"),
        ({"person": CHIEF}, "held", "person"),
        ({"person": ADMINISTRATOR}, "two", "person"),
        ({"held": "acting chief", "until_on": TODAY - DAY}, "term", "until_on"),
    ],
)
def test_an_instrument_that_cannot_take_effect_is_not_entered(answers: dict[str, Any], code: str, field: str):
    said = why(enter_city_instrument, actor(ADMINISTRATOR), facts(), {**INSTRUMENT, **answers})
    assert said[0::2] == (code, field)


def test_the_administrator_enters_one_instrument_at_a_time():
    assert why(enter_city_instrument, actor(CHIEF), facts())[:2] == ("office", PRACTICE)
    waiting = entered()
    assert why(enter_city_instrument, actor(ADMINISTRATOR), facts(waiting))[0] == "waiting"
    vacant = confirmed(held="nobody", person=None)
    assert why(enter_city_instrument, actor(ADMINISTRATOR), facts(vacant), INSTRUMENT)[0] == "vacant"


def test_what_changed_while_an_instrument_waited_is_looked_at_again():
    waiting = entered()
    closed = {"person": SUPERVISOR_1, "reason": "Left."}
    moved = after(close_account(actor(ADMINISTRATOR), facts(waiting), closed), waiting)
    asked = {"answer": "confirmed", "note": None}
    assert why(answer_city_instrument, actor(AUDITOR, moved), facts(moved), asked)[0] == "person"


@pytest.mark.parametrize("person", [ADMINISTRATOR, CHIEF, SUPERVISOR_1, INVESTIGATOR_1, CITY_ATTORNEY])
def test_where_there_is_an_auditor_nobody_else_confirms(person: str):
    waiting = entered()
    assert why(answer_city_instrument, actor(person, waiting), facts(waiting))[:2] == ("confirms", PRACTICE)


def test_without_an_auditor_another_office_confirms_but_never_who_entered_it_or_is_named():
    waiting = entered(a_department())
    assert waiting.instrument is not None
    office, people = who_confirms(waiting, waiting.instrument, NOW)
    assert office is CONFIRMS[1][0]
    found = {one.id for one in people}
    assert found >= {CHIEF, CITY_ATTORNEY, SUPERVISOR_2}
    assert not found & {ADMINISTRATOR, SUPERVISOR_1, INVESTIGATOR_1, NOBODY}
    department = confirmed(a_department(), by=SUPERVISOR_2)
    assert [one.id for one in department.holding(Office.CHIEF, NOW)] == [SUPERVISOR_1]


def test_an_auditor_whom_the_instrument_names_does_not_confirm_it():
    waiting = entered(person=AUDITOR)
    assert why(answer_city_instrument, actor(AUDITOR, waiting), facts(waiting))[0] == "confirms"
    assert answer_city_instrument(actor(SUPERVISOR_2, waiting), facts(waiting)) == ()


def test_in_a_department_of_three_an_investigator_is_the_second_person():
    department = a_department()
    small = {one: department.people[one] for one in (CHIEF, ADMINISTRATOR, INVESTIGATOR_1, NOBODY)}
    small[CHIEF] = replace(small[CHIEF], appointments=())
    department = replace(department, people=small)
    waiting = entered(department, ends_present=False, person=NOBODY)
    assert waiting.instrument is not None
    office, people = who_confirms(waiting, waiting.instrument, NOW)
    assert (office, [one.id for one in people]) == (Office.INVESTIGATOR, [INVESTIGATOR_1])


@pytest.mark.parametrize(
    ("by", "days", "may"), [(ADMINISTRATOR, 0, False), (ADMINISTRATOR, 31, True), (CHIEF, 0, True)]
)
def test_whom_the_administrator_has_only_just_appointed_confirms_nothing_of_theirs(by: str, days: int, may: bool):
    department = a_department()
    small = {one: department.people[one] for one in (CHIEF, ADMINISTRATOR, SUPERVISOR_1, NOBODY)}
    small |= {one: replace(small[one], appointments=()) for one in (CHIEF, SUPERVISOR_1)}
    puppet = Appointment(Office.INVESTIGATOR, 900, NOW - days * DAY, None, by=by)
    small[NOBODY] = replace(small[NOBODY], appointments=(puppet,))
    waiting = entered(replace(department, people=small), ends_present=False)
    assert waiting.instrument is not None
    found = [one.id for one in who_confirms(waiting, waiting.instrument, NOW)[1]]
    assert found == ([NOBODY] if may else [])
    if not may:
        assert why(answer_city_instrument, actor(NOBODY, waiting), facts(waiting))[0] == "confirms"


# Officers of other agencies ------------------------------------------------------------------------------------------

THEIRS = {
    "of_another_agency": True,
    "agency": "Example County Sheriff",
    "agreement": "Agreement of May 4, 2026",
    "agency_approval": "Sheriff 1, May 5, 2026",
}


def appointed(person: str, held: Office, **answers: Any) -> Decided:
    return appoint(actor(CHIEF), facts(), {**appointment(person, held), **THEIRS, **answers})


def test_another_agencys_supervisor_serves_by_written_agreement_and_its_own_approval():
    department = after(appointed(NOBODY, Office.SUPERVISOR))
    (held,) = department.people[NOBODY].appointments
    assert (held.office, held.agency, held.by) == (Office.SUPERVISOR, "Example County Sheriff", CHIEF)


@pytest.mark.parametrize(("missing", "code"), [("agreement", "agreement"), ("agency_approval", "approval")])
def test_without_agreement_or_that_agencys_approval_nobody_of_it_is_appointed(missing: str, code: str):
    asked = {**appointment(NOBODY, Office.SUPERVISOR), **THEIRS, missing: None}
    assert why(appoint, actor(CHIEF), facts(), asked)[0::2] == (code, missing)


def test_nobody_of_another_agency_is_administrator_or_chief():
    asked = {**appointment(NOBODY, Office.ADMINISTRATOR), **THEIRS}
    assert why(appoint, actor(CHIEF), facts(), asked)[:3] == ("agency", PRACTICE, "held")
    theirs = after(appointed(NOBODY, Office.SUPERVISOR))
    assert why(name_acting_chief, actor(CHIEF), facts(theirs), {**ACTING, "person": NOBODY})[0] == "agency"
    asked = {**INSTRUMENT, "person": NOBODY}
    assert why(enter_city_instrument, actor(ADMINISTRATOR), facts(theirs), asked)[0] == "agency"


def test_who_acts_as_the_chief_is_not_lent_from_another_agency():
    asked = {**appointment(SUPERVISOR_1, Office.INVESTIGATOR), **THEIRS}
    assert why(appoint, actor(CHIEF), facts(acting()), asked)[0] == "agency"


# Accounts, and the review --------------------------------------------------------------------------------------------


def test_an_account_opened_again_is_the_same_persons_and_gives_no_office_back():
    closed = after(close_account(actor(ADMINISTRATOR), facts(), {"person": SUPERVISOR_1, "reason": "Left."}))
    again: dict[str, Any] = {"person": SUPERVISOR_1, "reason": "Back."}
    department = after(reopen_account(actor(ADMINISTRATOR), facts(closed), again), closed, NOW + DAY)
    assert department.people[SUPERVISOR_1].closed_at is None
    assert department.offices_of(SUPERVISOR_1, NOW + DAY) == frozenset()
    assert department.office_ended_at(SUPERVISOR_1, Office.SUPERVISOR, NOW + DAY) == NOW
    assert why(reopen_account, actor(ADMINISTRATOR), facts(department), again)[0] == "person"
    assert why(reopen_account, actor(CHIEF), facts(closed), again)[0] == "office"


def test_the_last_administrators_office_does_not_end():
    asked = {"person": ADMINISTRATOR, "held": "administrator", "reason": "Moved."}
    said = why(end_office, actor(CHIEF), facts(), asked)
    assert said == ("last", PRACTICE, "held", "Appoint another administrator first.")
    two = after(appoint(actor(CHIEF), facts(), appointment(NOBODY, Office.ADMINISTRATOR)))
    assert end_office(actor(CHIEF), facts(two), asked)


@pytest.mark.parametrize(("person", "office"), [(CHIEF, Office.CHIEF), (AUDITOR, Office.AUDITOR)])
def test_the_chief_and_the_auditor_review_people_and_offices(person: str, office: Office):
    (written,) = review_people(actor(person, AUDITED), facts(AUDITED), {"findings": "All as it should be."})
    assert written.office is office
    department = after((written,), AUDITED)
    assert department.reviewed is not None
    assert (department.reviewed.by, department.reviewed.at) == (person, NOW)
    due = people_review_due(facts(department))
    assert due is not None
    assert (due - NOW).days == 365


@pytest.mark.parametrize("person", [ADMINISTRATOR, SUPERVISOR_1, INVESTIGATOR_1])
def test_nobody_else_reviews_people_and_offices(person: str):
    assert why(review_people, actor(person), facts())[:2] == ("office", SETTING)


def test_the_first_review_is_due_a_year_after_the_record_began():
    due = people_review_due(facts())
    assert due is not None
    assert due < NOW
    assert people_review_due(facts(Department())) is None
