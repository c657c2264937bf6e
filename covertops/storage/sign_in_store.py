"""Rows of sign-ins, sessions and throttles: digests, times and stored passwords, never a name or an id in clear.

Every digest is keyed (HMAC-SHA256) under a key of the installation, each purpose its own. A hash without a key would
let whoever can write to the database insert a session of their own making.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CursorResult, and_, bindparam, delete, insert, select, update

from covertops.storage.statements import Statement
from covertops.storage.tables import session, sign_in, throttle
from covertops.storage.times import micros, moment
from covertops.storage.unit_of_work import ReadUnit, WriteUnit

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
SEEN_EVERY: Final = timedelta(minutes=1)
"""A session's last use is written down at most this often, so that reading does not write each time."""
ATTEMPTS: Final = 5
WINDOW: Final = timedelta(minutes=15)
NODE_ATTEMPTS: Final = 30
"""Failed attempts from one node in 15 minutes, whatever the account: then it waits until they are over."""
KEEP_IDLE_THROTTLES: Final = timedelta(days=1)
_NODE: Final = "node:"


class SignInDigests:
    """Keyed digests of what must not stand in a row. ``derive`` makes a 32-byte key for a purpose."""

    def __init__(self, derive: Callable[[str], bytes]) -> None:
        self._name, self._session = derive("sign-in name"), derive("session id")
        self._invitation, self._node = derive("invitation"), derive("node")

    def name(self, sign_in_name: str) -> str:
        """Of a sign-in name, which is the same in any case and with or without space around it."""
        return _hmac(self._name, " ".join(unicodedata.normalize("NFKC", sign_in_name).casefold().split()))

    def session(self, session_id: str) -> str:
        """Of a session's id, as the cookie holds it."""
        return _hmac(self._session, session_id)

    def invitation(self, code: str) -> str:
        """Of a one-time code, which is the same in any case and with or without spaces and hyphens."""
        return _hmac(self._invitation, "".join(code.split()).replace("-", "").casefold())

    def throttle(self, name_hmac: str, node: str) -> str:
        """The key of a throttle: an account (it need not exist) as seen from one node."""
        return f"{name_hmac}:{_hmac(self._node, node)}"

    def node(self, node: str) -> str:
        """The key of a throttle over all accounts, known and unknown, as seen from one node."""
        return f"{_NODE}{_hmac(self._node, node)}"


def _hmac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


# Accounts ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignIn:
    """An account that may sign in. ``password_phc`` is None until the invitation was used."""

    person_id: str
    password_phc: str | None


def add_account(unit: WriteUnit, person_id: str, name_hmac: str, password_phc: str | None = None) -> None:
    """Open an account. A name already in use violates the table's uniqueness and raises IntegrityError."""
    unit.connection.execute(insert(sign_in).values(person_id=person_id, name_hmac=name_hmac, password_phc=password_phc))


def account(unit: ReadUnit, name_hmac: str) -> SignIn | None:
    """The account of that name, unless it is disabled."""
    row = unit.connection.execute(
        select(sign_in.c.person_id, sign_in.c.password_phc).where(
            sign_in.c.name_hmac == name_hmac, sign_in.c.disabled_at.is_(None)
        )
    ).one_or_none()
    return None if row is None else SignIn(row.person_id, row.password_phc)


def disable_account(unit: WriteUnit, person_id: str, now: datetime) -> None:
    """Close an account and end its sessions in the same transaction."""
    unit.connection.execute(
        update(sign_in)
        .where(sign_in.c.person_id == person_id, sign_in.c.disabled_at.is_(None))
        .values(disabled_at=micros(now), invitation_hmac=None, invitation_expires_at=None)
    )
    end_sessions_of(unit, person_id, now)


def enable_account(unit: WriteUnit, person_id: str) -> None:
    """Open a closed account again. Its old password is gone: the person chooses one with a new one-time code."""
    unit.connection.execute(
        update(sign_in).where(sign_in.c.person_id == person_id).values(disabled_at=None, password_phc=None)
    )


def invite(unit: WriteUnit, person_id: str, invitation_hmac: str, expires: datetime) -> None:
    """Let a person choose a password with a one-time code until it expires; an earlier code stops working.

    So does the password, which was lost, or learned by somebody else: an account that is opened by the code opens for
    nobody who has not got it.
    """
    unit.connection.execute(
        update(sign_in)
        .where(sign_in.c.person_id == person_id, sign_in.c.disabled_at.is_(None))
        .values(invitation_hmac=invitation_hmac, invitation_expires_at=micros(expires), password_phc=None)
    )


def invitation_fits(unit: ReadUnit, name_hmac: str, invitation_hmac: str, now: datetime) -> bool:
    """Whether this code is good for the name now; asked before a password is hashed, which is work."""
    found = unit.connection.execute(
        select(sign_in.c.person_id).where(_invited(name_hmac, invitation_hmac, now))
    ).one_or_none()
    return found is not None


