"""Decisions about how people prove who they are."""

from __future__ import annotations

from covertops.domain.decisions.frame import Actor, Asked, Decided, Facts, Written, require_office
from covertops.domain.department import Recovery
from covertops.domain.entries.sign_in import FactorReset, RecoverySeen
from covertops.domain.refusals import Missing, NotYours, refuse
from covertops.domain.vocabulary import Office, practice

LOST = practice("Who lost a second factor gets another from the Chief, or uses a recovery code.")
TOLD = practice("Every supervisor and auditor is told who came in past their second factor.")
WATCHING = frozenset({Office.SUPERVISOR, Office.AUDITOR})


def reset_factor(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief lets somebody who lost their second factor set up another; nobody does it for themselves."""
    require_office(actor, Office.CHIEF, LOST)
    if asked is None:
        return ()
    member = facts.department.people.get(asked["person"])
    if member is None or member.closed_at is not None:
        raise refuse("person", "There is no open account of this person", LOST, "Choose another.", "person")
    if member.id == actor.person:
        remedy = "Use a recovery code; without one, the administrator makes a new code at the machine."
        raise refuse("self", "You cannot take away your own", LOST, remedy, "person")
    return (Written(Office.CHIEF, FactorReset(by=actor.person, **asked)),)


def see_recovery(actor: Actor, recovery: Recovery | None) -> Decided:
    """A supervisor or auditor has read that somebody came in past their second factor."""
    offices = sorted(actor.offices & WATCHING)
    if recovery is None or not offices or actor.person in recovery.seen_by:
        raise NotYours(Missing("recovery", "There is nothing of this kind to read", TOLD, "Nothing is left to do."))
    return (Written(offices[0], RecoverySeen(by=actor.person, used=recovery.ref)),)
