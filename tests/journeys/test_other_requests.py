"""Requests that go no further, and a profile that is older than the system."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.asking import send_request
from tests.journeys.before_use import act, next_task
from tests.journeys.conftest import Town
from tests.journeys.people import CHIEF, INVESTIGATOR, OTHER, SUPERVISOR
from tests.journeys.visiting import day


def test_a_denied_request_keeps_its_reasons_and_ends_there(town: Town):
    investigator, chief = town.sign_in(INVESTIGATOR), town.sign_in(CHIEF)
    operation = send_request(investigator, "Rude comments about a vote")
    chief.go(f"{operation}/grant-authorization")
    chief.choose("I decide", "Denied")
    chief.type("In your own words", "Speech about a vote is no offense.")
    chief.press("Read back and sign")
    expect(chief.page.locator("h1 .tag")).to_have_text("Denied")
    investigator.go(operation)
    investigator.sees("Speech about a vote is no offense.", "Requested: denied")
    expect(investigator.page.get_by_role("link", name="Log activity")).to_have_count(0)


def test_whoever_asked_can_withdraw_the_request(town: Town):
    investigator = town.sign_in(OTHER)
    operation = send_request(investigator, "A mower seen in a sale group")
    act(investigator, operation, "Withdraw the request")
    investigator.type("Why it is withdrawn", "The seller gave the mower back.")
    investigator.press("Withdraw the request")
    expect(investigator.page.locator("h1 .tag")).to_have_text("Withdrawn")
    investigator.sees("It waits for nobody now.", "The seller gave the mower back.")


def test_an_earlier_profile_is_declared_and_then_asked_for_like_any_other(town: Town):
    investigator = town.sign_in(OTHER)
    next_task(investigator, "Declare an earlier profile")
    investigator.answer(
        {
            "The matter in one line": "A profile kept since the spring",
            "Platform": "PhotoMarket",
            "Undercover identity": "“Alex T.”, age 26",
            "In use since": day(-200),
        }
    )
    investigator.tick(OTHER.name)
    investigator.choose("Earlier approval", "No")
    investigator.press("Put on record")
    expect(investigator.page.locator("h1 .tag")).to_have_text("Declared, not authorized")
    operation = investigator.path
    next_task(investigator, "Ask for it")
    expect(investigator.page.get_by_label("Undercover identity")).to_have_value("“Alex T.”, age 26")
    investigator.choose("What will be done?", "Look only")
    investigator.answer(
        {
            "Offense, and the facts that give reasonable suspicion": "Theft. Two reports name this seller.",
            "What is needed, and why not openly?": "To see closed listings.",
            "Days asked for": "30",
        }
    )
    investigator.pick("Proposed supervisor", f"^{SUPERVISOR.name}$")
    investigator.press("Send to the Chief")
    assert investigator.path == operation
    investigator.sees("Declared: in use since", "Now waiting for the Chief.")
