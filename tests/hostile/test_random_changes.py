"""Whoever owns the database and the files, but no key and no older copy, changes nothing unnamed.

Each change is made on a small installation, the whole of it is checked, and the change is taken back. A change counts
as found only where a problem names the row, the entry or the file it was made in.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from covertops.actions.checking import check
from covertops.domain.vocabulary import Stage
from tests.databases import sqlite_url
from tests.hostile.changes import one_change
from tests.playing import Town, found_town
from tests.storage.attacker import attacking

CHANGES = 1000
OFTEN = 100
INSTALLATIONS = 100


@pytest.fixture
def played(database_url: str, tmp_path: Path) -> Iterator[Town]:
    """An installation with two operations, captures, a review and counsel's advice."""
    town = found_town(database_url, tmp_path)
    operation_id = town.bring(Stage.ACTIVE)
    numbers = tuple(town.capture(operation_id, bytes([one]) * 3000) for one in (65, 66))
    town.act("log-activity", operation_id, "investigator-1", town.activity(numbers))
    town.act("hold-review", operation_id, "supervisor-1", town.review())
    town.bring(Stage.REQUESTED)
    town.check()
    yield town
    town.house.store.close()


def problems_of(town: Town) -> list[str]:
    """What a check finds, without the guards that the attacker took away for good."""
    return [one for one in check(town.house).problems if not one.startswith("guard ")]


def test_each_of_a_thousand_random_changes_is_named(played: Town, database_url: str) -> None:
    chance = random.Random(20261122)
    made, missed = 0, []
    with attacking(database_url) as attacker:
        while made < CHANGES:
            change = one_change(chance, attacker, played.house.files.folder)
            if change is None:
                continue
            made += 1
            problems = problems_of(played)
            if not change.is_named_in(problems):
                missed.append((change.what, change.names, problems[:3]))
            change.undo()
            if made % OFTEN == 0:
                # What an earlier change left behind would be found in the place of the next one.
                assert problems_of(played) == []
    assert missed == [], f"{len(missed)} of {made}"


def test_a_hundred_clean_installations_raise_no_alarm(sqlite_template: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    alarms = []
    for place in range(INSTALLATIONS):
        folder = tmp_path / str(place)
        folder.mkdir()
        shutil.copy(sqlite_template, folder / "covertops.sqlite")
        town = found_town(sqlite_url(folder / "covertops.sqlite"), folder)
        operation_id = town.bring(chance.choice(list(Stage)))
        if town.operation(operation_id).stage in (Stage.ACTIVE, Stage.ENDED) and chance.random() < 0.5:
            town.capture(operation_id, chance.randbytes(chance.randint(0, 5000)))
        found = check(town.house)
        alarms += found.problems if found.ok else [f"{place}: not well", *found.problems]
        town.house.store.close()
        shutil.rmtree(folder)
    assert alarms == []
