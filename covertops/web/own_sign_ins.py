"""Somebody with a session; what an attempt is counted under; how one's own sessions are listed and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from covertops.vault.keys import CompartmentKey
from covertops.vault.sealing import open_text, seal_text
from covertops.web.services import Person

if TYPE_CHECKING:
    from covertops.storage.sign_in_store import SessionRow

STEP_UP: timedelta = timedelta(minutes=10)
"""For how long a full authentication is good for signed acts, exports, keys and accounts."""
HANDLE: Final = 16
"""So many digits of a session's digest name it to its owner, who cannot make an id of them."""


@dataclass(frozen=True)
class Attempt:
    """What one attempt is counted under: the account as seen from this node, and the node."""

    name_hmac: str
    key: str
    node_key: str


@dataclass(frozen=True)
class OwnSignIn:
    """One's own session as it is listed; ``this`` is the one that is asking."""

    handle: str
    row: SessionRow
    node: str
    this: bool


class Place:
    """Seals where a session was opened, for its owner to read again."""

    def __init__(self, derive: Callable[[str], bytes]) -> None:
        self._key = CompartmentKey("sessions", derive("where a session was opened"))

    def seal(self, person_id: str, node: str) -> bytes:
        """A node as it is stored."""
        return seal_text(self._key, node, f"covertops/session/1|{person_id}".encode())

    def open(self, person_id: str, sealed: bytes | None) -> str:
        """The node again; empty where none was stored."""
        return "" if sealed is None else open_text(self._key, sealed, f"covertops/session/1|{person_id}".encode())


@dataclass(frozen=True)
class SignedIn:
    """Somebody with a session in force."""

    person: Person
    session: SessionRow
    id_hmac: str
    is_authenticated: ClassVar[bool] = True  # what Flask-Login asks of a user

    @property
    def complete(self) -> bool:
        """Whether all factors were given; until then only the pages that ask for the second are open."""
        return self.session.authenticated_at is not None

    def is_fresh(self, now: datetime) -> bool:
        """Whether the factors were given recently enough for an act that asks for them again."""
        given = self.session.authenticated_at
        return given is not None and timedelta(0) <= now - given <= STEP_UP
