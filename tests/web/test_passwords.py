"""Passwords: what is accepted as one, and that all of it counts."""

from __future__ import annotations

import unicodedata

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given, settings
from hypothesis import strategies as st

from covertops.web.passwords import LEAST, MOST, Passwords, objection

WORDS = ("Example Police Department", "Investigator 1", "investigator1")


@pytest.fixture
def passwords(dear_passwords: None) -> Passwords:
    """Passwords under a key of this test's own, at their full cost."""
    return Passwords(b"k" * 32)


@pytest.mark.parametrize(
    "password",
    [
        "tidy lamp river moss",
        "8chars!x",
        "żółw i pięć łódek",
        "gQ7$wmZ0pT",
        "x" * 4 + "yzw" * 41 + "!",
        "correct lamp battery",
    ],
)
def test_a_password_of_any_characters_is_accepted(password: str):
    assert objection(password, WORDS) == ""


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short 1", "at least 8"),
        ("", "at least 8"),
        ("ab" * 64 + "c", "128 characters or fewer: this one has 129"),
        ("aaaaaaaaaaaa", "more than three different"),
        ("password", "tried first"),
        ("P@ssw0rd2026!", "tried first"),
        ("  Qwertyuiop  ", "tried first"),
        ("12345678", "tried first"),
        ("Winter2026!!", "tried first"),
        ("Texas!!2026", "tried first"),
        ("Supervisor1234", "tried first"),
        ("Example2026!", "names of the department"),
        ("ExamplePolice99", "names of the department"),
        ("investigator1investigator1", "names of the department"),
    ],
)
def test_a_password_that_is_tried_first_is_refused(password: str, words: str):
    assert words in objection(password, WORDS)


def test_a_name_inside_a_longer_password_is_no_objection():
    assert objection("example of nine green herons", WORDS) == ""


@given(st.text(min_size=LEAST, max_size=MOST))
def test_length_is_counted_in_characters_and_nothing_else_is_asked_for(password: str):
    said = objection(password)
    count = len(unicodedata.normalize("NFC", password))
    assert ("at least" in said) == (count < LEAST)
    assert "or fewer" not in said or count > MOST


def test_the_stored_form_is_argon2id_with_64_mib_and_three_passes(passwords: Passwords):
    assert passwords.phc("tidy lamp river moss").startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert passwords.phc("tidy lamp river moss") != passwords.phc("tidy lamp river moss")


def test_every_byte_of_a_long_password_matters(passwords: Passwords):
    long = "é" * 100 + "end of it"
    stored = passwords.phc(long)
    assert passwords.is_right(long, stored)
    assert not passwords.is_right(long[:-1], stored)
    assert not passwords.is_right(long[:72] + "x" + long[73:], stored)
    assert not passwords.is_right(long.upper(), stored)


def test_the_same_characters_are_the_same_password_on_every_keyboard(passwords: Passwords):
    stored = passwords.phc(unicodedata.normalize("NFD", "café über Zürich"))
    assert passwords.is_right(unicodedata.normalize("NFC", "café über Zürich"), stored)


def test_stored_rows_are_worth_nothing_without_the_installations_key(passwords: Passwords):
    stored = passwords.phc("tidy lamp river moss")
    assert not Passwords(b"z" * 32).is_right("tidy lamp river moss", stored)


def test_without_a_stored_password_no_password_is_right(passwords: Passwords):
    assert not passwords.is_right("tidy lamp river moss", None)
    assert not passwords.is_right("", None)


def test_where_there_is_no_stored_password_the_same_work_is_done(passwords: Passwords, monkeypatch: pytest.MonkeyPatch):
    evaluated: list[str] = []

    class Watched:
        @staticmethod
        def verify_phc_encoded(key_material: bytes, phc_encoded: str, secret: bytes | None = None) -> None:
            evaluated.append(phc_encoded)
            Argon2id.verify_phc_encoded(key_material, phc_encoded, secret)

    stored = passwords.phc("tidy lamp river moss")
    monkeypatch.setattr("covertops.web.passwords.Argon2id", Watched)
    for phc in (stored, None):
        assert not passwords.is_right("a wrong one", phc)
    parameters = ["$".join(one.split("$")[:4]) for one in evaluated]
    assert parameters == ["$argon2id$v=19$m=65536,t=3,p=1"] * 2
    assert [len(one) for one in evaluated] == [len(stored)] * 2


@settings(max_examples=5)
@given(st.text(max_size=40))
def test_any_text_can_be_typed_and_is_simply_wrong(text: str):
    made = Passwords(b"k" * 32)
    assert not made.is_right(text + "x", made.phc(text))
