"""A person's passkeys: registered, vouched for, revoked. One transaction a function; each act is on record.

What a browser registers is read by the page (`web.passkeys`); what comes here is a public key and what it is bound to.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from covertops.actions.department import Done, do_on_department
from covertops.actions.department_signing import Confirming, Preparing, Signing
from covertops.actions.installation import Installation
from covertops.actions.operations import NotFound
from covertops.actions.proving import ByPasskey
from covertops.domain.decisions import Actor, Facts
from covertops.domain.decisions import passkeys as decisions
from covertops.domain.decisions.frame import Decided
from covertops.domain.declaration import Recorded
from covertops.domain.entries.passkeys import PasskeyAdded, PasskeyRevoked, PasskeyVouched
from covertops.domain.operation import Operation
from covertops.domain.passkeys import Passkey, only_by_passkey
from covertops.domain.refusals import refuse
from covertops.ledger.assertion import Verifier, read_public_key, to_web_base64
from covertops.ledger.forms import to_base64
from covertops.storage import pending, sign_in_store
from covertops.storage.compartments import OPERATION
from covertops.storage.passkey_store import count_use

ANSWERED_WITHIN: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Registered:
    """What an authenticator registered: the credential's id, its COSE public key, and how often it was used."""

    credential_id: bytes
    public_key: bytes
    rp_id: str
    origin: str
    count: int

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key."""
        return Verifier(self.public_key, self.rp_id, self.origin).fingerprint

    def as_fields(self) -> dict[str, Any]:
        """The fields of its entry that nobody is asked for."""
        return {
            "credential": to_web_base64(self.credential_id),
            "public_key": to_base64(self.public_key),
            "fingerprint": self.fingerprint,
            "rp_id": self.rp_id,
            "origin": self.origin,
        }


def add(
    house: Installation,
    person: str,
    given: Mapping[str, object],
    registered: Registered,
    how: Signing | None,
    now: datetime,
    session: str = "",
) -> Recorded:
    """Put a new passkey on record: signed with the person's other one, or for others to vouch for, or as a first one.

    ``how`` is None unless the person has a passkey in force. Every session of theirs ends but ``session``, the one in
    which they do it. Raises BadAssertion for a key that is none of ours, ToSign, WrongPasskey, Cloned and Refusal.
    """
    read_public_key(registered.public_key)

    def decide(actor: Actor, facts: Facts, asked: Mapping[str, Any] | None) -> Decided:
        given = None if asked is None else {**asked, **registered.as_fields()}
        return _by_passkey(decisions.add_passkey(actor, facts, given), how)

    def keep(done: Done) -> None:
        count_use(done.unit, registered.fingerprint, person, registered.count, now)
        sign_in_store.end_sessions_of(done.unit, person, now, but=session)

    return do_on_department(house, person, PasskeyAdded, given, now, decide, keep, how)


def vouch(house: Installation, person: str, number: int, how: Signing, now: datetime) -> Recorded:
    """Vouch for another person's passkey; their sessions end with it in force. Raises NotFound and as :func:`add`."""

    def decide(actor: Actor, facts: Facts, asked: Mapping[str, Any] | None) -> Decided:
        return _by_passkey(decisions.vouch_for_passkey(actor, facts, _passkey(facts, number), asked), how)

    def keep(done: Done) -> None:
        if done.department.passkeys.by_number[number].in_force:
            sign_in_store.end_sessions_of(done.unit, done.person, now)

    return do_on_department(house, person, PasskeyVouched, {}, now, decide, keep, how)


def revoke(
    house: Installation,
    person: str,
    number: int,
    given: Mapping[str, object],
    how: Signing,
    now: datetime,
    session: str = "",
) -> Recorded:
    """Revoke a passkey; its owner's sessions end, but ``session`` where they do it. Raises NotFound and as :func:`add`.

    A session that a thief opened with it ends with it.
    """

    def decide(actor: Actor, facts: Facts, asked: Mapping[str, Any] | None) -> Decided:
        return decisions.revoke_passkey(actor, facts, _passkey(facts, number), asked)

    def keep(done: Done) -> None:
        sign_in_store.end_sessions_of(done.unit, done.person, now, but=session)

    return do_on_department(house, person, PasskeyRevoked, given, now, decide, keep, how)


def _by_passkey(decided: Decided, how: Signing | None) -> Decided:
    """The same, where it is signed as it must be; asked inside the transaction, for a passkey may be new since."""
    proved = isinstance(how, Preparing) or (isinstance(how, Confirming) and isinstance(how.proof, ByPasskey))
    if not proved and any(only_by_passkey(one.entry) for one in decided):
        remedy = "Go back, begin again, and sign with the passkey you have."
        raise refuse("weaker", "Only a passkey signs this", decisions.VOUCHED, remedy)
    return decided


def _passkey(facts: Facts, number: int) -> Passkey:
    found = facts.department.passkeys.by_number.get(number)
    if found is None:
        raise NotFound(str(number))
    return found


# What a browser was asked, until it answers ---------------------------------------------------------------------------


def keep_question(house: Installation, person: str, act: str, content: Mapping[str, Any], now: datetime) -> str:
    """Keep what a browser was asked, sealed, for five minutes and one answer; ``person`` is empty before sign-in."""
    question = secrets.token_hex(16)
    with house.store.write() as unit:
        pending.keep(unit, question, person, "", act, {OPERATION: dict(content)}, now + ANSWERED_WITHIN, Operation(""))
    return question


def question(house: Installation, question_id: str, person: str, act: str, now: datetime) -> Mapping[str, Any]:
    """What was asked under this id, still to be answered. Raises NotFound."""
    with house.store.read() as unit:
        row = pending.find(unit, question_id, person, now)
    if row is None or row.act != act:
        raise NotFound(question_id)
    return row.parts[OPERATION]


def take_question(house: Installation, question_id: str, person: str, act: str, now: datetime) -> Mapping[str, Any]:
    """What was asked, taken away in the same transaction: it is answered once. Raises NotFound."""
    with house.store.write() as unit:
        row = pending.find(unit, question_id, person, now)
        if row is None or row.act != act:
            raise NotFound(question_id)
        pending.drop(unit, question_id)
    return row.parts[OPERATION]
