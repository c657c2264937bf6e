"""Who appears in an operation's record, and what ended for them, told in the operation's own stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from covertops.domain.declaration import Choice, Entry, Line, Moment, Person, Text, recorded
from covertops.domain.vocabulary import Disclosure, Office

OPEN = Disclosure.OPEN
OFFICES = {office.value: office.title for office in Office}


@recorded("person.introduced", "Named in this record")
@dataclass(frozen=True, kw_only=True)
class PersonIntroduced(Entry):
    """A person appears here for the first time: the name used in copies, and the true name as identity."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN, asked=False)]
    designation: Annotated[str, Line(label="Called in copies", disclosure=OPEN, asked=False)]
    held: Annotated[str, Choice(label="Office", options=OFFICES, disclosure=OPEN, asked=False)]
    name: Annotated[str, Line(label="Name", disclosure=Disclosure.IDENTITY, asked=False)]


@recorded("appointment.ended", "Office ended")
@dataclass(frozen=True, kw_only=True)
class AppointmentEnded(Entry):
    """An office held by someone in this operation ended; authority that rested on it ends with it."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN, asked=False)]
    held: Annotated[str, Choice(label="Office", options=OFFICES, disclosure=OPEN, asked=False)]
    ended_at: Annotated[datetime, Moment(label="Ended", disclosure=OPEN, asked=False)]
    reason: Annotated[str | None, Text(label="Reason", asked=False, required=False)]
