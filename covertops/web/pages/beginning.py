"""The pages that begin an operation: asking for a profile, and declaring one that is older than this system."""

from __future__ import annotations

import secrets
from typing import Final

from flask import Blueprint, current_app, redirect, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from covertops.actions import drafts
from covertops.actions.operations import AlreadyBegun, begin
from covertops.domain.decisions import DECISIONS
from covertops.domain.entries.request import ProfileDeclared, RequestSubmitted
from covertops.domain.refusals import Refusal
from covertops.web.acts.desk import Desk, empty_desk
from covertops.web.acts.request import DECLARE, DeclareSheet, RequestSheet
from covertops.web.acts.sheets import Sheet
from covertops.web.errors import refuse
from covertops.web.house import house
from covertops.web.identity import current_person
from covertops.web.installed import installed
from covertops.web.page import Crumb
from covertops.web.pages.acting import obstacles_to, to_operation
from covertops.web.pages.drawing import Drawing, Place, draw, typed_of
from covertops.web.security import audience

BEGINNINGS: Final[dict[str, tuple[Sheet, type[RequestSubmitted] | type[ProfileDeclared]]]] = {
    "new": (RequestSheet(DECISIONS["submit-request"]), RequestSubmitted),
    "declare": (DeclareSheet(DECLARE), ProfileDeclared),
}


pages = Blueprint("beginning", __name__)


# Two whole addresses and no pattern: among patterns the first one registered wins, and an operation's page is one too.
@pages.route("/operations/new", methods=["GET", "POST"], defaults={"how": "new"})
@pages.route("/operations/declare", methods=["GET", "POST"], defaults={"how": "declare"})
@audience("investigator")
def begin_operation(how: str) -> Response:
    """Ask for a profile, or declare one; a form that is sent twice begins one operation."""
    sheet, kind = BEGINNINGS[how]
    now, person = installed().clock(), current_person().id
    if request.method != "POST":
        return _page(sheet, how)
    typed, operation_id = typed_of(request.form), _drawn_for(person)
    with house().store.read() as unit:
        given = sheet.given(empty_desk(house(), unit, person, now), typed)[1]
    try:
        draft = sheet.draft_kind({})
        outcome = begin(house(), kind, person, given, now, operation_id=operation_id, draft=draft)
    except Refusal as refusal:
        return _page(sheet, how, Drawing(typed, refusal.missing, status=422))
    except AlreadyBegun as before:
        return redirect(f"/operations/{before.operation.id}?entry=1", 303)
    return to_operation(outcome.operation.id, outcome.number)


def _page(sheet: Sheet, how: str, drawing: Drawing | None = None) -> Response:
    now, person = installed().clock(), current_person().id
    with house().store.read() as unit:
        desk = empty_desk(house(), unit, person, now)
        obstacles_to(sheet, desk)
        if drawing is None:
            draft = drafts.find(unit, person, sheet.draft_kind({}), "")
            typed = draft.values if draft else sheet.opened(desk)
            drawing = Drawing(typed, draft_kept=desk.times.clock(draft.kept_at) if draft else "")
        return draw(sheet, desk, _place(sheet, how, desk), drawing)


def _place(sheet: Sheet, how: str, desk: Desk) -> Place:
    begun = request.form.get("begun") or _drawing().dumps([desk.me, secrets.token_hex(16)])
    crumbs = (Crumb("My work", "/"), Crumb(sheet.crumb(desk)))
    return Place(f"/operations/{how}", f"/drafts/{sheet.decision.name}", {"begun": begun}, crumbs)


def _drawing() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="begun operation")


def _drawn_for(person: str) -> str:
    """The id that was drawn for this person when the form was opened."""
    try:
        whose, operation_id = _drawing().loads(request.form.get("begun", ""))
    except (BadSignature, ValueError, TypeError):
        whose, operation_id = "", ""
    if whose != person or not isinstance(operation_id, str):
        refuse(400, "This form was opened for somebody else, or changed on its way. Open it again from My work.")
    return operation_id
