"""A served installation, and people who come to it with a browser each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.joining import let_in, set_up
from tests.journeys.people import ADMINISTRATOR, APPOINTED, CHIEF, Someone
from tests.journeys.serving import Served, served
from tests.journeys.settling import settle
from tests.journeys.visiting import Visitor

# What takes a moment alone takes longer beside other suites; a test still fails when it never comes.
expect.set_options(timeout=20_000)


CODES = "codes.json"
"""Where the sheets of the settled department lie beside it."""


@dataclass
class Town:
    """A served department. ``door`` opens a browser for somebody; :meth:`leave` closes them all and checks them."""

    served: Served
    browser: Browser
    inside: list[Visitor] = field(default_factory=list)
    codes: dict[str, list[str]] = field(default_factory=dict)
    """Everybody's unused one-time codes, as the sheet in their drawer."""

    def door(self, someone: Someone, *, width: int = 1280, script: bool = True, strict: bool = True) -> Visitor:
        """A browser for somebody who has not come in yet."""
        visitor = Visitor(
            self.browser, self.served.origin, someone, width=width, script=script, strict=strict, codes=self.codes
        )
        self.inside.append(visitor)
        return visitor

    def sign_in(self, someone: Someone, *, width: int = 1280, script: bool = True, strict: bool = True) -> Visitor:
        """Somebody who has joined before, signed in."""
        visitor = self.door(someone, width=width, script=script, strict=strict)
        visitor.arrive()
        visitor.sign_in()
        return visitor

    def leave(self) -> None:
        """Close every browser; what one of them complained about fails the test."""
        gone, self.inside = self.inside, []
        for visitor in gone:
            visitor.leave()


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation in which everybody of the journeys has joined; to be copied and never served.

    That they come in by their own pages is test_whole_life.py's, at both widths.
    """
    folder = tmp_path_factory.mktemp("settled")
    (folder / CODES).write_text(json.dumps(settle(folder / "instance")))
    return folder


@pytest.fixture(scope="module")
def founded(settled: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Town]:
    """One served department for the tests of a module, with everybody of the journeys in it."""
    folder = tmp_path_factory.mktemp("founded")
    shutil.copytree(settled / "instance", folder / "instance")
    with served(folder) as running:
        yield Town(running, browser, codes=json.loads((settled / CODES).read_text()))
        checked = running.command("verify")
        assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.fixture
def town(founded: Town) -> Iterator[Town]:
    """The department of the module; whoever came in leaves after the test."""
    yield founded
    founded.leave()


def found(town: Town, arrive: Callable[[Someone], Visitor]) -> dict[Someone, Visitor]:
    """Set the department up and let everybody in, each by their own pages."""
    administrator, chief = arrive(ADMINISTRATOR), arrive(CHIEF)
    set_up(administrator, town.served.token)
    administrator.sign_in()
    chief.arrive()
    chief.sign_in()
    joined = {one: let_in(chief, administrator, one, arrive) for one in APPOINTED}
    return {ADMINISTRATOR: administrator, CHIEF: chief} | joined
