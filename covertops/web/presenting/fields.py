"""Every field of an entry with its label, as the entry's own page prints it; counsel's advice stands apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from covertops.domain.declaration import WITHHELD, EntryRef, Recorded, Signature, Spec, specs_of
from covertops.domain.entries.activity import EvidencePreserved
from covertops.domain.entries.counsel import CityAttorneyWrote, ProsecutorWrote
from covertops.domain.specs import Choice, Moment, Number, Person, Reference, Signed, Tick
from covertops.domain.vocabulary import Disclosure
from covertops.web.plain_words import PlainWords
from covertops.web.presenting.reading import Reading, listed
from covertops.web.presenting.sayings import file_size
from covertops.web.presenting.timeline import SIGNED

ADVICE: Final = {
    Disclosure.PROSECUTOR_WORK_PRODUCT: "The prosecuting attorney’s work product",
    Disclosure.CITY_ATTORNEY_ADVICE: "The city attorney’s advice",
}
_FINGERPRINTS: Final = frozenset({"sha256", "segment_root", "manifest_sha256", "digest", "root", "log_key", "policy"})
_READ: Final = {
    "In your own words": "In their own words",
    "Reasons, in your own words": "Reasons",
    "What is missing, in your own words": "What is missing",
    "What you found": "What was found",
    "Why supervision passes to you": "Why supervision passed",
    "Does your decision change what the request says?": "Does the decision change what the request says?",
    "Are you directly involved in this investigation?": "Is whoever decided directly involved?",
    "Personal device: your express written permission, and its limits": "Personal device: permission, and its limits",
}
"""A label asks whoever fills the field in; here somebody else reads it."""
_HIDDEN: Final = frozenset({"file"})
"""Where a sealed file lies concerns nobody who reads the record."""


@dataclass(frozen=True)
class Piece:
    """A piece of a value: text, and where it leads or whether it is a fingerprint."""

    text: str
    href: str = ""
    fingerprint: bool = False


@dataclass(frozen=True)
class Shown:
    """A field: its label and the lines of its value, each in pieces."""

    label: str
    lines: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class Advice:
    """Counsel's own words, for those few who may read them."""

    title: str
    text: str
    writings: tuple[int, ...] = ()
    """The entries that keep what the attorney wrote."""


def fields_of(it: Recorded, reading: Reading) -> list[Shown]:
    """Every field but counsel's advice, in the order of the form and the signature last; empty ones are left out."""
    return list(_fields(it, reading))


def advice_of(it: Recorded) -> Advice | None:
    """The advice an entry holds, of the one attorney it is about; None where it holds none or it was not opened."""
    for name, spec in specs_of(type(it.entry)).items():
        value = getattr(it.entry, name)
        if spec.disclosure in ADVICE and value and value is not WITHHELD:
            title = ADVICE[spec.disclosure]
            if isinstance(it.entry, ProsecutorWrote | CityAttorneyWrote):
                return Advice(title, "", (it.number,))
            text = value if isinstance(value, str) else ""
            return Advice(title, text, _writings_of(it))
    return None


def _writings_of(it: Recorded) -> tuple[int, ...]:
    """The entries that keep what the attorney wrote; a copy that withholds one withholds all."""
    refs = (*getattr(it.entry, "prosecutor_writings", ()), *getattr(it.entry, "city_attorney_writings", ()))
    return tuple(one.number for one in refs if isinstance(one, EntryRef))


def _fields(it: Recorded, reading: Reading) -> Iterator[Shown]:
    for name, spec in sorted(specs_of(type(it.entry)).items(), key=lambda item: isinstance(item[1], Signed)):
        value = getattr(it.entry, name)
        if name == "by" or name in _HIDDEN or spec.disclosure in ADVICE:
            continue
        if value is None or value == () or value == "" or (isinstance(spec, Tick) and value is False):
            continue
        if value is WITHHELD:
            yield Shown(_READ.get(spec.label, spec.label), ((Piece("Withheld in this copy"),),))
        elif spec.many:
            yield Shown(_READ.get(spec.label, spec.label), _many(name, spec, value, reading))
        else:
            yield Shown(_READ.get(spec.label, spec.label), tuple(_lines(name, spec, value, reading)))


def _many(name: str, spec: Spec, values: tuple[Any, ...], reading: Reading) -> tuple[tuple[Piece, ...], ...]:
    if isinstance(spec, Person | Choice):
        words = [next(_lines(name, spec, one, reading))[0].text for one in values]
        return ((Piece(listed(words)),),)
    return tuple(line for one in values for line in _lines(name, spec, one, reading))


def _lines(name: str, spec: Spec, value: Any, reading: Reading) -> Iterator[tuple[Piece, ...]]:
    """The lines of one value."""
    if isinstance(spec, Reference):
        yield _reference(value, reading)
    elif isinstance(spec, Signed):
        yield from _signature(value)
    elif isinstance(spec, Number) and spec.unit == "bytes":
        yield (Piece(f"{file_size(value)} ({value:,} bytes)"),)
    elif isinstance(spec, Person):
        yield (Piece(reading.name(value)),)
    elif isinstance(spec, Moment):
        yield (Piece(reading.times.stamp(value)),)
    elif name in _FINGERPRINTS:
        yield (Piece(grouped(str(value)), fingerprint=True),)
    else:
        words = PlainWords(reading.department, reading.times).value(spec, value)
        yield from ((Piece(line),) for line in words.split("\n"))


def _reference(ref: EntryRef, reading: Reading) -> tuple[Piece, ...]:
    it = reading.beside.get(ref.number)
    name = f": {it.entry.reference}, {it.entry.name}" if it and isinstance(it.entry, EvidencePreserved) else ""
    return (Piece(f"Entry {ref.number}", reading.entry_href(ref.number)), Piece(name))


def _signature(signature: Signature) -> Iterator[tuple[Piece, ...]]:
    yield (Piece(SIGNED.get(signature.level, signature.level).capitalize()),)
    yield (Piece("What was signed has the fingerprint "), Piece(grouped(signature.intent), fingerprint=True))


def grouped(digest: str) -> str:
    """A fingerprint in groups of four, as people compare it."""
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))
