"""The Chief's office on the pages: who acts, what the city's instrument says, who confirms it; and a fallen clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from werkzeug.test import TestResponse

from covertops.actions import signing
from covertops.actions.offices import name_acting_chief
from covertops.domain.deadlines import end_of
from covertops.domain.vocabulary import Office, Stage
from tests.web.client import PageClient, form_of
from tests.web.department import PASSWORD
from tests.web.town_pages import TownPages


def instrument(pages: TownPages, **answers: str) -> dict[str, str]:
    """What the administrator enters: the second supervisor is Chief from today."""
    given = {
        "instrument": "Resolution 2026-31",
        "ends_present": "yes",
        "held": "chief",
        "person": pages.town.people["supervisor-2"],
        "from_on": pages.town.today(),
    }
    return given | answers


def sign(browser: PageClient, path: str, values: dict[str, str]) -> TestResponse:
    """Send the form of a signed act, read it back, and sign at the weaker level."""
    prepared = browser.send(path, values)
    assert prepared.status_code == 303, prepared.text
    return browser.send(prepared.headers["Location"], {"password": PASSWORD})


def test_the_chiefs_office_is_handed_over_by_the_administrator_and_the_auditor(pages: TownPages):
    town = pages.town
    entered = sign(pages.browser("administrator"), "/people/city-instrument", instrument(pages))
    assert entered.headers["Location"].startswith("/people?entry=")
    assert "The auditor confirms it: Auditor." in pages.browser("chief").get("/people").text
    assert town.department().offices_of(town.people["chief"], town.clock()) == {Office.CHIEF}
    for person in ("administrator", "chief", "supervisor-1", "supervisor-2", "investigator-1"):
        browser = pages.browser(person)
        answer = browser.get("/city-instrument")
        assert (answer.status_code, answer.data) == (404, browser.get("/nowhere").data), person
    auditor = pages.browser("auditor")
    assert 'href="/city-instrument"' in auditor.get("/").text
    page = auditor.get("/city-instrument").text
    assert "“Resolution 2026-31”, entered by Administrator" in page
    assert "Supervisor 2 becomes Chief of Police" in page
    assert sign(auditor, "/city-instrument", {"answer": "confirmed"}).status_code == 303
    assert [one.name for one in town.department().holding(Office.CHIEF, town.clock())] == ["Supervisor 2"]
    assert auditor.get("/city-instrument").status_code == 404


def test_without_an_auditor_the_page_says_who_confirms_in_the_auditors_place(pages: TownPages):
    chief, town = pages.browser("chief"), pages.town
    ended = {"person": town.people["auditor"], "held": "auditor", "reason": "Moved.", "password": PASSWORD}
    chief.send("/people/end-office", ended)
    sign(pages.browser("administrator"), "/people/city-instrument", instrument(pages))
    assert "There is no auditor who could." in chief.get("/people").text
    assert pages.browser("supervisor-1").get("/city-instrument").status_code == 200
    assert pages.browser("supervisor-2").get("/city-instrument").status_code == 404


def test_an_instrument_that_cannot_be_so_keeps_what_was_typed(pages: TownPages):
    browser = pages.browser("administrator")
    answer = browser.send("/people/city-instrument", instrument(pages, ends_present=""))
    assert answer.status_code == 422
    assert "There is one Chief at a time" in answer.text
    assert 'value="Resolution 2026-31"' in answer.text


def test_a_vacant_office_is_said_to_everybody_and_decisions_wait(pages: TownPages):
    operation_id = pages.town.bring(Stage.REQUESTED)
    sign(pages.browser("administrator"), "/people/city-instrument", instrument(pages, held="nobody", person=""))
    sign(pages.browser("auditor"), "/city-instrument", {"answer": "confirmed"})
    for person in ("investigator-1", "supervisor-1", "administrator"):
        assert "The Chief’s office is vacant." in pages.browser(person).get("/").text
    assert pages.browser("chief").get(f"/operations/{operation_id}/grant-authorization").status_code == 404


def test_an_acting_chief_is_shown_as_one_and_names_none(pages: TownPages):
    town = pages.town
    given = {
        "person": town.people["supervisor-2"],
        "instrument": "Order 2026-20",
        "from_on": town.today(),
        "until_on": town.today(3),
        "city_attorney_view": "City Attorney 1, today: this person may.",
    }
    answer = sign(pages.browser("chief"), "/people/acting-chief", given)
    assert answer.status_code == 303, answer.text
    acting = pages.browser("supervisor-2")
    page = acting.get("/").text
    assert "Supervisor 2, Acting Chief" in page
    assert "Supervisor 2 is Acting Chief until" in page
    assert "/people/acting-chief" not in acting.get("/people").text
    assert acting.get("/people/acting-chief").status_code == 404
    operation_id = town.bring(Stage.ACTIVE)
    town.act("suspend", operation_id, "supervisor-2", {"ground": "Until counsel answered."})
    assert "Supervisor 2, Acting Chief" in pages.browser("investigator-1").get(f"/operations/{operation_id}").text
    town.clock.advance(timedelta(days=4))
    assert pages.browser("supervisor-2").get("/people").status_code == 404


@pytest.mark.parametrize("held", ["chief", "acting chief"])
def test_nobody_is_offered_the_chiefs_office_as_an_appointment(pages: TownPages, held: str):
    page = pages.browser("chief").get("/people/appoint").text
    assert f'value="{held}"' not in page
    assert 'value="auditor"' in page


def test_a_closed_account_is_opened_again_with_a_new_code(pages: TownPages):
    town, browser = pages.town, pages.browser("administrator")
    person = {"person": town.people["investigator-2"], "reason": "Left.", "password": PASSWORD}
    assert town.people["investigator-2"] not in browser.get("/people/reopen-account").text
    browser.send("/people/close-account", person)
    answer = browser.send("/people/reopen-account", person)
    assert answer.status_code == 200
    assert "One-time code for Investigator 2" in answer.text
    assert town.department().offices_of(town.people["investigator-2"], town.clock()) == frozenset()


def test_a_clock_that_fell_behind_is_shown_to_everybody_and_recorded_once(pages: TownPages):
    town = pages.town
    town.bring(Stage.REQUESTED)
    chief = pages.browser("chief")
    last = town.department().last_number
    town.clock.advance(-timedelta(hours=2))
    for _ in range(2):
        assert "clock is behind the last entry" in chief.get("/").text
    assert town.department().last_number == last + 1
    given = {"name": "review_days", "new": "20", "reason": "Closer watch.", "password": PASSWORD}
    answer = pages.browser("chief").send("/settings/change?name=review_days", given)
    assert answer.status_code == 422
    assert "clock is behind the last entry" in answer.text
    assert "Closer watch." in answer.text
    town.clock.advance(timedelta(hours=3))
    assert "clock is behind" not in pages.browser("chief").get("/").text


# An office that ends while a form is open ----------------------------------------------------------------------------


def acting_chief(pages: TownPages) -> PageClient:
    """A browser of the second supervisor, who acts as the Chief until midnight and sits there five minutes before."""
    town = pages.town
    given = {
        "person": town.people["supervisor-2"],
        "instrument": "Order 2026-20",
        "from_on": town.today(),
        "until_on": town.today(),
        "city_attorney_view": "City Attorney 1, today: this person may.",
    }
    name_acting_chief(town.house, town.people["chief"], given, signing.PASSWORD, town.clock())
    midnight = end_of(date.fromisoformat(town.today()), town.department().zone)
    town.clock.advance(midnight - town.clock() - timedelta(minutes=5))
    return pages.browser("supervisor-2")


@pytest.mark.parametrize("path", ["/settings/change?name=review_days", "/operations/{}/return-request"])
def test_an_office_that_ends_during_a_form_is_said_at_sending_and_nothing_typed_is_lost(pages: TownPages, path: str):
    operation_id = pages.town.bring(Stage.REQUESTED)
    browser, path = acting_chief(pages), path.format(operation_id)
    last = pages.town.department().last_number, pages.town.operation(operation_id).last_number
    typed = {"new": "20", "reason": "Closer watch.", "reasons": "Which four bicycles?", "password": PASSWORD}
    values = {**form_of(browser.get(path)).values, **typed}
    pages.town.clock.advance(timedelta(minutes=6))
    answer, nowhere = (
        browser.post(one, data=values, headers={"Sec-Fetch-Site": "same-origin"}) for one in (path, "/nowhere")
    )
    assert (answer.status_code, answer.data) == (404, nowhere.data)
    assert "an office of yours may have ended since" in answer.text
    assert "Closer watch." in answer.text
    assert "Which four bicycles?" in answer.text
    assert PASSWORD not in answer.text
    assert (pages.town.department().last_number, pages.town.operation(operation_id).last_number) == last


def test_a_form_too_large_to_be_read_is_nothing_where_there_is_nothing(pages: TownPages):
    browser = pages.browser("investigator-1")
    values = {**form_of(browser.get("/concerns/new")).values, "concern": "x" * (pages.settings.form_bytes + 1)}
    answer = browser.post("/people/appoint", data=values, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 404
    assert "xxxx" not in answer.text


def test_what_another_site_sent_to_nowhere_is_not_given_back(pages: TownPages):
    browser = pages.browser("investigator-1")
    answer = browser.post("/nowhere", data={"reason": "From elsewhere."}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.data) == (404, browser.get("/nowhere").data)
