"""The supervisor's monitoring (Policy 2.8, IV.D.2): reviews, single entries, questions and their answers."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from covertops.domain.deadlines import end_of, local_date
from covertops.domain.decisions.activity import check_period
from covertops.domain.decisions.frame import (
    DATES,
    Actor,
    Asked,
    Decided,
    Facts,
    Written,
    require_operator,
    require_stage,
    require_supervisor,
)
from covertops.domain.entries.ending import OperationSuspended
from covertops.domain.entries.review import EntryQuestioned, EntryReviewed, QuestionAnswered, ReviewHeld
from covertops.domain.operation import Operation
from covertops.domain.refusals import refuse
from covertops.domain.vocabulary import Office, Stage, policy, practice

MONITOR = policy("IV.D.2", "The supervisor monitors.")
ASKED_FIRST = practice("An answer belongs to a question.")
GAPLESS = practice("Reviews follow one another without a gap.")
STARTED = (Stage.ACTIVE, Stage.SUSPENDED, Stage.ENDED)


def _may_monitor(operation: Operation, actor: Actor) -> None:
    require_supervisor(operation, actor, MONITOR)
    remedy = "It is reviewed once it is active."
    require_stage(operation, STARTED, "The operation has not been activated", MONITOR, remedy)


def hold_review(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The assigned supervisor reviews a period; the result "suspend" suspends in the same act."""
    _may_monitor(operation, actor)
    grant = operation.grant
    if asked is None or grant is None:
        return ()
    check_period(asked["period_from"], asked["period_to"], local_date(facts.now, facts.zone), "period_to")
    first = first_day_to_review(operation, facts.zone)
    if asked["period_from"] > first:
        remedy = f"Begin the period on {first.isoformat()} or earlier."
        raise refuse("gap", "The days before that would go unreviewed", GAPLESS, remedy, "period_from")
    if asked["in_scope"] == "no" and not asked["breaches"]:
        message = "Say what was outside the scope, and what was done"
        raise refuse("breaches", message, MONITOR, "Fill in the breaches.", "breaches")
    due = end_of(asked["period_to"] + timedelta(days=grant.review_days), facts.zone)
    review = Written(Office.SUPERVISOR, ReviewHeld(by=actor.person, next_due_at=due, **asked))
    if asked["result"] != "suspend" or operation.stage is not Stage.ACTIVE:
        return (review,)
    ground = "Suspended by the result of the review."
    pause = OperationSuspended(by=actor.person, lapse=None, since_at=facts.now, ground=ground)
    return (review, Written(Office.SUPERVISOR, pause))


def first_day_to_review(operation: Operation, zone: ZoneInfo) -> date:
    """The day on which the next review's period begins at the latest, so that no day goes unreviewed."""
    if operation.reviews:
        return max(one.period_to for one in operation.reviews)
    return local_date(operation.activated_at, zone) if operation.activated_at else date.max


def review_entry(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The supervisor marks one entry as reviewed."""
    _may_monitor(operation, actor)
    if asked is None:
        return ()
    number = asked["reviewed"].number
    if number in operation.reviewed:
        raise refuse("reviewed", "This entry is reviewed already", MONITOR, "Choose another.", "reviewed")
    return (Written(Office.SUPERVISOR, EntryReviewed(by=actor.person, **asked)),)


def question_entry(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The supervisor asks about an entry and expects an answer."""
    _may_monitor(operation, actor)
    if asked is None:
        return ()
    if asked["answer_by"] < local_date(facts.now, facts.zone):
        raise refuse("past", "That day has passed", DATES, "Enter today or a later day.", "answer_by")
    return (Written(Office.SUPERVISOR, EntryQuestioned(by=actor.person, **asked)),)


def answer_question(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """An officer answers an open question about an entry."""
    require_operator(operation, actor)
    waiting = {one.ref.number for one in operation.questions if one.answered is None}
    if not waiting:
        raise refuse("questions", "No question is open", ASKED_FIRST, "Nothing is left to do.")
    if asked is None:
        return ()
    if asked["question"].number not in waiting:
        raise refuse("questions", "This question is answered", ASKED_FIRST, "Choose an open one.", "question")
    return (Written(Office.INVESTIGATOR, QuestionAnswered(by=actor.person, **asked)),)
