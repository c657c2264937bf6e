"""The timeline of an operation: each entry with when, what, by whom, its tags and the rules in the margin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from covertops.domain.declaration import Recorded, kind_of
from covertops.domain.entries.activity import AccountAdded, ActivityLogged, ActivityNone, EvidencePreserved
from covertops.domain.entries.ending import OperationSuspended
from covertops.domain.entries.package import ExportDownloaded
from covertops.domain.entries.people import PersonIntroduced
from covertops.domain.entries.request import RequestSubmitted
from covertops.domain.entries.review import EntryQuestioned, QuestionAnswered
from covertops.domain.operation import Question
from covertops.domain.vocabulary import Office, Rule
from covertops.web.page import Tag
from covertops.web.presenting.reading import Reading, listed
from covertops.web.presenting.sayings import saying
from covertops.web.presenting.times import LocalTime

LAPSED = {
    "authorization ended": "Missing: authorization",
    "supervisor gone": "Missing: supervisor",
    "review overdue": "Missing: review",
    "nobody promised": "Missing: promise",
}
SIGNED = {
    "password": "signed with password",
    "code": "signed with password and code",
    "passkey": "signed with passkey",
}


@dataclass(frozen=True)
class Asking:
    """A question that stands inside the entry it is about."""

    who: str
    question: str
    expected: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Told:
    """An entry as the timeline shows it."""

    number: int
    title: str
    href: str
    words: str
    note: str
    iso: str
    by: str
    lines: Sequence[str] = ()
    tags: Sequence[Tag] = ()
    rules: Sequence[Rule] = ()
    key: bool = False
    asked: Sequence[Asking] = ()


@dataclass(frozen=True)
class Month:
    """The entries of one month of the record, the newest first, and who was named in it for the first time."""

    title: str
    entries: Sequence[Told]
    named: str = ""


def told(it: Recorded, reading: Reading) -> Told:
    """One entry for the timeline."""
    said = saying(it, reading)
    words, note, iso = _when(it, reading)
    return Told(
        it.number,
        said.title,
        reading.entry_href(it.number),
        words,
        note,
        iso,
        by_line(it, reading),
        said.lines,
        tags(it, reading),
        kind_of(it.entry).rules,
        kind_of(it.entry).turning,
        questions_of(it, reading),
    )


def months(found: Iterable[Recorded], reading: Reading) -> list[Month]:
    """Entries, the newest first, by the month in which they were recorded. Introductions are told in one quiet line."""
    made: dict[str, list[Recorded]] = {}
    for it in found:
        made.setdefault(reading.times.month(it.at), []).append(it)
    return [_month(title, entries, reading) for title, entries in made.items()]


def _month(title: str, found: Sequence[Recorded], reading: Reading) -> Month:
    quiet = [it for it in found if isinstance(it.entry, PersonIntroduced)]
    shown = [told(it, reading) for it in found if not isinstance(it.entry, PersonIntroduced)]
    return Month(title, shown, _named(quiet[::-1], reading))


def _named(found: Sequence[Recorded], reading: Reading) -> str:
    """The quiet line of a month: who was named here for the first time, and in which entries."""
    names = [
        f"{reading.name(one.entry.person)} (entry {one.number})"
        for one in found
        if isinstance(one.entry, PersonIntroduced)
    ]
    return f"Named here for the first time: {listed(names)}." if names else ""


def by_line(it: Recorded, reading: Reading) -> str:
    """Who did it, and how it was signed."""
    entry = it.entry
    if isinstance(entry, ActivityLogged):
        return _at_the_keyboard(entry, reading)
    nobody = "With the program, at the machine" if isinstance(entry, ExportDownloaded) else "By itself"
    who = nobody if entry.by is None else reading.name(entry.by)
    who += f", {Office.ACTING_CHIEF.title}" if it.office == Office.ACTING_CHIEF else ""
    signature = entry.signature
    return f"{who} · {SIGNED.get(signature.level, 'signed')}" if signature else who


def _at_the_keyboard(entry: ActivityLogged, reading: Reading) -> str:
    account = reading.beside.get(entry.account.number) if entry.account else None
    handle = account.entry.handle if account and isinstance(account.entry, AccountAdded) else ""
    as_whom = f", as {handle}" if handle else ""
    entered = f"; entered by {reading.name(entry.by)}" if entry.by != entry.keyboard else ""
    return f"{reading.name(entry.keyboard)} at the keyboard{as_whom}{entered}"


def _when(it: Recorded, reading: Reading) -> tuple[str, str, str]:
    """When it happened; where it was recorded on another day, that too."""
    times, entry = reading.times, it.entry
    if isinstance(entry, ActivityLogged):
        return _happened(entry.started_at, times.span(entry.started_at, entry.ended_at), it, times)
    if isinstance(entry, OperationSuspended) and entry.lapse:
        return _happened(entry.since_at, times.clock(entry.since_at), it, times)
    return times.day(it.at), times.clock(it.at), times.iso(it.at)


def _happened(moment: datetime, note: str, it: Recorded, times: LocalTime) -> tuple[str, str, str]:
    late = f"; entered {times.day(it.at)}" if times.day(moment) != times.day(it.at) else ""
    return times.day(moment), note + late, times.iso(moment)


def tags(it: Recorded, reading: Reading) -> tuple[Tag, ...]:
    """The tags beside an entry's title."""
    entry, found = it.entry, []
    if isinstance(entry, OperationSuspended) and entry.lapse:
        found.append(Tag(LAPSED.get(entry.lapse, "Lapsed"), "stop", "warn"))
    if isinstance(entry, RequestSubmitted) and entry.urgent:
        found.append(Tag("Needed that day", "wait", "wait"))
    if isinstance(entry, ActivityLogged | ActivityNone | AccountAdded | EvidencePreserved):
        found += _monitoring(it, reading)
    if isinstance(entry, ActivityLogged) and entry.outside == "yes":
        found.append(Tag("Flagged: outside scope", "stop", "warn"))
    if isinstance(entry, AccountAdded) and entry.in_scope == "no":
        found.append(Tag("Flagged: outside scope", "stop", "warn"))
    return tuple(found)


