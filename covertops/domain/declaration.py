"""How a kind of entry is declared: once, as a frozen dataclass whose fields carry their :class:`Spec`.

From a declaration come the form and its schema, the sealed fields, the printed record and the data dictionary.
Stored names never change and are never reused. A field that is left out of a copy reads as :data:`WITHHELD`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from covertops.domain.specs import (
    WITHHELD,
    Choice,
    Choices,
    Day,
    EntryRef,
    Json,
    Line,
    Lines,
    MalformedEntry,
    Moment,
    NamedCheckpoint,
    Number,
    People,
    Person,
    Reference,
    References,
    Signature,
    Signed,
    SignedBytes,
    Spec,
    Text,
    Tick,
    Withheld,
    utc_moment,
    utc_text,
)
from covertops.domain.vocabulary import Compartment, Disclosure, Rule, StreamKind

# Whoever declares or reads an entry finds what it is made of here.
__all__ = [
    "WITHHELD",
    "Choice",
    "Choices",
    "Day",
    "Entry",
    "EntryRef",
    "Json",
    "Kind",
    "Line",
    "Lines",
    "MalformedEntry",
    "Moment",
    "NamedCheckpoint",
    "Number",
    "People",
    "Person",
    "Recorded",
    "Reference",
    "References",
    "Signature",
    "Signed",
    "SignedBytes",
    "Spec",
    "Text",
    "Tick",
    "Withheld",
    "all_kinds",
    "class_of",
    "compartment_of",
    "entry_from",
    "kind_of",
    "recorded",
    "spec_of_name",
    "specs_of",
    "utc_moment",
    "utc_text",
    "values_of",
]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What every entry holds besides its own fields. ``by`` is None where the software acts by itself."""

    by: Annotated[str | None, Person(label="By", disclosure=Disclosure.OPEN, asked=False, required=False)] = None
    signature: Annotated[
        Signature | None, Signed(label="Signature", disclosure=Disclosure.OPEN, asked=False, required=False)
    ] = None


@dataclass(frozen=True)
class Kind:
    """What a kind of entry is called and which rule asks for it."""

    name: str
    version: int
    title: str
    stream: StreamKind
    rules: tuple[Rule, ...]
    turning: bool
    """Whether it is a turning point of the operation's life, drawn heavier on the timeline."""


@dataclass(frozen=True)
class Recorded:
    """An entry as it stands in the record: where, when (UTC), and in which office its author acted."""

    stream: str
    number: int
    at: datetime
    hash: str
    office: str
    entry: Entry

    @property
    def ref(self) -> EntryRef:
        """The reference by which other entries name this one."""
        return EntryRef(self.stream, self.number, self.hash)


_KINDS: dict[tuple[str, int], type[Entry]] = {}
_KIND_OF: dict[type[Entry], Kind] = {}
_SPECS: dict[type[Entry], Mapping[str, Spec]] = {}

E = TypeVar("E", bound=Entry)


def recorded(
    name: str,
    title: str,
    *rules: Rule,
    version: int = 1,
    stream: StreamKind = StreamKind.OPERATION,
    turning: bool = False,
) -> Callable[[type[E]], type[E]]:
    """Declare a frozen dataclass as a kind of entry. A name and version can be declared once only."""

    def declare(cls: type[E]) -> type[E]:
        if (name, version) in _KINDS:
            raise TypeError(f"{name} version {version} is declared twice")
        _SPECS[cls] = _read_specs(cls)
        _KINDS[name, version] = cls
        _KIND_OF[cls] = Kind(name, version, title, stream, tuple(rules), turning)
        return cls

    return declare


def kind_of(entry: Entry | type[Entry]) -> Kind:
    """The declaration of an entry or its class."""
    return _KIND_OF[entry if isinstance(entry, type) else type(entry)]


def class_of(name: str, version: int) -> type[Entry]:
    """The class of a stored kind; an unknown one is refused, never passed over."""
    try:
        return _KINDS[name, version]
    except KeyError:
        raise MalformedEntry(f"no kind {name!r} version {version} is declared") from None


def all_kinds() -> Mapping[tuple[str, int], type[Entry]]:
    """Every declared kind and version."""
    return dict(_KINDS)


def specs_of(cls: type[Entry]) -> Mapping[str, Spec]:
    """The fields of a kind in their declared order, each with its :class:`Spec`."""
    return _SPECS[cls]


