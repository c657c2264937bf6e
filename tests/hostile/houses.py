"""Real installations on disk, as `covertops init` makes them, that any process of a test can open.

Unlike the towns of other tests they have a key file, so that a process that knows nothing but the folder opens them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from covertops.actions.checking import Checked, check
from covertops.config import Opened, Paths, install, open_installation
from covertops.domain.vocabulary import Stage
from tests.clock import FixedClock
from tests.databases import sqlite_url
from tests.playing import Town, peopled_town

ORIGIN = "example.invalid/record"


@dataclass(frozen=True)
class Place:
    """Where an installation is and who is in it: all that a process has to be told."""

    paths: Paths
    now: datetime
    people: dict[str, str]
    operation: str
    """An operation of Investigator 1 that is active."""

    def copied(self, folder: Path, database_url: str | None = None) -> Place:
        """The same installation in a new folder, with its SQLite file or with a copy of its database elsewhere."""
        shutil.copytree(self.paths.instance, folder)
        return replace(self, paths=paths_at(folder, database_url))

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        """Open it, as a worker does when it starts, and close it at the end."""
        found = open_installation(self.paths)
        try:
            yield found
        finally:
            found.house.store.close()

    @contextmanager
    def town(self) -> Iterator[Town]:
        """Open it with its people at its hour."""
        with self.opened() as found:
            yield Town(found.house, FixedClock(self.now), self.people)

    def check(self) -> Checked:
        """What a process that just opened it finds, in everything there is."""
        with self.opened() as found:
            return check(found.house)


def paths_at(folder: Path, database_url: str | None = None) -> Paths:
    """The places below a folder, whatever the environment says."""
    url = database_url or sqlite_url(folder / "covertops.sqlite")
    return Paths(folder, url, folder / "keys" / "master.key")


def left_over(found: Checked) -> list[str]:
    """The notes of a check but those on how the acts were signed."""
    return [one for one in found.notes if "signature" not in one]


def lately() -> FixedClock:
    """Some days before today, for an installation that a server opens, whose clock is this machine's."""
    return FixedClock(datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) - timedelta(days=3))


def settle(folder: Path, database_url: str | None = None, clock: FixedClock | None = None) -> Place:
    """Install in a folder, with everybody in their office, an active operation and a capture."""
    paths = paths_at(folder, database_url)
    install(paths, ORIGIN)
    house = open_installation(paths).house
    town = peopled_town(house, clock or FixedClock())
    operation = town.bring(Stage.ACTIVE)
    town.capture(operation, b"A page of the listing. " * 200)
    house.store.close()
    return Place(paths, town.clock(), town.people, operation)
