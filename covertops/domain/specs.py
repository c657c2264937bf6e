"""What a field of an entry can be: text, a choice, a date, a reference, each with its label, help and limits.

A spec also turns one value into canonical JSON data and back; it refuses what does not fit.
"""

from __future__ import annotations

import re
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
        if _UTC_TEXT.fullmatch(text) is None:
            raise ValueError(text)
        return datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise MalformedEntry(f"expected a UTC moment with microseconds, found {text!r}") from error


_UTC_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@dataclass(frozen=True)
class EntryRef:
    """A reference to an entry: its stream, number and outer hash, never a hash of text."""

    stream: str
    number: int
    hash: str


@dataclass(frozen=True)
class NamedCheckpoint:
    """A checkpoint by its size and its root in base64."""

    size: int
    root: str

    def to_json(self) -> Json:
        """As the intent and the signature have it."""
        return {"root": self.root, "size": self.size}


@dataclass(frozen=True)
class SignedBytes:
    """What an authenticator signed and its signature, each in base64: WebAuthn's three parts of an assertion."""

    authenticator_data: str
    client_data: str
    signature: str


@dataclass(frozen=True)
class Signature:
    """How an act was signed: the level, and SHA-256 of the intent that was read back and confirmed.

    With ``policy`` (its digest) and ``checkpoint``, both of which the intent names, the intent can be made again from
    the entry. At level "passkey" ``credential`` is the entry that registered it and ``assertion`` what it signed.
    """

    level: str
    intent: str
    policy: str = ""
    checkpoint: NamedCheckpoint | None = None
    credential: EntryRef | None = None
    assertion: SignedBytes | None = None


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
        return _reference_json(value)

    def from_json(self, value: Json) -> Any:
        return _reference_from(self.label, value)


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
        return {
            "assertion": _texts_of(value.assertion),
            "checkpoint": value.checkpoint.to_json() if value.checkpoint else None,
            "credential": _reference_json(value.credential) if value.credential else None,
            "intent": value.intent,
            "level": value.level,
            "policy": value.policy,
        }

    def from_json(self, value: Json) -> Any:
        match value:
            case {
                "assertion": assertion,
                "checkpoint": checkpoint,
                "credential": credential,
                "intent": str() as intent,
                "level": str() as level,
                "policy": str() as policy,
                **rest,
            } if not rest:
                return Signature(
                    level,
                    intent,
                    policy,
                    self._checkpoint(checkpoint),
                    None if credential is None else _reference_from(self.label, credential),
                    self._assertion(assertion),
                )
        raise MalformedEntry(f"{self.label}: expected level, intent, policy, checkpoint, credential and assertion")

    def _checkpoint(self, value: Json) -> NamedCheckpoint | None:
        match value:
            case None:
                return None
            case {"root": str() as root, "size": int() as size, **rest} if not rest and not isinstance(size, bool):
                return NamedCheckpoint(size, root)
        raise MalformedEntry(f"{self.label}: expected a checkpoint’s size and root, found {value!r}")

    def _assertion(self, value: Json) -> SignedBytes | None:
        match value:
            case None:
                return None
            case {
                "authenticator_data": str() as authenticator_data,
                "client_data": str() as client_data,
                "signature": str() as signature,
                **rest,
            } if not rest:
                return SignedBytes(authenticator_data, client_data, signature)
        raise MalformedEntry(f"{self.label}: expected what an authenticator signed, found something else")


def _texts_of(one: SignedBytes | None) -> Json:
    if one is None:
        return None
    return {
        "authenticator_data": one.authenticator_data,
        "client_data": one.client_data,
        "signature": one.signature,
    }


def _reference_json(ref: EntryRef) -> Json:
    return {"hash": ref.hash, "number": ref.number, "stream": ref.stream}


def _reference_from(label: str, value: Json) -> EntryRef:
    match value:
        case {"stream": str() as stream, "number": int() as number, "hash": str() as hash_, **rest}:
            if not rest and not isinstance(number, bool):
                return EntryRef(stream, number, hash_)
    raise MalformedEntry(f"{label}: expected stream, number and hash, found {value!r}")
