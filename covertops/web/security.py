"""Who may ask for what: denied unless a route says otherwise.

Every request passes the gate, in this order: the address it was sent to, who is asking, whether this route is for them,
and only then the method, the size, the origin, the form token and the content. A person to whom a route is closed gets
the same bytes as for a path that does not exist, and someone who is not signed in is led to sign-in from every path.
Whether a person may see one *operation* is not decided here but in the queries and actions, which know operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar
from urllib.parse import quote

from flask import Flask, abort, current_app, redirect, request
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as AnyResponse
from wtforms import ValidationError

from covertops.web.entry_pages import AGAIN, ENDED, accepted_at, again_page, sign_in_page, too_late
from covertops.web.errors import json_error, refuse, wants_json
from covertops.web.identity import identity
from covertops.web.installed import installed
from covertops.web.settings import WebSettings

ANYONE: Final = "anyone"
PASSWORD_GIVEN: Final = "password given"
"""Someone whose password was right and whose second factor is still to come: only the pages that ask for it."""
SIGNED_IN: Final = "signed in"

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM_TYPES: Final = frozenset({"", "application/x-www-form-urlencoded", "application/json"})
_ADDRESSES_OF_THIS_MACHINE: Final = ("127.0.0.1", "[::1]")

P = ParamSpec("P")
R = TypeVar("R")


class UndeclaredRoute(Exception):
    """A route that names no audience, or ends in a slash; the application does not start with one."""


def audience(*who: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare for whom a view is: ``ANYONE``, ``PASSWORD_GIVEN``, ``SIGNED_IN``, or the names of offices."""
    if not who:
        raise UndeclaredRoute("an audience names at least one group")

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        view.__dict__["audience"] = frozenset(who)
        return view

    return declare


