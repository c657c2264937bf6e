"""What the acting pages show: what is not yet possible, what was typed before, who sees which page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covertops.actions.operations import scene
from covertops.domain.vocabulary import Stage
from covertops.web.acts.activity import moments
from covertops.web.own_words import repeats
from covertops.web.waiting import put_on_record
from tests.web.filling import forms_of
from tests.web.scenes import scene_of
from tests.web.test_bad_input import size
from tests.web.town import Pages


def test_what_is_not_yet_possible_names_everything_missing_with_rule_and_remedy(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.AUTHORIZED)
    answer = acting.browser("supervisor-1").client.get(f"/operations/{operation_id}/activate")
    assert answer.status_code == 409
    for words in ("Not yet possible", "Officer’s promise made: by nobody yet", "Policy 2.8, IV.D.3", "Remedy: "):
        assert words in answer.text, words
    assert 'aria-disabled="true" aria-describedby="why-not"' in answer.text


def test_an_act_that_became_impossible_while_it_was_written_loses_nothing(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.ACTIVE)
    browser = acting.browser("supervisor-1")
    form = browser.form(f"/operations/{operation_id}/suspend")
    answers = {"ground": "The case is closed.", "stop_instruction": "Sign out."}
    acting.town.act("end-operation", operation_id, "supervisor-1", answers)
    refused = browser.post(form.action, form.typed({"ground": "The account was named in public."}))
    assert (refused.status_code, "It is not active" in refused.text) == (409, True)
    assert "The account was named in public." in refused.text


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("investigator-1", "grant-authorization"),
        ("investigator-1", "hold-review"),
        ("supervisor-1", "log-activity"),
        ("supervisor-2", "activate"),
        ("chief", "make-promise"),
        ("chief", "surprise"),
    ],
)
def test_an_act_in_which_a_person_has_no_part_has_no_page(person: str, name: str, acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.ACTIVE)
    browser = acting.browser(person)
    here = browser.client.get(f"/operations/{operation_id}/{name}")
    nowhere = browser.client.get(f"/operations/{'0' * 32}/{name}")
    assert (here.status_code, here.data) == (404, nowhere.data)


@pytest.mark.parametrize("person", ["administrator", "prosecutor", "auditor"])
def test_who_does_not_act_on_operations_asks_for_none(person: str, acting: Pages) -> None:
    assert acting.browser(person).client.get("/operations/new").status_code == 404


def test_opening_a_page_records_a_lapse_that_is_due(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.ACTIVE)
    acting.town.clock.advance(timedelta(days=40))
    answer = acting.browser("supervisor-1").client.get(f"/operations/{operation_id}/suspend")
    assert (answer.status_code, acting.town.operation(operation_id).stage) == (409, Stage.SUSPENDED)


def test_opening_a_page_is_on_record_as_looking_once_an_hour(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.ACTIVE)
    browser, page, before = acting.browser("chief"), f"/operations/{operation_id}/end-operation", size(acting)
    for _ in range(2):
        assert browser.client.get(page).status_code == 200
    assert size(acting) == before + 1


def test_the_chief_is_told_of_another_operation_that_is_near_and_the_investigator_is_not(acting: Pages) -> None:
    first, second = acting.town.begin(), acting.town.begin()
    told = "Internal check: another operation has the same case, handle and subject"
    assert told in acting.browser("chief").client.get(f"/operations/{second}/grant-authorization").text
    page = acting.browser("investigator-1").client.get(f"/operations/{first}/withdraw-request")
    assert (page.status_code, "Internal check" in page.text) == (200, False)


def test_after_an_act_it_is_said_which_entry_it_became_and_whose_turn_it_is(acting: Pages) -> None:
    operation_id = acting.town.begin()
    with acting.town.house.store.read() as unit:
        it = scene(acting.town.house, unit, operation_id, acting.town.people["chief"], acting.town.clock())
    assert put_on_record(it, 1) == "Put on record as entry 1. Now waiting for the Chief."
    assert put_on_record(it, it.operation.last_number + 1) is None
    assert put_on_record(it, 0) is None


def test_the_decision_opens_with_what_was_asked_for_and_nobodys_reasons(acting: Pages) -> None:
    operation_id = acting.town.begin()
    values = acting.browser("chief").form(f"/operations/{operation_id}/grant-authorization").values
    assert values["platforms"] == ["PhotoMarket"]
    assert values["officers"] == [acting.town.people["investigator-1"]]
    assert (values["starts_on"], values["ends_on"]) == ([acting.town.today()], [acting.town.today(29)])
    assert values["supervisor"] == [acting.town.people["supervisor-1"]]
    for own in ("decision", "conduct", "prohibitions", "conditions"):
        assert values[own] == [""], own
    assert not {"decides", "changed", "involved"} & values.keys()


def test_a_returned_request_opens_with_what_was_asked_before(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.RETURNED)
    values = acting.browser("investigator-1").form(f"/operations/{operation_id}/submit-request").values
    asked = acting.town.request()
    assert {name: values[name] for name in ("offense", "identity", "days", "conduct", "officers")} == {
        name: asked[name] if isinstance(asked[name], list) else [asked[name]]
        for name in ("offense", "identity", "days", "conduct", "officers")
    }


def test_a_review_opens_with_what_happened_since_the_last_one_and_no_tick(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.ACTIVE)
    capture = acting.town.capture(operation_id, b"content")
    done = acting.town.act("log-activity", operation_id, "investigator-1", acting.town.activity((capture,)))
    form = acting.browser("supervisor-1").form(f"/operations/{operation_id}/hold-review")
    assert (form.options["entries"], form.options["captures"]) == ([str(done.number)], [str(capture)])
    assert not {"entries", "captures", "rechecked", "necessary"} & {
        name for name, value in form.values.items() if any(value)
    }
    acting.town.act("hold-review", operation_id, "supervisor-1", acting.town.review(period_from=acting.town.today()))
    again = acting.browser("supervisor-1").form(f"/operations/{operation_id}/hold-review")
    assert not {"entries", "captures"} & again.options.keys()


def test_each_counsel_has_a_page_and_neither_shows_the_others_frame(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.AUTHORIZED)
    browser = acting.browser("supervisor-1")
    page = f"/operations/{operation_id}/log-consultation"
    assert browser.client.get(page).headers["Location"] == f"{page}?office=prosecuting+attorney"
    first = browser.client.get(f"{page}?office=prosecuting+attorney").text
    second = browser.client.get(f"{page}?office=city+attorney").text
    assert ("prosecutor_advice" in first, "city_attorney_advice" in first) == (True, False)
    assert ("prosecutor_advice" in second, "city_attorney_advice" in second) == (False, True)
    assert [text.count('<section class="privileged"') for text in (first, second)] == [1, 1]


def test_a_correction_offers_the_clerical_fields_of_ones_own_entries(acting: Pages) -> None:
    operation_id = acting.town.bring(Stage.ACTIVE)
    done = acting.town.act("log-activity", operation_id, "investigator-1", acting.town.activity())
    browser = acting.browser("investigator-1")
    page = f"/operations/{operation_id}/correct-entry"
    listed = browser.client.get(page)
    assert forms_of(listed.text) == []
    assert f'href="{page}?entry={done.number}"' in listed.text
    form = browser.form(f"{page}?entry={done.number}")
    assert form.options["field"] == ["started_at", "ended_at", "headline", "happened", "counterpart"]
    assert "Stands now: Looked at three listings" in browser.client.get(f"{page}?entry={done.number}").text


def test_the_facts_of_a_consultation_are_corrected_without_opening_the_advice_beside_them(acting: Pages) -> None:
    town = acting.town
    operation_id = town.bring(Stage.ACTIVE)
    number = town.operation(operation_id).contacts[0].ref.number
    page = f"/operations/{operation_id}/correct-entry?entry={number}"
    browser = acting.browser("supervisor-1")
    assert "attorney" in browser.form(page).options["field"]
    assert not {one for one in browser.form(page).options["field"] if one.endswith("_advice")}
    done = browser.send(page, {"field": "attorney", "new": "Assistant County Attorney 2", "why": "Misheard."})
    assert done.status_code == 303, done.text
    assert [one.about for one in town.operation(operation_id).corrections] == [number]


def test_what_is_withheld_needs_its_ground_and_is_read_back_to_the_chief(acting: Pages) -> None:
    scene = scene_of("prepare-export", acting.town)
    browser = acting.browser("supervisor-1")
    ground = next(name for name in scene.answers if name.startswith("ground-"))
    refused = browser.send(scene.path, {**scene.answers, ground: ""})
    assert (refused.status_code, f'id="f-{ground}-error"' in refused.text) == (422, True)
    assert browser.send(scene.path, scene.answers).status_code == 303
    page = acting.browser("chief").client.get(f"/operations/{scene.operation_id}/release-export").text
    number = ground.split("-")[1]
    assert f"Entry {number}, Counterpart’s handle: A person not involved" in page
    assert f"Entry {number}, What happened: a person not involved" in page


def test_the_package_is_read_back_with_what_it_holds_before_it_is_signed(acting: Pages) -> None:
    scene = scene_of("release-export", acting.town)
    chief = acting.browser("chief")
    page = chief.send(scene.path, scene.answers).headers["Location"]
    text = chief.client.get(page).text
    assert "The attorneys’ advice: 8 fields" in text
    assert "and your release" in text


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("13:05", "13:40", ("2026-11-20T13:05", "2026-11-20T13:40")),
        ("23:30", "00:20", ("2026-11-20T23:30", "2026-11-21T00:20")),
        ("13:40", "13:05", ("2026-11-20T13:40", "2026-11-20T13:05")),
        ("13:05", "", ("2026-11-20T13:05", "")),
        ("noon", "13:05", ("2026-11-20Tnoon", "2026-11-20T13:05")),
    ],
)
def test_a_sitting_may_cross_midnight_and_a_slip_of_the_clock_is_none(
    start: str, end: str, expected: tuple[str, str]
) -> None:
    assert tuple(moments("2026-11-20", start, end).values()) == expected


def test_a_sitting_past_midnight_is_recorded_with_both_days(acting: Pages) -> None:
    scene = scene_of("log-activity", acting.town)
    acting.town.clock.advance(timedelta(days=1))
    times = {"on": acting.town.today(-1), "from": "23:30", "to": "00:20"}
    assert acting.browser("investigator-1").send(scene.path, {**scene.answers, **times}).status_code == 303
    activity = acting.town.operation(scene.operation_id).activities[-1]
    assert activity.ended_at - activity.started_at == timedelta(minutes=50)


def test_a_form_opened_by_somebody_else_begins_nothing(acting: Pages) -> None:
    first, second = acting.browser("investigator-1"), acting.browser("investigator-2")
    begun = first.form("/operations/new").values["begun"]
    before = size(acting)
    form = second.form("/operations/new")
    answer = second.post(form.action, form.typed({**acting.town.request(), "begun": begun}))  # type: ignore[dict-item]
    assert (answer.status_code, size(acting)) == (400, before)


def test_a_page_that_is_opened_anew_begins_another_operation(acting: Pages) -> None:
    browser = acting.browser("investigator-1")
    places = {browser.send("/operations/new", acting.town.request()).headers["Location"] for _ in range(2)}  # type: ignore[arg-type]
    assert len(places) == 2


@pytest.mark.parametrize(
    ("text", "told", "expected"),
    [
        ("one two three four five six seven eight nine", "one two three four five six seven eight nine ten", True),
        ("One two, three four: five six seven EIGHT!", "one two three four five six seven eight", True),
        ("the seller is known to us and so I allow it", "one two three four five six seven eight", False),
        ("", "one two three four five six seven eight", False),
        ("one two three", "one two three", False),
    ],
)
def test_words_are_repeated_when_half_of_them_stand_elsewhere_in_a_row(text: str, told: str, expected: bool) -> None:
    assert repeats(text, [told]) is expected
