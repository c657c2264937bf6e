"""What each entry that decides authority, or asks for it, changes in its operation. Called by the one fold only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from covertops.domain.declaration import Recorded
from covertops.domain.entries import authority, counsel, ending, paper, people, request, review
from covertops.domain.operation import Attempt, Contact, Grant, Operation, Paper, Pause, Period, Review
from covertops.domain.policy import DETERMINATIONS
from covertops.domain.vocabulary import CHIEFS, Office, Stage


def told(value: object) -> str | None:
    """A text of a class that copies may withhold; None where this one does."""
    return value if isinstance(value, str) else None


def with_lookups(operation: Operation, **texts: object) -> frozenset[tuple[str, str]]:
    """The operation's lookups with these, as far as this copy shows them."""
    found = {(kind, text.strip().casefold()) for kind, text in texts.items() if isinstance(text, str) and text.strip()}
    return operation.lookups | found


def _close(periods: tuple[Period, ...], person: str | None, at: datetime) -> tuple[Period, ...]:
    """End the running periods of a person, or of everybody when ``person`` is None."""
    return tuple(
        replace(one, until=at) if one.until is None and person in (None, one.person) else one for one in periods
    )


def _supervise(operation: Operation, it: Recorded, person: str, relief: str | None) -> Operation:
    if operation.supervisor != person:
        closed = _close(operation.supervision, None, it.at)
        operation = replace(operation, supervision=(*closed, Period(person, it.number, it.at)))
    return replace(operation, relief=relief)


def on_request(operation: Operation, it: Recorded, entry: request.RequestSubmitted) -> Operation:
    return replace(
        operation,
        stage=Stage.REQUESTED,
        reference=entry.reference,
        requester=entry.by or "",
        request=it.ref,
        request_office=it.office,
        requested_at=it.at,
        proposed_supervisor=entry.proposed_supervisor,
        proposed_officers=entry.officers,
        personal_device_asked=entry.personal_device is True,
        matter=told(entry.matter) or "",
        case_number=told(entry.case_number) or operation.case_number,
        urgent=entry.urgent is True,
        start_on=entry.start_on,
        lookups=with_lookups(operation, handle=entry.handle, subject=entry.subject, case=entry.case_number),
    )


def on_declared(operation: Operation, it: Recorded, entry: request.ProfileDeclared) -> Operation:
    return replace(
        operation,
        stage=Stage.DECLARED,
        declared=True,
        reference=entry.reference,
        requester=entry.by or "",
        used_before=entry.used_by,
        matter=told(entry.matter) or "",
        lookups=with_lookups(operation, handle=entry.handle),
    )


def _succeed(operation: Operation, grant: Grant) -> tuple[Grant, ...]:
    """The grants with a newer one in the place of whatever stood."""
    at = grant.recorded_at
    return (*(replace(one, until=at) if one.until is None else one for one in operation.grants), grant)


def on_renewal(operation: Operation, it: Recorded, entry: authority.RenewalRequested) -> Operation:
    return replace(operation, renewal=it.ref)


def on_renewed(operation: Operation, it: Recorded, entry: authority.AuthorizationRenewed) -> Operation:
    starts_at = operation.grant.starts_at if operation.grant else it.at
    grant = Grant(it.ref, it.at, starts_at, entry.ends_at, entry.review_days, entry.by or "", office=it.office)
    return replace(operation, grants=_succeed(operation, grant), renewal=None)


def on_granted(operation: Operation, it: Recorded, entry: authority.AuthorizationGranted) -> Operation:
    changed = entry.changed == "yes"
    grant = Grant(it.ref, it.at, entry.starts_at, entry.ends_at, entry.review_days, entry.by or "", changed, it.office)
    operators = _close(operation.operators, None, it.at)
    operators += tuple(Period(officer, it.number, it.at) for officer in entry.officers)
    operation = replace(operation, stage=Stage.AUTHORIZED, grants=_succeed(operation, grant), operators=operators)
    return _supervise(operation, it, entry.supervisor, entry.relief)


def on_assigned(operation: Operation, it: Recorded, entry: authority.SupervisorAssigned) -> Operation:
    return _supervise(operation, it, entry.supervisor, entry.relief)


def on_taken(operation: Operation, it: Recorded, entry: authority.SupervisionTaken) -> Operation:
    return _supervise(operation, it, entry.by or "", None)


def on_operator_added(operation: Operation, it: Recorded, entry: authority.OperatorAdded) -> Operation:
    return replace(operation, operators=(*operation.operators, Period(entry.officer, it.number, it.at)))


def on_operator_removed(operation: Operation, it: Recorded, entry: authority.OperatorRemoved) -> Operation:
    operation = replace(operation, operators=_close(operation.operators, entry.officer, it.at))
    return replace(operation, promises=_close(operation.promises, entry.officer, it.at))


