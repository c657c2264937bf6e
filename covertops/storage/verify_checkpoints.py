"""Checking the stored checkpoints, and those that others hold, against the log as it grows again entry by entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from covertops.ledger.checkpoint import BadCheckpoint, Checkpoint, open_checkpoint, sign
from covertops.ledger.merkle import Frontier
from covertops.storage.log_key import LogKey
from covertops.storage.verify_report import Report, shown
from covertops.storage.verify_rows import RawRow


class Checkpoints:
    """The checkpoints, as far as the walk through the log has come."""

    def __init__(self, report: Report, origin: str, log_key: LogKey | None, known: Sequence[str]) -> None:
        self._report = report
        self._origin = origin
        self._log_key = log_key
        self._known: dict[int, list[Checkpoint]] = {}
        self._number = 0
        self._size = 0
        self._roots_differ = False
        for note in known:
            self._learn(note)

    @property
    def last(self) -> tuple[int, int]:
        """The number and size of the last checkpoint that was met."""
        return self._number, self._size

    def lose_track(self) -> None:
        """Entries are missing: no later root can be computed, which is a problem already and needs no more of them."""
        self._roots_differ = True

    def check(self, rows: Iterable[RawRow], frontier: Frontier, size: int) -> None:
        """Check the checkpoints stored for the first ``size`` entries, which have this frontier."""
        for known in self._known.pop(size, ()):
            if not self._roots_differ and known.root != frontier.root():
                self._report.add(f"known checkpoint of {size} entries", "the log's root at this size is another")
        for row in rows:
            self._report.checkpoints += 1
            if row[0] != size:
                self._report.add(_where(row), "no append ended at this size")
            else:
                self._check_one(row, frontier)

    def finish(self, rows: Iterable[RawRow]) -> None:
        """Note the checkpoints that lie beyond the last entry."""
        for row in rows:
            self._report.checkpoints += 1
            self._report.add(_where(row), "the log has fewer entries")
        for size in sorted(self._known):
            self._report.add(
                f"known checkpoint of {size} entries", "the log has fewer entries: it is older, or was cut"
            )

    def _learn(self, note: str) -> None:
        if self._log_key is None:
            return
        try:
            checkpoint = open_checkpoint(note, self._log_key.verifier)
        except BadCheckpoint as error:
            self._report.add("known checkpoint", f"it is not one of this log: {error}")
        else:
            self._known.setdefault(checkpoint.size, []).append(checkpoint)

    def _check_one(self, row: RawRow, frontier: Frontier) -> None:
        size, number, note = row
        if not isinstance(number, int) or not isinstance(note, str):
            self._report.add(_where(row), f"expected its number and its text, found {shown(number)}, {shown(note)}")
            return
        if number != self._number + 1:
            lost = f"numbers {self._number + 1} to {number - 1} are missing between sizes {self._size} and {size}"
            self._report.add(_where(row), f"expected number {self._number + 1}: {lost}")
        if self._log_key is not None:
            self._check_note(row, note, frontier, self._log_key)
        self._number, self._size = number, size

    def _check_note(self, row: RawRow, note: str, frontier: Frontier, log_key: LogKey) -> None:
        expected = Checkpoint(self._origin, row[0], frontier.root())
        # An Ed25519 signature is a function of key and text (RFC 8032): making it again is three times faster than
        # verifying it, and shows as much. Only what differs is then looked into.
        if note == sign(expected, log_key.private):
            return
        try:
            found = open_checkpoint(note, log_key.verifier)
        except BadCheckpoint as error:
            self._report.add(_where(row), str(error))
            return
        if note != sign(found, log_key.private):
            self._report.add(_where(row), "its note is not as the log signed it: it has other lines of signatures")
        if found.size != expected.size:
            self._report.add(_where(row), f"its note is of {found.size} entries")
        elif found.root != expected.root and not self._roots_differ:
            entries = f"the entries from index {self._size} to {row[0] - 1}"
            self._report.add(_where(row), f"{entries} are not those it was signed over")
            # Every later root differs too, for the same reason.
            self._roots_differ = True


def _where(row: Sequence[Any]) -> str:
    return f"checkpoint {shown(row[1])} of {shown(row[0])} entries"
