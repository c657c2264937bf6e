"""The operation as folded from its own entries; the one fold that makes it is in :mod:`covertops.domain.evolve`.

Every list keeps history with the moments things were recorded, so that ``authority`` can answer for any past minute.
Fields that a copy withholds are :data:`WITHHELD`; where such a field decides authority, the operation remembers from
which entry on the question cannot be answered from that copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from covertops.domain.declaration import EntryRef
from covertops.domain.signed_acts import SignedAct
from covertops.domain.vocabulary import Office, Stage


@dataclass(frozen=True)
class Period:
    """Someone's service from one recorded moment to another; ``until`` None while it lasts."""

    person: str
    entry: int
    since: datetime
    until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the service had begun and not ended at ``at``."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Grant:
    """An authorization on record. It counts from the later of recorded and stated start."""

    ref: EntryRef
    recorded_at: datetime
    starts_at: datetime
    ends_at: datetime
    review_days: int
    chief: str
    changed: bool = False
    office: str = Office.CHIEF
    """The office in which it was signed: the Chief's, or an acting Chief's."""
    """Whether it changes what the request says, so that counsel must be shown it."""
    until: datetime | None = None
    """When a later grant took its place. The end of its author's office does not end a grant."""

    def covers(self, at: datetime) -> bool:
        """Whether the grant was in force at ``at``."""
        start = max(self.recorded_at, self.starts_at)
        return start <= at < self.ends_at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Contact:
    """A consultation on record, as far as the gates read it."""

    ref: EntryRef
    recorded_at: datetime
    office: Office
    answer: str
    determined: tuple[str, ...]
    referred: tuple[str, ...]
    shown: tuple[int, ...]
    counsel: str | None = None
    """The attorney's account, where they have one: they confirm or correct what was recorded."""
    confirmed: int | None = None
    """The entry in which they last did."""
    agreed: bool = False


@dataclass(frozen=True)
class Attempt:
    """An attempt to reach an attorney that brought no answer."""

    entry: int
    office: Office
    attempted_at: datetime


@dataclass(frozen=True)
class Pause:
    """A suspension. ``lapse`` names what lapsed where it came by itself."""

    entry: int
    since: datetime
    lapse: str | None
    by_chief: bool = False
    until: datetime | None = None


@dataclass(frozen=True)
class Review:
    """A review on record; the next one falls due at ``next_due_at``."""

    entry: int
    recorded_at: datetime
    period_from: date
    period_to: date
    result: str
    next_due_at: datetime


@dataclass(frozen=True)
class Question:
    """A question about an entry, and the answer's entry once there is one."""

    ref: EntryRef
    about: int
    to: str | None
    answer_by: date
    answered: int | None = None


@dataclass(frozen=True)
class Account:
    """An account of the profile on a platform."""

    ref: EntryRef
    in_scope: bool
    settled: int | None = None


@dataclass(frozen=True)
class Activity:
    """An activity as far as lists and coverage read it."""

    entry: int
    recorded_at: datetime
    started_at: datetime
    ended_at: datetime
    keyboard: str
    flagged: bool
    by: str | None
    case_number: str | None = None


@dataclass(frozen=True)
class Capture:
    """An original file on record. ``sheet`` where it is the scan of sheets signed in ink."""

    ref: EntryRef
    reference: str
    sheet: bool = False


@dataclass(frozen=True)
class Writing:
    """What an attorney wrote, kept apart: whose it is, and nothing else that is not theirs to disclose."""

    ref: EntryRef
    office: Office


@dataclass(frozen=True)
class Paper:
    """A decision signed in ink, entered afterwards; ``confirmed_at`` once the Chief confirmed its scan here."""

    ref: EntryRef
    recorded_at: datetime
    signed_at: datetime
    confirmed_at: datetime | None = None


@dataclass(frozen=True)
class Correction:
    """A clerical correction: the entry that makes it, and the one it is about."""

    entry: int
    about: int


@dataclass(frozen=True)
class Export:
    """A package: prepared, then released, then received."""

    prepared: EntryRef
    reference: str
    recipient: str
    to_number: int
    prepared_at: datetime
    released: EntryRef | None = None
    released_at: datetime | None = None
    sealed: int | None = None
    received: int | None = None


@dataclass(frozen=True)
class Named:
    """How a person is called in this record."""

    person: str
    designation: str
    office: str


