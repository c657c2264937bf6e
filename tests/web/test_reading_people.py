"""People and offices, local settings, concerns and record receipts: read by those they are for, changed by few."""

from __future__ import annotations

import re

import pytest

from covertops.domain.vocabulary import Office, Stage
from covertops.storage.ledger_read import read_stream
from tests.web.client import PageClient, form_of
from tests.web.department import PASSWORD
from tests.web.town_pages import TownPages


def code_on(text: str) -> str:
    """The one-time code a page shows."""
    found = re.search(r"\b(?:[A-Z2-9]{5}-){3}[A-Z2-9]{5}\b", text)
    return found[0] if found else ""


def test_an_invited_person_joins_with_the_code_and_signs_in(pages: TownPages):
    browser = pages.browser("administrator")
    answer = browser.send(
        "/people/open-account", {"name": "Investigator 3", "sign_in_name": "inv3", "password": PASSWORD}
    )
    assert answer.status_code == 200
    code = code_on(answer.text)
    newcomer = pages.app.test_client()
    assert isinstance(newcomer, PageClient)
    newcomer.accept_notice()
    chosen = "wide meadow copper nine"
    values = {"name": "inv3", "code": code, "password": chosen, "again": chosen}
    assert newcomer.send("/join", values).status_code == 303
    newcomer.first_sign_in("inv3", chosen)
    assert newcomer.get("/").status_code == 200
    assert newcomer.get("/operations").status_code == 404


def test_an_act_on_people_asks_for_the_password_and_keeps_what_was_typed(pages: TownPages):
    browser = pages.browser("administrator")
    answer = browser.send("/people/open-account", {"name": "Investigator 3", "sign_in_name": "inv3", "password": "no"})
    assert answer.status_code == 422
    assert "This is not your password" in answer.text
    assert 'value="Investigator 3"' in answer.text
    assert "no" not in form_of(answer).values.values()
    assert all(one.name != "Investigator 3" for one in pages.town.department().people.values())


@pytest.mark.parametrize(
    ("person", "path", "given"),
    [
        ("administrator", "/people/open-account", {"name": "X", "sign_in_name": "x"}),
        ("administrator", "/people/invite", {"person": "auditor"}),
        ("administrator", "/people/release-account", {"person": "auditor"}),
        ("administrator", "/people/close-account", {"person": "auditor", "reason": "Left."}),
        ("chief", "/people/appoint", {"person": "auditor", "held": "supervisor", "instrument": "Order 8"}),
        ("chief", "/people/end-office", {"person": "auditor", "held": "auditor", "reason": "Moved."}),
        ("chief", "/settings/change", {"name": "review_days", "new": "20", "reason": "Closer."}),
    ],
)
def test_every_act_on_the_department_takes_the_password_and_is_signed(
    pages: TownPages, person: str, path: str, given: dict[str, str]
):
    town, browser = pages.town, pages.browser(person)
    filled = {name: town.people.get(value, value) if name == "person" else value for name, value in given.items()}
    before = town.department().last_number
    for wrong in ({}, {"password": ""}, {"password": "wide meadow copper"}):
        assert browser.send(path, {**filled, **wrong}).status_code == 422
    assert town.department().last_number == before
    assert browser.send(
        path,
        {**filled, "password": PASSWORD, "from_on": town.today()}
        if path == "/people/appoint"
        else {**filled, "password": PASSWORD},
    ).status_code in (200, 303)
    with town.house.store.read() as unit:
        newest = read_stream(unit, "department", newest_first=True, limit=1)[0]
    assert newest.number == before + 1
    assert isinstance(newest.fields["signature"], dict)


def test_a_refused_act_says_why_beside_the_question(pages: TownPages):
    browser = pages.browser("administrator")
    answer = browser.send("/people/open-account", {"name": "X", "sign_in_name": "chief", "password": PASSWORD})
    assert answer.status_code == 422
    assert "This name for signing in is taken" in answer.text


def test_the_chief_appoints_and_ends_and_the_people_page_tells_both(pages: TownPages):
    chief = pages.browser("chief")
    person = pages.town.people["auditor"]
    given = {"person": person, "held": "records custodian", "instrument": "Order 7", "password": PASSWORD}
    answer = chief.send("/people/appoint", {**given, "from_on": pages.town.today()})
    assert answer.headers["Location"].startswith("/people?entry=")
    assert "Records custodian" in chief.get("/people").text
    ended = {"person": person, "held": "records custodian", "reason": "Done.", "password": PASSWORD}
    assert chief.send("/people/end-office", ended).status_code == 303
    assert pages.town.department().offices_of(person, pages.town.clock()) == {Office.AUDITOR}


def test_the_administrator_cannot_even_choose_another_office_than_investigator(pages: TownPages):
    page = pages.browser("administrator").get("/people/appoint?person=" + pages.town.people["auditor"])
    assert 'value="investigator"' in page.text
    assert 'value="supervisor"' not in page.text


@pytest.mark.parametrize("person", ["investigator-1", "supervisor-1", "prosecutor", "auditor"])
def test_people_are_for_the_chief_and_the_administrator_only(pages: TownPages, person: str):
    browser = pages.browser(person)
    unknown = browser.get("/nowhere")
    for path in ("/people", "/people/appoint", "/people/open-account", "/settings/change"):
        answer = browser.get(path)
        assert (answer.status_code, answer.data) == (404, unknown.data), path


def test_an_act_of_another_office_is_not_there(pages: TownPages):
    assert pages.browser("chief").get("/people/open-account").status_code == 404
    assert pages.browser("administrator").get("/people/end-office").status_code == 404
    assert pages.browser("chief").get("/people/fly").status_code == 404


