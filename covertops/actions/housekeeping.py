"""What is put away at the start and every hour: what interrupted uploads left, and whatever is over.

Over are sessions and throttles, acts that nobody signed in time, and drafts nobody went on with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from covertops.actions.installation import Installation
from covertops.storage import pending
from covertops.storage.ledger_read import read_stream
from covertops.storage.lookups import all_streams
from covertops.storage.sign_in_store import sweep_sessions, sweep_throttles
from covertops.storage.unit_of_work import ReadUnit

LONG_OVER: Final = timedelta(hours=24)
"""An upload that arrived so long ago and is on no entry was cut off before it could be recorded."""
BATCH: Final = 500


@dataclass(frozen=True)
class PutAway:
    """How many files and parts of files went, and what stands among the files that is not ours."""

    files: int
    parts: int
    alarms: tuple[str, ...]


def put_away(house: Installation, now: datetime) -> PutAway:
    """Sweep files no entry refers to, and end what is over. Files that are not ours stay and are named."""
    with house.store.read() as unit:
        referenced = {file for stream in all_streams(unit) for file in _files_of(unit, stream)}
        swept = house.files.sweep(referenced, unit.compartments.key, now - LONG_OVER)
    with house.store.write() as writing:
        sweep_sessions(writing, now)
        sweep_throttles(writing, now)
        pending.remove_old(writing, now)
    alarms = tuple(f"{alarm.name}: {alarm.reason}" for alarm in swept.alarms)
    return PutAway(len(swept.removed), len(swept.parts), alarms)


def _files_of(unit: ReadUnit, stream: str) -> list[str]:
    found: list[str] = []
    after = 0
    while batch := read_stream(unit, stream, after=after, limit=BATCH):
        found += [str(raw.fields["file"]) for raw in batch if raw.kind == "evidence.preserved"]
        after = batch[-1].number
    return found
