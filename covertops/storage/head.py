"""The head row: the one row whose lock orders all writers, and what the next append continues from.

A code over the row (HMAC-SHA256, RFC 2104), under a key made from the log's own, says that the program wrote it.
Without it nobody would miss entries and checkpoints that were cut off the end together, because every older checkpoint
is signed too. Somebody with an *older copy* of the row can still put that back; against this stand the checkpoints that
others hold.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select, update

from covertops.ledger.canonical import canonical
from covertops.ledger.merkle import Frontier
from covertops.storage import tables
from covertops.storage.compartments import ACCESS, DEPARTMENT, OPERATION
from covertops.storage.errors import NotFounded, Tampered
from covertops.storage.statements import Statement

_C = tables.ledger_head.c
_SELECT = select(
    _C.origin, _C.department_stream, _C.access_stream, _C.size, _C.frontier, _C.checkpoints, _C.last_time, _C.mac
)
_HEAD = Statement(_SELECT)
_LOCKED_HEAD = Statement(_SELECT.with_for_update())
_LAST = Statement(select(func.max(tables.entry.c["index"])))
_GROW = Statement(update(tables.ledger_head), ("size", "frontier", "checkpoints", "last_time", "mac"))


@dataclass(frozen=True)
class Streams:
    """The ids of the two streams that every ledger has. Any other is an operation's, under the operation's id."""

    department: str
    access: str

    def id_of(self, stream: str) -> str:
        """The id of a stream that may be named "department" or "access"."""
        if stream == DEPARTMENT:
            return self.department
        return self.access if stream == ACCESS else stream

    def kind_of(self, stream: str) -> str:
        """Whether a stream is the department's, the access stream or an operation's."""
        if stream == self.department:
            return DEPARTMENT
        return ACCESS if stream == self.access else OPERATION


@dataclass(frozen=True)
class Head:
    """The log as the last append left it; ``last_time`` in microseconds."""

    origin: str
    streams: Streams
    frontier: Frontier
    checkpoints: int
    last_time: int
    mac: bytes = field(default=b"", compare=False, repr=False)
    """As it is stored. A head that an append moved on still has the one before it: `write_head` makes its own."""

    @property
    def size(self) -> int:
        """How many entries the log has."""
        return self.frontier.size


def read_head(connection: Connection, *, lock: bool = False) -> Head:
    """The head; with ``lock`` nobody else appends until the transaction ends.

    On SQLite the transaction itself is the lock (BEGIN IMMEDIATE). Raises NotFounded, and Tampered where the row does
    not hold what an append writes.
    """
    row = (_LOCKED_HEAD if lock else _HEAD).row(connection)
    if row is None:
        raise NotFounded("this database has no ledger: it is to be founded first")
    origin, department, access, size, stored, checkpoints, last_time, mac = row
    try:
        frontier = Frontier.from_bytes(stored)
    except ValueError as error:
        raise Tampered(f"the head row's frontier cannot be read: {error}") from error
    if frontier.size != size:
        raise Tampered(f"the head row says {size} entries, its frontier {frontier.size}")
    return Head(origin, Streams(department, access), frontier, checkpoints, last_time, mac)


def log_size(connection: Connection) -> int:
    """How many entries are stored, whatever the head row says."""
    row = _LAST.row(connection)
    return 0 if row is None or row[0] is None else int(row[0]) + 1


def head_mac(head: Head, key: bytes) -> bytes:
    """The code over a head: HMAC-SHA256 of its values, canonical, under the log's head key (32 bytes)."""
    meaning = canonical(
        {
            "format": "covertops/head/1",
            "origin": head.origin,
            "department_stream": head.streams.department,
            "access_stream": head.streams.access,
            "size": head.size,
            "frontier": head.frontier.to_bytes().hex(),
            "checkpoints": head.checkpoints,
            "last_time": head.last_time,
        }
    )
    return hmac.digest(key, meaning, "sha256")


def check_mac(head: Head, key: bytes) -> None:
    """Check that the program wrote this head as it is; raise Tampered if not."""
    if not hmac.compare_digest(head.mac, head_mac(head, key)):
        raise Tampered(f"the head row of {head.size} entries is not as it was written: its code does not fit it")


def write_head(connection: Connection, head: Head, key: bytes) -> None:
    """Store the head that an append leaves, with its code; the guards refuse one that does not grow."""
    values = {
        "size": head.size,
        "frontier": head.frontier.to_bytes(),
        "checkpoints": head.checkpoints,
        "last_time": head.last_time,
        "mac": head_mac(head, key),
    }
    _GROW.run(connection, values)
