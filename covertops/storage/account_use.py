"""When an account was last used: kept with its sign-in, asked for by housekeeping."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from covertops.storage.tables import sign_in
from covertops.storage.times import micros, moment
from covertops.storage.unit_of_work import ReadUnit, WriteUnit


def unused_since(unit: ReadUnit, before: datetime) -> dict[str, datetime | None]:
    """The open accounts nobody signed in to since a moment, by person, and when somebody last did; None for never."""
    rows = unit.connection.execute(
        select(sign_in.c.person_id, sign_in.c.last_signed_in_at).where(
            sign_in.c.disabled_at.is_(None),
            sign_in.c.last_signed_in_at.is_(None) | (sign_in.c.last_signed_in_at < micros(before)),
        )
    ).all()
    return {row.person_id: None if row[1] is None else moment(row[1]) for row in rows}


def note_use(unit: WriteUnit, person_id: str, now: datetime) -> None:
    """Keep that somebody used their account now, where no session tells: in the worked example."""
    unit.connection.execute(
        update(sign_in).where(sign_in.c.person_id == person_id).values(last_signed_in_at=micros(now))
    )


def wake_account(unit: WriteUnit, person_id: str) -> None:
    """Let an account that is open on the record be used again, where it was disabled because nobody used it."""
    unit.connection.execute(update(sign_in).where(sign_in.c.person_id == person_id).values(disabled_at=None))
