"""What the server does by itself between two requests."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from covertops.actions import drafts
from covertops.config import Paths, install
from covertops.serving import UPKEEP, Server, Upkeep
from covertops.storage import tables
from covertops.storage.errors import StorageBusy
from tests import databases
from tests.clock import FixedClock
from tests.playing import Town, found_town


def a_town(tmp_path: Path, template: Path) -> Town:
    (tmp_path / "covertops.sqlite").write_bytes(template.read_bytes())
    return found_town(databases.sqlite_url(tmp_path / "covertops.sqlite"), tmp_path, FixedClock())


def kept_drafts(town: Town) -> int:
    with town.house.store.read() as unit:
        return unit.connection.execute(select(func.count()).select_from(tables.draft)).scalar_one()


class Told:
    """A log that remembers each line and wakes whoever waits for one."""

    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []
        self._said = {"done": threading.Event(), "not done": threading.Event()}

    def event(self, name: str, **values: object) -> None:
        """Remember it."""
        self.lines.append({"event": name} | values)
        self._said[str(values["result"])].set()

    def says(self, result: str) -> bool:
        """Whether it says this result soon."""
        return self._said[result].wait(20)


def test_what_is_over_goes_while_the_server_runs(tmp_path: Path, sqlite_template: Path) -> None:
    town = a_town(tmp_path, sqlite_template)
    drafts.keep(town.house, town.people["chief"], "submit-request", "", {"matter": ["Half"]}, town.clock())
    town.clock.advance(timedelta(days=31))
    log = Told()
    upkeep = Upkeep(town.house, log, town.clock, timedelta(milliseconds=5))
    upkeep.start()
    assert log.says("done")
    upkeep.stop()
    assert kept_drafts(town) == 0
    assert log.lines[0] == {"event": "upkeep", "result": "done", "files": 0, "parts": 0, "rows": 1}
    town.check()
    town.house.store.close()


def test_upkeep_that_cannot_be_done_now_is_tried_again(tmp_path: Path, sqlite_template: Path, monkeypatch) -> None:
    town, log = a_town(tmp_path, sqlite_template), Told()
    upkeep = Upkeep(town.house, log, town.clock, timedelta(milliseconds=5))
    with monkeypatch.context() as busy:

        def refuses(*_: object) -> None:
            raise StorageBusy("busy")

        busy.setattr("covertops.serving.put_away", refuses)
        upkeep.start()
        assert log.says("not done")
    assert log.says("done")
    upkeep.stop()
    assert log.lines[0]["error"] == "StorageBusy"
    town.house.store.close()


def test_each_worker_of_the_server_keeps_house_every_hour(tmp_path: Path) -> None:
    paths = Paths.at(tmp_path / "instance")
    install(paths)
    server = Server(paths, 8000, 1)
    server.load()
    assert "upkeep" in {one.name for one in threading.enumerate()}
    server.upkeep.stop()
    server.log.close()
    assert timedelta(minutes=10) <= UPKEEP <= timedelta(hours=1)
