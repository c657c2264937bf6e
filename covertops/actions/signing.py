"""Signed acts: prepared and read back first, then confirmed by the person's own authenticator.

Preparing runs the decision and keeps what would be recorded, sealed, for ten minutes outside the ledger. Confirming
runs the decision again on the record as it then stands. If the record moved, the person looks again. The signature
commits to the intent: where in the record, in which office, under which policy, and the digest of every field.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from covertops.actions.apart import OWN, parts_of
from covertops.actions.department_signing import signed as signed
from covertops.actions.installation import Installation
from covertops.actions.intents import LASTS, intent_text, salts_for
from covertops.actions.intents import refuse_behind as refuse_behind
from covertops.actions.operations import NotFound, Stale, after, decide, record_lapse, scene, settled
from covertops.actions.packages import seal_released
from covertops.actions.proving import PASSWORD as PASSWORD
from covertops.actions.proving import Cloned, Proof, doubted, signature_over
from covertops.actions.recording import Outcome, not_before, record, then
from covertops.domain.decisions import DECISIONS, Decision, activation
from covertops.domain.decisions.frame import Decided, Written
from covertops.domain.declaration import Entry, entry_from, kind_of, values_of
from covertops.domain.vocabulary import Compartment, Office
from covertops.ledger.intent import challenge_of
from covertops.storage import pending
from covertops.storage.ledger_store import position
from covertops.storage.unit_of_work import ReadUnit


@dataclass(frozen=True)
class Intent:
    """An act that waits for its signature: what will be recorded, and the exact bytes that are signed."""

    id: str
    decision: Decision
    operation_id: str
    given: Mapping[str, object]
    decided: Decided
    salts: Mapping[str, str]
    text: bytes
    seen: int
    expires_at: datetime

    @property
    def digest(self) -> str:
        """SHA-256 of the intent."""
        return self.challenge.hex()

    @property
    def challenge(self) -> bytes:
        """What an authenticator is asked to sign: the same 32 bytes."""
        return challenge_of(self.text)


def prepare(
    house: Installation,
    name: str,
    operation_id: str,
    person: str,
    given: Mapping[str, object],
    now: datetime,
    *,
    seen: int | None = None,
) -> Intent:
    """Decide as if it were signed now, and keep what would be recorded for ten minutes.

    Raises NotFound, Stale and Refusal; KeyError for a name that is no signed decision.
    """
    decision = DECISIONS[name]
    if not decision.signed:
        raise KeyError(name)
    with house.store.write() as unit:
        refuse_behind(unit, now)
        now = not_before(unit, now)
        it = settled(house, unit, scene(house, unit, operation_id, person, now), now)
        decided = decide(unit, decision, it, given, seen)
        salts = salts_for(decided[0].entry)
        text = intent_text(unit, it, decided[0], salts)
        intent = Intent(
            secrets.token_hex(16), decision, operation_id, given, decided, salts, text, it.operation.moved, now + LASTS
        )
        pending.keep(unit, intent.id, person, operation_id, name, _packed(intent), intent.expires_at, it.operation)
    house.folds.keep(it.operation)
    return intent


def _packed(intent: Intent) -> dict[str, dict[str, Any]]:
    """The intent by the parts that seal it. A salt is kept with its value: with both, a digest tells what was said."""
    given = parts_of(intent.decision.asks, intent.given)
    salts = parts_of(type(intent.decided[0].entry), intent.salts)
    values = [parts_of(type(one.entry), values_of(one.entry)) for one in intent.decided]
    found: dict[str, dict[str, Any]] = {}
    for part in Compartment:
        held = [one.get(part.value, {}) for one in (given, salts, *values)]
        if any(held):
            found[part.value] = {"given": held[0], "salts": held[1], "values": held[2:]}
    found[OWN] |= {
        "decided": [
            {"office": one.office.value, "kind": kind_of(one.entry).name, "version": kind_of(one.entry).version}
            for one in intent.decided
        ],
        "text": intent.text.decode(),
        "seen": intent.seen,
    }
    return found


def _written(raw: Mapping[str, Any], values: Mapping[str, Any]) -> Written:
    entry: Entry = entry_from(raw["kind"], raw["version"], values, values)
    return Written(Office(raw["office"]), entry)


def _joined(some: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: value for one in some for name, value in one.items()}


def find(unit: ReadUnit, intent_id: str, person: str, now: datetime) -> Intent:
    """The person's own intent while it lasts. Raises NotFound."""
    row = pending.find(unit, intent_id, person, now)
    if row is None or row.act not in DECISIONS:
        raise NotFound(intent_id)
    raw, parts = row.parts[OWN], row.parts.values()
    values = [_joined(one["values"][place] for one in parts) for place in range(len(raw["decided"]))]
    decided = tuple(map(_written, raw["decided"], values))
    return Intent(
        intent_id,
        DECISIONS[row.act],
        row.operation_id,
        _joined(one["given"] for one in parts),
        decided,
        _joined(one["salts"] for one in parts),
        raw["text"].encode(),
        raw["seen"],
        row.expires_at,
    )


def confirm(
    house: Installation, intent_id: str, person: str, proof: Proof, now: datetime, *, draft: str = ""
) -> Outcome:
    """Record a prepared act: signed by passkey, or at a weaker level by a person who has just proved to be that person.

    Raises NotFound for an intent that is not theirs or has expired, Stale where the record moved, WrongPasskey, and
    Refusal where the rules no longer allow it, or this way of signing. What lapsed since it was prepared is recorded
    first, and moves the record; a passkey that counted backwards is recorded, and nothing else. ``draft`` is the kind
    of the draft that ends with the act.
    """
    with house.store.read() as reading:
        waiting = find(reading, intent_id, person, now).operation_id
        lapsed = activation.lapse_at(house.folds.operation(reading, waiting), now)
    if lapsed:
        record_lapse(house, waiting, now)
    try:
        return _confirm(house, intent_id, person, proof, now, draft)
    except Cloned as cloned:
        raise doubted(house, cloned, now) from cloned


def _confirm(house: Installation, intent_id: str, person: str, proof: Proof, now: datetime, draft: str) -> Outcome:
    with house.store.write() as unit:
        intent = find(unit, intent_id, person, now)
        refuse_behind(unit, now)
        now = not_before(unit, now)
        it = scene(house, unit, intent.operation_id, person, now)
        if (it.operation.moved, position(unit, it.operation.id).number + 1) != (intent.seen, _number(intent)):
            raise Stale(it.operation, intent.seen)
        decided = decide(unit, intent.decision, it, intent.given, intent.seen)
        # Whoever acted as the Chief when it was read back and is Chief now, or the reverse, reads it back anew.
        if decided[0].office != intent.decided[0].office:
            raise Stale(it.operation, intent.seen)
        signature = signature_over(unit, it.department, person, intent.text, proof, now)
        first = replace(intent.decided[0], entry=replace(intent.decided[0].entry, signature=signature))
        outcome = record(house, unit, it.operation, (first, *intent.decided[1:]), it.department, now, intent.salts)
        pending.drop(unit, intent_id)
        if draft:
            pending.drop_draft(unit, person, draft, intent.operation_id)
        department = after(house, unit, intent.decision.name, outcome, it.department, now)
        if intent.decision.name == "release-export":
            outcome = then(outcome, seal_released(house, unit, outcome.operation, it.actor, department, now))
    house.folds.keep(outcome.operation)
    house.folds.keep_department(department)
    return outcome


def _number(intent: Intent) -> int:
    return int(json.loads(intent.text)["number"])
