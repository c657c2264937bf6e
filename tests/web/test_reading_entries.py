"""An entry's page shows every field under its label, and what proves it."""

from __future__ import annotations

import pytest

from covertops.domain.declaration import all_kinds, kind_of
from covertops.domain.vocabulary import Stage, StreamKind
from covertops.web.presenting.sayings import told_kinds
from tests.web.town_pages import TownPages


def test_every_kind_of_an_operation_has_words_of_its_own():
    kinds = [one for one in all_kinds().values() if kind_of(one).stream is StreamKind.OPERATION]
    assert [kind_of(one).name for one in kinds if one not in told_kinds()] == []


@pytest.mark.parametrize("stage", [Stage.ENDED, Stage.DECLARED, Stage.RETURNED, Stage.REFUSED, Stage.SUSPENDED])
def test_every_entry_has_a_page_with_its_fingerprint(pages: TownPages, stage: Stage):
    operation_id = pages.town.bring(stage)
    operation = pages.town.operation(operation_id)
    browser = pages.browser("chief")
    for number in range(1, operation.last_number + 1):
        text = browser.get(f"/operations/{operation_id}/entries/{number}").text
        assert f"{operation.reference} · Entry {number}" in text
        assert "Fingerprint of this entry" in text
    last = " ".join(operation.last_hash[start : start + 4] for start in range(0, 64, 4))
    assert last in browser.get(f"/operations/{operation_id}/entries/{operation.last_number}").text


def test_every_field_that_was_answered_is_shown_with_its_label(pages: TownPages):
    operation_id = pages.town.bring(Stage.REQUESTED)
    text = pages.browser("investigator-1").get(f"/operations/{operation_id}/entries/1").text
    for label, words in (
        ("The matter in one line", "Bicycles taken from garden sheds"),
        ("What will be done?", "Contact people"),
        ("Undercover identity", "“Casey R.”, age 30"),
        ("Handle, if known", "@casey-example"),
        ("Officers who will use it", "Investigator 1"),
        ("Days asked for", "30 days"),
    ):
        assert f"<dt>{label}</dt>" in text
        assert words in text
    assert "A minor may be involved" not in text  # a tick that was left off


def test_a_capture_is_listed_with_size_fingerprint_and_the_way_to_its_bytes(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    number = town.capture(operation_id, b"\x89PNG\r\n\x1a\n" + bytes(5000))
    activity = town.act("log-activity", operation_id, "investigator-1", town.activity((number,)))
    browser = pages.browser("supervisor-1")
    for entry in (number, activity.number):
        text = browser.get(f"/operations/{operation_id}/entries/{entry}").text
        assert f'href="/operations/{operation_id}/captures/{number}"' in text
        assert "EV-0001, page.png" in text
    text = browser.get(f"/operations/{operation_id}/entries/{number}").text
    assert "5.0 kB (5,008 bytes)" in text
    assert "Stored file" not in text


def test_for_an_activity_the_worst_minute_is_answered_for_the_officer_at_the_keyboard(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    inside = town.act(
        "log-activity", operation_id, "investigator-1", town.activity(started_at=town.local(), ended_at=town.local())
    )
    before = town.activity(started_at=town.local(-600), ended_at=town.local())
    outside = town.act("log-activity", operation_id, "investigator-1", before)
    browser = pages.browser("supervisor-1")
    assert "Not met" not in browser.get(f"/operations/{operation_id}/entries/{inside.number}").text
    text = browser.get(f"/operations/{operation_id}/entries/{outside.number}").text
    assert "Not met: no approval in force" in text
    assert "At the worst minute of this sitting" in text


def test_only_who_may_act_on_an_entry_is_offered_it(pages: TownPages):
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    number = town.act("log-activity", operation_id, "investigator-1", town.activity()).number
    path = f"/operations/{operation_id}/entries/{number}"
    offered = {
        person: {
            words
            for words in ("Mark as reviewed", "Ask about it", "Correct a clerical mistake")
            if words in pages.browser(person).get(path).text
        }
        for person in ("supervisor-1", "supervisor-2", "investigator-1", "chief")
    }
    assert offered == {
        "supervisor-1": {"Mark as reviewed", "Ask about it"},
        "supervisor-2": set(),
        "investigator-1": {"Correct a clerical mistake"},
        "chief": set(),
    }


def test_words_with_signs_of_html_stay_words(pages: TownPages):
    given = {"matter": "<b>bold</b> & “quoted”", "offense": "<script>alert(1)</script>\n=1+1", "identity": "'\"><img>"}
    operation_id = pages.town.begin(given)
    browser, shown = pages.browser("chief"), list[str]()
    for path in ("/", "/operations", f"/operations/{operation_id}", f"/operations/{operation_id}/entries/1"):
        text = browser.get(path).text
        shown.append(text)
        assert "<script>alert" not in text
        assert "<b>bold" not in text
        assert "<img>" not in text
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; “quoted”" in shown[-1]
