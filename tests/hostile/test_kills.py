"""Killed, or let down by the disk, at any system call: nothing acknowledged is lost and nothing is half done.

A deed is watched once, so that its system calls are known. Then it is done again on a fresh copy for each of them, and
that call kills it or fails. Whoever opens the installation next finds it whole, with every act that was acknowledged,
and goes on.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from covertops.storage.errors import DiskFailed, StorageError, StorageFailed, StorageFull
from covertops.storage.files import FsyncFailed
from tests.databases import PostgresServer
from tests.hostile.children import Deed, Point, child, points_in, traced
from tests.hostile.deeds import Seen, begin, keep_capture, log_until_stopped, look_and_go_on, try_captures, try_to_begin
from tests.hostile.houses import Place, left_over, settle

MOST = 48
"""So many points at which a disk fails are tried for each deed, spread over it; a kill is tried at every one."""
MISSES = 3
"""So many times in a row a kill must have come too late before no later word is tried: their number varies."""
LONE_SYNC = ", 5, MSG_NOSIGNAL"
"""A word of five bytes, which goes alone or with the one before it, as it happens: the end of several statements."""
LINE = "socket:["
"""What `strace` calls the line on which a child says what it did."""


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation on SQLite, to be copied and never changed."""
    return settle(tmp_path_factory.mktemp("settled") / "instance")


def points_of(place: Place, deed: Deed, folder: Path) -> tuple[list[Point], Seen]:
    """The points of a deed that is let be, and what it left."""
    copy, log = place.copied(folder / "watched"), folder / "watched.log"
    with child(copy, deed) as one, traced(one.pid, log):
        one.go()
        assert one.finish() == 0
        assert one.said
    points = points_in(log, str(copy.paths.instance))
    points += [point for point in points_in(log, LINE) if point.call == "writev"]
    return points, looked_at(copy)


def looked_at(place: Place) -> Seen:
    """What whoever comes afterwards finds; this process, which did nothing to it before, is as good as another."""
    heard: list[object] = []
    look_and_go_on(place, heard.append)
    (seen,) = heard
    assert isinstance(seen, Seen)
    return seen


def check_whole(seen: Seen, said: list[object], whole: Seen, before: Seen) -> None:
    """What was said is there; the record is as before the deed or as after all of it; going on left all well."""
    assert seen.problems == []
    assert {one for one in said if isinstance(one, str)} <= set(seen.operations)
    assert seen.captures >= before.captures + sum(1 for one in said if isinstance(one, int))
    assert seen.size in (before.size, whole.size)
    assert seen.after.problems == []
    assert left_over(seen.after) == []
    assert len(seen.left) == seen.after.files == seen.captures + 1


def faulty(place: Place, deed: Deed, point: Point, what: str, folder: Path) -> tuple[int, list[object], Place]:
    """Do a deed with a fault at one point; how it ended, what it had said, and the installation it left."""
    copy = place.copied(folder / f"{point.call}-{point.number}")
    with child(copy, deed) as one, traced(one.pid, folder / "log", point.fault(what)):
        one.go()
        return one.finish(), one.said, copy


@pytest.mark.parametrize("deed", [begin, keep_capture])
def test_a_process_that_is_killed_at_any_system_call_leaves_all_or_nothing(
    settled: Place, tmp_path: Path, deed: Deed
) -> None:
    before = looked_at(settled.copied(tmp_path / "before"))
    points, whole = points_of(settled, deed, tmp_path)
    killed, acknowledged = 0, 0
    for point in points:
        status, said, copy = faulty(settled, deed, point, "signal=SIGKILL", tmp_path)
        check_whole(looked_at(copy), said, whole, before)
        killed += status == -9
        acknowledged += bool(said)
    # A page more or less may be written when it is done again; the call at which it would have been killed is not met.
    assert killed >= len(points) - 3
    assert 0 < acknowledged < killed


