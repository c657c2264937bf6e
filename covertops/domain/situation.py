"""A finite picture of where an operation stands at a moment: what the rules distinguish, and no dates or texts.

Time counts as before, in force or lapsed only. Two operations in the same situation are offered the same acts, which
is what lets a test walk every situation there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from covertops.domain.authority import given_contacts, review_due
from covertops.domain.decisions.package import unreleased
from covertops.domain.operation import Operation
from covertops.domain.vocabulary import Office, Stage


@dataclass(frozen=True)
class Situation:
    """What matters for which acts are possible; in a stage that a rule no longer looks at, its line is empty."""

    stage: Stage
    approval: str = ""
    supervision: str = ""
    contacts: tuple[str, ...] = ()
    officers: str = ""
    paused: str = ""
    review: str = ""
    renewal: bool = False
    paper: bool = False
    """Whether a decision signed in ink waits to be confirmed."""
    newest: str = ""
    """The furthest of an account, an activity, an open question, a package; told while all goes well and at the end."""


def situation(operation: Operation, now: datetime) -> Situation:
    """The situation of an operation at a moment (aware)."""
    stage = operation.stage
    if stage in (Stage.REFUSED, Stage.WITHDRAWN, Stage.RETURNED):
        return Situation(stage)
    if stage is Stage.ENDED:
        officers = _ceased(operation)
        return Situation(stage, supervision=_supervision(operation), officers=officers, newest=_newest(operation))
    offices = (Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY)
    approval, review = _approval(operation, now), _review(operation, now)
    smooth = stage is Stage.ACTIVE and (approval, review) == ("in force", "in time")
    return Situation(
        stage,
        approval=approval,
        supervision=_supervision(operation),
        contacts=tuple(_contact(operation, office, now) for office in offices),
        officers=_officers(operation, now),
        paused=_paused(operation),
        review=review,
        renewal=operation.renewal is not None,
        paper=bool(operation.papers) and operation.papers[-1].confirmed_at is None,
        newest=_newest(operation) if smooth else "",
    )


def _approval(operation: Operation, now: datetime) -> str:
    grant = operation.grant
    if grant is None:
        return "none"
    if grant.covers(now):
        return "in force"
    return "before" if now < grant.starts_at else "lapsed"


def _supervision(operation: Operation) -> str:
    who = "assigned" if operation.supervisor else "ended" if operation.supervision else "none"
    return f"{who}, relief named" if operation.relief else who


def _contact(operation: Operation, office: Office, now: datetime) -> str:
    given = given_contacts(operation, office, now)
    if not given:
        return "none"
    grant = operation.grant
    unseen = grant is not None and grant.changed and not any(grant.ref.number in one.shown for one in given)
    return "shown less" if unseen else "given"


def _officers(operation: Operation, now: datetime) -> str:
    named = operation.officers
    promised = sum(operation.promised(one, now) for one in named)
    who = "nobody" if not named else "none promised" if not promised else "all" if promised == len(named) else "some"
    removed = operation.activated_at is not None and any(one.until for one in operation.operators)
    return f"{who}, one removed" if removed else who


def _ceased(operation: Operation) -> str:
    ceased = {one.person for one in operation.ceased}
    return "all ceased" if ceased >= set(operation.officers) else "some ceased" if ceased else "none ceased"


def _paused(operation: Operation) -> str:
    pause = operation.paused
    if pause is None:
        return ""
    return "by itself" if pause.lapse else "by the Chief" if pause.by_chief else "by the supervisor"


def _review(operation: Operation, now: datetime) -> str:
    due = review_due(operation, now)
    return "" if due is None else "in time" if now < due else "overdue"


def _newest(operation: Operation) -> str:
    if unreleased(operation):
        return "package prepared"
    if any(one.answered is None for one in operation.questions):
        return "question open"
    if any(one.settled is None for one in operation.accounts):
        return "account"
    return "activity" if operation.activities else ""
