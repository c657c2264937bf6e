"""The supervisor's contacts with the two attorneys (Policy 2.8, IV.D.3) and the conflict check."""

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
    recorded,
)
from covertops.domain.vocabulary import Disclosure, Office, policy, practice, setting

OPEN = Disclosure.OPEN
BEFORE = policy("IV.D.3", "The supervisor contacts both before operating.")
OFFICES = {"prosecuting attorney": "Prosecuting attorney", "city attorney": "City attorney"}
ANSWERED = {"determined": "Determined", "referred": "Referred to the other attorney"}
CITY_ANSWERS = setting("The city attorney must answer 3 and 4.")
PROSECUTOR_ANSWERS = setting("The prosecuting attorney must answer 1 and 2.")


@recorded("conflict.checked", "Conflict check", practice("Two operations must not meet unknown."))
@dataclass(frozen=True, kw_only=True)
class ConflictChecked(Entry):
    """The supervisor's check with a regional deconfliction system."""

    system: Annotated[
        str,
        Choice(
            label="System",
            options={
                "RISSafe": "RISSafe",
                "Case Explorer": "Case Explorer",
                "SAFETNet": "SAFETNet",
                "not enrolled": "The department is enrolled in none",
            },
            disclosure=OPEN,
        ),
    ]
    query_number: Annotated[str | None, Line(label="Number of the query", required=False, most=60, width="mid")]
    checked_on: Annotated[date, Day(label="Date", disclosure=OPEN)]
    result: Annotated[
        str,
        Choice(
            label="Result",
            options={"nothing": "Nothing found", "hit": "Another operation is near", "not checked": "Not checked"},
            disclosure=OPEN,
        ),
    ]
    note: Annotated[str | None, Text(label="What was done about it", rows=2, required=False)]


@recorded("attorney.attempted", "Attorney tried", policy("IV.D.3"))
@dataclass(frozen=True, kw_only=True)
class AttorneyAttempted(Entry):
    """An attempt to reach an attorney that brought no answer."""

    attorney_office: Annotated[str, Choice(label="Office", options=OFFICES, disclosure=OPEN, rule=BEFORE)]
    attorney: Annotated[str, Line(label="Attorney, and how to reach them")]
    attempted_at: Annotated[datetime, Moment(label="When", disclosure=OPEN)]
    how: Annotated[
        str,
        Choice(
            label="How",
            options={"telephone": "By telephone", "in person": "In person", "in writing": "In writing"},
            disclosure=OPEN,
        ),
    ]
    note: Annotated[str | None, Text(label="What came of it", rows=2, required=False)]


