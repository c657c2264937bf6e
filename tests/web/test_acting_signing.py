"""Signing: read back in plain words, confirmed with the password, refused when anything is not as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covertops.actions.folding import entries
from covertops.domain.vocabulary import Stage
from covertops.web.pages import signing
from tests.web.department import PASSWORD
from tests.web.filling import form_on
from tests.web.scenes import scene_of
from tests.web.town import Browser, Pages

ADVICE = "Advice of the prosecutor, privileged."


def prepared(acting: Pages, name: str = "grant-authorization") -> tuple[Browser, str, str]:
    """An act that was sent and waits for its signature: the signer's browser, the page, the operation's id."""
    scene = scene_of(name, acting.town)
    browser = acting.browser(scene.person)
    answer = browser.send(scene.path, scene.answers)
    assert answer.status_code == 303, answer.text
    return browser, answer.headers["Location"], scene.operation_id


def test_every_field_is_read_back_in_plain_words(acting: Pages) -> None:
    browser, page, _ = prepared(acting)
    text = browser.client.get(page).text
    for words in (
        "Two serial numbers tie this seller to our reports.",
        "Jan 20, 2027",
        "Supervisor 2",
        "30 days",
        "By you, as Chief of Police. It becomes entry 4.",
        "Left empty",
    ):
        assert words in text, words
    assert "What your signature will mean" in text


def test_advice_is_read_back_inside_the_privileged_frame_only(acting: Pages) -> None:
    browser, page, _ = prepared(acting, "log-consultation")
    before, frame = browser.client.get(page).text.split('<section class="privileged"')
    assert ADVICE not in before
    assert frame.count(ADVICE) == 1
    assert frame.index(ADVICE) < frame.index("</section>")


def test_a_signed_act_is_recorded_with_the_level_and_the_fingerprint_that_was_shown(acting: Pages) -> None:
    browser, page, operation_id = prepared(acting)
    digest = browser.form(page).values["intent"][0]
    done = browser.send(page, {"password": PASSWORD})
    number = acting.town.operation(operation_id).grants[-1].ref.number
    assert done.headers["Location"] == f"/operations/{operation_id}?entry={number}"
    with acting.town.house.store.read() as unit:
        entry = entries(unit, operation_id, (number,))[number]
    assert entry.entry.signature is not None
    assert (entry.entry.signature.level, entry.entry.signature.intent) == ("code", digest)


def test_an_act_too_long_for_a_draft_is_signed_all_the_same(acting: Pages) -> None:
    scene, long = scene_of("end-operation", acting.town), "\U0001f6b2" * 8000
    answers = {**scene.answers, **dict.fromkeys(("ground", "stop_instruction", "preserved", "open_matters"), long)}
    assert acting.browser(scene.person).sign(scene.path, answers).status_code == 303
    assert acting.town.operation(scene.operation_id).stage is Stage.ENDED


def test_a_wrong_password_records_nothing_and_five_of_them_lock(acting: Pages) -> None:
    browser, page, operation_id = prepared(acting)
    statuses = [browser.send(page, {"password": "heron heron heron"}).status_code for _ in range(5)]
    assert statuses == [422] * 5
    locked = browser.send(page, {"password": PASSWORD})
    assert (locked.status_code, signing.LOCKED in locked.text) == (429, True)
    assert acting.town.operation(operation_id).stage is Stage.REQUESTED


def test_a_password_is_never_put_back_into_the_page(acting: Pages) -> None:
    browser, page, _ = prepared(acting)
    assert "heron heron heron" not in browser.send(page, {"password": "heron heron heron"}).text


def test_a_second_confirmation_leads_to_the_entry_of_the_first(acting: Pages) -> None:
    browser, page, _ = prepared(acting)
    form = browser.form(page)
    sent = form.typed({"password": PASSWORD})
    first, second = browser.post(form.action, sent), browser.post(form.action, sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]


def test_after_ten_minutes_nothing_is_signed_and_the_draft_is_kept(acting: Pages) -> None:
    browser, page, operation_id = prepared(acting)
    form = browser.form(page)
    acting.town.clock.advance(timedelta(minutes=10, seconds=1))
    late = browser.post(form.action, form.typed({"password": PASSWORD}))
    assert (late.status_code, signing.GONE in late.text) == (409, True)
    kept = browser.form(f"/operations/{operation_id}/grant-authorization").values
    assert kept["decision"] == [
        "Two serial numbers tie this seller to our reports. I authorize looking and one conversation."
    ]
    assert kept["decides"] == ["grant-authorization"]


def test_if_the_record_moved_the_signer_looks_again_with_everything_typed(acting: Pages) -> None:
    browser, page, operation_id = prepared(acting, "log-consultation")
    form = browser.form(page)
    answers = {
        "system": "RISSafe",
        "checked_on": acting.town.today(),
        "result": "nothing",
        "note": "",
        "query_number": "",
    }
    acting.town.act("check-conflict", operation_id, "supervisor-1", answers)
    moved = browser.post(form.action, form.typed({"password": PASSWORD}))
    assert moved.status_code == 409
    assert "Added while you were writing: entry" in moved.text
    assert form_on(moved.text).values["prosecutor_advice"] == [ADVICE]
    assert not acting.town.operation(operation_id).contacts


def test_nobody_else_signs_what_somebody_prepared(acting: Pages) -> None:
    _, page, operation_id = prepared(acting, "log-consultation")
    other = acting.browser("supervisor-2")
    assert other.client.get(page).status_code == 409
    assert acting.browser("investigator-2").client.get(page).status_code == 404
    token = other.form(f"/operations/{operation_id}/take-over-supervision").values["csrf_token"]
    assert other.post(page, {"csrf_token": token, "password": [PASSWORD]}).status_code == 409
    assert not acting.town.operation(operation_id).contacts


def test_an_intent_is_found_under_its_own_operation_only(acting: Pages) -> None:
    browser, page, operation_id = prepared(acting)
    other = acting.town.begin({"handle": "@other"})
    assert browser.client.get(page.replace(operation_id, other)).status_code == 404


@pytest.mark.parametrize(("words", "warned"), [("request", True), ("own", False)])
def test_the_chief_is_warned_when_the_decision_repeats_the_request(words: str, warned: bool, acting: Pages) -> None:
    scene = scene_of("grant-authorization", acting.town)
    said = (
        acting.town.request()["offense"] if words == "request" else "The serial numbers are enough for me to allow it."
    )
    browser = acting.browser("chief")
    page = browser.send(scene.path, {**scene.answers, "decision": str(said)}).headers["Location"]
    assert ("Your words repeat the request." in browser.client.get(page).text) is warned


@pytest.mark.parametrize(("choice", "stage"), [("return-request", Stage.RETURNED), ("refuse-request", Stage.REFUSED)])
def test_one_form_returns_or_denies_with_the_words_as_reasons(choice: str, stage: Stage, acting: Pages) -> None:
    operation_id = acting.town.begin()
    changes = {"decides": choice, "decision": "Say which listings."}
    done = acting.browser("chief").send(f"/operations/{operation_id}/grant-authorization", changes)
    assert (done.status_code, acting.town.operation(operation_id).stage) == (303, stage)


def test_a_decision_without_a_choice_is_asked_for_one(acting: Pages) -> None:
    operation_id = acting.town.begin()
    answer = acting.browser("chief").send(f"/operations/{operation_id}/grant-authorization", {"decision": "Yes."})
    assert (answer.status_code, 'id="f-decides-error"' in answer.text) == (422, True)
