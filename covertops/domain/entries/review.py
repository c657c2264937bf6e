"""The supervisor's monitoring: the review of a period, single entries, questions and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from covertops.domain.declaration import (
    Choice,
    Day,
    Entry,
    EntryRef,
    Moment,
    Reference,
    References,
    Text,
    Tick,
    recorded,
)
from covertops.domain.vocabulary import Disclosure, policy, practice, setting

OPEN = Disclosure.OPEN


@recorded("review.held", "Review held", policy("IV.D.2", "Monitoring"), setting("review interval"), turning=True)
@dataclass(frozen=True, kw_only=True)
class ReviewHeld(Entry):
    """The assigned supervisor reviews a period (Policy 2.8, IV.D.2 "monitor")."""

    period_from: Annotated[date, Day(label="From", disclosure=OPEN, rule=policy("IV.D.2", "The supervisor monitors."))]
    period_to: Annotated[date, Day(label="To", disclosure=OPEN)]
    entries: Annotated[
        tuple[EntryRef, ...],
        References(
            label="Entries examined",
            disclosure=OPEN,
            required=False,
            kinds=("activity.logged", "activity.none", "account.added", "material.held"),
        ),
    ]
    captures: Annotated[
        tuple[EntryRef, ...],
        References(label="Captures examined", disclosure=OPEN, required=False, kinds=("evidence.preserved",)),
    ]
    rechecked: Annotated[
        str,
        Choice(
            label="Fingerprints rechecked",
            options={"yes": "Yes, and they match", "no": "No", "none": "There are no captures"},
            disclosure=OPEN,
            rule=practice(),
        ),
    ]
    no_activity: Annotated[bool, Tick(label="Nothing happened in this period", required=False, disclosure=OPEN)]
    necessary: Annotated[
        str,
        Choice(
            label="Still necessary, and no more than needed?",
            options={"yes": "Yes", "no": "No"},
            disclosure=OPEN,
            rule=practice(),
        ),
    ]
    in_scope: Annotated[
        str, Choice(label="Inside the scope?", options={"yes": "Yes", "no": "No: see below"}, disclosure=OPEN)
    ]
    breaches: Annotated[str | None, Text(label="Breaches, and what was done", rows=2, required=False)]
    accounts: Annotated[str | None, Text(label="State of the accounts", rows=2, required=False, no_secret=True)]
    findings: Annotated[str, Text(label="What you found", rows=4)]
    result: Annotated[
        str,
        Choice(
            label="Result",
            options={
                "continue": "Continue",
                "refer": "Refer to the Chief",
                "suspend": "Suspend now",
                "recommend ending": "Recommend ending",
            },
            disclosure=OPEN,
        ),
    ]
    next_due_at: Annotated[datetime, Moment(label="Next review due", disclosure=OPEN, asked=False)]


@recorded("entry.reviewed", "Entry reviewed", policy("IV.D.2", "Monitoring"))
@dataclass(frozen=True, kw_only=True)
class EntryReviewed(Entry):
    """The supervisor marks a single entry as reviewed."""

    reviewed: Annotated[EntryRef, Reference(label="Entry", disclosure=OPEN)]
    note: Annotated[str | None, Text(label="Note", rows=2, required=False)]


@recorded("entry.questioned", "Question", policy("IV.D.2", "Monitoring"))
@dataclass(frozen=True, kw_only=True)
class EntryQuestioned(Entry):
    """The supervisor asks about an entry and expects an answer by a date."""

    questioned: Annotated[EntryRef, Reference(label="Entry", disclosure=OPEN)]
    question: Annotated[str, Text(label="Question", rows=3)]
    answer_by: Annotated[date, Day(label="Answer expected by", disclosure=OPEN)]


@recorded("question.answered", "Answer", policy("IV.D.2", "Monitoring"))
@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Entry):
    """An officer answers a question about an entry."""

    question: Annotated[EntryRef, Reference(label="Question", disclosure=OPEN, kinds=("entry.questioned",))]
    answer: Annotated[str, Text(label="Answer", rows=3, no_secret=True)]
