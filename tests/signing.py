"""People of a town with authenticators in their hands: passkeys put on record, and acts signed with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from covertops.actions import passkeys, signing
from covertops.actions.department_signing import Confirming, Preparing, Signing, ToSign
from covertops.actions.proving import ByPasskey
from covertops.actions.recording import Outcome
from covertops.domain.declaration import Recorded
from covertops.domain.passkeys import Passkey
from tests.authenticator import Authenticator
from tests.playing import Town


def proof_of(authenticator: Authenticator, challenge: bytes) -> ByPasskey:
    """What a browser sends once its authenticator signed."""
    return ByPasskey(authenticator.id, authenticator.sign(challenge))


def sign(
    town: Town, authenticator: Authenticator, name: str, operation: str, short: str, answers: Mapping[str, object]
) -> Outcome:
    """Do a signed decision on an operation by passkey; the clock goes on by a minute."""
    town.clock.advance(timedelta(minutes=1))
    who, now = town.people[short], town.clock()
    intent = signing.prepare(town.house, name, operation, who, answers, now)
    return signing.confirm(town.house, intent.id, who, proof_of(authenticator, intent.challenge), now)


def sign_on_department(authenticator: Authenticator, act: Callable[[Signing], Recorded]) -> Recorded:
    """Do a signed act on the department by passkey: prepared, then confirmed."""
    with pytest.raises(ToSign) as to_sign:
        act(Preparing("act", {}))
    waiting = to_sign.value.waiting
    return act(Confirming(waiting, proof_of(authenticator, waiting.challenge)))


def registered(authenticator: Authenticator) -> passkeys.Registered:
    """What the authenticator registered."""
    return passkeys.Registered(
        authenticator.credential_id, authenticator.cose, authenticator.rp_id, authenticator.origin, authenticator.count
    )


def add_passkey(
    town: Town, short: str, authenticator: Authenticator | None = None, by: Authenticator | None = None
) -> Authenticator:
    """Register an authenticator for somebody, signed with their other one (``by``) where they have one."""
    made = authenticator or Authenticator()
    town.clock.advance(timedelta(minutes=1))
    given, who = {"name": f"Key {made.id[:6]}"}, town.people[short]

    def act(how: Signing | None) -> Recorded:
        return passkeys.add(town.house, who, given, registered(made), how, town.clock())

    sign_on_department(by, act) if by else act(None)
    return made


def passkey_of(town: Town, authenticator: Authenticator) -> Passkey:
    """What is on record of an authenticator."""
    found = town.department().passkeys.by_number.values()
    return next(one for one in found if one.credential == authenticator.id)


def vouch(town: Town, voucher: Authenticator, short: str, authenticator: Authenticator) -> Recorded:
    """Somebody vouches for another person's authenticator."""
    number = passkey_of(town, authenticator).ref.number
    who = town.people[short]
    return sign_on_department(voucher, lambda how: passkeys.vouch(town.house, who, number, how, town.clock()))


def give_passkeys(town: Town, *shorts: str) -> dict[str, Authenticator]:
    """An authenticator in the hand of everybody named: the first two rest on print, two vouch for each other one."""
    held: dict[str, Authenticator] = {}
    for short in shorts:
        made = add_passkey(town, short)
        if len(held) >= 2:
            for voucher in list(held)[:2]:
                vouch(town, held[voucher], voucher, made)
        held[short] = made
    return held
