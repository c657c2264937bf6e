"""Signed acts on the department and of attorneys: signed at once, or prepared, read back and confirmed by passkey.

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

from covertops.actions.apart import OWN, parts_of
from covertops.actions.installation import Installation
from covertops.actions.intents import LASTS, intent_text, salts_for
from covertops.actions.operations import NotFound, Scene
from covertops.actions.proving import Proof, signature_over
from covertops.domain.decisions import DECISIONS
from covertops.domain.decisions.frame import Written
from covertops.domain.declaration import entry_from, kind_of, values_of
from covertops.domain.operation import Operation
from covertops.domain.vocabulary import Compartment, Office, StreamKind
from covertops.ledger.intent import challenge_of
from covertops.storage import pending
from covertops.storage.ledger_store import position
from covertops.storage.unit_of_work import ReadUnit, WriteUnit


@dataclass(frozen=True)
class Waiting:
    """An act that waits for its signature. ``given`` is what was sent, to run the act again.

    ``operation_id`` is empty for an act on the department.
    """

    id: str
    act: str
    given: Mapping[str, Any]
    written: Written
    salts: Mapping[str, str]
    text: bytes
    expires_at: datetime
    operation_id: str = ""

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
        pending.drop(unit, waiting.id)
        return replace(waiting.written, entry=entry), dict(waiting.salts)
    salts = salts_for(written.entry)
    text = intent_text(unit, it, written, salts)
    if isinstance(how, Preparing):
        operation_id = it.operation.id if kind_of(written.entry).stream is StreamKind.OPERATION else ""
        raise ToSign(
            Waiting(secrets.token_hex(16), how.act, how.given, written, salts, text, now + LASTS, operation_id)
        )
    signature = signature_over(unit, it.department, person, text, how, now)
    return replace(written, entry=replace(written.entry, signature=signature)), salts


def keep(house: Installation, person: str, waiting: Waiting) -> None:
    """Keep an act of a person until it is signed or its ten minutes are over; what is counsel's, sealed apart."""
    entry = waiting.written.entry
    held = [parts_of(type(entry), one) for one in (waiting.given, waiting.salts, values_of(entry))]
    parts: dict[str, dict[str, Any]] = {
        part.value: dict(zip(("given", "salts", "values"), (one.get(part.value, {}) for one in held), strict=True))
        for part in Compartment
        if any(one.get(part.value) for one in held)
    }
    parts[OWN] |= {
        "text": waiting.text.decode(),
        "office": waiting.written.office.value,
        "kind": kind_of(entry).name,
        "version": kind_of(entry).version,
    }
    members, stream = json.loads(waiting.text), waiting.operation_id
    at = Operation(stream, last_number=members["number"] - 1, last_hash=members["previous"] or "")
    with house.store.write() as unit:
        pending.keep(unit, waiting.id, person, stream, waiting.act, parts, waiting.expires_at, at)


def find(unit: ReadUnit, waiting_id: str, person: str, now: datetime) -> Waiting:
    """The person's own act while it waits. Raises NotFound."""
    row = pending.find(unit, waiting_id, person, now)
    if row is None or row.act in DECISIONS or "text" not in row.parts[OWN]:
        raise NotFound(waiting_id)
    raw = row.parts[OWN]
    given, salts, values = (
        {name: value for part in row.parts.values() for name, value in part[what].items()}
        for what in ("given", "salts", "values")
    )
    written = Written(Office(raw["office"]), entry_from(raw["kind"], raw["version"], values, values))
    return Waiting(waiting_id, row.act, given, written, salts, raw["text"].encode(), row.expires_at, row.operation_id)
