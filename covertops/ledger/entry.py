"""An entry of the ledger in its three layers: header, body and fields, each committing to the next (FORMAT.md).

The header is the leaf of the log and says order and time, nothing else. The body says what kind of entry it is and
commits to every field by name. A field is a salt, a name and a value. Each layer's exact bytes are canonical JSON, and
a reader refuses any other writing of it.

What is *not* checked here: that a body names the fields its kind declares (domain does), and that a header stands in
the log (:mod:`covertops.ledger.proof` does).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar, cast

from covertops.ledger.canonical import Json, NotCanonical, canonical, parse, parse_lines
from covertops.ledger.forms import digest, is_count, is_digest, is_id, is_moment, is_origin

FORMAT: Final = "covertops/entry/1"

_WORD: Final = re.compile(r"[a-z][a-z0-9 ._-]{0,99}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,99}(?:/(?:0|[1-9][0-9]{0,5}))?")
_SALTS: Final = re.compile(r"(?:[0-9a-f]{32}\n)*")
_FIELDS: Final = re.compile(rf"(?:{_NAME.pattern} [0-9a-f]{{64}}\n)*")


class MalformedEntry(ValueError):
    """A part of an entry that is not written as FORMAT.md says, or parts that do not belong together."""


@dataclass(frozen=True)
class Header:
    """The leaf of the log: where an entry stands, when it was recorded, and the digest of its body.

    `index` is its place in the log from 0, `number` its place in its stream from 1, `previous` the hash of the stream's
    header before it (None for number 1). Raises MalformedEntry for a value not in its one written form.
    """

    origin: str
    index: int
    stream: str
    number: int
    previous: str | None
    time: str
    body: str

    def __post_init__(self) -> None:
        _require(is_origin(self.origin), "origin", "printable ASCII without space and plus", self.origin)
        _require(is_count(self.index, 0), "index", "a whole number from 0", self.index)
        _require(is_id(self.stream), "stream", "32 hexadecimal digits", self.stream)
        _require(is_count(self.number, 1), "number", "a whole number from 1", self.number)
        if self.number == 1:
            _require(self.previous is None, "previous", "null in the first entry of a stream", self.previous)
        else:
            _require(is_digest(self.previous), "previous", "64 hexadecimal digits", self.previous)
        _require(is_moment(self.time), "time", "a moment like 2026-11-20T13:40:12.345678Z", self.time)
        _require(is_digest(self.body), "body", "64 hexadecimal digits", self.body)

    def to_bytes(self) -> bytes:
        """The exact bytes that are the leaf of the log."""
        return self._bytes

    @property
    def hash(self) -> str:
        """SHA-256 of the header's bytes: what the next header of the stream and every reference names."""
        return digest(self._bytes)

    @cached_property
    def _bytes(self) -> bytes:
        return canonical({"format": FORMAT} | {name: getattr(self, name) for name in _HEADER_NAMES})

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """The header with exactly these bytes; raise MalformedEntry when there is none."""
        usual = _USUAL_HEADER.fullmatch(data)
        if usual is not None:
            body, index, number, origin, before, stream, time = usual.groups()
            previous = None if before is None else before.decode()
            words = (origin.decode(), int(index), stream.decode(), int(number), previous, time.decode(), body.decode())
            return _keep(cls(*words), data)
        match _members(data, "header", _HEADER_NAMES | {"format"}):
            case {
                "format": "covertops/entry/1",
                "origin": str() as origin,
                "index": int() as index,
                "stream": str() as stream,
                "number": int() as number,
                "previous": None | str() as previous,
                "time": str() as time,
                "body": str() as body,
            }:
                return _keep(cls(origin, index, stream, number, previous, time, body), data)
        raise MalformedEntry(f"the header is not one of {FORMAT}, or a value in it is of another type")


