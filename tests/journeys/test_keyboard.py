"""A whole visit by keyboard alone: nothing is ever clicked, and where one is can always be seen."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.asking import ANSWERS
from tests.journeys.conftest import Town
from tests.journeys.people import INVESTIGATOR, SUPERVISOR

MOST_STOPS = 80
WHERE = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const name = at.labels?.length ? at.labels[0].innerText : at.innerText || at.getAttribute("aria-label") || "";
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 44) / 2);
  return {name: name.trim().replaceAll(/\\s+/g, " "), tag: at.tagName,
          // Inside a date stands a button of the browser's own, on which no style can be read.
          outline: at.matches(":focus") && style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
          inView: box.top >= 0 && box.top < innerHeight,
          free: over !== null && (at.contains(over) || over.contains(at))};
}"""


class Keyboard:
    """Hands that never touch the mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab(self) -> dict[str, Any]:
        """Go one stop on; it can be seen, and nothing lies over it."""
        self.page.keyboard.press("Tab")
        where: dict[str, Any] = self.page.evaluate(WHERE)
        if where["tag"] != "BODY":
            assert where["outline"] >= 2, where
            assert where["inView"], where
            assert where["free"], where
        return where

    def to(self, name: str) -> None:
        """Go on to what has this name, or begins with it."""
        passed = []
        for _ in range(MOST_STOPS):
            where = self.tab()
            if where["name"].startswith(name):
                return
            passed.append(where["name"])
        raise AssertionError(f"{name} is no stop after {passed}")

    def enter(self) -> None:
        """Press Enter where it leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fill(self, name: str, text: str) -> None:
        """Go on to a question and type."""
        self.to(name)
        self.page.keyboard.type(text)


def test_one_can_sign_in_ask_for_a_profile_and_sign_out_without_a_mouse(town: Town):
    visitor = town.door(INVESTIGATOR)
    page, keyboard = visitor.page, Keyboard(visitor.page)
    visitor.go("/")
    keyboard.to("I understand and continue")
    keyboard.enter()
    keyboard.fill("Name", INVESTIGATOR.sign_in_name)
    keyboard.fill("Password", INVESTIGATOR.password)
    keyboard.fill("Code", visitor.code())
    keyboard.enter()

    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    assert keyboard.tab()["name"] == "Skip to content"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_in_viewport()
    assert page.url.endswith("#main")
    keyboard.to("Request an undercover profile")
    keyboard.enter()

    keyboard.to("Look only")
    page.keyboard.press("Space")
    keyboard.fill("The matter in one line", "Asked for by keyboard")
    for label in list(ANSWERS)[:-1]:
        keyboard.fill(label, ANSWERS[label])
    keyboard.to("Other people affected")
    page.keyboard.press("Space")
    keyboard.fill("Who, and how is it limited?", "Buyers who comment.")
    keyboard.fill("Why this much?", "One question.")
    keyboard.fill("Days asked for", "30")
    keyboard.fill("Proposed supervisor", SUPERVISOR.name)
    keyboard.to("Send to the Chief")
    keyboard.enter()
    visitor.sees("Put on record as entry 1. Now waiting for the Chief.", "Asked for by keyboard")
    visitor.look()

    keyboard.to("Sign out")
    keyboard.enter()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
