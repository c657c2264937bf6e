"""What was done with the profile: accounts, captures, activity, corrections."""

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
    Moment,
    Number,
    Person,
    Reference,
    References,
    Text,
    Tick,
    recorded,
)
from covertops.domain.vocabulary import Disclosure, Office, policy, practice, setting

OPEN, IDENTITY = Disclosure.OPEN, Disclosure.IDENTITY
MONITORED = policy("IV.D.2", "What the supervisor monitors.")
NO_PASSWORD = "No password or code, ever."
SHEET = "signed sheet"
"""What a scan of sheets signed in ink is called: the one file that is kept before anything was activated."""


@recorded("account.added", "Account added")
@dataclass(frozen=True, kw_only=True)
class AccountAdded(Entry):
    """An account of the profile on a platform; never its password."""

    platform: Annotated[str, Line(label="Platform", most=120, width="mid")]
    handle: Annotated[
        str,
        Line(label="Handle or address", help=NO_PASSWORD, most=200, disclosure=IDENTITY, width="mid", no_secret=True),
    ]
    created_on: Annotated[date, Day(label="Made on", disclosure=OPEN)]
    in_scope: Annotated[
        str,
        Choice(
            label="Does the authorization name it?",
            options={"yes": "Yes, it is inside the scope", "no": "No"},
            hints={"no": "It is saved all the same, flagged, and comes to your supervisor"},
            disclosure=OPEN,
        ),
    ]


@recorded("account.access_kept", "Access kept")
@dataclass(frozen=True, kw_only=True)
class AccountAccessKept(Entry):
    """Where access to an account is kept, such as "envelope, safe 2"; never the access itself."""

    account: Annotated[EntryRef, Reference(label="Account", disclosure=OPEN, kinds=("account.added",))]
    where: Annotated[str, Line(label="Where access is kept", help="“Envelope, safe 2”. " + NO_PASSWORD, no_secret=True)]


@recorded("evidence.preserved", "Capture kept", policy("IV.D.3"))
@dataclass(frozen=True, kw_only=True)
class EvidencePreserved(Entry):
    """An original file kept byte for byte; its fingerprints were made while it arrived."""

    reference: Annotated[str, Line(label="Reference", disclosure=OPEN, asked=False)]
    file: Annotated[str, Line(label="Stored file", asked=False)]
    size: Annotated[int, Number(label="Size", unit="bytes", asked=False)]
    sha256: Annotated[str, Line(label="Fingerprint (SHA-256)", asked=False)]
    segment_root: Annotated[str, Line(label="Segment root", asked=False)]
    media_type: Annotated[str, Line(label="Type, found from content", asked=False)]
    name: Annotated[str, Line(label="Original file name", most=255)]
    captured_at: Annotated[datetime | None, Moment(label="Captured when", required=False)]
    tool: Annotated[str | None, Line(label="With what tool and version", required=False)]
    source: Annotated[str | None, Line(label="Address it came from", required=False, most=2000)]
    account: Annotated[
        EntryRef | None,
        Reference(label="Account", disclosure=OPEN, required=False, kinds=("account.added",)),
    ]
    original: Annotated[
        str,
        Choice(
            label="What it is",
            options={"original": "Original", "working copy": "Working copy", SHEET: "Sheets signed in ink, scanned"},
            disclosure=OPEN,
        ),
    ]


@recorded("activity.logged", "Activity", policy("IV.D.2", "Monitoring"))
@dataclass(frozen=True, kw_only=True)
class ActivityLogged(Entry):
    """One sitting with the profile. Out of scope is saved and flagged, never refused."""

    started_at: Annotated[datetime, Moment(label="From", disclosure=OPEN, rule=MONITORED)]
    ended_at: Annotated[datetime, Moment(label="To", disclosure=OPEN)]
    account: Annotated[
        EntryRef | None, Reference(label="Account", disclosure=OPEN, required=False, kinds=("account.added",))
    ]
    case_number: Annotated[str | None, Line(label="Case", required=False, most=60, width="mid")]
    keyboard: Annotated[str, Person(label="Who was at the keyboard", disclosure=OPEN, offices=(Office.INVESTIGATOR,))]
    headline: Annotated[str, Line(label="In one line", help="“Looked at three listings”", most=100, no_secret=True)]
    happened: Annotated[
        str,
        Text(label="What happened", help="Facts in order. " + NO_PASSWORD, rows=4, no_secret=True),
    ]
    counterpart: Annotated[
        str | None,
        Line(label="Counterpart’s handle", required=False, most=200, disclosure=IDENTITY, width="mid"),
    ]
    captures: Annotated[
        tuple[EntryRef, ...],
        References(
            label="Captures",
            disclosure=OPEN,
            required=False,
            kinds=("evidence.preserved",),
            rule=policy("IV.D.3", "Preserved for prosecution as determined."),
        ),
    ]
    outside: Annotated[
        str,
        Choice(
            label="Outside the scope, or other people affected?",
            options={"no": "No", "yes": "Yes"},
            hints={"yes": "It is saved all the same, flagged, and comes to your supervisor"},
            disclosure=OPEN,
        ),
    ]
    outside_detail: Annotated[
        str | None, Text(label="What, who, and what was done about it", rows=3, opened_by="outside=yes")
    ]
    minors: Annotated[bool, Tick(label="A minor was involved", required=False, opened_by="outside=yes")]
    privileged: Annotated[bool, Tick(label="Something privileged was seen", required=False, opened_by="outside=yes")]


@recorded("activity.none", "No activity", policy("IV.D.2", "Monitoring"))
@dataclass(frozen=True, kw_only=True)
class ActivityNone(Entry):
    """Nothing happened with the profile in the period."""

    from_on: Annotated[date, Day(label="From", disclosure=OPEN)]
    to_on: Annotated[date, Day(label="To", disclosure=OPEN)]
    note: Annotated[str | None, Text(label="Note", rows=2, required=False, no_secret=True)]


@recorded("material.held", "Held elsewhere: inspection only", practice("Never uploaded, copied or sent"))
@dataclass(frozen=True, kw_only=True)
class MaterialHeld(Entry):
    """Suspected child sexual abuse material: recorded where it is held, never uploaded."""

    where: Annotated[str, Line(label="Where it is held")]
    seen_at: Annotated[datetime, Moment(label="When it was seen", disclosure=OPEN)]
    told: Annotated[str, Line(label="Who was told, and when")]


@recorded("entry.corrected", "Correction", setting("Nothing is edited"))
@dataclass(frozen=True, kw_only=True)
class EntryCorrected(Entry):
    """A clerical correction: which entry, which field, old, new, why. A wrong scope is an amendment."""

    corrected: Annotated[EntryRef, Reference(label="Entry", disclosure=OPEN)]
    field: Annotated[str, Line(label="Field", disclosure=OPEN, most=60)]
    old: Annotated[str, Text(label="Stands now", disclosure=IDENTITY, asked=False)]
    new: Annotated[str, Text(label="Should read", rows=2, disclosure=IDENTITY, no_secret=True)]
    why: Annotated[str, Text(label="Why", rows=2)]
