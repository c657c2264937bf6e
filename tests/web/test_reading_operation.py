"""An operation's page tells whose turn it is, whether it was authorized, what can be done, and the whole record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from covertops.domain.vocabulary import Stage
from covertops.storage.ledger_read import read_stream
from tests.web.town_pages import TownPages

EVERY_STAGE = tuple(Stage)


def viewed(pages: TownPages) -> list[tuple[str, str]]:
    """Who is on record as having looked at which operation, in order."""
    with pages.town.house.store.read() as unit:
        found = [one.fields for one in read_stream(unit, "access") if one.kind == "operation.viewed"]
    short = {person: name for name, person in pages.town.people.items()}
    return [(short[str(one["by"])], str(one["operation"])) for one in found]


@pytest.mark.parametrize("stage", EVERY_STAGE)
def test_every_stage_has_a_page_for_everybody_on_it(pages: TownPages, stage: Stage):
    operation_id = pages.town.bring(stage)
    for person in ("chief", "investigator-1"):
        answer = pages.browser(person).get(f"/operations/{operation_id}")
        assert answer.status_code == 200, (stage, person)
        assert "Was it authorized?" in answer.text


def test_whose_turn_it_is_stands_first_and_differs_by_reader(pages: TownPages):
    operation_id = pages.town.bring(Stage.REQUESTED)
    assert "Your turn, Chief." in pages.browser("chief").get(f"/operations/{operation_id}").text
    text = pages.browser("investigator-1").get(f"/operations/{operation_id}").text
    assert "Now waiting for Chief of Police:" in text
    assert "decision on the request" in text


def test_the_two_answers_are_those_of_the_minute_asked_for(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    before = town.local(-1440)
    text = pages.browser("supervisor-1").get(f"/operations/{operation_id}").text
    assert "Requirements met" in text
    earlier = pages.browser("supervisor-1").get(f"/operations/{operation_id}?at={before}").text
    assert "At the minute asked for" in earlier
    assert "Not met: no approval in force" in earlier


def test_a_minute_that_is_none_is_answered_for_now(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    browser = pages.browser("supervisor-1")
    for wrong in ("yesterday", "2026-99-99T00:00", "%00", "9999-12-31T23:59:59", "0001-01-01T00:00"):
        assert browser.get(f"/operations/{operation_id}?at={wrong}").status_code == 200, wrong


def test_a_button_that_waits_says_why_by_which_rule_and_what_to_do(pages: TownPages):
    operation_id = pages.town.begin()
    pages.town.authorize(operation_id)
    text = pages.browser("supervisor-1").get(f"/operations/{operation_id}").text
    assert 'aria-disabled="true" aria-describedby="why-activate">Activate' in text
    assert "City attorney contacted and determined: no answer on record" in text
    assert "Remedy: Supervisor 1 records the contact with the city attorney." in text


def test_an_act_of_another_office_has_no_button(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    text = pages.browser("investigator-1").get(f"/operations/{operation_id}").text
    for words in ("Hold the review", "End operation", "Suspend now", "Prepare a package", "Check and release"):
        assert words not in text
    assert "Log activity" in text


def test_what_was_flagged_questioned_reviewed_or_corrected_is_told_beside_the_entry(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    flagged = town.act(
        "log-activity", operation_id, "investigator-1", town.activity(outside="yes", outside_detail="B.")
    )
    plain = town.act("log-activity", operation_id, "investigator-1", town.activity(headline="Asked the seller"))
    asked = {"questioned": str(plain.number), "question": "Who offered?", "answer_by": town.today(3)}
    question = town.act("question-entry", operation_id, "supervisor-1", asked)
    browser = pages.browser("supervisor-1")
    text = browser.get(f"/operations/{operation_id}").text
    for words in ("Flagged: outside scope", "Not yet reviewed", "Questioned", "Who offered?"):
        assert words in text
    answer = {"question": str(question.number), "answer": "The seller did."}
    town.act("answer-question", operation_id, "investigator-1", answer)
    correction = {"corrected": str(plain.number), "field": "headline", "new": "Asked for a number", "why": "Clearer."}
    town.act("correct-entry", operation_id, "investigator-1", correction)
    for number in (flagged.number, plain.number):
        town.act("review-entry", operation_id, "supervisor-1", {"reviewed": str(number)})
    text = browser.get(f"/operations/{operation_id}").text
    assert "Not yet reviewed" not in text
    today = date.fromisoformat(town.today())
    assert text.count(f"<span>Reviewed {today:%b} {today.day}</span>") == 2
    assert "The seller did." in text
    entry = browser.get(f"/operations/{operation_id}/entries/{plain.number}").text
    assert "Corrections" in entry
    assert "Asked for a number" in entry
    assert "Asked the seller" in entry


def test_an_ended_operation_is_told_in_the_past_and_its_pages_promise_nothing_more(pages: TownPages):
    operation_id = pages.town.bring(Stage.ENDED)
    page = f"/operations/{operation_id}"
    officer, supervisor = pages.browser("investigator-1"), pages.browser("supervisor-1")
    assert "Investigator 1 could use the profile. Supervisor 1 monitored." in supervisor.get(page).text
    assert "Nobody may use the profile now." in officer.get(f"{page}/log-activity").text
    assert "no further review falls due" in supervisor.get(f"{page}/hold-review").text


def test_a_contact_after_the_activation_is_not_said_to_lead_to_one(pages: TownPages):
    page = f"/operations/{pages.town.bring(Stage.ACTIVE)}/log-consultation?office=city+attorney"
    text = pages.browser("supervisor-1").get(page).text
    assert "it stands beside the earlier contact" in text
    assert "you can activate" not in text


# The record in pages -------------------------------------------------------------------------------------------------


def test_a_long_record_has_fifty_entries_a_page_and_every_entry_is_on_one(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    while town.operation(operation_id).last_number < 120:
        given = {"from_on": town.today(), "to_on": town.today(), "note": ""}
        town.act("log-no-activity", operation_id, "investigator-1", given)
    total = town.operation(operation_id).last_number
    browser = pages.browser("chief")
    told: list[int] = []
    for page in (1, 2, 3):
        text = browser.get(f"/operations/{operation_id}?page={page}").text
        told += [
            number for number in range(1, total + 1) if f"<p>Entry {number}</p>" in text or f"(entry {number})" in text
        ]
    assert sorted(told) == list(range(1, total + 1))
    for wrong in ("4", "0", "-1", "x", "9999999", "²"):
        assert browser.get(f"/operations/{operation_id}?page={wrong}").status_code == 404, wrong


# Looking is on record ------------------------------------------------------------------------------------------------


def test_looking_is_on_record_once_a_person_operation_and_hour(pages: TownPages):
    operation_id, other = pages.town.bring(Stage.ACTIVE), pages.town.bring(Stage.REQUESTED)
    chief, supervisor = pages.browser("chief"), pages.browser("supervisor-1")
    for _ in range(2):
        chief.get(f"/operations/{operation_id}")
        chief.get(f"/operations/{operation_id}/entries/1")
        supervisor.get(f"/operations/{operation_id}")
    chief.get(f"/operations/{other}")
    assert viewed(pages) == [("chief", operation_id), ("supervisor-1", operation_id), ("chief", other)]
    pages.town.clock.advance(timedelta(minutes=20))
    chief.get(f"/operations/{operation_id}")
    assert len(viewed(pages)) == 3
    for _ in range(2):
        pages.town.clock.advance(timedelta(minutes=25))
        chief.get("/")
    chief.get(f"/operations/{operation_id}")
    assert viewed(pages)[3:] == [("chief", operation_id)]


def test_another_process_does_not_record_the_same_look_again(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    pages.browser("chief").get(f"/operations/{operation_id}")
    pages.town.house.views.__init__()  # type: ignore[misc] # what a process that has just begun knows
    pages.browser("chief").get(f"/operations/{operation_id}")
    assert viewed(pages) == [("chief", operation_id)]


def test_who_was_refused_has_not_looked(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    pages.browser("investigator-2").get(f"/operations/{operation_id}")
    assert viewed(pages) == []


def test_the_supervisor_and_the_chief_see_who_looked_and_nobody_else_does(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    pages.browser("investigator-1").get(f"/operations/{operation_id}")
    for person in ("chief", "supervisor-1"):
        text = pages.browser(person).get(f"/operations/{operation_id}/viewers").text
        assert "Investigator 1" in text
    for person in ("supervisor-2", "investigator-1"):
        browser = pages.browser(person)
        answer = browser.get(f"/operations/{operation_id}/viewers")
        assert (answer.status_code, answer.data) == (404, browser.get("/nowhere").data), person


def test_what_has_lapsed_is_recorded_when_somebody_looks(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    pages.town.clock.advance(timedelta(days=40))
    text = pages.browser("supervisor-1").get(f"/operations/{operation_id}").text
    assert "Suspended" in text
    assert "Missing: review" in text
    assert pages.town.operation(operation_id).stage is Stage.SUSPENDED


def test_no_page_changes_anything_but_what_a_look_is_allowed_to(pages: TownPages):
    """Looking writes the access stream and the session's last use, and no other row."""
    operation_id = pages.town.bring(Stage.ACTIVE)
    pages.browser("supervisor-1").get(f"/operations/{operation_id}")  # so that the access stream has begun
    browser = pages.browser("chief")
    before = pages.rows()
    paths = ("/", "/operations", f"/operations/{operation_id}", f"/operations/{operation_id}/entries/1", "/people")
    for path in (*paths, f"/operations/{operation_id}/viewers", "/settings", "/concerns", "/checkpoint", "/packages"):
        assert browser.get(path).status_code == 200, path
    after = pages.rows()
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"entry", "box", "checkpoint", "ledger_head"}
    assert viewed(pages)[1:] == [("chief", operation_id)]
    assert int(after["entry"]) == int(before["entry"]) + 1
