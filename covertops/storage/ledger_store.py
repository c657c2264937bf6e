"""Append: the one way anything gets on the record.

Life of an entry:

1. The transaction holds the head row, so that nobody else appends (`unit_of_work`).
2. The newest stored checkpoint must bear the log's signature and the head's size and root, and the head row its code:
   the server never signs what grew from a head row that somebody altered, or from a log whose end was cut off.
3. The time is the later of the clock's and the last entry's, so that the log never runs backwards.
4. Each draft gets its index in the log, its number in its stream and the hash of the stream's preceding header.
5. Each field gets a salt (or keeps the one its signer saw) and its digest stands in the body; the body's digest stands
   in the header.
6. Body and fields are sealed, one box for each compartment; header and boxes are inserted.
7. The frontier takes the header's leaf hash; the new size and root are signed, and the checkpoint is inserted.
8. The head row grows. The transaction's commit makes all of it stand, or none (`unit_of_work`, the commit point).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, exists, select

from covertops.ledger.canonical import Json
from covertops.ledger.checkpoint import BadCheckpoint, Checkpoint, open_checkpoint, sign
from covertops.ledger.entry import Body, Field, Header, MalformedEntry, header_hash
from covertops.ledger.merkle import leaf_hash
from covertops.storage import tables
from covertops.storage.boxes import Place, seal_parts
from covertops.storage.compartments import BODY, PARTS_OF
from covertops.storage.errors import StreamDisposed, StreamMoved, Tampered, TamperedEntry
from covertops.storage.head import check_mac, write_head
from covertops.storage.statements import Statement, insert_row
from covertops.storage.times import header_time, micros, moment
from covertops.storage.unit_of_work import WriteUnit
from covertops.vault.sealing import SealedBox

_SALT_BYTES = 16

_INSERT_ENTRY = insert_row(tables.entry)
_INSERT_BOX = insert_row(tables.box)
_INSERT_CHECKPOINT = insert_row(tables.checkpoint)
_CHECKPOINT = Statement(
    select(tables.checkpoint.c.number, tables.checkpoint.c.note).where(tables.checkpoint.c.size == bindparam("size"))
)
_LAST_OF_STREAM = Statement(
    select(
        tables.entry.c.number,
        tables.entry.c.header,
        exists().where(tables.disposed.c.stream == tables.entry.c.stream),
    )
    .where(tables.entry.c.stream == bindparam("stream"))
    .order_by(tables.entry.c.number.desc())
    .limit(1)
)


class FieldDraft(NamedTuple):
    """A field to be recorded. ``part`` is its compartment; ``salt`` is None unless a signer already saw it."""

    name: str
    value: Json
    part: str
    salt: str | None = None


class Position(NamedTuple):
    """The last entry of a stream: its number and its header's hash; (0, None) before the first."""

    number: int
    hash: str | None


@dataclass(frozen=True)
class Draft:
    """An entry to be recorded. ``stream`` is "department", "access" or an operation's id (32 hex digits).

    Where ``follows`` is given, the stream's last entry must still be that one.
    """

    stream: str
    kind: str
    version: int
    office: str
    fields: Sequence[FieldDraft]
    follows: Position | None = None


@dataclass(frozen=True)
class Written:
    """An entry as it was recorded. ``hash`` is its header's."""

    index: int
    stream: str
    number: int
    hash: str
    time: datetime
    header: bytes


@dataclass(frozen=True)
class Appended:
    """What one append recorded, and the signed checkpoint over it, which must not leave before the commit.

    ``clock_behind`` is how far the clock was behind the last entry, None where it was not.
    """

    entries: tuple[Written, ...]
    checkpoint: str
    clock_behind: timedelta | None


def append(unit: WriteUnit, drafts: Sequence[Draft], now: datetime) -> Appended:
    """Record the drafts in this order, in the unit's transaction, under one new checkpoint.

    Raises ValueError or MalformedEntry for a draft that cannot be an entry, StreamMoved where a stream's last entry is
    not the one a draft follows, StreamDisposed, and Tampered where the log is not what its last checkpoint signed.
    """
    if not drafts:
        raise ValueError("an append needs at least one draft")
    # Whoever catches an error of what follows and goes on must not commit half an append.
    unit.spoiled = True
    _check_last_checkpoint(unit)
    clock = micros(now)
    time = max(clock, unit.head.last_time)
    frontier = unit.head.frontier
    headers: list[Header] = []
    boxes: list[dict[str, object]] = []
    for draft in drafts:
        header, sealed = _compose(unit, draft, frontier.size, header_time(time))
        headers.append(header)
        boxes += [_box_row(header.index, part, box) for part, box in sealed.items()]
        frontier = frontier.append(leaf_hash(header.to_bytes()))
    checkpoint = Checkpoint(unit.head.origin, frontier.size, frontier.root())
    note = sign(checkpoint, unit.log_key.private)
    behind = unit.head.last_time - clock
    unit.head = replace(unit.head, frontier=frontier, checkpoints=unit.head.checkpoints + 1, last_time=time)
    _insert(unit, headers, boxes, note)
    unit.store.signed = (note, checkpoint)
    unit.spoiled = False
    written = tuple(_written(header, time) for header in headers)
    return Appended(written, note, timedelta(microseconds=behind) if behind > 0 else None)


