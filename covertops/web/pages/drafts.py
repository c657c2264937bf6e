"""Keeping what is typed: by the page's script while somebody writes, and by its button without any script."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, jsonify, redirect, request
from werkzeug.wrappers import Response

from covertops.actions import drafts
from covertops.actions.drafts import DraftTooLong, DraftUnreadable
from covertops.actions.operations import NotFound
from covertops.web.acts.register import sheet_of
from covertops.web.acts.sheets import Sheet
from covertops.web.errors import refuse, wants_json
from covertops.web.form_building import Typed
from covertops.web.house import house
from covertops.web.identity import current_person
from covertops.web.installed import installed
from covertops.web.pages.beginning import BEGINNINGS
from covertops.web.pages.drawing import ACTING, query_of, typed_of
from covertops.web.presenting.times import LocalTime
from covertops.web.security import audience

pages = Blueprint("drafts", __name__)


@pages.post("/drafts/<kind>", defaults={"operation_id": ""})
@pages.post("/drafts/<kind>/<operation_id>")
@audience(*ACTING)
def keep_draft(kind: str, operation_id: str) -> Response:
    """Keep what is typed, for this person alone; answers when it was kept, or leads back to the page."""
    beginning = None if operation_id else _beginning(kind)
    sheet = beginning[1] if beginning else sheet_of(kind)
    query, now, person = query_of(sheet), installed().clock(), current_person().id
    values = {name: some for name, some in _sent().items() if sheet.asks(name)}
    try:
        drafts.keep(house(), person, sheet.draft_kind(query), operation_id, values, now)
    except DraftTooLong:
        refuse(413, "This is more than a draft holds. Shorten it, or send it now.")
    except DraftUnreadable:
        refuse(400, "This holds a character that is none (half of a pair). Type it anew.")
    if wants_json():
        return jsonify(kept=_clock(now))
    page = f"/operations/{beginning[0]}" if beginning else f"/operations/{operation_id}/{kind}"
    asked = request.query_string.decode()
    return redirect(f"{page}?{asked}" if asked and query else page, 303)


def _clock(now: datetime) -> str:
    """The time of day in the department's zone."""
    with house().store.read() as unit:
        return LocalTime(house().folds.department(unit).zone, now).clock(now)


def _beginning(kind: str) -> tuple[str, Sheet]:
    """The page that begins an operation by this kind of act, and its sheet. Raises NotFound."""
    found = next(((how, sheet) for how, (sheet, _) in BEGINNINGS.items() if sheet.decision.name == kind), None)
    if found is None:
        raise NotFound(kind)
    return found


def _sent() -> Typed:
    """What was sent, as a form or as JSON: an object of texts and lists of texts."""
    if not request.is_json:
        return typed_of(request.form)
    body = request.get_json()
    if not isinstance(body, dict):
        refuse(400, "A draft is an object of answers by their names.")
    found = {str(name): value if isinstance(value, list) else [value] for name, value in body.items()}
    if not all(isinstance(one, str) for some in found.values() for one in some):
        refuse(400, "A draft holds texts and lists of texts.")
    return found
