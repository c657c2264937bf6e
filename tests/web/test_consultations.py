"""An attorney with a sign-in sees the contacts recorded with them, says whether they are right, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from covertops.actions import department
from covertops.actions.apart import OWN
from covertops.actions.checking import check
from covertops.actions.receipts import newest_receipt
from covertops.actions.signing import PASSWORD as LEVEL
from covertops.domain.vocabulary import Stage
from covertops.storage import pending
from covertops.storage.ledger_read import read_stream
from tests.signing import give_passkeys
from tests.web.audience import appoint_more
from tests.web.department import PASSWORD
from tests.web.test_looking_changes_nothing import rows_of
from tests.web.test_passkeys import asked_on
from tests.web.town_pages import TownPages

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
PROSECUTORS, CITYS = "Advice of the prosecutor, privileged.", "Advice of the city attorney, privileged."
BACK = {"result": "corrects", "correction": "I was asked about another plan.", "answer_stands": "no"}
Put = Callable[[str], str]


@pytest.fixture
def consulted(pages: TownPages) -> dict[str, str]:
    """An active operation on which a contact was put down with each attorney; the address of each contact."""
    appoint_more(pages)
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    grant = town.operation(operation_id).grants[-1].ref.number
    found = {}
    for short, office in (("prosecutor", "prosecuting attorney"), ("city-attorney", "city attorney")):
        given = {**town.consultation(office, grant), "counsel": town.people[short]}
        number = town.act("log-consultation", operation_id, "supervisor-1", given).number
        found[short] = f"/consultations/{operation_id}/{number}"
    return {**found, "operation": operation_id}


def test_a_contact_is_on_my_work_with_what_was_put_down_and_exactly_what_was_shown(
    pages: TownPages, consulted: dict[str, str]
):
    browser = pages.browser("city-attorney")
    mine = browser.get("/").text
    assert consulted["city-attorney"] in mine
    assert "Bicycles" not in mine
    text = browser.get(consulted["city-attorney"]).text
    for words in ("Requests go to the city attorney first.", "Two serial numbers tie this seller", CITYS):
        assert words in text, words
    # The request was not named as shown, so that nothing of it stands there.
    for words in ("The seller removes them when asked openly", "Bicycles taken from garden sheds", "/operations/"):
        assert words not in text, words


def test_each_attorney_sees_their_own_compartment_and_never_the_others(pages: TownPages, consulted: dict[str, str]):
    for short, own, other in (("prosecutor", PROSECUTORS, CITYS), ("city-attorney", CITYS, PROSECUTORS)):
        browser = pages.browser(short)
        text = "".join(browser.get(one).text for one in ("/", "/consultations", consulted[short]))
        assert (own in text, other in text) == (True, False)
        form = browser.get(f"{consulted[short]}/answer").text
        asked = [name for name in ("prosecutor_advice", "city_attorney_advice") if f'name="{name}"' in form]
        assert asked == ["prosecutor_advice" if short == "prosecutor" else "city_attorney_advice"]


def test_a_contact_with_another_is_no_contact(pages: TownPages, consulted: dict[str, str]):
    operation = consulted["operation"]
    for short, other in (("prosecutor", "city-attorney"), ("city-attorney", "prosecutor")):
        browser = pages.browser(short)
        nothing = browser.get("/nowhere")
        for path in (consulted[other], f"{consulted[other]}/answer", f"/consultations/{operation}/1"):
            for there in (path, path.replace(operation, "0" * 32), f"/operations/{operation}"):
                assert (browser.get(there).status_code, browser.get(there).data) == (404, nothing.data), there
        before = rows_of(pages)
        for path in (f"{consulted[other]}/answer", f"{consulted[other]}/receipt"):
            values = {"result": "agrees", "password": PASSWORD, "csrf_token": _token(browser.get("/").text)}
            assert browser.post(path, data=values, headers=SAME_ORIGIN).status_code == 404
        assert rows_of(pages) == before


def _token(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_counsel_confirms_with_a_signature_and_the_task_is_gone(pages: TownPages, consulted: dict[str, str]):
    browser = pages.browser("prosecutor")
    here = consulted["prosecutor"]
    answers = {"result": "agrees", "prosecutor_advice": "Tell me before the arrest.", "password": PASSWORD}
    assert browser.send(f"{here}/answer", answers).headers["Location"].startswith(f"{here}?entry=")
    assert here not in browser.get("/").text
    text = browser.get(here).text
    assert "Tell me before the arrest." in text
    operation = pages.town.operation(consulted["operation"])
    assert (operation.stage, operation.contacts[-2].agreed) == (Stage.ACTIVE, True)
    entry = f"/operations/{operation.id}/entries/{operation.contacts[-2].confirmed}"
    assert "Tell me before the arrest." in pages.browser("supervisor-1").get(entry).text
    assert "Tell me before the arrest." not in pages.browser("investigator-1").get(entry).text
    assert "Tell me before the arrest." not in pages.browser("city-attorney").get(consulted["city-attorney"]).text


def test_counsel_with_a_passkey_reads_back_and_signs_and_the_advice_waits_in_their_own_compartment(
    pages: TownPages, consulted: dict[str, str]
):
    held = give_passkeys(pages.town, "prosecutor")["prosecutor"]
    browser, here, advice = pages.browser("prosecutor"), consulted["prosecutor"], "Tell me before the arrest."
    page = browser.send(f"{here}/answer", {"result": "agrees", "prosecutor_advice": advice}).headers["Location"]
    with pages.town.house.store.read() as unit:
        waiting = pending.find(unit, page.rpartition("/")[2], pages.town.people["prosecutor"], pages.town.clock())
    assert waiting is not None
    assert waiting.parts["prosecutor"]["values"] == {"prosecutor_advice": advice}
    assert advice not in str(waiting.parts[OWN])
    text = browser.get(page).text
    assert advice in text
    asked = asked_on(text)
    answered = {"csrf_token": asked.token, "intent": asked.intent, "answer": held.answer(asked.options)}
    for short in ("city-attorney", "supervisor-1"):
        other = pages.browser(short)
        other.get("/")
        assert other.get(page).status_code == 409
    done = browser.post(asked.action, data=answered, headers=SAME_ORIGIN)
    assert done.headers["Location"].startswith("/consultations?entry=")
    operation = pages.town.operation(consulted["operation"])
    assert operation.contacts[-2].agreed
    assert browser.get(page).status_code == 409
    assert check(pages.town.house).ok


def test_a_wrong_password_records_nothing_and_loses_nothing(pages: TownPages, consulted: dict[str, str]):
    browser = pages.browser("city-attorney")
    before = pages.town.operation(consulted["operation"]).last_number
    answer = browser.send(f"{consulted['city-attorney']}/answer", {**BACK, "password": "wrong"})
    assert (answer.status_code, BACK["correction"] in answer.text) == (422, True)
    assert pages.town.operation(consulted["operation"]).last_number == before


def test_an_answer_taken_back_suspends_at_once_and_a_later_contact_is_put_before_counsel_anew(
    pages: TownPages, consulted: dict[str, str]
):
    town, browser, operation_id = pages.town, pages.browser("city-attorney"), consulted["operation"]
    browser.send(f"{consulted['city-attorney']}/answer", {**BACK, "password": PASSWORD})
    operation = town.operation(operation_id)
    assert (operation.stage, operation.pauses[-1].lapse) == (Stage.SUSPENDED, "answer withdrawn")
    supervisors = pages.browser("supervisor-1")
    assert "An attorney took the answer back" in supervisors.get(f"/operations/{operation_id}").text
    answer = supervisors.get(f"/operations/{operation_id}/resume")
    assert (answer.status_code, "City attorney contacted" in answer.text) == (409, True)
    grant = operation.grants[-1].ref.number
    given = {**town.consultation("city attorney", grant), "counsel": town.people["city-attorney"]}
    number = town.act("log-consultation", operation_id, "supervisor-1", given).number
    assert f"/consultations/{operation_id}/{number}" in browser.get("/").text
    assert browser.get(f"{consulted['city-attorney']}/answer").headers["Location"] == consulted["city-attorney"]
    town.act("resume", operation_id, "supervisor-1", {"remedy": "Asked again."})
    assert town.operation(operation_id).stage is Stage.ACTIVE


def test_the_receipt_is_taken_along_and_to_whom_it_was_given_is_on_record(pages: TownPages, consulted: dict[str, str]):
    browser = pages.browser("prosecutor")
    before = pages.town.department().receipt_given_at
    answer = browser.send(consulted["prosecutor"], to=f"{consulted['prosecutor']}/receipt")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=record-receipt-")
    assert answer.text.startswith("example.invalid/record\n")
    assert pages.town.department().receipt_given_at != before
    with pages.town.house.store.read() as unit:
        given = [one for one in read_stream(unit, "department") if one.kind == "checkpoint.given"][-1]
    assert given.fields["to"] == "Prosecutor, prosecuting attorney, with a contact"


def test_that_counsel_looked_is_shown_to_the_supervisor(pages: TownPages, consulted: dict[str, str]):
    pages.browser("city-attorney").get(consulted["city-attorney"])
    text = pages.browser("supervisor-1").get(f"/operations/{consulted['operation']}/viewers").text
    assert "City attorney" in text


def test_an_attorney_whose_office_ended_finds_nothing(pages: TownPages, consulted: dict[str, str]):

    given = {"person": pages.town.people["city-attorney"], "held": "city attorney", "reason": "Left."}
    department.end_office(pages.town.house, pages.town.people["chief"], given, LEVEL, pages.town.clock())
    browser = pages.browser("city-attorney")
    assert browser.get(consulted["city-attorney"]).status_code == 404
    assert consulted["operation"] not in browser.get("/").text


def test_the_printed_sheet_of_a_contact_carries_the_receipt(pages: TownPages, consulted: dict[str, str]):
    number = consulted["city-attorney"].rpartition("/")[2]
    text = pages.browser("supervisor-1").get(f"/operations/{consulted['operation']}/entries/{number}").text
    with pages.town.house.store.read() as unit:
        receipt = newest_receipt(unit)
    assert receipt is not None
    grouped = " ".join(receipt.root[start : start + 4] for start in range(0, 8, 4))
    for words in (f"Over {receipt.size} entries", grouped, receipt.verifier, "Printed by Supervisor 1 on"):
        assert words in text, words
