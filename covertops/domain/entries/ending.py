"""Suspension, resumption, ending, and each officer's confirmation of having stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from covertops.domain.declaration import Choice, Entry, EntryRef, Line, Moment, Reference, Text, recorded
from covertops.domain.vocabulary import Disclosure, practice, setting

OPEN = Disclosure.OPEN
LAPSES = {
    "authorization ended": "The authorization ended",
    "supervisor gone": "No supervisor is assigned",
    "review overdue": "The review is overdue",
    "nobody promised": "No officer with a promise is left",
    "answer withdrawn": "An attorney took the answer back",
}


@recorded("operation.suspended", "Suspended", setting("lapse suspends"), turning=True)
@dataclass(frozen=True, kw_only=True)
class OperationSuspended(Entry):
    """Nobody may use the profile: by the supervisor or the Chief, or by itself when something lapses."""

    lapse: Annotated[str | None, Choice(label="Lapse", options=LAPSES, disclosure=OPEN, asked=False, required=False)]
    since_at: Annotated[datetime, Moment(label="Since", disclosure=OPEN, asked=False)]
    ground: Annotated[str, Text(label="Ground", rows=3)]


@recorded("operation.resumed", "Resumed", turning=True)
@dataclass(frozen=True, kw_only=True)
class OperationResumed(Entry):
    """Everything is in force again and the supervisor says why it may go on."""

    remedy: Annotated[str, Text(label="What was put right", rows=3)]
    review_due_at: Annotated[datetime, Moment(label="Next review due", disclosure=OPEN, asked=False)]


@recorded("operation.ended", "Ended", practice("A duty when grounds or supervision end"), turning=True)
@dataclass(frozen=True, kw_only=True)
class OperationEnded(Entry):
    """The operation stops for good. Each officer confirms having stopped."""

    ground: Annotated[str, Text(label="Ground", rows=3)]
    stop_instruction: Annotated[
        str,
        Text(label="Stop instruction to each officer", help="What they do with each account.", rows=2, no_secret=True),
    ]
    preserved: Annotated[str | None, Text(label="What is preserved, and where", rows=2, required=False)]
    open_matters: Annotated[str | None, Text(label="Open letters and holds", rows=2, required=False)]
    retention: Annotated[
        str | None,
        Line(
            label="Retention class, and earliest destruction date",
            help="From the city attorney’s determination.",
            required=False,
            rule=setting("IV.A.7 applied here"),
        ),
    ]
    cease_due_at: Annotated[datetime, Moment(label="Confirmations due", disclosure=OPEN, asked=False)]


@recorded("cease.confirmed", "Stopping confirmed", setting("24 hours"))
@dataclass(frozen=True, kw_only=True)
class CeaseConfirmed(Entry):
    """An officer confirms having stopped using the profile."""

    stopped_at: Annotated[datetime, Moment(label="Stopped when", disclosure=OPEN)]
    note: Annotated[str | None, Text(label="Anything left open", rows=2, required=False, no_secret=True)]


@recorded("account.settled", "Account settled")
@dataclass(frozen=True, kw_only=True)
class AccountSettled(Entry):
    """What became of an account after the operation ended, with proof."""

    account: Annotated[EntryRef, Reference(label="Account", disclosure=OPEN, kinds=("account.added",))]
    became: Annotated[
        str,
        Choice(
            label="What became of it",
            options={
                "closed": "Closed by us",
                "removed": "Removed by the platform",
                "dormant": "Left dormant, access kept by the supervisor",
                "other": "Something else: say what",
            },
            disclosure=OPEN,
        ),
    ]
    proof: Annotated[str, Text(label="Proof, and where it is kept", rows=2, no_secret=True)]
