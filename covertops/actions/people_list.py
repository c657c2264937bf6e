"""People as the command line lists them, and the way back in for somebody who can no longer sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from covertops.actions.department import INVITATION_LASTS, Derive
from covertops.actions.installation import Installation
from covertops.actions.one_time_codes import new_code
from covertops.actions.recording import record_department
from covertops.actions.second_factors import Factors
from covertops.domain.decisions.frame import Written
from covertops.domain.entries.department import AccountInvited
from covertops.domain.entries.sign_in import FactorReset
from covertops.domain.vocabulary import Office
from covertops.storage import account_use, sign_in_store
from covertops.storage.head import read_head
from covertops.storage.sign_in_store import SignInDigests


def people_rows(house: Installation, now: datetime) -> list[dict[str, Any]]:
    """Everybody with an account: id, name, name for signing in, offices held now, whether the account is closed."""
    with house.store.read() as unit:
        department = house.folds.department(unit)
    return [
        {
            "id": one.id,
            "name": one.name,
            "sign_in_name": one.sign_in_name,
            "offices": sorted(office.value for office in one.offices(now)),
            "closed": one.closed_at is not None,
        }
        for one in department.people.values()
    ]


EXAMPLE: Final = "example.invalid/"
"""How the name of a log begins that can never be a department's (RFC 2606, 2)."""


def present_code(house: Installation, derive: Derive, sign_in_name: str, now: datetime) -> str:
    """The code that the phone of somebody of a worked example shows now. Raises LookupError elsewhere."""
    wanted = SignInDigests(derive).name(sign_in_name)
    with house.store.read() as unit:
        if not read_head(unit.connection).origin.startswith(EXAMPLE):
            raise LookupError("only a worked example shows its codes here: everybody else has their own phone or sheet")
        people = house.folds.department(unit).people.values()
        digests = SignInDigests(derive)
        person = next((one.id for one in people if digests.name(one.sign_in_name) == wanted), None)
        code = None if person is None else Factors(house, derive).present_code(unit, person, now)
    if code is None:
        raise LookupError(f"nobody with one-time codes signs in as {sign_in_name!r}")
    return code


def invite_at_the_machine(
    house: Installation, derive: Derive, sign_in_name: str, now: datetime
) -> tuple[str, datetime]:
    """A new one-time code, and until when, for somebody with an open account, asked for by whoever runs the machine.

    It is on the department's record as made by the machine, in nobody's name, and shown to every supervisor and
    auditor: whoever runs the machine lets somebody set up a second factor anew. Raises LookupError.
    """
    digests, code, expires = SignInDigests(derive), new_code(), now + INVITATION_LASTS
    wanted = digests.name(sign_in_name)
    with house.store.write() as unit:
        department = house.folds.department(unit)
        open_accounts = [one for one in department.people.values() if one.closed_at is None]
        person = next((one.id for one in open_accounts if digests.name(one.sign_in_name) == wanted), None)
        if person is None:
            raise LookupError(f"nobody with an open account signs in as {sign_in_name!r}")
        lost = FactorReset(person=person, reason="A new one-time code was made at the machine.")
        decided = (Written(Office.SYSTEM, AccountInvited(person=person)), Written(Office.SYSTEM, lost))
        department, _ = record_department(unit, department, decided, now)
        Factors(house, derive).drop(unit, person)
        account_use.wake_account(unit, person)
        sign_in_store.invite(unit, person, digests.invitation(code), expires)
        sign_in_store.end_sessions_of(unit, person, now)
    house.folds.keep_department(department)
    return code, expires
