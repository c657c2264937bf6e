"""The one transaction of an action, and the only commit of the program.

A store is opened in the process that uses it, after any fork: a connection shared with a parent would mix both sides'
answers, and SQLite's locks belong to one process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from covertops.ledger.checkpoint import Checkpoint
from covertops.storage.compartments import Compartments, OpenKeys
from covertops.storage.engine import WRITE, make_engine
from covertops.storage.errors import DiskFailed, StorageError, understood
from covertops.storage.head import Head, Streams, log_size, read_head
from covertops.storage.log_key import LogKey, open_log_key
from covertops.storage.opened_entries import OpenedEntries
from covertops.vault.keys import Keyring


class ReadUnit:
    """One moment of the database, read only."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self.store = store
        self.connection = connection
        self.compartments = Compartments(connection, store.keyring, store.open_keys)

    @cached_property
    def streams(self) -> Streams:
        """The ids of the department's and the access stream. Raises NotFounded."""
        return self.store.remembered_streams(self.connection)

    @cached_property
    def log_size(self) -> int:
        """How many entries the log has as this transaction first saw it; what it appends itself is not counted."""
        return log_size(self.connection)

    @cached_property
    def log_key(self) -> LogKey:
        """The key that signs the log's checkpoints. Raises NotFounded, NoSuchSecret and Tampered."""
        return self.store.remembered_log_key(self.connection)


class WriteUnit(ReadUnit):
    """The one transaction that writes now: it holds the append lock from its beginning to its end."""

    def __init__(self, store: Store, connection: Connection, head: Head) -> None:
        super().__init__(store, connection)
        self.head = head
        """The log as this transaction leaves it; `ledger_store.append` moves it on."""
        self.positions: dict[str, tuple[int, str | None]] = {}
        """The number and hash of the last entry of each stream this transaction looked at; (0, None) before any."""
        self.head_checked = False
        """Whether this transaction compared the head with its signed checkpoint."""
        self.spoiled = False
        """Whether an append of this transaction broke off: then it cannot be committed."""


class Store:
    """A database with its keys. Threads may share it, processes may not."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self.engine = engine
        self.keyring = keyring
        self.open_keys = OpenKeys()
        self.opened = OpenedEntries()
        self.signed: tuple[str, Checkpoint] | None = None
        """The note that this process signed last, and over what. It is as true where the append was undone."""
        self.failed: DiskFailed | None = None
        """Set when the disk failed under a write. Every later use raises it: the worker is to stop."""
        self._process = os.getpid()
        self._thread = threading.local()
        self._streams: Streams | None = None
        self._log_key: LogKey | None = None

    @classmethod
    def open(cls, url: str, keyring: Keyring) -> Store:
        """A store on the migrated database at ``url`` (see `make_engine`)."""
        return cls(make_engine(url), keyring)

    def close(self) -> None:
        """Close the connections that are not in use."""
        self.engine.dispose()

    @contextmanager
    def write(self) -> Iterator[WriteUnit]:
        """The transaction of an action: committed when the block ends, undone by any exception that leaves it.

        Waits its turn for the append lock. Raises NotFounded, Tampered, StorageBusy, StorageFull and StorageFailed.
        """
        with self._transaction(write=True) as connection:
            unit = WriteUnit(self, connection, read_head(connection, lock=True))
            yield unit
            if unit.spoiled:
                raise StorageError("an append of this transaction broke off: nothing of the transaction was recorded")
            self._commit(connection)
            unit.compartments.committed()

    @contextmanager
    def founding(self) -> Iterator[Connection]:
        """As :meth:`write`, for the transaction that founds the ledger and has no head to lock yet."""
        with self._transaction(write=True) as connection:
            yield connection
            self._commit(connection)

    @contextmanager
    def read(self) -> Iterator[ReadUnit]:
        """A short transaction that sees one moment of the database and can change nothing."""
        with self._transaction(write=False) as connection:
            yield ReadUnit(self, connection)

    def remembered_streams(self, connection: Connection) -> Streams:
        """The ids of the two fixed streams, which never change once the ledger is founded."""
        if self._streams is None:
            self._streams = read_head(connection).streams
        return self._streams

    def remembered_log_key(self, connection: Connection) -> LogKey:
        """The log's key, opened once in a process."""
        if self._log_key is None:
            self._log_key = open_log_key(connection, self.keyring, read_head(connection).origin)
        return self._log_key

    def _commit(self, connection: Connection) -> None:
        # THE COMMIT POINT. Killed before the database's commit record is on the disk, the next opening finds the record
        # as it was before this transaction: no entry, checkpoint, key or view row of it. Killed after, it finds all of
        # them though nobody was told; whoever acted sees the act on the record and does not repeat it. A commit that
        # fails raises, so nobody was told either; if only its fsync failed, a restart may still find it ("failed, but
        # persisted"). It is whole then, because entries, checkpoint and views are one transaction, and the next append
        # continues from it.
        connection.commit()

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[Connection]:
        self._check_usable()
        with self._alone(write=write):
            try:
                with self._connected(write=write) as connection:
                    yield connection
            except SQLAlchemyError as error:
                meaning = understood(error)
                if meaning is None:
                    raise
                if write and isinstance(meaning, DiskFailed):
                    self.failed = meaning
                raise meaning from error

    @contextmanager
    def _connected(self, *, write: bool) -> Iterator[Connection]:
        # Closing gives the connection back to the pool, which rolls back whatever was not committed.
        with self.engine.connect() as connection:
            connection.execution_options(**{WRITE: write})
            try:
                connection.begin()  # in the way that `engine` says
                yield connection
            except SQLAlchemyError as error:
                if understood(error) is not None:
                    # What a connection whose disk or server failed still believes is not to be built on.
                    connection.invalidate()
                raise

    @contextmanager
    def _alone(self, *, write: bool) -> Iterator[None]:
        """Refuse what would wait for itself, or read beside its own unfinished writing: a second one in this thread."""
        open_now: list[bool] = self._thread.__dict__.setdefault("open_now", [])
        if any(open_now) or (write and open_now):
            raise RuntimeError("a transaction is open in this thread: use its unit, do not begin another")
        open_now.append(write)
        try:
            yield
        finally:
            open_now.remove(write)

    def _check_usable(self) -> None:
        if self.failed is not None:
            raise self.failed
        if os.getpid() != self._process:
            raise StorageError("this store was opened before a fork: open one in the process that uses it")
