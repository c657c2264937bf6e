"""What each request was, for the application log: the events of the CJIS Security Policy 6.0, AU-2, by route.

A line says what was tried and what came of it. It holds no content: a route is a pattern, and the name of an act on
people is written only where there is such an act.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BY_ROUTE: Final[tuple[tuple[str, str, str], ...]] = (
    # the beginning of the route, the method ("" for any), what it is
    ("/people/", "POST", "account or office"),
    ("/settings", "POST", "setting"),
    ("/passkeys", "POST", "credential"),
    ("/second-factor", "POST", "credential"),
    ("/sign-ins", "POST", "credential"),
    ("/sign-in", "POST", "signing in"),
    ("/sign-out", "POST", "signing out"),
    ("/join", "POST", "credential"),
    ("/set-up", "POST", "set-up"),
    ("/again", "POST", "signing in"),
    ("/packages", "POST", "export"),
    ("/packages", "GET", "viewing"),
    ("/checkpoint", "POST", "export"),
    ("/operations/<operation_id>/sign", "POST", "signature"),
    ("/operations/<operation_id>/captures", "GET", "viewing"),
    ("/operations", "POST", "act"),
    ("/operations", "GET", "viewing"),
)


def what_of(route: str | None, method: str) -> str | None:
    """What a request to a route is; None for a page of no such kind, and where there is no route."""
    if route is None:
        return None
    return next((what for begins, by, what in _BY_ROUTE if route.startswith(begins) and by in ("", method)), None)


def result_of(status: int) -> str:
    """What came of it, in a word."""
    if status >= 500:
        return "failed"
    if status in (401, 403, 404):
        return "not permitted"
    return "done" if status < 400 else "refused"


def act_of(route: str | None, names: Mapping[str, object] | None, status: int) -> str | None:
    """The name of an act on people, where there is one: an address that leads nowhere could say anything."""
    named = (names or {}).get("name")
    return str(named) if route == "/people/<name>" and status != 404 and named else None
