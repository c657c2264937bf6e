"""An act that was sent twice: the second sending is known by its answers, and leads to the entry of the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from covertops.actions.folding import entries
from covertops.actions.operations import Scene
from covertops.actions.schemas import read_answers
from covertops.domain.answers import asked_of
from covertops.domain.declaration import Entry, Recorded, Reference
from covertops.domain.refusals import Refusal
from covertops.storage.unit_of_work import ReadUnit

LOOKED_BACK: Final = 50


def already_done(
    unit: ReadUnit, it: Scene, kind: type[Entry], given: Mapping[str, object], seen: int
) -> Recorded | None:
    """The person's own entry past number ``seen`` that holds exactly these answers, or None."""
    first = max(seen, it.operation.last_number - LOOKED_BACK) + 1
    if first > it.operation.last_number:
        return None
    try:
        answers = read_answers(kind, given, it.department.zone_name)
    except Refusal:
        return None
    found = entries(unit, it.operation.id, range(first, it.operation.last_number + 1), counsel=True)
    mine = (one for one in found.values() if type(one.entry) is kind and one.entry.by == it.actor.person)
    return next((one for one in mine if _answers_of(one.entry) == answers), None)


def _answers_of(entry: Entry) -> dict[str, Any]:
    """The answers an entry was made of, with numbers where it refers to entries."""
    made: dict[str, Any] = {}
    for name, one in asked_of(type(entry)).items():
        value = getattr(entry, name)
        if isinstance(one, Reference) and value:
            value = tuple(ref.number for ref in value) if one.many else value.number
        made[name] = value
    return made


def signed_as(unit: ReadUnit, it: Scene, intent_digest: str) -> Recorded | None:
    """The person's own entry whose signature is on this intent, among the newest, or None."""
    last = it.operation.last_number
    found = entries(unit, it.operation.id, range(max(0, last - LOOKED_BACK) + 1, last + 1))
    mine = (one for one in found.values() if one.entry.by == it.actor.person and one.entry.signature is not None)
    return next((one for one in mine if one.entry.signature and one.entry.signature.intent == intent_digest), None)