def test_a_session_ends_when_an_office_does(pages: TownPages):
    browser = pages.browser("supervisor-1")
    given = {
        "person": pages.town.people["supervisor-1"],
        "held": "supervisor",
        "reason": "Moved.",
        "password": PASSWORD,
    }
    pages.browser("chief").send("/people/end-office", given)
    assert browser.get("/").headers["Location"] == "/sign-in"


# Settings ------------------------------------------------------------------------------------------------------------


def test_everyone_signed_in_reads_the_settings_which_say_that_they_are_local(pages: TownPages):
    for person in ("investigator-2", "prosecutor", "auditor", "administrator"):
        text = pages.browser(person).get("/settings").text
        assert "These are this department’s own and not Policy 2.8’s" in text
        assert "/settings/change" not in text


def test_the_chief_changes_a_setting_with_a_reason(pages: TownPages):
    chief = pages.browser("chief")
    given = {"name": "review_days", "new": "20", "reason": "Closer watch.", "password": PASSWORD}
    answer = chief.send("/settings/change?name=review_days", given)
    assert answer.headers["Location"].startswith("/settings?entry=")
    assert "20 days" in chief.get("/settings").text
    assert pages.town.department().settings == {"review_days": 20}
    changed = pages.browser("supervisor-1").get("/settings").text
    assert "<small>Chief, entry " in changed
    settings = pages.town.department().rules(pages.town.house.policy).settings
    assert changed.count("<small>Local setting</small>") == len(settings)
    assert changed.count(">Never</td>") == len(settings) - 1
    assert 'data-label="Default">30 days</td>' in changed


# Concerns ------------------------------------------------------------------------------------------------------------


def test_anyone_raises_a_concern_and_reads_the_answer(pages: TownPages):
    investigator = pages.browser("investigator-2")
    answer = investigator.send("/concerns/new", {"concern": "Seen at night.\nTwice.", "goes_to": "supervisor"})
    address = answer.headers["Location"]
    assert "It will stand here." in investigator.get(address).text
    supervisor = pages.browser("supervisor-2")
    assert "Seen at night." in supervisor.get(address).text
    assert supervisor.send(address, {"answer": "Looked into."}).headers["Location"] == address
    assert "Looked into." in investigator.get(address).text


def test_a_concern_says_nothing_about_operations_whether_there_are_any_or_not(pages: TownPages):
    def answered() -> str:
        browser = pages.browser("investigator-2")
        answer = browser.send("/concerns/new", {"concern": "Bicycles, PhotoMarket, 2026-0001.", "goes_to": "chief"})
        return re.sub(r"\d+", "0", answer.headers["Location"] + browser.get(answer.headers["Location"]).text)

    before = answered()
    pages.town.bring(Stage.ACTIVE)
    assert re.sub(r'value="[^"]*"', "", answered()) == re.sub(r'value="[^"]*"', "", before)


def test_a_concern_of_others_is_not_there(pages: TownPages):
    address = (
        pages.browser("investigator-2").send("/concerns/new", {"concern": "X.", "goes_to": "chief"}).headers["Location"]
    )
    for person in ("investigator-1", "supervisor-1", "administrator", "auditor"):
        browser = pages.browser(person)
        assert (browser.get(address).status_code, browser.get(address).data) == (404, browser.get("/nowhere").data)


def test_who_raised_a_concern_cannot_answer_it(pages: TownPages):
    browser = pages.browser("supervisor-1")
    address = browser.send("/concerns/new", {"concern": "X.", "goes_to": "supervisor"}).headers["Location"]
    assert "A concern waits for an answer" not in browser.get("/").text
    page = browser.get(address)
    assert "It goes to the supervisors and the Chief." in page.text
    values = {**form_of(browser.get("/concerns/new")).values, "answer": "Nothing to see."}
    # What was typed comes back with either answer, so that the same is sent to where there never was anything.
    answer, nowhere = (
        browser.post(path, data=values, headers={"Sec-Fetch-Site": "same-origin"}) for path in (address, "/nowhere")
    )
    assert (answer.status_code, answer.data) == (404, nowhere.data)


def test_of_two_who_answer_a_concern_the_second_is_told_and_keeps_what_was_typed(pages: TownPages):
    raised = pages.browser("investigator-2").send("/concerns/new", {"concern": "X.", "goes_to": "supervisor"})
    address = raised.headers["Location"]
    late = pages.browser("supervisor-2")
    values = {**form_of(late.get(address)).values, "answer": "My own words."}
    pages.browser("supervisor-1").send(address, {"answer": "First."})
    answer = late.post(address, data=values, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 422
    assert "It is answered" in answer.text
    assert "My own words." in answer.text


def test_a_waiting_concern_is_work_of_those_who_may_answer_it(pages: TownPages):
    pages.browser("investigator-2").send("/concerns/new", {"concern": "X.", "goes_to": "supervisor"})
    assert "A concern waits for an answer" in pages.browser("supervisor-1").get("/").text
    assert "A concern waits for an answer" not in pages.browser("investigator-1").get("/").text


# The record receipt --------------------------------------------------------------------------------------------------


def test_the_receipt_is_the_newest_signed_note_and_handing_it_over_is_on_record(pages: TownPages):
    browser = pages.browser("prosecutor")
    text = browser.get("/checkpoint").text
    assert "example.invalid/record" in text
    answer = browser.send("/checkpoint", {"to": "Prosecuting Attorney, Example County"})
    assert answer.headers["Location"].startswith("/checkpoint?entry=")
    assert "less than a minute ago" in browser.get("/checkpoint").text
    assert browser.send("/checkpoint", {"to": ""}).status_code == 422
