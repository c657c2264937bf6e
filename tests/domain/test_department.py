"""People, offices, settings and concerns of the department."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from covertops.domain.decisions import Actor, Decided, Facts, Written
from covertops.domain.decisions.department import (
    answer_concern,
    change_setting,
    close_account,
    give_receipt,
    invite,
    open_account,
    raise_concern,
    release_account,
)
from covertops.domain.decisions.founding import Founder, found_department
from covertops.domain.decisions.offices import appoint, end_office
from covertops.domain.department import Department, evolve_department
from covertops.domain.entries.department import ConflictNoticed, SettingChanged
from covertops.domain.passkeys import Passkeys, evolve_passkeys
from covertops.domain.policy import BadPolicy
from covertops.domain.vocabulary import Office
from tests.clock import A_MORNING
from tests.domain.refusing import POLICY, PRACTICE, SETTING, Line, line, refused_by
from tests.domain.world import (
    ADMINISTRATOR,
    CHIEF,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    NOBODY,
    SUPERVISOR_1,
    SUPERVISOR_2,
    a_department,
    policy_2_8,
    recorded,
)

NOW = A_MORNING
TODAY = A_MORNING.date()
DAY = timedelta(days=1)


def actor(person: str, department: Department | None = None) -> Actor:
    return Actor(person, (department or a_department()).offices_of(person, NOW))


def facts(department: Department | None = None) -> Facts:
    department = department or a_department()
    return Facts(NOW, department.rules(policy_2_8()), department)


def after(decided: Decided, department: Department | None = None, at: Any = NOW) -> Department:
    """The department after what was decided."""
    department = department or a_department()
    for written in decided:
        it = recorded("department", department.last_number + 1, at, written.office, written.entry)
        department = evolve_department(department, it)
    return department


def why(act: Any, *args: Any) -> Line:
    """The first thing an act is refused for."""
    return line(refused_by(lambda: act(*args)).missing[0])


def appointment(person: str, held: Office, **answers: Any) -> dict[str, Any]:
    return {
        "person": person,
        "held": held.value,
        "instrument": "Order 2",
        "from_on": TODAY,
        "until_on": None,
        "agency": None,
        **answers,
    }


ACCOUNT = {"name": "Investigator 4", "sign_in_name": "investigator-4"}


@pytest.mark.parametrize("act", [lambda *a: open_account(a[0], a[1], "new"), invite, release_account, close_account])
def test_only_the_administrator_opens_invites_and_closes(act: Any):
    assert why(act, actor(CHIEF), facts())[:2] == ("office", PRACTICE)
    assert act(actor(ADMINISTRATOR), facts()) == ()


def test_an_account_gives_no_office():
    department = after(open_account(actor(ADMINISTRATOR), facts(), "new", ACCOUNT))
    assert department.offices_of("new", NOW + DAY) == frozenset()


def test_a_name_for_signing_in_is_given_once_whatever_its_case():
    taken = {**ACCOUNT, "sign_in_name": "CHIEF"}
    said = why(open_account, actor(ADMINISTRATOR), facts(), "new", taken)
    assert said == ("taken", PRACTICE, "sign_in_name", "Choose another.")


@pytest.mark.parametrize("person", ["stranger"])
@pytest.mark.parametrize("act", [invite, release_account, close_account])
def test_only_an_open_account_is_invited_or_closed(act: Any, person: str):
    said = why(act, actor(ADMINISTRATOR), facts(), {"person": person, "reason": "Left."})
    assert said == ("person", PRACTICE, "person", "Choose another.")


def test_the_administrator_does_not_close_their_own_account():
    said = why(close_account, actor(ADMINISTRATOR), facts(), {"person": ADMINISTRATOR, "reason": "Left."})
    assert said == ("self", PRACTICE, "person", "Another administrator does it.")


def test_the_chiefs_account_is_not_closed_while_the_office_is_held():
    said = why(close_account, actor(ADMINISTRATOR), facts(), {"person": CHIEF, "reason": "Left."})
    assert said == ("chief", PRACTICE, "person", "Enter the city’s instrument first.")


def test_every_office_ends_with_the_account():
    department = after(close_account(actor(ADMINISTRATOR), facts(), {"person": SUPERVISOR_1, "reason": "Left."}))
    assert department.offices_of(SUPERVISOR_1, NOW - DAY) == {Office.SUPERVISOR}
    assert department.offices_of(SUPERVISOR_1, NOW) == frozenset()
    assert department.office_ended_at(SUPERVISOR_1, Office.SUPERVISOR, NOW + DAY) == NOW


def test_the_chief_gives_offices_and_nobody_below():
    assert why(appoint, actor(SUPERVISOR_1), facts())[:2] == ("office", PRACTICE)
    department = after(appoint(actor(CHIEF), facts(), appointment(NOBODY, Office.SUPERVISOR)))
    assert department.offices_of(NOBODY, NOW) == {Office.SUPERVISOR}


def test_the_administrator_appoints_investigators_only():
    said = why(appoint, actor(ADMINISTRATOR), facts(), appointment(NOBODY, Office.SUPERVISOR))
    assert said == ("above", PRACTICE, "held", "The Chief makes this appointment.")
    assert appoint(actor(ADMINISTRATOR), facts(), appointment(NOBODY, Office.INVESTIGATOR))


def test_an_office_is_given_to_somebody_with_an_account_who_does_not_hold_it():
    said = why(appoint, actor(CHIEF), facts(), appointment("stranger", Office.SUPERVISOR))
    assert said == ("person", PRACTICE, "person", "Open the account first.")
    said = why(appoint, actor(CHIEF), facts(), appointment(SUPERVISOR_1, Office.SUPERVISOR))
    assert said == ("held", PRACTICE, "held", "Nothing is left to do.")


def test_there_is_one_chief_at_a_time():
    said = why(appoint, actor(CHIEF), facts(), appointment(NOBODY, Office.CHIEF))
    remedy = "The city’s instrument names a Chief; the Chief names an acting Chief."
    assert said == ("chief", PRACTICE, "held", remedy)


def test_the_administrator_holds_no_other_office():
    said = why(appoint, actor(CHIEF), facts(), appointment(ADMINISTRATOR, Office.SUPERVISOR))
    assert said == ("two", PRACTICE, "held", "Choose another person.")
    refusal = refused_by(lambda: appoint(actor(CHIEF), facts(), appointment(CHIEF, Office.ADMINISTRATOR)))
    assert refusal.missing[0].message == "Chief and administrator are two people"


def test_an_appointment_that_begins_later_keeps_offices_apart_too():
    later = after(appoint(actor(CHIEF), facts(), appointment(NOBODY, Office.SUPERVISOR, from_on=TODAY + DAY)))
    said = why(appoint, actor(CHIEF), facts(later), appointment(NOBODY, Office.ADMINISTRATOR))
    assert said == ("two", PRACTICE, "held", "Choose another person.")


def test_an_appointment_does_not_end_before_it_begins():
    said = why(appoint, actor(CHIEF), facts(), appointment(NOBODY, Office.SUPERVISOR, until_on=TODAY - DAY))
    assert said == ("term", PRACTICE, "until_on", "Enter a later day.")


def test_an_appointment_is_in_force_from_its_day_and_never_before_it_was_recorded():
    later = after(appoint(actor(CHIEF), facts(), appointment(NOBODY, Office.SUPERVISOR, from_on=TODAY + DAY)))
    assert later.offices_of(NOBODY, NOW) == frozenset()
    assert later.offices_of(NOBODY, NOW + DAY) == {Office.SUPERVISOR}
    earlier = after(appoint(actor(CHIEF), facts(), appointment(NOBODY, Office.SUPERVISOR, from_on=TODAY - DAY)))
    assert earlier.offices_of(NOBODY, NOW - timedelta(seconds=1)) == frozenset()


def test_a_dated_appointment_ends_at_local_midnight():
    department = after(appoint(actor(CHIEF), facts(), appointment(NOBODY, Office.SUPERVISOR, until_on=TODAY)))
    midnight = NOW.replace(day=21, hour=6)
    assert department.offices_of(NOBODY, midnight - timedelta(seconds=1)) == {Office.SUPERVISOR}
    assert department.offices_of(NOBODY, midnight) == frozenset()


def test_the_chief_ends_an_office_that_is_held():
    assert why(end_office, actor(ADMINISTRATOR), facts())[:2] == ("office", PRACTICE)
    asked = {"person": SUPERVISOR_1, "held": "supervisor", "reason": "Transferred."}
    assert after(end_office(actor(CHIEF), facts(), asked)).offices_of(SUPERVISOR_1, NOW) == frozenset()
    said = why(end_office, actor(CHIEF), facts(), {**asked, "person": INVESTIGATOR_1})
    assert said == ("held", PRACTICE, "held", "Choose another.")


def test_the_chief_does_not_end_their_own_office():
    asked = {"person": CHIEF, "held": "chief", "reason": "Retired."}
    assert why(end_office, actor(CHIEF), facts(), asked) == ("chief", PRACTICE, "held", "The administrator enters it.")


def test_a_setting_is_changed_by_the_chief_by_policy():
    assert why(change_setting, actor(ADMINISTRATOR), facts()) == ("office", POLICY, None, "Ask the chief.")


@pytest.mark.parametrize("new", ["0", "91", "-1", "ten", "", "1.5"])
def test_a_setting_stays_within_its_bounds(new: str):
    asked = {"name": "review_days", "new": new, "reason": "Closer."}
    said = why(change_setting, actor(CHIEF), facts(), asked)
    assert said == ("bounds", SETTING, "new", "Enter a whole number from 1 to 90.")


@pytest.mark.parametrize("new", ["01", "1 ", "+1", "١", "00"])
def test_a_setting_is_a_number_that_reads_one_way_only(new: str):
    asked = {"name": "passkeys_only", "new": new, "reason": "Everybody has one."}
    said = why(change_setting, actor(CHIEF), facts(), asked)
    assert said == ("bounds", SETTING, "new", "Enter a whole number from 0 to 1.")


@pytest.mark.parametrize("new", ["1", "01"])
def test_the_rules_and_the_signatures_read_one_value(new: str):
    entry = SettingChanged(by=CHIEF, name="passkeys_only", old="0", new=new, reason="Everybody has one.")
    department = after((Written(Office.CHIEF, entry),))
    assert department.rules(policy_2_8()).number("passkeys_only") == 1
    assert department.passkeys.only


def test_a_forged_setting_that_is_no_number_stops_no_verification():
    entry = SettingChanged(by=CHIEF, name="passkeys_only", old="0", new="yes", reason="Forged.")
    assert not evolve_passkeys(Passkeys(), recorded("department", 9, NOW, Office.CHIEF, entry)).only


def test_a_setting_that_does_not_exist_or_change_is_refused():
    said = why(change_setting, actor(CHIEF), facts(), {"name": "stars", "new": "5", "reason": "x"})
    assert said == ("setting", SETTING, "name", "Choose one of the list.")
    said = why(change_setting, actor(CHIEF), facts(), {"name": "review_days", "new": "30", "reason": "x"})
    assert said == ("same", SETTING, "new", "Enter another value.")


def test_a_changed_setting_is_what_the_rules_read():
    asked = {"name": "review_days", "new": "14", "reason": "Closer."}
    department = after(change_setting(actor(CHIEF), facts(), asked))
    assert department.rules(policy_2_8()).number("review_days") == 14
    assert policy_2_8().number("review_days") == 30


CONCERN = {"concern": "I saw a posting that should not be there.", "about_person": None, "goes_to": "supervisor"}


@pytest.mark.parametrize("person", [INVESTIGATOR_1, SUPERVISOR_1, ADMINISTRATOR, CHIEF])
def test_anyone_with_an_office_raises_a_concern(person: str):
    (written,) = raise_concern(actor(person), facts(), CONCERN)
    assert written.office in actor(person).offices


def test_somebody_without_an_office_raises_none():
    assert why(raise_concern, actor(NOBODY), facts())[:2] == ("office", POLICY)


def test_a_concern_is_answered_once_and_by_somebody_else():
    raised = after(raise_concern(actor(SUPERVISOR_1), facts(), CONCERN))
    ref = raised.concerns[0].ref
    assert why(answer_concern, actor(SUPERVISOR_1), facts(raised), ref)[0] == "concern"
    assert why(answer_concern, actor(INVESTIGATOR_1), facts(raised), ref)[0] == "concern"
    asked = {"answer": "It was taken down."}
    answered = after(answer_concern(actor(SUPERVISOR_2), facts(raised), ref, asked), raised)
    assert why(answer_concern, actor(CHIEF), facts(answered), ref) == (
        "answered",
        POLICY,
        None,
        "Nothing is left to do.",
    )


def test_a_concern_about_a_supervisor_goes_to_the_chief_only():
    raised = after(raise_concern(actor(INVESTIGATOR_1), facts(), {**CONCERN, "goes_to": "chief"}))
    ref = raised.concerns[0].ref
    assert why(answer_concern, actor(SUPERVISOR_1), facts(raised), ref)[0] == "concern"
    (written,) = answer_concern(actor(CHIEF), facts(raised), ref, {"answer": "Looked into."})
    assert written.office is Office.CHIEF


def test_a_record_receipt_is_noted_by_somebody_with_an_office():
    assert why(give_receipt, actor(NOBODY), facts(), 40, "e" * 64)[:2] == ("office", PRACTICE)
    (written,) = give_receipt(actor(CHIEF), facts(), 40, "e" * 64, {"to": "The county"})
    assert written.office is Office.CHIEF


@pytest.mark.parametrize("act", [invite, release_account])
def test_a_code_or_a_release_is_put_on_record_and_changes_no_office(act: Any):
    department = after(act(actor(ADMINISTRATOR), facts(), {"person": INVESTIGATOR_1}))
    assert department.people == a_department().people
    assert department.last_number == a_department().last_number + 1


def test_the_newest_receipt_handed_out_is_remembered():
    given = give_receipt(actor(CHIEF), facts(), 40, "e" * 64, {"to": "The county"})
    assert after(given).receipt_given_at == NOW


def test_a_conflict_is_remembered_with_whom_it_was_told():
    entry = ConflictNoticed(operations=("a" * 32, "b" * 32), what=("handle",), told=(SUPERVISOR_1, CHIEF))
    (conflict,) = after((Written(Office.SYSTEM, entry),)).conflicts
    assert (conflict.operations, conflict.what, conflict.told) == (entry.operations, entry.what, entry.told)


FOUNDERS = Founder("one", "Chief 1", "chief"), Founder("two", "Administrator 1", "administrator")


def test_a_record_begins_with_two_people_and_an_adopted_policy():
    begun = ("Example Police Department", "America/Chicago", "f" * 64, *FOUNDERS, policy_2_8(), TODAY)
    department = after(found_department(Department(), *begun), Department())
    assert department.offices_of("one", NOW) == {Office.CHIEF}
    assert department.offices_of("two", NOW) == {Office.ADMINISTRATOR}
    assert department.policy_digest == policy_2_8().digest
    assert why(found_department, department, *begun)[:2] == ("founded", PRACTICE)


def test_people_are_listed_by_name_and_a_stranger_has_none():
    department = a_department()
    assert [one.id for one in department.holding(Office.INVESTIGATOR, NOW)][:2] == [INVESTIGATOR_1, INVESTIGATOR_2]
    assert department.name_of(None) == "By itself"
    assert department.name_of("stranger") == "Unknown person"


def test_a_setting_the_policy_does_not_know_is_refused_when_read():
    with pytest.raises(BadPolicy, match="no such setting: stars"):
        replace(a_department(), settings={"stars": 5}).rules(policy_2_8())
