"""Everything a person can decide on an operation, each as one :class:`Decision`. The buttons on a page are these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from covertops.domain.decisions import activation, activity, authorization, counsel, package, paper, request, review
from covertops.domain.decisions.frame import Actor, Asked, Decide, Decided, Facts, Written
from covertops.domain.declaration import Entry
from covertops.domain.entries import activity as activities
from covertops.domain.entries import authority as authorities
from covertops.domain.entries import counsel as counsels
from covertops.domain.entries import ending, people
from covertops.domain.entries import package as packages
from covertops.domain.entries import paper as papers
from covertops.domain.entries import request as requests
from covertops.domain.entries import review as reviews

__all__ = ["DECISIONS", "Actor", "Asked", "Decide", "Decided", "Decision", "Facts", "Written", "people"]


@dataclass(frozen=True)
class Decision:
    """An act on an operation: its name in addresses, the button's words, what it asks, whether it is signed."""

    name: str
    label: str
    asks: type[Entry]
    decide: Decide
    signed: bool = False
    stops: bool = False
    """Whether it stops something, and is drawn as such."""
    hint: str = ""


def _table(*decisions: Decision) -> Mapping[str, Decision]:
    return {one.name: one for one in decisions}


DECISIONS: Mapping[str, Decision] = _table(
    Decision("submit-request", "Send to the Chief", requests.RequestSubmitted, request.submit_request),
    Decision(
        "grant-authorization",
        "Read and decide",
        authorities.AuthorizationGranted,
        authorization.grant_authorization,
        signed=True,
        hint="The Chief authorizes in their own words, with scope, end and supervision.",
    ),
    Decision(
        "return-request", "Return", requests.RequestReturned, request.return_request, hint="With what is missing."
    ),
    Decision(
        "refuse-request", "Deny", requests.RequestRefused, request.refuse_request, stops=True, hint="Kept on record."
    ),
    Decision(
        "withdraw-request", "Withdraw the request", requests.RequestWithdrawn, request.withdraw_request, stops=True
    ),
    Decision("number-case", "Add the case number", requests.CaseNumbered, request.number_case),
    Decision(
        "assign-supervisor",
        "Assign a supervisor",
        authorities.SupervisorAssigned,
        authorization.assign_supervisor,
        signed=True,
        hint="May precede the decision, so that counsel can be asked first.",
    ),
    Decision(
        "take-over-supervision",
        "Take over supervision",
        authorities.SupervisionTaken,
        authorization.take_over_supervision,
        signed=True,
    ),
    Decision("check-conflict", "Record a conflict check", counsels.ConflictChecked, counsel.check_conflict),
    Decision(
        "attempt-attorney",
        "Record an attempt to reach an attorney",
        counsels.AttorneyAttempted,
        counsel.attempt_attorney,
    ),
    Decision(
        "log-consultation",
        "Record the contact with an attorney",
        counsels.ConsultationLogged,
        counsel.log_consultation,
        signed=True,
    ),
    Decision("make-promise", "Make the officer’s promise", authorities.PromiseMade, activation.make_promise),
    Decision("add-operator", "Add an officer", authorities.OperatorAdded, authorization.add_operator, signed=True),
    Decision(
        "remove-operator",
        "Remove an officer at once",
        authorities.OperatorRemoved,
        authorization.remove_operator,
        stops=True,
    ),
    Decision(
        "enter-paper",
        "Enter a decision signed on paper",
        papers.PaperEntered,
        paper.enter_paper,
        hint="For a network that was down: the scan, and when it was signed.",
    ),
    Decision(
        "confirm-paper",
        "Confirm the decision on paper",
        papers.PaperConfirmed,
        paper.confirm_paper,
        signed=True,
        hint="Compare the scan with the sheet signed in ink.",
    ),
    Decision("activate", "Activate", authorities.OperationActivated, activation.activate, signed=True),
    Decision("add-account", "Add an account", activities.AccountAdded, activity.add_account),
    Decision("keep-access", "Record where access is kept", activities.AccountAccessKept, activity.keep_access),
    Decision("log-activity", "Log activity", activities.ActivityLogged, activity.log_activity),
    Decision("log-no-activity", "Record no activity", activities.ActivityNone, activity.log_no_activity),
    Decision(
        "record-held-material",
        "Record material held elsewhere",
        activities.MaterialHeld,
        activity.record_held_material,
        hint="Suspected sexual images of children are never uploaded.",
    ),
    Decision("correct-entry", "Correct an entry", activities.EntryCorrected, activity.correct_entry),
    Decision("hold-review", "Hold the review", reviews.ReviewHeld, review.hold_review, signed=True),
    Decision("review-entry", "Mark an entry reviewed", reviews.EntryReviewed, review.review_entry),
    Decision("question-entry", "Ask about an entry", reviews.EntryQuestioned, review.question_entry),
    Decision("answer-question", "Answer the question", reviews.QuestionAnswered, review.answer_question),
    Decision("request-renewal", "Ask for a renewal", authorities.RenewalRequested, authorization.request_renewal),
    Decision(
        "renew-authorization",
        "Decide on the renewal",
        authorities.AuthorizationRenewed,
        authorization.renew_authorization,
        signed=True,
    ),
    Decision(
        "refuse-renewal", "Deny the renewal", authorities.RenewalRefused, authorization.refuse_renewal, stops=True
    ),
    Decision(
        "suspend", "Suspend now", ending.OperationSuspended, activation.suspend, stops=True, hint="Use stops at once."
    ),
    Decision("resume", "Resume operation", ending.OperationResumed, activation.resume),
    Decision(
        "end-operation",
        "End operation",
        ending.OperationEnded,
        activation.end_operation,
        signed=True,
        stops=True,
        hint="A duty when grounds or supervision end. Starts the 24 hours for the stop confirmation.",
    ),
    Decision("confirm-cease", "Confirm that you have stopped", ending.CeaseConfirmed, activation.confirm_cease),
    Decision("settle-account", "Record what became of an account", ending.AccountSettled, activation.settle_account),
    Decision("prepare-export", "Prepare a package", packages.ExportPrepared, package.prepare_export),
    Decision("release-export", "Check and release", packages.ExportReleased, package.release_export, signed=True),
)
