"""Passkeys on the pages: registered, vouched for, signed with, revoked; and what is said when one does not fit."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from covertops.actions import passkeys as acts
from covertops.actions import signing
from covertops.actions.checking import check
from covertops.domain.declaration import Recorded
from covertops.domain.passkeys import Passkey
from covertops.domain.vocabulary import Stage
from covertops.storage import sign_in_store
from covertops.web import signing_ways
from covertops.web.pages import department_signing, passkey_sign_in, passkeys
from covertops.web.pages.all_acting import ACTING_PAGES
from covertops.web.pages.reading import READING
from tests.authenticator import PRESENT, Authenticator
from tests.signing import add_passkey, give_passkeys, passkey_of
from tests.web.client import PageClient
from tests.web.department import PASSWORD
from tests.web.scenes import scene_of
from tests.web.town import Browser, Pages


@dataclass(frozen=True)
class Asked:
    """A form that a browser's passkey answers."""

    action: str
    options: str
    token: str
    intent: str


def asked_on(text: str) -> Asked:
    """The form of a page that asks for a passkey."""
    form = re.search(
        r'<form method="post" action="([^"]+)" data-passkey="\w+" data-options="([^"]+)".*?</form>', text, re.S
    )
    assert form is not None, text
    values = dict(re.findall(r'name="(csrf_token|intent)" value="([^"]*)"', form[0]))
    return Asked(form[1], html.unescape(form[2]), values["csrf_token"], values.get("intent", ""))


def answer(browser: Browser, page: str, with_what: str | Authenticator) -> TestResponse:
    """Open a page that asks for a passkey and send what the authenticator answers."""
    asked = asked_on(browser.client.get(page).text)
    answered = with_what if isinstance(with_what, str) else with_what.answer(asked.options)
    return browser.post(asked.action, {"csrf_token": [asked.token], "intent": [asked.intent], "answer": [answered]})


def register(browser: Browser, authenticator: Authenticator, name: str = "Key ring") -> TestResponse:
    """Name a passkey and answer for it."""
    begun = browser.send("/passkeys", {"name": name})
    assert begun.status_code == 303, begun.text
    page = begun.headers["Location"]
    asked = asked_on(browser.client.get(page).text)
    sent = {"csrf_token": [asked.token], "answer": [authenticator.register(asked.options)]}
    return browser.post(asked.action, sent)


def prepared(acting: Pages, browser: Browser) -> tuple[str, str]:
    """An authorization that waits for the Chief's signature: its page and its operation."""
    scene = scene_of("grant-authorization", acting.town)
    sent = browser.send(scene.path, scene.answers)
    assert sent.status_code == 303, sent.text
    return sent.headers["Location"], scene.operation_id


def test_a_first_passkey_is_registered_and_its_fingerprint_is_to_be_printed(acting: Pages) -> None:
    authenticator, chief = Authenticator(), acting.browser("chief")
    done = register(chief, authenticator)
    assert done.status_code == 303, done.text
    text = chief.client.get(done.headers["Location"]).text
    assert "Print this page" in text
    found = passkey_of(acting.town, authenticator)
    assert (found.in_force, found.vouching, found.rp_id, found.origin) == (
        True,
        "first",
        "localhost",
        "http://localhost",
    )


def test_an_answer_is_good_once_and_another_persons_never(acting: Pages) -> None:
    chief, administrator = acting.browser("chief"), acting.browser("administrator")
    page = chief.send("/passkeys", {"name": "Key ring"}).headers["Location"]
    assert administrator.client.get(page).status_code == 404
    asked = asked_on(chief.client.get(page).text)
    sent = {"csrf_token": [asked.token], "answer": [Authenticator().register(asked.options)]}
    assert chief.post(asked.action, sent).status_code == 303
    assert chief.post(asked.action, sent).status_code == 404


def test_a_registration_at_another_address_is_refused(acting: Pages) -> None:
    refused = register(acting.browser("chief"), Authenticator(origin="http://elsewhere.example"))
    assert (refused.status_code, passkeys.NOT_REGISTERED in refused.text) == (422, True)
    assert not acting.town.department().passkeys.by_number


def test_a_session_proved_too_long_ago_registers_nothing(acting: Pages) -> None:
    chief = acting.browser("chief")
    acting.town.clock.advance(timedelta(minutes=11))
    assert chief.send("/passkeys", {"name": "Key ring"}).status_code == 401
    assert not acting.town.department().passkeys.by_number


