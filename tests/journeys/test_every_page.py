"""Every page there is, in Chromium: found from the application's own routes and links, so that none needs listing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from covertops.actions import signing
from covertops.actions.concerns import raise_concern
from covertops.web.security import ANYONE
from tests.clock import FixedClock
from tests.databases import sqlite_url
from tests.journeys.looking_over import faults
from tests.journeys.served_town import ServedTown, served_town
from tests.playing import found_town
from tests.web.audience import OFFICES, Everybody, everybody, lines
from tests.web.client import PageClient

WIDTHS: Final = (1280, 390)
LINK: Final = re.compile(r'href="(/[^"#]*)')
PAGES: Final = {200, 409, 422}
"""A page, an act that is not possible yet, and a form that needs another look."""
HANDS_OUT: Final = ".hand_out"
"""How every endpoint ends that hands out a sealed file."""
ELSEWHERE: Final = {
    "entry.set_up": "the first minute: every journey of tests/journeys/test_whole_life.py begins with it",
    "second_factor.give": "between password and code: each first sign-in of tests/journeys/test_whole_life.py",
    "offices.city_instrument": "while nobody is Chief: tests/web/test_reading_offices.py",
    "passkeys.register": "after a passkey was named: below",
    "passkeys.revoke": "of a passkey that is registered: tests/web/test_passkeys.py",
}
"""Pages that nobody of this town is shown, and which test opens them."""


@dataclass(frozen=True)
class Found:
    """A page: who sees it, and where. ``person`` is empty for whoever is not signed in."""

    person: str
    path: str
    status: int


@pytest.fixture(scope="module")
def whole_town(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServedTown, Everybody]]:
    """Somebody in every office, with an operation, a package, a concern and an act that waits for a signature."""
    folder = tmp_path_factory.mktemp("every-page")
    town = found_town(sqlite_url(Path(shutil.copyfile(sqlite_template, folder / "town.sqlite"))), folder, FixedClock())
    somebody = everybody(town)
    raise_concern(
        town.house,
        town.people["investigator-1"],
        {"goes_to": "chief", "concern": "An account was used from home."},
        town.clock(),
    )
    operation_id, supervisor = somebody.own.values["operation_id"], town.people["supervisor-1"]
    given = town.review(period_from=town.today())
    intent = signing.prepare(town.house, "hold-review", operation_id, supervisor, given, town.clock())
    own = replace(somebody.own, values={**somebody.own.values, "intent_id": intent.id})
    with served_town(town, new=False) as served:
        yield served, replace(somebody, own=own)
    town.check()
    town.house.store.close()


class Search:
    """Finds for every route, and for every name it serves, somebody who is shown its page."""

    def __init__(self, somebody: Everybody) -> None:
        self.somebody = somebody
        self.map = somebody.pages.app.url_map.bind("localhost", url_scheme="http")
        self.found: dict[tuple[str, str], Found] = {}
        self.files = {
            one.endpoint for one in somebody.pages.app.url_map.iter_rules() if one.endpoint.endswith(HANDS_OUT)
        }
        """Endpoints that answer with something else than a page."""

    def key(self, path: str) -> tuple[str, str] | None:
        """The page an address leads to: its endpoint, and the name it was given."""
        try:
            endpoint, values = self.map.match(path.partition("?")[0], method="GET")
        except (HTTPException, RequestRedirect):
            return None
        return endpoint, str(values.get("name", ""))

    def ask(self, person: str, client: PageClient) -> None:
        """Open every page that somebody can come to and that nobody was shown before."""
        routes = [one.path(self.somebody.own) for one in lines(self.somebody.pages) if one.method == "GET"]
        waiting, seen = ["/", *routes], set[str]()
        while waiting:
            path = waiting.pop(0)
            key = self.key(path)
            if path in seen or key is None or key[0] in self.files or self._shown(key):
                continue
            seen.add(path)
            answer = client.get(path)
            is_page = answer.mimetype == "text/html" and answer.data != b""
            answer.close()
            if answer.status_code < 300 and not is_page:
                self.files.add(key[0])
            if not is_page or answer.status_code not in PAGES:
                continue
            self.found[key] = Found(person, path, answer.status_code)
            waiting += [one.replace("&amp;", "&") for one in LINK.findall(answer.text)]

    @property
    def known(self) -> set[str]:
        """The endpoints found so far, of pages and of what is none."""
        return {endpoint for endpoint, _ in self.found} | self.files

    def _shown(self, key: tuple[str, str]) -> bool:
        return key in self.found and self.found[key].status == 200


def search(somebody: Everybody) -> Search:
    """Every page there is, asked for by everybody in turn and at last by nobody who is signed in."""
    made = Search(somebody)
    for person in OFFICES.values():
        made.ask(person, somebody.pages.browser(person))
    for one in lines(somebody.pages):
        key = made.key(one.rule)
        if one.method == "GET" and ANYONE in one.audience and key and key[0] not in made.known | set(ELSEWHERE):
            made.found[key] = Found("", one.rule, 200)
    return made


def is_complaint(one: ConsoleMessage) -> bool:
    """Whether the browser complains of something. The status of a page is asserted by itself."""
    return one.type in ("error", "warning") and not one.text.startswith("Failed to load resource: the server responded")


def test_every_page_there_is_is_accessible_and_fits_its_window(
    whole_town: tuple[ServedTown, Everybody], browser: Browser
) -> None:
    served, somebody = whole_town
    made = search(somebody)
    missed = {one.endpoint for one in served.pages.app.url_map.iter_rules() if "GET" in (one.methods or set())}
    missed -= made.known | set(ELSEWHERE)
    assert missed == set(), "no office is shown these; the town of this test needs something they can be about"
    problems: dict[str, list[Any]] = {}
    context = browser.new_context(reduced_motion="reduce")
    said: list[str] = []
    context.on("console", lambda one: said.append(one.text) if is_complaint(one) else None)
    page = context.new_page()
    for person in ["", *OFFICES.values()]:
        if person:
            served.sign_in(person, context)
        else:
            page.goto(served.origin)
            page.get_by_role("button", name="I understand and continue").click()
        for one in [each for each in made.found.values() if each.person == person]:
            answer = page.goto(served.origin + one.path)
            assert answer is not None
            assert answer.status == one.status, one
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                if wrong := faults(page):
                    problems[f"{one.path}, {person or 'nobody'}, {width}"] = wrong
    served.sign_in("chief", context)
    page.goto(f"{served.origin}/passkeys")
    page.get_by_label("What you call it").fill("Key ring")
    page.get_by_role("button", name="Register a passkey").click()
    assert faults(page) == [], "a passkey that was named"
    context.close()
    assert (problems, said) == ({}, [])
