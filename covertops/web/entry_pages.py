"""How the pages before sign-in are drawn, for those who draw them: entry, second factor and the gate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from flask import Response, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from covertops.web.forms import Form, FormField
from covertops.web.held_forms import HELD, HeldForms
from covertops.web.identity import identity
from covertops.web.installed import installed

LOCKED: Final = "Too many wrong attempts: this account is locked on this computer. Ask the administrator to release it."
WRONG: Final = "Name, password and code do not fit together. Look at all of them."
ENDED: Final = "Your session has ended, so nothing was recorded. Sign in: what you typed comes back."
AGAIN: Final = "Nothing was recorded yet. Prove once more who you are: what you typed comes back."


def accepted_at() -> str:
    """When this browser accepted the notice, as a time of day; empty when it has not."""
    seconds = session.get("notice")
    if not isinstance(seconds, int):
        return ""
    return f"{installed().settings.local(datetime.fromtimestamp(seconds, UTC)):%H:%M}"


def to_notice() -> AnyResponse:
    """Lead to the notice, and from there back to where one is."""
    after = f"{request.path}?next={wanted()}" if wanted() else request.path
    return redirect(url_for("entry.system_use", next=after), 303)


def wanted() -> str:
    """Where to go afterwards: a path of ours, or nothing. Anything that could lead elsewhere is dropped."""
    asked = request.form.get("next") or request.args.get("next") or ""
    ours = asked.startswith("/") and not asked.startswith("//") and "\\" not in asked and asked.isprintable()
    return asked if ours else ""


def page(template: str, form: Form, status: int = 200, **more: Any) -> AnyResponse:
    """A page with a form, and what it carries along: where one wanted to go, and a form that came too late."""
    carried = {"next": wanted(), "held": request.form.get(HELD, "")} | more
    text = render_template(f"entry/{template}", form=form, accepted_at=accepted_at(), **carried)
    return Response(text, status, mimetype="text/html")


def sign_in_page(name: str, error: str, note: str = "", held: str = "") -> AnyResponse:
    """Name, password and code."""
    question = FormField(name="name", widget="line", label="Name", value=name)
    form = Form(title="Sign in", fields=[question], errors=[error] if error else [])
    status = 401 if held else 200 if not error else 429 if error == LOCKED else 422
    by_passkey = "passkey_sign_in.begin" in current_app.view_functions
    carried = held or request.form.get(HELD, "")
    return page("sign_in.html", form, status, note=note, held=carried, by_passkey=by_passkey)


def code_form(
    title: str = "Your code", action: str = "/second-factor", error: str = "", *, digits: bool = True
) -> Form:
    """The question for a one-time code: digits of a phone, or letters and digits of a sheet."""
    question = FormField(
        name="code",
        widget="code" if digits else "line",
        label="Code",
        error=error,
        width="w-date",
        autocomplete="one-time-code",
    )
    return Form(title=title, action=action, submit="Continue", fields=[question])


def again_page(error: str = "", held: str = "", next_path: str = "") -> AnyResponse:
    """Password and code once more, before an act that asks for both within ten minutes."""
    form = Form(title="Is it you?", fields=[], errors=[error] if error else [])
    status = 401 if error == AGAIN else 200 if not error else 429 if error == LOCKED else 422
    carried = {"held": held or request.form.get(HELD, ""), "next": next_path or wanted()}
    return page("again.html", form, status, **carried)


def too_late() -> str:
    """The form of this request, sealed to be carried along; empty where there is none."""
    return HeldForms(installed().services.derive).hold()


def inside() -> AnyResponse:
    """Where somebody goes who has just proved who they are: back to the form that came too late, or on."""
    held = request.form.get(HELD, "")
    found = HeldForms(installed().services.derive).opened(held, session.get("was", "")) if held else None
    if found is None:
        return redirect(wanted() or "/", 303)
    text = render_template("entry/held.html", held=found)
    return Response(text, mimetype="text/html")


def seed(purpose: str) -> bytes:
    """32 bytes nobody can guess, the same for one session until a factor renews it, so that nothing is kept to show.

    Made by the server from the session's digest under the installation's key; the browser has no part in it.
    """
    who = identity().current()
    if who is None:
        raise LookupError("nobody gave a password")
    return installed().services.derive(f"{purpose} {who.id_hmac}")
