"""Concerns (Policy 2.8, V.B.2): raised by anyone with an office, answered by someone they do not go past.

A concern stands on the department's stream. Raising one asks for no reference and tells nothing about operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from covertops.actions.department import do_on_department
from covertops.actions.folding import DEPARTMENT, entries
from covertops.actions.installation import Installation
from covertops.actions.operations import NotFound
from covertops.domain.decisions import Actor, Facts
from covertops.domain.decisions import department as decisions
from covertops.domain.decisions.frame import Decided
from covertops.domain.declaration import Recorded
from covertops.domain.department import Concern, Department
from covertops.domain.entries.department import ConcernAnswered, ConcernRaised
from covertops.domain.vocabulary import Office
from covertops.storage.unit_of_work import ReadUnit


@dataclass(frozen=True)
class Read:
    """A concern with its words, and those of its answer; an auditor is given neither."""

    concern: Concern
    raised: Recorded | None
    answered: Recorded | None


def raise_concern(house: Installation, person: str, given: Mapping[str, object], now: datetime) -> Recorded:
    """Put a concern on record. Raises Refusal."""
    return do_on_department(house, person, ConcernRaised, given, now, decisions.raise_concern)


def answer_concern(
    house: Installation, number: int, person: str, given: Mapping[str, object], now: datetime
) -> Recorded:
    """Answer a concern. Raises NotFound for one that does not go to this person, and Refusal."""

    def decide(actor: Actor, facts: Facts, asked: Mapping[str, Any] | None) -> Decided:
        concern = next((one for one in facts.department.concerns if one.ref.number == number), None)
        if concern is None:
            raise NotFound(str(number))
        return decisions.answer_concern(actor, facts, concern.ref, asked)

    return do_on_department(house, person, ConcernAnswered, given, now, decide)


def may_answer(concern: Concern, actor: Actor) -> bool:
    """Whether a concern goes to this person: never to whoever raised it."""
    wanted = {Office.CHIEF} if concern.goes_to == "chief" else {Office.CHIEF, Office.SUPERVISOR}
    return bool(actor.offices & wanted) and concern.by != actor.person


def waiting_concerns(department: Department, actor: Actor) -> list[Concern]:
    """The concerns that wait for an answer of this person, the oldest first."""
    return [one for one in department.concerns if one.answered is None and may_answer(one, actor)]


def read_concerns(unit: ReadUnit, department: Department, actor: Actor) -> list[Read]:
    """The concerns a person may read, the newest first: their own, those that go to them; the auditor sees the dates
    of those without an answer, and no words.
    """
    mine = [one for one in department.concerns if one.by == actor.person or may_answer(one, actor)]
    numbers = {one.ref.number for one in mine} | {one.answered for one in mine if one.answered}
    words = entries(unit, DEPARTMENT, numbers) if numbers else {}
    found = [Read(one, words.get(one.ref.number), words.get(one.answered or 0)) for one in mine]
    if Office.AUDITOR in actor.offices:
        others = [one for one in department.concerns if one.answered is None and one not in mine]
        found += [Read(one, None, None) for one in others]
    return sorted(found, key=lambda one: one.concern.ref.number, reverse=True)
