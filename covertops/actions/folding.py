"""Folding streams from the ledger, and the cache of folds that a process keeps.

A cached fold is extended by reading the entries after its last number; they must chain to its last hash. Nothing
folded is persisted.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final
from zoneinfo import ZoneInfo

from covertops.domain.declaration import MalformedEntry, Recorded, entry_from
from covertops.domain.department import Department, evolve_department
from covertops.domain.evolve import evolve
from covertops.domain.operation import Operation
from covertops.domain.policy import Policy
from covertops.storage.errors import StorageError
from covertops.storage.ledger_read import ALL_PARTS, OWN_PARTS, RecordedEntry, read_entries, read_stream
from covertops.storage.lookups import moved_since
from covertops.storage.rows import Rows
from covertops.storage.unit_of_work import ReadUnit, WriteUnit

DEPARTMENT: Final = "department"
KEPT: Final = 2000
KEPT_ROWS: Final = 200


def opened(raw: RecordedEntry) -> Recorded:
    """An entry of the record as the rules read it; fields of compartments that were not opened are withheld."""
    entry = entry_from(raw.kind, raw.version, raw.digests, raw.fields)
    return Recorded(raw.stream, raw.number, raw.time, raw.header_hash, raw.office, entry)


class Folds:
    """The folds of one process, the least recently used forgotten first. Threads share it.

    ``_size`` is a size of the log at which every kept fold was what the record said. One query tells what was appended
    since; a fold that nothing was appended to is read no more.
    """

    def __init__(self) -> None:
        self._operations: OrderedDict[str, Operation] = OrderedDict()
        self._department = Department()
        self._rows: OrderedDict[str, tuple[Operation, Policy, ZoneInfo, Rows]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def department(self, unit: ReadUnit) -> Department:
        """The department as the record has it now."""
        if _appending(unit):
            return _extended_department(unit, self._department)
        size = self._catch_up(unit)
        with self._lock:
            if self._size == size:
                return self._department
        return _extended_department(unit, Department())

    def operation(self, unit: ReadUnit, operation_id: str) -> Operation:
        """The operation as the record has it now; one without entries has number 0."""
        if _appending(unit):
            return _extended(unit, self._operations.get(operation_id) or Operation(operation_id))
        size = self._catch_up(unit)
        with self._lock:
            known = self._operations.get(operation_id) if self._size == size else None
            if known is not None:
                self._operations.move_to_end(operation_id)
                return known
        state = _extended(unit, Operation(operation_id))
        with self._lock:
            # Only a fold as new as all the others is kept. If the log moved on meanwhile, nobody would extend this one.
            if self._size == size and state.last_number:
                self._operations[operation_id] = state
                while len(self._operations) > KEPT:
                    self._operations.popitem(last=False)
        return state

    def _catch_up(self, unit: ReadUnit) -> int:
        """Extend every kept fold by what was appended since; return the size of the log as this transaction sees it.

        Where another thread is ahead of this transaction's moment, nothing is changed. A stream that cannot be folded
        is kept no more, so that whoever asks for it, and nobody else, is told why.
        """
        with self._lock:
            size, kept, department = self._size, dict(self._operations), self._department
        now = unit.log_size
        if now <= size:
            return now
        moved = moved_since(unit, size)
        extended: dict[str, Operation | None] = {}
        for stream, number in moved.items():
            if stream in kept and kept[stream].last_number < number:
                try:
                    extended[stream] = _extended(unit, kept[stream])
                except (MalformedEntry, StorageError):
                    extended[stream] = None
        if department.last_number < moved.get(unit.streams.department, 0):
            department = _extended_department(unit, department)
        with self._lock:
            if self._size == size:
                for stream, state in extended.items():
                    if state is None:
                        self._operations.pop(stream, None)
                    elif stream in self._operations:
                        self._operations[stream] = max(self._operations[stream], state, key=lambda one: one.last_number)
                self._department = max(self._department, department, key=lambda one: one.last_number)
                self._size = now
        return now

    def keep(self, operation: Operation) -> None:
        """Put a fold whose entries are committed in the place of the older one that is kept, if one is."""
        with self._lock:
            known = self._operations.get(operation.id)
            if known is not None and known.last_number < operation.last_number:
                self._operations[operation.id] = operation

    def rows(self, operation: Operation, rules: Policy, zone: ZoneInfo) -> Rows | None:
        """The view rows that were made of this very fold under these very rules, if they are kept."""
        with self._lock:
            known = self._rows.get(operation.id)
        # Of the same object, and not of an equal one: comparing two folds would take longer than making the rows.
        same = known is not None and known[0] is operation and known[1] is rules and known[2] is zone
        return known[3] if known is not None and same else None

    def keep_rows(self, operation: Operation, rules: Policy, zone: ZoneInfo, rows: Rows) -> None:
        """Keep the rows of a fold for its next act. A fold whose append is undone is asked for by nobody."""
        with self._lock:
            self._rows[operation.id] = (operation, rules, zone, rows)
            self._rows.move_to_end(operation.id)
            while len(self._rows) > KEPT_ROWS:
                self._rows.popitem(last=False)

    def keep_department(self, department: Department) -> None:
        """As :meth:`keep`, for the department."""
        with self._lock:
            if department.last_number > self._department.last_number:
                self._department = department


def _appending(unit: ReadUnit) -> bool:
    """Whether this transaction appended already: what it reads may be undone, and no fold of it is kept."""
    return isinstance(unit, WriteUnit) and bool(unit.positions)


def _extended(unit: ReadUnit, state: Operation) -> Operation:
    for raw in read_stream(unit, state.id, after=state.last_number, after_hash=state.last_hash or None):
        state = evolve(state, opened(raw))
    return state


def _extended_department(unit: ReadUnit, state: Department) -> Department:
    for raw in read_stream(unit, DEPARTMENT, after=state.last_number, after_hash=state.last_hash or None):
        state = evolve_department(state, opened(raw))
    return state


def entries(unit: ReadUnit, stream: str, numbers: Iterable[int], *, counsel: bool = False) -> dict[int, Recorded]:
    """Some entries of a stream by number; with ``counsel`` the attorneys' compartments are opened too."""
    # No stream has so many; a number beyond what a database holds would be its error and not an empty answer.
    numbers = [number for number in numbers if 0 < number < 2**53]
    if not numbers:
        return {}
    parts = ALL_PARTS if counsel else OWN_PARTS
    return {raw.number: opened(raw) for raw in read_entries(unit, stream, numbers, parts=parts)}
