"""The master key's file, and what the master key opens."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from covertops.vault.envelope import SealBroken
from covertops.vault.keys import CompartmentKey, FileKeyProvider, KeyFileError, Keyring, WrongPassphrase

MASTER = bytes(range(100, 132))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the key file of the test is to stand."""
    return tmp_path / "master.key"


@pytest.fixture
def keyring() -> Keyring:
    """A keyring of a known master key."""
    return Keyring(MASTER)


def test_a_new_key_file_gives_the_same_key_each_time(path: Path) -> None:
    provider = FileKeyProvider(path)
    provider.create()
    assert len(provider.master()) == 32
    assert provider.master() == FileKeyProvider(path).master()


def test_two_new_key_files_hold_different_keys(tmp_path: Path) -> None:
    providers = [FileKeyProvider(tmp_path / name) for name in ("a.key", "b.key")]
    for provider in providers:
        provider.create()
    assert providers[0].master() != providers[1].master()


def test_a_new_key_file_is_for_its_owner_only(path: Path) -> None:
    earlier = os.umask(0)
    try:
        FileKeyProvider(path).create()
    finally:
        os.umask(earlier)
    assert path.stat().st_mode & 0o777 == 0o600


def test_creating_a_key_leaves_nothing_beside_it(path: Path) -> None:
    FileKeyProvider(path).create()
    assert list(path.parent.iterdir()) == [path]


def test_an_existing_key_is_never_overwritten(path: Path) -> None:
    provider = FileKeyProvider(path)
    provider.create()
    before = path.read_bytes()
    with pytest.raises(
        KeyFileError, match=r"create the key file master\.key: found a file of that name; expected none"
    ):
        provider.create()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_key_file_is_on_the_disk_before_it_has_its_name_and_its_folder_after(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    fsync, link = os.fsync, os.link

    def watched_fsync(descriptor: int) -> None:
        happened.append("fsync " + ("folder" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "file"))
        fsync(descriptor)

    def watched_link(old: Path, new: Path) -> None:
        happened.append("link")
        link(old, new)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "link", watched_link)
    FileKeyProvider(path).create()
    assert happened == ["fsync file", "link", "fsync folder"]


def test_a_key_that_may_not_be_on_the_disk_is_not_created(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(KeyFileError, match="found Input/output error; expected a folder this process may write to"):
        FileKeyProvider(path).create()
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("mode", [0o400, 0o600])
def test_a_key_file_of_its_owner_only_is_read(path: Path, mode: int) -> None:
    provider = FileKeyProvider(path)
    provider.create()
    path.chmod(mode)
    assert len(provider.master()) == 32


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o700, 0o644, 0o660, 0o777])
def test_a_key_file_wider_than_0600_is_refused(path: Path, mode: int) -> None:
    provider = FileKeyProvider(path)
    provider.create()
    path.chmod(mode)
    with pytest.raises(KeyFileError, match=f"found mode {mode:04o}; expected mode 0600 or narrower"):
        provider.master()


def test_a_missing_key_file_is_named_with_what_the_system_says(path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"read the key file master\.key: found No such file or directory"):
        FileKeyProvider(path).master()


def test_what_is_not_a_regular_file_is_no_key_file(path: Path) -> None:
    path.symlink_to("/dev/zero")
    with pytest.raises(KeyFileError, match="found something that is not a regular file"):
        FileKeyProvider(path).master()