def _monitoring(it: Recorded, reading: Reading) -> list[Tag]:
    operation = reading.operation
    found = []
    if it.number in operation.reviewed:
        found.append(Tag(f"Reviewed {reading.times.day(operation.reviewed[it.number])}", "ok", "check"))
    elif isinstance(it.entry, ActivityLogged):
        found.append(Tag("Not yet reviewed"))
    if any(one.about == it.number and one.answered is None for one in operation.questions):
        found.append(Tag("Questioned", "wait", "ask"))
        found = [one for one in found if one.word != "Not yet reviewed"]
    return found


def questions_of(it: Recorded, reading: Reading) -> tuple[Asking, ...]:
    """The questions about an entry, with their answers."""
    return tuple(_asking(one, reading) for one in reading.operation.questions if one.about == it.number)


def _asking(question: Question, reading: Reading) -> Asking:
    it = reading.beside.get(question.ref.number)
    words = it.entry.question if it and isinstance(it.entry, EntryQuestioned) else f"See entry {question.ref.number}"
    who = f"{reading.name(it.entry.by) if it else 'The supervisor'} asks" + (
        f", {reading.times.day(it.at)}" if it else ""
    )
    if question.answered is None:
        expected = f"Answer expected from {reading.name(question.to)} by {reading.times.day(question.answer_by)}"
        return Asking(who, words, expected)
    answer = reading.beside.get(question.answered)
    said = answer.entry.answer if answer and isinstance(answer.entry, QuestionAnswered) else ""
    by = f"Answered by {reading.name(answer.entry.by)}, {reading.times.day(answer.at)}" if answer else "Answered"
    return Asking(who, words, f"{by} (entry {question.answered})", said)


def wanted_beside(found: Iterable[Recorded], reading: Reading) -> set[int]:
    """The numbers of the entries that the words of these need beside them."""
    shown = {it.number: it for it in found}
    numbers: set[int] = set()
    for question in reading.operation.questions:
        if question.about in shown:
            numbers |= {question.ref.number} | ({question.answered} if question.answered else set())
    for it in shown.values():
        account = getattr(it.entry, "account", None) if isinstance(it.entry, ActivityLogged) else None
        numbers |= {account.number} if account else set()
    return numbers - shown.keys()