def position(unit: WriteUnit, stream: str, follows: Position | None = None) -> Position:
    """The last entry of a stream, as this transaction's next append to it will find it. Raises StreamDisposed.

    ``follows`` is an entry that the caller read and checked: if the last one is still that one, by number and hash, it
    is not read again.
    """
    stream = unit.streams.id_of(stream)
    known = unit.positions.get(stream)
    if known is None:
        unit.positions[stream] = known = _stored_position(unit, stream, follows)
    return Position(*known)


def _stored_position(unit: WriteUnit, stream: str, follows: Position | None) -> Position:
    row = _LAST_OF_STREAM.row(unit.connection, {"stream": stream})
    if row is None:
        return Position(0, None)
    number, data, is_disposed = row
    if is_disposed:
        raise StreamDisposed(f"stream {stream} was disposed of: nothing more can be recorded in it")
    stored = Position(number, header_hash(data))
    if stored == follows:
        return stored
    try:
        header = Header.from_bytes(data)
    except MalformedEntry as error:
        raise TamperedEntry(stream, number, str(error)) from error
    if (header.stream, header.number) != (stream, number):
        raise TamperedEntry(stream, number, f"its header is of entry {header.number} of stream {header.stream}")
    return stored


def _compose(unit: WriteUnit, draft: Draft, index: int, time: str) -> tuple[Header, dict[str, SealedBox]]:
    stream = unit.streams.id_of(draft.stream)
    last = position(unit, stream, draft.follows)
    if draft.follows is not None and draft.follows != last:
        raise StreamMoved(f"stream {stream} stands at entry {last.number}, expected {draft.follows.number}")
    parts = _fields_by_part(unit.streams.kind_of(stream), draft)
    digests = {field.name: field.digest for fields in parts.values() for field in fields}
    body = Body(draft.kind, draft.version, draft.office, secrets.token_hex(_SALT_BYTES), digests)
    header = Header(unit.head.origin, index, stream, last.number + 1, last.hash, time, body.digest)
    place = Place.of(header, unit.streams.kind_of(stream))
    names = dict.fromkeys(place.compartment(part) for part in (BODY, *parts))
    keys = {name: unit.compartments.for_writing(name) for name in names}
    unit.positions[stream] = (header.number, header.hash)
    return header, seal_parts(place, body.to_bytes(), parts, keys)


def _fields_by_part(kind: str, draft: Draft) -> dict[str, list[Field]]:
    """The fields with their salts, by part, each part known to the stream and each name once."""
    parts: dict[str, list[Field]] = {}
    names: set[str] = set()
    for name, value, part, salt in draft.fields:
        if part not in PARTS_OF[kind]:
            raise ValueError(f"{draft.kind}: the {kind} stream has no part {str(part)!r} for the field {name}")
        if name in names:
            raise ValueError(f"{draft.kind}: the field {name} is given twice")
        names.add(name)
        parts.setdefault(str(part), []).append(Field(salt or secrets.token_hex(_SALT_BYTES), name, value))
    if PARTS_OF[kind][0] not in parts:
        # Every entry says at least who made it; a reader who finds no such box knows that it was taken away.
        raise ValueError(f"{draft.kind}: an entry needs at least one field in part {PARTS_OF[kind][0]}")
    return parts


def _box_row(index: int, part: str, box: SealedBox) -> dict[str, object]:
    return {"entry_index": index, "part": part, "wrapped_key": box.wrapped_key, "sealed": box.sealed}


def _insert(unit: WriteUnit, headers: Sequence[Header], boxes: Sequence[dict[str, object]], note: str) -> None:
    for one in headers:
        row = {"index": one.index, "stream": one.stream, "number": one.number, "header": one.to_bytes()}
        _INSERT_ENTRY.run(unit.connection, row)
    for box in boxes:
        _INSERT_BOX.run(unit.connection, box)
    checkpoint = {"size": unit.head.size, "number": unit.head.checkpoints, "note": note}
    _INSERT_CHECKPOINT.run(unit.connection, checkpoint)
    write_head(unit.connection, unit.head, unit.log_key.head)


def _written(header: Header, time: int) -> Written:
    return Written(header.index, header.stream, header.number, header.hash, moment(time), header.to_bytes())


def _check_last_checkpoint(unit: WriteUnit) -> None:
    """Check once in a transaction that the log is what its last checkpoint signed and its head says; or Tampered."""
    if unit.head_checked:
        return
    head = unit.head
    if unit.log_size != head.size:
        raise Tampered(f"the head row says {head.size} entries; the last entry's index is {unit.log_size - 1}")
    if head.size:
        number, note = _CHECKPOINT.row(unit.connection, {"size": head.size}) or (None, None)
        if number != head.checkpoints:
            raise Tampered(f"checkpoint {head.checkpoints} of size {head.size}, the newest, is not stored")
        _check_signed(unit, number, note)
    check_mac(head, unit.log_key.head)
    unit.head_checked = True


def _check_signed(unit: WriteUnit, number: int, note: str) -> None:
    """Check that this is the log's own signed note over what the head row says; raise Tampered if not."""
    expected = Checkpoint(unit.head.origin, unit.head.size, unit.head.frontier.root())
    if unit.store.signed == (note, expected):
        return
    # An Ed25519 signature is a function of key and text (RFC 8032): making it again is three times faster than
    # verifying it, and shows as much. Only a note that differs is read.
    if note == sign(expected, unit.log_key.private):
        return
    try:
        signed = open_checkpoint(note, unit.log_key.verifier)
    except BadCheckpoint as error:
        raise Tampered(f"checkpoint {number} of size {expected.size}: {error}") from error
    if signed != expected:
        raise Tampered(f"the head row's origin or frontier is not what checkpoint {number} signed")