def test_a_mounted_secret_behind_a_link_is_read(tmp_path: Path, path: Path) -> None:
    FileKeyProvider(tmp_path / "real").create()
    path.symlink_to(tmp_path / "real")
    assert FileKeyProvider(path).master() == FileKeyProvider(tmp_path / "real").master()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"covertops/key/1 plain\n",
        b"covertops/key/2 plain\n" + b"ab" * 32 + b"\n",
        b"covertops/key/1 plain\n" + b"ab" * 31 + b"\n",
        b"covertops/key/1 plain\n" + b"ab" * 33 + b"\n",
        b"covertops/key/1 plain\n" + b"AB" * 32 + b"\n",
        b"covertops/key/1 plain\n" + b"ab " * 32 + b"\n",
        b"covertops/key/1 plain\n" + b"ab" * 32 + b"\nmore",
        b"covertops/key/1 plain\n" + b"ab" * 32,
        b"covertops/key/1 plain\n" + b"zz" * 32 + b"\n",
        b"\xff" * 80,
        b"covertops/key/1 argon2id t=3 p=4 m=9999999 salt=" + b"ab" * 16 + b"\n" + b"ab" * 61 + b"\n",
        b"covertops/key/1 argon2id t=17 p=4 m=65536 salt=" + b"ab" * 16 + b"\n" + b"ab" * 61 + b"\n",
        b"covertops/key/1 argon2id t=0 p=4 m=65536 salt=" + b"ab" * 16 + b"\n" + b"ab" * 61 + b"\n",
        b"covertops/key/1 argon2id t=3 p=17 m=65536 salt=" + b"ab" * 16 + b"\n" + b"ab" * 61 + b"\n",
        b"covertops/key/1 argon2id t=3 p=4 m=16 salt=" + b"ab" * 16 + b"\n" + b"ab" * 61 + b"\n",
    ],
)
def test_anything_but_a_whole_key_file_is_refused_and_not_quoted(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    provider = FileKeyProvider(path, "a passphrase" if b"argon2id" in content else None)
    with pytest.raises(KeyFileError) as caught:
        provider.master()
    assert "abab" not in str(caught.value)
    assert not isinstance(caught.value, WrongPassphrase)


def test_a_passphrase_opens_what_it_locked_and_the_key_is_not_in_the_file(path: Path) -> None:
    FileKeyProvider(path, "correct horse battery").create()
    master = FileKeyProvider(path, "correct horse battery").master()
    assert master.hex() not in path.read_text()


def test_the_same_passphrase_typed_in_another_unicode_form_opens_the_key(path: Path) -> None:
    FileKeyProvider(path, "caf\u00e9 au lait").create()
    assert len(FileKeyProvider(path, "cafe\u0301 au lait").master()) == 32


def test_a_wrong_passphrase_is_told_and_not_quoted(path: Path) -> None:
    FileKeyProvider(path, "correct horse battery").create()
    with pytest.raises(WrongPassphrase, match="found one that does not open it") as caught:
        FileKeyProvider(path, "correct horse batterz").master()
    assert "horse" not in str(caught.value)


def test_altered_work_factors_are_refused(path: Path) -> None:
    provider = FileKeyProvider(path, "correct horse battery")
    provider.create()
    path.write_bytes(path.read_bytes().replace(b"t=3", b"t=1"))
    with pytest.raises(WrongPassphrase):
        provider.master()


def test_a_locked_key_needs_its_passphrase_and_an_open_one_takes_none(tmp_path: Path) -> None:
    locked, plain = tmp_path / "locked.key", tmp_path / "plain.key"
    FileKeyProvider(locked, "correct horse battery").create()
    FileKeyProvider(plain).create()
    with pytest.raises(KeyFileError, match="found a key locked by a passphrase; expected that passphrase"):
        FileKeyProvider(locked).master()
    with pytest.raises(KeyFileError, match="found a key without a passphrase"):
        FileKeyProvider(plain, "correct horse battery").master()


def test_an_empty_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(KeyFileError, match="found an empty passphrase"):
        FileKeyProvider(path, "").create()
    assert not path.exists()


def test_a_compartment_opens_only_under_its_master_key_and_its_name(keyring: Keyring) -> None:
    key, wrapped = keyring.new_compartment("department")
    assert Keyring(MASTER).open_compartment("department", wrapped) == key
    with pytest.raises(SealBroken):
        keyring.open_compartment("access", wrapped)
    with pytest.raises(SealBroken):
        Keyring(bytes(32)).open_compartment("department", wrapped)


def test_every_bit_of_a_wrapped_compartment_matters(keyring: Keyring) -> None:
    _key, wrapped = keyring.new_compartment("department")
    for position in range(len(wrapped) * 8):
        altered = bytearray(wrapped)
        altered[position // 8] ^= 1 << position % 8
        with pytest.raises(SealBroken):
            keyring.open_compartment("department", bytes(altered))


def test_a_rotation_wraps_the_same_compartment_under_another_master_key(keyring: Keyring) -> None:
    key, wrapped = keyring.new_compartment("department")
    successor = Keyring(bytes(32))
    rewrapped = successor.wrap_compartment(keyring.open_compartment("department", wrapped))
    assert successor.open_compartment("department", rewrapped) == key
    with pytest.raises(SealBroken):
        keyring.open_compartment("department", rewrapped)


def test_a_secret_opens_only_under_its_name_and_never_as_a_compartment(keyring: Keyring) -> None:
    wrapped = keyring.wrap_secret("log-key", b"s" * 32)
    assert keyring.open_secret("log-key", wrapped) == b"s" * 32
    with pytest.raises(SealBroken):
        keyring.open_secret("lookup-key", wrapped)
    with pytest.raises(SealBroken):
        keyring.open_compartment("log-key", wrapped)


def test_a_derived_key_is_the_same_for_its_purpose_and_another_for_each_other(keyring: Keyring) -> None:
    derived = {keyring.derive(purpose) for purpose in ("sessions", "sign-ins", "")} | {
        Keyring(bytes(32)).derive("sessions")
    }
    assert len(derived) == 4
    assert {len(key) for key in derived} == {32}
    assert keyring.derive("sessions") == Keyring(MASTER).derive("sessions")
    assert MASTER not in derived


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"a key has 32 bytes; this one has {length}"):
        Keyring(bytes(length))
    with pytest.raises(ValueError, match=f"a key has 32 bytes; this one has {length}"):
        CompartmentKey("department", bytes(length))


def test_no_key_and_no_passphrase_is_shown_by_what_holds_it(keyring: Keyring, path: Path) -> None:
    shown = repr([keyring, CompartmentKey("department", MASTER), FileKeyProvider(path, "correct horse battery")])
    assert shown.startswith("[Keyring(…), CompartmentKey(name='department'), FileKeyProvider(path=")
    for secret in (repr(MASTER)[2:-1], MASTER.hex(), "horse"):
        assert secret not in shown


def test_no_key_is_in_a_traceback_of_the_vault_even_with_its_local_variables(keyring: Keyring) -> None:
    key, wrapped = keyring.new_compartment("department")
    with pytest.raises(SealBroken) as caught:
        keyring.open_compartment("department", wrapped[:-1] + bytes([wrapped[-1] ^ 1]))
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    in_the_vault = [
        str(frame.locals) for frame in report.stack if "vault" in frame.filename and "tests" not in frame.filename
    ]
    assert in_the_vault
    for secret in (MASTER, key.key):
        assert not [frame for frame in in_the_vault if repr(secret)[2:-1] in frame or secret.hex() in frame]