@dataclass(frozen=True)
class Field:
    """One field of an entry: its salt (128 random bits), its name (``name`` or ``name/0``) and its value."""

    salt: str
    name: str
    value: Json

    def __post_init__(self) -> None:
        _require(is_id(self.salt), "field's salt", "32 hexadecimal digits")
        _require(_NAME.fullmatch(self.name) is not None, "field's name", "a name, or a name and a place in a list")

    def to_bytes(self) -> bytes:
        """The exact bytes whose digest the body holds: canonical JSON of [salt, name, value]."""
        return self._bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the field's bytes."""
        return digest(self._bytes)

    @cached_property
    def _bytes(self) -> bytes:
        return canonical([self.salt, self.name, self.value])

    @classmethod
    def from_bytes(cls, data: bytes) -> Field:
        """The field with exactly these bytes; raise MalformedEntry when there is none."""
        return _keep(cls(*_members_of_field(_read(data, "field"))), data)


@dataclass(frozen=True)
class Body:
    """What an entry is: its kind and version, the office it was made in, and the digest of every field by name.

    The salt (128 random bits) keeps the body's own digest, which stands in the open header, from being guessed.
    """

    kind: str
    version: int
    office: str
    salt: str
    fields: Mapping[str, str]

    def __post_init__(self) -> None:
        _require(_WORD.fullmatch(self.kind) is not None, "kind", "a word in lower case")
        _require(is_count(self.version, 1), "version", "a whole number from 1")
        _require(_WORD.fullmatch(self.office) is not None, "office", "words in lower case")
        _require(is_id(self.salt), "body's salt", "32 hexadecimal digits")
        lines = "".join([f"{name} {field_digest}\n" for name, field_digest in self.fields.items()])
        # As many line feeds as fields: none of them is within a name, and so each line is one field.
        if _FIELDS.fullmatch(lines) is None or lines.count("\n") != len(self.fields):
            raise MalformedEntry("fields: expected names (or a name and a place in a list), each with its SHA-256")

    def to_bytes(self) -> bytes:
        """The exact bytes whose digest the header holds."""
        return self._bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the body's bytes."""
        return digest(self._bytes)

    @cached_property
    def _bytes(self) -> bytes:
        members = {name: getattr(self, name) for name in _BODY_NAMES}
        return canonical(members | {"fields": dict(self.fields)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Body:
        """The body with exactly these bytes; raise MalformedEntry when there is none."""
        match _members(data, "body", _BODY_NAMES):
            case {
                "kind": str() as kind,
                "version": int() as version,
                "office": str() as office,
                "salt": str() as salt,
                "fields": dict() as fields,
            }:
                return _keep(cls(kind, version, office, salt, cast("dict[str, str]", fields)), data)
        raise MalformedEntry("a value in the body is of another type")


def header_hash(data: bytes) -> str:
    """SHA-256 of a header's exact bytes as 64 hexadecimal digits; the same as :attr:`Header.hash`."""
    return digest(data)


def pack_fields(fields: Iterable[Field]) -> bytes:
    """The fields' bytes joined by line feeds, which canonical JSON never holds: each line is one exact preimage."""
    return b"\n".join(one.to_bytes() for one in fields)


def unpack_fields(data: bytes) -> list[Field]:
    """The inverse of :func:`pack_fields`; raise MalformedEntry for anything else."""
    return [_keep(Field(*member), line) for member, line in zip(_lines(data), data.split(b"\n"), strict=False)]


def field_values(data: bytes) -> dict[str, Json]:
    """The values by name of packed fields whose bytes were compared with their digests; raise as `unpack_fields`."""
    members = _lines(data)
    values = {name: value for _, name, value in members}
    salts = "".join([f"{salt}\n" for salt, _, _ in members])
    if _SALTS.fullmatch(salts) is None or salts.count("\n") != len(members):
        raise MalformedEntry("a field's salt: expected 32 hexadecimal digits, found another value")
    if len(values) != len(members):
        raise MalformedEntry("a field is repeated")
    return values


def _lines(data: bytes) -> list[tuple[str, str, Json]]:
    """Packed fields as salt, name and value each."""
    try:
        lines = parse_lines(data) if data else []
    except NotCanonical as error:
        raise MalformedEntry(f"a field is not canonical JSON: {error}") from error
    return [_members_of_field(line) for line in lines]


def _members_of_field(value: Json) -> tuple[str, str, Json]:
    match value:
        case [str() as salt, str() as name, content]:
            return salt, name, content
    raise MalformedEntry("a field is a list of salt, name and value")


def check_body(header: Header, data: bytes) -> Body:
    """The body with these bytes, which must be the one the header commits to; raise MalformedEntry if not."""
    if digest(data) != header.body:
        raise MalformedEntry(f"entry {header.number}: the body's SHA-256 is {digest(data)}, expected {header.body}")
    return Body.from_bytes(data)


def check_fields(body: Body, fields: Iterable[Field]) -> None:
    """Check that each field is one the body commits to, and none stands twice; raise MalformedEntry if not.

    A field that is missing is withheld, which a copy may do: :func:`check_complete` refuses that too.
    """
    seen: set[str] = set()
    for field in fields:
        if field.name not in body.fields:
            raise MalformedEntry(f"the body commits to no field {field.name}")
        if field.name in seen:
            raise MalformedEntry(f"the field {field.name} is repeated")
        if field.digest != body.fields[field.name]:
            committed = body.fields[field.name]
            raise MalformedEntry(f"the SHA-256 of the field {field.name} is {field.digest}, expected {committed}")
        seen.add(field.name)


def check_complete(body: Body, fields: Collection[Field]) -> None:
    """Check as :func:`check_fields` does, and that no field is missing; raise MalformedEntry if not."""
    check_fields(body, fields)
    missing = body.fields.keys() - {field.name for field in fields}
    if missing:
        raise MalformedEntry(f"fields are missing: {', '.join(sorted(missing))}")


def check_stream(headers: Iterable[Header]) -> None:
    """Check that these are the entries of one stream from number 1 on, in order; raise MalformedEntry if not."""
    before: Header | None = None
    for header in headers:
        check_next(before, header)
        before = header


def check_next(before: Header | None, header: Header) -> None:
    """Check that `header` follows `before` in its stream (or begins it, when None); raise MalformedEntry if not."""
    if before is None:
        _require(header.number == 1, "first number of the stream", "1", header.number)
        return
    _require(header.origin == before.origin, "origin", f"{before.origin!r} as before", header.origin)
    _require(header.stream == before.stream, "stream", f"{before.stream!r} as before", header.stream)
    _require(header.number == before.number + 1, "number", f"{before.number + 1}", header.number)
    _require(header.previous == before.hash, "previous", f"the hash {before.hash!r}", header.previous)
    _require(header.index > before.index, "index", f"more than {before.index}", header.index)
    _require(header.time >= before.time, "time", f"{before.time!r} or later", header.time)


# The canonical writing of a header whose origin needs no escapes, which reads it in one step. Its names stand in the
# order of RFC 8785; whether the values fit is for the header itself.
_USUAL_HEADER: Final = re.compile(
    rb'\{"body":"([0-9a-f]{64})","format":"covertops/entry/1","index":(0|[1-9][0-9]{0,15}),"number":([1-9][0-9]{0,15}),'
    rb'"origin":"([!#-*,-\[\]-~]{1,200})","previous":(?:null|"([0-9a-f]{64})"),"stream":"([0-9a-f]{32})",'
    rb'"time":"([0-9TZ:.-]{27})"\}'
)
_HEADER_NAMES: Final = frozenset(one.name for one in dataclasses.fields(Header))
_BODY_NAMES: Final = frozenset(one.name for one in dataclasses.fields(Body))

_ANOTHER: Final = object()
"""Stands for a value that an error does not quote, because it is sealed where it is stored."""

T = TypeVar("T", Header, Body, Field)


def _require(fits: bool, what: str, expected: str, found: object = _ANOTHER) -> None:
    if not fits:
        shown = "another value" if found is _ANOTHER else repr(found)
        raise MalformedEntry(f"{what}: expected {expected}, found {shown}")


def _read(data: bytes, what: str) -> Json:
    try:
        return parse(data)
    except NotCanonical as error:
        raise MalformedEntry(f"the {what} is not canonical JSON: {error}") from error


def _members(data: bytes, what: str, names: frozenset[str]) -> dict[str, Json]:
    value = _read(data, what)
    if not isinstance(value, dict):
        raise MalformedEntry(f"the {what} is not a JSON object")
    if value.keys() != names:
        raise MalformedEntry(f"the {what} must hold {', '.join(sorted(names))} and nothing else")
    return value


def _keep(part: T, data: bytes) -> T:
    """Let a part that was read keep its bytes, which :func:`parse` showed to be the canonical ones, as its own."""
    vars(part)["_bytes"] = data
    return part
