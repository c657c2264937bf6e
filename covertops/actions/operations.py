"""What a person can do to an operation: one function an action, one transaction a function.

Each follows the same three steps in the same order: fold what is on record, decide by the pure rules, append. Who may
not know of an operation gets the same NotFound as for one that does not exist.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from covertops.actions.conflicts import check_conflicts
from covertops.actions.folding import entries as entries_of
from covertops.actions.installation import Installation
from covertops.actions.recording import Outcome, not_before, record
from covertops.actions.schemas import numbers_in, read_answers, with_refs
from covertops.domain.decisions import DECISIONS, Actor, Decided, Decision, Facts, activation, request
from covertops.domain.decisions.frame import as_held
from covertops.domain.declaration import Recorded
from covertops.domain.department import Department
from covertops.domain.disclosure import read_withholding
from covertops.domain.entries.activity import EntryCorrected
from covertops.domain.entries.package import ExportPrepared
from covertops.domain.entries.request import ProfileDeclared, RequestSubmitted
from covertops.domain.membership import may_see, reads_with_a_reason
from covertops.domain.operation import Operation
from covertops.storage.lookups import next_reference
from covertops.storage.pending import drop_draft
from covertops.storage.unit_of_work import ReadUnit, WriteUnit

_HEX: Final = frozenset("0123456789abcdef")


class NotFound(LookupError):
    """There is no such operation, or the person does not need to know of it: the two are one answer."""


class Stale(Exception):
    """The record changed since the page was opened. Carries the operation as it stands now."""

    def __init__(self, operation: Operation, seen: int) -> None:
        super().__init__(f"operation moved from entry {seen} to {operation.moved}")
        self.operation = operation
        self.seen = seen


class AlreadyBegun(Exception):
    """This form was sent before and its operation begun: the second sending changes nothing."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(f"operation {operation.id} was begun before")
        self.operation = operation


@dataclass(frozen=True)
class Scene:
    """What a decision is made on: the operation and the department as they stand, the actor and the facts."""

    operation: Operation
    department: Department
    actor: Actor
    facts: Facts


def scene(
    house: Installation, unit: ReadUnit, operation_id: str, person: str, now: datetime, *, reference: str = ""
) -> Scene:
    """Fold what an act stands on. Raises NotFound for an operation the person does not need to know of."""
    if not could_be_an_operation(unit, operation_id):
        raise NotFound(operation_id)
    department = house.folds.department(unit)
    member = department.people.get(person)
    offices = member.offices(now) if member else frozenset()
    operation = house.folds.operation(unit, operation_id)
    known = may_see(operation, person, offices) or reads_with_a_reason(operation, person, offices, now)
    if not operation.last_number or not known:
        raise NotFound(operation_id)
    facts = Facts(now, department.rules(house.policy), department, reference=reference)
    return Scene(operation, department, Actor(person, offices), facts)


def could_be_an_operation(unit: ReadUnit, operation_id: str) -> bool:
    """Whether a text from an address has the form of an id, and is not that of the department's or access stream."""
    well_formed = len(operation_id) == 32 and set(operation_id) <= _HEX
    return well_formed and operation_id not in (unit.streams.department, unit.streams.access)


def new_scene(
    house: Installation,
    unit: ReadUnit,
    person: str,
    now: datetime,
    reference: str = "",
    operation_id: str | None = None,
) -> Scene:
    """The scene of an act that begins an operation of its own."""
    department = house.folds.department(unit)
    member = department.people.get(person)
    offices = member.offices(now) if member else frozenset()
    facts = Facts(now, department.rules(house.policy), department, reference=reference)
    operation = house.folds.operation(unit, operation_id or secrets.token_hex(16))
    return Scene(operation, department, Actor(person, offices), facts)


def begin(
    house: Installation,
    kind: type[RequestSubmitted] | type[ProfileDeclared],
    person: str,
    given: Mapping[str, object],
    now: datetime,
    *,
    operation_id: str | None = None,
    draft: str | None = None,
) -> Outcome:
    """Begin an operation: by a request, or by declaring a profile older than the system.

    ``operation_id`` was drawn when the form was opened, so that a form sent twice begins one operation. ``draft`` is
    the kind of the person's draft that ends with it. Raises AlreadyBegun for the second sending, NotFound for an id
    that is somebody else's, and Refusal.
    """
    decide = request.submit_request if kind is RequestSubmitted else request.declare_profile
    with house.store.write() as unit:
        now = not_before(unit, now)
        year = now.astimezone(house.folds.department(unit).zone).year
        it = new_scene(house, unit, person, now, next_reference(unit, year), operation_id)
        if it.operation.last_number:
            raise AlreadyBegun(scene(house, unit, it.operation.id, person, now).operation)
        decide(it.operation, it.actor, it.facts, None)
        answers = read_answers(kind, given, it.department.zone_name)
        decided = decide(it.operation, it.actor, it.facts, answers)
        outcome = record(house, unit, it.operation, decided, it.department, now)
        department = check_conflicts(house, unit, outcome.operation, it.department, now)
        if draft is not None:
            drop_draft(unit, person, draft, "")
    house.folds.keep(outcome.operation)
    house.folds.keep_department(department)
    return outcome


