"""Rows of second factors: a phone's one-time codes, printed codes, recovery codes.

A phone's secret is sealed, bound to its person. Of a printed or recovery code there is only a keyed digest, as the
row's id. ``counter`` is the last step of a phone that was accepted, or 1 for a code that was used: the one statement
that accepts a code is an UPDATE that must make it grow.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, delete, func, insert, select, update

from covertops.storage.tables import credential
from covertops.storage.times import micros
from covertops.storage.unit_of_work import ReadUnit, WriteUnit
from covertops.vault.keys import CompartmentKey
from covertops.vault.sealing import open_text, seal_text

PHONE: Final = "phone"
PRINTED: Final = "printed"
RECOVERY: Final = "recovery"
_OURS: Final = (PHONE, PRINTED, RECOVERY)
_CODES: Final = (PRINTED, RECOVERY)


class FactorKeys:
    """What seals a phone's secret, and what makes the digests of codes. ``derive`` makes a key for a purpose."""

    def __init__(self, derive: Callable[[str], bytes]) -> None:
        self._seal = CompartmentKey("second factors", derive("second factors"))
        self._code = derive("one-time codes")

    def seal(self, person_id: str, secret: str) -> bytes:
        """A phone's secret as it is stored for one person."""
        return seal_text(self._seal, secret, _meaning(person_id))

    def open(self, person_id: str, sealed: bytes) -> str:
        """The secret again. Raises SealBroken for another person's, or for bytes that were altered."""
        return open_text(self._seal, sealed, _meaning(person_id))

    def code(self, person_id: str, code: str) -> str:
        """The digest of a printed or recovery code of one person."""
        return hmac.digest(self._code, f"{person_id}:{code}".encode("utf-8", "surrogatepass"), "sha256").hex()


def _meaning(person_id: str) -> bytes:
    return f"covertops/one-time-codes/1|{person_id}".encode()


@dataclass(frozen=True)
class Phone:
    """A phone that makes one-time codes."""

    id: str
    sealed: bytes


def phone_of(unit: ReadUnit, person_id: str) -> Phone | None:
    """The person's phone, if they set one up."""
    row = unit.connection.execute(
        select(credential.c.id, credential.c.sealed).where(
            credential.c.person_id == person_id, credential.c.kind == PHONE
        )
    ).one_or_none()
    return None if row is None else Phone(row.id, row.sealed)


def grow_step(unit: WriteUnit, phone_id: str, step: int, now: datetime) -> bool:
    """Use a phone's step up. False for one that was used, or that is older than one that was: it is never used again.

    One statement decides and writes, so that of two who send the same code at once one succeeds.
    """
    result: CursorResult[Any] = unit.connection.execute(
        update(credential)
        .where(credential.c.id == phone_id, credential.c.kind == PHONE, credential.c.counter < step)
        .values(counter=step, used_at=micros(now))
    )
    return result.rowcount == 1


def keep_phone(unit: WriteUnit, person_id: str, phone_id: str, sealed: bytes, step: int, now: datetime) -> None:
    """Set a phone up in the place of any earlier one; the step that proved it is used up."""
    _drop(unit, person_id, (PHONE,))
    unit.connection.execute(
        insert(credential).values(
            id=phone_id, person_id=person_id, kind=PHONE, sealed=sealed, counter=step, used_at=micros(now)
        )
    )


def keep_codes(unit: WriteUnit, person_id: str, kind: str, digests: Sequence[str]) -> None:
    """Keep a set of codes in the place of any earlier set of its kind."""
    _drop(unit, person_id, (kind,))
    unit.connection.execute(
        insert(credential),
        [{"id": one, "person_id": person_id, "kind": kind, "sealed": b"", "counter": 0} for one in digests],
    )


def spend_code(unit: WriteUnit, person_id: str, digest: str, now: datetime) -> str | None:
    """Use a printed or recovery code up; its kind, or None for one that is not theirs or was used.

    One statement finds it and uses it, so that of two who send it at once one succeeds.
    """
    kind = unit.connection.execute(
        update(credential)
        .where(
            credential.c.id == digest,
            credential.c.person_id == person_id,
            credential.c.kind.in_(_CODES),
            credential.c.counter == 0,
        )
        .values(counter=1, used_at=micros(now))
        .returning(credential.c.kind)
    ).scalar_one_or_none()
    return None if kind is None else str(kind)


def is_enrolled(unit: ReadUnit, person_id: str) -> bool:
    """Whether the person has a phone or printed codes. Recovery codes are none; of passkeys the record tells."""
    found = unit.connection.execute(
        select(func.count()).where(credential.c.person_id == person_id, credential.c.kind.in_((PHONE, PRINTED)))
    ).scalar_one()
    return bool(found)


def unused(unit: ReadUnit, person_id: str) -> dict[str, int]:
    """What a person can still use, by kind: codes that were not used yet, and how many phones and passkeys."""
    rows = unit.connection.execute(
        select(credential.c.kind, func.count())
        .where(credential.c.person_id == person_id, credential.c.kind.not_in(_CODES) | (credential.c.counter == 0))
        .group_by(credential.c.kind)
    ).all()
    return {str(kind): int(count) for kind, count in rows}


def drop_factors(unit: WriteUnit, person_id: str) -> None:
    """Take away phone, printed and recovery codes. Passkeys have acts of their own."""
    _drop(unit, person_id, _OURS)


def _drop(unit: WriteUnit, person_id: str, kinds: Sequence[str]) -> None:
    unit.connection.execute(delete(credential).where(credential.c.person_id == person_id, credential.c.kind.in_(kinds)))
