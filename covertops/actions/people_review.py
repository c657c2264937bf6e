"""People and offices as they are reviewed: every account, every appointment that stands, and how each signs in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from covertops.actions.installation import Installation
from covertops.domain.department import Appointment, Department, Member
from covertops.storage.accounts_read import AccountState, account_states
from covertops.storage.factor_store import PHONE, PRINTED
from covertops.storage.unit_of_work import ReadUnit

UNUSED_DAYS: Final = 90
"""An account that nobody signed in to for so long is said to be unused."""


@dataclass(frozen=True)
class ReviewedLine:
    """One appointment that stands, or one account without any; what is not known is empty or None."""

    member: Member
    appointment: Appointment | None
    appointed_by: str
    last_signed_in_at: datetime | None
    second_factor: str
    passkeys: int
    state: str


def reviewed_lines(house: Installation, unit: ReadUnit, now: datetime) -> list[ReviewedLine]:
    """Everybody by name, whoever left last, each with a line for every appointment in force or to come."""
    department, accounts = house.folds.department(unit), account_states(unit)
    members = sorted(department.people.values(), key=lambda one: (one.closed_at is not None, one.name.casefold()))
    found = []
    for member in members:
        standing: list[Appointment | None] = list(member.standing(now))
        found += [_line(department, member, one, accounts.get(member.id), now) for one in standing or [None]]
    return found


def _line(
    department: Department, member: Member, one: Appointment | None, account: AccountState | None, now: datetime
) -> ReviewedLine:
    by = "" if one is None else department.name_of(one.by) if one.by else "Set up with the record"
    passkeys = len(department.passkeys.in_force_of(member.id))
    last = account.last_signed_in_at if account else None
    return ReviewedLine(member, one, by, last, _factor(account, passkeys), passkeys, _state(member, account, now))


def _factor(account: AccountState | None, passkeys: int) -> str:
    kinds = account.factors if account else frozenset[str]()
    named = [("Passkey", passkeys > 0), ("Phone", PHONE in kinds), ("Printed codes", PRINTED in kinds)]
    return ", ".join(words for words, has in named if has) or "None"


def _state(member: Member, account: AccountState | None, now: datetime) -> str:
    if member.closed_at is not None:
        return "Closed"
    if account is None:
        return "Cannot sign in"
    if account.disabled_at is not None:
        return "Disabled, not used for long"
    if account.locked:
        return "Locked"
    if not account.has_password:
        return "Not joined yet"
    last = account.last_signed_in_at
    unused = last is not None and (now - last).days >= UNUSED_DAYS
    return f"Not used for {UNUSED_DAYS} days" if unused else "Open"
