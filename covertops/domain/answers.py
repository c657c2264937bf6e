"""What a person must answer before an act can be decided: read from the declaration, for form and JSON alike.

A field with ``opened_by`` is asked only where its tick is set or its choice made; what was typed into a closed field
is not recorded. No text that looks like a password is taken where the declaration says so: there is no place for one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from covertops.domain.declaration import Entry, Line, Number, Spec, Text, Tick, specs_of
from covertops.domain.refusals import Missing
from covertops.domain.vocabulary import practice

_SECRET = re.compile(
    r"\b(pass(word|phrase|code|wd)?|pw|pwd|pin|otp|one-time code|2fa)\b\s*(is|=|:)\s*\S", re.IGNORECASE
)
NO_SECRETS = practice("A password is never on record.")
ASKED = practice("Asked by this form.")


def asked_of(cls: type[Entry]) -> dict[str, Spec]:
    """The fields a person is asked for, in order."""
    return {name: spec for name, spec in specs_of(cls).items() if spec.asked}


def opened(spec: Spec, given: Mapping[str, Any]) -> bool:
    """Whether a field is asked, given the other answers."""
    if not spec.opened_by:
        return True
    name, _, wanted = spec.opened_by.partition("=")
    return given.get(name) == wanted if wanted else bool(given.get(name))


def kept(cls: type[Entry], given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they will be recorded: closed fields emptied, ticks that were left off as False.

    What opens a field is declared before it, so that a field opened by a closed one is closed too.
    """
    found: dict[str, Any] = {}
    for name, spec in asked_of(cls).items():
        value = given.get(name) if opened(spec, found) else None
        if isinstance(spec, Tick):
            value = bool(value)
        elif spec.many:
            value = tuple(one for one in value or () if not _blank(one))
        elif _blank(value):
            value = None
        found[name] = value
    return found


def _blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def missing_answers(cls: type[Entry], given: Mapping[str, Any]) -> list[Missing]:
    """Everything that is missing or does not fit, each with its field and the remedy; empty when all is well."""
    answers = kept(cls, given)
    found: list[Missing] = []
    for name, spec in asked_of(cls).items():
        if opened(spec, answers):
            found += _problems(name, spec, answers[name])
    return found


def _problems(name: str, spec: Spec, value: Any) -> list[Missing]:
    rule = spec.rule or ASKED
    if isinstance(spec, Tick):
        if spec.must and not value:
            return [Missing("tick", f"{spec.label}: needs your tick", rule, "Tick it, or do not go on.", name)]
        return []
    if value is None or value == ():
        if spec.required:
            return [Missing("missing", f"{spec.label}: nothing entered", rule, "Fill it in.", name)]
        return []
    if isinstance(spec, Number) and not spec.least <= value <= spec.most:
        remedy = f"Enter a whole number from {spec.least} to {spec.most}."
        return [Missing("bounds", f"{spec.label}: {value} is outside its bounds", ASKED, remedy, name)]
    if isinstance(spec, Line | Text):
        texts = value if spec.many else (value,)
        return [one for text in texts for one in _text_problems(name, spec, text)]
    return []


def _text_problems(name: str, spec: Line | Text, text: str) -> list[Missing]:
    if len(text) > spec.most:
        message = f"{spec.label}: {len(text)} characters, {spec.most} at most"
        return [Missing("long", message, ASKED, f"Shorten it by {len(text) - spec.most}.", name)]
    if any(unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t\r" for one in text):
        message = f"{spec.label}: holds a character that cannot be kept"
        return [Missing("character", message, ASKED, "Type it anew.", name)]
    if isinstance(spec, Line) and ("\n" in text or "\r" in text):
        return [Missing("line", f"{spec.label}: one line only", ASKED, "Take the line break out.", name)]
    if spec.no_secret and _SECRET.search(text):
        message = f"{spec.label}: this looks like a password or code"
        remedy = "Take it out. Record only where access is kept."
        return [Missing("secret", message, NO_SECRETS, remedy, name)]
    return []