def _invited(name_hmac: str, invitation_hmac: str, now: datetime) -> Any:
    return and_(
        sign_in.c.name_hmac == name_hmac,
        sign_in.c.invitation_hmac == invitation_hmac,
        sign_in.c.invitation_expires_at > micros(now),
        sign_in.c.disabled_at.is_(None),
    )


def use_invitation(
    unit: WriteUnit, name_hmac: str, invitation_hmac: str, password_phc: str, now: datetime
) -> str | None:
    """Store a password for whoever holds this code; the person's id, or None when the code is not good for the name.

    One statement finds the code and takes it away, so that of two who send it at once one succeeds. Their sessions end.
    """
    row = unit.connection.execute(
        update(sign_in)
        .where(_invited(name_hmac, invitation_hmac, now))
        .values(password_phc=password_phc, invitation_hmac=None, invitation_expires_at=None)
        .returning(sign_in.c.person_id)
    ).one_or_none()
    if row is None:
        return None
    end_sessions_of(unit, row.person_id, now)
    return str(row.person_id)


def set_password(unit: WriteUnit, person_id: str, password_phc: str, now: datetime) -> None:
    """Store another password and end every session that the old one opened."""
    unit.connection.execute(update(sign_in).where(sign_in.c.person_id == person_id).values(password_phc=password_phc))
    end_sessions_of(unit, person_id, now)


# Sessions ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionRow:
    """A session in force. ``authenticated_at`` is when all factors were last given, None when only the password was."""

    person_id: str
    created_at: datetime
    seen_at: datetime
    authenticated_at: datetime | None


def _in_force(id_hmac: str, now: datetime) -> Any:
    return _is_in_force(id_hmac, micros(now - IDLE), micros(now - LONGEST))


def _is_in_force(id_hmac: Any, idle: Any, longest: Any) -> Any:
    return and_(
        session.c.id_hmac == id_hmac,
        session.c.ended_at.is_(None),
        session.c.seen_at > idle,
        session.c.created_at > longest,
    )


_FIND_SESSION: Final = Statement(
    select(session.c.person_id, session.c.created_at, session.c.seen_at, session.c.authenticated_at)
    .join(sign_in, sign_in.c.person_id == session.c.person_id)
    .where(_is_in_force(bindparam("id"), bindparam("idle"), bindparam("longest")), sign_in.c.disabled_at.is_(None))
)
"""Asked at every request."""


def open_session(
    unit: WriteUnit,
    id_hmac: str,
    person_id: str,
    now: datetime,
    authenticated_at: datetime | None,
    sealed: bytes | None = None,
) -> None:
    """Begin a session under a new id. ``sealed`` says where it was opened, for its owner to read."""
    unit.connection.execute(
        insert(session).values(
            id_hmac=id_hmac,
            person_id=person_id,
            created_at=micros(now),
            seen_at=micros(now),
            authenticated_at=None if authenticated_at is None else micros(authenticated_at),
            sealed=sealed,
        )
    )
    _signed_in(unit, id_hmac, authenticated_at)


def _signed_in(unit: WriteUnit, id_hmac: str, authenticated_at: datetime | None) -> None:
    """Keep when somebody last gave all that is asked of them; the session's own row does not last as long."""
    if authenticated_at is not None:
        whose = select(session.c.person_id).where(session.c.id_hmac == id_hmac).scalar_subquery()
        at = micros(authenticated_at)
        unit.connection.execute(update(sign_in).where(sign_in.c.person_id == whose).values(last_signed_in_at=at))


def find_session(unit: ReadUnit, id_hmac: str, now: datetime) -> SessionRow | None:
    """The session, if it is in force at ``now`` and its account is not disabled."""
    since = {"idle": micros(now - IDLE), "longest": micros(now - LONGEST)}
    row = _FIND_SESSION.row(unit.connection, {"id": id_hmac, **since})
    return None if row is None else session_row(*row)


def session_row(person_id: str, created_at: int, seen_at: int, authenticated_at: int | None) -> SessionRow:
    """A session of what its columns hold."""
    given = None if authenticated_at is None else moment(authenticated_at)
    return SessionRow(person_id, moment(created_at), moment(seen_at), given)


def touch_session(unit: WriteUnit, id_hmac: str, now: datetime) -> bool:
    """Write down that the session was used. One that ended meanwhile is not revived: then the answer is False."""
    result: CursorResult[Any] = unit.connection.execute(
        update(session).where(_in_force(id_hmac, now)).values(seen_at=micros(now))
    )
    return result.rowcount == 1


def renew_session(
    unit: WriteUnit, id_hmac: str, new_id_hmac: str, now: datetime, authenticated_at: datetime | None
) -> bool:
    """Carry a session on under a new id, as after a further factor. It still ends 12 hours after it began.

    False, and nothing is done, when the session is no longer in force.
    """
    result: CursorResult[Any] = unit.connection.execute(
        update(session)
        .where(_in_force(id_hmac, now))
        .values(
            id_hmac=new_id_hmac,
            seen_at=micros(now),
            authenticated_at=None if authenticated_at is None else micros(authenticated_at),
        )
    )
    _signed_in(unit, new_id_hmac, authenticated_at)
    return result.rowcount == 1


