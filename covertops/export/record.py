"""A copy of an operation's record as its readers read it: entries in order, people, the fold, the release.

Every readable document of a package is computed from this, by whoever writes the package and again by whoever
verifies it. What is *not* checked here: digests, the chain, proofs (the verifier does, on the same bytes).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from covertops.domain.declaration import WITHHELD, Entry, Kind, Recorded, entry_from, kind_of
from covertops.domain.disclosure import Withholding, read_withholding
from covertops.domain.entries.package import ExportPrepared, ExportReleased
from covertops.domain.entries.people import PersonIntroduced
from covertops.domain.evolve import evolve, evolve_withheld
from covertops.domain.operation import Operation
from covertops.domain.policy import Policy, parse_policy
from covertops.domain.vocabulary import Audience, StreamKind
from covertops.export.content import CopiedEntry
from covertops.export.names import REFERENCE
from covertops.ledger.canonical import Json
from covertops.ledger.checkpoint import Checkpoint, read_unverified
from covertops.ledger.entry import Body, Field, Header
from covertops.ledger.forms import from_base64

E = TypeVar("E", bound=Entry)

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading or folding raises on a record that our own software would not have written."""


class CannotRead(ValueError):
    """A copy that does not hold what a package must: names the entry (0 for the copy as a whole)."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(f"entry {number}: {what}" if number else what)
        self.number = number


@dataclass(frozen=True)
class Item:
    """One entry of the copy. ``body`` and ``it`` are None where the whole entry is withheld."""

    header: Header
    body: Body | None
    it: Recorded | None
    values: Mapping[str, Json]
    withheld: Mapping[str, str]

    @property
    def number(self) -> int:
        """Its place in the operation's stream, from 1."""
        return self.header.number

    @property
    def kind(self) -> Kind | None:
        """The declaration of its kind."""
        return kind_of(self.it.entry) if self.it else None


@dataclass(frozen=True)
class Release:
    """The release that ends the copy, and the preparation it releases."""

    number: int
    at: datetime
    entry: ExportReleased
    prepared: ExportPrepared

    @property
    def reference(self) -> str:
        """The package's reference."""
        return self.entry.reference

    @property
    def audience(self) -> Audience:
        """Whom the package is made for."""
        return Audience(self.prepared.audience)

    @property
    def more(self) -> tuple[Withholding, ...]:
        """What the preparer withholds besides what the rules do."""
        lines = (read_withholding(line) for line in self.prepared.withheld)
        return tuple(line for line in lines if line is not None)


@dataclass(frozen=True)
class CopiedRecord:
    """The whole copy. ``introduced`` has who was named, by id; the first entry of a person counts."""

    items: tuple[Item, ...]
    operation: Operation
    release: Release
    rules: Policy
    zone: ZoneInfo
    introduced: Mapping[str, PersonIntroduced]
    checkpoint: Checkpoint
    note: str
    log_key: str

    @property
    def called(self) -> Mapping[str, str]:
        """How people are called in this record, by id."""
        return {person: entry.designation for person, entry in self.introduced.items()}

    @property
    def withheld_fields(self) -> int:
        """How many fields are withheld of entries that are not withheld as a whole."""
        return sum(len(item.withheld) for item in self.items if item.body is not None)

    @property
    def withheld_entries(self) -> int:
        """How many entries are withheld as a whole."""
        return sum(item.body is None for item in self.items)


def is_shown(value: object) -> bool:
    """Whether this copy discloses a value."""
    return value is not WITHHELD


def key_fingerprint(log_key: str) -> str:
    """SHA-256 of the raw key in a verifier key, as 64 hexadecimal digits; raise ValueError for no such key."""
    return hashlib.sha256(from_base64(log_key.split("+", 2)[-1])[1:]).hexdigest()


def moment_of(header: Header) -> datetime:
    """When an entry was recorded."""
    return datetime.fromisoformat(header.time).astimezone(UTC)


def read_item(copied: CopiedEntry) -> Item:
    """Read one entry. Raises CannotRead for a kind or a value that is not as declared."""
    header = Header.from_bytes(copied.header)
    if copied.body is None:
        return Item(header, None, None, {}, copied.withheld)
    try:
        body = Body.from_bytes(copied.body)
        values = {field.name: field.value for field in map(Field.from_bytes, copied.fields)}
        entry = entry_from(body.kind, body.version, body.fields, values)
    except UNREADABLE as error:
        raise CannotRead(header.number, str(error)) from error
    if kind_of(entry).stream is not StreamKind.OPERATION:
        raise CannotRead(header.number, f"{body.kind} is no kind of entry of an operation")
    it = Recorded(header.stream, header.number, moment_of(header), header.hash, body.office, entry)
    return Item(header, body, it, values, copied.withheld)


def fold(items: Sequence[Item]) -> Operation:
    """The operation as this copy shows it. Raises CannotRead."""
    operation = Operation(items[0].header.stream) if items else Operation("")
    for item in items:
        try:
            if item.it is None:
                header = item.header
                operation = evolve_withheld(operation, header.number, moment_of(header), header.hash)
            else:
                operation = evolve(operation, item.it)
        except UNREADABLE as error:
            raise CannotRead(item.number, f"the rules cannot read it: {error}") from error
    return operation


def release_in(items: Sequence[Item]) -> Release:
    """The last release of the copy. Raises CannotRead where there is none, or what it releases is not in the copy."""
    for item in reversed(items):
        if item.it is not None and isinstance(item.it.entry, ExportReleased):
            break
    else:
        raise CannotRead(0, "no entry of this copy releases a package")
    released = _whole(item, ExportReleased)
    reference = released.prepared
    named = next((one for one in items if (one.number, one.header.hash) == (reference.number, reference.hash)), None)
    if named is None:
        raise CannotRead(item.number, "what it releases was not prepared in this copy")
    prepared = _whole(named, ExportPrepared)
    if released.reference != prepared.reference or not REFERENCE.fullmatch(released.reference):
        raise CannotRead(item.number, "it names another package than was prepared")
    return Release(item.number, moment_of(item.header), released, prepared)


def _whole(item: Item, kind: type[E]) -> E:
    """An entry of which a package withholds nothing. Raises CannotRead."""
    if item.it is None or item.body is None or not isinstance(item.it.entry, kind):
        raise CannotRead(item.number, f"expected an entry of kind {kind_of(kind).name}")
    if item.values.keys() != item.body.fields.keys():
        raise CannotRead(item.number, "a package shows every field of its preparation and its release")
    return item.it.entry


def read_record(copied: Sequence[CopiedEntry], policy: bytes, note: str, log_key: str) -> CopiedRecord:
    """Read a copy. Raises CannotRead, BadPolicy and the ledger's errors, all of them ValueError."""
    return record_of(tuple(map(read_item, copied)), policy, note, log_key)


def record_of(items: tuple[Item, ...], policy: bytes, note: str, log_key: str) -> CopiedRecord:
    """The copy that consists of these entries. Raises as :func:`read_record`."""
    release = release_in(items)
    try:
        zone = ZoneInfo(release.entry.zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise CannotRead(release.number, f"it names no time zone: {release.entry.zone!r}") from error
    introduced: dict[str, PersonIntroduced] = {}
    for item in items:
        if item.it and isinstance(item.it.entry, PersonIntroduced):
            introduced.setdefault(item.it.entry.person, item.it.entry)
    checkpoint = read_unverified(note)
    rules = parse_policy(policy)
    return CopiedRecord(items, fold(items), release, rules, zone, introduced, checkpoint, note, log_key)
