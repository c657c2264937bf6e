"""Signed acts on the department: signed at once, or prepared, read back and then confirmed by passkey.

An act is asked *how* it is signed. With the name of a weaker level it is signed at once by whoever has just proved who
they are. *Preparing*, it runs whole up to the signature and raises ToSign, so that nothing is done; what would be
recorded is kept for ten minutes. *Confirming*, it runs again, and records what was prepared if it is still the next
entry of the stream.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from covertops.actions.installation import Installation
from covertops.actions.intents import LASTS, intent_text, salts_for
from covertops.actions.operations import NotFound, Scene
from covertops.actions.proving import Proof, signature_over
from covertops.domain.decisions.frame import Written
from covertops.domain.declaration import entry_from, kind_of, values_of
from covertops.domain.operation import Operation
from covertops.domain.vocabulary import Office
from covertops.ledger.intent import challenge_of
from covertops.storage import pending
from covertops.storage.compartments import OPERATION
from covertops.storage.ledger_store import position
from covertops.storage.unit_of_work import ReadUnit, WriteUnit


@dataclass(frozen=True)
class Waiting:
    """An act on the department that waits for its signature. ``given`` is what was sent, to run the act again."""

    id: str
    act: str
    given: Mapping[str, Any]
    written: Written
    salts: Mapping[str, str]
    text: bytes
    expires_at: datetime

    @property
    def challenge(self) -> bytes:
        """SHA-256 of the intent: what an authenticator is asked to sign."""
        return challenge_of(self.text)

    @property
    def digest(self) -> str:
        """The same in hexadecimal digits."""
        return self.challenge.hex()

    @property
    def number(self) -> int:
        """The number the entry will have."""
        return int(json.loads(self.text)["number"])


@dataclass(frozen=True)
class Preparing:
    """Run the act up to its signature."""

    act: str
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Confirming:
    """Record what was prepared, with this proof."""

    waiting: Waiting
    proof: Proof


Signing = str | Preparing | Confirming


class ToSign(Exception):
    """An act is decided and waits for its signature: nothing of it is done."""

    def __init__(self, waiting: Waiting) -> None:
        super().__init__(waiting.act)
        self.waiting = waiting


class DepartmentMoved(Exception):
    """Something was recorded in the department since the act was read back."""


def signed(unit: WriteUnit, it: Scene, written: Written, how: Signing) -> tuple[Written, dict[str, str]]:
    """An entry of the department with its signature, and the salts it is to be recorded with.

    Raises ToSign where it is only prepared, DepartmentMoved, and what `signature_over` raises.
    """
    person, now = it.actor.person, it.facts.now
    if isinstance(how, Confirming):
        waiting = how.waiting
        members = json.loads(waiting.text)
        if tuple(position(unit, it.operation.id)) != (members["number"] - 1, members["previous"]):
            raise DepartmentMoved(waiting.act)
        if written.office != waiting.written.office:
            raise DepartmentMoved(waiting.act)
        signature = signature_over(unit, it.department, person, waiting.text, how.proof, now)
        entry = replace(waiting.written.entry, signature=signature)
        return replace(waiting.written, entry=entry), dict(waiting.salts)
    salts = salts_for(written.entry)
    text = intent_text(unit, it, written, salts)
    if isinstance(how, Preparing):
        raise ToSign(Waiting(secrets.token_hex(16), how.act, how.given, written, salts, text, now + LASTS))
    signature = signature_over(unit, it.department, person, text, how, now)
    return replace(written, entry=replace(written.entry, signature=signature)), salts


def keep(house: Installation, person: str, waiting: Waiting) -> None:
    """Keep an act of a person until it is signed or its ten minutes are over."""
    entry = waiting.written.entry
    content = {
        "given": dict(waiting.given),
        "salts": dict(waiting.salts),
        "text": waiting.text.decode(),
        "office": waiting.written.office.value,
        "kind": kind_of(entry).name,
        "version": kind_of(entry).version,
        "values": values_of(entry),
    }
    members = json.loads(waiting.text)
    at = Operation("", last_number=members["number"] - 1, last_hash=members["previous"] or "")
    with house.store.write() as unit:
        pending.keep(unit, waiting.id, person, "", waiting.act, {OPERATION: content}, waiting.expires_at, at)


def find(unit: ReadUnit, waiting_id: str, person: str, now: datetime) -> Waiting:
    """The person's own act while it waits. Raises NotFound."""
    row = pending.find(unit, waiting_id, person, now)
    if row is None or row.operation_id:
        raise NotFound(waiting_id)
    raw = row.parts[OPERATION]
    if "text" not in raw:
        raise NotFound(waiting_id)
    entry = entry_from(raw["kind"], raw["version"], raw["values"], raw["values"])
    written = Written(Office(raw["office"]), entry)
    return Waiting(waiting_id, row.act, raw["given"], written, raw["salts"], raw["text"].encode(), row.expires_at)


def drop(house: Installation, waiting_id: str) -> None:
    """Take an act away once it is recorded."""
    with house.store.write() as unit:
        pending.drop(unit, waiting_id)
