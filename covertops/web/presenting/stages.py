"""The stage tracker, the stage's tag, and what is in force."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from covertops.domain.declaration import Recorded
from covertops.domain.entries.authority import AuthorizationGranted
from covertops.domain.entries.request import ProfileDeclared, RequestSubmitted
from covertops.domain.operation import Operation
from covertops.domain.vocabulary import Stage
from covertops.web.page import Step, Tag
from covertops.web.presenting.reading import Reading, sentence
from covertops.web.presenting.sayings import option, saying
from covertops.web.presenting.times import counted

_INSTANT: Final = timedelta(microseconds=1)
TAGS = {
    Stage.DECLARED: Tag("Declared, not authorized", "wait", "wait"),
    Stage.REQUESTED: Tag("Requested", "wait", "wait"),
    Stage.RETURNED: Tag("Returned", "wait", "wait"),
    Stage.REFUSED: Tag("Denied", "stop", "stop"),
    Stage.WITHDRAWN: Tag("Withdrawn"),
    Stage.AUTHORIZED: Tag("Authorized, not active", "wait", "wait"),
    Stage.ACTIVE: Tag("Active", "ok", "check"),
    Stage.SUSPENDED: Tag("Suspended", "stop", "stop"),
    Stage.ENDED: Tag("Ended"),
}
_MISSING = {
    "authorization ended": "Missing: an authorization",
    "supervisor gone": "Missing: a supervisor",
    "review overdue": "Missing: one review",
    "nobody promised": "Missing: an officer’s promise",
}


def stages(reading: Reading) -> list[Step]:
    """The five stages of an operation's life: done, now, and to come."""
    return [_requested(reading), _authorized(reading), _active(reading), _ended(reading), _destroyed()]


def _requested(reading: Reading) -> Step:
    operation, times = reading.operation, reading.times
    if operation.requested_at is None:
        return Step("Requested", ["Declared: in use before", "A request is needed"], "halted")
    lines = [f"{times.day(operation.requested_at)}, {reading.name(operation.requester)}"]
    if operation.stage is Stage.REQUESTED:
        return Step("Requested", [*lines, "Waits for the Chief"], "now")
    if operation.stage is Stage.RETURNED:
        return Step("Requested: returned", lines, "halted")
    if operation.stage in (Stage.REFUSED, Stage.WITHDRAWN):
        word = "denied" if operation.stage is Stage.REFUSED else "withdrawn"
        return Step(f"Requested: {word}", lines, "halted")
    return Step("Requested", lines, "done")


def _authorized(reading: Reading) -> Step:
    operation, times = reading.operation, reading.times
    grant = operation.grant
    if grant is None:
        return Step("Authorized", ["Not yet"])
    lines = [f"{times.day(operation.grants[0].recorded_at)}, {reading.name(operation.grants[0].chief)}"]
    lines.append(f"until {times.last_day(grant.ends_at)}")
    return Step("Authorized", lines, "now" if operation.stage is Stage.AUTHORIZED else "done")


def _active(reading: Reading) -> Step:
    operation, times = reading.operation, reading.times
    since = [f"since {times.day(operation.activated_at)}"] if operation.activated_at else ["Not yet"]
    pause = operation.paused
    if operation.stage is Stage.SUSPENDED and pause:
        began = f"since {times.day(pause.since)}, {times.clock(pause.since)}"
        return Step("Active: suspended", [began, _MISSING.get(pause.lapse or "", "By hand")], "halted")
    if operation.stage is Stage.ACTIVE:
        return Step("Active", since, "now")
    return Step("Active", since, "done" if operation.stage is Stage.ENDED and operation.activated_at else "")


def _ended(reading: Reading) -> Step:
    operation = reading.operation
    if operation.ended_at is None:
        return Step("Ended", ["Not yet"])
    waiting = {one.person for one in operation.operators} - {one.person for one in operation.ceased}
    left = f"{counted(len(waiting), 'officer')} to confirm" if waiting else "Stopping confirmed"
    return Step("Ended", [reading.times.day(operation.ended_at), left], "now")


def _destroyed() -> Step:
    return Step("Destroyed", ["Not before retention ends"])


def scope_numbers(operation: Operation) -> set[int]:
    """The entries that say what is in force: every authorization, and the request."""
    asked = {operation.request.number} if operation.request else {1}
    return {one.ref.number for one in operation.grants} | asked


def in_force(reading: Reading) -> tuple[str, list[tuple[str, str]]]:
    """The heading and facts of what is in force; before an authorization, of what is asked for."""
    granted = [reading.beside.get(one.ref.number) for one in reversed(reading.operation.grants)]
    grant = next((one for one in granted if one and isinstance(one.entry, AuthorizationGranted)), None)
    if grant is None:
        return _asked_for(reading)
    return "In force" if reading.operation.ended_at is None else "What was in force", _granted(grant, reading)


def _granted(grant: Recorded, reading: Reading) -> list[tuple[str, str]]:
    entry, operation, times = grant.entry, reading.operation, reading.times
    newest = operation.grant
    if not isinstance(entry, AuthorizationGranted) or newest is None:
        return []
    scope = f"{sentence(entry.platforms)} {sentence(entry.conduct)}"
    facts = [("Scope", scope), ("May not", sentence(entry.prohibitions))]
    if entry.conditions:
        facts.append(("Conditions", sentence(entry.conditions)))
    ends = f"{times.full_day(newest.ends_at - _INSTANT)}, midnight"
    facts.append(("Until", ends + (f" (renewed, entry {newest.ref.number})" if newest.ref != grant.ref else "")))
    facts += [("People", _people(reading)), ("Kept as evidence", _evidence(reading))]
    return facts


def _people(reading: Reading) -> str:
    operation = reading.operation
    officers = operation.officers
    if operation.ended_at is not None:
        named = dict.fromkeys(one.person for one in operation.operators)
        users = f"{reading.names(named)} could use the profile." if named else "Nobody could use the profile."
        return users + (f" {reading.name(operation.supervisor)} monitored." if operation.supervisor else "")
    verb = "uses" if len(officers) == 1 else "use"
    users = f"{reading.names(officers)} {verb} the profile." if officers else "Nobody uses the profile."
    monitor = f" {reading.name(operation.supervisor)} monitors" if operation.supervisor else " Nobody monitors"
    relief = f"; {reading.name(operation.relief)} is relief." if operation.relief else "; no relief is named."
    return users + monitor + relief


def _evidence(reading: Reading) -> str:
    count = len(reading.operation.captures)
    return f"{counted(count, 'capture')}." if count else "No capture yet."


def _asked_for(reading: Reading) -> tuple[str, list[tuple[str, str]]]:
    operation = reading.operation
    it = reading.beside.get(operation.request.number if operation.request else 1)
    if it is None:
        return "Asked for", []
    entry = it.entry
    if isinstance(entry, RequestSubmitted):
        said = saying(it, reading)
        return "Asked for", [
            ("Conduct", said.title.partition(": ")[2].capitalize()),
            ("Where", entry.platform),
            ("Time", f"{counted(entry.days, 'day')} from {reading.times.day(entry.start_on)}"),
            ("Officers", reading.names(entry.officers)),
            ("Supervisor proposed", reading.name(entry.proposed_supervisor)),
        ]
    if isinstance(entry, ProfileDeclared):
        return "Declared", [
            ("Where", entry.platform),
            ("In use since", reading.times.full_day(entry.in_use_since)),
            ("Used by", reading.names(entry.used_by)),
            ("Earlier approval", option(entry, "earlier_approval")),
        ]
    return "Asked for", []
