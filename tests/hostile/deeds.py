"""What a process of its own does to an installation, for whoever kills it, starves it or lets it race with others.

Each says what it did as soon as it knows that it is done: what it said before it died must be on record.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from covertops.actions.checking import Checked, check
from covertops.actions.housekeeping import put_away
from covertops.storage.errors import StorageError
from covertops.storage.head import read_head
from covertops.storage.lookups import all_streams
from tests.hostile.houses import Place
from tests.playing import Town

Say = Callable[[object], None]
CONTENT = bytes(range(256)) * 10_000
"""2.5 MB: three segments of a sealed file."""


@dataclass(frozen=True)
class Seen:
    """What a process that comes afterwards finds, and what is there once it has gone on."""

    problems: list[str]
    size: int
    operations: list[str]
    captures: int
    after: Checked
    left: list[str]


def files_in(folder: Path) -> list[str]:
    """The names of every file below a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def log(town: Town, operation: str) -> int:
    """Log an activity; its entry's number."""
    return town.act("log-activity", operation, "investigator-1", town.activity()).number


def begin(place: Place, say: Say) -> None:
    """Open the installation, ask for an operation, say its id, and close: entries of several streams and a new key."""
    with place.town() as town:
        say(town.begin())


def keep_capture(place: Place, say: Say) -> None:
    """Receive an upload, say its number, and close."""
    with place.town() as town:
        say(town.capture(place.operation, CONTENT))


@contextmanager
def _saying_refusals(say: Say) -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        say((type(error), str(error)))


def try_to_begin(place: Place, say: Say) -> None:
    """Ask for an operation and then, whatever became of it, for another; say each id and each refusal."""
    with _saying_refusals(say), place.town() as town:
        for _ in range(2):
            with _saying_refusals(say):
                say(town.begin())


def try_captures(place: Place, say: Say) -> None:
    """Receive an upload and then, whatever became of it, another; say each number and each refusal."""
    with _saying_refusals(say), place.town() as town:
        for _ in range(2):
            with _saying_refusals(say):
                say(town.capture(place.operation, CONTENT))


def log_until_stopped(place: Place, say: Say) -> None:
    """Log one activity after the other until the database is gone."""
    with _saying_refusals(say), place.town() as town:
        while True:
            say(log(town, place.operation))


def look_and_go_on(place: Place, say: Say) -> None:
    """Check everything, act and receive as if nothing had been, put away what was left, and check again."""
    with place.town() as town:
        house = town.house
        problems = check(house).problems
        with house.store.read() as unit:
            size, streams = read_head(unit.connection).size, all_streams(unit)
        captures = len(town.operation(place.operation).captures)
        town.begin()
        town.capture(place.operation, CONTENT[:2000])
        for path in house.files.folder.rglob("*"):
            os.utime(path, (0, 0))  # as if all of them had arrived long ago
        put_away(house, town.clock())
        left = files_in(house.files.folder)
        say(Seen(problems, size, streams, captures, check(house), left))


def act_beside_others(place: Place, say: Say, writer: int, turns: int) -> None:
    """Ask for an operation of one's own, and log on the shared one, some times over."""
    with place.town() as town:
        town.clock.advance(timedelta(seconds=writer))
        for turn in range(turns):
            own = town.begin({"matter": f"Matter {turn} of writer {writer}"})
            say((own, log(town, place.operation)))
