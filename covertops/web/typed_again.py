"""What was typed, given back with the error where the database could not take it.

Going back does not bring it back: a browser forgets what stood in a page that it was told not to store. Nothing here
asks the database, which has just failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import request
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

OURS: Final = frozenset({"csrf_token", "seen", "begun", "keep", "next"})
"""What a form sends of its own accord."""
_SECRET: Final = ("password", "again", "code", "token")
"""A name that is one of these, or ends in one, is a secret's: it is never written into a page."""


@dataclass(frozen=True)
class TypedAgain:
    """What was typed, under the names of the questions in words; and the form that sends all of it again, if it may."""

    shown: tuple[tuple[str, str], ...]
    action: str
    """Where it is sent again; empty where a secret would be missing, or where it may have been recorded."""
    sent: tuple[tuple[str, str], ...]


def typed_again(*, may_repeat: bool, ours: bool = False) -> TypedAgain | None:
    """What this request's form held; None where it was no form of ours. Errors of the database do not reach here.

    ``ours`` says that the gate has found already that a page of ours sent it, and only its token is of an earlier
    session: then the form gets a token of the present one.
    """
    if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded":
        return None
    if not ours and not _from_our_page():
        return None
    sent = tuple((name, value) for name, values in request.form.lists() for value in values)
    if ours:
        sent = (("csrf_token", generate_csrf()), *(one for one in sent if one[0] != "csrf_token"))
    asked = [(name, value) for name, value in sent if name not in OURS]
    open_ones = [(name, value) for name, value in asked if not is_secret(name)]
    shown = tuple((name.replace("_", " ").capitalize(), value) for name, value in open_ones if value.strip())
    if not shown:
        return None
    repeats = may_repeat and len(open_ones) == len(asked)
    return TypedAgain(shown, request.full_path.rstrip("?") if repeats else "", sent if repeats else ())


def is_secret(name: str) -> bool:
    """Whether a question of this name asks for a secret."""
    return name.rpartition("_")[2] in _SECRET


def _from_our_page() -> bool:
    # The gate may have failed before it asked. What another site made the browser send is not shown as somebody's own.
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True
