"""What a person proves themselves with beside their password: set up, used, taken away, each on the record.

Every function works in the caller's transaction, the one in which the session is opened or carried on, so that a code
is used up exactly when it let somebody in. A passkey is another factor and has a module of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from covertops.actions.department import Derive
from covertops.actions.installation import Installation
from covertops.actions.one_time_codes import as_typed, code_at, sheet, step_at, step_that_fits
from covertops.actions.recording import record_department
from covertops.domain.decisions.frame import Written
from covertops.domain.declaration import Entry
from covertops.domain.entries.sign_in import FactorAdded, RecoveryUsed
from covertops.domain.vocabulary import Office
from covertops.storage import factor_store as rows
from covertops.storage.factor_store import FactorKeys
from covertops.storage.unit_of_work import ReadUnit, WriteUnit

RECOVERY_LETTERS = 10


@dataclass(frozen=True)
class Left:
    """What a person can still prove themselves with."""

    phone: bool
    printed: int
    recovery: int


class Factors:
    """The second factors of one installation. ``derive`` makes a key for a purpose."""

    def __init__(self, house: Installation, derive: Derive) -> None:
        self._house, self._keys = house, FactorKeys(derive)

    # In ------------------------------------------------------------------------------------------------------------

    def accept(self, unit: WriteUnit, person: str, code: str, node: str, now: datetime) -> bool:
        """Use a one-time code up: a phone's of this step or the one before, a printed one, or a recovery code.

        A recovery code that let somebody in is on the record, and is shown to every supervisor and auditor.
        """
        typed, phone = as_typed(code), rows.phone_of(unit, person)
        if phone is not None:
            step = step_that_fits(self._keys.open(person, phone.sealed), typed, now)
            if step is not None:
                return rows.grow_step(unit, phone.id, step, now)
        kind = rows.spend_code(unit, person, self._keys.code(person, typed), now)
        if kind == rows.RECOVERY:
            self._record(unit, RecoveryUsed(by=person, person=person, node=node), now)
        return kind is not None

    def is_enrolled(self, unit: ReadUnit, person: str) -> bool:
        """Whether they have a second factor of any kind; whoever has one needs it to set up another.

        A passkey is one while it is in force on the record: its row stays when it is revoked, and while it waits.
        """
        passkeys = self._house.folds.department(unit).passkeys
        return rows.is_enrolled(unit, person) or bool(passkeys.in_force_of(person))

    def left(self, unit: ReadUnit, person: str) -> Left:
        """What they can still prove themselves with, besides passkeys."""
        found = rows.unused(unit, person)
        return Left(rows.PHONE in found, found.get(rows.PRINTED, 0), found.get(rows.RECOVERY, 0))

    # Setting up ----------------------------------------------------------------------------------------------------

    def add_phone(self, unit: WriteUnit, person: str, secret: str, code: str, now: datetime) -> bool:
        """Keep a phone's secret once a code made with it proves that the phone has it; that code is used up."""
        step = step_that_fits(secret, code, now)
        if step is None:
            return False
        rows.keep_phone(unit, person, secrets.token_hex(16), self._keys.seal(person, secret), step, now)
        self._record(unit, FactorAdded(by=person, person=person, what=rows.PHONE), now)
        return True

    def add_sheet(self, unit: WriteUnit, person: str, codes: Sequence[str], code: str, now: datetime) -> bool:
        """Keep a printed sheet's codes once one of them was typed from it; that one is used up."""
        if as_typed(code) not in {as_typed(one) for one in codes}:
            return False
        self._keep(unit, person, rows.PRINTED, codes, now)
        return rows.spend_code(unit, person, self._keys.code(person, as_typed(code)), now) is not None

    def new_recovery_codes(self, unit: WriteUnit, person: str, now: datetime) -> tuple[str, ...]:
        """Ten recovery codes in the place of any earlier ones. They are kept nowhere and shown once."""
        codes = sheet(secrets.token_bytes(32), letters=RECOVERY_LETTERS)
        self._keep(unit, person, rows.RECOVERY, codes, now)
        return codes

    def drop(self, unit: WriteUnit, person: str) -> None:
        """Take phone, printed and recovery codes away; the caller records why."""
        rows.drop_factors(unit, person)

    def present_code(self, unit: ReadUnit, person: str, now: datetime) -> str | None:
        """The code a person's phone shows now, or None without one. For the worked example only."""
        phone = rows.phone_of(unit, person)
        return None if phone is None else code_at(self._keys.open(person, phone.sealed), step_at(now))

    def _keep(self, unit: WriteUnit, person: str, kind: str, codes: Sequence[str], now: datetime) -> None:
        rows.keep_codes(unit, person, kind, [self._keys.code(person, as_typed(one)) for one in codes])
        self._record(unit, FactorAdded(by=person, person=person, what=kind), now)

    def _record(self, unit: WriteUnit, entry: Entry, now: datetime) -> None:
        department = self._house.folds.department(unit)
        record_department(unit, department, (Written(Office.SYSTEM, entry),), now)