def end_session(unit: WriteUnit, id_hmac: str, now: datetime) -> None:
    """End one session, for good."""
    unit.connection.execute(
        update(session).where(session.c.id_hmac == id_hmac, session.c.ended_at.is_(None)).values(ended_at=micros(now))
    )


def end_sessions_of(unit: WriteUnit, person_id: str, now: datetime, *, but: str = "") -> None:
    """End every session of a person but one, as when their office, a factor or their account changes."""
    unit.connection.execute(
        update(session)
        .where(session.c.person_id == person_id, session.c.ended_at.is_(None), session.c.id_hmac != but)
        .values(ended_at=micros(now))
    )


def sweep_sessions(unit: WriteUnit, now: datetime) -> int:
    """Remove the rows of sessions that ended or ran out a day ago and more; how many they were."""
    old = micros(now - LONGEST - timedelta(days=1))
    result: CursorResult[Any] = unit.connection.execute(delete(session).where(session.c.created_at < old))
    return result.rowcount


# Throttles -----------------------------------------------------------------------------------------------------------


def take_attempt(unit: WriteUnit, key: str, now: datetime) -> bool:
    """Count an attempt before it is evaluated; False when there were five in 15 minutes already and it may not be.

    Counting first means that of twenty attempts sent at once no more than five are ever evaluated. Five that failed
    lock the account on that node until an administrator releases it; time alone does not.
    """
    row = unit.connection.execute(
        select(throttle.c["count"], throttle.c.window_start).where(throttle.c.key == key)
    ).one_or_none()
    if row is None:
        unit.connection.execute(insert(throttle).values(key=key, count=1, window_start=micros(now)))
        return True
    counted = int(row._mapping["count"])
    if counted >= ATTEMPTS:
        return False
    fresh = row.window_start <= micros(now - WINDOW)
    values = {"count": 1, "window_start": micros(now)} if fresh else {"count": counted + 1}
    unit.connection.execute(update(throttle).where(throttle.c.key == key).values(**values))
    return True


def take_node_attempt(unit: WriteUnit, key: str, now: datetime) -> bool:
    """Count an attempt from a node before it is evaluated; False when too many failed there in 15 minutes.

    One that succeeds is given back (:func:`give_back`). Nobody need release a node: time does. Counts that are over
    are swept on the way, so that a stranger who tries many names leaves no rows behind.
    """
    sweep_throttles(unit, now)
    row = unit.connection.execute(
        select(throttle.c["count"], throttle.c.window_start).where(throttle.c.key == key)
    ).one_or_none()
    if row is None:
        unit.connection.execute(insert(throttle).values(key=key, count=1, window_start=micros(now)))
        return True
    counted, fresh = int(row._mapping["count"]), row.window_start <= micros(now - WINDOW)
    if counted >= NODE_ATTEMPTS and not fresh:
        return False
    values = {"count": 1, "window_start": micros(now)} if fresh else {"count": counted + 1}
    unit.connection.execute(update(throttle).where(throttle.c.key == key).values(**values))
    return True


def give_back(unit: WriteUnit, node_key: str) -> None:
    """Take back one count of a node, after an attempt that succeeded."""
    unit.connection.execute(
        update(throttle)
        .where(throttle.c.key == node_key, throttle.c["count"] > 0)
        .values({"count": throttle.c["count"] - 1})
    )


def has_just_locked(unit: WriteUnit, key: str) -> bool:
    """Whether the attempts on an account from a node are used up; True once for each lock, so that it is told once."""
    result: CursorResult[Any] = unit.connection.execute(
        update(throttle).where(throttle.c.key == key, throttle.c["count"] == ATTEMPTS).values({"count": ATTEMPTS + 1})
    )
    return result.rowcount == 1


def clear_attempts(unit: WriteUnit, key: str) -> None:
    """Forget the attempts after one that succeeded."""
    unit.connection.execute(delete(throttle).where(throttle.c.key == key))


def release_account(unit: WriteUnit, name_hmac: str) -> int:
    """Release an account on every node where it is locked; on how many it was known."""
    result: CursorResult[Any] = unit.connection.execute(
        delete(throttle).where(throttle.c.key.startswith(f"{name_hmac}:", autoescape=True))
    )
    return result.rowcount


def name_of_person(unit: ReadUnit, person_id: str) -> str | None:
    """The digest of a person's sign-in name, under which throttles are kept."""
    found = unit.connection.execute(
        select(sign_in.c.name_hmac).where(sign_in.c.person_id == person_id)
    ).scalar_one_or_none()
    return None if found is None else str(found)


def sweep_throttles(unit: WriteUnit, now: datetime) -> int:
    """Remove counts a day old that lock nothing; how many they were."""
    result: CursorResult[Any] = unit.connection.execute(
        delete(throttle).where(
            throttle.c.window_start < micros(now - KEEP_IDLE_THROTTLES),
            (throttle.c["count"] < ATTEMPTS) | throttle.c.key.startswith(_NODE, autoescape=True),
        )
    )
    return result.rowcount
