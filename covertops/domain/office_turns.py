"""What waits for somebody about people and offices: the city's instrument to confirm, the review of people to hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from covertops.domain.decisions.frame import Actor, Asked, Decided, Facts
from covertops.domain.decisions.offices import answer_city_instrument, people_review_due, review_people
from covertops.domain.refusals import Refusal

Decide = Callable[[Actor, Facts, Asked], Decided]
CONFIRM: Final = "confirm the city’s instrument"
REVIEW: Final = "review people and offices"
SOON: Final = timedelta(days=30)
"""So long before it falls due a review of people is somebody's turn."""


@dataclass(frozen=True)
class OfficeTask:
    """Something that waits: what, since when, and until when where it falls due."""

    what: str
    since: datetime
    until: datetime | None


def office_tasks(actor: Actor, facts: Facts) -> tuple[OfficeTask, ...]:
    """What waits for somebody; whether it does is the decision's own answer."""
    found = []
    waiting, due = facts.department.instrument, people_review_due(facts)
    if waiting is not None and _may(answer_city_instrument, actor, facts):
        found.append(OfficeTask(CONFIRM, waiting.at, None))
    if due is not None and due - SOON <= facts.now and _may(review_people, actor, facts):
        found.append(OfficeTask(REVIEW, due - SOON, due))
    return tuple(found)


def _may(decide: Decide, actor: Actor, facts: Facts) -> bool:
    try:
        decide(actor, facts, None)
    except Refusal:
        return False
    return True
