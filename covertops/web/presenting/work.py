"""One's own work, the most urgent first, and what waits for others, as rows of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from covertops.domain.decisions import DECISIONS
from covertops.domain.department import Concern, Conflict, Department
from covertops.domain.policy import Policy
from covertops.domain.vocabulary import Rule, policy
from covertops.storage.queries import ConsultationRow, DraftRow, PackageRow, TaskRow
from covertops.web.page import Cell, Column, Table, Tag
from covertops.web.presenting.reading import listed, lowered
from covertops.web.presenting.times import LocalTime, counted
from covertops.web.presenting.turns import NO_DATE, Waiting, href_of, turning, urgency, who_has_it


@dataclass(frozen=True)
class Row:
    """Something that waits for the reader: when, what, why, the button, and by which rule."""

    tag: Tag
    words: str
    note: str
    iso: str
    heading: str
    matter: str
    sentence: str
    button: str
    href: str
    rules: Sequence[Rule]
    primary: bool = False


def waiting_of(row: TaskRow, department: Department) -> Waiting:
    """A task of a list, with the words that the list knows of its operation."""
    about = row.code.removeprefix("cease.late.")
    return Waiting(
        row.code,
        row.operation_id,
        row.reference or "",
        str(row.summary.get("matter") or ""),
        who_has_it(row.person, row.office, department.name_of),
        row.entry,
        row.decision,
        row.since,
        row.until,
        urgent=bool(row.summary.get("urgent")),
        about=department.name_of(about) if about != row.code else "",
    )


def rows_of(found: Sequence[Waiting], times: LocalTime, rules: Policy) -> list[Row]:
    """The rows of one's own work. The first act that decides something is the primary one."""
    primary = next((place for place, one in enumerate(found) if one.decision), -1)
    return [_row(one, times, rules, primary=place == primary) for place, one in enumerate(found)]


def _row(one: Waiting, times: LocalTime, rules: Policy, *, primary: bool) -> Row:
    told = turning(one, times, rules)
    words = _by_when(one, times)
    note = told.until_note if one.until else ""
    iso = times.iso(one.until) if one.until else ""
    heading = " · ".join(part for part in (one.reference, told.heading) if part)
    tag, matter = urgency(one, times), "" if one.matter[1:] in told.heading else one.matter
    return Row(tag, words, note, iso, heading, matter, told.sentence, told.button, href_of(one), told.rules, primary)


def _by_when(one: Waiting, times: LocalTime) -> str:
    """Until when, or since when. A start is asked for on a day; only a term ends at that day's midnight."""
    if one.until is None:
        return f"Since {times.day(one.since)}"
    return times.last_day(one.until) if one.code == "decide" else times.deadline(one.until)


def concern_row(one: Concern, department: Department, times: LocalTime) -> Row:
    """A concern that waits for the reader's answer."""
    number = one.ref.number
    sentence = f"{department.name_of(one.by)} raised it. Say what was done about it."
    rule = policy("V.B.2", "Whoever learns of a violation tells the supervisor at once.")
    return Row(
        Tag(NO_DATE),
        f"Since {times.day(one.raised_at)}",
        "",
        "",
        f"Concern {number} · A concern waits for an answer",
        "",
        sentence,
        "Read and answer",
        f"/concerns/{number}",
        (rule,),
    )


def package_row(one: PackageRow, times: LocalTime, rules: Policy) -> Row:
    """A package that was released to the reader and not confirmed yet."""
    since = one.released_at or one.prepared_at
    waiting = Waiting("receive", one.operation_id, one.reference, "", "", 0, "receive", since, None)
    return replace(_row(waiting, times, rules, primary=False), href=f"/packages/{one.id}")


def consultation_row(one: ConsultationRow, times: LocalTime, rules: Policy) -> Row:
    """A contact that waits for the word of the attorney it was put down with."""
    decision = "confirm-consultation"
    waiting = Waiting("counsel", one.operation_id, one.reference, "", "", one.entry, decision, one.since, None)
    row = _row(waiting, times, rules, primary=False)
    return replace(row, href=f"/consultations/{one.operation_id}/{one.entry}")


