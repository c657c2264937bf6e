"""How a signature comes about: by the person's passkey, or at a weaker level on the word of the page that asked.

A passkey's signature is checked here as it will be checked offline ever after; whether its count grew can only be
asked now.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from covertops.actions.installation import Installation
from covertops.actions.recording import record_department
from covertops.domain.decisions.passkeys import OWN, doubt_passkey
from covertops.domain.declaration import NamedCheckpoint, Signature, SignedBytes
from covertops.domain.department import Department
from covertops.domain.passkeys import PASSKEY, Passkey
from covertops.domain.refusals import Refusal, refuse
from covertops.domain.vocabulary import setting
from covertops.ledger.assertion import Assertion, BadAssertion, Verifier, check_assertion, from_web_base64
from covertops.ledger.checkpoint import read_unverified
from covertops.ledger.forms import digest, from_base64, to_base64
from covertops.ledger.intent import challenge_of
from covertops.storage.ledger_read import read_checkpoint
from covertops.storage.passkey_store import count_use
from covertops.storage.unit_of_work import ReadUnit, WriteUnit

PASSWORD: Final = "password"
CODE: Final = "code"
FORBIDDEN: Final = setting("passkeys only", "Nothing but a passkey signs.")


@dataclass(frozen=True)
class ByPasskey:
    """What a browser sent: the credential's id as browsers write it, and what its authenticator signed."""

    credential: str
    assertion: Assertion


Proof = str | ByPasskey
"""A weaker level, whose asking page has just had the proof of it; or a passkey's signature, which is checked here."""


class WrongPasskey(Exception):
    """What was sent is no signature of a passkey of this person over what they were shown."""


class Cloned(Exception):
    """An authenticator counted backwards: there may be two of it."""

    def __init__(self, passkey: Passkey, known: int, found: int) -> None:
        super().__init__(f"passkey {passkey.fingerprint} counted {found} uses, {known} before")
        self.passkey, self.known, self.found = passkey, known, found


def read_answer(text: str) -> ByPasskey:
    """The JSON that a browser's ``toJSON()`` wrote. Raises WrongPasskey."""
    try:
        match json.loads(text):
            case {
                "id": str() as credential,
                "type": "public-key",
                "response": {
                    "authenticatorData": str() as data,
                    "clientDataJSON": str() as client_data,
                    "signature": str() as signature,
                },
            }:
                parts = map(from_web_base64, (data, client_data, signature))
                return ByPasskey(credential, Assertion(*parts))
    except (ValueError, RecursionError) as error:
        raise WrongPasskey(f"it cannot be read: {error}") from error
    raise WrongPasskey("it is not what a passkey answers")


def named_checkpoint(unit: ReadUnit) -> NamedCheckpoint | None:
    """The newest checkpoint, as an intent names it."""
    note = read_checkpoint(unit)
    if note is None:
        return None
    newest = read_unverified(note)
    return NamedCheckpoint(newest.size, to_base64(newest.root))


def signature_over(
    unit: WriteUnit, department: Department, person: str, text: bytes, proof: Proof, now: datetime
) -> Signature:
    """The signature of a person on an intent. Raises WrongPasskey, Cloned, and Refusal where the level is forbidden."""
    members = json.loads(text)
    named = members["checkpoint"]
    checkpoint = NamedCheckpoint(named["size"], named["root"]) if named else None
    if isinstance(proof, str):
        if department.passkeys.only:
            raise refuse("weaker", "The Chief’s setting forbids it without a passkey", FORBIDDEN, "Use your passkey.")
        return Signature(proof, digest(text), members["policy"], checkpoint)
    passkey = used(unit, department, proof, challenge_of(text), now)
    if passkey.person != person:
        raise WrongPasskey("it is another person’s passkey")
    signed = SignedBytes(
        to_base64(proof.assertion.authenticator_data),
        to_base64(proof.assertion.client_data),
        to_base64(proof.assertion.signature),
    )
    return Signature(PASSKEY, digest(text), members["policy"], checkpoint, passkey.ref, signed)


def used(unit: WriteUnit, department: Department, proof: ByPasskey, challenge: bytes, now: datetime) -> Passkey:
    """The passkey in force that answered this challenge; its use is counted. Raises WrongPasskey and Cloned."""
    passkey = department.passkeys.by_credential(proof.credential)
    if passkey is None:
        raise WrongPasskey("no passkey in force is called so")
    verifier = Verifier(from_base64(passkey.public_key), passkey.rp_id, passkey.origin)
    try:
        count = check_assertion(proof.assertion, verifier, challenge)
    except BadAssertion as error:
        raise WrongPasskey(str(error)) from error
    known = count_use(unit, passkey.fingerprint, passkey.person, count, now)
    if known is not None:
        raise Cloned(passkey, known, count)
    return passkey


def doubted(house: Installation, cloned: Cloned, now: datetime) -> Refusal:
    """Put on record that an authenticator counted backwards; the refusal for whoever used it.

    The transaction of the act was undone; this is one of its own.
    """
    with house.store.write() as unit:
        department = house.folds.department(unit)
        decided = doubt_passkey(cloned.passkey, cloned.known, cloned.found)
        department, _ = record_department(unit, department, decided, now)
    house.folds.keep_department(department)
    message = "This passkey counted backwards: there may be a copy of it"
    return refuse("cloned", message, OWN, "It is on record. Revoke it, and tell the administrator at once.")
