"""From the package to the prosecutor who holds and checks it, and the paper copy of the record."""

from __future__ import annotations

import subprocess
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.before_use import act, next_task, sign
from tests.journeys.people import CHIEF, PROSECUTOR, SUPERVISOR
from tests.journeys.visiting import Visitor


def prepare(supervisor: Visitor, operation: str) -> None:
    """The supervisor prepares a package for the prosecutor of the case."""
    act(supervisor, operation, "Prepare a package")
    supervisor.type("Purpose", "Filing of the case")
    supervisor.press("Prepare a package")
    supervisor.sees("Package prepared", "Now waiting for the Chief.")


def release(chief: Visitor) -> None:
    """The Chief reads what it holds and withholds, and releases it."""
    next_task(chief, "Check and release")
    chief.sees("Withheld by rule", "The attorneys’ advice")
    chief.type("In your own words", "The case is filed; the prosecutor needs the whole record.")
    chief.press("Read back and sign")
    sign(chief)
    chief.sees("Package released: ", f"Now waiting for {PROSECUTOR.name}.")


def sees_only_the_package(prosecutor: Visitor, operation: str) -> None:
    """The prosecutor finds the package and none of the rest."""
    prosecutor.go("/")
    prosecutor.sees("Package released to you")
    nav = prosecutor.page.get_by_role("navigation", name="Main")
    expect(nav.get_by_role("link", name="Operations")).to_have_count(0)
    prosecutor.go(operation, 404)
    prosecutor.go("/operations", 404)
    prosecutor.go("/people", 404)


def fetch(prosecutor: Visitor, folder: Path) -> Path:
    """The prosecutor downloads the package; where it lies then."""
    next_task(prosecutor, "Open the package")
    prosecutor.sees("What it holds", "What is withheld", "Its fingerprint", "How to verify it")
    with prosecutor.page.expect_download() as going:
        prosecutor.page.get_by_role("button", name="Download").click()
    file = folder / going.value.suggested_filename
    going.value.save_as(file)
    return file


def confirm(prosecutor: Visitor) -> None:
    """The prosecutor confirms that it arrived."""
    prosecutor.follow("Confirm receipt")
    prosecutor.choose("Does its fingerprint match", "Yes, compared")
    prosecutor.press("Confirm receipt")
    prosecutor.sees("Its arrival is on record.")
    prosecutor.go("/")
    prosecutor.sees("Nothing waits for you.")


def print_record(visitor: Visitor, operation: str, folder: Path) -> str:
    """The operation's page on paper; the words of its first sheet."""
    visitor.go(operation)
    visitor.page.emulate_media(media="print")
    sheets = folder / "record.pdf"
    visitor.page.pdf(path=sheets, prefer_css_page_size=True)
    visitor.page.emulate_media(media="screen")
    read = ["pdftotext", "-layout", "-l", "1", str(sheets), "-"]
    return subprocess.run(read, capture_output=True, text=True, check=True).stdout


def looked(chief: Visitor, operation: str) -> None:
    """Who looked is on record."""
    chief.go(operation)
    chief.follow("Who looked at it")
    chief.sees(SUPERVISOR.name, CHIEF.name)
