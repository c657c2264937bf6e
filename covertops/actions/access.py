"""What the record keeps of people coming in and going out, written in the transaction of the act itself."""

from __future__ import annotations

from datetime import datetime

from covertops.actions.installation import Installation
from covertops.actions.recording import record_access, record_department
from covertops.domain.decisions.frame import Written
from covertops.domain.entries.access import SessionEnded, SessionLocked, SessionOpened
from covertops.domain.entries.department import CredentialAdded
from covertops.domain.vocabulary import Office
from covertops.storage.unit_of_work import WriteUnit


def session_opened(unit: WriteUnit, person: str, node: str, now: datetime) -> None:
    """Somebody signed in, from ``node``."""
    record_access(unit, [Written(Office.SYSTEM, SessionOpened(by=person, node=node))], now)


def session_ended(unit: WriteUnit, person: str, node: str, now: datetime) -> None:
    """Somebody signed out."""
    record_access(unit, [Written(Office.SYSTEM, SessionEnded(by=person, node=node))], now)


def session_locked(unit: WriteUnit, person: str | None, node: str, now: datetime) -> None:
    """Wrong attempts locked an account at ``node``; a name that nobody has leaves the same line without a person."""
    record_access(unit, [Written(Office.SYSTEM, SessionLocked(person=person, node=node))], now)


def password_chosen(house: Installation, unit: WriteUnit, person: str, now: datetime) -> None:
    """Somebody chose a password with the one-time code that was handed to them.

    Everybody keeps the second factor they have, whatever their office: whoever makes codes for them could otherwise
    become them, or the Chief that they are from tomorrow. The Chief takes it away where it is lost (`recoveries`).
    """
    entry = CredentialAdded(by=person, person=person, made_with="one-time code")
    record_department(unit, house.folds.department(unit), (Written(Office.SYSTEM, entry),), now)
