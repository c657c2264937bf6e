"""Golden files: what was written once is written the same way ever after, and stays readable.

A golden file never changes. A new way of writing is a new format with golden files of its own, and a reader for both.
"""

from __future__ import annotations

import pathlib

import pytest

from covertops.ledger.checkpoint import Checkpoint, open_checkpoint
from covertops.ledger.entry import Body, Header, check_complete, pack_fields, unpack_fields
from covertops.ledger.merkle import Frontier
from covertops.ledger.proof import Proof, read_proof
from tests.ledger.samples import (
    BODY,
    FIELDS,
    FIRST,
    LEAVES,
    NOTE,
    ORIGIN,
    PROOF,
    SECOND,
    TREE,
    VKEY,
    make_frontier,
)

FOLDER = pathlib.Path(__file__).parent / "golden"
WRITTEN: dict[str, bytes] = {
    "header-1.json": FIRST.to_bytes(),
    "header-2.json": SECOND.to_bytes(),
    "body-2.json": BODY.to_bytes(),
    "fields-2.txt": pack_fields(FIELDS),
    "log-key": VKEY.encode() + b"\n",
    "checkpoint": NOTE.encode(),
    "entry-2.tlog-proof": PROOF.encode(),
    "frontier.bin": make_frontier(LEAVES).to_bytes(),
}


def golden(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_is_the_golden_file(name: str) -> None:
    assert WRITTEN[name] == golden(name)


def test_every_golden_file_is_looked_at() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(WRITTEN)


def test_golden_headers_are_read() -> None:
    assert [Header.from_bytes(golden(f"header-{number}.json")) for number in (1, 2)] == [FIRST, SECOND]


def test_the_golden_body_and_fields_are_read_and_belong_together() -> None:
    body, fields = Body.from_bytes(golden("body-2.json")), unpack_fields(golden("fields-2.txt"))
    assert (body, fields) == (BODY, FIELDS)
    check_complete(body, fields)


def test_the_golden_checkpoint_and_proof_are_read() -> None:
    note = golden("checkpoint").decode()
    assert open_checkpoint(note, golden("log-key").decode().strip()) == Checkpoint(ORIGIN, 3, TREE.root())
    assert read_proof(golden("entry-2.tlog-proof").decode()) == Proof(2, tuple(TREE.inclusion(2)), note)


def test_the_golden_frontier_is_read_and_has_the_root_of_the_tree() -> None:
    assert Frontier.from_bytes(golden("frontier.bin")).root() == TREE.root()
