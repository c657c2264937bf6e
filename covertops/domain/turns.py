"""Whose turn it is: every task an operation waits for, each with the office or person who has it.

Tasks hold no clock: one whose ``since`` lies ahead is not due yet, one whose ``until`` has passed is late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from covertops.domain.authority import authority, given_contacts
from covertops.domain.deadlines import end_of, local_date, working_days_after
from covertops.domain.decisions.package import unreleased
from covertops.domain.operation import Operation
from covertops.domain.policy import Policy
from covertops.domain.vocabulary import Office, Stage


@dataclass(frozen=True)
class Task:
    """Something an operation waits for. ``person`` or ``office`` says for whom, ``decision`` which act ends it."""

    code: str
    person: str | None
    office: Office | None
    since: datetime
    until: datetime | None
    decision: str
    entry: int = 0


def tasks(operation: Operation, rules: Policy, zone: ZoneInfo) -> tuple[Task, ...]:
    """Everything the operation waits for, in the order of its life."""
    found: list[Task] = []
    at = operation.last_at or datetime.min.replace(tzinfo=UTC)
    found += _before(operation, at, zone)
    found += _on_paper(operation)
    found += _gates(operation, rules, at, zone)
    found += _counsel(operation)
    found += _readings(operation)
    found += _running(operation, zone, at)
    found += _ending(operation)
    found += _packages(operation)
    return tuple(found)


def _before(operation: Operation, at: datetime, zone: ZoneInfo) -> list[Task]:
    asked = operation.requested_at or at
    if operation.stage is Stage.REQUESTED:
        until = end_of(operation.start_on, zone) if operation.start_on else None
        return [Task("decide", None, Office.CHIEF, asked, until, "grant-authorization")]
    if operation.stage is Stage.RETURNED:
        return [Task("returned", operation.requester, None, at, None, "submit-request")]
    if operation.stage is Stage.DECLARED:
        return [Task("declared", operation.requester, None, at, None, "submit-request")]
    return []


def _on_paper(operation: Operation) -> list[Task]:
    """A decision signed in ink that waits for the Chief's confirmation."""
    waiting = operation.papers[-1] if operation.papers else None
    if waiting is None or waiting.confirmed_at or operation.stage not in (Stage.REQUESTED, Stage.AUTHORIZED):
        return []
    return [Task("paper", None, Office.CHIEF, waiting.recorded_at, None, "confirm-paper", waiting.ref.number)]


def _gates(operation: Operation, rules: Policy, at: datetime, zone: ZoneInfo) -> list[Task]:
    grant = operation.grant
    if operation.stage not in (Stage.AUTHORIZED, Stage.ACTIVE, Stage.SUSPENDED) or grant is None:
        return []
    found = []
    if operation.supervisor is None:
        found.append(Task("unsupervised", None, Office.CHIEF, at, None, "assign-supervisor"))
    waiting = [one for one in operation.officers if not operation.promised(one, at)]
    found += [Task("promise", one, None, grant.recorded_at, None, "make-promise") for one in waiting]
    for required in rules.consultations:
        if not given_contacts(operation, required.office, at):
            code = f"contact.{required.office.value}"
            found.append(Task(code, operation.supervisor, None, grant.recorded_at, None, "log-consultation"))
            found += _silence(operation, required.office, rules, zone)
    if operation.stage is Stage.AUTHORIZED and _only_waits_for_start(operation, rules, at):
        found.append(Task("activate", operation.supervisor, None, max(at, grant.starts_at), None, "activate"))
    return found


def _only_waits_for_start(operation: Operation, rules: Policy, at: datetime) -> bool:
    grant = operation.grant
    if grant is None or not authority(operation, at, rules, gates_only=True).department.met:
        return False
    return authority(operation, max(at, grant.starts_at), rules, gates_only=True).met is True


def _silence(operation: Operation, office: Office, rules: Policy, zone: ZoneInfo) -> list[Task]:
    tried = [one for one in operation.attempts if one.office == office]
    if not tried:
        return []
    first = local_date(tried[0].attempted_at, zone)
    told = end_of(working_days_after(first, rules.number("attempt_working_days")), zone)
    return [Task(f"silent.{office.value}", None, Office.CHIEF, told, None, "", tried[0].entry)]


def _readings(operation: Operation) -> list[Task]:
    """Each time somebody was let read it for a reason, until the supervisor has looked at that."""
    return [
        Task("opened", operation.supervisor, None, one.since, None, "review-entry", one.entry)
        for one in operation.readings
        if operation.supervisor and one.entry not in operation.reviewed
    ]


def _counsel(operation: Operation) -> list[Task]:
    """The newest contact with each office, as long as an attorney with an account has not said whether it is right."""
    newest = {one.office: one for one in operation.contacts}
    return [
        Task("counsel", one.counsel, None, one.recorded_at, None, "confirm-consultation", one.ref.number)
        for one in newest.values()
        if one.counsel and one.confirmed is None
    ]


def _running(operation: Operation, zone: ZoneInfo, at: datetime) -> list[Task]:
    found = []
    supervisor = operation.supervisor
    if operation.stage in (Stage.ACTIVE, Stage.SUSPENDED) and supervisor:
        due = operation.review_due_at
        if due is not None:
            found.append(Task("review", supervisor, None, at, due, "hold-review"))
        flagged = [one for one in operation.activities if one.flagged and one.entry not in operation.reviewed]
        found += [
            Task("flagged", supervisor, None, one.recorded_at, None, "review-entry", one.entry) for one in flagged[-20:]
        ]
    if operation.stage is Stage.SUSPENDED and supervisor:
        found.append(Task("resume", supervisor, None, at, None, "resume"))
    for question in operation.questions:
        if question.answered is None:
            until = end_of(question.answer_by, zone)
            for person in [question.to] if question.to else operation.officers:
                found.append(Task("answer", person, None, at, until, "answer-question", question.ref.number))
    if operation.renewal is not None:
        ends_at = operation.grant.ends_at if operation.grant else None
        found.append(Task("renew", None, Office.CHIEF, at, ends_at, "renew-authorization", operation.renewal.number))
    return found


def _ending(operation: Operation) -> list[Task]:
    if operation.stage is not Stage.ENDED or operation.ended_at is None:
        return []
    done = {one.person for one in operation.ceased}
    users = operation.officers
    found = []
    due = operation.cease_due_at or operation.ended_at
    for person in users:
        if person not in done:
            found.append(Task("cease", person, None, operation.ended_at, due, "confirm-cease"))
            found.append(Task(f"cease.late.{person}", None, Office.CHIEF, due, due, ""))
    settlers = operation.officers or tuple(one for one in (operation.supervisor,) if one)
    for account in operation.accounts:
        if account.settled is None:
            number = account.ref.number
            found += [
                Task("settle", person, None, operation.ended_at, None, "settle-account", number) for person in settlers
            ]
    return found


def _packages(operation: Operation) -> list[Task]:
    found = []
    waiting = unreleased(operation)
    if waiting:
        number = waiting.prepared.number
        found.append(Task("release", None, Office.CHIEF, waiting.prepared_at, None, "release-export", number))
    for export in operation.exports:
        if export.released and export.received is None and export.released_at is not None:
            number = export.released.number
            found.append(Task("receive", export.recipient, None, export.released_at, None, "receive", number))
    return found
