"""The paper path on the pages: sheets to print, the scan entered with both times, the Chief's confirmation here."""

from __future__ import annotations

import pytest

from covertops.domain.entries.activity import SHEET
from covertops.domain.refusals import Refusal
from covertops.domain.vocabulary import Stage
from tests.web.test_acting_captures import Sending, told
from tests.web.town import Pages


def scanned(sending: Sending) -> str:
    """The entry of a scan that is kept."""
    answer = sending.send(b"%PDF-1.7 Both sheets, signed.", {"id": "one", "name": "sheets.pdf", "original": SHEET})
    assert answer.status_code == 201, answer.data
    return str(told(answer)["id"])


def test_a_decision_on_paper_is_entered_with_its_scan_and_holds_activation_until_the_chief_confirms(
    acting: Pages,
) -> None:
    officer, town = Sending(acting, Stage.REQUESTED), acting.town
    operation_id, page = officer.operation_id, officer.page("enter-paper")
    scan = scanned(officer)
    form = officer.browser.form(page)
    assert form.values["scan"] == [scan]
    signed = town.local(-120)
    answers = {"signed_at": signed, "signer": "The Chief of Police", "why": "The network was down."}
    assert officer.browser.post(page, form.typed(answers)).status_code == 303
    (paper,) = town.operation(operation_id).papers
    assert (paper.recorded_at - paper.signed_at).total_seconds() >= 7200
    town.authorize(operation_id)
    town.meet_gates(operation_id)
    with pytest.raises(Refusal, match="Decision on paper confirmed by the Chief"):
        town.act("activate", operation_id, "supervisor-1", {"note": ""})
    told_beside = acting.browser("chief").client.get(officer.page("confirm-paper")).text
    assert "The decision on paper" in told_beside
    assert "The Chief of Police" in told_beside
    outcome = town.act("confirm-paper", operation_id, "chief", {"compared": "yes", "note": ""})
    assert outcome.entries[0].entry.signature is not None
    town.act("activate", operation_id, "supervisor-1", {"note": ""})
    assert town.operation(operation_id).stage is Stage.ACTIVE


def test_nothing_but_signed_sheets_is_taken_before_activation(acting: Pages) -> None:
    officer = Sending(acting, Stage.REQUESTED)
    answer = officer.send(b"%PDF-1.7", {"id": "two", "name": "capture.pdf"})
    assert answer.status_code == 409
    assert "has not been activated" in answer.text
    assert acting.town.operation(officer.operation_id).captures == ()


def test_the_page_says_what_is_missing_and_keeps_what_was_typed(acting: Pages) -> None:
    officer = Sending(acting, Stage.REQUESTED)
    page = officer.page("enter-paper")
    form = officer.browser.form(page)
    answers = {"signed_at": acting.town.local(-5), "signer": "The Chief", "why": "No network."}
    answer = officer.browser.post(page, form.typed(answers))
    assert answer.status_code == 422
    assert "The scan of the signed sheets" in answer.text
    assert "No network." in answer.text


@pytest.mark.parametrize(("name", "words"), [("request", "Days asked for"), ("decision", "May not do")])
def test_a_blank_sheet_asks_what_the_page_asks_and_ends_with_a_signature(acting: Pages, name: str, words: str) -> None:
    text = acting.browser("chief").client.get(f"/sheets/{name}").text
    assert words in text
    assert text.count('class="ink-line"') > 10
    assert "Date and time of signing" in text
    assert acting.browser("chief").client.get("/sheets/other").status_code == 404


def test_a_sheet_of_a_request_is_filled_in_and_shown_to_those_on_it_only(acting: Pages) -> None:
    town = acting.town
    operation_id = town.begin()
    page = f"/operations/{operation_id}/sheets"
    client = acting.browser("investigator-1").client
    text = client.get(f"{page}/request").text
    assert "Bicycles taken from garden sheds" in text
    assert "30 days" in text
    decision = client.get(f"{page}/decision").text
    request = town.operation(operation_id).request
    assert request is not None
    assert request.hash[:4] in decision
    assert 'class="ink-line"' in decision
    for name in ("request", "decision"):
        assert acting.browser("investigator-2").client.get(f"{page}/{name}").status_code == 404
    assert client.get(f"/operations/{town.declare()}/sheets/request").status_code == 404
