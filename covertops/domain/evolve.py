"""The one fold: what each entry changes in its operation. Nothing else makes an :class:`Operation`.

A copy can withhold fields. An entry without one of its open fields changes nothing here, as nobody can say what it
changed; where it could decide authority, the operation remembers from which moment on this copy cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from covertops.domain import steps_of_authority, steps_of_record
from covertops.domain.declaration import WITHHELD, Entry, Recorded, specs_of
from covertops.domain.entries import (
    access,
    activity,
    authority,
    counsel,
    ending,
    package,
    paper,
    people,
    request,
    review,
)
from covertops.domain.operation import Operation
from covertops.domain.signed_acts import signed_acts
from covertops.domain.vocabulary import CHIEFS, Disclosure, Office, Stage


def _with(**changes: Any) -> Callable[[Operation, Recorded, Any], Operation]:
    return lambda operation, it, entry: replace(operation, **changes)


def _unchanged(operation: Operation, it: Recorded, entry: Entry) -> Operation:
    return operation


_EVOLVE: dict[type[Entry], Callable[[Operation, Recorded, Any], Operation]] = {
    request.RequestSubmitted: steps_of_authority.on_request,
    request.ProfileDeclared: steps_of_authority.on_declared,
    request.RequestReturned: _with(stage=Stage.RETURNED),
    request.RequestRefused: _with(stage=Stage.REFUSED),
    request.RequestWithdrawn: _with(stage=Stage.WITHDRAWN),
    request.CaseNumbered: steps_of_record.on_numbered,
    authority.SupervisorAssigned: steps_of_authority.on_assigned,
    authority.SupervisionTaken: steps_of_authority.on_taken,
    counsel.ConflictChecked: _unchanged,
    authority.AuthorizationGranted: steps_of_authority.on_granted,
    authority.RenewalRequested: steps_of_authority.on_renewal,
    authority.AuthorizationRenewed: steps_of_authority.on_renewed,
    authority.RenewalRefused: _with(renewal=None),
    authority.OperatorAdded: steps_of_authority.on_operator_added,
    authority.OperatorRemoved: steps_of_authority.on_operator_removed,
    authority.PromiseMade: steps_of_authority.on_promise,
    counsel.AttorneyAttempted: steps_of_authority.on_attempt,
    counsel.ConsultationLogged: steps_of_authority.on_contact,
    counsel.ProsecutorWrote: steps_of_record.on_writing(Office.PROSECUTING_ATTORNEY),
    counsel.CityAttorneyWrote: steps_of_record.on_writing(Office.CITY_ATTORNEY),
    counsel.ConsultationConfirmed: steps_of_authority.on_confirmed,
    paper.PaperEntered: steps_of_authority.on_paper,
    paper.PaperConfirmed: steps_of_authority.on_paper_confirmed,
    authority.OperationActivated: steps_of_authority.on_activated,
    ending.OperationSuspended: steps_of_authority.on_suspended,
    ending.OperationResumed: steps_of_authority.on_resumed,
    ending.OperationEnded: steps_of_authority.on_ended,
    ending.CeaseConfirmed: steps_of_record.on_ceased,
    ending.AccountSettled: steps_of_record.on_settled,
    activity.AccountAdded: steps_of_record.on_account,
    activity.AccountAccessKept: _unchanged,
    activity.EvidencePreserved: steps_of_record.on_capture,
    package.EvidenceOpened: _unchanged,
    activity.ActivityLogged: steps_of_record.on_activity,
    activity.ActivityNone: _unchanged,
    activity.MaterialHeld: _unchanged,
    activity.EntryCorrected: steps_of_record.on_corrected,
    review.ReviewHeld: steps_of_authority.on_review,
    review.EntryReviewed: steps_of_record.on_reviewed,
    review.EntryQuestioned: steps_of_record.on_questioned,
    review.QuestionAnswered: steps_of_record.on_answered,
    package.ExportPrepared: steps_of_record.on_prepared,
    package.ExportReleased: steps_of_record.on_released,
    package.ExportSealed: steps_of_record.on_custody("sealed"),
    package.ExportReceived: steps_of_record.on_custody("received"),
    package.ExportDownloaded: _unchanged,
    access.ReadingOpened: steps_of_record.on_opened,
    people.PersonIntroduced: steps_of_record.on_named,
    people.AppointmentEnded: steps_of_authority.on_appointment_ended,
}


# What authority() reads comes from these; the other kinds change lists and names only.
DECIDES: frozenset[type[Entry]] = frozenset(
    {
        request.RequestSubmitted,
        authority.SupervisorAssigned,
        authority.SupervisionTaken,
        authority.AuthorizationGranted,
        authority.AuthorizationRenewed,
        authority.OperatorAdded,
        authority.OperatorRemoved,
        authority.PromiseMade,
        authority.OperationActivated,
        counsel.ConsultationLogged,
        paper.PaperEntered,
        paper.PaperConfirmed,
        counsel.ConsultationConfirmed,
        ending.OperationSuspended,
        ending.OperationResumed,
        ending.OperationEnded,
        people.AppointmentEnded,
        review.ReviewHeld,
    }
)


def _lacks_open_field(entry: Entry) -> bool:
    """Whether this copy withholds a field of class open, which is all that the fold relies on."""
    for name, spec in specs_of(type(entry)).items():
        if spec.disclosure is Disclosure.OPEN:
            value = getattr(entry, name)
            if value is WITHHELD or (spec.many and any(item is WITHHELD for item in value)):
                return True
    return False


_BESIDE = (
    access.ReadingOpened,
    activity.EvidencePreserved,
    counsel.ProsecutorWrote,
    counsel.CityAttorneyWrote,
    package.EvidenceOpened,
    package.ExportDownloaded,
    package.ExportSealed,
    people.PersonIntroduced,
)
"""What is recorded beside the decisions: it leaves a page that somebody is filling in as true as it was."""


_STOPS = (ending.OperationSuspended, ending.OperationEnded)
"""What a Chief who has another part in it may still do: stopping decides nothing in anybody's favor."""


def evolve(operation: Operation, it: Recorded) -> Operation:
    """The operation after one more of its entries. A kind without a line above is refused with KeyError."""
    change = _EVOLVE[type(it.entry)]
    if not _lacks_open_field(it.entry):
        operation = change(operation, it, it.entry)
    elif type(it.entry) in DECIDES:
        operation = replace(operation, withheld_at=operation.withheld_at or it.at)
    if it.office in CHIEFS and it.entry.by and not isinstance(it.entry, (*_BESIDE, *_STOPS)):
        operation = replace(operation, chiefs=operation.chiefs | {it.entry.by})
    moved = operation.moved if isinstance(it.entry, _BESIDE) else it.number
    signed = (*operation.signed, *signed_acts(it)) if it.entry.signature else operation.signed
    return operation.but(signed=signed, moved=moved, last_number=it.number, last_hash=it.hash, last_at=it.at)


def evolve_withheld(operation: Operation, number: int, at: datetime, hash_: str) -> Operation:
    """The operation after an entry whose whole body this copy withholds: it could have been anything."""
    withheld_at = operation.withheld_at or at
    return replace(operation, withheld_at=withheld_at, last_number=number, last_hash=hash_, last_at=at)
