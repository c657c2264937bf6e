"""An operation's page: whose turn, the stages, whether it was authorized, what can be done, and the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from covertops.actions.folding import entries
from covertops.actions.operations import Scene
from covertops.actions.receipts import newest_receipt
from covertops.domain.authority import authority
from covertops.domain.declaration import Recorded
from covertops.domain.membership import may_see_advice
from covertops.domain.turns import tasks
from covertops.domain.vocabulary import Office, Stage
from covertops.web.page import Crumb, Page, Turn
from covertops.web.pages.asking import (
    ALSO_WITH_A_REASON,
    brought_up_to_date,
    list_crumb,
    looking,
    number_in,
    page_asked,
    read_scene,
    times_of,
)
from covertops.web.presenting.acts import acts, capacity, waiting_of
from covertops.web.presenting.answers import two_answers
from covertops.web.presenting.fields import grouped
from covertops.web.presenting.packages import packages_of
from covertops.web.presenting.paging import Paging
from covertops.web.presenting.reading import Reading
from covertops.web.presenting.stages import TAGS, in_force, scope_numbers, stages
from covertops.web.presenting.timeline import months, wanted_beside
from covertops.web.presenting.turns import Waiting, href_of, turning
from covertops.web.security import audience
from covertops.web.show import show
from covertops.web.waiting import put_on_record

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import ReadUnit

A_PAGE: Final = 50
_NEVER: Final = datetime.max.replace(tzinfo=UTC)

pages = Blueprint("operation", __name__)


@pages.get("/operations/<operation_id>")
@audience(*ALSO_WITH_A_REASON)
def operation(operation_id: str) -> Response:
    """Whose turn, the stages, whether it was authorized, what can be done, what is in force, and the record."""
    at, number = looking(), page_asked()
    brought_up_to_date(
        at, operation_id, f"the operation’s page, part {number}" if number > 1 else "the operation’s page"
    )
    with at.house.store.read() as unit:
        it = read_scene(at, unit, operation_id)
        paging = Paging(number, A_PAGE, it.operation.last_number, f"/operations/{operation_id}?")
        found, reading = _read(unit, it, paging)
        receipt = newest_receipt(unit)
    if not found or receipt is None:
        abort(404)
    asked = minute_asked(it)
    minute = asked or at.now
    waiting = waiting_of(tasks(it.operation, it.facts.rules, it.department.zone), reading, it.actor)
    mine = sorted((one for one in waiting if one.mine), key=lambda one: one.until or _NEVER)
    heading, facts = in_force(reading)
    printed = f"Entries {found[-1].number} to {found[0].number}. Record receipt {grouped(receipt.root)[:14]}."
    return show(
        "reading/operation.html",
        _page(reading, it, waiting, mine, printed),
        notice=_notice(it),
        steps=stages(reading),
        here=f"/operations/{operation_id}",
        minute=reading.times.minute(minute),
        typed_minute=reading.times.typed(minute),
        asked_minute=asked is not None,
        answers=two_answers(authority(it.operation, minute, it.facts.rules), reading),
        acts=acts(reading, it.actor, it.facts, mine),
        capacity=capacity(it.operation, it.actor),
        in_force=(heading, facts),
        months=months(found, reading),
        total=it.operation.last_number,
        paging=paging,
        packages=packages_of(it.operation) if may_see_advice(it.operation, at.person, it.actor.offices) else None,
        viewers_href=f"/operations/{operation_id}/viewers" if may_see_viewers(it) else "",
    )


def may_see_viewers(it: Scene) -> bool:
    """Whether the reader may see who looked: the assigned supervisor and the Chief."""
    offices = it.actor.offices
    return Office.CHIEF in offices or (Office.SUPERVISOR in offices and it.actor.person == it.operation.supervisor)


def _read(unit: ReadUnit, it: Scene, paging: Paging) -> tuple[list[Recorded], Reading]:
    """The entries of a page of the record, the newest first, and what their words need beside them."""
    shown = entries(unit, it.operation.id, paging.numbers)
    found = [shown[number] for number in sorted(shown, reverse=True)]
    reading = Reading(it.operation, it.department, times_of(it.department, it.facts.now), shown)
    wanted = (wanted_beside(found, reading) | scope_numbers(it.operation)) - shown.keys()
    beside = shown | entries(unit, it.operation.id, wanted)
    return found, Reading(it.operation, it.department, reading.times, beside)


def _page(reading: Reading, it: Scene, waiting: Sequence[Waiting], mine: Sequence[Waiting], printed: str) -> Page:
    operation, times = it.operation, reading.times
    who = reading.name(it.actor.person)
    case = f"Case {operation.case_number}" if operation.case_number else "Case not assigned yet"
    return Page(
        operation.reference,
        "Operations",
        (Crumb("My work", "/"), list_crumb(it), Crumb(operation.reference)),
        case,
        operation.matter,
        TAGS[operation.stage],
        _turn(reading, it, waiting, mine),
        f"Printed by {who} on {times.stamp(times.now)}. {printed}",
    )


def _turn(reading: Reading, it: Scene, waiting: Sequence[Waiting], mine: Sequence[Waiting]) -> Turn | None:
    rules = it.facts.rules
    if mine:
        first = mine[0]
        told = turning(first, reading.times, rules)
        lead = f"Your turn, {reading.name(it.actor.person)}."
        return Turn(lead, told.sentence, True, told.button, href_of(first))
    if not waiting:
        return None
    first = min(waiting, key=lambda one: one.until or _NEVER)
    until = " Do not use the profile until then." if it.operation.stage is Stage.SUSPENDED else ""
    return Turn(f"Now waiting for {first.who}:", f"{turning(first, reading.times, rules).short}.{until}")


def _notice(it: Scene) -> str:
    """After an act: which entry it became and whose turn it is now."""
    number = number_in("entry")
    return (put_on_record(it, number) or "") if number else ""


def minute_asked(it: Scene) -> datetime | None:
    """The minute the reader asks about, local unless it names a zone; None where none is asked, or it is none."""
    try:
        found = datetime.fromisoformat(request.args.get("at", "").strip())
    except ValueError:
        return None
    # Moments at the ends of the calendar have no neighbors to compare with, and no operation.
    if not 2000 <= found.year <= 2200:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=it.department.zone)).astimezone(UTC)
