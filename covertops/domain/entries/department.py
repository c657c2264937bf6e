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
    Number,
    Person,
    Reference,
    Text,
    Tick,
    recorded,
)
from covertops.domain.vocabulary import Disclosure, Office, StreamKind, policy, practice, setting

OPEN, IDENTITY = Disclosure.OPEN, Disclosure.IDENTITY
DEPARTMENT = StreamKind.DEPARTMENT
APPOINTED = {office.value: office.title for office in Office if office is not Office.SYSTEM}
ACTING = setting("acting Chief", "A dated instrument, an end, and the city attorney’s view.")
CITY = practice("The city’s instrument is entered by one person and confirmed by another.")
REVIEWED = setting("review of people and offices")
CLOCK = practice("A clock that falls behind the record is recorded and shown.")
VIEW = "The city attorney’s view"
VIEW_HELP = "Who said it and when, and whether this person may act as the Chief. No advice that is to stay privileged."


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


@recorded("account.reopened", "Account opened again", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class AccountReopened(Entry):
    """Somebody who left is back, under the same account: what they were part of stays known. It gives no office."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN)]
    reason: Annotated[str, Text(label="Reason", rows=2)]


@recorded("office.appointed", "Appointed", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class OfficeAppointed(Entry):
    """A person is given an office by a named instrument."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN)]
    held: Annotated[str, Choice(label="Office", options=APPOINTED, disclosure=OPEN)]
    instrument: Annotated[str, Line(label="By which instrument", help="“Order 2026-14”")]
    from_on: Annotated[date, Day(label="From", disclosure=OPEN)]
    until_on: Annotated[date | None, Day(label="Until", disclosure=OPEN, required=False)]
    of_another_agency: Annotated[
        bool, Tick(label="The person belongs to another agency", disclosure=OPEN, required=False)
    ] = False
    agency: Annotated[
        str | None, Line(label="Home agency", disclosure=OPEN, most=120, opened_by="of_another_agency")
    ] = None
    agreement: Annotated[
        str | None,
        Line(
            label="Written agreement with that agency",
            help="“Agreement with Example County of May 4, 2026”",
            opened_by="of_another_agency",
        ),
    ] = None
    agency_approval: Annotated[
        str | None,
        Line(
            label="That agency’s own approval, attached to the agreement",
            help="By whom and of which day. It never replaces the Chief’s.",
            opened_by="of_another_agency",
        ),
    ] = None


@recorded("office.ended", "Office ended", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class OfficeEnded(Entry):
    """An appointment ends; every operation it affects records it in its own stream."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN)]
    held: Annotated[str, Choice(label="Office", options=APPOINTED, disclosure=OPEN)]
    reason: Annotated[str, Text(label="Reason", rows=2)]


@recorded("chief.acting", "Acting Chief named", ACTING, stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class ActingChiefNamed(Entry):
    """The Chief names who acts as the Chief from one day to another; it ends by itself."""

    person: Annotated[str, Person(label="Who acts as the Chief", disclosure=OPEN)]
    instrument: Annotated[str, Line(label="By which dated instrument", help="“Order 2026-20 of November 20, 2026”")]
    from_on: Annotated[date, Day(label="From", disclosure=OPEN)]
    until_on: Annotated[date, Day(label="Until the end of", help="It ends at midnight.", disclosure=OPEN)]
    city_attorney_view: Annotated[str, Text(label=VIEW, help=VIEW_HELP, rows=2)]


@recorded("city.entered", "City’s instrument entered", CITY, stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class CityInstrumentEntered(Entry):
    """The administrator enters what the city decided about the Chief’s office; nothing changes before it is confirmed.

    ``outgoing`` is who held the office then, where the instrument ends that.
    """

    instrument: Annotated[
        str, Line(label="The city’s instrument", help="“Resolution 2026-31 of the city council, November 20, 2026”")
    ]
    ends_present: Annotated[bool, Tick(label="It ends the present Chief’s office", disclosure=OPEN, required=False)]
    held: Annotated[
        str,
        Choice(
            label="Who takes the office?",
            options={"chief": "A Chief of Police", "acting chief": "An acting Chief", "nobody": "Nobody yet"},
            hints={"acting chief": "Until a day.", "nobody": "The Chief’s decisions wait."},
            disclosure=OPEN,
        ),
    ]
    person: Annotated[
        str | None,
        Person(label="That person", help="Not asked where nobody takes it.", required=False, disclosure=OPEN),
    ]
    from_on: Annotated[date, Day(label="From", disclosure=OPEN)]
    until_on: Annotated[
        date | None,
        Day(label="Until the end of", help="It ends at midnight.", disclosure=OPEN, opened_by="held=acting chief"),
    ]
    city_attorney_view: Annotated[str | None, Text(label=VIEW, help=VIEW_HELP, rows=2, opened_by="held=acting chief")]
    outgoing: Annotated[str | None, Person(label="Whose office ends", disclosure=OPEN, asked=False, required=False)]


@recorded("city.answered", "City’s instrument answered", CITY, stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class CityInstrumentAnswered(Entry):
    """A second person, who read the city's instrument, confirms what was entered, or says that it is not so."""

    entered: Annotated[EntryRef, Reference(label="What was entered", disclosure=OPEN, asked=False)]
    answer: Annotated[
        str,
        Choice(
            label="Have you read the instrument itself?",
            options={"confirmed": "Yes, and it says this", "refused": "It does not say this"},
            disclosure=OPEN,
        ),
    ]
    note: Annotated[str | None, Text(label="Note", rows=2, required=False)]


@recorded("people.reviewed", "People and offices reviewed", REVIEWED, stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class PeopleReviewed(Entry):
    """The auditor or the Chief looked through every account and office, as the record then stood."""

    to_number: Annotated[
        int, Number(label="Up to entry of the department’s record", disclosure=OPEN, asked=False, least=1)
    ]
    findings: Annotated[
        str, Text(label="What you found", help="“All as it should be”, or what is to be put right, by whom.", rows=3)
    ]


@recorded("clock.behind", "Clock behind the record", CLOCK, stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class ClockBehind(Entry):
    """The machine’s clock was found behind the last entry of the record: one entry for each such fall."""

    record_at: Annotated[datetime, Moment(label="Last entry before it", disclosure=OPEN, asked=False)]
    clock_at: Annotated[datetime, Moment(label="What the clock said", disclosure=OPEN, asked=False)]


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
