"""The pages on which somebody acts: each asks what its decision asks, and nothing is on record before it is sent.

Life of an act: (1) the page is opened, with a draft if there is one; (2) it is sent; (3) the rules decide. What they
refuse comes back with every character that was typed. What they allow is recorded at once or, where it is signed, kept
for ten minutes, read back, and recorded when the person confirms it (:mod:`covertops.web.pages.signing`). (4) The
operation's page says which entry it became and whose turn it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from covertops.actions import drafts, operations, signing
from covertops.actions.operations import NotFound, Stale
from covertops.actions.repetition import already_done
from covertops.actions.viewing import viewed
from covertops.domain.decisions import DECISIONS
from covertops.domain.decisions.activation import lapse_at
from covertops.domain.declaration import kind_of
from covertops.domain.refusals import Missing, NotYours, Refusal
from covertops.web.acts.desk import Desk, desk_at
from covertops.web.acts.register import sheet_of
from covertops.web.acts.sheets import Sheet
from covertops.web.house import house
from covertops.web.identity import current_person
from covertops.web.installed import installed
from covertops.web.pages.drawing import ACTING, Drawing, draw, place_on, query_of, typed_of
from covertops.web.security import audience

MANY = 50
"""Past so many entries a page was open for so long that they are not told one by one."""

pages = Blueprint("acting", __name__)


@pages.get("/operations/<operation_id>/<name>")
@audience(*ACTING)
def open_act(operation_id: str, name: str) -> Response:
    """The page of an act, with the person's draft if they kept one."""
    sheet, now, person = sheet_of(name), installed().clock(), current_person().id
    settle(operation_id, person, now)
    viewed(house(), operation_id, person, now)
    with house().store.read() as unit:
        desk = desk_at(house(), unit, operation_id, person, now, query_of(sheet))
        obstacles = obstacles_to(sheet, desk)
        if sheet.whole_query(desk) != desk.query:
            return redirect(place_on(sheet, replace(desk, query=sheet.whole_query(desk))).action, 303)
        draft = drafts.find(unit, person, sheet.draft_kind(desk.query), operation_id)
        typed = draft.values if draft else sheet.opened(desk)
        kept = desk.times.clock(draft.kept_at) if draft else ""
        drawing = Drawing(typed, obstacles=obstacles, draft_kept=kept, status=409 if obstacles else 200)
        return draw(sheet, desk, place_on(sheet, desk), drawing)


@pages.post("/operations/<operation_id>/<name>")
@audience(*ACTING)
def do_act(operation_id: str, name: str) -> Response:
    """Do it, or come back with everything as it was typed."""
    sheet, now, person = sheet_of(name), installed().clock(), current_person().id
    typed, query, seen = typed_of(request.form), query_of(sheet), seen_of(request.form)
    try:
        with house().store.read() as unit:
            desk = desk_at(house(), unit, operation_id, person, now, query)
            decision, given = sheet.given(desk, typed)
            before = already_done(unit, desk.it, DECISIONS[decision].asks, given, seen)
            if before is not None:
                return to_operation(operation_id, before.number)
            obstacles_to(sheet, desk)
        if DECISIONS[decision].signed:
            intent = signing.prepare(house(), decision, operation_id, person, given, now, seen=seen)
            # What was typed is in the intent too, so that a draft too small for it need not keep it from being signed.
            with suppress(drafts.DraftTooLong):
                drafts.keep(house(), person, sheet.draft_kind(query), operation_id, typed, now)
            return redirect(f"/operations/{operation_id}/sign/{intent.id}", 303)
        kind = sheet.draft_kind(query)
        outcome = operations.act(house(), decision, operation_id, person, given, now, seen=seen, draft=kind)
    except Refusal as refusal:
        return again(sheet, operation_id, query, Drawing(typed, refusal.missing, status=422))
    except Stale as stale:
        return again(sheet, operation_id, query, Drawing(typed, status=409), stale.seen)
    return to_operation(operation_id, outcome.number)


def to_operation(operation_id: str, number: int) -> Response:
    """Lead on to the operation, which says what became of the act."""
    return redirect(f"/operations/{operation_id}?entry={number}", 303)


def seen_of(form: Mapping[str, str]) -> int:
    """The last entry the person saw; a page that does not say so is as stale as one can be."""
    text = form.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def settle(operation_id: str, person: str, now: datetime) -> None:
    """Record what has lapsed on an operation the person may see, before its page is drawn."""
    with house().store.read() as unit:
        lapsed = lapse_at(desk_at(house(), unit, operation_id, person, now, {}).operation, now)
    if lapsed:
        operations.record_lapse(house(), operation_id, now)


def obstacles_to(sheet: Sheet, desk: Desk) -> tuple[Missing, ...]:
    """What stands in the way of an act now. Raises NotFound for an act in which the person has no part at all."""
    it = desk.it
    try:
        sheet.decision.decide(it.operation, it.actor, it.facts, None)
    except NotYours as refusal:
        raise NotFound(it.operation.id) from refusal
    except Refusal as refusal:
        return refusal.missing
    return ()


def again(
    sheet: Sheet, operation_id: str, query: Mapping[str, str], drawing: Drawing, seen: int | None = None
) -> Response:
    """The page once more, on the record as it stands now, with what was typed and why it was not done."""
    now, person = installed().clock(), current_person().id
    with house().store.read() as unit:
        desk = desk_at(house(), unit, operation_id, person, now, query)
        obstacles = obstacles_to(sheet, desk)
        if obstacles:
            drawing = replace(drawing, problems=(), obstacles=obstacles, status=409)
        elif seen is not None:
            drawing = replace(drawing, stale=what_changed(desk, seen))
        return draw(sheet, desk, place_on(sheet, desk), drawing)


def what_changed(desk: Desk, seen: int) -> str:
    """What was added to the record since the person opened the page."""
    kept, last = "What you typed is below, as it was.", desk.operation.last_number
    if not 0 <= seen < last or last - seen > MANY:
        return f"It was opened from another state of the record. {kept}"
    added = [it for it in desk.read(range(seen + 1, last + 1)).values() if it.entry.by]
    told = [f"entry {it.number}, {kind_of(it.entry).title}, by {desk.name(it.entry.by)}" for it in added]
    return f"Added while you were writing: {'; '.join(told)}. {kept}"
