"""Who sees which field when a copy leaves the department, by allow-list (record.md, Disclosure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from covertops.domain.declaration import Entry, MalformedEntry, kind_of, spec_of_name
from covertops.domain.evolve import DECIDES
from covertops.domain.vocabulary import Audience, Disclosure

GROUNDS = {
    Disclosure.PROSECUTOR_WORK_PRODUCT: "Prosecutor’s work product, kept in the prosecutor’s own compartment",
    Disclosure.CITY_ATTORNEY_ADVICE: "Attorney–client privilege of the city attorney’s advice",
}

ALLOWED = {
    Audience.PROSECUTOR: frozenset({Disclosure.OPEN, Disclosure.INVESTIGATIVE, Disclosure.IDENTITY}),
}


@dataclass(frozen=True)
class Withholding:
    """A field the preparer withholds beyond the rules, with the ground."""

    entry: int
    field: str
    ground: str


_LINE = re.compile(r"\s*(\d{1,9})\s+([a-z][a-z0-9_]*(?:/\d{1,6})?)\s*:\s*(\S.*?)\s*")


def read_withholding(line: str) -> Withholding | None:
    """Read "9 counterpart: a person not involved"; None when the line has another form."""
    found = _LINE.fullmatch(line)
    return Withholding(int(found[1]), found[2], found[3]) if found else None


ENTRY = "entry"
"""The word by which a preparer withholds a whole entry: its header stays, and nobody sees what kind it was."""

FILE = frozenset({"file", "size", "sha256", "segment_root", "media_type"})
"""Withholding one of these of a capture withholds the file: neither hash nor size nor type is shown, nor its name."""


def ground_to_withhold(
    kind: type[Entry], number: int, stored: str, audience: Audience, more: tuple[Withholding, ...]
) -> str | None:
    """Why a field is withheld from an audience, or None where it is disclosed. An unknown field raises."""
    spec = spec_of_name(kind, stored)
    if spec.disclosure not in ALLOWED[audience]:
        return GROUNDS[spec.disclosure]
    name = stored.split("/")[0]
    named = {stored, name}
    if kind_of(kind).name == "evidence.preserved" and name in FILE | {"name"}:
        named |= FILE
    return next((one.ground for one in more if one.entry == number and one.field in named), None)


def ground_to_withhold_entry(number: int, more: tuple[Withholding, ...]) -> str | None:
    """Why a whole entry is withheld, or None where it is not."""
    return next((one.ground for one in more if one.entry == number and one.field == ENTRY), None)


def decides_authority(kind: type[Entry], stored: str) -> bool:
    """Whether a copy without this field answers "not determinable" to "Was it authorized?" from this entry on.

    Withholding it is allowed; whoever prepares the copy is told. An entry withheld as a whole could be anything.
    """
    return stored == ENTRY or (kind in DECIDES and spec_of_name(kind, stored).disclosure is Disclosure.OPEN)


def may_withhold(entry: Entry, stored: str) -> bool:
    """Whether a preparer may withhold a field that stands in this entry, or with :data:`ENTRY` the entry as a whole.

    Never who acted, the signature, how people are called, or the number of a capture: a copy is read by them.
    """
    kind = kind_of(entry).name
    if stored == ENTRY:
        return kind != "person.introduced"
    try:
        spec = spec_of_name(type(entry), stored)
    except MalformedEntry:
        return False
    if stored in ("by", "signature") or (kind, stored) == ("evidence.preserved", "reference"):
        return False
    name, _, place = stored.partition("/")
    if spec.many and place and int(place) >= len(getattr(entry, name)):
        return False
    return kind != "person.introduced" or stored == "name"
