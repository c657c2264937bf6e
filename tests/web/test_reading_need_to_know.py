"""Nobody learns of an operation that they are not on: not from a page, a list, a search, a count or an error."""

from __future__ import annotations

import re

import pytest

from covertops.domain.vocabulary import Stage
from tests.web.town_pages import TownPages

OUTSIDERS = ("investigator-2", "administrator", "prosecutor", "auditor")


def paths_of(operation_id: str) -> list[str]:
    """Every address of this room about one operation."""
    here = f"/operations/{operation_id}"
    return [
        here,
        f"{here}/entries/1",
        f"{here}/entries/4",
        f"{here}/viewers",
        f"{here}?page=1",
        f"{here}?at=2026-11-20",
    ]


@pytest.mark.parametrize("person", OUTSIDERS)
def test_an_operation_one_is_not_on_is_the_same_as_one_that_does_not_exist(pages: TownPages, person: str):
    known, unknown = pages.town.bring(Stage.ACTIVE), "0" * 32
    browser = pages.browser(person)
    for path, other in zip(paths_of(known), paths_of(unknown), strict=True):
        seen, nothing = browser.get(path), browser.get(other)
        assert seen.status_code == 404, path
        assert (seen.data, dict(seen.headers)) == (nothing.data, dict(nothing.headers)), path


def test_an_id_that_is_none_is_not_found(pages: TownPages):
    browser = pages.browser("chief")
    with pages.town.house.store.read() as unit:
        fixed = (unit.streams.department, unit.streams.access)
    for wrong in ("1", "x" * 32, "0" * 31, "Ａ" * 32, "0" * 33, "department", "access", "0" * 31 + "%00", *fixed):
        assert browser.get(f"/operations/{wrong}").status_code == 404, wrong
    assert browser.get(f"/operations/{pages.town.bring(Stage.REQUESTED)}/entries/999").status_code == 404


def test_lists_counts_and_searches_hold_only_what_one_needs_to_know(pages: TownPages):
    town = pages.town
    mine, other = town.bring(Stage.ACTIVE), town.begin({"matter": "Unknown to most"}, person="investigator-2")
    reference = town.operation(other).reference
    text = pages.browser("investigator-1").get("/operations").text
    assert "1 operation that you need to know of" in text
    assert mine in text
    assert other not in text
    browser = pages.browser("supervisor-2")
    found = browser.get(f"/operations?reference={reference}").text
    assert "No operation that you need to know of" in found
    assert "Unknown to most" not in found + browser.get("/").text
    chief = pages.browser("chief").get(f"/operations?reference={reference}").text
    assert "Unknown to most" in chief
    assert mine not in chief


def test_a_search_is_by_reference_only_and_takes_its_signs_literally(pages: TownPages):
    pages.town.bring(Stage.ACTIVE)
    browser = pages.browser("chief")
    for words in ("Bicycles", "26-004518", "%", "_", "2026%", "casey", "\\"):
        assert (
            "No operation that you need to know of"
            in browser.get("/operations", query_string={"reference": words}).text
        )
    assert "1 operation" in browser.get("/operations?reference=0001").text


@pytest.mark.parametrize("person", ["administrator", "prosecutor", "auditor"])
def test_offices_without_a_part_in_operations_have_no_list_of_them(pages: TownPages, person: str):
    pages.town.bring(Stage.ACTIVE)
    browser = pages.browser(person)
    assert browser.get("/operations").status_code == 404
    assert "2026-0001" not in browser.get("/").text
    assert 'href="/operations"' not in browser.get("/").text


def test_who_is_taken_off_an_operation_loses_it_at_the_next_request(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    browser = pages.browser("supervisor-1")
    assert browser.get(f"/operations/{operation_id}").status_code == 200
    given = {"supervisor": town.people["supervisor-2"], "relief": "", "reason": "Moved."}
    town.act("assign-supervisor", operation_id, "chief", given)
    assert browser.get(f"/operations/{operation_id}").status_code == 404
    assert operation_id not in browser.get("/operations").text + browser.get("/").text


# Counsel's advice ----------------------------------------------------------------------------------------------------

ADVICE = {
    "prosecuting attorney": "Advice of the prosecutor, privileged.",
    "city attorney": "Advice of the city attorney",
}


def consultations(pages: TownPages, operation_id: str) -> list[int]:
    """The entries of both contacts."""
    return [one.ref.number for one in pages.town.operation(operation_id).contacts]


def test_advice_is_read_by_supervisor_relief_and_chief_in_a_frame_of_its_own(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    for person in ("supervisor-1", "supervisor-2", "chief"):
        browser = pages.browser(person)
        for number, words in zip(consultations(pages, operation_id), ADVICE.values(), strict=True):
            text = browser.get(f"/operations/{operation_id}/entries/{number}").text
            inside = re.search(r'<section class="privileged".*?</section>', text, re.DOTALL)
            assert inside is not None
            assert words in inside[0]
            assert words not in text.replace(inside[0], "")


def test_an_officer_sees_the_facts_of_a_contact_and_no_advice_anywhere(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    browser = pages.browser("investigator-1")
    whole = browser.get(f"/operations/{operation_id}").text
    for number in consultations(pages, operation_id):
        whole += browser.get(f"/operations/{operation_id}/entries/{number}").text
    assert "Capture whole conversations." in whole
    assert "privileged" not in whole
    assert "Advice of" not in whole


def test_the_two_attorneys_advice_never_stands_on_one_page(pages: TownPages):
    operation_id = pages.town.bring(Stage.ACTIVE)
    browser = pages.browser("chief")
    first, second = (
        browser.get(f"/operations/{operation_id}/entries/{number}").text
        for number in consultations(pages, operation_id)
    )
    assert ADVICE["city attorney"] not in first
    assert ADVICE["prosecuting attorney"] not in second
    assert "Advice of" not in browser.get(f"/operations/{operation_id}").text
