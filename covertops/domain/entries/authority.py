"""The Chief's authorization, supervision, the officers and their promises, and activation."""

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
    People,
    Person,
    Reference,
    Text,
    Tick,
    recorded,
)
from covertops.domain.vocabulary import Disclosure, Office, policy, practice, setting

OPEN = Disclosure.OPEN
MONITOR = policy("IV.D.2", "A supervisor is assigned to monitor.")


@recorded("supervisor.assigned", "Supervisor assigned", policy("IV.D.2"))
@dataclass(frozen=True, kw_only=True)
class SupervisorAssigned(Entry):
    """The Chief assigns who monitors (Policy 2.8, IV.D.2); it may precede the authorization."""

    supervisor: Annotated[str, Person(label="Supervisor", disclosure=OPEN, offices=(Office.SUPERVISOR,), rule=MONITOR)]
    relief: Annotated[
        str | None,
        Person(
            label="Relief supervisor",
            help="Takes over by a signed act after reading the attorneys’ answers.",
            disclosure=OPEN,
            required=False,
            offices=(Office.SUPERVISOR,),
            rule=practice("Supervision without a gap."),
        ),
    ]
    reason: Annotated[str | None, Text(label="Reason", rows=2, required=False)]


@recorded("supervision.taken", "Supervision taken over", policy("IV.D.2"), practice("Relief by signed act"))
@dataclass(frozen=True, kw_only=True)
class SupervisionTaken(Entry):
    """The named relief takes over after reading the attorneys' answers; contacts are not repeated."""

    previous: Annotated[str | None, Person(label="Supervisor until now", disclosure=OPEN, asked=False, required=False)]
    answers_read: Annotated[
        bool, Tick(label="I have read both attorneys’ answers and the authorization", must=True, disclosure=OPEN)
    ]
    reason: Annotated[str, Text(label="Why supervision passes to you", rows=2)]


@recorded("authorization.granted", "Authorized", policy("IV.D.2"), policy("V.B.3"), turning=True)
@dataclass(frozen=True, kw_only=True)
class AuthorizationGranted(Entry):
    """The Chief's decision in their own words, with scope, conditions, end and supervision (IV.D.2, V.B.3)."""

    request: Annotated[EntryRef, Reference(label="Request", disclosure=OPEN, asked=False)]
    decision: Annotated[
        str,
        Text(
            label="In your own words",
            help="Must stand alone: what you rely on and why it is needed.",
            rows=5,
            rule=policy("IV.D.2", "Only the Chief; nobody below may change it (V.B.3)."),
        ),
    ]
    platforms: Annotated[str, Line(label="Platform and accounts", most=300)]
    conduct: Annotated[str, Text(label="May do, and about whom", rows=2, most=2000)]
    prohibitions: Annotated[str, Text(label="May not do", rows=2, most=2000)]
    conditions: Annotated[str | None, Text(label="Conditions", rows=2, most=2000, required=False)]
    officers: Annotated[
        tuple[str, ...], People(label="Officers who may use it", disclosure=OPEN, offices=(Office.INVESTIGATOR,))
    ]
    starts_on: Annotated[date, Day(label="From", disclosure=OPEN)]
    ends_on: Annotated[
        date,
        Day(
            label="Until midnight of",
            help="It cannot start before you sign.",
            disclosure=OPEN,
            rule=setting("90 days at most"),
        ),
    ]
    starts_at: Annotated[datetime, Moment(label="In force from", disclosure=OPEN, asked=False)]
    ends_at: Annotated[datetime, Moment(label="In force until", disclosure=OPEN, asked=False)]
    review_days: Annotated[
        int,
        Number(
            label="Review at least every",
            unit="days",
            least=1,
            most=365,
            disclosure=OPEN,
            rule=setting("30 days at most"),
        ),
    ]
    supervisor: Annotated[str, Person(label="Supervisor", disclosure=OPEN, offices=(Office.SUPERVISOR,), rule=MONITOR)]
    relief: Annotated[
        str | None,
        Person(
            label="Relief supervisor",
            help="Takes over by a signed act after reading the attorneys’ answers.",
            disclosure=OPEN,
            required=False,
            offices=(Office.SUPERVISOR,),
            rule=practice("Supervision without a gap."),
        ),
    ]
    device: Annotated[
        str | None,
        Text(
            label="Personal device: your express written permission, and its limits",
            help="Only where the request asks for it.",
            rows=2,
            required=False,
            rule=setting("IV.B.5 applied here"),
        ),
    ]
    changed: Annotated[
        str,
        Choice(
            label="Does your decision change what the request says?",
            options={"no": "No", "yes": "Yes: both attorneys are shown it before activation"},
            disclosure=OPEN,
            rule=practice("Counsel answers what is really done."),
        ),
    ]
    involved: Annotated[
        str,
        Choice(
            label="Are you directly involved in this investigation?",
            options={"no": "No", "yes": "Yes: say how"},
            rule=practice("The decider stands outside the case where possible."),
        ),
    ]
    involved_how: Annotated[str | None, Text(label="How", rows=2, opened_by="involved=yes")]


