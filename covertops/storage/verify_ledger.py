"""Verification of the whole ledger, row by row: nothing that was changed, added or taken away passes unnamed.

1. The guards are there, and SQLite finds its own file sound.
2. The head row is one row; it gives the log's origin and the ids of the two fixed streams.
3. Every compartment's key opens under the master key and its name.
4. Each entry stands at the next index. Its header is canonical, in its place, of this log, follows the last header of
   its stream, and is not earlier than the entry before it in the log.
5. Its boxes open, the body is the one its header commits to, the fields are the ones its body commits to, all of them.
6. Each stored checkpoint bears the log's signature over the root of exactly the entries before it, and none is missing.
7. The head row says what the last entry and checkpoint left, and bears the code that only the log's key makes, so
   that nobody without it cuts off the end. No box, key or disposal stands without its entry.
8. Every checkpoint that somebody else holds is one of this log (`known`). Without any, a log that was written anew
   with the server's own key, or put back whole from an earlier copy, is not told from the true one.

What is *not* checked here: that the fields fit their kind's declaration, and that the views are what the entries fold
to (`views.compare`). Both need the domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from covertops.ledger.forms import is_id, is_origin
from covertops.ledger.merkle import Frontier, leaf_hash
from covertops.storage.errors import StorageError
from covertops.storage.guards import missing_guards
from covertops.storage.head import Head, Streams, head_mac
from covertops.storage.log_key import LogKey, open_log_key
from covertops.storage.times import from_header, micros
from covertops.storage.unit_of_work import ReadUnit, Store
from covertops.storage.verify_checkpoints import Checkpoints
from covertops.storage.verify_entries import Chains, Contents, Keys, Visit
from covertops.storage.verify_report import Report, shown
from covertops.storage.verify_rows import Merged, RawRow, any_text, raw_rows, whole_keys

Progress = Callable[[int, int], None]
"""Called now and then with the number of entries checked and the number the head row names."""

_OFTEN: Final = 1000
_INDEX: Final = '"index"'  # a word of SQL


def verify_ledger(
    store: Store,
    progress: Progress | None = None,
    known: Sequence[str] = (),
    visit: Visit | None = None,
    then: Callable[[ReadUnit], None] | None = None,
) -> Report:
    """Check every row of the ledger (see the module); ``known`` are checkpoints that others hold.

    ``visit`` is given each entry that is what was appended, opened, in the order of the log, so that whoever folds them
    need not open them again. ``then`` is called at the end with the same moment of the database.

    Raises nothing for what is stored: whatever it is, it is a problem in the report.
    """
    report = Report()
    try:
        with store.read() as unit:
            with any_text(unit.connection):
                _Verification(unit, report, progress, known, visit).run()
            if then is not None:
                then(unit)
    except StorageError as error:
        report.add("database", str(error))
    return report


@dataclass(frozen=True)
class _Head:
    """The head row as it is stored, with whatever is in it."""

    id: Any
    origin: Any
    department_stream: Any
    access_stream: Any
    size: Any
    frontier: Any
    checkpoints: Any
    last_time: Any
    mac: Any


class _Verification:
    """One walk through the whole ledger. The numbers are the steps of the module's description."""

    def __init__(
        self,
        unit: ReadUnit,
        report: Report,
        progress: Progress | None,
        known: Sequence[str],
        visit: Visit | None,
    ) -> None:
        self._unit = unit
        self._report = report
        self._progress = progress
        self._known = known
        self._visit = visit

    def run(self) -> None:
        self._check_database()  # 1
        head = self._head()  # 2
        keys = Keys(self._report)  # 3
        keys.open_all(self._rows("compartment", ("name", "wrapped_key")), self._unit.store.keyring)
        disposed = self._disposed()
        streams = Streams(str(head.department_stream), str(head.access_stream))
        chains = Chains(self._report, head.origin)
        contents = Contents(self._report, streams, keys.by_name, disposed, self._visit)
        log_key = self._log_key(head.origin)
        checkpoints = Checkpoints(self._report, head.origin, log_key, self._known)
        frontier = self._walk(head.size, chains, contents, checkpoints)  # 4, 5, 6, 8
        time = micros(from_header(chains.time)) if chains.time else 0
        expected = Head(head.origin, streams, frontier, checkpoints.last[0], time)
        self._compare_head(head, expected, checkpoints.last[1])  # 7
        self._check_mac(head, expected, log_key)
        keys.check_streams(chains.streams, disposed)
        contents.finish()

    def _rows(self, table: str, columns: Sequence[str], order: Sequence[str] = ()) -> Iterator[RawRow]:
        return raw_rows(self._unit.connection, self._report, table, columns, order)

    def _keyed_rows(self, table: str, *columns: str, order: Sequence[str]) -> Iterator[RawRow]:
        return whole_keys(self._rows(table, columns, order), self._report, table)

    def _check_database(self) -> None:
        for guard in missing_guards(self._unit.connection):
            self._report.add(f"guard {guard}", "it is missing or switched off")
        if self._unit.connection.dialect.name == "sqlite":
            for (finding,) in self._rows("pragma_integrity_check", ("integrity_check",)):
                if finding != "ok":
                    self._report.add("SQLite file", str(finding))

    def _head(self) -> _Head:
        heads = [_Head(*row) for row in self._rows("ledger_head", [field.name for field in fields(_Head)])]
        if len(heads) != 1:
            self._report.add("ledger_head", f"expected one row, found {len(heads)}")
        head = heads[0] if heads else _Head(1, "", "", "", 0, b"", 0, 0, b"")
        if not is_origin(head.origin):
            self._report.add("ledger_head", f"its origin: {shown(head.origin)} cannot be one")
            head = replace(head, origin="unknown")
        for stream in (head.department_stream, head.access_stream):
            if not is_id(stream):
                self._report.add("ledger_head", f"expected a stream's id, found {shown(stream)}")
        return head

    def _log_key(self, origin: str) -> LogKey | None:
        try:
            return open_log_key(self._unit.connection, self._unit.store.keyring, origin)
        except SQLAlchemyError as error:
            self._unit.connection.rollback()
            found = str(error)
        except (StorageError, ValueError, TypeError) as error:
            found = str(error)
        self._report.add("secret log-key", f"no checkpoint can be checked: {shown(found)}")
        return None

    def _disposed(self) -> dict[str, int]:
        disposed: dict[str, int] = {}
        for stream, index in self._rows("disposed", ("stream", "entry_index")):
            self._report.disposed += 1
            if is_id(stream) and isinstance(index, int) and stream not in disposed:
                disposed[stream] = index
            else:
                self._report.add("table disposed", f"a row names stream {shown(stream)} and index {shown(index)}")
        return disposed

    def _walk(self, total: object, chains: Chains, contents: Contents, checkpoints: Checkpoints) -> Frontier:
        """Go through the log, with each entry its boxes and checkpoints; the frontier of the entries that are there."""
        frontier = Frontier()
        expected = 0
        box_order = ("entry_index", "part")
        boxes = Merged(self._keyed_rows("box", "entry_index", "part", "wrapped_key", "sealed", order=box_order))
        notes = Merged(self._keyed_rows("checkpoint", "size", "number", "note", order=("size",)))
        for row in self._keyed_rows("entry", _INDEX, "stream", "number", "header", order=(_INDEX,)):
            index, stream, number, data = row
            self._report.entries += 1
            if index < expected:
                self._report.add_entry(index, stream, number, "another entry has this index")
                continue
            if index > expected:
                self._report.add(f"entries at index {expected} to {index - 1}", "they are missing")
                checkpoints.lose_track()
            self._orphans(boxes.up_to(index - 1))
            header = chains.check(row)
            if isinstance(data, bytes):
                frontier = frontier.append(leaf_hash(data))
                self._report.bytes += len(data)
            due = list(boxes.up_to(index))
            if header is not None:
                contents.check(header, due)
            expected = index + 1
            checkpoints.check(notes.up_to(expected), frontier, expected)
            if self._progress is not None and expected % _OFTEN == 0:
                self._progress(expected, total if isinstance(total, int) else expected)
        self._orphans(boxes.rest())
        checkpoints.finish(notes.rest())
        return frontier

    def _orphans(self, rows: Iterator[RawRow]) -> None:
        for index, part, *_ in rows:
            self._report.add(f"box {shown(part)} of the entry at index {shown(index)}", "there is no such entry")

    def _compare_head(self, head: _Head, expected: Head, signed: int) -> None:
        if signed != expected.size:
            self._report.add(
                f"entries at index {signed} to {expected.size - 1}",
                f"the last checkpoint, {expected.checkpoints}, is of {signed} entries",
            )
        values: dict[str, object] = {
            "id": 1,
            "size": expected.size,
            "frontier": expected.frontier.to_bytes(),
            "checkpoints": expected.checkpoints,
            "last_time": expected.last_time,
        }
        for name, value in values.items():
            found = getattr(head, name)
            if found != value or type(found) is not type(value):
                self._report.add("ledger_head", f"{name}: found {shown(found)}, expected {shown(value)}")

    def _check_mac(self, head: _Head, expected: Head, log_key: LogKey | None) -> None:
        """Compare the head's code with the one of the record as it is; what makes that impossible is named already."""
        if log_key is None or not is_id(head.department_stream) or not is_id(head.access_stream):
            return
        if head.mac != head_mac(expected, log_key.head):
            self._report.add(
                "ledger_head", "mac: the log's key makes another over this record; entries may be cut off its end"
            )
