"""The policy in force, read from the bytes of a policy file. The digest of the same bytes is what the Chief adopts."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from covertops.domain.vocabulary import Office

DETERMINATIONS = ("admissibility", "preservation", "open_government", "retention")
"""The four questions of a consultation, by the names under which an entry keeps the answers."""

SETTINGS = (
    "authorization_days",
    "review_days",
    "attempt_working_days",
    "cease_hours",
    "answer_days",
    "people_review_days",
    "passkeys_only",
)
"""The local settings the rules read."""


class BadPolicy(ValueError):
    """A policy file that does not say what the rules need to know."""


@dataclass(frozen=True)
class RequiredConsultation:
    """An office the supervisor contacts before operating, and the questions it answers itself."""

    office: Office
    clause: str
    must_answer: tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """A local setting: its words, its value and the bounds the Chief can move it in."""

    name: str
    label: str
    value: int
    unit: str
    least: int
    most: int

    def __post_init__(self) -> None:
        numbers = (self.value, self.least, self.most)
        if any(type(one) is not int for one in numbers) or not self.least <= self.value <= self.most:
            raise BadPolicy(f"{self.name}: the value is no whole number between its bounds")


@dataclass(frozen=True)
class Policy:
    """What the rules read: clauses in our words, required consultations, determinations, settings, digest."""

    title: str
    digest: str
    clauses: Mapping[str, str]
    consultations: tuple[RequiredConsultation, ...]
    determinations: Mapping[str, str]
    settings: Mapping[str, Setting]
    source: bytes = field(repr=False)
    """The file itself, so that a copy of the record can be read by the same rules elsewhere."""

    def number(self, name: str) -> int:
        """The value of a local setting."""
        return self.settings[name].value

    def with_settings(self, changed: Mapping[str, int]) -> Policy:
        """The same policy with the Chief's settings in the place of the defaults; unknown names are refused."""
        unknown = changed.keys() - self.settings.keys()
        if unknown:
            raise BadPolicy(f"no such setting: {', '.join(sorted(unknown))}")
        if not changed:
            return self
        settings = {name: replace(one, value=changed.get(name, one.value)) for name, one in self.settings.items()}
        return replace(self, settings=settings)


def parse_policy(data: bytes) -> Policy:
    """Read a policy file. Raises :class:`BadPolicy` naming what is missing or does not fit."""
    try:
        raw = tomllib.loads(data.decode())
        determinations = dict(raw["determinations"])
        _require("determinations", determinations, DETERMINATIONS)
        _require("settings", raw["settings"], SETTINGS)
        return Policy(
            title=raw["title"],
            digest=hashlib.sha256(data).hexdigest(),
            clauses=dict(raw["clauses"]),
            consultations=tuple(_consultation(one, determinations) for one in raw["consultation"]),
            determinations=determinations,
            settings={name: Setting(name=name, **one) for name, one in raw["settings"].items()},
            source=data,
        )
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadPolicy(f"the policy file cannot be read: {error}") from error


def _require(what: str, found: Mapping[str, Any], wanted: tuple[str, ...]) -> None:
    if set(found) != set(wanted):
        raise BadPolicy(f"{what}: expected {', '.join(wanted)}, found {', '.join(found)}")


def _consultation(raw: Mapping[str, Any], determinations: Mapping[str, str]) -> RequiredConsultation:
    unknown = set(raw["must_answer"]) - determinations.keys()
    if unknown:
        raise BadPolicy(f"{raw['office']} must answer an unknown question: {', '.join(sorted(unknown))}")
    return RequiredConsultation(Office(raw["office"]), raw["clause"], tuple(raw["must_answer"]))
