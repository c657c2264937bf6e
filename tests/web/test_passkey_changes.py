"""What a change of somebody's passkeys brings with it: their sessions end, the one in which they did it left open."""

from __future__ import annotations

import re

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
