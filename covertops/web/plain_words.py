"""The record in plain words: every field of an entry under its label, dates and people as the department says them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from covertops.domain import declaration as spec
from covertops.domain.declaration import Entry, EntryRef, Recorded, Signature, Spec, kind_of, specs_of
from covertops.domain.department import Department
from covertops.domain.specs import WITHHELD
from covertops.domain.vocabulary import Disclosure
from covertops.web.presenting.times import LocalTime

LEVELS = {
    "password": "Signed with the password, given again",
    "code": "Signed with password and one-time code, given again",
    "passkey": "Signed with a passkey",
}


@dataclass(frozen=True)
class Fact:
    """A field in plain words; ``lines`` is empty where nothing was entered."""

    name: str
    label: str
    lines: tuple[str, ...]
    disclosure: Disclosure


@dataclass(frozen=True)
class PlainWords:
    """Says values in words. ``entries`` are those of the same record that may be referred to, as far as known."""

    department: Department
    times: LocalTime
    entries: Mapping[int, Recorded] = field(default_factory=dict)

    def entry(self, number: int) -> str:
        """What an entry is called where another names it: ``Entry 4, Authorized, Nov 20``."""
        it = self.entries.get(number)
        if it is None:
            return f"Entry {number}"
        return f"Entry {number}, {kind_of(it.entry).title}, {self.times.day(it.at)}"

    def value(self, one: Spec, value: Any) -> str:
        """One value, or one item of a list, in words."""
        if value is WITHHELD:
            return "Withheld"
        match one:
            case spec.Tick():
                return "Yes" if value else "No"
            case spec.Choice():
                return one.options.get(value, str(value))
            case spec.Number():
                return f"{value} {one.unit}".rstrip()
            case spec.Day():
                return self.times.full_day(value)
            case spec.Moment():
                return self.times.minute(value)
            case spec.Person():
                return self.department.name_of(value)
            case spec.Reference():
                return self.entry(value.number)
            case spec.Signed():
                return _signed(value)
        return str(value)

    def lines(self, one: Spec, value: Any) -> tuple[str, ...]:
        """A field's value as lines of words; nothing where nothing was entered."""
        if value is WITHHELD:
            return ("Withheld",)
        items = value if one.many else (value,)
        return tuple(self.value(one, item) for item in items or () if item is not None and item != "")


def _signed(signature: Signature) -> str:
    return f"{LEVELS.get(signature.level, signature.level)}; fingerprint {fingerprint(signature.intent)}"


def fingerprint(digest: str) -> str:
    """The first and last digits of a digest, in groups of four, for comparing by eye."""
    return f"{digest[:4]} {digest[4:8]} {digest[8:12]} {digest[12:16]} … {digest[-4:]}"


def facts_of(entry: Entry, words: PlainWords, *, own: bool = False) -> list[Fact]:
    """Every field of an entry in its declared order; with ``own``, without who acted and the signature."""
    return [
        Fact(name, one.label, words.lines(one, getattr(entry, name)), one.disclosure)
        for name, one in specs_of(type(entry)).items()
        if not (own and name in ("by", "signature"))
    ]


def numbers_named(entry: Entry) -> set[int]:
    """The numbers of the entries that an entry refers to."""
    found: set[int] = set()
    for name, one in specs_of(type(entry)).items():
        if isinstance(one, spec.Reference):
            value = getattr(entry, name)
            refs = (value or ()) if one.many else (value,)
            found |= {ref.number for ref in refs if isinstance(ref, EntryRef)}
    return found
