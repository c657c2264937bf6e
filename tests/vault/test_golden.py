"""What was sealed under version 1 opens forever: the file below is never written again, only added to."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from covertops.ledger.merkle import Segments
from covertops.vault.keys import FileKeyProvider, Keyring
from covertops.vault.sealing import SealedBox, open_box, open_text
from covertops.vault.stored_file import StoredFile

GOLDEN = json.loads((Path(__file__).parent / "golden" / "version-1.json").read_text(encoding="utf-8"))
KEYRING = Keyring(bytes(range(32)))
COMPARTMENT = KEYRING.open_compartment(GOLDEN["compartment"]["name"], bytes.fromhex(GOLDEN["compartment"]["wrapped"]))


@pytest.mark.parametrize("kind", ["key_file", "key_file_with_passphrase"])
def test_a_key_file_of_version_1_opens(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "master.key"
    path.touch(mode=0o600)
    path.write_text(GOLDEN[kind]["content"])
    assert FileKeyProvider(path, GOLDEN[kind].get("passphrase")).master().hex() == GOLDEN[kind]["master"]


def test_a_compartment_of_version_1_opens() -> None:
    assert COMPARTMENT.key.hex() == GOLDEN["compartment"]["key"]


def test_a_key_of_a_purpose_stays_what_it_was() -> None:
    assert KEYRING.derive(GOLDEN["derived"]["purpose"]).hex() == GOLDEN["derived"]["key"]


def test_a_secret_of_version_1_opens() -> None:
    secret = GOLDEN["secret"]
    assert KEYRING.open_secret(secret["name"], bytes.fromhex(secret["wrapped"])).hex() == secret["secret"]


def test_a_box_of_version_1_opens() -> None:
    box = GOLDEN["box"]
    found = open_box(
        COMPARTMENT,
        SealedBox(bytes.fromhex(box["wrapped_key"]), bytes.fromhex(box["sealed"])),
        bytes.fromhex(box["meaning"]),
    )
    assert found.decode() == box["plaintext"]


def test_a_text_of_version_1_opens() -> None:
    text = GOLDEN["text"]
    assert open_text(COMPARTMENT, bytes.fromhex(text["sealed"]), bytes.fromhex(text["meaning"])) == text["text"]


def test_a_stored_file_of_version_1_opens() -> None:
    file = GOLDEN["stored_file"]
    stored = StoredFile.open(
        io.BytesIO(bytes.fromhex(file["sealed"])), {COMPARTMENT.name: COMPARTMENT}.__getitem__, Segments
    )
    assert (stored.file_id, stored.size) == (file["file_id"], file["size"])
    assert b"".join(stored.read()).decode() == file["content"]
    stored.check(file["sha256"], file["segment_root"])
