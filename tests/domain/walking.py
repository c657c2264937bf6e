"""Walks every situation an operation can get into, by every act of every person, and says what is wrong on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from covertops.domain.answers import kept, missing_answers
from covertops.domain.authority import authority
from covertops.domain.decisions import DECISIONS, Actor, Asked, Decided, Decision, Facts
from covertops.domain.decisions.activation import next_lapse
from covertops.domain.declaration import Entry, EntryRef, Recorded, entry_from, kind_of, values_of
from covertops.domain.entries.activity import SHEET
from covertops.domain.refusals import Missing, NotYours, Refusal
from covertops.domain.situation import Situation, situation
from covertops.domain.vocabulary import Office, Stage
from tests.domain import oracle
from tests.domain.canned import canned, consultation
from tests.domain.playing import lapsed, preserve
from tests.domain.world import (
    ADMINISTRATOR,
    CHIEF,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    INVESTIGATOR_3,
    NOBODY,
    PROSECUTOR,
    SUPERVISOR_1,
    SUPERVISOR_2,
    SUPERVISOR_3,
    World,
    a_department,
    end_office,
)

PERSONS = (
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    INVESTIGATOR_3,
    SUPERVISOR_1,
    SUPERVISOR_2,
    SUPERVISOR_3,
    CHIEF,
    PROSECUTOR,
    ADMINISTRATOR,
    NOBODY,
)

# A department so small that people hold several offices: only the rules keep them apart on one operation.
SEVERAL = (
    (INVESTIGATOR_2, Office.SUPERVISOR),
    (SUPERVISOR_2, Office.INVESTIGATOR),
    (CHIEF, Office.INVESTIGATOR),
    (CHIEF, Office.SUPERVISOR),
)

# Who may do what, by what they are to the operation. Everybody else must be refused.
MAY: Mapping[str, set[str]] = {
    "submit-request": {"requester"},
    "withdraw-request": {"requester"},
    "number-case": {"requester", "officer", "former officer", "supervisor"},
    "grant-authorization": {"chief"},
    "return-request": {"chief"},
    "refuse-request": {"chief"},
    "assign-supervisor": {"chief"},
    "renew-authorization": {"chief"},
    "refuse-renewal": {"chief"},
    "add-operator": {"chief"},
    "release-export": {"chief"},
    "take-over-supervision": {"relief"},
    "check-conflict": {"supervisor"},
    "attempt-attorney": {"supervisor"},
    "log-consultation": {"supervisor"},
    "activate": {"supervisor"},
    "enter-paper": {"requester", "officer", "former officer", "supervisor"},
    "confirm-paper": {"chief"},
    "remove-operator": {"supervisor"},
    "hold-review": {"supervisor"},
    "review-entry": {"supervisor"},
    "question-entry": {"supervisor"},
    "prepare-export": {"supervisor"},
    "suspend": {"supervisor", "chief"},
    "resume": {"supervisor", "chief"},
    "end-operation": {"supervisor", "chief"},
    "make-promise": {"officer"},
    "request-renewal": {"officer"},
    "confirm-cease": {"officer"},
    "log-activity": {"officer", "former officer", "requester"},
    "log-no-activity": {"officer", "former officer", "requester"},
    "record-held-material": {"officer", "former officer", "requester"},
    "add-account": {"officer", "former officer", "requester"},
    "keep-access": {"officer", "former officer", "requester"},
    "answer-question": {"officer", "former officer", "requester"},
    "correct-entry": {"requester", "officer", "former officer", "supervisor"},
    "settle-account": {"requester", "officer", "former officer", "supervisor"},
}

Step = tuple[str, World]
Button = Refusal | Decided


@dataclass
class Found:
    """What a walk saw: the situations, who did each act, and everything that broke a rule."""

    situations: set[Situation] = field(default_factory=set)
    done: set[tuple[str, str]] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)


def beginning(world: World) -> World:
    """The same world in a department where people hold several offices."""
    return replace(world, department=a_department(SEVERAL))


def walk(starts: Iterable[World], *, acts: Collection[str] = tuple(DECISIONS), until: str = "") -> Found:
    """Breadth first from some worlds through every situation that some acts lead to.

    ``until`` stops at the first violation that says so.
    """
    found = Found()
    waiting: deque[tuple[str, World]] = deque()
    for start in starts:
        _arrive(found, waiting, "", "start", start)
    while waiting:
        path, world = waiting.popleft()
        for name, after in steps(found, path, world, acts):
            _arrive(found, waiting, path, name, after)
        if until and any(until in one for one in found.violations):
            break
    return found


def _arrive(found: Found, waiting: deque[tuple[str, World]], path: str, name: str, world: World) -> None:
    here = situation(world.operation, world.now)
    new = here not in found.situations
    wrong = wrongly_done(world) + (wrong_with(world) if new or name in BY_ITSELF else [])
    found.violations += [f"{path} > {name}: {one}" for one in wrong]
    if new:
        found.situations.add(here)
        waiting.append((f"{path} > {name}", with_sheet(world)))


def with_sheet(world: World) -> World:
    """The world with a scan of signed sheets kept, where one can be: a file arrives by no decision of the table."""
    operation = world.operation
    if operation.stage not in (Stage.REQUESTED, Stage.AUTHORIZED) or operation.captures:
        return world
    if Office.INVESTIGATOR not in world.actor(operation.requester).offices:
        return world
    return preserve(world, operation.requester, original=SHEET)


def steps(found: Found, path: str, world: World, acts: Collection[str]) -> Iterator[Step]:
    """Everything that can happen next: acts of persons, time, offices that end."""
    people = [_person(world, one) for one in PERSONS]
    for decision in (DECISIONS[name] for name in acts):
        buttons: dict[tuple[int, str], Button] = {}
        for answers in variants(world, decision.name):
            problems, asked = _read(decision, answers)
            if problems:
                found.violations.append(f"{path}: the answers to {decision.name} do not fit: {problems}")
                continue
            about = next((one.number for one in asked.values() if isinstance(one, EntryRef)), 0)
            facts = world.facts(about)
            for actor, roles in people:
                if (about, actor.person) not in buttons:
                    buttons[about, actor.person] = _refusal(decision, world, actor, facts, None)
                button = buttons[about, actor.person]
                if isinstance(button, NotYours) and not roles:
                    continue  # Nobody to this operation, told so before anything is asked: the same for every answer.
                yield from _try(found, path, world, decision, actor, roles, facts, asked, button)
    found.violations += [f"{path}: {one}" for one in wrongly_ended(world)]
    yield from time_steps(world)


def wrongly_ended(world: World) -> list[str]:
    """What is wrong if the requester’s or the Chief’s office ends: the record tells it once; nothing else changes."""
    operation, found = world.operation, list[str]()
    parts = [(operation.requester, Office.INVESTIGATOR)] if operation.requester not in operation.officers else []
    parts += [(one.chief, Office(one.office)) for one in operation.grants[-1:]]
    if operation.stage in (Stage.REFUSED, Stage.WITHDRAWN):
        return found
    rules, as_it_is = world.facts().rules, lapsed(world)
    for person, office in parts:
        ended = lapsed(end_office(world, person, office))
        if oracle.told(lapsed(ended).entries, person, office) != oracle.told(world.entries, person, office) + 1:
            found.append(f"the record does not tell, once, that {person} is no longer {office}")
        after, before = (authority(one.operation, world.now, rules) for one in (ended, as_it_is))
        if (after.policy.met, after.department.met) != (before.policy.met, before.department.met):
            found.append(f"the end of {person}'s office as {office} changes what was authorized")
    return found


_READ: dict[tuple[str, tuple[tuple[str, Any], ...]], tuple[list[Missing], dict[str, Any]]] = {}


def _read(decision: Decision, answers: Mapping[str, Any]) -> tuple[list[Missing], dict[str, Any]]:
    """What is missing in some answers, and what of them is kept. The same answers are read once."""
    given = (decision.name, tuple(answers.items()))
    if given not in _READ:
        _READ[given] = missing_answers(decision.asks, answers), kept(decision.asks, answers)
    return _READ[given]


def _person(world: World, person: str) -> tuple[Actor, set[str]]:
    actor = world.actor(person)
    return actor, oracle.roles(world.entries, person, frozenset(one.value for one in actor.offices))


def _try(
    found: Found,
    path: str,
    world: World,
    decision: Decision,
    actor: Actor,
    roles: set[str],
    facts: Facts,
    asked: Asked,
    button: Button,
) -> Iterator[Step]:
    real = _refusal(decision, world, actor, facts, asked)
    name = f"{actor.person} {decision.name}"
    if isinstance(button, Refusal) and not isinstance(real, Refusal):
        found.violations.append(f"{path}: {name} has no button ({button.code}) and is done all the same")
    if not isinstance(button, Refusal) and isinstance(real, Refusal):
        found.violations += [
            f"{path}: {name} has a button and is refused: {one.message}" for one in real.missing if one.field is None
        ]
    if isinstance(real, Refusal):
        return
    allowed = roles & MAY[decision.name]
    if not allowed:
        found.violations.append(f"{path}: {name} is done by somebody who may not")
    found.done |= {(decision.name, role) for role in allowed}
    found.violations += [
        f"{path}: {name} is recorded in an office not held: {one.office}"
        for one in real
        if one.office not in (*actor.offices, Office.SYSTEM)
    ]
    yield name, world.append(real).after(timedelta(minutes=1))


def _refusal(decision: Decision, world: World, actor: Actor, facts: Facts, asked: Asked) -> Refusal | Decided:
    try:
        return decision.decide(world.operation, actor, facts, asked)
    except Refusal as refusal:
        return refusal


def time_steps(world: World) -> Iterator[Step]:
    """Time passes to the next moment that matters, offices end, and what has lapsed is recorded by itself."""
    operation = world.operation
    yield "by itself", lapsed(world)
    moments = [next_lapse(operation), operation.review_due_at]
    moments += [one.starts_at for one in operation.grants] + [one.ends_at for one in operation.grants]
    later = sorted({one for one in moments if one and one > world.now})
    if later:
        yield "time passes", replace(world, now=later[0])
    if operation.supervisor == SUPERVISOR_1:
        yield "the supervisor's office ends", lapsed(end_office(world, SUPERVISOR_1, Office.SUPERVISOR))
    if INVESTIGATOR_2 in operation.officers:
        yield "an officer's office ends", lapsed(end_office(world, INVESTIGATOR_2, Office.INVESTIGATOR))


def variants(world: World, name: str) -> list[dict[str, Any]]:
    """The answers to try, besides the usual ones those that lead elsewhere or that only the rules refuse."""
    usual = canned(world, name, INVESTIGATOR_1)
    match name:
        case "grant-authorization":
            later = world.today + timedelta(days=3)
            return [usual, {**usual, "changed": "yes"}, {**usual, "starts_on": later, "relief": None}]
        case "assign-supervisor":
            pairs = [(SUPERVISOR_1, SUPERVISOR_2), (SUPERVISOR_3, None), (CHIEF, None), (INVESTIGATOR_2, None)]
            return [{**usual, "supervisor": one, "relief": two} for one, two in pairs]
        case "log-consultation":
            request = consultation(world, Office.PROSECUTING_ATTORNEY)["shown"][:1]
            offices = (Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY)
            given = [consultation(world, office) for office in offices]
            less = [consultation(world, office, shown=request) for office in offices]
            return [*given, *less, {**given[0], "answer": "awaited"}, {**given[1], "answer": "declined"}]
        case "add-operator":
            return [{**usual, "officer": one} for one in (INVESTIGATOR_3, SUPERVISOR_2)]
        case "remove-operator":
            return [{**usual, "officer": one} for one in (INVESTIGATOR_2, INVESTIGATOR_1)]
        case "hold-review":
            return [usual, {**usual, "result": "suspend"}]
        case "correct-entry":
            return [canned(world, name, one) for one in (INVESTIGATOR_1, INVESTIGATOR_2, SUPERVISOR_1)]
    return [usual]


def wrongly_done(world: World) -> list[str]:
    """What no act may have led to, by the raw list of entries; asked after every act."""
    record = world.entries
    found = [f"{kind_of(one.entry).name} does not survive being stored" for one in record[-2:] if not _survives(one)]
    users, supervisors, chiefs = oracle.users(record), oracle.supervisors(record), oracle.chiefs(record)
    if users & supervisors or users & chiefs or supervisors & chiefs:
        found.append("duties are not separated")
    return found + (_unlawful(record) if world.operation.stage is Stage.ACTIVE else [])


def wrong_with(world: World) -> list[str]:
    """Where the rules and the raw list of entries answer differently whether use is authorized."""
    record, now, operation = world.entries, world.now, world.operation
    rules = world.facts().rules
    found: list[str] = []
    if not operation.request:
        return found
    gates = authority(operation, now, rules, gates_only=True)
    if gates.policy.met is not oracle.policy_met(record, now):
        found.append(f"Policy 2.8 is said to be {'met' if gates.policy.met else 'unmet'}, unlike the record")
    if gates.department.met is not oracle.gates_met(record):
        found.append(f"the gates are said to be {'met' if gates.department.met else 'unmet'}, unlike the record")
    for person in (INVESTIGATOR_1, INVESTIGATOR_2, INVESTIGATOR_3):
        said = authority(operation, now, rules, person).met
        named = person in oracle.officers(record) & oracle.promised(record)
        met = named and oracle.policy_met(record, now) and oracle.gates_met(record) and oracle.running(record, now)
        if said is not met:
            found.append(f"use by {person} is said to be {'authorized' if said else 'unauthorized'}, unlike the record")
        if said and operation.stage is not Stage.ACTIVE:
            found.append(f"use is authorized while {operation.stage}")
    return found


def _unlawful(record: oracle.Record) -> list[str]:
    """What was missing at the moment an operation last became active."""
    starts = [place for place, one in enumerate(record) if kind_of(one.entry).name in STARTS]
    before, start = record[: starts[-1]], record[starts[-1]]
    found = []
    if not oracle.policy_met(before, start.at):
        found.append("active without what Policy 2.8 asks for")
    if not oracle.gates_met(before):
        found.append("active without the department's own gates")
    if kind_of(start.entry).name == "operation.activated" and start.entry.by != oracle.supervisor(before):
        found.append("activated by somebody who does not supervise it")
    return found


BY_ITSELF = ("by itself", "time passes", "the supervisor's office ends", "an officer's office ends")
STARTS = ("operation.activated", "operation.resumed")


_SURVIVED: set[Entry] = set()


def _survives(one: Recorded) -> bool:
    """Whether an entry comes back as it was stored; one and the same is stored once."""
    if one.entry not in _SURVIVED and _comes_back(one):
        _SURVIVED.add(one.entry)
    return one.entry in _SURVIVED


def _comes_back(one: Recorded) -> bool:
    kind, values = kind_of(one.entry), values_of(one.entry)
    return entry_from(kind.name, kind.version, list(values), values) == one.entry
