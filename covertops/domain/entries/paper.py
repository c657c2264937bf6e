"""The paper path: a decision signed in ink while the network was down, entered afterwards, confirmed by the Chief."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from covertops.domain.declaration import Entry, EntryRef, Line, Moment, Reference, Text, Tick, recorded
from covertops.domain.vocabulary import Disclosure, practice

OPEN = Disclosure.OPEN
PAPER = practice("What was signed in ink is confirmed here before activation.")


@recorded("paper.entered", "Decision on paper entered", PAPER)
@dataclass(frozen=True, kw_only=True)
class PaperEntered(Entry):
    """The scan of a decision signed in ink. It says when it was signed; the entry's own time says when it came here."""

    scan: Annotated[
        EntryRef,
        Reference(
            label="The scan of the signed sheets",
            help="Add it below first.",
            disclosure=OPEN,
            kinds=("evidence.preserved",),
        ),
    ]
    signed_at: Annotated[
        datetime,
        Moment(
            label="When it was signed on paper",
            help="As written on the sheet. Authority counts from what is signed here, never from this time.",
            disclosure=OPEN,
        ),
    ]
    signer: Annotated[str, Line(label="Who signed it in ink, and in which office")]
    why: Annotated[str, Text(label="Why it was done on paper", rows=2)]


@recorded("paper.confirmed", "Decision on paper confirmed", PAPER)
@dataclass(frozen=True, kw_only=True)
class PaperConfirmed(Entry):
    """The Chief confirms that the scan is what was signed. It gives no authority: the authorization does."""

    paper: Annotated[
        EntryRef, Reference(label="Decision on paper", disclosure=OPEN, kinds=("paper.entered",), asked=False)
    ]
    compared: Annotated[
        bool,
        Tick(
            label="I have compared the scan with what was signed in ink; it is the same, and was signed when it says",
            must=True,
            disclosure=OPEN,
        ),
    ]
    note: Annotated[str | None, Text(label="Note", rows=2, required=False)]
