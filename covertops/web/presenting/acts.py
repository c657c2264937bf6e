"""What can be done on an operation now: the decisions themselves, called without answers, each as a button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from covertops.domain.decisions import DECISIONS, Actor, Decision, Facts
from covertops.domain.operation import Operation
from covertops.domain.refusals import Missing, NotYours, Refusal
from covertops.domain.turns import Task
from covertops.domain.vocabulary import Office, Stage
from covertops.web.page import Act
from covertops.web.presenting.reading import Reading
from covertops.web.presenting.turns import Waiting, href_of, turning

# An act that another stage is for is not offered here as "not yet possible": these are, because they come next.
_NEXT: Mapping[Stage, frozenset[str]] = {
    Stage.REQUESTED: frozenset({"grant-authorization", "return-request", "refuse-request"}),
    Stage.AUTHORIZED: frozenset({"activate", "log-activity", "make-promise"}),
    Stage.ACTIVE: frozenset({"prepare-export", "request-renewal"}),
    Stage.SUSPENDED: frozenset({"resume", "add-account", "prepare-export", "request-renewal"}),
    Stage.ENDED: frozenset({"prepare-export"}),
}
_RARE = frozenset(
    {
        "number-case",
        "correct-entry",
        "keep-access",
        "record-held-material",
        "add-operator",
        "remove-operator",
        "assign-supervisor",
        "take-over-supervision",
        "log-no-activity",
        "review-entry",
        "question-entry",
        "check-conflict",
        "attempt-attorney",
    }
)
_RARE_ONLY_LATER = frozenset({"check-conflict", "attempt-attorney", "log-consultation"})
_DONE = frozenset({"promised", "ceased", "settled"})
"""Refusals which say that nothing is left to do: then there is nothing to offer either."""


_SAID = {
    "submit-request": "Asks the Chief to decide.",
    "withdraw-request": "Takes the request back; it is kept on record.",
    "number-case": "Where the case had no number when it was asked for.",
    "take-over-supervision": "After reading both attorneys’ answers; the contacts are not repeated.",
    "check-conflict": "With a regional system, so that two operations do not meet unknown.",
    "attempt-attorney": "A call without an answer, too, belongs on record.",
    "log-consultation": "What was shown, what was answered, and the four determinations. Advice is kept apart.",
    "make-promise": "Before the profile is used.",
    "add-operator": "One more officer may use the profile, after a promise of their own.",
    "remove-operator": "An officer’s use ends at once.",
    "activate": "Lists what is in force, item by item, and starts the operation.",
    "add-account": "An account made for the profile. Never its password.",
    "keep-access": "Where access is kept, such as an envelope in a safe. Never the access itself.",
    "log-activity": "One sitting with the profile, with its captures.",
    "log-no-activity": "That nothing happened in a period.",
    "correct-entry": "A clerical mistake in an entry of yours; the old words stay beside the new ones.",
    "hold-review": "What was done in the period, whether it stayed in scope, and whether it goes on.",
    "review-entry": "A single entry, between two reviews.",
    "question-entry": "An answer is expected by a day you name.",
    "answer-question": "The supervisor asks about an entry.",
    "request-renewal": "More time, with fresh facts.",
    "renew-authorization": "More time, in your own words; the scope stays as it was.",
    "resume": "After what was missing has been put right.",
    "confirm-cease": "After following the stop instruction.",
    "settle-account": "What became of it, with proof.",
    "prepare-export": "For the prosecutor of the case. Nothing leaves before the Chief releases it.",
    "release-export": "After reading what it holds and what it withholds.",
}

_USES = frozenset({"add-account", "log-activity"})

Tone = Literal["primary", "quiet", "danger-quiet"]


@dataclass(frozen=True)
class Acts:
    """The acts to show first, those that are rarely needed, and those that another stage is for."""

    first: list[Act]
    more: list[Act]
    later: list[Act]

    @property
    def anything(self) -> bool:
        """Whether the person can do anything, now or later."""
        return bool(self.first or self.more or self.later)


def acts(reading: Reading, actor: Actor, facts: Facts, mine: list[Waiting]) -> Acts:
    """Every act that is the actor's own: the one that ends their most urgent task is the primary one."""
    waiting = {one.decision: one for one in reversed(mine) if one.decision}
    primary = next((one.decision for one in mine if one.decision), "")
    found = Acts([], [], [])
    for decision in sorted(DECISIONS.values(), key=lambda one: (one.name not in waiting, one.stops)):
        missing = _stands_in_the_way(decision, reading, actor, facts)
        if missing is None or (missing and missing[0].code in _DONE):
            continue
        task = waiting.get(decision.name)
        href = href_of(task) if task else reading.act_href(decision.name)
        tone: Tone = "danger-quiet" if decision.stops else "primary" if decision.name == primary else "quiet"
        words = turning(task, reading.times, facts.rules).sentence if task else _only_late(decision.name, reading)
        said = words or decision.hint or _SAID.get(decision.name, "")
        act = Act(decision.name, decision.label, href, said, missing, tone)
        _place(act, decision.name, reading.operation.stage, bool(task), found)
    return found


def _only_late(name: str, reading: Reading) -> str:
    """What is on offer once use has stopped: an earlier sitting can be entered, and nothing invites a new one."""
    operation = reading.operation
    stopped = operation.paused.since if operation.paused else operation.ended_at
    if name not in _USES or stopped is None:
        return ""
    return f"Only to enter late what was done before {reading.times.day(stopped)}. Nobody may use the profile now."


def _place(act: Act, name: str, stage: Stage, is_task: bool, found: Acts) -> None:
    if act.missing and not is_task and name not in _NEXT.get(stage, frozenset()):
        found.later.append(act)
    elif not is_task and (name in _RARE or (name in _RARE_ONLY_LATER and stage is not Stage.AUTHORIZED)):
        found.more.append(act)
    else:
        found.first.append(act)


def _stands_in_the_way(decision: Decision, reading: Reading, actor: Actor, facts: Facts) -> tuple[Missing, ...] | None:
    """Nothing, what is missing, or None where the act is not the actor's at all."""
    try:
        decision.decide(reading.operation, actor, facts, None)
    except NotYours:
        return None
    except Refusal as refusal:
        return tuple(replace(one, remedy=reading.addressed(one.remedy)) for one in refusal.missing)
    return ()


def capacity(operation: Operation, actor: Actor) -> str:
    """In which capacity someone looks at an operation."""
    if actor.person == operation.supervisor and Office.SUPERVISOR in actor.offices:
        return "By you, as the assigned supervisor."
    if actor.person in operation.officers and Office.INVESTIGATOR in actor.offices:
        return "By you, as an officer using the profile."
    if Office.CHIEF in actor.offices:
        return "By you, as the Chief."
    if actor.person == operation.relief and Office.SUPERVISOR in actor.offices:
        return "By you, as the relief supervisor."
    return "By you, who asked for it."


def waiting_of(tasks: tuple[Task, ...], reading: Reading, actor: Actor) -> list[Waiting]:
    """An operation's tasks that are due to be shown, the actor's own marked."""
    operation = reading.operation
    return [
        Waiting(
            one.code,
            operation.id,
            operation.reference,
            operation.matter,
            reading.name(one.person) if one.person else one.office.title if one.office else "",
            one.entry,
            one.decision,
            one.since,
            one.until,
            one.person == actor.person or one.office in actor.offices,
            operation.urgent,
            _about(one.code, reading),
        )
        for one in tasks
        if one.since <= reading.times.now
    ]


def _about(code: str, reading: Reading) -> str:
    person = code.removeprefix("cease.late.")
    return reading.name(person) if person != code else ""
