"""A person at a browser of their own, who uses pages by the words on them; every page is looked over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.journeys.looking_over import faults
from tests.journeys.people import Someone

ZONE = ZoneInfo("America/Chicago")
HEIGHT = 900
WIDE, NARROW = 1280, 390
Role = Literal["button", "link"]


class Visitor:
    """One person's browser. ``strict`` looks over every page that opens: see :meth:`look`."""

    def __init__(
        self,
        browser: Browser,
        origin: str,
        someone: Someone,
        *,
        width: int = WIDE,
        script: bool = True,
        strict: bool = True,
        codes: dict[str, list[str]] | None = None,
    ) -> None:
        self.someone, self.origin, self.strict = someone, origin, strict
        self.codes: dict[str, list[str]] = {} if codes is None else codes
        """The unused one-time codes of everybody, by their name for signing in."""
        self.context = browser.new_context(
            base_url=origin,
            viewport={"width": width, "height": HEIGHT},
            timezone_id=ZONE.key,
            locale="en-US",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self._complaints: list[tuple[str, str]] = []
        self._refused: set[str] = set()
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self._complaints.append((str(error.error), "")))

    # Coming and going -----------------------------------------------------------------------------------------------

    def arrive(self) -> None:
        """Come to the first page and read the notice."""
        self.go("/")
        self.press("I understand and continue")

    def sign_in(self) -> None:
        """Sign in from the sign-in page."""
        self.type("Name", self.someone.sign_in_name)
        self.type("Password", self.someone.password)
        first = self.someone.sign_in_name not in self.codes
        if not first:
            self.type("Code", self.code())
        self.press("Sign in")
        if first:
            self.set_up_codes()
        expect(self.page.get_by_role("heading", name="My work")).to_be_visible()

    def code(self) -> str:
        """The next code of one's sheet, crossed out."""
        sheet = self.codes[self.someone.sign_in_name]
        assert sheet, f"{self.someone.name} has used all codes of the sheet"
        return sheet.pop(0)

    def set_up_codes(self) -> None:
        """The first sign-in: a printed sheet, confirmed by its first code. The first Chief is shown recovery codes."""
        self.follow("Codes on paper")
        sheet = self.page.locator("ol.codes li").all_text_contents()
        self.codes[self.someone.sign_in_name] = sheet[1:]
        self.type("Code", sheet[0])
        self.press("Continue")
        if self.page.get_by_role("heading", name="Recovery codes").count():
            self.follow("Continue")

    def leave(self) -> None:
        """Close the browser; whatever it complained about is the test's failure."""
        self.context.close()
        complaints = [text for text, url in self._complaints if not (_is_status(text) and url in self._refused)]
        assert complaints == [], self.someone.name

    # Moving ---------------------------------------------------------------------------------------------------------

    def go(self, path: str, status: int = 200) -> None:
        """Open an address."""
        response = self.page.goto(path)
        assert response is not None
        self._opened(response.status, status)

    def press(self, name: str, status: int = 200, *, role: Role = "button", exact: bool = True) -> None:
        """Press a button that leads to a page; the first one of that name."""
        self.press_this(self.page.get_by_role(role, name=name, exact=exact).first, status)

    def follow(self, name: str, *, exact: bool = True) -> None:
        """Follow a link, wherever it stands; folded parts of the page are opened first where it is not in view."""
        link = self.page.get_by_role("link", name=name, exact=exact).first
        if not link.is_visible():
            folds = self.page.locator("details:not([open]) > summary")
            for _ in range(folds.count()):
                folds.first.click()
        self.press_this(link)

    def press_this(self, what: Locator, status: int = 200) -> None:
        """Press something that leads to a page."""
        with self.page.expect_navigation() as going:
            what.click()
        self._opened(going.value.status, status)

    def refused(self, url: str) -> None:
        """Expect the browser to say on its console that this address was refused."""
        self._refused.add(url)

    def _opened(self, found: int, expected: int) -> None:
        if found >= 400:
            self.refused(self.page.url)
        assert found == expected, f"{self.page.url}: {found}\n{self.words}"
        if self.strict:
            self.look()

    @property
    def words(self) -> str:
        """Every word of the page that is in view."""
        return self.page.locator("body").inner_text()

    @property
    def path(self) -> str:
        """The address of the page, without the origin and what follows a question mark."""
        return self.page.url.removeprefix(self.origin).partition("?")[0]

    # Answering ------------------------------------------------------------------------------------------------------

    def type(self, label: str, text: str) -> None:
        """Type into a question that is in view."""
        self.page.get_by_label(label, exact=True).filter(visible=True).first.fill(text)

    def answer(self, answers: Mapping[str, str]) -> None:
        """Type into several questions."""
        for label, text in answers.items():
            self.type(label, text)

    def choose(self, question: str, option: str) -> None:
        """Choose one of several options that are all in view; ``option`` is how its words begin."""
        group = self.page.get_by_role("group", name=question)
        group.get_by_label(re.compile(f"^{re.escape(option)}")).first.check()

    def pick(self, label: str, option: str | re.Pattern[str]) -> None:
        """Pick from a list."""
        box = self.page.get_by_label(label, exact=True)
        words = [one.inner_text() for one in box.locator("option").all()]
        chosen = next((one for one in words if re.search(option, one)), "")
        assert chosen, f"{option} is none of {words}"
        box.select_option(label=chosen)

    def tick(self, label: str) -> None:
        """Tick a box."""
        self.page.get_by_role("checkbox", name=label).first.check()

    # Looking --------------------------------------------------------------------------------------------------------

    def sees(self, *words: str) -> None:
        """Every one of these stands on the page, in view."""
        for one in words:
            expect(self.page.get_by_text(one).filter(visible=True).first).to_be_visible()

    def look(self) -> None:
        """The page has one heading, a title and its language, fits the window, and axe finds nothing."""
        here = self.page.url
        found: dict[str, Any] = self.page.evaluate(
            """() => ({headings: document.querySelectorAll("h1").length, title: document.title.trim() !== "",
            language: document.documentElement.lang})"""
        )
        assert (found["headings"], found["title"], found["language"]) == (1, True, "en"), here
        assert faults(self.page) == [], here

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append((message.text, message.location["url"]))


def _is_status(text: str) -> bool:
    """Chromium also puts the status of a page that was refused on its console; that one is asserted by itself."""
    return text.startswith("Failed to load resource: the server responded with a status of 4")


def local(minutes: int = 0) -> datetime:
    """The department's time now, moved by some minutes."""
    return datetime.now(ZONE) + timedelta(minutes=minutes)


def moment(minutes: int = 0) -> str:
    """As a question for date and time holds it."""
    return local(minutes).strftime("%Y-%m-%dT%H:%M")


def day(days: int = 0) -> str:
    """As a question for a date holds it."""
    return (local() + timedelta(days=days)).date().isoformat()
