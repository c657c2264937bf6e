"""Who is not on an operation reads it with a reason: that one, until midnight, on its record, every page counted."""

from __future__ import annotations

from datetime import timedelta

from covertops.actions import department
from covertops.actions.signing import PASSWORD as LEVEL
from covertops.domain.vocabulary import Stage
from covertops.storage.ledger_read import read_stream
from tests.web.test_looking_changes_nothing import rows_of
from tests.web.town_pages import TownPages

ASKED = {"reference": "2026-0001", "reason": "Yearly audit of reviews."}


def asked(pages: TownPages, **answers: str) -> object:
    """The auditor asks to read."""
    return pages.browser("auditor").send("/reading", {**ASKED, **answers})


def test_the_auditor_reads_nothing_before_and_the_operation_they_gave_a_reason_for_afterwards(pages: TownPages):
    first, second = pages.town.bring(Stage.ACTIVE), pages.town.bring(Stage.ACTIVE)
    browser = pages.browser("auditor")
    nothing = browser.get("/nowhere").data
    for path in (f"/operations/{first}", f"/operations/{first}/entries/1"):
        assert (browser.get(path).status_code, browser.get(path).data) == (404, nothing)
    answer = browser.send("/reading", ASKED)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/operations/{first}")
    for path in (f"/operations/{first}", f"/operations/{first}/entries/1"):
        text = browser.get(path).text
        assert "Bicycles taken from garden sheds" in text
        assert 'href="/operations"' not in text
    for path in (
        f"/operations/{second}",
        "/operations",
        f"/operations/{first}/viewers",
        f"/operations/{first}/suspend",
    ):
        assert (browser.get(path).status_code, browser.get(path).data) == (404, nothing), path


def test_reading_opens_no_advice_no_original_and_no_act(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    capture = town.capture(operation_id, b"\x89PNG\r\n\x1a\n" + bytes(50))
    browser = pages.browser("auditor")
    browser.send("/reading", ASKED)
    pages_read = [f"/operations/{operation_id}/entries/{number}" for number in range(1, capture + 1)]
    text = "".join(browser.get(path).text for path in (*pages_read, f"/operations/{operation_id}"))
    assert "privileged" not in text.lower()
    assert browser.get(f"/operations/{operation_id}/captures/{capture}").status_code == 404
    for act in ("log-activity", "suspend", "review-entry", "end-operation"):
        assert browser.get(f"/operations/{operation_id}/{act}").status_code == 404


def test_without_a_reason_nothing_is_opened(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    browser = pages.browser("auditor")
    before = rows_of(pages)
    answer = browser.send("/reading", {**ASKED, "reason": "  "})
    assert (answer.status_code, "Reason, in your own words" in answer.text) == (422, True)
    assert rows_of(pages) == before
    assert browser.get(f"/operations/{operation_id}").status_code == 404


def test_it_ends_at_local_midnight(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    asked(pages)
    until = pages.town.operation(operation_id).readings[0].until
    assert until is not None
    assert until.astimezone(pages.town.department().zone).strftime("%H:%M") == "00:00"
    pages.town.clock.advance(until - pages.town.clock() - timedelta(seconds=1))
    assert pages.browser("auditor").get(f"/operations/{operation_id}").status_code == 200
    pages.town.clock.advance(timedelta(seconds=1))
    assert pages.browser("auditor").get(f"/operations/{operation_id}").status_code == 404


def test_a_reference_that_none_has_is_told_and_the_try_is_on_record(pages: TownPages):
    pages.town.bring(Stage.ACTIVE)
    answer = pages.browser("auditor").send("/reading", {**ASKED, "reference": "2026-0999"})
    assert (answer.status_code, "No operation has this reference" in answer.text) == (422, True)
    assert ASKED["reason"] in answer.text
    with pages.town.house.store.read() as unit:
        tries = [one.fields for one in read_stream(unit, "access") if one.kind == "reading.asked"]
    assert [(one["reference"], one["operation"]) for one in tries] == [("2026-0999", None)]


def test_its_supervisor_has_it_as_a_task_and_sees_every_page_that_was_opened(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    browser = pages.browser("auditor")
    browser.send("/reading", ASKED)
    for path in ("", "/entries/1", "/entries/2", "/entries/2"):
        browser.get(f"/operations/{operation_id}{path}")
    number = town.operation(operation_id).readings[0].entry
    supervisor = pages.browser("supervisor-1")
    assert f"/operations/{operation_id}/entries/{number}" in supervisor.get("/").text
    assert ASKED["reason"] in supervisor.get(f"/operations/{operation_id}/entries/{number}").text
    text = supervisor.get(f"/operations/{operation_id}/viewers").text
    assert [text.count(words) for words in ("The operation’s page", "Entry 1<", "Entry 2<")] == [1, 1, 1]
    town.act("review-entry", operation_id, "supervisor-1", {"reviewed": str(number), "note": ""})
    assert f"/operations/{operation_id}/entries/{number}" not in supervisor.get("/").text


def test_a_page_somebody_is_filling_in_stays_good_and_the_chief_needs_no_reason(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    moved = pages.town.operation(operation_id).moved
    asked(pages)
    assert pages.town.operation(operation_id).moved == moved
    before = pages.town.operation(operation_id).last_number
    answer = pages.browser("chief").send("/reading", ASKED)
    assert answer.headers["Location"] == f"/operations/{operation_id}"
    assert pages.town.operation(operation_id).last_number == before


def test_only_the_chief_and_the_auditor_can_ask(pages: TownPages):
    for person in ("supervisor-1", "investigator-1", "administrator", "prosecutor"):
        assert pages.browser(person).get("/reading").status_code == 404, person


def test_an_auditor_whose_office_ended_reads_no_more(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    asked(pages)
    given = {"person": pages.town.people["auditor"], "held": "auditor", "reason": "Left."}
    department.end_office(pages.town.house, pages.town.people["chief"], given, LEVEL, pages.town.clock())
    assert pages.browser("auditor").get(f"/operations/{operation_id}").status_code == 404
