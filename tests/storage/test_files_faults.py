"""Whatever the disk, the client or a kill does to an arriving file: it is told, and nothing half done is left."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from covertops.storage.errors import StorageFailed, StorageFull
from covertops.storage.files import (
    ArrivalBroken,
    DiskFull,
    FileStore,
    FileStoreError,
    FsyncFailed,
)
from tests.storage.receiving import (
    CANARY,
    ID,
    KEY,
    KEYS,
    MIB,
    NEIGHBOR_ID,
    NOW,
    OTHER_ID,
    everything_in,
    grow_old,
    our_threads,
    receive,
)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """A store whose folder, and the folder above it, are not there yet."""
    return FileStore(tmp_path / "instance" / "files")


def failing(number: int, after: int = 0) -> tuple[list[int], object]:
    """Return a list of calls made and a system call that fails with this error after so many calls."""
    calls: list[int] = []

    def call(*_arguments: object) -> int:
        calls.append(number)
        if len(calls) > after:
            raise OSError(number, os.strerror(number))
        return len(_arguments[1])  # type: ignore[arg-type]

    return calls, call


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_full_disk_is_told_and_leaves_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    _calls, call = failing(errno.ENOSPC, after)
    monkeypatch.setattr(os, "write", call)
    with pytest.raises(DiskFull, match="found No space left on device; expected room on the disk") as caught:
        receive(store, bytes(4 * MIB))
    monkeypatch.undo()
    assert isinstance(caught.value, StorageFull)
    assert everything_in(store.folder) == []
    assert our_threads() == []


def test_a_quota_that_is_used_up_is_a_full_disk(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", failing(errno.EDQUOT)[1])
    with pytest.raises(DiskFull):
        receive(store, b"content")


def test_a_disk_that_is_truly_too_small_is_told(store: FileStore) -> None:
    """A limit on the size of a file is the one full disk every system can be asked for."""
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from covertops.storage.files import FileStore, FileStoreError\n"
        "from covertops.vault.keys import CompartmentKey\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))\n"
        "try: FileStore(Path(sys.argv[1])).receive(CompartmentKey('c', bytes(32)), [bytes(5_000_000)], 'ab' * 16)\n"
        "except FileStoreError as error: print(error)\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", program, str(store.folder)], capture_output=True, text=True, check=True
    )
    assert "found File too large" in child.stdout
    assert everything_in(store.folder) == []


def test_a_disk_that_fails_is_told_and_leaves_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", failing(errno.EIO, 1)[1])
    with pytest.raises(FileStoreError, match=f"store the file {ID}: found Input/output error") as caught:
        receive(store, bytes(2 * MIB))
    monkeypatch.undo()
    assert not isinstance(caught.value, DiskFull)
    assert everything_in(store.folder) == []


def test_a_rename_that_fails_leaves_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "rename", failing(errno.EIO)[1])
    with pytest.raises(FileStoreError, match="found Input/output error"):
        receive(store, b"content")
    assert everything_in(store.folder) == []


def test_a_failed_fsync_of_the_file_stops_everything_and_is_never_tried_again(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(store, b"the folders are there", NEIGHBOR_ID)
    calls, call = failing(errno.EIO)
    monkeypatch.setattr(os, "fsync", call)
    with pytest.raises(FsyncFailed, match=r"fsync failed \(Input/output error\); this process must stop") as caught:
        receive(store, b"content")
    assert len(calls) == 1
    assert isinstance(caught.value, StorageFailed)
    assert not isinstance(caught.value, FileStoreError)
    assert everything_in(store.folder) == [f"01/{NEIGHBOR_ID}"]


@pytest.mark.parametrize("after", [1, 2])
def test_a_failed_fsync_of_a_folder_stops_everything_too(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    receive(store, b"the folders are there", NEIGHBOR_ID)
    calls: list[int] = []
    fsync = os.fsync

    def sometimes(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > after:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", sometimes)
    with pytest.raises(FsyncFailed):
        receive(store, b"content")
    assert len(calls) == after + 1


def test_a_client_that_goes_away_leaves_nothing(store: FileStore) -> None:
    def arriving() -> Iterator[bytes]:
        yield bytes(3 * MIB)
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")

    with pytest.raises(
        ArrivalBroken, match=f"store the file {ID}: found a stream that broke .*; expected the whole content"
    ):
        store.receive(KEY, arriving(), ID)
    assert everything_in(store.folder) == []
    assert our_threads() == []


@pytest.mark.parametrize("announced", [0, 6, 8])
def test_a_content_of_another_size_than_announced_is_not_kept(store: FileStore, announced: int) -> None:
    with pytest.raises(ArrivalBroken, match=f"found 7 bytes; expected {announced} bytes"):
        store.receive(KEY, [b"content"], ID, expected_size=announced)
    assert everything_in(store.folder) == []


def test_a_content_of_the_size_announced_is_kept(store: FileStore) -> None:
    assert store.receive(KEY, [], ID, expected_size=0).stored.size == 0
    assert store.receive(KEY, [b"content"], OTHER_ID, expected_size=7).stored.size == 7


def test_a_refusal_of_the_caller_s_own_passes_through_and_leaves_nothing(store: FileStore) -> None:
    class QuotaUsedUp(Exception):
        pass

    def arriving() -> Iterator[bytes]:
        yield bytes(3 * MIB)
        raise QuotaUsedUp

    with pytest.raises(QuotaUsedUp):
        store.receive(KEY, arriving(), ID)
    assert everything_in(store.folder) == []
    assert our_threads() == []


def test_a_killed_upload_leaves_only_a_sealed_part_which_the_sweep_removes(store: FileStore) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from covertops.storage.files import FileStore\n"
        "from covertops.vault.keys import CompartmentKey\n"
        "def arriving():\n"
        "    while True:\n"
        "        yield sys.stdin.buffer.read(65536)\n"
        "        print('more', flush=True)\n"
        "FileStore(Path(sys.argv[1])).receive(CompartmentKey('c', bytes(32)), arriving(), sys.argv[2])\n"
    )
    command = [sys.executable, "-c", program, str(store.folder), ID]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        if child.stdin is None or child.stdout is None:
            pytest.fail("the child has no pipes")
        for _ in range(50):
            child.stdin.write((CANARY * 1640)[:65536])
            child.stdin.flush()
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    part = store.folder / "01" / f"{ID}.part"
    assert everything_in(store.folder) == [f"01/{ID}.part"]
    assert part.stat().st_size > MIB
    assert CANARY[:16] not in part.read_bytes()
    grow_old(part)
    swept = store.sweep(set(), KEYS.__getitem__, NOW)
    assert (swept.removed, swept.parts, swept.alarms) == ((), (f"{ID}.part",), ())
    assert everything_in(store.folder) == []
