"""The Chief's decisions: authorizing, assigning supervision, renewing, naming officers; and relief taking over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from covertops.domain.deadlines import end_of, local_date, start_of
from covertops.domain.decisions.frame import (
    APART,
    DATES,
    NAMED,
    Actor,
    Asked,
    Decided,
    Facts,
    Written,
    kept_apart,
    require_holders,
    require_office,
    require_stage,
    require_supervisor,
    users_of,
)
from covertops.domain.entries.authority import (
    AuthorizationGranted,
    AuthorizationRenewed,
    OperatorAdded,
    OperatorRemoved,
    RenewalRefused,
    RenewalRequested,
    SupervisionTaken,
    SupervisorAssigned,
)
from covertops.domain.operation import Operation
from covertops.domain.refusals import Missing, NotYours, refuse
from covertops.domain.vocabulary import Office, Stage, policy, practice, setting

DECIDES = policy("IV.D.2", "Only the Chief decides.")
MONITOR = policy("IV.D.2", "A supervisor is assigned to monitor.")
FRESH = practice("More time takes fresh facts.")
RELIEF = practice("Supervision without a gap.")
RUNNING = (Stage.AUTHORIZED, Stage.ACTIVE, Stage.SUSPENDED)


def assign_supervisor(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief assigns who monitors (IV.D.2); before the authorization, so that counsel can be asked, or later."""
    require_office(actor, Office.CHIEF, MONITOR)
    open_stages = (Stage.DECLARED, Stage.REQUESTED, *RUNNING, Stage.ENDED)
    require_stage(
        operation, open_stages, "There is nothing left to supervise", MONITOR, "A new matter is a new request."
    )
    if asked is None:
        return ()
    officers = operation.officers or operation.proposed_officers
    require_holders(facts, Office.SUPERVISOR, (asked["supervisor"],), "supervisor")
    require_holders(facts, Office.SUPERVISOR, tuple(one for one in (asked["relief"],) if one), "relief")
    kept_apart(operation, supervisor=asked["supervisor"], officers=officers, chief=actor.person)
    _check_relief(operation, asked["supervisor"], asked["relief"], officers, actor.person)
    if asked["supervisor"] == operation.supervisor and asked["relief"] == operation.relief:
        raise refuse(
            "same", "This supervisor and relief are already assigned", MONITOR, "Choose another.", "supervisor"
        )
    return (Written(Office.CHIEF, SupervisorAssigned(by=actor.person, **asked)),)


def _check_relief(
    operation: Operation, supervisor: str, relief: str | None, officers: tuple[str, ...], chief: str
) -> None:
    if relief is None:
        return
    chiefs = {chief, *operation.chiefs}
    if relief in {supervisor, *chiefs, *officers, *users_of(operation)}:
        message = "The relief is the supervisor, asked for it, uses the profile or decides on it"
        raise refuse("apart.relief", message, RELIEF, "Choose another relief.", "relief")


def _check_term(facts: Facts, first: date, last: date, review_days: int) -> None:
    most, interval = facts.rules.number("authorization_days"), facts.rules.number("review_days")
    today = local_date(facts.now, facts.zone)
    if last < max(first, today):
        raise refuse("term", "It ends before it begins", DATES, "Enter a later last day.", "ends_on")
    if (last - max(first, today)).days + 1 > most:
        rule = setting(f"{most} days at most")
        raise refuse(
            "days", f"It lasts longer than {most} days", rule, "Enter an earlier last day; renew later.", "ends_on"
        )
    if review_days > interval:
        rule = setting(f"{interval} days at most")
        raise refuse(
            "review_days", f"Enter {interval} or fewer", rule, "Reviews can be closer, not wider.", "review_days"
        )