def act(
    house: Installation,
    name: str,
    operation_id: str,
    person: str,
    given: Mapping[str, object],
    now: datetime,
    *,
    seen: int | None = None,
    draft: str | None = None,
) -> Outcome:
    """Do one of :data:`DECISIONS` that takes no signature. ``seen`` is the last moving entry the person saw.

    ``draft`` is the kind of the person's draft that ends with the act, in its one transaction. Raises NotFound, Stale
    and Refusal; KeyError for a name that is no such decision.
    """
    decision = DECISIONS[name]
    if decision.signed:
        raise KeyError(name)
    with house.store.write() as unit:
        now = not_before(unit, now)
        it = settled(house, unit, scene(house, unit, operation_id, person, now), now)
        decided = decide(unit, decision, it, given, seen)
        outcome = record(house, unit, it.operation, decided, it.department, now)
        department = after(house, unit, name, outcome, it.department, now)
        if draft is not None:
            drop_draft(unit, person, draft, operation_id)
    house.folds.keep(outcome.operation)
    house.folds.keep_department(department)
    return outcome


def decide(unit: ReadUnit, decision: Decision, it: Scene, given: Mapping[str, object], seen: int | None) -> Decided:
    """Check that the page is not stale, read the answers, and decide."""
    decision.decide(it.operation, it.actor, it.facts, None)
    if seen is not None and seen != it.operation.moved:
        raise Stale(it.operation, seen)
    answers, found = answers_of(unit, decision, it, given)
    facts = it.facts
    if decision.asks is EntryCorrected:
        facts = Facts(facts.now, facts.rules, facts.department, target=found.get(answers["corrected"].number))
    if decision.asks is ExportPrepared:
        facts = Facts(facts.now, facts.rules, facts.department, targets=_withheld_from(unit, it, answers))
    return as_held(it.actor, decision.decide(it.operation, it.actor, facts, answers))


def _withheld_from(unit: ReadUnit, it: Scene, answers: Mapping[str, Any]) -> dict[int, Recorded]:
    """The entries that the preparer of a package withholds something of, and their corrections."""
    lines = (read_withholding(line) for line in answers["withheld"])
    named = {line.entry for line in lines if line}
    corrections = {one.entry for one in it.operation.corrections if one.about in named}
    return entries_of(unit, it.operation.id, named | corrections)


def answers_of(
    unit: ReadUnit, decision: Decision, it: Scene, given: Mapping[str, object]
) -> tuple[dict[str, Any], dict[int, Recorded]]:
    """The answers with their references, and the entries they refer to."""
    read = read_answers(decision.asks, given, it.department.zone_name)
    found = entries_of(unit, it.operation.id, numbers_in(decision.asks, read))
    return with_refs(decision.asks, read, found), found


def settled(house: Installation, unit: WriteUnit, it: Scene, now: datetime) -> Scene:
    """The scene once what has lapsed is recorded, in the same transaction."""
    lapsed = activation.lapse(it.operation, it.facts)
    if not lapsed:
        return it
    outcome = record(house, unit, it.operation, lapsed, it.department, now)
    return Scene(outcome.operation, it.department, it.actor, it.facts)


def after(
    house: Installation, unit: WriteUnit, name: str, outcome: Outcome, department: Department, now: datetime
) -> Department:
    """What an act brings with it on the department's stream: the internal conflict check."""
    if name in ("submit-request", "activate", "add-account", "number-case"):
        return check_conflicts(house, unit, outcome.operation, department, now)
    return department


def record_lapse(house: Installation, operation_id: str, now: datetime) -> bool:
    """Record what has lapsed on one operation; nothing where all is in force. Says whether anything was recorded."""
    with house.store.write() as unit:
        department = house.folds.department(unit)
        operation = house.folds.operation(unit, operation_id)
        facts = Facts(now, department.rules(house.policy), department)
        lapsed = activation.lapse(operation, facts)
        if not lapsed:
            return False
        outcome = record(house, unit, operation, lapsed, department, now)
    house.folds.keep(outcome.operation)
    return True
