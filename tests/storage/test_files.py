"""A stored file is durable before it is spoken of, never in clear on the disk, and swept where nothing refers to it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from covertops.storage.files import (
    FileMissing,
    FileStore,
    FileStoreError,
)
from covertops.vault.envelope import SealBroken
from covertops.vault.keys import CompartmentKey
from tests.storage.receiving import (
    CANARY,
    ID,
    KEY,
    KEYS,
    MIB,
    NEIGHBOR_ID,
    NOW,
    OTHER_ID,
    STRANGE_KEY,
    everything_in,
    grow_old,
    receive,
)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """A store whose folder, and the folder above it, are not there yet."""
    return FileStore(tmp_path / "instance" / "files")


def test_a_file_is_read_as_it_was_received(store: FileStore) -> None:
    content = bytes(range(256)) * 10_000
    stored, path = store.receive(KEY, [content[start : start + 70_000] for start in range(0, len(content), 70_000)], ID)
    assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert path == store.folder / "01" / ID
    assert stored.sealed_size == path.stat().st_size == store.sealed_size(ID)
    with store.open(ID, KEYS.__getitem__) as file:
        assert b"".join(file.read()) == content
        file.check(stored.sha256, stored.segment_root)


def test_files_and_folders_are_for_their_owner_only(store: FileStore) -> None:
    earlier = os.umask(0)
    try:
        path = receive(store, b"content")
    finally:
        os.umask(earlier)
    assert path.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (path.parent, store.folder)} == {0o700}


def test_the_store_lists_its_files_and_no_others(store: FileStore) -> None:
    assert list(store.ids()) == []
    for file_id in (OTHER_ID, ID, NEIGHBOR_ID):
        receive(store, b"content", file_id)
    (store.folder / "01" / ("ab" * 16)).touch()
    (store.folder / "01" / (NEIGHBOR_ID + ".part")).touch()
    (store.folder / "note").touch()
    assert list(store.ids()) == [ID, NEIGHBOR_ID, OTHER_ID]
    assert store.exists(ID)
    assert not store.exists("ab" * 16)


@pytest.mark.parametrize(
    "file_id", ["", "..", "../" + "a" * 29, "/etc/passwd", "A" * 32, "a" * 31, "a" * 33, ID + "\n", ID + "\0"]
)
def test_nothing_but_32_hexadecimal_digits_becomes_a_path(store: FileStore, file_id: str) -> None:
    for use in (
        lambda: store.receive(KEY, [b"content"], file_id),
        lambda: store.open(file_id, KEYS.__getitem__),
        lambda: store.exists(file_id),
        lambda: store.sealed_size(file_id),
        lambda: store.remove(file_id),
    ):
        with pytest.raises(ValueError, match="a file id is 32 lower-case hexadecimal digits"):
            use()
    assert not store.folder.exists()


def test_nothing_in_clear_is_on_the_disk_while_a_file_arrives(store: FileStore, tmp_path: Path) -> None:
    looked: list[int] = []

    def look() -> None:
        names = everything_in(tmp_path)
        assert names == [f"instance/files/01/{ID}.part"]
        # Whatever else this process has open counts too: a plaintext spool would be a file without a name.
        opened = [Path(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
        for path in [tmp_path / names[0], *(path for path in opened if path.is_file())]:
            assert CANARY[:16] not in path.read_bytes()
        looked.append((tmp_path / names[0]).stat().st_size)

    def arriving() -> Iterator[bytes]:
        for _ in range(6 * MIB // len(CANARY) // 100):
            yield CANARY * 100
            if len(looked) < 400:
                look()

    stored, path = store.receive(KEY, arriving(), ID)
    assert stored.size > 5 * MIB
    assert looked[-1] > MIB, "nothing had been written while we looked"
    assert CANARY[:16] not in path.read_bytes()


def test_a_finished_name_appears_only_when_the_whole_file_is_there(store: FileStore) -> None:
    def arriving() -> Iterator[bytes]:
        for _ in range(3):
            assert not store.exists(ID)
            assert list(store.ids()) == []
            yield bytes(MIB)

    store.receive(KEY, arriving(), ID)
    assert store.exists(ID)


def test_the_file_is_synced_then_renamed_then_its_folders_are_synced(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(store, b"the folders are there", NEIGHBOR_ID)
    happened: list[str] = []
    fsync, rename = os.fsync, os.rename

    def watched_fsync(descriptor: int) -> None:
        happened.append("fsync " + os.path.relpath(os.readlink(f"/proc/self/fd/{descriptor}"), store.folder))
        fsync(descriptor)

    def watched_rename(old: Path, new: Path) -> None:
        happened.append(f"rename {old.name} {new.name}")
        rename(old, new)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "rename", watched_rename)
    receive(store, b"content")
    assert happened == [f"fsync 01/{ID}.part", f"rename {ID}.part {ID}", "fsync 01", "fsync ."]


def test_each_new_folder_is_synced_in_the_one_above_it(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def watched_fsync(descriptor: int) -> None:
        synced.append(os.path.relpath(os.readlink(f"/proc/self/fd/{descriptor}"), store.folder))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    receive(store, b"content")
    assert synced[:3] == ["../..", "..", "."]


def test_a_finished_file_is_never_replaced(store: FileStore) -> None:
    path = receive(store, b"the first")
    before = path.read_bytes()
    with pytest.raises(FileStoreError, match="found a finished file under this id; expected an id of its own"):
        receive(store, b"the second")
    assert path.read_bytes() == before
    assert everything_in(store.folder) == [f"01/{ID}"]


def test_two_arrivals_cannot_share_an_id_and_the_second_does_not_harm_the_first(store: FileStore) -> None:
    def arriving() -> Iterator[bytes]:
        yield b"the first "
        with pytest.raises(FileStoreError, match="found another arrival under this id"):
            receive(store, b"the second")
        yield b"goes on"

    store.receive(KEY, arriving(), ID)
    with store.open(ID, KEYS.__getitem__) as file:
        assert b"".join(file.read()) == b"the first goes on"


def test_a_missing_file_is_named(store: FileStore) -> None:
    for use in (lambda: store.open(ID, KEYS.__getitem__), lambda: store.sealed_size(ID)):
        with pytest.raises(FileMissing, match=f"the stored file {ID}: found no file of that id"):
            use()


def test_two_files_cannot_change_places(store: FileStore) -> None:
    one, other = receive(store, b"one"), receive(store, b"other", OTHER_ID)
    between = one.with_name("between")
    one.rename(between)
    other.rename(one)
    between.rename(other)
    for file_id, found in ((ID, OTHER_ID), (OTHER_ID, ID)):
        with pytest.raises(SealBroken, match=f"open the stored file {file_id}: found the file {found}"):
            store.open(file_id, KEYS.__getitem__)


def test_a_file_that_does_not_open_is_closed_again(store: FileStore) -> None:
    path = receive(store, b"content")
    path.write_bytes(path.read_bytes()[:-1])
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(SealBroken):
        store.open(ID, KEYS.__getitem__)
    assert len(os.listdir("/proc/self/fd")) == before


def test_what_cannot_be_read_is_told_as_such(store: FileStore) -> None:
    (store.folder / "01" / ID).mkdir(parents=True)
    with pytest.raises(FileStoreError, match=f"open the stored file {ID}: found Is a directory"):
        store.open(ID, KEYS.__getitem__)


def test_a_file_that_opens_and_cannot_be_read_is_told_and_closed_again(store: FileStore) -> None:
    (store.folder / "01").mkdir(parents=True)
    # The first page of a process's memory is never mapped: the system opens this file and fails to read it.
    (store.folder / "01" / ID).symlink_to("/proc/self/mem")
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(FileStoreError, match=f"open the stored file {ID}: found Input/output error"):
        store.open(ID, KEYS.__getitem__)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_removed_file_is_gone_and_removing_it_again_is_no_error(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(store, b"content")
    receive(store, b"the neighbor", NEIGHBOR_ID)
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.readlink(f"/proc/self/fd/{descriptor}")))
    store.remove(ID)
    store.remove(ID)
    store.remove(OTHER_ID)
    assert synced == [str(store.folder / "01")] * 2
    assert list(store.ids()) == [NEIGHBOR_ID]


def test_a_file_no_entry_refers_to_is_swept_and_one_an_entry_refers_to_stays(store: FileStore) -> None:
    grow_old(*(receive(store, b"content", file_id) for file_id in (ID, NEIGHBOR_ID, OTHER_ID)))
    swept = store.sweep({NEIGHBOR_ID}, KEYS.__getitem__, NOW)
    assert (swept.removed, swept.parts, swept.alarms) == ((ID, OTHER_ID), (), ())
    assert everything_in(store.folder) == [f"01/{NEIGHBOR_ID}"]


def test_what_was_written_lately_is_left_alone_because_its_entry_may_be_on_its_way(store: FileStore) -> None:
    path = receive(store, b"content")
    part = path.with_name(NEIGHBOR_ID + ".part")
    part.touch()
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    os.utime(part, (NOW.timestamp(), NOW.timestamp()))
    swept = store.sweep(set(), KEYS.__getitem__, NOW)
    assert (swept.removed, swept.parts, swept.alarms) == ((), (), ())
    assert len(everything_in(store.folder)) == 2


def test_a_file_that_is_not_ours_is_an_alarm_and_stays(store: FileStore) -> None:
    strange = receive(store, b"content", ID, STRANGE_KEY)
    forged = receive(store, b"content", NEIGHBOR_ID, CompartmentKey(KEY.name, bytes(32)))
    damaged = receive(store, b"content", "02" * 16)
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    renamed = receive(store, b"content", OTHER_ID)
    renamed = renamed.rename(renamed.with_name("fe" * 16))
    misplaced = store.folder / "01" / ("ab" * 16)
    misplaced.write_bytes(renamed.read_bytes())
    note = store.folder / "note.txt"
    note.write_text("hello")
    stray_part = store.folder / "01" / "stray.part"
    stray_part.touch()
    folder = store.folder / "03" / ("03" * 16)
    folder.mkdir(parents=True)
    paths = [strange, forged, damaged, renamed, misplaced, note, stray_part, folder]
    grow_old(*paths)
    swept = store.sweep(set(), KEYS.__getitem__, NOW)
    assert (swept.removed, swept.parts) == ((), ())
    reasons = {alarm.name: alarm.reason for alarm in swept.alarms}
    assert {store.folder / name for name in reasons} == set(paths)
    assert "found a compartment unknown here" in reasons[f"01/{ID}"]
    assert "found a tag that does not match" in reasons[f"01/{NEIGHBOR_ID}"]
    assert f"found the file {OTHER_ID}" in reasons[f"fe/{'fe' * 16}"]
    assert "found Is a directory" in reasons[f"03/{'03' * 16}"]
    for name in (f"01/{'ab' * 16}", "note.txt", "01/stray.part"):
        assert reasons[name] == "its name is not one this store gives"
    assert all(path.exists() for path in paths)


def test_a_name_that_entries_refer_to_does_not_shield_a_file_in_the_wrong_folder(store: FileStore) -> None:
    path = receive(store, b"content")
    misplaced = store.folder / "ff" / ID
    misplaced.parent.mkdir()
    misplaced.write_bytes(path.read_bytes())
    grow_old(path, misplaced)
    assert [alarm.name for alarm in store.sweep({ID}, KEYS.__getitem__, NOW).alarms] == [f"ff/{ID}"]


def test_a_file_that_goes_away_during_a_sweep_does_not_stop_it(store: FileStore) -> None:
    paths = [receive(store, b"content", file_id) for file_id in (ID, NEIGHBOR_ID, OTHER_ID)]
    grow_old(*paths)

    def key_for(name: str) -> CompartmentKey:
        paths[1].unlink(missing_ok=True)
        return KEYS[name]

    assert store.sweep(set(), key_for, NOW).removed == (ID, OTHER_ID)


def test_sweeping_before_the_first_file_finds_nothing(store: FileStore) -> None:
    swept = store.sweep(set(), KEYS.__getitem__, NOW)
    assert (swept.removed, swept.parts, swept.alarms) == ((), (), ())
