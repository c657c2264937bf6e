"""Making the intent of an entry that is to be signed: where it will stand, and the digests of its fields."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from covertops.actions.operations import Scene
from covertops.actions.proving import named_checkpoint
from covertops.domain.decisions.frame import Written
from covertops.domain.declaration import Entry, kind_of, values_of
from covertops.domain.refusals import refuse
from covertops.domain.vocabulary import practice
from covertops.ledger.entry import Field
from covertops.ledger.intent import UNSIGNED, Standing
from covertops.ledger.intent import intent_text as make_intent
from covertops.storage.ledger_store import position
from covertops.storage.times import moment
from covertops.storage.unit_of_work import WriteUnit

LASTS: Final = timedelta(minutes=10)
"""For how long what was read back waits for its signature."""
BEHIND: Final = timedelta(minutes=1)
"""Two workers' clocks may differ by moments; more means that the clock was set back."""


def refuse_behind(unit: WriteUnit, now: datetime) -> None:
    """Nothing is signed while the clock is behind the record: the signature would stand before what it follows."""
    last = moment(unit.head.last_time)
    if now + BEHIND < last:
        rule = practice("Nothing is signed before what it follows.")
        remedy = "The administrator sets the clock; what was typed is kept as a draft."
        raise refuse("clock", "The machine’s clock is behind the last entry of the record", rule, remedy)


def intent_text(unit: WriteUnit, it: Scene, written: Written, salts: Mapping[str, str]) -> bytes:
    """The intent of an entry that is the next of its stream, to be recorded with these salts."""
    entry, kind = written.entry, kind_of(written.entry)
    at = position(unit, it.operation.id)
    standing = Standing(
        unit.head.origin, it.operation.id, at.number + 1, at.hash, kind.name, kind.version, written.office.value
    )
    values = {stored: value for stored, value in values_of(entry).items() if stored != UNSIGNED}
    digests = {stored: Field(salts[stored], stored, value).digest for stored, value in values.items()}
    checkpoint = named_checkpoint(unit)
    return make_intent(standing, digests, it.facts.rules.digest, checkpoint.to_json() if checkpoint else None)


def salts_for(entry: Entry) -> dict[str, str]:
    """A new salt for every field of an entry but its signature, which is not known when the others are signed."""
    return {stored: secrets.token_hex(16) for stored in values_of(entry) if stored != UNSIGNED}