@recorded("consultation.logged", "Attorney contacted", policy("IV.D.3"), turning=True)
@dataclass(frozen=True, kw_only=True)
class ConsultationLogged(Entry):
    """The contact with one attorney: departmental facts, four determinations, and counsel's advice kept apart.

    The two advice fields lie in compartments of their own; which one is filled follows the attorney's office.
    """

    attorney_office: Annotated[str, Choice(label="Office", options=OFFICES, disclosure=OPEN, rule=BEFORE)]
    attorney: Annotated[str, Line(label="Attorney, and how to reach them")]
    counsel: Annotated[
        str | None,
        Person(
            label="The attorney’s sign-in here",
            help="Where there is one: they see this contact and what was shown, and confirm or correct it.",
            offices=(Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY),
            required=False,
            disclosure=OPEN,
        ),
    ]
    held_at: Annotated[datetime, Moment(label="When", disclosure=OPEN)]
    how: Annotated[
        str,
        Choice(
            label="How",
            options={
                "telephone": "By telephone; declined to write",
                "in person": "In person",
                "in writing": "In writing",
            },
            disclosure=OPEN,
        ),
    ]
    shown: Annotated[
        tuple[EntryRef, ...],
        References(
            label="What was shown",
            help="By reference. What changes later is shown again before activation.",
            disclosure=OPEN,
            kinds=("request.submitted", "authorization.granted"),
        ),
    ]
    answer: Annotated[
        str,
        Choice(
            label="Answer",
            options={"given": "Given", "awaited": "Awaited", "declined": "Declined"},
            hints={
                "awaited": "The gate stays shut",
                "declined": "The gate stays shut; another attorney of the office may answer",
            },
            disclosure=OPEN,
        ),
    ]
    admissibility: Annotated[
        str | None,
        Choice(
            label="1. Admissibility",
            options=ANSWERED,
            disclosure=OPEN,
            opened_by="answer=given",
            rule=policy("IV.D.3"),
        ),
    ]
    admissibility_instruction: Annotated[
        str | None, Text(label="Instruction", rows=2, opened_by="admissibility=determined")
    ]
    preservation: Annotated[
        str | None,
        Choice(
            label="2. Preservation for prosecution",
            options=ANSWERED,
            disclosure=OPEN,
            opened_by="answer=given",
            rule=policy("IV.D.3"),
        ),
    ]
    preservation_instruction: Annotated[
        str | None, Text(label="Instruction", rows=2, opened_by="preservation=determined")
    ]
    open_government: Annotated[
        str | None,
        Choice(
            label="3. Open government",
            options=ANSWERED,
            disclosure=OPEN,
            opened_by="answer=given",
            rule=policy("IV.D.3"),
        ),
    ]
    open_government_instruction: Annotated[
        str | None, Text(label="Instruction", rows=2, opened_by="open_government=determined")
    ]
    retention: Annotated[
        str | None,
        Choice(
            label="4. Records retention",
            options=ANSWERED,
            disclosure=OPEN,
            opened_by="answer=given",
            rule=policy("IV.D.3"),
        ),
    ]
    retention_instruction: Annotated[str | None, Text(label="Instruction", rows=2, opened_by="retention=determined")]
    retention_series: Annotated[
        str | None,
        Line(label="Retention series, and period", required=False, opened_by="retention=determined", width="mid"),
    ]
    prosecutor_advice: Annotated[
        str | None,
        Text(
            label="What the prosecuting attorney said",
            help="Optional. Nothing written here appears in the facts above.",
            rows=4,
            required=False,
            disclosure=Disclosure.PROSECUTOR_WORK_PRODUCT,
            opened_by="attorney_office=prosecuting attorney",
        ),
    ]
    city_attorney_advice: Annotated[
        str | None,
        Text(
            label="What the city attorney said",
            help="Optional. Nothing written here appears in the facts above.",
            rows=4,
            required=False,
            disclosure=Disclosure.CITY_ATTORNEY_ADVICE,
            opened_by="attorney_office=city attorney",
        ),
    ]
    prosecutor_writings: Annotated[
        tuple[EntryRef, ...],
        References(
            label="Attached writing",
            required=False,
            disclosure=Disclosure.PROSECUTOR_WORK_PRODUCT,
            kinds=("writing.prosecutor",),
            opened_by="attorney_office=prosecuting attorney",
        ),
    ]
    city_attorney_writings: Annotated[
        tuple[EntryRef, ...],
        References(
            label="Attached writing",
            required=False,
            disclosure=Disclosure.CITY_ATTORNEY_ADVICE,
            kinds=("writing.city",),
            opened_by="attorney_office=city attorney",
        ),
    ]


