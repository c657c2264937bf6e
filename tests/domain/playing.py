"""A small department and one operation in it, whose record comes about by real decisions and never by inserted rows::

world = make_world(Stage.ACTIVE)
world = play(world, "suspend", SUPERVISOR_1, {"ground": "The account was named in public."})
world.operation.stage  # Stage.SUSPENDED
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from covertops.domain.answers import kept, missing_answers
from covertops.domain.decisions import DECISIONS, Actor, Asked, Decide, Decided, Facts
from covertops.domain.decisions.activation import lapse
from covertops.domain.decisions.activity import preserve_evidence
from covertops.domain.decisions.counsel import confirm_consultation
from covertops.domain.decisions.frame import as_held
from covertops.domain.decisions.request import declare_profile
from covertops.domain.declaration import Entry, EntryRef
from covertops.domain.entries.counsel import ConsultationConfirmed
from covertops.domain.entries.request import ProfileDeclared
from covertops.domain.operation import Operation
from covertops.domain.refusals import raise_if
from covertops.domain.vocabulary import Office, Stage
from tests.clock import A_MORNING
from tests.domain.canned import canned, consultation, request
from tests.domain.world import CHIEF, INVESTIGATOR_1, SUPERVISOR_1, World, refs


def decide(world: World, act: Decide, asks: type[Entry], person: str, answers: Mapping[str, Any]) -> Decided:
    """What an act would record. Raises the Refusal of the answers or of the decision itself."""
    raise_if(missing_answers(asks, answers))
    asked = kept(asks, answers)
    about = next((one.number for one in asked.values() if isinstance(one, EntryRef)), 0)
    actor = world.actor(person)
    return as_held(actor, act(world.operation, actor, world.facts(about), asked))


def play(world: World, name: str, person: str, answers: Mapping[str, Any] | None = None) -> World:
    """The world after a person's act; what is not answered here is answered by :func:`canned`."""
    decision = DECISIONS[name]
    given = {**canned(world, name, person), **(answers or {})}
    return world.append(decide(world, decision.decide, decision.asks, person, given))


def confirmed(world: World, person: str, answers: Mapping[str, Any], number: int = 0) -> World:
    """The world after an attorney said whether a contact, the newest one, is recorded right."""
    about = number or refs(world, "ConsultationLogged")[-1].number

    def act(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
        return confirm_consultation(operation, actor, facts, about, asked)

    return world.append(decide(world, act, ConsultationConfirmed, person, answers))


def lapsed(world: World) -> World:
    """The world after whatever is due by itself."""
    return world.append(lapse(world.operation, world.facts()))


_CAPTURE: dict[str, Any] = {
    "file": "a" * 32,
    "size": 12,
    "sha256": "b" * 64,
    "segment_root": "c" * 64,
    "media_type": "image/png",
    "name": "listing.png",
    "captured_at": None,
    "tool": None,
    "source": None,
    "account": None,
    "original": "original",
}


def preserve(world: World, person: str, **answers: object) -> World:
    """The world after somebody kept a capture."""
    asked = {**_CAPTURE, **answers}
    return world.append(preserve_evidence(world.operation, world.actor(person), world.facts(), asked))


_MINUTE = timedelta(minutes=1)


def declared(world: World) -> World:
    """The world after Investigator 1 declared a profile older than the system."""
    answers = {
        **{name: request(world, INVESTIGATOR_1)[name] for name in ("matter", "platform", "identity", "handle")},
        "in_use_since": world.today - timedelta(days=300),
        "used_by": (INVESTIGATOR_1,),
        "earlier_approval": "not shown",
    }
    decided = decide(world, declare_profile, ProfileDeclared, INVESTIGATOR_1, answers)
    return world.append(decided).after(_MINUTE)


def _to_requested(world: World) -> World:
    return play(world, "submit-request", INVESTIGATOR_1).after(_MINUTE)


def _to_authorized(world: World) -> World:
    return play(_to_requested(world), "grant-authorization", CHIEF).after(_MINUTE)


def consulted(world: World) -> World:
    """The world after both contacts by the assigned supervisor."""
    for office in (Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY):
        answers = consultation(world, office)
        world = play(world, "log-consultation", world.operation.supervisor or SUPERVISOR_1, answers).after(_MINUTE)
    return world


def ready(world: World) -> World:
    """An authorized world in which every gate is met and nobody has activated."""
    for officer in world.operation.officers:
        world = play(world, "make-promise", officer).after(_MINUTE)
    return consulted(world)


def _to_active(world: World) -> World:
    return play(ready(_to_authorized(world)), "activate", SUPERVISOR_1).after(_MINUTE)


def _then(before: Callable[[World], World], name: str, person: str) -> Callable[[World], World]:
    return lambda world: play(before(world), name, person).after(_MINUTE)


_STAGES: Mapping[Stage, Callable[[World], World]] = {
    Stage.DECLARED: declared,
    Stage.REQUESTED: _to_requested,
    Stage.RETURNED: _then(_to_requested, "return-request", CHIEF),
    Stage.REFUSED: _then(_to_requested, "refuse-request", CHIEF),
    Stage.WITHDRAWN: _then(_to_requested, "withdraw-request", INVESTIGATOR_1),
    Stage.AUTHORIZED: _to_authorized,
    Stage.ACTIVE: _to_active,
    Stage.SUSPENDED: _then(_to_active, "suspend", SUPERVISOR_1),
    Stage.ENDED: _then(_to_active, "end-operation", SUPERVISOR_1),
}


def make_world(stage: Stage = Stage.ACTIVE, now: datetime = A_MORNING) -> World:
    """A world whose operation came to a stage by real decisions, begun at ``now``, a minute between the acts."""
    return _STAGES[stage](World(now=now))


def make_operation(stage: Stage = Stage.ACTIVE, now: datetime = A_MORNING) -> Operation:
    """The operation of :func:`make_world`."""
    return make_world(stage, now).operation