def _read_specs(cls: type[Entry]) -> Mapping[str, Spec]:
    hints = get_type_hints(cls, include_extras=True)
    found: dict[str, Spec] = {}
    for one in dataclasses.fields(cls):
        hint = hints[one.name]
        specs = [extra for extra in get_args(hint) if isinstance(extra, Spec)] if get_origin(hint) is Annotated else []
        if len(specs) != 1:
            raise TypeError(f"{cls.__name__}.{one.name} needs exactly one Spec")
        found[one.name] = specs[0]
    return found


def compartment_of(spec: Spec, stream: StreamKind) -> Compartment:
    """Which compartment's key seals a field: counsel's classes have their own, the rest follows the stream."""
    if spec.disclosure is Disclosure.PROSECUTOR_WORK_PRODUCT:
        return Compartment.PROSECUTOR
    if spec.disclosure is Disclosure.CITY_ATTORNEY_ADVICE:
        return Compartment.CITY
    return Compartment(stream.value)


def values_of(entry: Entry) -> dict[str, Json]:
    """Every field by its stored name: list items as ``name/0``, an empty field or list as None under its name."""
    values: dict[str, Json] = {}
    for name, spec in specs_of(type(entry)).items():
        value = getattr(entry, name)
        if not spec.many:
            values[name] = None if value is None or value == "" else spec.to_json(value)
        elif not value:
            values[name] = None
        else:
            values.update({f"{name}/{place}": spec.to_json(item) for place, item in enumerate(value)})
    return values


def spec_of_name(cls: type[Entry], stored: str) -> Spec:
    """The :class:`Spec` of a stored name, ``name`` or ``name/3``; an unknown name is refused."""
    spec = specs_of(cls).get(stored.split("/")[0])
    if spec is None or ("/" in stored and not spec.many):
        raise MalformedEntry(f"{kind_of(cls).name} has no field {stored!r}")
    return spec


def _list_length(kind: str, name: str, names: frozenset[str], declared: Iterable[str]) -> int:
    items = [stored for stored in declared if stored.startswith(f"{name}/")]
    if items and name in names:
        raise MalformedEntry(f"{kind}: {name} stands both empty and as a list")
    if not items and name not in names:
        raise MalformedEntry(f"{kind}: the field {name} is missing")
    wanted = {f"{name}/{place}" for place in range(len(items))}
    if set(items) != wanted:
        raise MalformedEntry(f"{kind}: the items of {name} are not numbered without a gap")
    return len(items)


@lru_cache(maxsize=2048)
def _places(kind: str, version: int, names: tuple[str, ...]) -> Mapping[str, tuple[str, ...] | None]:
    """For each declared field the stored names of its items, or None where it is no list.

    Most entries of a kind have the same names, and so one answer, which is found once. Raises MalformedEntry.
    """
    cls, present = class_of(kind, version), frozenset(names)
    if len(present) != len(names):
        raise MalformedEntry(f"{kind}: a field name is repeated")
    for stored in present:
        spec_of_name(cls, stored)
    places: dict[str, tuple[str, ...] | None] = {}
    for name, spec in specs_of(cls).items():
        if spec.many:
            length = _list_length(kind, name, present, names)
            places[name] = tuple(f"{name}/{place}" for place in range(length))
        elif name not in present:
            raise MalformedEntry(f"{kind}: the field {name} is missing")
        else:
            places[name] = None
    return places


def entry_from(kind: str, version: int, names: Iterable[str], values: Mapping[str, Json]) -> Entry:
    """Rebuild an entry from the names its body commits to and the values this copy discloses.

    Raises :class:`MalformedEntry` for a missing, unknown or repeated name and for a value that does not fit.
    """
    cls, listed = class_of(kind, version), tuple(names)
    if not values.keys() <= set(listed):
        raise MalformedEntry(f"{kind}: a value stands under a name the entry does not commit to")
    places = _places(kind, version, listed)
    arguments: dict[str, Any] = {}
    for name, spec in specs_of(cls).items():
        items = places[name]
        if items is None:
            value = values.get(name, WITHHELD)
            arguments[name] = value if value is None or value is WITHHELD else spec.from_json(value)  # type: ignore[arg-type]
        elif not items:
            arguments[name] = () if name in values else WITHHELD
        else:
            given = [values.get(stored, WITHHELD) for stored in items]
            arguments[name] = tuple([item if item is WITHHELD else spec.from_json(item) for item in given])  # type: ignore[arg-type]
    return cls(**arguments)
