"""The acting pages in Chromium: a sitting with a capture, a decision signed, drafts with and without script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from covertops.domain.vocabulary import Stage
from tests.clock import FixedClock
from tests.databases import sqlite_url
from tests.journeys.looking_over import faults
from tests.journeys.served_town import ServedTown, served_town
from tests.playing import found_town
from tests.web.department import PASSWORD
from tests.web.scenes import scene_of

WIDTHS = (1280, 390)
DRAWN = (
    "new",
    "declare",
    "grant-authorization",
    "log-consultation",
    "log-activity",
    "hold-review",
    "prepare-export",
    "release-export",
    "correct-entry",
    "make-promise",
    "renew-authorization",
    "activate",
    "end-operation",
)


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedTown]:
    """The whole application over a town, for every journey here; its record is checked when the last is over."""
    folder = tmp_path_factory.mktemp("acting")
    file = Path(shutil.copyfile(sqlite_template, folder / "town.sqlite"))
    town = found_town(sqlite_url(file), folder, FixedClock())
    with served_town(town) as made:
        yield made
    town.check()
    town.house.store.close()


@pytest.fixture
def quiet(context: BrowserContext) -> Iterator[list[str]]:
    """What the browser complained about: refused by the policy, an error of a script, anything on the console."""
    complaints: list[str] = []
    context.on("console", lambda one: complaints.append(one.text) if one.type in ("error", "warning") else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield complaints
    assert complaints == []


@pytest.mark.parametrize("name", DRAWN)
def test_every_acting_page_is_accessible_and_fits_its_window(
    name: str, served: ServedTown, context: BrowserContext, quiet: list[str]
) -> None:
    scene = scene_of(name, served.town)
    page = served.page_of(scene.person, context)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(served.origin + scene.path)
        assert faults(page) == [], f"{name} at {width}"


def test_an_officer_writes_down_a_sitting_while_its_capture_arrives(
    served: ServedTown, context: BrowserContext, quiet: list[str], tmp_path: Path
) -> None:
    scene = scene_of("log-activity", served.town)
    file = tmp_path / "conversation-1305.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(3_000_000))
    page = served.page_of("investigator-1", context)
    page.goto(served.origin + scene.path)
    page.get_by_label("From", exact=True).fill("00:05")
    page.get_by_label("To", exact=True).fill("00:40")
    page.get_by_label("In one line").fill("Looked at four posts")
    page.get_by_label("What happened").fill("Looked at four posts and sent one message.")
    page.get_by_label("Add captures").set_input_files(file)
    expect(page.get_by_text("Stored", exact=True)).to_be_visible()
    expect(page.get_by_text("EV-0001, PNG image")).to_be_visible()
    expect(page.get_by_text("Draft kept at")).to_be_visible()
    page.reload()
    expect(page.get_by_label("In one line")).to_have_value("Looked at four posts")
    expect(page.get_by_text("conversation-1305.png")).to_be_visible()
    page.get_by_role("group", name="Outside the scope").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Put on record").click()
    number = served.town.operation(scene.operation_id).activities[-1].entry
    expect(page.get_by_text(f"Put on record as entry {number}.")).to_be_visible()
    assert len(served.town.operation(scene.operation_id).captures) == 1


def test_the_chief_decides_reads_it_back_and_signs(
    served: ServedTown, context: BrowserContext, quiet: list[str]
) -> None:
    operation_id = served.town.begin()
    page = served.page_of("chief", context)
    page.goto(f"{served.origin}/operations/{operation_id}/grant-authorization")
    page.get_by_label("Authorized", exact=True).check()
    page.get_by_label("In your own words").fill("The serial numbers are enough. I authorize looking, nothing else.")
    page.get_by_label("May do, and about whom").fill("Look at the seller’s listings.")
    page.get_by_label("May not do").fill("No purchase.")
    page.get_by_role("group", name="Does your decision change").get_by_label("No", exact=True).check()
    page.get_by_role("group", name="Are you directly involved").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Read back and sign").click()
    expect(page.get_by_role("heading", name="What will be on record: Authorized")).to_be_visible()
    expect(page.get_by_text("The serial numbers are enough. I authorize looking, nothing else.")).to_be_visible()
    page.get_by_label("Your password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Sign and put on record").click()
    expect(page.get_by_text("Put on record as entry 4. Now waiting for")).to_be_visible()
    assert served.town.operation(operation_id).stage is Stage.AUTHORIZED


def test_without_script_everything_but_captures_works(served: ServedTown, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = served.page_of("investigator-1", context)
    page.goto(f"{served.origin}/operations/new")
    page.get_by_label("The matter in one line").fill("Bicycles taken from garden sheds")
    detail = page.get_by_label("Who, and how is it limited?")
    expect(detail).to_be_hidden()
    page.get_by_label("Other people affected").check()
    expect(detail).to_be_visible()
    detail.fill("Other buyers who comment.")
    page.get_by_role("button", name="Keep as draft").click()
    expect(page.get_by_text("Draft kept at")).to_be_visible()
    expect(page.get_by_label("The matter in one line")).to_have_value("Bicycles taken from garden sheds")
    expect(detail).to_have_value("Other buyers who comment.")
    page.get_by_role("button", name="Send to the Chief").click()
    expect(page.get_by_role("alert")).to_contain_text("answers need another look")
    page.get_by_role("link", name="Platform").click()
    expect(page.get_by_label("Platform")).to_be_in_viewport()
    context.close()
