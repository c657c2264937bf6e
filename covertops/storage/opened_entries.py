"""Entries that this process has opened and checked, so that a page that shows them again need not open them again.

An entry is never changed once it is committed. Whether its row still holds what was committed is for `verify_ledger`,
which reads past this. Counsel's compartments are never kept here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from covertops.storage.ledger_read import RecordedEntry

MOST: Final = 2000


class OpenedEntries:
    """The entries last opened, the longest unused forgotten first. Threads share it."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, int], RecordedEntry] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, stream: str, numbers: Iterable[int]) -> dict[int, RecordedEntry]:
        """Those of these entries that are kept."""
        found: dict[int, RecordedEntry] = {}
        with self._lock:
            for number in numbers:
                entry = self._entries.get((stream, number))
                if entry is not None:
                    self._entries.move_to_end((stream, number))
                    found[number] = entry
        return found

    def keep(self, entries: Iterable[RecordedEntry]) -> None:
        """Keep entries that are committed."""
        with self._lock:
            self._entries.update(((one.stream, one.number), one) for one in entries)
            while len(self._entries) > MOST:
                self._entries.popitem(last=False)

    def forget(self, streams: Iterable[str]) -> None:
        """Drop the entries of streams whose keys were destroyed."""
        gone = set(streams)
        with self._lock:
            for key in [key for key in self._entries if key[0] in gone]:
                del self._entries[key]
