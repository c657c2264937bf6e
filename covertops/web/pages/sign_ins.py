"""One’s own sign-ins and what one proves oneself with; and, for who is told of it, who came in past theirs."""

from __future__ import annotations

from flask import Blueprint, abort, redirect
from werkzeug.wrappers import Response
from werkzeug.wrappers import Response as AnyResponse

from covertops.actions import recoveries
from covertops.domain.refusals import NotYours
from covertops.web.identity import current_person, identity
from covertops.web.installed import installed
from covertops.web.own_sign_ins import OwnSignIn
from covertops.web.page import Crumb, Page
from covertops.web.pages.asking import looking, times_of
from covertops.web.presenting.times import LocalTime
from covertops.web.second_factor import recovery_page
from covertops.web.security import SIGNED_IN, audience, step_up
from covertops.web.show import show

TITLE = "Your sign-ins"

pages = Blueprint("sign_ins", __name__)


@pages.get("/sign-ins")
@audience(SIGNED_IN)
def sign_ins() -> Response:
    """Where one is signed in now, and what one proves oneself with."""
    at, services = looking(), installed().services
    with at.house.store.read() as unit:
        times = times_of(at.house.folds.department(unit), at.now)
        left = services.second_factors.left(unit, at.person)
    return show(
        "reading/sign_ins.html",
        Page(TITLE, "", (Crumb("My work", "/"), Crumb(TITLE))),
        sessions=[(one, _words(one, times)) for one in identity().own_sessions()],
        left=left,
    )


def _words(one: OwnSignIn, times: LocalTime) -> str:
    where = f", from {one.node}" if one.node else ""
    return f"Since {times.stamp(one.row.created_at)}{where}. Last used {times.stamp(one.row.seen_at)}."


@pages.post("/sign-ins/<handle>/end")
@audience(SIGNED_IN)
def end(handle: str) -> AnyResponse:
    """Sign one of one's other browsers out."""
    if not identity().end_own(handle):
        abort(404)
    return redirect("/sign-ins", 303)


@pages.post("/sign-ins/recovery-codes")
@audience(SIGNED_IN)
@step_up
def recovery_codes() -> AnyResponse:
    """New recovery codes, shown once; the earlier ones are worth nothing."""
    services, now = installed().services, installed().clock()
    with services.store.write() as unit:
        codes = services.second_factors.new_recovery_codes(unit, current_person().id, now)
    return recovery_page(list(codes))


@pages.post("/recoveries/<int:number>/seen")
@audience("supervisor", "auditor")
def seen(number: int) -> AnyResponse:
    """Say that one has read who came in past their second factor."""
    at = looking()
    try:
        recoveries.see(at.house, at.person, number, at.now)
    except NotYours:
        abort(404)
    return redirect("/", 303)
