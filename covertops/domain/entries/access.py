"""The access stream: who looked at what, and who came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from covertops.domain.declaration import Entry, Line, Moment, Text, recorded
from covertops.domain.vocabulary import Disclosure, StreamKind, practice

OPEN = Disclosure.OPEN


@recorded("operation.viewed", "Operation viewed", stream=StreamKind.ACCESS)
@dataclass(frozen=True, kw_only=True)
class OperationViewed(Entry):
    """Someone looked at an operation: recorded once per person, operation and hour."""

    operation: Annotated[str, Line(label="Operation", disclosure=OPEN, asked=False)]
    page: Annotated[str | None, Line(label="Page", disclosure=OPEN, asked=False, required=False)] = None
    """What was opened, where somebody reads with a reason: then every page is counted, and not the operation alone."""


@recorded(
    "reading.asked",
    "Asked to read with a reason",
    practice("Who is not on it reads with a reason."),
    stream=StreamKind.ACCESS,
)
@dataclass(frozen=True, kw_only=True)
class ReadingAsked(Entry):
    """Somebody who is not on an operation asked to read it; recorded whether there is such an operation or not."""

    reference: Annotated[str, Line(label="Reference of the operation", most=20, width="short")]
    reason: Annotated[str, Text(label="Reason, in your own words", help="The operation’s supervisor reads it.", rows=3)]
    operation: Annotated[str | None, Line(label="Operation", disclosure=OPEN, asked=False, required=False)] = None


@recorded("reading.opened", "Opened with a reason", practice("Who is not on it reads with a reason."))
@dataclass(frozen=True, kw_only=True)
class ReadingOpened(Entry):
    """Somebody who is not on the operation may read it until local midnight, for the reason they gave."""

    reason: Annotated[str, Text(label="Reason")]
    until_at: Annotated[datetime, Moment(label="Until", disclosure=OPEN, asked=False)]


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