@dataclass(frozen=True)
class Operation:
    """An operation folded from its own entries."""

    id: str
    stage: Stage = Stage.REQUESTED
    reference: str = ""
    declared: bool = False
    requester: str = ""
    request: EntryRef | None = None
    request_office: str = ""
    requested_at: datetime | None = None
    proposed_supervisor: str | None = None
    proposed_officers: tuple[str, ...] = ()
    used_before: tuple[str, ...] = ()
    """Who used a declared profile before this system."""
    personal_device_asked: bool = False
    matter: str = ""
    case_number: str | None = None
    urgent: bool = False
    start_on: date | None = None
    grants: tuple[Grant, ...] = ()
    supervision: tuple[Period, ...] = ()
    relief: str | None = None
    renewal: EntryRef | None = None
    """A renewal asked for and not decided."""
    operators: tuple[Period, ...] = ()
    promises: tuple[Period, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    contacts: tuple[Contact, ...] = ()
    readings: tuple[Period, ...] = ()
    """Who, not being on it, was let read it for a reason, and until when."""
    activated_at: datetime | None = None
    activation: int | None = None
    first_review_due_at: datetime | None = None
    resumed: tuple[tuple[datetime, datetime], ...] = ()
    pauses: tuple[Pause, ...] = ()
    reviews: tuple[Review, ...] = ()
    questions: tuple[Question, ...] = ()
    reviewed: Mapping[int, datetime] = field(default_factory=dict)
    """The entries that a supervisor has examined, by number, and when that was first recorded."""
    accounts: tuple[Account, ...] = ()
    activities: tuple[Activity, ...] = ()
    captures: tuple[Capture, ...] = ()
    writings: tuple[Writing, ...] = ()
    papers: tuple[Paper, ...] = ()
    corrections: tuple[Correction, ...] = ()
    exports: tuple[Export, ...] = ()
    chiefs: frozenset[str] = frozenset()
    """Who decided on it as the Chief or acting, and did more than stop something."""
    offices_ended: frozenset[tuple[str, Office, datetime]] = frozenset()
    """Whose office ended, which and when, as far as this record was told."""
    ended_at: datetime | None = None
    cease_due_at: datetime | None = None
    ceased: tuple[Period, ...] = ()
    people: tuple[Named, ...] = ()
    withheld_at: datetime | None = None
    """When the first entry was recorded whose withheld content could decide authority; None in a full record."""
    lookups: frozenset[tuple[str, str]] = frozenset()
    """What the internal conflict check compares: (kind, text) of handles, identities, subjects and cases."""
    signed: tuple[SignedAct, ...] = ()
    moved: int = 0
    """The last entry that changed what a person may be deciding on; custody and introductions do not."""
    last_number: int = 0
    last_hash: str = ""
    last_at: datetime | None = None

    def but(self, **changes: Any) -> Operation:
        """As `dataclasses.replace`, for what is done at every entry: it does not ask each of fifty fields anew.

        It would pass over a ``__post_init__``; an operation has none.
        """
        after = object.__new__(Operation)
        vars(after).update(vars(self), **changes)
        return after

    @property
    def grant(self) -> Grant | None:
        """The newest authorization, in force or not."""
        return self.grants[-1] if self.grants else None

    @property
    def supervisor(self) -> str | None:
        """Who is assigned now."""
        return self.supervision[-1].person if self.supervision and self.supervision[-1].until is None else None

    @property
    def officers(self) -> tuple[str, ...]:
        """Who may use the profile now."""
        return tuple(one.person for one in self.operators if one.until is None)

    @property
    def review_due_at(self) -> datetime | None:
        """When the next review falls due; None before activation."""
        due = [moment for moment in [self.first_review_due_at] if moment]
        due += [one.next_due_at for one in self.reviews] + [moment for _, moment in self.resumed]
        return max(due) if due else None

    @property
    def paused(self) -> Pause | None:
        """The suspension that stands now."""
        return self.pauses[-1] if self.pauses and self.pauses[-1].until is None else None

    def promised(self, person: str, at: datetime) -> bool:
        """Whether a person's promise stood at a moment."""
        return any(one.person == person and one.covers(at) for one in self.promises)

    def called(self, person: str | None) -> str | None:
        """How a person is called in this record."""
        return next((one.designation for one in self.people if one.person == person), None)
