"""The pages before sign-in, and the way out. Nothing on them says what is kept here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from covertops.web.entry_pages import (
    LOCKED,
    WRONG,
    accepted_at,
    code_form,
    inside,
    page,
    sign_in_page,
    to_notice,
    wanted,
)
from covertops.web.held_forms import HELD
from covertops.web.identity import Outcome, identity
from covertops.web.installed import installed
from covertops.web.joining import join_form, read_join
from covertops.web.security import ANYONE, SIGNED_IN, audience, to_sign_in
from covertops.web.services import SetUpRefused
from covertops.web.setting_up import first_people, set_up_form

WRONG_INVITATION: Final = "Name and code do not fit together, or the code has run out."
WRONG_TOKEN: Final = "This token is not right, or it was used already."
WAIT: Final = "Too many wrong tokens from this computer. Wait 15 minutes."
_MUST_SAY: Final = {
    "whose system it is": ("system of the", "authorized users only"),
    "that use is monitored, recorded and audited": ("monitored", "recorded", "audited"),
    "that unauthorized use is prohibited": ("prohibited", "criminal", "civil penalties"),
    "that use is consent": ("consent to monitoring and recording",),
}
_DURING_SET_UP: Final = frozenset({"entry.health", "entry.system_use", "entry.set_up", "open_file"})

pages = Blueprint("entry", __name__)


def statements(department: str) -> list[str]:
    """The four statements of the system-use notice (CJIS Security Policy 6.0, AC-8), none of which may be left out."""
    return checked(
        [
            f"This is a system of the {department or 'department'}, for authorized users only.",
            "What you do here is monitored, recorded and audited.",
            "Unauthorized use is prohibited and may bring criminal and civil penalties.",
            "By using it you consent to monitoring and recording.",
        ]
    )


def checked(notice: Sequence[str]) -> list[str]:
    """A notice that makes all four statements. Raises ValueError, naming the one that is missing."""
    words = " ".join(notice).casefold()
    missing = [name for name, said in _MUST_SAY.items() if not all(one in words for one in said)]
    if missing:
        raise ValueError(f"the system-use notice does not say {', '.join(missing)} (AC-8)")
    return list(notice)


@pages.before_app_request
def set_up_first() -> AnyResponse | None:
    """Until the first two people exist, every page is the set-up."""
    if request.endpoint in _DURING_SET_UP or not installed().needs_set_up():
        return None
    return redirect(url_for("entry.set_up"), 303)


@pages.route("/system-use", methods=["GET", "POST"])
@audience(ANYONE)
def system_use() -> AnyResponse:
    """The notice, accepted once in each browser session."""
    if request.method == "POST":
        session["notice"] = int(installed().clock().timestamp())
        return redirect(wanted() or url_for("entry.sign_in"), 303)
    words = statements(installed().services.department_name())
    return Response(render_template("entry/system_use.html", statements=words, next=wanted()), mimetype="text/html")


@pages.route("/sign-in", methods=["GET", "POST"])
@audience(ANYONE)
def sign_in() -> AnyResponse:
    """Name, password and code."""
    who = identity().current()
    if who is not None and who.complete:
        return redirect(wanted() or "/", 303)
    if not accepted_at():
        return to_notice()
    if request.method != "POST":
        note = "Your password is set. Sign in with it." if session.pop("joined", False) else ""
        return sign_in_page("", "", note)
    name = request.form.get("name", "")
    outcome = identity().sign_in(name, request.form.get("password", ""), request.form.get("code", ""))
    if outcome is Outcome.SIGNED_IN:
        return inside()
    if outcome is Outcome.PASSWORD_GIVEN:
        # A form that came too late waits for the code too; otherwise the gate leads on to it from wherever this goes.
        return page("second_factor.html", code_form()) if request.form.get(HELD) else redirect(wanted() or "/", 303)
    return sign_in_page(name, LOCKED if outcome is Outcome.LOCKED else WRONG)


@pages.post("/sign-out")
@audience(SIGNED_IN)
def sign_out() -> AnyResponse:
    """End the session."""
    identity().sign_out()
    return redirect(url_for("entry.sign_in"), 303)


@pages.route("/join", methods=["GET", "POST"])
@audience(ANYONE)
def join() -> AnyResponse:
    """Choose a password with the one-time code the administrator handed over."""
    if not accepted_at():
        return to_notice()
    if request.method != "POST":
        return page("join.html", join_form({}, {}))
    answers, errors = read_join(request.form, installed().services.department_name())
    if errors:
        return page("join.html", join_form(answers, errors), 422)
    outcome = identity().join(answers["name"], answers["code"], answers["password"])
    if outcome is Outcome.SIGNED_IN:
        session["joined"] = True
        return redirect(url_for("entry.sign_in"), 303)
    if outcome is Outcome.LOCKED:
        return page("join.html", join_form(answers, {"": LOCKED}), 429)
    return page("join.html", join_form(answers, {"": WRONG_INVITATION}), 422)


@pages.route("/set-up", methods=["GET", "POST"])
@audience(ANYONE)
def set_up() -> AnyResponse:
    """The department's name, its Chief and its administrator; open only while there is nobody yet."""
    if not installed().needs_set_up():
        return to_sign_in()
    if not accepted_at():
        return to_notice()
    if request.method != "POST":
        return page("set_up.html", set_up_form({}, {}))
    errors = _set_up(request.form)
    if errors:
        return page("set_up.html", set_up_form(request.form, errors), 422)
    return redirect(url_for("entry.sign_in"), 303)


def _set_up(sent: Mapping[str, str]) -> dict[str, str]:
    token = sent.get("token", "").strip()
    if token:
        if not identity().may_try_here():
            return {"token": WAIT}
        if not installed().services.set_up.fits(token):
            return {"token": WRONG_TOKEN}
        identity().succeeded_here()
    people, errors = first_people(sent, identity().passwords)
    if people is None:
        return errors
    try:
        installed().services.set_up.run(token, people, installed().clock())
    except SetUpRefused as refused:
        return {refused.field: refused.message}
    return {}


@pages.get("/healthz")
@audience(ANYONE)
def health() -> AnyResponse:
    """204 while the application answers; no content, and no word about what it is."""
    return Response(status=204)


@pages.get("/paper.css")
@audience(SIGNED_IN)
def paper() -> AnyResponse:
    """The heading of a printed page: margin boxes take their words from a stylesheet only."""
    name = "".join(one for one in installed().services.department_name() if one.isprintable())
    words = name.replace("\\", "\\\\").replace('"', '\\"')
    return Response(f'@page {{ @top-right {{ content: "{words}"; font: 9pt sans-serif; }} }}\n', mimetype="text/css")
