"""The pages in Chromium: what a test client cannot see, from the cookie prefix to the colors."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.department import PASSWORD, Department, fresh_code
from tests.web.gallery.pages import gallery
from tests.web.gallery.receiving import Received, receiving
from tests.web.rooms import rooms
from tests.web.serving import served
from tests.web.test_macros import GALLERY

WIDTHS = (1280, 390)


@pytest.fixture
def received() -> Received:
    """What the gallery received."""
    return Received()


@pytest.fixture
def origin(department: Department, received: Received) -> Iterator[str]:
    """The pages and the gallery on a port of this machine."""
    department.add("Supervisor 1", "supervisor")
    with served(department, gallery(), receiving(received), rooms()) as address:
        yield address
        received.open.set()


@pytest.fixture
def quiet(context: BrowserContext) -> Iterator[list[str]]:
    """What the browser complained about: refused by the policy, an error of a script, anything on the console."""
    complaints: list[str] = []
    # Chromium also gives hints for developers there, of a lower kind.
    context.on("console", lambda one: complaints.append(one.text) if one.type in ("error", "warning") else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield complaints
    assert complaints == []


def sign_in(page: Page, origin: str) -> None:
    """Come to the first page and sign in as a person does."""
    page.goto(f"{origin}/")
    page.get_by_role("button", name="I understand and continue").click()
    page.get_by_label("Name").fill("Supervisor 1")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code").fill(fresh_code())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()


def faults(page: Page) -> list[Any]:
    """What axe finds, as rule and places."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


def test_every_page_of_the_gallery_is_accessible_and_fits_its_window(page: Page, origin: str, quiet: list[str]):
    sign_in(page, origin)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for name in GALLERY:
            page.goto(f"{origin}/gallery/{name}")
            assert faults(page) == [], f"{name} at {width}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"


def test_every_page_before_sign_in_is_accessible(page: Page, origin: str, department: Department, quiet: list[str]):
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{origin}/system-use")
        assert faults(page) == []
        page.get_by_role("button", name="I understand and continue").click()
        for path in ("/sign-in", "/join"):
            page.goto(f"{origin}{path}")
            assert faults(page) == [], path


def test_the_set_up_page_is_accessible_and_leads_to_sign_in(department: Department, page: Page, quiet: list[str]):
    department.first_minute.pending = True
    with served(department) as origin:
        page.goto(f"{origin}/sign-in")
        page.get_by_role("button", name="I understand and continue").click()
        expect(page.get_by_role("heading", name="Set up")).to_be_visible()
        assert faults(page) == []


def test_the_browser_keeps_secure_host_cookies_for_localhost_and_shows_them_to_no_script(
    page: Page, context: BrowserContext, origin: str
):
    sign_in(page, origin)
    cookies: dict[str, Any] = {cookie["name"]: cookie for cookie in context.cookies()}
    assert set(cookies) == {"__Host-session", "__Host-form"}
    for cookie in cookies.values():
        assert cookie["secure"]
        assert cookie["httpOnly"]
        assert (cookie["sameSite"], cookie["path"], cookie["expires"]) == ("Strict", "/", -1)
    assert page.evaluate("document.cookie") == ""


def test_without_secure_cookies_the_same_pages_work_under_plain_names(
    department: Department, page: Page, context: BrowserContext
):
    department.add("Supervisor 1", "supervisor")
    with served(department, rooms(), secure=False) as origin:
        sign_in(page, origin)
        assert {cookie["name"] for cookie in context.cookies()} == {"session", "form"}


def test_whoever_comes_by_the_address_ends_up_at_localhost(page: Page, origin: str):
    page.goto(f"{origin.replace('localhost', '127.0.0.1')}/")
    assert page.url == f"{origin}/system-use?next=/sign-in"


def test_a_tick_opens_its_detail_and_what_was_typed_stays(page: Page, origin: str):
    sign_in(page, origin)
    page.goto(f"{origin}/gallery/request")
    detail = page.get_by_label("Why no department device?")
    expect(detail).to_be_visible()
    page.get_by_label("A personally owned device").uncheck()
    expect(detail).to_be_hidden()
    page.get_by_label("A personally owned device").check()
    expect(detail).to_have_value("The department phone is out for repair until Nov 25")