@recorded("renewal.requested", "Renewal asked for", policy("IV.D.2"))
@dataclass(frozen=True, kw_only=True)
class RenewalRequested(Entry):
    """An officer asks for more time, with fresh facts."""

    facts: Annotated[str, Text(label="Fresh facts since the last decision", rows=4)]
    gained: Annotated[str, Text(label="What was gained so far", rows=3)]
    days: Annotated[int, Number(label="Days asked for", least=1, most=3660, unit="days", disclosure=OPEN)]


@recorded("authorization.renewed", "Renewed", policy("IV.D.2"), policy("V.B.3"), turning=True)
@dataclass(frozen=True, kw_only=True)
class AuthorizationRenewed(Entry):
    """The Chief decides on more time, in their own words; the scope stays as it was."""

    renewal: Annotated[EntryRef, Reference(label="Renewal asked for", disclosure=OPEN, asked=False)]
    decision: Annotated[
        str,
        Text(
            label="In your own words",
            help="Must stand alone: which fresh facts you rely on.",
            rows=5,
            rule=policy("IV.D.2", "Only the Chief; nobody below may change it (V.B.3)."),
        ),
    ]
    ends_on: Annotated[date, Day(label="Until midnight of", disclosure=OPEN, rule=setting("90 days at most"))]
    ends_at: Annotated[datetime, Moment(label="In force until", disclosure=OPEN, asked=False)]
    review_days: Annotated[
        int,
        Number(
            label="Review at least every",
            unit="days",
            least=1,
            most=365,
            disclosure=OPEN,
            rule=setting("30 days at most"),
        ),
    ]
    still_current: Annotated[
        bool,
        Tick(
            label="What both attorneys determined still fits; no law and no prosecuting office has changed",
            must=True,
            disclosure=OPEN,
            rule=practice(),
        ),
    ]


@recorded("renewal.refused", "Renewal denied", policy("IV.D.2"))
@dataclass(frozen=True, kw_only=True)
class RenewalRefused(Entry):
    """The Chief grants no more time; the authorization ends when it was to end."""

    renewal: Annotated[EntryRef, Reference(label="Renewal asked for", disclosure=OPEN, asked=False)]
    reasons: Annotated[str, Text(label="Reasons, in your own words", rows=4)]


@recorded("operator.added", "Officer added", policy("IV.D.2"))
@dataclass(frozen=True, kw_only=True)
class OperatorAdded(Entry):
    """The Chief lets one more officer use the profile; that officer's promise is still needed."""

    officer: Annotated[str, Person(label="Officer", disclosure=OPEN, offices=(Office.INVESTIGATOR,))]
    reason: Annotated[str, Text(label="Why this officer", rows=2)]


@recorded("operator.removed", "Officer removed")
@dataclass(frozen=True, kw_only=True)
class OperatorRemoved(Entry):
    """The supervisor stops an officer's use of the profile at once."""

    officer: Annotated[str, Person(label="Officer", disclosure=OPEN, offices=(Office.INVESTIGATOR,))]
    reason: Annotated[str, Text(label="Why", rows=2)]


@recorded("promise.made", "Officer’s promise made", setting("V.A.3, V.A.9, V.A.10.e.iii applied here"))
@dataclass(frozen=True, kw_only=True)
class PromiseMade(Entry):
    """An officer's undertaking before using the profile (V.A.3, V.A.9, V.A.10.e.iii)."""

    authorization: Annotated[EntryRef, Reference(label="Authorization", disclosure=OPEN, asked=False)]
    policy_read: Annotated[bool, Tick(label="I have read Policy 2.8 and the authorization", must=True, disclosure=OPEN)]
    not_identified: Annotated[
        bool,
        Tick(
            label="I show nothing that identifies me, in pictures or in words",
            must=True,
            disclosure=OPEN,
            rule=setting("V.A.9 applied here"),
        ),
    ]
    nothing_revealed: Annotated[
        bool,
        Tick(label="I reveal nothing of police work", must=True, disclosure=OPEN, rule=setting("V.A.3 applied here")),
    ]
    no_likeness: Annotated[
        bool,
        Tick(
            label="I use no real person’s name or likeness unless the authorization says so",
            must=True,
            disclosure=OPEN,
            rule=setting("V.A.10.e.iii applied here"),
        ),
    ]
    exposure_checked: Annotated[
        bool, Tick(label="I have checked what the internet shows of me", must=True, disclosure=OPEN, rule=practice())
    ]
    scope_understood: Annotated[
        bool, Tick(label="I understand the scope, and stop when in doubt", must=True, disclosure=OPEN, rule=practice())
    ]
    device: Annotated[
        str,
        Choice(
            label="Device",
            options={"department": "A department device", "personal": "My own, with the Chief’s written permission"},
            disclosure=OPEN,
            rule=setting("IV.B.5 applied here"),
        ),
    ]


@recorded("operation.activated", "Activated", practice("a separate act"), turning=True)
@dataclass(frozen=True, kw_only=True)
class OperationActivated(Entry):
    """The assigned supervisor starts the operation; what was in force is listed item by item."""

    authorization: Annotated[EntryRef, Reference(label="Authorization", disclosure=OPEN, asked=False)]
    in_force: Annotated[tuple[str, ...], Lines(label="In force", disclosure=OPEN, asked=False, most=400)]
    review_due_at: Annotated[datetime, Moment(label="First review due", disclosure=OPEN, asked=False)]
    note: Annotated[str | None, Text(label="Note", rows=2, required=False)]
