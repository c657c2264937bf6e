"""Proofs as files: read by a Go program, and refused when they show nothing."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covertops.ledger.checkpoint import BadCheckpoint, Checkpoint, sign
from covertops.ledger.merkle import ProofError, Tree, leaf_hash
from covertops.ledger.proof import Proof, read_proof, verify_proof, write_proof
from tests.judges.golang import GoJudge, Refused
from tests.ledger.samples import FIRST, FIRST_PROOF, KEY, LEAVES, LOG, NOTE, ORIGIN, PROOF, SECOND, TREE, VKEY

HASH = base64.b64encode(b"\x00" * 32).decode()


def test_every_entry_of_a_log_is_proved_here_and_in_go(go: GoJudge) -> None:
    for index, header in enumerate(LOG):
        proof = write_proof(index, TREE.inclusion(index), NOTE)
        assert verify_proof(proof, LEAVES[index], VKEY) == Checkpoint(ORIGIN, 3, TREE.root())
        assert go.check_tlog_proof(proof, header.to_bytes(), VKEY) == index


def test_the_only_entry_of_a_log_is_proved_without_a_hash(go: GoJudge) -> None:
    note = sign(Checkpoint(ORIGIN, 1, LEAVES[0]), KEY)
    proof = write_proof(0, [], note)
    assert read_proof(proof) == Proof(0, (), note)
    assert verify_proof(proof, LEAVES[0], VKEY).size == 1
    assert go.check_tlog_proof(proof, FIRST.to_bytes(), VKEY) == 0


@given(st.integers(0, 2**53 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=5))
def test_a_proof_is_read_as_it_was_written(index: int, hashes: list[bytes]) -> None:
    assert read_proof(write_proof(index, hashes, NOTE)) == Proof(index, tuple(hashes), NOTE)


def test_extra_data_is_read_and_changes_nothing() -> None:
    proof = PROOF.replace("\nindex", "\nextra AAEC\nindex")
    assert read_proof(proof).extra == b"\x00\x01\x02"
    assert verify_proof(proof, LEAVES[2], VKEY).size == 3


def test_another_leaf_is_refused_here_and_in_go(go: GoJudge) -> None:
    with pytest.raises(ProofError, match="leads to root"):
        verify_proof(PROOF, LEAVES[0], VKEY)
    with pytest.raises(Refused):
        go.check_tlog_proof(PROOF, FIRST.to_bytes(), VKEY)


def test_another_index_is_refused_here_and_in_go(go: GoJudge) -> None:
    for index in ("0", "1", "3"):
        proof = PROOF.replace("index 2", f"index {index}")
        with pytest.raises(ProofError):
            verify_proof(proof, LEAVES[2], VKEY)
        with pytest.raises(Refused):
            go.check_tlog_proof(proof, SECOND.to_bytes(), VKEY)


def test_a_proof_against_another_tree_is_refused_here_and_in_go(go: GoJudge) -> None:
    other = Tree([*LEAVES[:2], leaf_hash(b"forged")])
    proof = write_proof(2, other.inclusion(2), NOTE)
    forged = sign(Checkpoint(ORIGIN, 3, other.root()), KEY)
    assert verify_proof(write_proof(2, other.inclusion(2), forged), leaf_hash(b"forged"), VKEY).root == other.root()
    with pytest.raises(ProofError, match="leads to root"):
        verify_proof(proof, leaf_hash(b"forged"), VKEY)
    with pytest.raises(Refused):
        go.check_tlog_proof(proof, b"forged", VKEY)


def test_a_proof_with_an_unsigned_checkpoint_is_refused_here_and_in_go(go: GoJudge) -> None:
    proof = PROOF.replace("\n3\n", "\n4\n")
    with pytest.raises(BadCheckpoint, match="is wrong"):
        verify_proof(proof, LEAVES[2], VKEY)
    with pytest.raises(Refused):
        go.check_tlog_proof(proof, SECOND.to_bytes(), VKEY)


@given(st.data())
def test_a_proof_with_any_character_changed_is_refused(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(FIRST_PROOF) - 1))
    before = FIRST_PROOF[place]
    other = data.draw(st.one_of(st.sampled_from("\n +=/0A—"), st.characters()).filter(lambda one: one != before))
    with pytest.raises((ProofError, BadCheckpoint)):
        verify_proof(FIRST_PROOF[:place] + other + FIRST_PROOF[place + 1 :], LEAVES[0], VKEY)


REFUSED: list[tuple[str, str, str]] = [
    ("nothing", "", "begins with"),
    ("another version", PROOF.replace("@v1", "@v2"), "begins with"),
    ("an empty line at the beginning", "\n" + PROOF, "begins with"),
    ("carriage returns", PROOF.replace("\n", "\r\n"), "begins with"),
    ("only its first line", "c2sp.org/tlog-proof@v1", "an empty line and then a checkpoint"),
    ("no checkpoint", PROOF.split("\n\n")[0] + "\n", "an empty line and then a checkpoint"),
    ("no index", f"c2sp.org/tlog-proof@v1\n\n{NOTE}", "index, found none"),
    ("extra data and no index", f"c2sp.org/tlog-proof@v1\nextra AAAA\n\n{NOTE}", "index, found none"),
    ("hashes and no index", f"c2sp.org/tlog-proof@v1\n{HASH}\n\n{NOTE}", "expected a line with 'index'"),
    ("index without a number", PROOF.replace("index 2", "index"), "expected a line with 'index'"),
    ("index with an empty number", PROOF.replace("index 2", "index "), "decimal number"),
    ("index with a leading zero", PROOF.replace("index 2", "index 02"), "decimal number"),
    ("index with a space more", PROOF.replace("index 2", "index  2"), "decimal number"),
    ("a negative index", PROOF.replace("index 2", "index -2"), "decimal number"),
    ("an index in hexadecimal", PROOF.replace("index 2", "index 0x2"), "decimal number"),
    ("an index too large", PROOF.replace("index 2", f"index {2**53}"), "decimal number"),
    ("extra data twice", PROOF.replace("\nindex", "\nextra AAAA\nextra AAAA\nindex"), "expected a line with 'index'"),
    ("extra data after the index", PROOF.replace("index 2\n", "index 2\nextra AAAA\n"), "standard base64"),
    ("extra data that is not base64", PROOF.replace("\nindex", "\nextra !\nindex"), "standard base64"),
    ("a hash that is not base64", PROOF.replace("index 2\n", "index 2\n!!!!\n"), "standard base64"),
    ("a short hash", PROOF.replace("index 2\n", "index 2\nAAAA\n"), "32 bytes each, found 3"),
    ("a long hash", PROOF.replace("index 2\n", f"index 2\n{'A' * 48}\n"), "32 bytes each, found 36"),
]


@pytest.mark.parametrize(("text", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED])
def test_text_that_is_not_a_proof_is_refused(text: str, why: str) -> None:
    with pytest.raises(ProofError, match=why):
        read_proof(text)