def test_nor_does_a_session_proved_too_long_ago_finish_what_it_began(acting: Pages) -> None:
    chief = acting.browser("chief")
    acting.town.clock.advance(timedelta(minutes=9))
    page = chief.send("/passkeys", {"name": "Key ring"}).headers["Location"]
    asked = asked_on(chief.client.get(page).text)
    acting.town.clock.advance(timedelta(minutes=2))
    assert chief.client.get(page).headers["Location"].startswith("/again?next=")
    sent = {"csrf_token": [asked.token], "answer": [Authenticator().register(asked.options)]}
    assert chief.post(asked.action, sent).status_code == 401
    assert not acting.town.department().passkeys.by_number


def test_a_second_passkey_is_signed_with_the_first(acting: Pages) -> None:
    first, second, chief = add_passkey(acting.town, "chief"), Authenticator(), acting.browser("chief")
    page = register(chief, second, "Safe").headers["Location"]
    assert "Safe" in chief.client.get(page).text
    done = answer(chief, page, first)
    assert done.status_code == 303, done.text
    assert passkey_of(acting.town, second).in_force
    assert check(acting.town.house).ok


def test_a_third_person_waits_until_two_others_vouched(acting: Pages) -> None:
    held = give_passkeys(acting.town, "chief", "administrator")
    third = Authenticator()
    assert register(acting.browser("supervisor-1"), third).status_code == 303
    number = passkey_of(acting.town, third).ref.number
    for short, in_force in (("chief", False), ("administrator", True)):
        browser = acting.browser(short)
        token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.client.get("/passkeys").text)
        page = browser.post(f"/passkeys/{number}/vouch", {"csrf_token": token[:1]}).headers["Location"]
        assert answer(browser, page, held[short]).status_code == 303
        assert passkey_of(acting.town, third).in_force is in_force
    assert check(acting.town.house).ok


def sent_password(browser: Browser, page: str) -> TestResponse:
    """Read back what waits for a passkey, find no weaker form on the page, and send a password all the same."""
    text = browser.client.get(page).text
    assert ('type="password"' in text, signing_ways.ONLY_BY_PASSKEY in text) == (False, True)
    asked = asked_on(text)
    return browser.post(page, {"csrf_token": [asked.token], "intent": [asked.intent], "password": [PASSWORD]})


def test_a_password_adds_no_second_passkey(acting: Pages) -> None:
    add_passkey(acting.town, "chief")
    chief = acting.browser("chief")
    refused = sent_password(chief, register(chief, Authenticator(), "Safe").headers["Location"])
    assert (refused.status_code, "Only a passkey signs this" in refused.text) == (422, True)
    assert len(acting.town.department().passkeys.by_number) == 1
    assert check(acting.town.house).ok


def test_a_password_vouches_for_nobody(acting: Pages) -> None:
    give_passkeys(acting.town, "chief", "administrator")
    third = add_passkey(acting.town, "supervisor-1")
    chief, number = acting.browser("chief"), passkey_of(acting.town, third).ref.number
    token = re.findall(r'name="csrf_token" value="([^"]+)"', chief.client.get("/passkeys").text)
    page = chief.post(f"/passkeys/{number}/vouch", {"csrf_token": token[:1]}).headers["Location"]
    refused = sent_password(chief, page)
    assert (refused.status_code, "Only a passkey signs this" in refused.text) == (422, True)
    assert passkey_of(acting.town, third).vouched_by == ()
    assert check(acting.town.house).ok


