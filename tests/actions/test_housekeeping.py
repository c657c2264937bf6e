"""What is put away at the start, and what stays whatever happens."""

from __future__ import annotations

import os
from datetime import timedelta

from covertops.actions.housekeeping import put_away
from covertops.domain.vocabulary import Stage
from tests.playing import Town


def _age(town: Town) -> None:
    old = (town.clock() - timedelta(days=3)).timestamp()
    for path in town.house.files.folder.rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))


def test_a_file_that_no_entry_refers_to_is_put_away_once_it_is_long_over(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    with town.house.store.read() as unit:
        key = unit.compartments.key(f"operation/{operation_id}")
    town.house.files.receive(key, [b"cut off before it was recorded"], "ab" * 16)
    assert put_away(town.house, town.clock()).files == 0
    _age(town)
    assert put_away(town.house, town.clock()).files == 1
    assert not town.house.files.exists("ab" * 16)


def test_a_capture_on_record_stays(town: Town) -> None:
    number = town.capture(town.bring(Stage.ACTIVE), b"capture")
    _age(town)
    assert (put_away(town.house, town.clock()).files, number > 0) == (0, True)


def test_a_file_that_is_not_ours_stays_and_is_named(town: Town) -> None:
    town.capture(town.bring(Stage.ACTIVE), b"capture")
    folder = next(path.parent for path in town.house.files.folder.rglob("*") if path.is_file())
    stranger = folder / "notes.txt"
    stranger.write_bytes(b"left by somebody")
    _age(town)
    (alarm,) = put_away(town.house, town.clock()).alarms
    assert "notes.txt" in alarm
    stranger.unlink()
