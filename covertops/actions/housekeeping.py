"""What is put away at the start and every hour: what interrupted uploads left, and whatever is over.

Over are sessions and throttles, acts that nobody signed in time, and drafts nobody went on with.
Accounts that nobody used for 90 days are disabled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from covertops.actions.dormancy import disable_dormant
from covertops.actions.installation import Installation
from covertops.storage import pending
from covertops.storage.ledger_read import ALL_PARTS, OWN_PARTS, read_entries
from covertops.storage.lookups import all_streams
from covertops.storage.sign_in_store import sweep_sessions, sweep_throttles
from covertops.storage.unit_of_work import ReadUnit

LONG_OVER: Final = timedelta(hours=24)
"""An upload that arrived so long ago and is on no entry was cut off before it could be recorded."""
BATCH: Final = 500


@dataclass(frozen=True)
class PutAway:
    """How many files, parts of files, drafts and intents went, and what stands among the files that is not ours."""

    files: int
    parts: int
    alarms: tuple[str, ...]
    rows: int = 0


def put_away(house: Installation, now: datetime) -> PutAway:
    """Sweep files no entry refers to, and end what is over. Files that are not ours stay and are named."""
    with house.store.read() as unit:
        referenced = {file for stream in all_streams(unit) for file in _files_of(house, unit, stream)}
        swept = house.files.sweep(referenced, unit.compartments.key, now - LONG_OVER)
    with house.store.write() as writing:
        sweep_sessions(writing, now)
        sweep_throttles(writing, now)
        rows = pending.remove_old(writing, now)
    disable_dormant(house, now)
    alarms = tuple(f"{alarm.name}: {alarm.reason}" for alarm in swept.alarms)
    return PutAway(len(swept.removed), len(swept.parts), alarms, rows)


def _files_of(house: Installation, unit: ReadUnit, stream: str) -> list[str]:
    """The files that entries of an operation refer to. Of thousands of entries, those only are opened."""
    operation = house.folds.operation(unit, stream)
    return [
        *_named(unit, stream, [one.ref.number for one in operation.captures], OWN_PARTS),
        *_named(unit, stream, [one.ref.number for one in operation.writings], ALL_PARTS),
    ]


def _named(unit: ReadUnit, stream: str, numbers: list[int], parts: Collection[str]) -> Iterator[str]:
    """The files that some entries name; what an attorney wrote is named in that attorney's part."""
    for start in range(0, len(numbers), BATCH):
        for raw in read_entries(unit, stream, numbers[start : start + BATCH], parts=parts):
            yield str(raw.fields["file"])
