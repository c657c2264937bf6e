"""The paper path, for a network that is down: the scan is entered with both times, and the Chief confirms it here.

Nothing is backdated. A decision on paper gives no authority by itself: the Chief's authorization does, from when it is
signed here; but once a decision on paper is entered, nothing is activated before the Chief has confirmed its scan.
"""

from __future__ import annotations

from covertops.domain.decisions.frame import (
    DATES,
    Actor,
    Asked,
    Decided,
    Facts,
    Written,
    kept_apart,
    require_office,
    require_stage,
    working_office,
)
from covertops.domain.entries.paper import PAPER, PaperConfirmed, PaperEntered
from covertops.domain.operation import Operation
from covertops.domain.refusals import refuse
from covertops.domain.vocabulary import Office, Stage

BEFORE_USE = (Stage.REQUESTED, Stage.AUTHORIZED)
LATE = "The decision on paper belongs before activation"


def enter_paper(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """Whoever works on the operation enters the scan of a decision that was signed in ink."""
    office = working_office(operation, actor, PAPER)
    require_stage(operation, BEFORE_USE, LATE, PAPER, "Enter the request first; a running operation needs none.")
    if asked is None:
        return ()
    if asked["signed_at"] > facts.now:
        raise refuse("future", "That lies in the future", DATES, "Enter the time written on the sheet.", "signed_at")
    if asked["scan"].number not in {one.ref.number for one in operation.captures if one.sheet}:
        remedy = "Add the scan below, and choose it."
        raise refuse("scan", "That is no scan of signed sheets", PAPER, remedy, "scan")
    return (Written(office, PaperEntered(by=actor.person, **asked)),)


def confirm_paper(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief confirms, by a signature here, that the scan is what was signed in ink."""
    require_office(actor, Office.CHIEF, PAPER)
    require_stage(operation, BEFORE_USE, LATE, PAPER, "Nothing is left to do.")
    kept_apart(
        operation, supervisor=None, officers=operation.officers or operation.proposed_officers, chief=actor.person
    )
    paper = operation.papers[-1] if operation.papers else None
    if paper is None or paper.confirmed_at is not None:
        raise refuse("nothing", "No decision on paper waits to be confirmed", PAPER, "Nothing is left to do.")
    if asked is None:
        return ()
    return (Written(Office.CHIEF, PaperConfirmed(by=actor.person, paper=paper.ref, **asked)),)
