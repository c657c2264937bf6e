"""The page of one entry: every field, counsel's advice apart, its corrections, captures, and what proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint
from werkzeug.wrappers import Response

from covertops.actions.folding import entries
from covertops.actions.operations import NotFound, Scene
from covertops.actions.receipts import newest_receipt
from covertops.actions.signed_by import bracket_of
from covertops.domain.authority import authority_during
from covertops.domain.decisions.activity import CORRECTABLE
from covertops.domain.declaration import Recorded, kind_of
from covertops.domain.entries.activity import ActivityLogged, EvidencePreserved
from covertops.domain.membership import may_see_advice
from covertops.domain.vocabulary import Office
from covertops.web.acts.writings import shown_writings
from covertops.web.page import Act, Answer, Capture, Crumb, Page
from covertops.web.pages.asking import ALSO_WITH_A_REASON, brought_up_to_date, list_crumb, looking, read_scene, times_of
from covertops.web.plain_words import fingerprint, numbers_named
from covertops.web.presenting.answers import two_answers
from covertops.web.presenting.fields import advice_of, fields_of, grouped
from covertops.web.presenting.reading import Reading
from covertops.web.presenting.sayings import file_kind, file_size, saying
from covertops.web.presenting.timeline import by_line, questions_of, tags, wanted_beside
from covertops.web.security import audience
from covertops.web.show import show

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import ReadUnit

_MONITORED: Final = frozenset({"activity.logged", "activity.none", "account.added", "material.held", "reading.opened"})

pages = Blueprint("entries", __name__)


@pages.get("/operations/<operation_id>/entries/<int:number>")
@audience(*ALSO_WITH_A_REASON)
def entry(operation_id: str, number: int) -> Response:
    """One entry with everything that it says."""
    at = looking()
    brought_up_to_date(at, operation_id, f"entry {number}")
    with at.house.store.read() as unit:
        it = read_scene(at, unit, operation_id)
        sees_advice = may_see_advice(it.operation, at.person, it.actor.offices)
        found = entries(unit, operation_id, (number,), counsel=sees_advice).get(number)
        if found is None:
            raise NotFound(operation_id)
        reading = _reading(unit, it, found)
        advice = advice_of(found)
        writings = shown_writings(unit, operation_id, advice.writings if advice else ())
        receipt = newest_receipt(unit)
        bracket = bracket_of(unit, it.department, found)
    said = saying(found, reading)
    times = reading.times
    return show(
        "reading/entry.html",
        _page(found, it, reading, said.title),
        entry=found,
        by=by_line(found, reading),
        recorded_on=times.full_day(found.at),
        recorded_at=times.stamp(found.at).rpartition(", ")[2],
        recorded_iso=times.iso(found.at),
        rules=kind_of(found.entry).rules,
        tags=tags(found, reading),
        fields=fields_of(found, reading),
        advice=advice,
        writings=writings,
        asked=questions_of(found, reading),
        corrections=_corrections(found, reading),
        captures=_captures(found, reading),
        answers=_was_authorized(found, it, reading),
        acts=_acts(found, it, reading),
        fingerprint=grouped(found.hash),
        receipt=receipt,
        bracket=bracket,
        not_after=times.stamp(bracket.not_after) if bracket and bracket.not_after else "",
        receipt_root=grouped(receipt.root) if receipt else "",
        previous_href=reading.entry_href(number - 1) if number > 1 else "",
        next_href=reading.entry_href(number + 1) if number < it.operation.last_number else "",
    )


def _reading(unit: ReadUnit, it: Scene, found: Recorded) -> Reading:
    """The entry with those that its words and fields refer to."""
    times = times_of(it.department, it.facts.now)
    alone = Reading(it.operation, it.department, times, {found.number: found})
    wanted = wanted_beside([found], alone) | numbers_named(found.entry)
    wanted |= {one.entry for one in it.operation.corrections if one.about == found.number}
    beside = entries(unit, it.operation.id, wanted - {found.number})
    return Reading(it.operation, it.department, times, {**beside, found.number: found})


def _page(found: Recorded, it: Scene, reading: Reading, title: str) -> Page:
    operation = it.operation
    here = reading.entry_href(found.number).rsplit("/", 2)[0]
    crumbs = (
        Crumb("My work", "/"),
        list_crumb(it),
        Crumb(operation.reference, here),
        Crumb(f"Entry {found.number}"),
    )
    printed = f"Printed by {reading.name(it.actor.person)} on {reading.times.stamp(reading.times.now)}."
    return Page(title, "Operations", crumbs, f"{operation.reference} · Entry {found.number}", printed=printed)


def _corrections(found: Recorded, reading: Reading) -> list[tuple[Recorded, str, str]]:
    """The corrections of an entry, the first one first: the entry, what it says, and its address."""
    numbers = [one.entry for one in reading.operation.corrections if one.about == found.number]
    known = [reading.beside[number] for number in numbers if number in reading.beside]
    return [(one, saying(one, reading).lines[0], reading.entry_href(one.number)) for one in known]


def _captures(found: Recorded, reading: Reading) -> list[tuple[Capture, str]]:
    """The captures that an entry holds or refers to, each with the address it is downloaded from."""
    numbers = [ref.number for ref in getattr(found.entry, "captures", ())]
    kept = [found] if isinstance(found.entry, EvidencePreserved) else [reading.beside.get(one) for one in numbers]
    return [
        (
            Capture(
                f"{one.entry.reference}, {one.entry.name}",
                size=f"{file_size(one.entry.size)}, {file_kind(one.entry.media_type)}",
                fingerprint=fingerprint(one.entry.sha256),
            ),
            f"/operations/{reading.operation.id}/captures/{one.number}",
        )
        for one in kept
        if one is not None and isinstance(one.entry, EvidencePreserved)
    ]


def _was_authorized(found: Recorded, it: Scene, reading: Reading) -> tuple[Answer, Answer] | None:
    """For an activity, the two answers of the worst minute of the sitting."""
    entry = found.entry
    if not isinstance(entry, ActivityLogged):
        return None
    answered = authority_during(it.operation, entry.started_at, entry.ended_at, it.facts.rules, entry.keyboard)
    return two_answers(answered, reading)


def _acts(found: Recorded, it: Scene, reading: Reading) -> list[Act]:
    """What can be done about this entry: mark it reviewed, ask about it, answer, correct."""
    kind, operation, actor = kind_of(found.entry).name, it.operation, it.actor
    made = []
    monitors = actor.person == operation.supervisor and Office.SUPERVISOR in actor.offices
    if monitors and kind in _MONITORED:
        if found.number not in operation.reviewed:
            made.append(("review-entry", "Mark as reviewed"))
        made.append(("question-entry", "Ask about it"))
    open_questions = {one.ref.number for one in operation.questions if one.answered is None and one.to == actor.person}
    if found.number in open_questions:
        made.append(("answer-question", "Answer the question"))
    if found.entry.by == actor.person and kind in CORRECTABLE:
        made.append(("correct-entry", "Correct a clerical mistake"))
    return [Act(name, label, f"{reading.act_href(name)}?entry={found.number}") for name, label in made]
