"""The review of people and offices: for those three it is for, as a page and a file, and on record once it was held."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from covertops.storage import sign_in_store
from covertops.web.pages.people_review import HEADINGS, as_csv
from tests.web.department import PASSWORD
from tests.web.test_reading_offices import sign
from tests.web.town_pages import TownPages


def rows_of(text: str) -> list[dict[str, str]]:
    """A file's rows by its headings."""
    return list(csv.DictReader(io.StringIO(text)))


def test_everybody_is_on_the_page_and_in_the_file_with_what_a_review_asks_for(pages: TownPages):
    town = pages.town
    given = {"person": town.people["investigator-2"], "held": "supervisor", "instrument": "Order 7"}
    theirs = {
        "of_another_agency": "yes",
        "agency": "Example County Sheriff",
        "agreement": "Agreement of May 4, 2026",
        "agency_approval": "Sheriff 1, May 5, 2026",
        "from_on": town.today(),
        "until_on": town.today(10),
        "password": PASSWORD,
    }
    assert pages.browser("chief").send("/people/appoint", given | theirs).status_code == 303
    auditor = pages.browser("auditor")
    answer = auditor.get("/people/review.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    rows = rows_of(answer.text)
    assert tuple(rows[0]) == HEADINGS
    assert {one["Person"] for one in rows} == {one.name for one in town.department().people.values()}
    lent = next(one for one in rows if one["Instrument"] == "Order 7")
    assert (lent["Office"], lent["Home agency"], lent["Appointed by"]) == (
        "Supervisor",
        "Example County Sheriff",
        "Chief",
    )
    assert lent["Until"] == "Dec 1, 2026"
    page = auditor.get("/people/review").text
    assert "Of Example County Sheriff" in page
    assert "Not reviewed yet." in page


def test_last_sign_in_and_locked_and_closed_accounts_are_told(pages: TownPages):
    town = pages.town
    pages.browser("supervisor-1")
    signed_in = town.clock()
    with town.house.store.write() as unit:
        name = sign_in_store.name_of_person(unit, town.people["supervisor-2"])
        for _ in range(5):
            sign_in_store.take_attempt(unit, f"{name}:somewhere", town.clock())
    closing = {"person": town.people["investigator-2"], "reason": "Left.", "password": PASSWORD}
    pages.browser("administrator").send("/people/close-account", closing)
    rows = {one["Person"]: one for one in rows_of(pages.browser("chief").get("/people/review.csv").text)}
    local = signed_in.astimezone(town.department().zone)
    assert rows["Supervisor 1"]["Last sign-in"].endswith(f"{local:%H:%M}")
    assert (rows["Supervisor 1"]["Account"], rows["Supervisor 1"]["Passkeys"]) == ("Open", "0")
    assert rows["Investigator 1"]["Last sign-in"] == "Never"
    assert rows["Supervisor 2"]["Account"] == "Locked"
    assert (rows["Investigator 2"]["Account"], rows["Investigator 2"]["Office"]) == ("Closed", "None")
    town.clock.advance(timedelta(days=91))
    later = {one["Person"]: one for one in rows_of(pages.browser("chief").get("/people/review.csv").text)}
    assert later["Supervisor 1"]["Account"] == "Not used for 90 days"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "＝1"])
def test_no_cell_of_the_file_is_taken_for_a_formula(cell: str):
    row = rows_of(as_csv([[cell, *[""] * (len(HEADINGS) - 1)]]))[0]
    assert row["Person"] == f"'{cell}"


def test_words_with_commas_quotes_and_lines_come_back_from_the_file_as_they_were():
    cell = 'Order “7”, "sealed"\nof May-4'
    assert rows_of(as_csv([[cell, *[""] * (len(HEADINGS) - 1)]]))[0]["Person"] == cell


@pytest.mark.parametrize("person", ["chief", "auditor"])
def test_a_review_is_put_on_record_and_shown(pages: TownPages, person: str):
    browser = pages.browser(person)
    answer = sign(browser, "/people/reviewed", {"findings": "All as it should be."})
    assert answer.headers["Location"].startswith("/people/review?entry=")
    page = pages.browser("administrator").get("/people/review").text
    assert f"by {person.capitalize()}: All as it should be." in page
    assert "/people/reviewed" not in page


def test_a_review_is_somebodys_turn_a_month_before_it_falls_due_and_late_after_it(pages: TownPages):
    words = "People and offices are to be reviewed"
    assert words not in pages.browser("auditor").get("/").text
    pages.town.clock.advance(timedelta(days=340))
    assert words in pages.browser("auditor").get("/").text
    assert words in pages.browser("chief").get("/").text
    assert words not in pages.browser("administrator").get("/").text
    pages.town.clock.advance(timedelta(days=40))
    assert "It is late." in pages.browser("auditor").get("/people/review").text


@pytest.mark.parametrize("person", ["investigator-1", "supervisor-1", "prosecutor"])
def test_the_review_is_for_the_chief_the_administrator_and_the_auditor_only(pages: TownPages, person: str):
    browser = pages.browser(person)
    for path in ("/people/review", "/people/review.csv", "/people/reviewed"):
        answer = browser.get(path)
        assert (answer.status_code, answer.data) == (404, browser.get("/nowhere").data), path


def test_the_administrator_reads_the_review_and_does_not_hold_it(pages: TownPages):
    browser = pages.browser("administrator")
    assert browser.get("/people/review").status_code == 200
    assert browser.get("/people/reviewed").status_code == 404