@recorded("writing.prosecutor", "Prosecutor’s writing kept apart", policy("IV.D.3"))
@dataclass(frozen=True, kw_only=True)
class ProsecutorWrote(Entry):
    """A writing attached to what the prosecuting attorney said: sealed whole under that office's compartment."""

    name: Annotated[str, Line(label="Name of the file", most=255, disclosure=Disclosure.PROSECUTOR_WORK_PRODUCT)]
    file: Annotated[str, Line(label="Sealed file", most=32, asked=False, disclosure=Disclosure.PROSECUTOR_WORK_PRODUCT)]
    size: Annotated[int, Number(label="Size", unit="bytes", asked=False, disclosure=Disclosure.PROSECUTOR_WORK_PRODUCT)]
    sha256: Annotated[str, Line(label="SHA-256", most=64, asked=False, disclosure=Disclosure.PROSECUTOR_WORK_PRODUCT)]
    segment_root: Annotated[
        str, Line(label="Segment root", most=64, asked=False, disclosure=Disclosure.PROSECUTOR_WORK_PRODUCT)
    ]
    media_type: Annotated[str, Line(label="Type", asked=False, disclosure=Disclosure.PROSECUTOR_WORK_PRODUCT)]


@recorded("writing.city", "City attorney’s writing kept apart", policy("IV.D.3"))
@dataclass(frozen=True, kw_only=True)
class CityAttorneyWrote(Entry):
    """A writing attached to what the city attorney said: sealed whole under that office's compartment."""

    name: Annotated[str, Line(label="Name of the file", most=255, disclosure=Disclosure.CITY_ATTORNEY_ADVICE)]
    file: Annotated[str, Line(label="Sealed file", most=32, asked=False, disclosure=Disclosure.CITY_ATTORNEY_ADVICE)]
    size: Annotated[int, Number(label="Size", unit="bytes", asked=False, disclosure=Disclosure.CITY_ATTORNEY_ADVICE)]
    sha256: Annotated[str, Line(label="SHA-256", most=64, asked=False, disclosure=Disclosure.CITY_ATTORNEY_ADVICE)]
    segment_root: Annotated[
        str, Line(label="Segment root", most=64, asked=False, disclosure=Disclosure.CITY_ATTORNEY_ADVICE)
    ]
    media_type: Annotated[str, Line(label="Type", asked=False, disclosure=Disclosure.CITY_ATTORNEY_ADVICE)]


@recorded("consultation.confirmed", "Confirmed by counsel", practice("Counsel says whether it is put down right."))
@dataclass(frozen=True, kw_only=True)
class ConsultationConfirmed(Entry):
    """The attorney with whom a contact was recorded says whether it was recorded right.

    A correction that takes the answer back shuts the gate, as declining does. What counsel adds as advice lies in the
    compartment of counsel's own office.
    """

    consultation: Annotated[
        EntryRef, Reference(label="The contact", disclosure=OPEN, kinds=("consultation.logged",), asked=False)
    ]
    attorney_office: Annotated[str, Choice(label="Office", options=OFFICES, disclosure=OPEN, asked=False)]
    result: Annotated[
        str,
        Choice(
            label="Is it put down right?",
            options={"agrees": "Yes", "corrects": "No, I correct it"},
            disclosure=OPEN,
        ),
    ]
    correction: Annotated[
        str | None, Text(label="What is right instead, in your own words", rows=4, opened_by="result=corrects")
    ]
    answer_stands: Annotated[
        str | None,
        Choice(
            label="Does your answer stand?",
            options={"yes": "Yes", "no": "No, I take it back"},
            hints={"no": "The operation may not run until an attorney of your office has answered again"},
            disclosure=OPEN,
            opened_by="result=corrects",
        ),
    ]
    prosecutor_advice: Annotated[
        str | None,
        Text(
            label="Advice, kept apart",
            help="Optional. Read by the supervisor and the Chief; never by the city attorney.",
            rows=4,
            required=False,
            disclosure=Disclosure.PROSECUTOR_WORK_PRODUCT,
        ),
    ]
    city_attorney_advice: Annotated[
        str | None,
        Text(
            label="Advice, kept apart",
            help="Optional. Read by the supervisor and the Chief; never by the prosecuting attorney.",
            rows=4,
            required=False,
            disclosure=Disclosure.CITY_ATTORNEY_ADVICE,
        ),
    ]
