"""Who does not need to know of an operation learns nothing, by whatever way they come."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import expect

from tests.journeys.asking import send_request
from tests.journeys.conftest import Town
from tests.journeys.joining import end_office, let_in
from tests.journeys.people import ADMINISTRATOR, CHIEF, INVESTIGATOR, OTHER, SUPERVISOR, Someone
from tests.journeys.visiting import Visitor

WAYS = ("", "/entries/1", "/log-activity", "/viewers", "/captures/1", "/grant-authorization", "/sign/" + "0" * 32)


def nothing(visitor: Visitor, path: str) -> bytes:
    """What somebody gets at an address where they can see nothing: the whole answer."""
    response = visitor.page.goto(path)
    assert response is not None
    visitor.refused(response.url)
    assert response.status == 404, path
    return response.body()


@pytest.mark.parametrize("someone", [OTHER, SUPERVISOR, ADMINISTRATOR], ids=lambda one: one.sign_in_name)
def test_an_address_that_was_passed_on_is_answered_like_one_that_does_not_exist(town: Town, someone: Someone):
    asking = town.sign_in(INVESTIGATOR, strict=False)
    operation = send_request(asking, f"Seen by nobody else, {someone.sign_in_name}")
    reference = asking.page.locator("h1 > span").first.inner_text()
    stranger = town.sign_in(someone)
    for way in WAYS:
        unknown = f"/operations/{secrets.token_hex(16)}{way}"
        assert nothing(stranger, f"{operation}{way}") == nothing(stranger, unknown), way
    stranger.look()
    stranger.sees("There is nothing at this address that you can see.")
    stranger.go("/")
    assert reference not in stranger.words
    if someone is not ADMINISTRATOR:
        stranger.go(f"/operations?reference={reference}")
        stranger.sees(f"No operation that you need to know of has “{reference}” in its reference.")


def test_an_office_that_ended_shows_nothing_from_the_next_request_on(town: Town):
    chief, administrator = town.sign_in(CHIEF, strict=False), town.sign_in(ADMINISTRATOR, strict=False)
    someone = Someone("Investigator 5", "investigator-5", "Investigator")
    leaving = let_in(chief, administrator, someone, lambda one: town.door(one))
    operation = send_request(leaving, "Begun shortly before the office ended")
    leaving.go(operation)
    end_office(chief, someone)
    leaving.page.reload()
    expect(leaving.page.get_by_role("heading", name="Sign in")).to_be_visible()
    leaving.answer({"Name": someone.sign_in_name, "Password": someone.password, "Code": leaving.code()})
    leaving.press("Sign in", 404)  # it leads on to the address that was asked for
    leaving.go("/")
    expect(leaving.page.get_by_role("navigation", name="Main").get_by_role("link", name="Operations")).to_have_count(0)
    unknown = f"/operations/{secrets.token_hex(16)}"
    assert nothing(leaving, operation) == nothing(leaving, unknown)
