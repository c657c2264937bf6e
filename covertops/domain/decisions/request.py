"""Decisions on a request: submitting, returning, denying, withdrawing, declaring an older profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from covertops.domain.deadlines import local_date
from covertops.domain.decisions.frame import (
    APART,
    DATES,
    HOLDS,
    Actor,
    Asked,
    Decided,
    Facts,
    Written,
    require_holders,
    require_office,
    require_stage,
    users_of,
    working_office,
)
from covertops.domain.entries.request import (
    CaseNumbered,
    ProfileDeclared,
    RequestRefused,
    RequestReturned,
    RequestSubmitted,
    RequestWithdrawn,
)
from covertops.domain.operation import Operation
from covertops.domain.refusals import Missing, NotYours, Refusal, refuse
from covertops.domain.vocabulary import Office, Stage, policy, practice, setting

DECIDES = policy("IV.D.2", "Only the Chief decides.")
ASKS = practice("Investigators ask, the Chief decides.")


def submit_request(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """An investigator asks, or asks again after a return or for a declared profile (Policy 2.8, IV.D.2)."""
    require_office(actor, Office.INVESTIGATOR, ASKS)
    if operation.last_number:
        _may_ask_again(operation, actor)
    if asked is None:
        return ()
    _check_request(actor, facts, asked)
    reference = operation.reference or facts.reference
    entry = RequestSubmitted(by=actor.person, reference=reference, **asked)
    return (Written(Office.INVESTIGATOR, entry),)


def _may_ask_again(operation: Operation, actor: Actor) -> None:
    if operation.requester != actor.person:
        raise NotYours(Missing("requester", "Only the requester asks again", ASKS, "The requester does it."))
    again = (Stage.RETURNED, Stage.DECLARED)
    message = "The request is already with the Chief or decided"
    require_stage(operation, again, message, ASKS, "A new matter is a new request.")


def _check_request(actor: Actor, facts: Facts, asked: Mapping[str, Any]) -> None:
    conduct = asked["conduct"]
    if "look" in conduct and len(conduct) > 1:
        remedy = "Untick “Look only”, or tick nothing else."
        raise refuse("conduct", "Look only means nothing else is done", ASKS, remedy, "conduct")
    most = facts.rules.number("authorization_days")
    if asked["days"] > most:
        rule = setting(f"{most} days at most", "The Chief may renew.")
        remedy = "Longer takes a renewal, with fresh facts."
        raise refuse("days", f"Enter {most} or fewer", rule, remedy, "days")
    if asked["start_on"] < local_date(facts.now, facts.zone):
        raise refuse("start", "The start lies in the past", DATES, "Enter today or a later day.", "start_on")
    require_holders(facts, Office.INVESTIGATOR, asked["officers"], "officers")
    require_holders(facts, Office.SUPERVISOR, (asked["proposed_supervisor"],), "proposed_supervisor")
    if asked["proposed_supervisor"] in {actor.person, *asked["officers"]}:
        remedy = "Propose someone who neither asks for it nor uses it."
        raise refuse(
            "apart.supervisor", "The supervisor cannot be you or an officer", APART, remedy, "proposed_supervisor"
        )


def _answer_to(operation: Operation, actor: Actor, verb: str) -> None:
    require_office(actor, Office.CHIEF, DECIDES)
    remedy = "It waits for the requester, or was decided."
    require_stage(operation, (Stage.REQUESTED,), f"There is no open request to {verb}", DECIDES, remedy)
    supervised = {one.person for one in operation.supervision}
    if actor.person in {*users_of(operation), *operation.proposed_officers, *supervised}:
        message = "You asked for it, use or used it, would use it or supervise it yourself"
        raise Refusal(Missing("apart.chief", message, APART, "The acting Chief decides."))


def return_request(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief sends a request back with what is missing."""
    _answer_to(operation, actor, "return")
    if asked is None or operation.request is None:
        return ()
    return (Written(Office.CHIEF, RequestReturned(by=actor.person, request=operation.request, **asked)),)


def refuse_request(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief denies a request; it is kept."""
    _answer_to(operation, actor, "deny")
    if asked is None or operation.request is None:
        return ()
    return (Written(Office.CHIEF, RequestRefused(by=actor.person, request=operation.request, **asked)),)


def withdraw_request(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The requester takes the request back before it is decided; it is kept."""
    if operation.requester != actor.person or not operation.request or Office.INVESTIGATOR not in actor.offices:
        raise NotYours(Missing("requester", "Only the requester withdraws it", ASKS, "The requester does it."))
    message = "It has been decided or started"
    remedy = "An operation that runs is ended."
    require_stage(operation, (Stage.REQUESTED, Stage.RETURNED), message, ASKS, remedy)
    if asked is None:
        return ()
    return (Written(Office.INVESTIGATOR, RequestWithdrawn(by=actor.person, request=operation.request, **asked)),)


def declare_profile(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """An investigator declares a profile older than the system; it is not used until a request is authorized."""
    rule = practice("Nothing is backdated.")
    if Office.INVESTIGATOR not in actor.offices:
        raise NotYours(
            Missing("office", "Only an investigator declares a profile", rule, "Ask the officer who used it.")
        )
    if operation.last_number:
        raise refuse("stage", "A declaration begins a record of its own", rule, "Declare it from My work.")
    if asked is None:
        return ()
    if asked["in_use_since"] > local_date(facts.now, facts.zone):
        raise refuse("since", "That day lies in the future", DATES, "Enter the day of its first use.", "in_use_since")
    if not set(asked["used_by"]) <= facts.department.people.keys():
        raise refuse("holder", "Nobody here has that account", HOLDS, "Choose people of the list.", "used_by")
    entry = ProfileDeclared(by=actor.person, reference=facts.reference, **asked)
    return (Written(Office.INVESTIGATOR, entry),)


def number_case(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The requester, an officer or the supervisor adds a case number given later."""
    rule = practice("A number given later is an entry of its own.")
    office = working_office(operation, actor, rule)
    closed = (Stage.REFUSED, Stage.WITHDRAWN)
    if operation.stage in closed:
        raise refuse("stage", "It was denied or withdrawn", rule, "A new matter is a new request.")
    if asked is None:
        return ()
    return (Written(office, CaseNumbered(by=actor.person, **asked)),)
