"""Record receipts (checkpoints): the newest one, for whoever wants to hold the record to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from covertops.actions.department import do_on_department
from covertops.actions.installation import Installation
from covertops.actions.operations import NotFound
from covertops.domain.decisions import Actor, Facts
from covertops.domain.decisions import department as decisions
from covertops.domain.decisions.frame import Decided
from covertops.domain.declaration import Recorded
from covertops.domain.entries.department import CheckpointGiven
from covertops.ledger.checkpoint import read_unverified
from covertops.storage.ledger_read import read_checkpoint
from covertops.storage.unit_of_work import ReadUnit


@dataclass(frozen=True)
class Receipt:
    """A record receipt: the signed note (C2SP tlog-checkpoint), what it is about, and the key that checks it."""

    note: str
    origin: str
    size: int
    root: str
    verifier: str


def newest_receipt(unit: ReadUnit) -> Receipt | None:
    """The newest receipt; None where nothing is on record yet."""
    note = read_checkpoint(unit)
    if note is None:
        return None
    found = read_unverified(note)
    return Receipt(note, found.origin, found.size, found.root.hex(), unit.log_key.verifier)


def give_receipt(house: Installation, person: str, size: int, given: Mapping[str, object], now: datetime) -> Recorded:
    """Note to whom the receipt over ``size`` entries was handed. Raises NotFound where there is none, and Refusal."""
    with house.store.read() as unit:
        note = read_checkpoint(unit, size)
    if note is None:
        raise NotFound(str(size))
    root = read_unverified(note).root.hex()

    def decide(actor: Actor, facts: Facts, asked: Mapping[str, Any] | None) -> Decided:
        return decisions.give_receipt(actor, facts, size, root, asked)

    return do_on_department(house, person, CheckpointGiven, given, now, decide)
