"""What each entry about use, monitoring and packages changes in its operation. Called by the one fold only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from covertops.domain.declaration import Entry, Recorded
from covertops.domain.entries import access, activity, ending, package, people, request, review
from covertops.domain.operation import (
    Account,
    Activity,
    Capture,
    Correction,
    Export,
    Named,
    Operation,
    Period,
    Question,
    Writing,
)
from covertops.domain.steps_of_authority import told, with_lookups
from covertops.domain.vocabulary import Office


def on_reviewed(operation: Operation, it: Recorded, entry: review.EntryReviewed) -> Operation:
    return replace(operation, reviewed={entry.reviewed.number: it.at, **operation.reviewed})


def on_questioned(operation: Operation, it: Recorded, entry: review.EntryQuestioned) -> Operation:
    about = entry.questioned.number
    asked = next((one.by for one in operation.activities if one.entry == about), None)
    question = Question(it.ref, about, asked, entry.answer_by)
    return replace(operation, questions=(*operation.questions, question))


def on_answered(operation: Operation, it: Recorded, entry: review.QuestionAnswered) -> Operation:
    questions = tuple(
        replace(one, answered=it.number) if one.ref.number == entry.question.number else one
        for one in operation.questions
    )
    return replace(operation, questions=questions)


def on_account(operation: Operation, it: Recorded, entry: activity.AccountAdded) -> Operation:
    accounts = (*operation.accounts, Account(it.ref, entry.in_scope == "yes"))
    return replace(operation, accounts=accounts, lookups=with_lookups(operation, handle=entry.handle))


def on_settled(operation: Operation, it: Recorded, entry: ending.AccountSettled) -> Operation:
    accounts = tuple(
        replace(one, settled=it.number) if one.ref.number == entry.account.number else one for one in operation.accounts
    )
    return replace(operation, accounts=accounts)


def on_activity(operation: Operation, it: Recorded, entry: activity.ActivityLogged) -> Operation:
    case = told(entry.case_number)
    sitting = Activity(
        it.number, it.at, entry.started_at, entry.ended_at, entry.keyboard, entry.outside == "yes", entry.by, case
    )
    return operation.but(activities=(*operation.activities, sitting))


def on_capture(operation: Operation, it: Recorded, entry: activity.EvidencePreserved) -> Operation:
    return replace(
        operation, captures=(*operation.captures, Capture(it.ref, entry.reference, entry.original == activity.SHEET))
    )


def on_writing(office: Office) -> Callable[[Operation, Recorded, Any], Operation]:
    """The step that notes a writing of an attorney's office."""

    def step(operation: Operation, it: Recorded, entry: Entry) -> Operation:
        return replace(operation, writings=(*operation.writings, Writing(it.ref, office)))

    return step


def on_corrected(operation: Operation, it: Recorded, entry: activity.EntryCorrected) -> Operation:
    correction = Correction(it.number, entry.corrected.number)
    return replace(operation, corrections=(*operation.corrections, correction))


def on_ceased(operation: Operation, it: Recorded, entry: ending.CeaseConfirmed) -> Operation:
    return replace(operation, ceased=(*operation.ceased, Period(entry.by or "", it.number, it.at)))


def on_prepared(operation: Operation, it: Recorded, entry: package.ExportPrepared) -> Operation:
    export = Export(it.ref, entry.reference, entry.recipient, entry.to_number, it.at)
    return replace(operation, exports=(*operation.exports, export))


def _with_export(operation: Operation, prepared: int, change: Callable[[Export], Export]) -> Operation:
    exports = tuple(change(one) if one.prepared.number == prepared else one for one in operation.exports)
    return replace(operation, exports=exports)


def on_released(operation: Operation, it: Recorded, entry: package.ExportReleased) -> Operation:
    return _with_export(operation, entry.prepared.number, lambda one: replace(one, released=it.ref, released_at=it.at))


def _prepared_of(operation: Operation, released: int) -> int:
    return next(
        (one.prepared.number for one in operation.exports if one.released and one.released.number == released), 0
    )


def on_custody(name: str) -> Callable[[Operation, Recorded, Any], Operation]:
    """The step that notes an entry's number under a name of its package."""

    def step(operation: Operation, it: Recorded, entry: package.ExportSealed | package.ExportReceived) -> Operation:
        noted: dict[str, Any] = {name: it.number}
        prepared = _prepared_of(operation, entry.released.number)
        return _with_export(operation, prepared, lambda one: replace(one, **noted))

    return step


def on_opened(operation: Operation, it: Recorded, entry: access.ReadingOpened) -> Operation:
    reading = Period(entry.by or "", it.number, it.at, entry.until_at)
    return replace(operation, readings=(*operation.readings, reading))


def on_named(operation: Operation, it: Recorded, entry: people.PersonIntroduced) -> Operation:
    return replace(operation, people=(*operation.people, Named(entry.person, entry.designation, entry.held)))


def on_numbered(operation: Operation, it: Recorded, entry: request.CaseNumbered) -> Operation:
    lookups = with_lookups(operation, case=entry.case_number)
    return replace(operation, case_number=told(entry.case_number), lookups=lookups)
