"""Who looked at what within the last hour, folded from the access stream as this process has read it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from covertops.actions.folding import opened
from covertops.domain.declaration import Recorded
from covertops.domain.entries.access import OperationViewed
from covertops.storage.ledger_read import read_entries, read_stream
from covertops.storage.unit_of_work import ReadUnit

ACCESS: Final = "access"
HOUR: Final = timedelta(hours=1)
_AT_ONCE: Final = 500


class RecentViews:
    """Who looked at what in the last hour, as far as this process has read the access stream. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: int | None = None
        self._seen: dict[tuple[str, str, str], datetime] = {}

    def seen(self, unit: ReadUnit, person: str, operation_id: str, now: datetime, page: str = "") -> bool:
        """Whether this viewing, of a page where each is counted, is on record within the last hour."""
        with self._lock:
            for it in self._new(unit, now):
                if isinstance(it.entry, OperationViewed) and it.entry.by:
                    self._seen[it.entry.by, it.entry.operation, it.entry.page or ""] = it.at
                self._last = it.number
            self._seen = {key: at for key, at in self._seen.items() if now - at < HOUR}
            return (person, operation_id, page) in self._seen

    def _new(self, unit: ReadUnit, now: datetime) -> Iterable[Recorded]:
        if self._last is not None:
            return [opened(raw) for raw in read_stream(unit, ACCESS, after=self._last)]
        return _of_the_last_hour(unit, now)


def _of_the_last_hour(unit: ReadUnit, now: datetime) -> list[Recorded]:
    newest = read_stream(unit, ACCESS, limit=_AT_ONCE, newest_first=True)
    found = [opened(raw) for raw in newest]
    while found and found[-1].number > 1 and now - found[-1].at < HOUR:
        first = found[-1].number
        earlier = read_entries(unit, ACCESS, range(max(1, first - _AT_ONCE), first))
        found += [opened(raw) for raw in reversed(earlier)]
    return found[::-1]
