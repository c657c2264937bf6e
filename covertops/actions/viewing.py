"""Looking is on record: one entry of the access stream for each person, operation and hour.

Two processes never record one viewing twice, because it is looked up again under the append lock (`recent_views`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from covertops.actions.folding import opened
from covertops.actions.installation import Installation
from covertops.actions.operations import scene
from covertops.actions.recording import ACCESS, record_access
from covertops.domain.decisions.frame import Written
from covertops.domain.declaration import Recorded
from covertops.domain.entries.access import OperationViewed
from covertops.domain.membership import may_see
from covertops.domain.vocabulary import CHIEFS, Office
from covertops.storage.ledger_read import read_entries, read_stream
from covertops.storage.unit_of_work import ReadUnit

_SHOWN: Final = 1000
"""How many entries of the access stream one page of viewers is searched in."""


def viewed(house: Installation, operation_id: str, person: str, now: datetime, page: str = "") -> bool:
    """Record that a person looks at an operation, once an hour; whether anything was recorded.

    Of somebody who is not on it and reads with a reason, each ``page`` is recorded by itself. Raises NotFound where
    they may not: then they have seen nothing.
    """
    with house.store.read() as unit:
        it = scene(house, unit, operation_id, person, now)
        counted = "" if may_see(it.operation, person, it.actor.offices) else page
        if house.views.seen(unit, person, operation_id, now, counted):
            return False
    order = (*reversed(CHIEFS), Office.SUPERVISOR, Office.INVESTIGATOR, Office.AUDITOR)
    office = next(one for one in order if one in it.actor.offices)
    with house.store.write() as unit:
        if house.views.seen(unit, person, operation_id, now, counted):
            return False
        looked = OperationViewed(by=person, operation=operation_id, page=counted or None)
        record_access(unit, [Written(office, looked)], now)
    return True


@dataclass(frozen=True)
class Viewing:
    """Someone looked at an operation; ``number`` is the entry's in the access stream."""

    number: int
    person: str
    office: str
    at: datetime
    page: str = ""


@dataclass(frozen=True)
class Viewings:
    """Who looked, the newest first, in one stretch of the access stream; ``earlier`` begins the one before it."""

    found: tuple[Viewing, ...]
    since: datetime | None
    earlier: int | None


def viewings(unit: ReadUnit, operation_id: str, before: int | None = None) -> Viewings:
    """Who looked at an operation, in the newest entries of the access stream or in those before number ``before``.

    For those only who may see who looked: that is for the caller to have asked.
    """
    if before is None:
        newest = read_stream(unit, ACCESS, limit=1, newest_first=True)
        before = newest[0].number + 1 if newest else 1
    first = max(1, before - _SHOWN)
    stretch = [opened(raw) for raw in reversed(read_entries(unit, ACCESS, range(first, before)))] if before > 1 else []
    return Viewings(
        tuple(_viewings_of(stretch, operation_id)), stretch[-1].at if stretch else None, first if first > 1 else None
    )


def _viewings_of(stretch: Iterable[Recorded], operation_id: str) -> Iterator[Viewing]:
    for it in stretch:
        if isinstance(it.entry, OperationViewed) and it.entry.operation == operation_id:
            yield Viewing(it.number, it.entry.by or "", it.office, it.at, it.entry.page or "")
