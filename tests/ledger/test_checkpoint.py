"""Checkpoints: opened by Go, opened from Go, and refused when anything in them was changed."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from covertops.ledger.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    fingerprint,
    open_checkpoint,
    read_unverified,
    sign,
    verifier_key,
)
from tests.judges.golang import GoJudge, Refused
from tests.ledger.samples import KEY, NOTE, ORIGIN, TREE, VKEY

CHECKPOINT = Checkpoint(ORIGIN, 3, TREE.root())
TEXT, SIGNATURE = NOTE.split("\n\n")
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)


def signature_line(name: str, key_id: bytes = b"\x00" * 4, signature: bytes = b"\x00" * 64) -> str:
    return f"— {name} {base64.b64encode(key_id + signature).decode()}\n"


def signed_by(name: str) -> str:
    """The checkpoint with a single signature, by a key of this name that nobody knows."""
    return f"{TEXT}\n\n{signature_line(name)}"


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32), st.from_regex("[!-*,-~]{1,200}", fullmatch=True))
def test_go_opens_every_checkpoint_that_is_signed(go: GoJudge, size: int, root: bytes, origin: str) -> None:
    checkpoint = Checkpoint(origin, size, root)
    note, vkey = sign(checkpoint, KEY), verifier_key(origin, KEY.public_key())
    assert go.open_note(note, vkey) == checkpoint.text()
    assert open_checkpoint(note, vkey) == checkpoint == read_unverified(note)


def test_a_checkpoint_that_go_signed_is_opened(go: GoJudge) -> None:
    note, vkey = go.sign_note(CHECKPOINT.text(), ORIGIN)
    assert open_checkpoint(note, vkey) == CHECKPOINT


@given(st.data())
def test_a_checkpoint_with_any_character_changed_is_refused(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(NOTE) - 1))
    other = data.draw(st.one_of(st.sampled_from("\n +=/0A—"), st.characters()).filter(lambda one: one != NOTE[place]))
    with pytest.raises(BadCheckpoint):
        open_checkpoint(NOTE[:place] + other + NOTE[place + 1 :], VKEY)


@given(st.data())
def test_a_checkpoint_with_lines_moved_dropped_or_repeated_is_refused(go: GoJudge, data: st.DataObject) -> None:
    lines = NOTE.splitlines(keepends=True)
    chosen = data.draw(st.lists(st.sampled_from(lines), max_size=8).filter(lambda some: some != lines))
    note = "".join(chosen)
    if note == NOTE + SIGNATURE:
        # The same signature twice is right twice.
        assert open_checkpoint(note, VKEY) == CHECKPOINT
        return
    with pytest.raises(BadCheckpoint):
        open_checkpoint(note, VKEY)


def test_go_refuses_what_is_refused_here(go: GoJudge) -> None:
    tampered = [
        NOTE.replace("\n3\n", "\n4\n"),
        NOTE.replace(TEXT.split("\n")[2], base64.b64encode(b"\x01" * 32).decode()),
        sign(CHECKPOINT, OTHER),
        signed_by("example.org/other"),
    ]
    for note in tampered:
        with pytest.raises(Refused):
            go.open_note(note, VKEY)
        with pytest.raises(BadCheckpoint):
            open_checkpoint(note, VKEY)


def test_signatures_of_others_are_ignored_wherever_they_stand(go: GoJudge) -> None:
    witnesses = [signature_line(f"witness.example/{place}", b"\x04abc", b"\x07" * 72) for place in range(20)]
    same_name = signature_line(ORIGIN, b"\x01\x02\x03\x04")
    same_id = signature_line("example.org/ähnlich", bytes.fromhex(VKEY.split("+")[1]))
    for note in (NOTE + "".join(witnesses), f"{TEXT}\n\n{''.join(witnesses)}{same_name}{same_id}{SIGNATURE}"):
        assert open_checkpoint(note, VKEY) == CHECKPOINT
        assert go.open_note(note, VKEY) == CHECKPOINT.text()


def test_as_many_signatures_as_allowed_and_the_shortest_are_read() -> None:
    shortest = signature_line("witness.example", b"\x00" * 4, b"\x00")
    assert open_checkpoint(NOTE + shortest * 63, VKEY) == CHECKPOINT
    with pytest.raises(BadCheckpoint, match="65 signatures are more than the 64"):
        open_checkpoint(NOTE + shortest * 64, VKEY)


def test_a_wrong_signature_by_the_known_key_is_refused_beside_a_right_one() -> None:
    wrong = signature_line(ORIGIN, bytes.fromhex(VKEY.split("+")[1]))
    for note in (NOTE + wrong, f"{TEXT}\n\n{wrong}{SIGNATURE}"):
        with pytest.raises(BadCheckpoint, match=r"signature of .* is wrong"):
            open_checkpoint(note, VKEY)


def test_the_key_is_bound_to_the_origin() -> None:
    """A department with two logs and one key could otherwise pass one log off as the other."""
    with pytest.raises(BadCheckpoint, match=r"expected one of example\.gov/other"):
        open_checkpoint(NOTE, verifier_key("example.gov/other", KEY.public_key()))


def test_a_note_whose_signer_is_not_its_origin_is_refused(go: GoJudge) -> None:
    note, vkey = go.sign_note(CHECKPOINT.text(), "example.gov/other")
    with pytest.raises(BadCheckpoint, match=r"checkpoint of example\.gov/covert, expected one of"):
        open_checkpoint(note, vkey)


def test_the_fingerprint_is_the_sha256_of_the_raw_key() -> None:
    """The expected value came from sha256sum."""
    assert fingerprint(KEY.public_key()) == "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889"


REFUSED_NOTES: list[tuple[str, str, str]] = [
    ("nothing", "", "three lines"),
    ("a text without signatures", TEXT + "\n", "three lines"),
    ("a text and an empty line", TEXT + "\n\n", "ends in lines of signatures"),
    ("an extension line", f"{TEXT}\nmore\n\n{SIGNATURE}", "three lines .* found 4"),
    ("a line too few", f"{ORIGIN}\n3\n\n{SIGNATURE}", "three lines .* found 2"),
    ("no line feed at the end", NOTE[:-1], "ends in lines of signatures"),
    ("an empty line among the signatures", NOTE + "\n", "not a signature: ''"),
    ("an empty line before the signatures", f"{TEXT}\n\n\n{SIGNATURE}", "not a signature: ''"),
    ("carriage returns", NOTE.replace("\n", "\r\n"), "three lines"),
    ("a carriage return in the size", NOTE.replace("\n3\n", "\n3\r\n"), "decimal number"),
    ("an origin with a space", f"example gov\n3\n{TEXT.split()[2]}\n\n{SIGNATURE}", "origin: expected"),
    ("an origin with a plus", f"a+b\n3\n{TEXT.split()[2]}\n\n{SIGNATURE}", "origin: expected"),
    ("an empty origin", f"\n3\n{TEXT.split()[2]}\n\n{SIGNATURE}", "origin: expected"),
    ("an origin beyond ASCII", NOTE.replace(ORIGIN, "exämple"), "origin: expected"),
    ("an origin too long", NOTE.replace(ORIGIN, "e" * 201), "origin: expected"),
    ("a size with a leading zero", NOTE.replace("\n3\n", "\n03\n"), "decimal number"),
    ("a negative size", NOTE.replace("\n3\n", "\n-3\n"), "decimal number"),
    ("a size with a plus", NOTE.replace("\n3\n", "\n+3\n"), "decimal number"),
    ("a size in other digits", NOTE.replace("\n3\n", "\n٣\n"), "decimal number"),
    ("a size too large", NOTE.replace("\n3\n", f"\n{2**53}\n"), "decimal number"),
    ("a size of many digits", NOTE.replace("\n3\n", f"\n{'9' * 5000}\n"), "decimal number"),
    ("no size", NOTE.replace("\n3\n", "\n\n"), "three lines"),
    ("a short root", f"{ORIGIN}\n3\nAAAA\n\n{SIGNATURE}", "root: expected 32 bytes, found 3"),
    ("a root that is not base64", f"{ORIGIN}\n3\n!\n\n{SIGNATURE}", "standard base64"),
    ("a root without padding", NOTE.replace("=\n\n", "\n\n"), "standard base64"),
    ("a root with surplus bits", f"{ORIGIN}\n3\n{'A' * 42}B=\n\n{SIGNATURE}", "standard base64"),
    ("a root with a space", f"{ORIGIN}\n3\n {TEXT.split()[2]}\n\n{SIGNATURE}", "standard base64"),
    ("a root in the other alphabet", f"{ORIGIN}\n3\n{'_' * 42}8=\n\n{SIGNATURE}", "standard base64"),
    ("a hyphen for the dash", NOTE.replace("—", "-"), "not a signature"),
    ("no space after the dash", NOTE.replace("— ", "—"), "not a signature"),
    ("a signer without a name", f"{TEXT}\n\n—  AAAAAAAA\n", "not a signature"),
    ("a signer with a plus", signed_by("a+b"), "not a signature"),
    ("a signer with a tab", signed_by("a\tb"), "not a signature"),
    ("a signer with a wide space", signed_by("a\u3000b"), "not a signature"),
    ("a signer with a control character", signed_by("a\x01b"), "not a signature"),
    ("a signer with a lone surrogate", signed_by("a\ud800b"), "not a signature"),
    ("a signer without a signature", f"{TEXT}\n\n— name\n", "expected an id of 4 bytes and more"),
    ("a signature of four bytes", f"{TEXT}\n\n— name AAAAAA==\n", "expected an id of 4 bytes and more"),
    ("a signature that is not base64", f"{TEXT}\n\n— name !!!!\n", "standard base64"),
    ("a signature with surplus bits", f"{TEXT}\n\n— name AAAAAAB=\n", "standard base64"),
    ("a word after the signature", NOTE[:-1] + " more\n", "standard base64"),
    ("too many signatures", f"{TEXT}\n\n{SIGNATURE * 65}", "65 signatures are more than the 64"),
]


@pytest.mark.parametrize(("note", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_NOTES])
@pytest.mark.parametrize("read", [read_unverified, lambda note: open_checkpoint(note, VKEY)], ids=["read", "open"])
def test_a_note_that_is_not_a_checkpoint_is_refused(read: Callable[[str], object], note: str, why: str) -> None:
    with pytest.raises(BadCheckpoint, match=why):
        read(note)


NAME, KEY_ID, ENCODED = VKEY.split("+", 2)
REFUSED_KEYS: list[tuple[str, str, str]] = [
    ("nothing", "", "malformed"),
    ("a name", NAME, "malformed"),
    ("no key", f"{NAME}+{KEY_ID}", "malformed"),
    ("no name", f"+{KEY_ID}+{ENCODED}", "malformed"),
    ("a name with a space", f"a b+{KEY_ID}+{ENCODED}", "malformed"),
    ("another name", f"example.gov/other+{KEY_ID}+{ENCODED}", "the verifier key's id is"),
    ("another id", f"{NAME}+00000000+{ENCODED}", "the verifier key's id is '00000000'"),
    ("an id in capitals", f"{NAME}+{KEY_ID.upper()}+{ENCODED}", "the verifier key's id is"),
    ("no id", f"{NAME}++{ENCODED}", "the verifier key's id is ''"),
    ("a key that is not base64", f"{NAME}+{KEY_ID}+!{ENCODED[1:]}", "malformed"),
    ("a short key", f"{NAME}+{KEY_ID}+{ENCODED[:40]}", "a key of Ed25519"),
    ("a key of another type", f"{NAME}+{KEY_ID}+B{ENCODED[1:]}", "a key of Ed25519"),
    ("a line feed at the end", VKEY + "\n", "malformed"),
    ("a key and more", VKEY + "+", "malformed"),
]


@pytest.mark.parametrize(("vkey", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_KEYS])
def test_text_that_is_not_a_verifier_key_is_refused(vkey: str, why: str) -> None:
    with pytest.raises(BadCheckpoint, match=why):
        open_checkpoint(NOTE, vkey)


REFUSED_CHECKPOINTS: list[tuple[str, Callable[[], object], str]] = [
    ("an origin with a space", lambda: Checkpoint("a b", 0, b"\0" * 32), "origin: expected"),
    ("an origin with a line feed", lambda: Checkpoint("a\n", 0, b"\0" * 32), "origin: expected"),
    ("a negative size", lambda: Checkpoint("a", -1, b"\0" * 32), "size: expected"),
    ("a size that is a truth value", lambda: Checkpoint("a", True, b"\0" * 32), "size: expected"),
    ("a size too large", lambda: Checkpoint("a", 2**53, b"\0" * 32), "size: expected"),
    ("a short root", lambda: Checkpoint("a", 0, b"\0" * 31), "root: expected 32 bytes, found 31"),
    ("a key's origin with a plus", lambda: verifier_key("a+b", KEY.public_key()), "origin: expected"),
]


@pytest.mark.parametrize(("make", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_CHECKPOINTS])
def test_a_checkpoint_that_could_not_be_read_back_is_not_made(make: Callable[[], object], why: str) -> None:
    with pytest.raises(BadCheckpoint, match=why):
        make()
