"""What every decision is given and what it returns.

A decision is a pure function of the operation's fold, the actor, the facts and what was asked. It returns the entries
to record or raises a Refusal. Called with ``asked`` None it answers only "could this be done now?": that is the button.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from covertops.domain.declaration import Entry, Recorded
from covertops.domain.department import Department
from covertops.domain.operation import Operation
from covertops.domain.policy import Policy
from covertops.domain.refusals import Missing, NotYours, raise_if, refuse
from covertops.domain.vocabulary import Office, Rule, Stage, practice


@dataclass(frozen=True)
class Actor:
    """Who acts: a person and the offices held at this moment."""

    person: str
    offices: frozenset[Office]


@dataclass(frozen=True)
class Facts:
    """What a decision may know besides the operation: the moment, the rules, the department, what was looked up."""

    now: datetime
    rules: Policy
    department: Department
    reference: str = ""
    """The next free reference, read under the append lock."""
    target: Recorded | None = None
    """The entry an act is about, opened, where the act names one."""
    targets: Mapping[int, Recorded] | None = None
    """Entries an act refers to, by number."""

    @property
    def zone(self) -> ZoneInfo:
        """The department's zone."""
        return self.department.zone


@dataclass(frozen=True)
class Written:
    """An entry to record and the office in which its author acts."""

    office: Office
    entry: Entry


def as_held(actor: Actor, decided: tuple[Written, ...]) -> tuple[Written, ...]:
    """What was decided, in the office that is really held: what an acting Chief does as the Chief says so."""
    if Office.ACTING_CHIEF not in actor.offices:
        return decided
    return tuple(replace(one, office=Office.ACTING_CHIEF) if one.office is Office.CHIEF else one for one in decided)


Asked = Mapping[str, Any] | None
Decided = tuple[Written, ...]
Decide = Callable[[Operation, Actor, Facts, Asked], Decided]

APART = practice("Requester and officers, supervisor and Chief are different people.")
DATES = practice("Dates run forward, and nothing is recorded before it happens.")
HOLDS = practice("Offices are held by appointment.")
NAMED = practice("The Chief names who uses it.")


def require_office(actor: Actor, office: Office, rule: Rule) -> None:
    """The act belongs to an office the actor does not hold: no button is shown."""
    if office not in actor.offices:
        raise NotYours(Missing("office", f"Only the {office.value} does this", rule, f"Ask the {office.value}."))


def require_supervisor(operation: Operation, actor: Actor, rule: Rule) -> None:
    """The act belongs to the supervisor assigned to this operation."""
    if operation.supervisor != actor.person or Office.SUPERVISOR not in actor.offices:
        message = "Only the supervisor assigned to this operation does this"
        raise NotYours(Missing("supervisor", message, rule, "The assigned supervisor does it, or the Chief reassigns."))


def require_operator(operation: Operation, actor: Actor) -> None:
    """The act belongs to an officer the Chief named for this profile, also one who has been removed since."""
    if Office.INVESTIGATOR not in actor.offices or actor.person not in {one.person for one in operation.operators}:
        message = "Only an officer named in the authorization does this"
        raise NotYours(Missing("operator", message, NAMED, "The Chief adds the officer."))


def working_office(operation: Operation, actor: Actor, rule: Rule) -> Office:
    """The office in which someone who works on the operation acts: its supervisor, its requester or an officer."""
    if actor.person == operation.supervisor and Office.SUPERVISOR in actor.offices:
        return Office.SUPERVISOR
    mine = {operation.requester, *(one.person for one in operation.operators)}
    if actor.person in mine and Office.INVESTIGATOR in actor.offices:
        return Office.INVESTIGATOR
    raise NotYours(Missing("role", "Only those who work on it do this", rule, "Ask the supervisor."))


def commanding_office(operation: Operation, actor: Actor, rule: Rule) -> Office:
    """The office in which the assigned supervisor or the Chief stops an operation or lets it go on."""
    if actor.person != operation.supervisor and Office.CHIEF in actor.offices:
        return Office.CHIEF
    require_supervisor(operation, actor, rule)
    return Office.SUPERVISOR


def require_stage(operation: Operation, stages: tuple[Stage, ...], message: str, rule: Rule, remedy: str) -> None:
    """The act is possible in some stages only."""
    if operation.stage not in stages:
        raise refuse("stage", message, rule, remedy)


def users_of(operation: Operation) -> set[str]:
    """Everybody who asked for the profile, uses it or used it, now or earlier."""
    return {operation.requester, *operation.used_before, *(one.person for one in operation.operators)} - {""}


def kept_apart(operation: Operation, *, supervisor: str | None, officers: tuple[str, ...], chief: str) -> None:
    """Nobody holds two of requester or officer, supervisor and Chief on one operation, now or earlier (R)."""
    users = users_of(operation) | {*officers}
    supervised = {one.person for one in operation.supervision}
    chiefs = {chief, *operation.chiefs} - {""}
    missing = []
    if chief in users | supervised:
        message = "The Chief asked for it, uses the profile or supervises it"
        missing.append(Missing("apart.chief", message, APART, "The acting Chief decides."))
    if supervisor and supervisor in users | chiefs:
        message = "The supervisor asked for it, uses the profile or decided on it"
        missing.append(Missing("apart.supervisor", message, APART, "Choose another supervisor.", "supervisor"))
    if set(officers) & (supervised | {supervisor} | chiefs):
        message = "An officer supervises this operation or decided on it"
        missing.append(Missing("apart.officers", message, APART, "Choose other officers.", "officers"))
    raise_if(missing)


def require_holders(facts: Facts, office: Office, people: tuple[str, ...], field: str) -> None:
    """Everybody named holds the office now."""
    members = facts.department.people
    wrong = [one for one in people if one not in members or office not in members[one].offices(facts.now)]
    if wrong:
        names = ", ".join(facts.department.name_of(one) for one in wrong)
        raise refuse("holder", f"{names} does not hold the office of {office.value}", HOLDS, "Choose another.", field)
