"""An act that cannot be recorded does not happen: it is refused in clear words, with everything typed still there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from markupsafe import escape

from covertops.actions.captures import file_id_of
from tests.hostile.children import traced
from tests.hostile.houses import Place, lately, left_over, settle
from tests.hostile.serving import Server, Visitor, serving, signed_in
from tests.web.filling import forms_of

STORY = "Three listings seen — “one” <frame number> readable.\r\nNo contact & no purchase."
FULL = "write,pwrite64:error=ENOSPC:when=1+"
NO_FSYNC = "fsync,fdatasync:error=EIO:when=1+"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation on SQLite."""
    return settle(tmp_path_factory.mktemp("full") / "instance", clock=lately())


@pytest.fixture(scope="module")
def server(place: Place) -> Iterator[Server]:
    """Its server, with one worker."""
    with serving(place) as one:
        yield one


@pytest.fixture
def supervisor(server: Server, place: Place) -> Visitor:
    """Supervisor 1, signed in."""
    return server.visitor(signed_in(place, "supervisor-1"))


@pytest.fixture
def officer(server: Server, place: Place) -> Visitor:
    """Investigator 1, signed in."""
    return server.visitor(signed_in(place, "investigator-1"))


def asking(visitor: Visitor, place: Place) -> tuple[str, dict[str, list[str]]]:
    """Where a question about an entry is sent, and the whole of a form in which it is typed."""
    form = visitor.form(f"/operations/{place.operation}/question-entry?entry=1")
    later = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    return form.action, form.typed({"question": STORY, "answer_by": later})


def database_and_log(place: Place) -> tuple[Path, ...]:
    """The files that every act writes to."""
    database = place.paths.instance / "covertops.sqlite"
    return database, database.with_name("covertops.sqlite-wal"), place.paths.log


def on_record(place: Place) -> int:
    """How many questions are on record; everything else must be as it should."""
    assert place.check().problems == []
    assert left_over(place.check()) == []
    with place.town() as town:
        return len(town.operation(place.operation).questions)


def test_an_act_on_a_full_disk_is_refused_with_everything_typed_and_can_be_sent_again(
    server: Server, supervisor: Visitor, place: Place, tmp_path: Path
) -> None:
    action, typed = asking(supervisor, place)
    before = on_record(place)
    (worker,) = server.workers
    with traced(worker, tmp_path / "log", FULL, only=database_and_log(place)):
        refused = supervisor.post(action, typed)
    assert refused.status == 503
    assert "The disk is full. Nothing was recorded. Tell the administrator." in refused.text
    assert str(escape(STORY)) in refused.text
    assert on_record(place) == before
    # Once there is room, the button of that very page does it.
    (again,) = forms_of(refused.text)
    assert again.values == typed
    assert supervisor.post(again.action, again.values).status == 303
    assert on_record(place) == before + 1
    assert server.workers == [worker]


def test_an_upload_to_a_full_disk_is_refused_and_nothing_of_it_stays(
    server: Server, officer: Visitor, place: Place, tmp_path: Path
) -> None:
    path = f"/operations/{place.operation}"
    about = {"name": "page.png", "id": "sending-1"}
    headers = officer.upload_headers(officer.token(f"{path}/log-activity"), about)
    file_id = file_id_of(place.operation, place.people["investigator-1"], "sending-1")
    part = place.paths.files / file_id[:2] / f"{file_id}.part"
    (worker,) = server.workers
    with traced(worker, tmp_path / "log", FULL, only=(part, *database_and_log(place))):
        refused = officer.ask("POST", f"{path}/captures", os.urandom(3_000_000), headers)
    assert (refused.status, refused.error["title"]) == (507, "The disk is full")
    assert list(place.paths.files.rglob("*.part")) == []
    before = place.check()
    assert (before.problems, left_over(before)) == ([], [])
    done = officer.ask("POST", f"{path}/captures", os.urandom(3_000_000), headers)
    assert done.status == 201, done.text
    assert place.check().files == before.files + 1


@pytest.mark.parametrize("what", ["act", "upload"])
def test_a_worker_whose_fsync_fails_says_so_and_stops_and_a_fresh_one_goes_on(
    server: Server, supervisor: Visitor, officer: Visitor, place: Place, tmp_path: Path, what: str
) -> None:
    action, typed = asking(supervisor, place)
    headers = officer.upload_headers(officer.token(f"/operations/{place.operation}/log-activity"), {"name": "page.png"})
    (worker,) = server.workers
    with traced(worker, tmp_path / "log", NO_FSYNC):
        if what == "act":
            failed = supervisor.post(action, typed)
            words = failed.text
            # It may be on record all the same: it is shown to be copied, and there is no button that repeats it.
            assert str(escape(STORY)) in words
            assert forms_of(words) == []
        else:
            failed = officer.ask("POST", f"/operations/{place.operation}/captures", b"a page", headers)
            words = failed.error["message"]
        assert failed.status == 503
        assert "The database failed. Look at the record before you repeat anything" in words
        server.wait_for(lambda: len(server.workers) == 1 and server.workers != [worker])
    server.wait_for(server.answers)
    before = on_record(place)
    assert supervisor.post(*asking(supervisor, place)).status == 303
    assert on_record(place) == before + 1
