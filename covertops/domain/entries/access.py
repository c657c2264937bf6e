"""The access stream: who looked at what, and who came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from covertops.domain.declaration import Entry, Line, recorded
from covertops.domain.vocabulary import Disclosure, StreamKind

OPEN = Disclosure.OPEN


@recorded("operation.viewed", "Operation viewed", stream=StreamKind.ACCESS)
@dataclass(frozen=True, kw_only=True)
class OperationViewed(Entry):
    """Someone looked at an operation: recorded once per person, operation and hour."""

    operation: Annotated[str, Line(label="Operation", disclosure=OPEN, asked=False)]


@recorded("session.opened", "Signed in", stream=StreamKind.ACCESS)
@dataclass(frozen=True, kw_only=True)
class SessionOpened(Entry):
    """A person signed in."""

    node: Annotated[str, Line(label="From", disclosure=OPEN, asked=False)]


@recorded("session.locked", "Sign-in locked", stream=StreamKind.ACCESS)
@dataclass(frozen=True, kw_only=True)
class SessionLocked(Entry):
    """Too many wrong attempts locked an account on a node."""

    person: Annotated[str | None, Line(label="Account", disclosure=OPEN, asked=False, required=False)]
    node: Annotated[str, Line(label="From", disclosure=OPEN, asked=False)]


@recorded("session.ended", "Signed out", stream=StreamKind.ACCESS)
@dataclass(frozen=True, kw_only=True)
class SessionEnded(Entry):
    """A person signed out."""

    node: Annotated[str, Line(label="From", disclosure=OPEN, asked=False)]
