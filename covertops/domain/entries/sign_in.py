"""How people prove who they are: second factors set up and taken away, recovery codes used, accounts left unused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from covertops.domain.declaration import Choice, Entry, EntryRef, Line, Moment, Person, Reference, Text, recorded
from covertops.domain.vocabulary import Disclosure, StreamKind

OPEN = Disclosure.OPEN
DEPARTMENT = StreamKind.DEPARTMENT
FACTORS: Final = {
    "phone": "One-time codes on a phone",
    "printed": "Printed one-time codes",
    "recovery": "Recovery codes",
}


@recorded("factor.added", "Second factor set up", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class FactorAdded(Entry):
    """A person set up what they prove themselves with beside the password; it takes the place of an earlier one."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN, asked=False)]
    what: Annotated[str, Choice(label="What", options=FACTORS, disclosure=OPEN, asked=False)]


@recorded("factor.reset", "Second factor taken away", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class FactorReset(Entry):
    """A person who lost their second factor may set up another; whoever knows the password could do it for them."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN)]
    reason: Annotated[str, Text(label="Reason", rows=2)]


@recorded("recovery.used", "Recovery code used", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class RecoveryUsed(Entry):
    """Somebody came in with a recovery code in the place of their second factor."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN, asked=False)]
    node: Annotated[str, Line(label="From", disclosure=OPEN, asked=False)]


@recorded("recovery.seen", "Recovery looked at", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class RecoverySeen(Entry):
    """A supervisor or auditor was told of it."""

    used: Annotated[EntryRef, Reference(label="Which", disclosure=OPEN, asked=False)]


@recorded("account.dormant", "Account disabled, unused for 90 days", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class AccountDormant(Entry):
    """An account nobody signed in to for 90 days; a new one-time code opens it again. Offices are not touched."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN, asked=False)]
    last_used_at: Annotated[datetime, Moment(label="Last used", disclosure=OPEN, asked=False)]
