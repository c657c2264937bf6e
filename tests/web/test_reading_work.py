"""My work tells each reader what waits for them, the most urgent first, and what waits for others."""

from __future__ import annotations

import re
from datetime import timedelta

from covertops.actions import drafts
from covertops.domain.vocabulary import Stage
from tests.web.town_pages import TownPages


def headings(text: str) -> list[str]:
    """The headings of one's own work, in order."""
    return re.findall(r"<h3>(.*?)</h3>", text)


def test_nothing_waits_for_somebody_without_a_part_in_anything(pages: TownPages):
    pages.town.bring(Stage.ACTIVE)
    text = pages.browser("auditor").get("/").text
    assert "Nothing waits for you." in text
    assert headings(text) == []


def test_what_is_late_stands_first_and_says_by_how_much(pages: TownPages):
    town = pages.town
    running = town.bring(Stage.ACTIVE)
    town.clock.advance(timedelta(days=32))
    town.begin()
    asked = {"urgent": "yes", "urgent_detail": "From 21:00.", "handle": "@other", "subject": "", "case_number": ""}
    urgent = town.begin(asked, person="investigator-2")
    supervisor = pages.browser("supervisor-1").get("/").text
    assert headings(supervisor)[0] == f"{town.operation(running).reference} · Review"
    assert "Late by 2 days" in supervisor
    chief = pages.browser("chief").get("/").text
    assert f"{town.operation(urgent).reference} · Urgent request: bicycles taken" in chief
    assert "Two acts wait for you." in chief
    assert "Today" in chief


def test_only_one_button_of_ones_work_is_the_primary_one(pages: TownPages):
    for _ in range(3):
        pages.town.bring(Stage.REQUESTED)
    text = pages.browser("chief").get("/").text
    assert len(headings(text)) == 3
    assert text.count("btn-primary") == 1


def test_the_count_in_the_navigation_is_what_waits(pages: TownPages):
    for _ in range(3):
        pages.town.bring(Stage.REQUESTED)
    assert '<span class="count">3<span' in pages.browser("chief").get("/operations").text
    assert '<span class="count">' not in pages.browser("investigator-1").get("/operations").text


def test_what_waits_for_others_says_whose_turn_it_is_and_never_repeats_ones_own(pages: TownPages):
    operation_id = pages.town.begin()
    pages.town.authorize(operation_id)
    text = pages.browser("supervisor-1").get("/").text
    own, others = text.split("Waiting for others")
    assert "Contact with the city attorney" in own
    assert "Contact with the city attorney" not in others
    assert "Officer’s promise" in others
    assert "Investigator 1" in others
    assert "Before activation" in others


def test_the_chief_is_told_of_an_attorney_who_does_not_answer_after_the_set_time_and_not_before(pages: TownPages):
    town = pages.town
    operation_id = town.begin()
    town.authorize(operation_id)
    attempt = {
        "attorney_office": "city attorney",
        "attorney": "On call",
        "attempted_at": town.local(),
        "how": "telephone",
    }
    town.act("attempt-attorney", operation_id, "supervisor-1", attempt)
    assert "has not answered" not in pages.browser("chief").get("/").text
    town.clock.advance(timedelta(days=6))
    assert "The city attorney’s office has not answered" in pages.browser("chief").get("/").text


def test_every_task_leads_to_a_page_that_is_there(pages: TownPages):
    town = pages.town
    for stage in (Stage.REQUESTED, Stage.AUTHORIZED, Stage.SUSPENDED, Stage.ENDED, Stage.RETURNED, Stage.DECLARED):
        town.bring(stage)
    active = town.bring(Stage.ACTIVE)
    flagged = town.activity(outside="yes", outside_detail="B.")
    number = town.act("log-activity", active, "investigator-1", flagged).number
    asked = {"questioned": str(number), "question": "Who?", "answer_by": town.today(3)}
    town.act("question-entry", active, "supervisor-1", asked)
    town.act("request-renewal", active, "investigator-1", {"facts": "More.", "gained": "One.", "days": "30"})
    town.clock.advance(timedelta(days=2))
    for person in ("chief", "supervisor-1", "investigator-1"):
        browser = pages.browser(person)
        links = re.findall(r'<a class="btn btn-(?:primary|quiet)" href="([^"]*)"', browser.get("/").text)
        assert links
        for link in links:
            assert browser.get(link.replace("&amp;", "&")).status_code == 200, (person, link)


# Drafts and meetings -------------------------------------------------------------------------------------------------


def test_a_draft_is_offered_to_whoever_typed_it_and_to_nobody_else(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    mine = town.people["investigator-1"]
    drafts.keep(town.house, mine, "log-activity", operation_id, {"headline": ["Half"]}, town.clock())
    drafts.keep(town.house, mine, "submit-request", "", {"matter": ["Half"]}, town.clock())
    text = pages.browser("investigator-1").get("/").text
    assert f'href="/operations/{operation_id}/log-activity">Log activity' in text
    assert 'href="/operations/new">Request an undercover profile' in text
    for person in ("chief", "supervisor-1", "investigator-2"):
        assert "Go on with" not in pages.browser(person).get("/").text


def test_a_draft_on_an_operation_one_was_taken_off_is_not_offered(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    supervisor = town.people["supervisor-1"]
    drafts.keep(town.house, supervisor, "hold-review", operation_id, {"findings": ["Half"]}, town.clock())
    assert "Go on with" in pages.browser("supervisor-1").get("/").text
    given = {"supervisor": town.people["supervisor-2"], "relief": "", "reason": "Moved."}
    town.act("assign-supervisor", operation_id, "chief", given)
    assert "Go on with" not in pages.browser("supervisor-1").get("/").text


def test_two_operations_that_meet_are_told_to_the_supervisors_and_the_chief_and_never_to_an_investigator(
    pages: TownPages,
):
    town = pages.town
    town.bring(Stage.ACTIVE)
    other = town.begin({"proposed_supervisor": town.people["supervisor-2"]}, person="investigator-2")
    grant = {"officers": [town.people["investigator-2"]], "supervisor": town.people["supervisor-2"], "relief": ""}
    town.authorize(other, grant)
    chief = pages.browser("chief").get("/").text
    assert "2026-0001 and 2026-0002 hold the same case, handle and subject." in chief
    supervisor = pages.browser("supervisor-1").get("/").text
    assert "2026-0001 and another operation hold the same" in supervisor
    assert "2026-0002" not in supervisor
    for person in ("investigator-1", "investigator-2"):
        assert "Two operations may meet" not in pages.browser(person).get("/").text