def spread(points: list[Point], first: int) -> list[Point]:
    """Every point that is no write of a page, and as many of those as are wanted, evenly, from one of the first."""
    pages = [point for point in points if point.call == "pwrite64"]
    step = -(-len(pages) // MOST)
    return [point for point in points if point.call not in ("pwrite64", "writev")] + pages[first % step :: step]


@pytest.mark.parametrize("what", ["error=EIO", "error=ENOSPC"])
@pytest.mark.parametrize("deed", [try_to_begin, try_captures])
def test_a_disk_that_fails_at_any_system_call_is_told_and_breaks_nothing(
    settled: Place, tmp_path: Path, deed: Deed, what: str
) -> None:
    before = looked_at(settled.copied(tmp_path / "before"))
    points, _ = points_of(settled, deed, tmp_path)
    met: set[type[StorageError]] = set()
    # Where not every page is tried, the two faults meet others.
    for point in spread(points, what == "error=ENOSPC"):
        status, said, copy = faulty(settled, deed, point, what, tmp_path)
        seen = looked_at(copy)
        # Status 0: whatever the disk did, it was told in the words of this program.
        assert (status, seen.problems, seen.after.problems, left_over(seen.after)) == (0, [], [], []), point
        refused = [one[0] for one in said if isinstance(one, tuple)]
        check_counted(before, seen, said, refused)
        met |= set(refused)
    assert DiskFailed in met
    assert (StorageFull in met) == (what == "error=ENOSPC")
    assert (FsyncFailed in met) == (deed is try_captures)


def check_counted(before: Seen, seen: Seen, said: list[object], refused: list[type[StorageError]]) -> None:
    """What was done is there, what was refused is not, and after a disk failed under it the process wrote no more."""
    done = [one for one in said if not isinstance(one, tuple)]
    added = len(seen.operations) - len(before.operations) + seen.captures - before.captures
    # Only what failed while it was being made durable may stand on the record though nobody was told.
    unsure = sum(1 for one in refused if issubclass(one, StorageFailed))
    assert len(done) <= added <= len(done) + unsure, said
    if DiskFailed in refused:
        assert said[-1][0] is DiskFailed, said  # type: ignore[index]


def test_a_client_of_postgresql_that_is_killed_at_any_word_to_it_leaves_all_or_nothing(
    postgres: PostgresServer, postgres_template: str, tmp_path: Path
) -> None:
    calls, log, template = "sendto,writev,exit_group", tmp_path / "log", postgres.create(postgres_template)
    settled = settle(tmp_path / "instance", postgres.url(template))

    def done(name: str, fault: str = "") -> tuple[int, list[object], Seen]:
        database = postgres.create(template)
        copy = settled.copied(tmp_path / name, postgres.url(database))
        with child(copy, begin) as one, traced(one.pid, log, fault, calls):
            one.go()
            status = one.finish()
        seen = looked_at(copy)
        postgres.drop(database)
        return status, one.said, seen

    _, _, whole = done("whole")
    sent = [point for point in points_in(log, "") if point.call == "sendto" and LONE_SYNC not in point.about]
    _, _, before = done("nothing", "sendto:signal=SIGKILL:when=1")
    killed, acknowledged, missed, number = 0, 0, 0, 0
    while missed < MISSES:
        number += 1
        status, said, seen = done(str(number), f"sendto:signal=SIGKILL:when={number}")
        check_whole(seen, said, whole, before)
        missed = 0 if status == -9 else missed + 1
        killed += status == -9
        acknowledged += status == -9 and bool(said)
    # As it is about to say what it did, and at its very end: that one was acknowledged, however many words it took.
    for call in ("writev", "exit_group"):
        status, said, seen = done(call, f"{call}:signal=SIGKILL:when=1")
        check_whole(seen, said, whole, before)
        assert status == -9, call
        killed += 1
        acknowledged += bool(said)
    assert killed >= len(sent)
    assert 0 < acknowledged < killed


def test_no_act_that_was_acknowledged_is_lost_when_postgresql_is_killed(
    durable_postgres: PostgresServer, tmp_path: Path
) -> None:
    served = settle(tmp_path / "instance", durable_postgres.url(durable_postgres.create()))
    for acknowledged in (1, 5, 20):
        with child(served, log_until_stopped) as one:
            one.go()
            for _ in range(acknowledged):
                one.hear()
            durable_postgres.kill()
            assert one.finish() == 0
        durable_postgres.start()
        numbers = [said for said in one.said if isinstance(said, int)]
        refused, words = one.said[-1]
        assert issubclass(refused, StorageFailed)
        assert "look at the record before repeating" in words
        with served.town() as town:
            logged = [activity.entry for activity in town.operation(served.operation).activities]
        assert len(numbers) >= acknowledged
        assert set(numbers) <= set(logged)
        assert looked_at(served).problems == []