def grant_authorization(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief authorizes in their own words, with scope, end, reviews and supervision (IV.D.2, V.B.3)."""
    require_office(actor, Office.CHIEF, DECIDES)
    remedy = "It waits for the requester, or was decided."
    require_stage(operation, (Stage.REQUESTED,), "There is no open request to authorize", DECIDES, remedy)
    kept_apart(operation, supervisor=None, officers=operation.proposed_officers, chief=actor.person)
    if asked is None or operation.request is None:
        return ()
    officers = asked["officers"]
    require_holders(facts, Office.INVESTIGATOR, officers, "officers")
    require_holders(facts, Office.SUPERVISOR, (asked["supervisor"],), "supervisor")
    require_holders(facts, Office.SUPERVISOR, tuple(one for one in (asked["relief"],) if one), "relief")
    kept_apart(operation, supervisor=asked["supervisor"], officers=officers, chief=actor.person)
    _check_relief(operation, asked["supervisor"], asked["relief"], officers, actor.person)
    _check_term(facts, asked["starts_on"], asked["ends_on"], asked["review_days"])
    if operation.personal_device_asked and not asked["device"]:
        rule = setting("IV.B.5 applied here")
        remedy = "Write your permission and its limits, or that you give none."
        raise refuse("device", "The request asks for a personal device", rule, remedy, "device")
    entry = AuthorizationGranted(
        by=actor.person,
        request=operation.request,
        starts_at=max(facts.now, start_of(asked["starts_on"], facts.zone)),
        ends_at=end_of(asked["ends_on"], facts.zone),
        **asked,
    )
    return (Written(Office.CHIEF, entry),)


def repeats_request(decision: str, request_texts: Iterable[str]) -> bool:
    """Whether half of a decision or more stands in the request already, five words in a row at a time.

    A decision stands alone in the Chief's own words; the page warns and does not refuse.
    """
    said = _runs(decision)
    asked = {run for text in request_texts for run in _runs(text, len(min(said, default=())))}
    return bool(said) and 2 * len(said & asked) >= len(said)


def _runs(text: str, length: int = 5) -> set[tuple[str, ...]]:
    """Every run of ``length`` words; the whole where there are fewer."""
    words = re.findall(r"\w+", text.casefold())
    length = min(length, len(words))
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)} if length else set()


def request_renewal(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """An officer asks for more time with fresh facts."""
    if actor.person not in operation.officers or Office.INVESTIGATOR not in actor.offices:
        raise NotYours(Missing("operator", "Only an officer who uses it asks for more time", NAMED, "An officer asks."))
    message = "Only an authorized operation is renewed"
    require_stage(operation, RUNNING, message, DECIDES, "A new matter is a new request.")
    if operation.renewal is not None:
        raise refuse("renewal", "A renewal is already with the Chief", FRESH, "Wait for the Chief’s decision.")
    if asked is None:
        return ()
    most = facts.rules.number("authorization_days")
    if asked["days"] > most:
        raise refuse("days", f"Enter {most} or fewer", setting(f"{most} days at most"), "Ask again later.", "days")
    return (Written(Office.INVESTIGATOR, RenewalRequested(by=actor.person, **asked)),)


def renew_authorization(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief decides on more time; the scope stays as it was (IV.D.2, V.B.3)."""
    _may_decide_renewal(operation, actor)
    if asked is None or operation.renewal is None:
        return ()
    today = local_date(facts.now, facts.zone)
    _check_term(facts, today, asked["ends_on"], asked["review_days"])
    entry = AuthorizationRenewed(
        by=actor.person, renewal=operation.renewal, ends_at=end_of(asked["ends_on"], facts.zone), **asked
    )
    return (Written(Office.CHIEF, entry),)


def refuse_renewal(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief grants no more time; what was authorized ends when it was to end."""
    _may_decide_renewal(operation, actor)
    if asked is None or operation.renewal is None:
        return ()
    return (Written(Office.CHIEF, RenewalRefused(by=actor.person, renewal=operation.renewal, **asked)),)


def _may_decide_renewal(operation: Operation, actor: Actor) -> None:
    require_office(actor, Office.CHIEF, DECIDES)
    message = "Only an authorized operation is renewed"
    require_stage(operation, RUNNING, message, DECIDES, "A new matter is a new request.")
    if operation.renewal is None:
        raise refuse("renewal", "Nobody has asked for a renewal", FRESH, "An officer asks, with fresh facts.")
    kept_apart(operation, supervisor=None, officers=operation.officers, chief=actor.person)


def add_operator(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief lets one more officer use the profile."""
    require_office(actor, Office.CHIEF, NAMED)
    require_stage(operation, RUNNING, "Nothing is authorized", DECIDES, "The Chief decides on the request first.")
    kept_apart(operation, supervisor=None, officers=(), chief=actor.person)
    if asked is None:
        return ()
    officer = asked["officer"]
    require_holders(facts, Office.INVESTIGATOR, (officer,), "officer")
    if officer in operation.officers:
        raise refuse("same", "This officer may already use it", NAMED, "Choose another.", "officer")
    deciders = {actor.person, *operation.chiefs}
    if officer in {operation.relief, *deciders, *(one.person for one in operation.supervision)}:
        message = "This officer supervises it, is the relief or decided on it"
        raise refuse("apart.officers", message, APART, "Choose another.", "officer")
    return (Written(Office.CHIEF, OperatorAdded(by=actor.person, **asked)),)


def remove_operator(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The supervisor stops an officer's use at once."""
    require_supervisor(operation, actor, MONITOR)
    require_stage(operation, RUNNING, "Nothing is authorized", MONITOR, "There is no officer to remove.")
    if not operation.officers:
        raise refuse("nobody", "No officer is named", NAMED, "The Chief adds an officer.")
    if asked is None:
        return ()
    if asked["officer"] not in operation.officers:
        raise refuse("nobody", "This officer may not use it anyway", NAMED, "Choose an officer who may.", "officer")
    return (Written(Office.SUPERVISOR, OperatorRemoved(by=actor.person, **asked)),)


def take_over_supervision(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The relief named by the Chief takes over after reading the attorneys' answers; contacts are not repeated."""
    if operation.relief != actor.person or Office.SUPERVISOR not in actor.offices:
        raise NotYours(Missing("relief", "Only the named relief takes over", RELIEF, "The Chief names a relief."))
    require_stage(
        operation, RUNNING, "There is nothing to supervise", MONITOR, "The Chief decides on the request first."
    )
    chief = operation.grant.chief if operation.grant else ""
    kept_apart(operation, supervisor=actor.person, officers=operation.officers, chief=chief)
    if asked is None:
        return ()
    entry = SupervisionTaken(by=actor.person, previous=operation.supervisor, **asked)
    return (Written(Office.SUPERVISOR, entry),)