def test_of_two_registrations_at_once_the_second_is_not_recorded_unsigned(
    acting: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    chief, other = acting.browser("chief"), Authenticator()
    add = acts.add

    def after_another(*args: Any) -> Recorded:
        """Another window's registration is recorded after this one was read and before it is recorded."""
        monkeypatch.setattr(acts, "add", add)
        add_passkey(acting.town, "chief", other)
        return add(*args)

    monkeypatch.setattr(acts, "add", after_another)
    refused = register(chief, Authenticator())
    assert (refused.status_code, "Only a passkey signs this" in refused.text) == (422, True)
    assert [one.credential for one in acting.town.department().passkeys.by_number.values()] == [other.id]
    assert check(acting.town.house).ok


def test_an_authorization_is_signed_with_a_passkey(acting: Pages) -> None:
    authenticator = add_passkey(acting.town, "chief")
    chief = acting.browser("chief")
    page, operation = prepared(acting, chief)
    done = answer(chief, page, authenticator)
    assert done.status_code == 303, done.text
    assert acting.town.operation(operation).stage is Stage.AUTHORIZED
    assert check(acting.town.house).signatures["passkey"] == 1


def test_another_authenticators_signature_records_nothing_and_may_be_tried_again(acting: Pages) -> None:
    authenticator = add_passkey(acting.town, "chief")
    chief = acting.browser("chief")
    page, operation = prepared(acting, chief)
    strange = Authenticator(credential_id=authenticator.credential_id)
    for wrong in (strange, "", "{}", "null", '{"id": 1}'):
        refused = answer(chief, page, wrong)
        assert (refused.status_code, signing_ways.NOT_SIGNED in refused.text) == (422, True)
    assert acting.town.operation(operation).stage is Stage.REQUESTED
    assert answer(chief, page, authenticator).status_code == 303


def test_a_passkey_that_counted_backwards_is_refused_and_on_record(acting: Pages) -> None:
    authenticator = add_passkey(acting.town, "chief", Authenticator(count=40))
    chief = acting.browser("chief")
    page, operation = prepared(acting, chief)
    authenticator.count = 7
    refused = answer(chief, page, authenticator)
    assert (refused.status_code, "counted backwards" in refused.text) == (422, True)
    assert acting.town.operation(operation).stage is Stage.REQUESTED
    assert passkey_of(acting.town, authenticator).doubted


def test_a_passkey_is_revoked_with_a_reason_and_signs_no_more(acting: Pages) -> None:
    authenticator, chief = add_passkey(acting.town, "chief"), acting.browser("chief")
    number = passkey_of(acting.town, authenticator).ref.number
    page = chief.send(f"/passkeys/{number}/revoke", {"reason": "Lost on a train."}).headers["Location"]
    assert answer(chief, page, authenticator).status_code == 303
    assert not passkey_of(acting.town, authenticator).in_force
    page, _ = prepared(acting, chief)
    assert "data-passkey" not in chief.client.get(page).text


def test_nobody_reads_or_revokes_another_persons_passkey(acting: Pages) -> None:
    number = passkey_of(acting.town, add_passkey(acting.town, "chief")).ref.number
    other = acting.browser("investigator-1")
    assert other.client.get(f"/passkeys/{number}/revoke").status_code == 404
    assert "Revoke it" not in other.client.get("/passkeys").text


def test_what_moved_meanwhile_is_read_back_again(acting: Pages) -> None:
    authenticator, chief = add_passkey(acting.town, "chief"), acting.browser("chief")
    number = passkey_of(acting.town, authenticator).ref.number
    page = chief.send(f"/passkeys/{number}/revoke", {"reason": "Lost on a train."}).headers["Location"]
    add_passkey(acting.town, "administrator")
    again = answer(chief, page, authenticator)
    assert (again.status_code, department_signing.MOVED in again.text) == (409, True)
    assert "Lost on a train." in again.text
    asked = asked_on(again.text)
    sent = {"csrf_token": [asked.token], "answer": [authenticator.answer(asked.options)]}
    assert chief.post(asked.action, sent).status_code == 303


def test_after_ten_minutes_it_is_gone(acting: Pages) -> None:
    assert department_signing.GONE in acting.browser("chief").client.get(f"/sign/{'0' * 32}").text


def sign_in_page(acting: Pages) -> tuple[Browser, str]:
    """A browser nobody has signed in with, and the page on which it is asked for a passkey."""
    client = acting.app.test_client()
    assert isinstance(client, PageClient)
    client.accept_notice()
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    asked = client.post("/sign-in/passkey", data={"csrf_token": token[0]}, headers={"Sec-Fetch-Site": "same-origin"})
    assert asked.status_code == 200, asked.text
    return Browser(client), asked.text


def enter(acting: Pages, authenticator: Authenticator) -> tuple[Browser, TestResponse]:
    """Sign in with an authenticator alone."""
    browser, text = sign_in_page(acting)
    asked = asked_on(text)
    sent = {"csrf_token": [asked.token], "answer": [authenticator.answer(asked.options)]}
    return browser, browser.post(asked.action, sent)


def test_a_passkey_alone_signs_in(acting: Pages) -> None:
    authenticator = add_passkey(acting.town, "chief")
    acting.browser("chief")  # an account to sign in to
    browser, answer_ = enter(acting, authenticator)
    assert (answer_.status_code, answer_.headers["Location"]) == (303, "/")
    assert browser.client.get("/passkeys").status_code == 200


@pytest.mark.parametrize("case", ["unknown", "revoked", "unverified", "elsewhere", "counted backwards"])
def test_no_other_passkey_signs_in(case: str, acting: Pages) -> None:
    authenticator = add_passkey(acting.town, "chief", Authenticator(count=40))
    acting.browser("chief")
    number = passkey_of(acting.town, authenticator).ref.number
    match case:
        case "unknown":
            authenticator = Authenticator()
        case "revoked":
            given, who, now = {"reason": "Lost."}, acting.town.people["chief"], acting.town.clock()
            acts.revoke(acting.town.house, who, number, given, signing.PASSWORD, now)
        case "unverified":
            authenticator.flags = PRESENT
        case "elsewhere":
            authenticator.origin = "http://elsewhere.example"
        case _:
            authenticator.count = 3
    browser, refused = enter(acting, authenticator)
    assert (refused.status_code, passkey_sign_in.WRONG in refused.text) == (422, True)
    assert browser.client.get("/passkeys").status_code == 303
    assert passkey_of_number(acting, number).doubted is (case == "counted backwards")


def passkey_of_number(acting: Pages, number: int) -> Passkey:
    """What is on record of a passkey."""
    return acting.town.department().passkeys.by_number[number]


def test_a_challenge_is_answered_once_and_within_five_minutes(acting: Pages) -> None:
    authenticator = add_passkey(acting.town, "chief")
    acting.browser("chief")
    browser, text = sign_in_page(acting)
    asked = asked_on(text)
    sent = {"csrf_token": [asked.token], "answer": [authenticator.answer(asked.options)]}
    assert browser.post(asked.action, {**sent, "answer": ["{}"]}).status_code == 422
    assert browser.post(asked.action, sent).status_code == 422
    late, text = sign_in_page(acting)
    asked = asked_on(text)
    acting.town.clock.advance(timedelta(minutes=5, seconds=1))
    sent = {"csrf_token": [asked.token], "answer": [authenticator.answer(asked.options)]}
    assert late.post(asked.action, sent).status_code == 422


def test_an_account_locked_by_a_stranger_elsewhere_is_entered_with_its_passkey(acting: Pages) -> None:
    authenticator = add_passkey(acting.town, "chief")
    acting.browser("chief")
    stranger = acting.app.test_client()
    assert isinstance(stranger, PageClient)
    stranger.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    statuses = [stranger.sign_in("chief", "heron heron heron").status_code for _ in range(6)]
    assert statuses[-1] == 429
    assert enter(acting, authenticator)[1].status_code == 303


@pytest.fixture
def whole(acting: Pages) -> Pages:
    """Every page over the town."""
    return Pages(acting.town, (*READING, *ACTING_PAGES))


def forbid_weaker(whole: Pages, authenticator: Authenticator) -> None:
    """The Chief lets nothing but passkeys sign, on the pages."""
    chief = whole.browser("chief")
    given = {"name": "passkeys_only", "new": "1", "reason": "Everybody has a passkey."}
    page = chief.send("/settings/change", given).headers["Location"]
    assert answer(chief, page, authenticator).status_code == 303


def test_where_nothing_but_a_passkey_signs_the_administrator_still_opens_accounts(whole: Pages) -> None:
    held = give_passkeys(whole.town, "chief", "administrator")
    forbid_weaker(whole, held["chief"])
    administrator = whole.browser("administrator")
    given = {"name": "Investigator 9", "sign_in_name": "investigator-9"}
    page = administrator.send("/people/open-account", given).headers["Location"]
    text = administrator.client.get(page).text
    assert "lets nothing but a passkey sign" in text
    assert 'type="password"' not in text
    shown = answer(administrator, page, held["administrator"])
    assert (shown.status_code, "One-time code for Investigator 9" in shown.text) == (200, True)
    with whole.town.house.store.read() as unit:
        opened = next(one for one in whole.town.department().people.values() if one.sign_in_name == "investigator-9")
        assert sign_in_store.name_of_person(unit, opened.id) is not None
    assert check(whole.town.house).ok


def test_where_nothing_but_a_passkey_signs_a_password_is_not_even_asked_for(whole: Pages) -> None:
    held = give_passkeys(whole.town, "chief")
    forbid_weaker(whole, held["chief"])
    chief = whole.browser("chief")
    page, operation = prepared(whole, chief)
    asked = asked_on(chief.client.get(page).text)
    sent = {"csrf_token": [asked.token], "intent": [asked.intent], "password": [PASSWORD]}
    refused = chief.post(page, sent)
    assert refused.status_code in (409, 422)
    assert whole.town.operation(operation).stage is Stage.REQUESTED


def test_nobody_forbids_the_weaker_level_without_a_passkey_of_their_own(whole: Pages) -> None:
    given = {"name": "passkeys_only", "new": "1", "reason": "To try it.", "password": PASSWORD}
    refused = whole.browser("chief").send("/settings/change", given)
    assert (refused.status_code, "You could no longer sign yourself" in refused.text) == (422, True)
