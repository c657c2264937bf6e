"""The department's own stream: people, offices, settings, the policy in force, conflicts noticed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from covertops.domain.declaration import (
    Choice,
    Day,
    Entry,
    EntryRef,
    Line,
    Lines,
    Moment,
    Person,
    Reference,
    Text,
    recorded,
)
from covertops.domain.vocabulary import Disclosure, Office, StreamKind, policy, setting

OPEN, IDENTITY = Disclosure.OPEN, Disclosure.IDENTITY
DEPARTMENT = StreamKind.DEPARTMENT
APPOINTED = {office.value: office.title for office in Office if office is not Office.SYSTEM}


@recorded("department.established", "Record begun", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class DepartmentEstablished(Entry):
    """The first entry of a log: whose record it is and the key that signs its checkpoints."""

    name: Annotated[str, Line(label="Department", disclosure=OPEN, most=120)]
    zone: Annotated[str, Line(label="Time zone", disclosure=OPEN, most=60)]
    log_key: Annotated[str, Line(label="Fingerprint of the log’s key", disclosure=OPEN, asked=False)]


@recorded("account.opened", "Account opened", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class AccountOpened(Entry):
    """The administrator opens a person's account; it gives no office yet."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN, asked=False)]
    name: Annotated[str, Line(label="Name", disclosure=IDENTITY, most=120)]
    sign_in_name: Annotated[str, Line(label="Name for signing in", disclosure=IDENTITY, most=60)]


@recorded("account.invited", "Invited to choose a password", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class AccountInvited(Entry):
    """A one-time code was made with which the person chooses a password; whoever holds it could sign in as them."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN)]


@recorded("account.released", "Sign-in released", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class AccountReleased(Entry):
    """An account that wrong attempts had locked may be tried again, from everywhere."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN)]


@recorded("credential.added", "Password chosen", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class CredentialAdded(Entry):
    """A person chose a password with the one-time code that was handed to them."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN, asked=False)]
    made_with: Annotated[str, Line(label="Made with", disclosure=OPEN, asked=False)]


@recorded("account.closed", "Account closed", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class AccountClosed(Entry):
    """The administrator closes a person's account; offices end with it."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN)]
    reason: Annotated[str, Text(label="Reason", rows=2)]


@recorded("office.appointed", "Appointed", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class OfficeAppointed(Entry):
    """A person is given an office by a named instrument."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN)]
    held: Annotated[str, Choice(label="Office", options=APPOINTED, disclosure=OPEN)]
    instrument: Annotated[
        str, Line(label="By which instrument", help="“Order 2026-14”, “agreement with Example County of May 4”")
    ]
    from_on: Annotated[date, Day(label="From", disclosure=OPEN)]
    until_on: Annotated[date | None, Day(label="Until", disclosure=OPEN, required=False)]
    agency: Annotated[
        str | None, Line(label="Home agency, if not this department", required=False, disclosure=OPEN, most=120)
    ]


@recorded("office.ended", "Office ended", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class OfficeEnded(Entry):
    """An appointment ends; every operation it affects records it in its own stream."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN)]
    held: Annotated[str, Choice(label="Office", options=APPOINTED, disclosure=OPEN)]
    reason: Annotated[str, Text(label="Reason", rows=2)]


@recorded("setting.changed", "Local setting changed", policy("V.B.3"), stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class SettingChanged(Entry):
    """The Chief changes a local setting (Policy 2.8, V.B.3: nobody below the Chief)."""

    name: Annotated[str, Line(label="Setting", disclosure=OPEN)]
    old: Annotated[str, Line(label="Until now", disclosure=OPEN, asked=False)]
    new: Annotated[str, Line(label="From now on", disclosure=OPEN)]
    reason: Annotated[str, Text(label="Reason", rows=2, disclosure=OPEN)]


@recorded("policy.adopted", "Policy adopted", policy("V.B.3"), stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class PolicyAdopted(Entry):
    """The Chief adopts the policy file by its digest; another file is refused at start."""

    title: Annotated[str, Line(label="Policy", disclosure=OPEN)]
    digest: Annotated[str, Line(label="Fingerprint of the policy file (SHA-256)", disclosure=OPEN, asked=False)]


@recorded("conflict.noticed", "Conflict noticed", setting("internal check"), stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class ConflictNoticed(Entry):
    """The internal check found another live operation near this one; only the department's stream tells."""

    operations: Annotated[tuple[str, ...], Lines(label="Operations", disclosure=OPEN, asked=False)]
    what: Annotated[tuple[str, ...], Lines(label="What they share", disclosure=OPEN, asked=False)]
    told: Annotated[tuple[str, ...], Lines(label="Told", disclosure=OPEN, asked=False)]


@recorded("concern.raised", "Concern raised", policy("V.B.2"), stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class ConcernRaised(Entry):
    """An employee tells of a violation at once (Policy 2.8, V.B.2); it never reveals whether an operation exists."""

    concern: Annotated[
        str,
        Text(
            label="What you have seen or heard",
            rows=5,
            rule=policy("V.B.2", "Whoever learns of a violation tells the supervisor at once."),
        ),
    ]
    about_person: Annotated[
        str | None,
        Line(label="Whom it is about, if you know", required=False, disclosure=IDENTITY, width="mid"),
    ]
    goes_to: Annotated[
        str,
        Choice(
            label="To whom",
            options={"supervisor": "To the supervisors", "chief": "To the Chief, because it is about a supervisor"},
            disclosure=OPEN,
        ),
    ]


@recorded("concern.answered", "Concern answered", policy("V.B.2"), stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class ConcernAnswered(Entry):
    """What was done about a concern."""

    concern: Annotated[EntryRef, Reference(label="Concern", disclosure=OPEN, asked=False)]
    answer: Annotated[str, Text(label="What was done", rows=4)]


@recorded("checkpoint.given", "Record receipt given", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class CheckpointGiven(Entry):
    """A record receipt (checkpoint) left the house; the log can be held to it."""

    to: Annotated[str, Line(label="To whom", disclosure=OPEN)]
    size: Annotated[str, Line(label="Entries in the record then", disclosure=OPEN, asked=False)]
    root: Annotated[str, Line(label="Fingerprint of the record", disclosure=OPEN, asked=False)]
    given_at: Annotated[datetime, Moment(label="When", disclosure=OPEN, asked=False)]
