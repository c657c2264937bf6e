"""Drafts: kept as typed for one person alone, restored when the page is opened, gone when it is recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covertops.actions.drafts import find
from covertops.domain.vocabulary import Stage
from tests.web.scenes import scene_of
from tests.web.town import Browser, Pages

WORDS = "  Two lines,\r\nas typed ‮\U0001f6b2  "


def keep(browser: Browser, page: str, changes: dict[str, str | list[str]]) -> str:
    """Press “Keep as draft” on a page, without any script; where that leads."""
    form = browser.form(page)
    name = page.partition("?")[0].rpartition("/")[2]
    asked = page.partition("?")[2]
    operation = page.split("/")[2]
    where = {"new": "/drafts/submit-request", "declare": "/drafts/declare-profile"}.get(
        operation, f"/drafts/{name}/{operation}"
    )
    answer = browser.post(f"{where}?{asked}" if asked else where, form.typed({**changes, "keep": "draft"}))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_draft_comes_back_character_for_character_and_says_when_it_was_kept(acting: Pages) -> None:
    operation_id = acting.town.begin()
    chief, page = acting.browser("chief"), f"/operations/{operation_id}/grant-authorization"
    assert keep(chief, page, {"decision": WORDS, "decides": "return-request", "officers": []}) == page
    values = chief.form(page).values
    assert values["decision"] == [WORDS]
    assert values["decides"] == ["return-request"]
    assert "officers" not in values
    assert "Draft kept at 09:00." in chief.client.get(page).text


@pytest.mark.parametrize("page", ["/operations/new", "/operations/declare"])
def test_what_begins_an_operation_has_a_draft_too(page: str, acting: Pages) -> None:
    browser = acting.browser("investigator-1")
    assert keep(browser, page, {"matter": WORDS}) == page
    assert browser.form(page).values["matter"] == [WORDS]
    assert acting.browser("investigator-2").form(page).values["matter"] == [""]


def test_a_draft_is_its_writers_alone(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.ACTIVE)
    page = f"/operations/{operation_id}/end-operation"
    keep(acting.browser("supervisor-1"), page, {"ground": "Mine."})
    assert acting.browser("chief").form(page).values["ground"] == [""]


def test_a_draft_is_gone_once_it_is_on_record(acting: Pages) -> None:
    scene = scene_of("log-activity", acting.town)
    browser = acting.browser(scene.person)
    keep(browser, scene.path, {"headline": "Kept"})
    assert browser.send(scene.path, scene.answers).status_code == 303
    assert browser.form(scene.path).values["headline"] == [""]


def test_the_drafts_of_the_two_counsels_never_meet(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.AUTHORIZED)
    browser = acting.browser("supervisor-1")
    page = f"/operations/{operation_id}/log-consultation?office="
    back = keep(browser, page + "prosecuting+attorney", {"prosecutor_advice": "Privileged words."})
    assert back == page + "prosecuting+attorney"
    assert "Privileged words." in browser.client.get(page + "prosecuting+attorney").text
    assert "Privileged words." not in browser.client.get(page + "city+attorney").text


def test_a_draft_about_one_entry_does_not_stand_on_the_page_about_another(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.ACTIVE)
    first, second = (
        acting.town.act("log-activity", operation_id, "investigator-1", acting.town.activity()) for _ in "12"
    )
    browser, page = acting.browser("supervisor-1"), f"/operations/{operation_id}/question-entry?entry="
    assert keep(browser, f"{page}{first.number}", {"question": "About the first"}) == f"{page}{first.number}"
    assert browser.form(f"{page}{first.number}").values["question"] == ["About the first"]
    other = browser.form(f"{page}{second.number}").values
    assert (other["questioned"], other["question"]) == ([str(second.number)], [""])


def test_the_script_is_told_when_the_draft_was_kept(acting: Pages) -> None:
    scene = scene_of("suspend", acting.town)
    browser = acting.browser(scene.person)
    token = browser.form(scene.path).values["csrf_token"][0]
    headers = {"X-CSRFToken": token, "Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    where = f"/drafts/suspend/{scene.operation_id}"
    answer = browser.client.post(where, json={"ground": "Kept by the script"}, headers=headers)
    assert (answer.status_code, answer.json) == (200, {"kept": f"{acting.town.local()[-5:]}"})
    assert browser.form(scene.path).values["ground"] == ["Kept by the script"]
    assert browser.client.post(where, json=["no object"], headers=headers).status_code == 400
    assert browser.client.post(where, json={"ground": 7}, headers=headers).status_code == 400


def test_a_draft_holds_answers_and_nothing_else(acting: Pages) -> None:
    scene = scene_of("suspend", acting.town)
    browser = acting.browser(scene.person)
    keep(browser, scene.path, {"ground": "x", "surprise": "1", "by": "1"})
    with acting.town.house.store.read() as unit:
        draft = find(unit, acting.town.people[scene.person], "suspend", scene.operation_id)
    assert draft is not None
    assert draft.values == {"ground": ["x"]}


def test_more_than_a_draft_holds_is_refused(acting: Pages) -> None:
    scene = scene_of("suspend", acting.town)
    browser = acting.browser(scene.person)
    form = browser.form(scene.path)
    answer = browser.post(f"/drafts/suspend/{scene.operation_id}", form.typed({"ground": "x" * 250_000}))
    assert answer.status_code == 413


@pytest.mark.parametrize("where", ["/drafts/surprise", "/drafts/suspend", "/drafts/suspend/" + "0" * 32])
def test_a_draft_of_nothing_has_no_address(where: str, acting: Pages) -> None:
    browser = acting.browser("investigator-1")
    form = browser.form("/operations/new")
    assert browser.post(where, form.values).status_code == 404


def test_a_draft_of_somebody_elses_operation_has_no_address(acting: Pages) -> None:
    operation_id = acting.town.begin()
    browser = acting.browser("investigator-2")
    form = browser.form("/operations/new")
    assert browser.post(f"/drafts/submit-request/{operation_id}", form.values).status_code == 404


def test_drafts_that_nobody_used_for_thirty_days_go(acting: Pages) -> None:
    browser = acting.browser("investigator-1")
    keep(browser, "/operations/new", {"matter": "Old"})
    acting.town.clock.advance(timedelta(days=31))
    browser = acting.browser("investigator-1")
    keep(browser, "/operations/declare", {"matter": "New"})
    assert browser.form("/operations/new").values["matter"] == [""]
