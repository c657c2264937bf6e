"""What a change of somebody's passkeys brings with it: sessions that end, and what is left to do."""

from __future__ import annotations

import re

import pytest

from covertops.actions import passkeys as acts
from covertops.actions import signing
from covertops.web.pages.passkeys import BEGIN_AGAIN, NONE_LEFT
from tests.authenticator import Authenticator
from tests.signing import add_passkey, give_passkeys, passkey_of, vouch
from tests.web.test_passkeys import answer, register
from tests.web.town import Browser, Pages


def is_signed_in(browser: Browser) -> bool:
    """Whether the browser's session is open still."""
    return browser.client.get("/passkeys").status_code == 200


def test_a_first_passkey_ends_every_other_session_of_its_owner(acting: Pages) -> None:
    elsewhere, here, another = (acting.browser(short) for short in ("chief", "chief", "administrator"))
    assert register(here, Authenticator()).status_code == 303
    assert [is_signed_in(one) for one in (elsewhere, here, another)] == [False, True, True]


def test_a_second_passkey_ends_every_other_session_of_its_owner(acting: Pages) -> None:
    first = add_passkey(acting.town, "chief")
    elsewhere, here = acting.browser("chief"), acting.browser("chief")
    assert answer(here, register(here, Authenticator(), "Safe").headers["Location"], first).status_code == 303
    assert [is_signed_in(one) for one in (elsewhere, here)] == [False, True]


def test_ones_own_passkey_revoked_ends_every_other_session(acting: Pages) -> None:
    held = add_passkey(acting.town, "chief")
    elsewhere, here, another = (acting.browser(short) for short in ("chief", "chief", "administrator"))
    number = passkey_of(acting.town, held).ref.number
    page = here.send(f"/passkeys/{number}/revoke", {"reason": "Stolen."}).headers["Location"]
    assert answer(here, page, held).status_code == 303
    assert [is_signed_in(one) for one in (elsewhere, here, another)] == [False, True, True]


def test_another_persons_passkey_revoked_ends_all_of_theirs(acting: Pages) -> None:
    held = give_passkeys(acting.town, "chief", "administrator")
    chief, administrator = acting.browser("chief"), acting.browser("administrator")
    number = passkey_of(acting.town, held["chief"]).ref.number
    page = administrator.send(f"/passkeys/{number}/revoke", {"reason": "Stolen."}).headers["Location"]
    assert answer(administrator, page, held["administrator"]).status_code == 303
    assert [is_signed_in(one) for one in (chief, administrator)] == [False, True]


def test_whose_passkey_comes_into_force_signs_in_again(acting: Pages) -> None:
    held = give_passkeys(acting.town, "chief", "administrator")
    third = add_passkey(acting.town, "supervisor-1")
    owner, voucher = acting.browser("supervisor-1"), acting.browser("administrator")
    vouch(acting.town, held["chief"], "chief", third)
    assert is_signed_in(owner)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', voucher.client.get("/passkeys").text)
    number = passkey_of(acting.town, third).ref.number
    page = voucher.post(f"/passkeys/{number}/vouch", {"csrf_token": token[:1]}).headers["Location"]
    assert answer(voucher, page, held["administrator"]).status_code == 303
    assert passkey_of(acting.town, third).in_force
    assert [is_signed_in(one) for one in (owner, voucher)] == [False, True]


def lose(acting: Pages, short: str, authenticator: Authenticator) -> None:
    """Somebody revokes the passkey they lost, at the weaker level."""
    who, number = acting.town.people[short], passkey_of(acting.town, authenticator).ref.number
    acts.revoke(acting.town.house, who, number, {"reason": "Lost."}, signing.PASSWORD, acting.town.clock())


@pytest.mark.parametrize("lost", [(), ("chief",), ("chief", "administrator")])
def test_where_nobody_can_vouch_the_page_says_what_to_do(acting: Pages, lost: tuple[str, ...]) -> None:
    held = give_passkeys(acting.town, "chief", "administrator")
    for short in lost:
        lose(acting, short, held[short])
    text = acting.browser("chief").client.get("/passkeys").text
    told = f"who has one: {BEGIN_AGAIN}" in text, NONE_LEFT in text
    assert told == (len(lost) == 1, len(lost) == 2)
