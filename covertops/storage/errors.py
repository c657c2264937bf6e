"""What can go wrong in the database, and the one place that reads a driver's error for what it means.

An act that cannot be recorded does not happen: every error here leaves the database as it was, with the one exception
that :class:`StorageFailed` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, ResourceClosedError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class StorageError(Exception):
    """Something the database was asked for was not done."""


class StorageFailed(StorageError):
    """The database or its disk failed.

    If it failed while committing, whether the act was recorded is unknown until the record is read again. A failed
    fsync is never tried again, because the system may have dropped the pages that it could not write: the worker
    stops instead.
    """


class DiskFailed(StorageFailed):
    """The disk itself failed to read, write or keep. After it failed under a write, the worker stops."""


class StorageFull(StorageError):
    """There is no room left for what should have been recorded; nothing was recorded."""


class StorageBusy(StorageError):
    """Others held the database for longer than the time we wait; nothing was recorded."""


class NotFounded(StorageError):
    """The database has no ledger yet."""


class AlreadyFounded(StorageError):
    """The database has a ledger, and a database has one only."""


class StreamMoved(StorageError):
    """Another entry was appended to a stream since the caller looked at it."""


class StreamDisposed(StorageError):
    """The stream's keys were destroyed; only its outer headers are left."""


class Tampered(StorageError):
    """Something stored is not what was written."""


class TamperedEntry(Tampered):
    """An entry is not what was appended: names its stream and number, and what does not fit."""

    def __init__(self, stream: str, number: int, what: str) -> None:
        super().__init__(f"entry {number} of stream {stream}: {what}")
        self.stream = stream
        self.number = number
        self.what = what


_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_IOERR, _SQLITE_FULL = 5, 6, 10, 13
# READONLY, CORRUPT, CANTOPEN, PROTOCOL and NOTADB: the file is at fault.
_SQLITE_FAILED = frozenset({8, 11, 14, 15, 26})
_POSTGRESQL_BUSY = frozenset({"55P03", "57014", "40P01", "25P03"})
# Connection exceptions (08), a server that only reads (25006), operator intervention (57P), system errors (58) and
# corruption (XX).
_POSTGRESQL_FAILED = ("08", "25006", "57P", "58", "XX")

_FULL_WORDS = "The disk that holds the record is full: nothing was recorded. Make room, then repeat the act."
_BUSY_WORDS = "The record was in use by others for too long: nothing was recorded. Try again."
_FAILED_WORDS = (
    "The database failed: look at the record before repeating the act, which may or may not have been recorded."
)


def _from_sqlite(code: int, text: str) -> StorageError | None:
    primary = code & 0xFF  # the extended result codes keep the primary one in their low byte
    if primary == _SQLITE_FULL:
        return StorageFull(_FULL_WORDS)
    if primary in (_SQLITE_BUSY, _SQLITE_LOCKED):
        return StorageBusy(_BUSY_WORDS)
    if primary == _SQLITE_IOERR:
        return DiskFailed(f"{_FAILED_WORDS} ({text})")
    if primary in _SQLITE_FAILED:
        return StorageFailed(f"{_FAILED_WORDS} ({text})")
    return None


def _from_postgresql(state: str | None, lost: bool, text: str) -> StorageError | None:
    if state == "53100":
        return StorageFull(_FULL_WORDS)
    if state in _POSTGRESQL_BUSY:
        return StorageBusy(_BUSY_WORDS)
    if state == "58030":
        return DiskFailed(f"{_FAILED_WORDS} ({text})")
    if lost or (state is not None and state.startswith(_POSTGRESQL_FAILED)):
        return StorageFailed(f"{_FAILED_WORDS} ({text})")
    return None


def understood(error: BaseException) -> StorageError | None:
    """What a driver's error means for the person who acted, or None where it speaks of the statement only."""
    if isinstance(error, PoolTimeout):
        return StorageBusy(_BUSY_WORDS)
    if isinstance(error, ResourceClosedError):
        return StorageFailed(f"{_FAILED_WORDS} (the connection was lost)")
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    text = str(error.orig).strip()
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _from_sqlite(code, text)
    # An error without a statement is one of connecting: nobody answered, and so there is no state either.
    lost = error.connection_invalidated or error.statement is None
    return _from_postgresql(getattr(error.orig, "sqlstate", None), lost, text)


@contextmanager
def understanding() -> Iterator[None]:
    """Tell what a driver's error means wherever the database is used without a unit of work."""
    try:
        yield
    except SQLAlchemyError as error:
        meaning = understood(error)
        if meaning is None:
            raise
        raise meaning from error
