"""How often each passkey said that it was used: the one thing about passkeys that is no entry of the record.

An authenticator that counts its uses never counts backwards; a copy of it does. Some do not count and always say 0.
A row is called by the fingerprint of the public key, so that it says nothing of whose it is to a reader of copies.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, and_, insert, or_, select, update

from covertops.storage.tables import credential
from covertops.storage.times import micros
from covertops.storage.unit_of_work import ReadUnit, WriteUnit

KIND: Final = "passkey"
_NOTHING_SEALED: Final = b""


def count_use(unit: WriteUnit, fingerprint: str, person_id: str, count: int, now: datetime) -> int | None:
    """Keep the count of a use; where it does not grow, nothing is kept and the count that was known is returned.

    One statement compares and writes, so that of two uses with the same count one succeeds.
    """
    columns = credential.c
    grows = or_(columns.counter < count, and_(columns.counter == 0, columns.counter == count))
    result: CursorResult[Any] = unit.connection.execute(
        update(credential)
        .where(columns.id == fingerprint, columns.kind == KIND, grows)
        .values(counter=count, used_at=micros(now))
    )
    if result.rowcount == 1:
        return None
    known = _known(unit, fingerprint)
    if known is not None:
        return known
    unit.connection.execute(
        insert(credential).values(
            id=fingerprint,
            person_id=person_id,
            kind=KIND,
            sealed=_NOTHING_SEALED,
            counter=count,
            used_at=micros(now),
        )
    )
    return None


def _known(unit: ReadUnit, fingerprint: str) -> int | None:
    columns = credential.c
    found = unit.connection.execute(
        select(columns.counter).where(columns.id == fingerprint, columns.kind == KIND)
    ).scalar_one_or_none()
    return None if found is None else int(found)