def receives_stream(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that a view reads a raw body as it arrives, of a length it limits itself; the gate reads none of it."""
    view.__dict__["receives_stream"] = True
    return view


def step_up(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that a view is for whoever proved who they are within ten minutes: signed acts, exports, keys, accounts.

    Whoever did so longer ago is asked for password and code first. A form they sent is carried along and comes back.
    """
    view.__dict__["step_up"] = True
    return view


def prove_first(*, holds: bool = True) -> None:
    """The same inside a view, before a password signs something: a passkey that signs proves by itself who it is.

    What was typed is carried along, or, where it is kept already, one comes back to the same page.
    """
    if identity().must_step_up():
        held = too_late() if holds else ""
        abort(again_page(AGAIN, held=held, next_path="/" if holds else request.path))


def check_routes(app: Flask) -> None:
    """Refuse to start with a route that names no audience, or one whose address would be answered by a redirect."""
    for rule in app.url_map.iter_rules():
        if _audience_of(app, rule.endpoint) is None:
            raise UndeclaredRoute(f"{rule.rule} ({rule.endpoint}) names no audience")
        if rule.rule.endswith("/") and rule.rule != "/":
            raise UndeclaredRoute(f"{rule.rule} ends in a slash: an address has one form")


def _audience_of(app: Flask, endpoint: str) -> frozenset[str] | None:
    found = getattr(app.view_functions.get(endpoint), "audience", None)
    return found if isinstance(found, frozenset) else None


def guard(app: Flask, settings: WebSettings) -> None:
    """Put the gate before every request of the application."""

    @app.before_request
    def gate() -> AnyResponse | None:
        request.max_content_length = settings.form_bytes
        endpoints = _endpoints()
        elsewhere = None if endpoints == ["entry.health"] else _sent_elsewhere(settings)
        if elsewhere is not None:
            return elsewhere
        refused = _permission(endpoints)
        if refused is not None:
            return refused
        if request.routing_exception is not None:
            raise request.routing_exception
        if request.method not in _SAFE:
            _check_body()
            _check_origin(settings)
            _check_token()
        return _proved_again()


def _endpoints() -> list[str]:
    """The endpoints of this path under any method: permission is decided before the method."""
    if request.endpoint is not None:
        return [request.endpoint]
    if not isinstance(request.routing_exception, MethodNotAllowed):
        return []
    adapter = current_app.create_url_adapter(request)
    methods = request.routing_exception.valid_methods or ()
    return [] if adapter is None else [adapter.match(method=method)[0] for method in methods]


def _sent_elsewhere(settings: WebSettings) -> AnyResponse | None:
    """A redirect for whoever came by this machine's address; any other host but ours is refused."""
    host = request.headers.get("Host", "")
    if host == settings.host:
        return None
    if host.rpartition(":")[0] not in _ADDRESSES_OF_THIS_MACHINE and host not in _ADDRESSES_OF_THIS_MACHINE:
        refuse(400, f"This installation answers to {settings.origin} only.")
    return redirect(settings.origin + iri_to_uri(request.full_path).rstrip("?"), 308)


def _permission(endpoints: list[str]) -> AnyResponse | None:
    """None when one of the endpoints is for whoever asks; otherwise where to go instead, or 404."""
    groups = [_audience_of(current_app, endpoint) or frozenset() for endpoint in endpoints]
    if any(ANYONE in group for group in groups):
        return None
    who = identity().current()
    if who is None:
        return to_sign_in()
    if not who.complete:
        if any(PASSWORD_GIVEN in group for group in groups):
            return None
        return redirect(identity().next_step(), 303)
    mine = who.person.offices | {SIGNED_IN, PASSWORD_GIVEN}
    if not any(group & mine for group in groups):
        abort(404)
    return None


def to_sign_in() -> AnyResponse:
    """Lead someone who is not signed in to sign-in, and afterwards back; a program is told so instead."""
    if wants_json():
        return json_error(401, "You are not signed in", "Sign in, then send it again. Nothing was done.")
    held = too_late() if request.method == "POST" and _is_own_origin(installed().settings) else ""
    if held and accepted_at():
        return sign_in_page("", ENDED, held=held)
    back = f"?next={quote(request.path, safe='/')}" if request.method == "GET" and request.path != "/" else ""
    return redirect(f"/sign-in{back}", 303)


def _check_body() -> None:
    view = current_app.view_functions[request.endpoint or ""]
    if getattr(view, "receives_stream", False):
        request.max_content_length = None  # which Flask reads as its own setting; that is left unset
        return
    # Never multipart: its parser would put what was typed or sent in clear into a temporary file.
    if request.mimetype not in _FORM_TYPES:
        abort(415)


def _check_origin(settings: WebSettings) -> None:
    """Refuse what another site made the browser send (OWASP ASVS 5.0, 3.5).

    A form of a page with ``Referrer-Policy: no-referrer`` is sent with the origin ``null`` (Fetch, 3.2), so that the
    origin is asked for only where the browser does not say itself that the request came from the same one.
    """
    if not _is_own_origin(settings):
        refuse(400, "This was not sent from a page of this system, so nothing was done.")


def _is_own_origin(settings: WebSettings) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own_origin = origin == settings.origin
    return own_origin if site is None else site == "same-origin" and (own_origin or origin in (None, "null"))


def _check_token() -> None:
    token = request.headers.get("X-CSRFToken")
    if token is None and request.mimetype == "application/x-www-form-urlencoded":
        token = request.form.get("csrf_token")
    try:
        validate_csrf(token)
    except ValidationError:
        refuse(
            400,
            "The page was opened before you signed in, or in another window that has since signed out. "
            "Nothing was done.",
            gives_back=True,
        )


def _proved_again() -> AnyResponse | None:
    """None, or the page that asks for password and code once more, where a view asks for both within ten minutes."""
    if not getattr(current_app.view_functions[request.endpoint or ""], "step_up", False):
        return None
    if not identity().must_step_up():
        return None
    if wants_json():
        return json_error(401, "Prove once more who you are", "Nothing was done.")
    if request.method in _SAFE:
        return redirect(f"/again?next={quote(request.full_path.rstrip('?'), safe='/')}", 303)
    return again_page(AGAIN, held=too_late(), next_path="/")