def on_promise(operation: Operation, it: Recorded, entry: authority.PromiseMade) -> Operation:
    closed = _close(operation.promises, entry.by, it.at)
    return replace(operation, promises=(*closed, Period(entry.by or "", it.number, it.at)))


def on_attempt(operation: Operation, it: Recorded, entry: counsel.AttorneyAttempted) -> Operation:
    attempt = Attempt(it.number, Office(entry.attorney_office), entry.attempted_at)
    return replace(operation, attempts=(*operation.attempts, attempt))


def on_contact(operation: Operation, it: Recorded, entry: counsel.ConsultationLogged) -> Operation:
    answers = {name: getattr(entry, name) for name in DETERMINATIONS}
    contact = Contact(
        it.ref,
        it.at,
        Office(entry.attorney_office),
        entry.answer,
        tuple(name for name, answer in answers.items() if answer == "determined"),
        tuple(name for name, answer in answers.items() if answer == "referred"),
        tuple(ref.number for ref in entry.shown),
        entry.counsel,
    )
    return replace(operation, contacts=(*operation.contacts, contact))


def on_confirmed(operation: Operation, it: Recorded, entry: counsel.ConsultationConfirmed) -> Operation:
    agreed = entry.result == "agrees"
    contacts = tuple(
        replace(one, confirmed=it.number, agreed=agreed) if one.ref.number == entry.consultation.number else one
        for one in operation.contacts
    )
    if entry.answer_stands == "no":
        # An answer that counsel takes back is as one that counsel declines: the gates read it so from this entry on.
        shown = next((one.shown for one in contacts if one.ref.number == entry.consultation.number), ())
        contacts += (Contact(it.ref, it.at, Office(entry.attorney_office), "declined", (), (), shown),)
    return replace(operation, contacts=contacts)


def on_paper(operation: Operation, it: Recorded, entry: paper.PaperEntered) -> Operation:
    return replace(operation, papers=(*operation.papers, Paper(it.ref, it.at, entry.signed_at)))


def on_paper_confirmed(operation: Operation, it: Recorded, entry: paper.PaperConfirmed) -> Operation:
    confirmed = (
        replace(one, confirmed_at=it.at) if one.ref.number == entry.paper.number else one for one in operation.papers
    )
    return replace(operation, papers=tuple(confirmed))


def on_activated(operation: Operation, it: Recorded, entry: authority.OperationActivated) -> Operation:
    return replace(
        operation,
        stage=Stage.ACTIVE,
        activated_at=it.at,
        activation=it.number,
        first_review_due_at=entry.review_due_at,
    )


def on_suspended(operation: Operation, it: Recorded, entry: ending.OperationSuspended) -> Operation:
    pause = Pause(it.number, entry.since_at, entry.lapse, it.office in CHIEFS)
    return replace(operation, stage=Stage.SUSPENDED, pauses=(*operation.pauses, pause))


def on_resumed(operation: Operation, it: Recorded, entry: ending.OperationResumed) -> Operation:
    pauses = tuple(replace(one, until=it.at) if one.until is None else one for one in operation.pauses)
    resumed = (*operation.resumed, (it.at, entry.review_due_at))
    return replace(operation, stage=Stage.ACTIVE, pauses=pauses, resumed=resumed)


def on_review(operation: Operation, it: Recorded, entry: review.ReviewHeld) -> Operation:
    held = Review(it.number, it.at, entry.period_from, entry.period_to, entry.result, entry.next_due_at)
    numbers = {ref.number for ref in (*entry.entries, *entry.captures)}
    reviewed = {**dict.fromkeys(numbers, it.at), **operation.reviewed}
    return replace(operation, reviews=(*operation.reviews, held), reviewed=reviewed)


def on_ended(operation: Operation, it: Recorded, entry: ending.OperationEnded) -> Operation:
    return replace(operation, stage=Stage.ENDED, renewal=None, ended_at=it.at, cease_due_at=entry.cease_due_at)


def on_appointment_ended(operation: Operation, it: Recorded, entry: people.AppointmentEnded) -> Operation:
    told = (entry.person, Office(entry.held), entry.ended_at)
    operation = replace(operation, offices_ended=operation.offices_ended | {told})
    at = min(it.at, entry.ended_at)
    if entry.held == Office.SUPERVISOR:
        relief = None if operation.relief == entry.person else operation.relief
        return replace(operation, supervision=_close(operation.supervision, entry.person, at), relief=relief)
    if entry.held == Office.INVESTIGATOR:
        operation = replace(operation, operators=_close(operation.operators, entry.person, at))
        return replace(operation, promises=_close(operation.promises, entry.person, at))
    return operation