def test_an_error_in_the_summary_leads_to_its_question(page: Page, origin: str):
    sign_in(page, origin)
    page.goto(f"{origin}/gallery/request")
    page.get_by_role("link", name="Days asked for").click()
    expect(page.get_by_label("Days asked for")).to_be_focused()


# Captures ------------------------------------------------------------------------------------------------------------


def choose(page: Page, *names: str, size: int = 1000) -> None:
    """Choose files of the given names."""
    files: list[Any] = [{"name": name, "mimeType": "image/png", "buffer": b"\x00\xff" * (size // 2)} for name in names]
    page.get_by_label("Add captures").set_input_files(files)


@pytest.fixture
def activity(page: Page, origin: str) -> Page:
    """The activity page, open and signed in."""
    sign_in(page, origin)
    page.goto(f"{origin}/gallery/activity")
    return page


def test_captures_arrive_byte_for_byte_and_are_sent_with_the_form(activity: Page, received: Received):
    choose(activity, "naïve “quote”.png", "second.png")
    rows = activity.locator("[data-capture]")
    expect(rows.filter(has_text="Stored")).to_have_count(3)  # one was stored before
    expect(rows.filter(has_text="second.png")).to_contain_text("Fingerprint 4be1 90c7")
    assert [(about["name"], about["size"]) for about, _ in received.captures] == [
        ("naïve “quote”.png", 1000),
        ("second.png", 1000),
    ]
    assert [body for _, body in received.captures] == [b"\x00\xff" * 500] * 2
    activity.get_by_role("button", name="Put on record").click()
    expect(activity.locator("body")).to_have_text("on record")
    ids = [about["id"] for about, _ in received.captures]
    assert received.forms[0]["captures"] == ["c1", *ids]
    assert all(len(one) == 32 for one in ids)


def test_the_main_button_waits_until_all_captures_have_arrived_and_says_why(activity: Page, received: Received):
    received.open.clear()
    choose(activity, "first.png", "second.png", size=1_900_000)
    button = activity.get_by_role("button", name="Put on record")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description(
        "Not yet possible 2 captures have not arrived. Wait for them, or remove them."
    )
    expect(activity.locator("[data-capture]").filter(has_text="first.png")).to_contain_text("Uploading")
    expect(activity.locator("[data-capture]").filter(has_text="second.png")).to_contain_text("Waiting")
    button.click(force=True)  # a person can press it; playwright by itself would wait
    assert received.forms == []
    assert faults(activity) == []
    received.open.set()
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()
    expect(activity.locator("body")).to_have_text("on record")


def test_stop_stops_one_and_the_next_goes_on(activity: Page, received: Received):
    received.open.clear()
    choose(activity, "first.png", "second.png", size=1_900_000)
    activity.get_by_role("button", name="Stop first.png").click()
    first = activity.locator("[data-capture]").filter(has_text="first.png")
    expect(first).to_contain_text("Stopped. Nothing of it was kept.")
    received.open.set()
    expect(activity.locator("[data-capture]").filter(has_text="second.png")).to_contain_text("Stored")
    button = activity.get_by_role("button", name="Put on record")
    expect(button).to_have_accessible_description(
        "Not yet possible One capture has not arrived. Wait for it, or remove it."
    )
    activity.get_by_role("button", name="Try again first.png").click()
    expect(first).to_contain_text("Stored")
    expect(button).not_to_have_attribute("aria-disabled", "true")


def test_a_lost_connection_is_tried_again_with_the_same_id(activity: Page, received: Received):
    ids: list[str] = []

    def lose_once(route: Any) -> None:
        ids.append(route.request.headers["covertops-capture"])
        if len(ids) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    activity.route("**/gallery/captures", lose_once)
    choose(activity, "first.png")
    row = activity.locator("[data-capture]").filter(has_text="first.png")
    expect(row).to_contain_text("The connection was lost. Trying again in 2 seconds.")
    expect(row).to_contain_text("Stored")
    assert ids[0] == ids[1]
    assert len(received.captures) == 1


def test_a_refused_capture_says_why_and_can_be_removed(activity: Page, received: Received):
    choose(activity, "refused.png")
    row = activity.locator("[data-capture]").filter(has_text="refused.png")
    expect(row).to_contain_text("It did not arrive. Its content is not what its name says.")
    activity.get_by_role("button", name="Remove refused.png").click()
    expect(row).to_have_count(0)
    expect(activity.get_by_role("button", name="Put on record")).not_to_have_attribute("aria-disabled", "true")


def test_an_empty_or_too_large_file_is_not_sent(activity: Page, received: Received):
    choose(activity, "empty.png", size=0)
    choose(activity, "large.png", size=2_000_002)
    rows = activity.locator("[data-capture]")
    expect(rows.filter(has_text="empty.png")).to_contain_text("It is empty.")
    expect(rows.filter(has_text="large.png")).to_contain_text("It is larger than 2.0 MB, the most that is taken here.")
    assert received.captures == []


def test_without_script_the_page_works_and_says_that_captures_need_it(
    browser: Browser, origin: str, received: Received
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, origin)
    page.goto(f"{origin}/gallery/activity")
    expect(page.get_by_text("Adding captures needs JavaScript")).to_be_visible()
    expect(page.get_by_label("Add captures")).to_be_hidden()
    page.get_by_role("button", name="Put on record").click()
    expect(page.locator("body")).to_have_text("on record")
    assert received.forms[0]["captures"] == ["c1"]
    context.close()


# Drafts and the screen -----------------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_after_a_pause_exactly_as_typed(activity: Page, received: Received):
    typed = "  Two lines\nof text, “quoted” & <b>marked</b>  "
    activity.get_by_label("What happened").fill(typed)
    expect(activity.get_by_text("Draft kept at 14:06.")).to_be_visible()
    assert received.drafts[-1]["happened"].replace("\r\n", "\n") == typed
    assert "csrf_token" not in received.drafts[-1]


def test_what_is_typed_is_kept_when_the_page_is_left_at_once(activity: Page, origin: str, received: Received):
    activity.get_by_label("What happened").fill("left at once")
    activity.goto(f"{origin}/gallery/my-work")
    activity.goto(f"{origin}/gallery/operation")
    expect(activity.get_by_role("heading", name="2026-0007")).to_be_visible()
    assert received.drafts[-1]["happened"] == "left at once"


def test_a_draft_that_could_not_be_kept_says_so(activity: Page, department: Department):
    department.clock.advance(timedelta(minutes=31))
    activity.get_by_label("What happened").fill("after the session ended")
    expect(activity.get_by_text("Not kept: you were signed out.")).to_be_visible()
    expect(activity.get_by_label("What happened")).to_have_value("after the session ended")


def test_the_screen_is_hidden_after_thirty_minutes_without_use(page: Page, origin: str, department: Department):
    page.clock.install()
    sign_in(page, origin)
    page.goto(f"{origin}/gallery/operation")
    page.clock.fast_forward("20:00")
    page.keyboard.press("Tab")
    page.clock.fast_forward("20:00")
    expect(page.get_by_role("heading", name="2026-0007")).to_be_visible()
    department.clock.advance(timedelta(minutes=31))
    page.clock.fast_forward("11:00")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.url == f"{origin}/sign-in?next=%2Fgallery%2Foperation"


def test_a_printed_page_names_the_department(page: Page, origin: str, department: Department, tmp_path: pathlib.Path):
    department.name = 'Sample "Quoted" Police'
    sign_in(page, origin)
    page.goto(f"{origin}/gallery/operation")
    rules = page.evaluate("[...document.styleSheets].map(s => s.href).filter(h => h.endsWith('/paper.css')).length")
    assert rules == 1
    assert 'content: "Sample \\"Quoted\\" Police"' in page.request.get(f"{origin}/paper.css").text()
