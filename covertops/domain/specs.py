"""What a field of an entry can be: text, a choice, a date, a reference, each with its label, help and limits.

A spec also turns one value into canonical JSON data and back; it refuses what does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final

from covertops.domain.vocabulary import Disclosure, Office, Rule

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


class Withheld:
    """A field whose value is not in this copy; only its digest is."""

    _only: ClassVar[Withheld | None] = None

    def __new__(cls) -> Withheld:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "WITHHELD"

    def __bool__(self) -> bool:
        return False


WITHHELD: Final = Withheld()


class MalformedEntry(ValueError):
    """Stored names or values do not fit the declaration of their kind."""


def utc_text(moment: datetime) -> str:
    """An aware moment as ``2026-11-20T13:40:12.345678Z``; a naive one is refused."""
    if moment.tzinfo is None:
        raise MalformedEntry(f"a moment needs its zone, found {moment!r}")
    # Not strftime: what it makes of a year before 1000 no reader would take.
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def utc_moment(text: str) -> datetime:
    """The inverse of :func:`utc_text`; any other form is refused."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise MalformedEntry(f"expected a UTC moment with microseconds, found {text!r}") from error


@dataclass(frozen=True)
class EntryRef:
    """A reference to an entry: its stream, number and outer hash, never a hash of text."""

    stream: str
    number: int
    hash: str


@dataclass(frozen=True)
class Signature:
    """How an act was signed: the level, and SHA-256 of the intent that was read back and confirmed."""

    level: str
    intent: str


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What a field is: its label and help on the form, who may see it, whether a person is asked for it."""

    label: str
    help: str = ""
    disclosure: Disclosure = Disclosure.INVESTIGATIVE
    required: bool = True
    asked: bool = True
    rule: Rule | None = None
    opened_by: str = ""
    """The tick, or ``name=value`` of the choice, that opens this field; it is asked only then."""
    many: ClassVar[bool] = False

    def to_json(self, value: Any) -> Json:
        """One value (one item, for a list) as canonical JSON data."""
        if isinstance(value, str):
            return value
        raise MalformedEntry(f"{self.label}: expected text, found {type(value).__name__}")

    def from_json(self, value: Json) -> Any:
        """The inverse of :meth:`to_json`."""
        return self.to_json(value)


@dataclass(frozen=True, kw_only=True)
class Line(Spec):
    """One line of text, at most ``most`` characters."""

    most: int = 200
    width: str = ""
    no_secret: bool = False


@dataclass(frozen=True, kw_only=True)
class Text(Spec):
    """Several lines of text."""

    most: int = 8000
    rows: int = 3
    no_secret: bool = False


@dataclass(frozen=True, kw_only=True)
class Choice(Spec):
    """One of ``options`` (stored value to words on screen)."""

    options: Mapping[str, str]
    hints: Mapping[str, str] = field(default_factory=dict)

    def to_json(self, value: Any) -> Json:
        if not isinstance(value, str) or value not in self.options:
            raise MalformedEntry(f"{self.label}: {value!r} is none of {', '.join(self.options)}")
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Choices(Choice):
    """Any number of ``options``."""

    many: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Tick(Spec):
    """Yes or no. ``must`` means that the act needs the tick."""

    must: bool = False

    def to_json(self, value: Any) -> Json:
        if not isinstance(value, bool):
            raise MalformedEntry(f"{self.label}: expected yes or no, found {type(value).__name__}")
        return value


@dataclass(frozen=True, kw_only=True)
class Number(Spec):
    """A whole number between ``least`` and ``most``, with the unit printed beside it."""

    least: int = 0
    most: int = 2**53 - 1
    unit: str = ""

    def to_json(self, value: Any) -> Json:
        if isinstance(value, bool) or not isinstance(value, int):
            raise MalformedEntry(f"{self.label}: expected a whole number, found {type(value).__name__}")
        return value


@dataclass(frozen=True, kw_only=True)
class Day(Spec):
    """A calendar date in the department's zone."""

    def to_json(self, value: Any) -> Json:
        if type(value) is not date:
            raise MalformedEntry(f"{self.label}: expected a date, found {type(value).__name__}")
        return value.isoformat()

    def from_json(self, value: Json) -> Any:
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise MalformedEntry(f"{self.label}: expected a date, found {value!r}") from error


@dataclass(frozen=True, kw_only=True)
class Moment(Spec):
    """A moment, kept in UTC."""

    def to_json(self, value: Any) -> Json:
        if not isinstance(value, datetime):
            raise MalformedEntry(f"{self.label}: expected a moment, found {type(value).__name__}")
        return utc_text(value)

    def from_json(self, value: Json) -> Any:
        return utc_moment(str(value))


@dataclass(frozen=True, kw_only=True)
class Person(Spec):
    """A person's id; ``offices`` limits who can be chosen."""

    offices: tuple[Office, ...] = ()


@dataclass(frozen=True, kw_only=True)
class People(Person):
    """Several people's ids."""

    many: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Reference(Spec):
    """A reference to an entry of one of ``kinds`` (any when empty)."""

    kinds: tuple[str, ...] = ()

    def to_json(self, value: Any) -> Json:
        if not isinstance(value, EntryRef):
            raise MalformedEntry(f"{self.label}: expected a reference, found {type(value).__name__}")
        return {"hash": value.hash, "number": value.number, "stream": value.stream}

    def from_json(self, value: Json) -> Any:
        if not isinstance(value, dict) or set(value) != {"stream", "number", "hash"}:
            raise MalformedEntry(f"{self.label}: expected stream, number and hash, found {value!r}")
        stream, number, hash_ = value["stream"], value["number"], value["hash"]
        if not isinstance(stream, str) or type(number) is not int or not isinstance(hash_, str):
            raise MalformedEntry(f"{self.label}: expected stream, number and hash, found {value!r}")
        return EntryRef(stream, number, hash_)


@dataclass(frozen=True, kw_only=True)
class References(Reference):
    """Several references."""

    many: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Lines(Line):
    """Several short texts, each its own field of the record."""

    many: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Signed(Spec):
    """The signature of an act."""

    def to_json(self, value: Any) -> Json:
        if not isinstance(value, Signature):
            raise MalformedEntry(f"{self.label}: expected a signature, found {type(value).__name__}")
        return {"intent": value.intent, "level": value.level}

    def from_json(self, value: Json) -> Any:
        if not isinstance(value, dict) or set(value) != {"level", "intent"}:
            raise MalformedEntry(f"{self.label}: expected level and intent, found {value!r}")
        level, intent = value["level"], value["intent"]
        if not isinstance(level, str) or not isinstance(intent, str):
            raise MalformedEntry(f"{self.label}: expected level and intent as text, found {value!r}")
        return Signature(level, intent)
