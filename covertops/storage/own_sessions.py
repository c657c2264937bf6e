"""The sessions of one person, as they are listed for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from covertops.storage.sign_in_store import IDLE, LONGEST, SessionRow, session_row
from covertops.storage.tables import session
from covertops.storage.times import micros
from covertops.storage.unit_of_work import ReadUnit


@dataclass(frozen=True)
class OwnSession:
    """A session as its owner sees it listed."""

    id_hmac: str
    row: SessionRow
    sealed: bytes | None


def sessions_of(unit: ReadUnit, person_id: str, now: datetime) -> list[OwnSession]:
    """The sessions of a person that are in force, the newest first."""
    rows = unit.connection.execute(
        select(session)
        .where(
            session.c.person_id == person_id,
            session.c.ended_at.is_(None),
            session.c.seen_at > micros(now - IDLE),
            session.c.created_at > micros(now - LONGEST),
        )
        .order_by(session.c.created_at.desc())
    ).all()
    return [
        OwnSession(
            one.id_hmac, session_row(one.person_id, one.created_at, one.seen_at, one.authenticated_at), one.sealed
        )
        for one in rows
    ]