_BEGINNINGS = {"submit-request": "/operations/new", "declare-profile": "/operations/declare"}


def draft_table(found: Sequence[DraftRow], times: LocalTime) -> Table:
    """What the reader typed and has not sent."""
    columns = (Column("Draft"), Column("Operation"), Column("Kept"))
    return Table("Your drafts", columns, [_draft(one, times) for one in found])


def _draft(one: DraftRow, times: LocalTime) -> tuple[Cell, ...]:
    kind, _, part = one.kind.partition(":")
    decision = DECISIONS.get(kind)
    label = decision.label if decision else "Declare an earlier profile"
    if not one.operation_id:
        href = _BEGINNINGS.get(kind, "/")
        label = "Request an undercover profile" if kind == "submit-request" else label
    else:
        href = f"/operations/{one.operation_id}/{kind}" + (f"?office={quote(part)}" if part else "")
    kept = f"{times.day(one.kept_at)}, {times.clock(one.kept_at)}"
    return Cell(label + (f": {part}" if part else ""), href), Cell(one.reference or "Not begun yet"), Cell(kept)


def still_meet(one: Conflict, references: Mapping[str, str], *, sees_all: bool) -> bool:
    """Whether a conflict still concerns the reader: the operations they know of, all of them for the Chief, live."""
    known = [id_ for id_ in one.operations if id_ in references]
    return len(known) == len(one.operations) if sees_all else bool(known)


def meeting_words(one: Conflict, references: Mapping[str, str], department: Department, person: str) -> str:
    """What the internal check tells a supervisor or the Chief: which operations are near, and whom to speak to."""
    mine = listed(sorted(references[id_] for id_ in one.operations if id_ in references)) or "An operation"
    others = listed([department.name_of(told) for told in one.told if told != person])
    shares = f"the same {listed(list(one.what))}"
    if len(references.keys() & set(one.operations)) > 1:
        return f"{mine} hold {shares}." + (f" {others} {_were(one, person)} told." if others else "")
    return f"{mine} and another operation hold {shares}." + (f" Speak to {others}." if others else "")


def _were(one: Conflict, person: str) -> str:
    return "was" if len(set(one.told) - {person}) == 1 else "were"


def others_table(found: Sequence[Waiting], times: LocalTime, rules: Policy) -> Table:
    """What waits for others."""
    columns = (
        Column("Operation"),
        Column("What waits", "What"),
        Column("Whose turn"),
        Column("Until"),
    )
    return Table("Operations waiting for someone else", columns, [_cells(one, times, rules) for one in found])


def _cells(one: Waiting, times: LocalTime, rules: Policy) -> tuple[Cell, ...]:
    told = turning(one, times, rules)
    what = told.short[:1].upper() + told.short[1:]
    return (
        Cell(one.reference or "No reference", f"/operations/{one.operation_id}"),
        Cell(what),
        Cell(one.who),
        _until(one, told.until_note, times),
    )


def _until(one: Waiting, note: str, times: LocalTime) -> Cell:
    if one.until is None:
        return Cell(note if note == "Before activation" else "No date")
    if one.until <= times.now:
        late = -times.days_until(one.until)
        return Cell(tag=Tag(f"{counted(late, 'day')} late" if late else "Late since today", "stop", "warn"))
    return Cell(times.deadline(one.until).removesuffix(", midnight"))


NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def lead_of(found: Sequence[Row], total: int) -> str:
    """The first sentence: how much waits, and what of it is late or due today."""
    if total == 0:
        return "Nothing waits for you."
    count = NUMBERS[total] if total < len(NUMBERS) else str(total)
    words = f"{count} {'act waits' if total == 1 else 'acts wait'} for you."
    late = sum(1 for one in found if one.tag.tone == "stop")
    today = sum(1 for one in found if one.tag.word == "Today")
    parts = [_part(late, "late"), _part(today, "due today")]
    told = "; ".join(part for part in parts if part)
    return f"{words} {told[:1].upper()}{told[1:]}." if told else words


def _part(count: int, words: str) -> str:
    if count == 0:
        return ""
    number = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return f"{lowered(number)} {'is' if count == 1 else 'are'} {words}"
