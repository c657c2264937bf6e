"""Without JavaScript everything can be read and done but sending captures, and the page says so."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from covertops.demo.making import PASSWORD
from tests.journeys.conftest import Town
from tests.journeys.people import INVESTIGATOR, Someone
from tests.journeys.serving import served

OFFICER = Someone("Investigator 2", "investigator-2", chosen=PASSWORD)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Town]:
    """The worked example, served."""
    folder = tmp_path_factory.mktemp("example")
    with served(folder, example=True) as running:
        answered = running.command("person", "code", OFFICER.sign_in_name, "--json")
        assert answered.returncode == 0, answered.stderr
        town = Town(running, browser, codes={OFFICER.sign_in_name: [json.loads(answered.stdout)["code"]]})
        yield town
        town.leave()


def test_ticks_open_their_detail_and_a_draft_is_kept_by_its_button(town: Town):
    investigator = town.sign_in(INVESTIGATOR, script=False, strict=False)
    page = investigator.page
    investigator.go("/operations/new")
    detail = page.get_by_label("Who, and how is it limited?")
    expect(detail).to_be_hidden()
    investigator.tick("Other people affected")
    expect(detail).to_be_visible()
    detail.fill("Buyers who comment.")
    investigator.type("The matter in one line", "Typed without script")
    investigator.press("Keep as draft")
    investigator.sees("Draft kept at")
    expect(page.get_by_label("The matter in one line")).to_have_value("Typed without script")
    expect(detail).to_have_value("Buyers who comment.")
    investigator.press("Send to the Chief", 422)
    expect(page.get_by_label("The matter in one line")).to_have_value("Typed without script")


def test_an_activity_is_recorded_and_captures_say_what_they_need(example: Town):
    officer = example.sign_in(OFFICER, script=False, strict=False)
    officer.go("/operations?reference=2026-0004")
    officer.follow("2026-0004")
    officer.follow("Log activity")
    officer.sees("Adding captures needs JavaScript, which this browser has not run.")
    expect(officer.page.get_by_label("Add captures")).to_be_hidden()
    officer.answer({"From": "00:00", "To": "00:00", "In one line": "Looked again", "What happened": "Nothing new."})
    officer.choose("Outside the scope, or other people affected?", "No")
    officer.press("Put on record")
    officer.sees("Activity: looked again")
