"""The parts of an entry commit to each other, and a stream holds together without a gap."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import pytest

from covertops.ledger.entry import (
    Field,
    Header,
    MalformedEntry,
    check_body,
    check_complete,
    check_fields,
    check_next,
    check_stream,
    pack_fields,
    unpack_fields,
)
from tests.ledger.samples import BODY, FIELDS, FIRST, SECOND, make_body, make_fields, make_header, make_stream

SALT = "00" * 16


def test_a_body_must_be_the_one_its_header_commits_to() -> None:
    assert check_body(SECOND, BODY.to_bytes()) == BODY
    with pytest.raises(MalformedEntry, match="entry 1: the body's SHA-256 is"):
        check_body(FIRST, BODY.to_bytes())
    with pytest.raises(MalformedEntry, match="the body is not a JSON object"):
        check_body(make_header(body=hashlib.sha256(b"[]").hexdigest()), b"[]")


def test_all_fields_or_some_of_them_belong_to_their_body() -> None:
    check_complete(BODY, FIELDS)
    check_fields(BODY, FIELDS[::-1])
    check_fields(BODY, FIELDS[1:3])
    check_fields(BODY, [])
    check_fields(BODY, unpack_fields(pack_fields(FIELDS)))


def test_a_missing_field_is_refused_where_all_are_expected() -> None:
    with pytest.raises(MalformedEntry, match="fields are missing: by, note"):
        check_complete(BODY, FIELDS[1:4])
    with pytest.raises(MalformedEntry, match="is repeated"):
        check_complete(BODY, [*FIELDS, FIELDS[0]])


BY = FIELDS[0]
REFUSED_SETS: list[tuple[str, list[Field], str]] = [
    ("an unknown name", [Field(SALT, "unknown", None)], "commits to no field unknown"),
    ("a repeated field", [BY, FIELDS[1], BY], "the field by is repeated"),
    ("another value", [dataclasses.replace(BY, value="another")], "SHA-256 of the field by is"),
    ("another salt", [dataclasses.replace(BY, salt=SALT)], "SHA-256 of the field by is"),
    ("another name", [dataclasses.replace(BY, name="note")], "SHA-256 of the field note is"),
]


@pytest.mark.parametrize(("fields", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_SETS])
def test_a_field_the_body_does_not_commit_to_is_refused(fields: list[Field], why: str) -> None:
    with pytest.raises(MalformedEntry, match=why):
        check_fields(BODY, fields)


def test_a_changed_field_forgets_the_bytes_it_was_read_from() -> None:
    read = Field.from_bytes(BY.to_bytes())
    assert dataclasses.replace(read, value="another").to_bytes() != read.to_bytes()


def test_equal_values_have_different_digests_under_different_salts() -> None:
    first, second = (make_body(make_fields(**{name: "yes", "b": "yes"})).fields for name in ("a", "c"))
    assert first["a"] != first["b"]
    assert first["b"] == second["b"]


def test_a_stream_from_its_first_entry_on_is_accepted() -> None:
    check_stream([])
    check_stream(make_stream(1))
    check_stream(make_stream(9))
    check_stream([FIRST, SECOND])
    check_stream([Header.from_bytes(header.to_bytes()) for header in make_stream(3)])


def test_entries_of_one_moment_are_accepted() -> None:
    first = make_header()
    check_stream([first, make_header(1, 2, first.hash, first.time)])


def test_a_stream_is_continued_from_its_last_entry() -> None:
    headers = make_stream(4)
    check_next(headers[2], headers[3])
    with pytest.raises(MalformedEntry, match="number: expected 3, found 4"):
        check_next(headers[1], headers[3])


A, B, C = make_stream(3)


def but(header: Header, **changed: Any) -> Header:
    return dataclasses.replace(header, **changed)


REFUSED_STREAMS: list[tuple[str, list[Header], str]] = [
    ("without its beginning", [B, C], "first number of the stream: expected 1, found 2"),
    ("with a gap", [A, C], "number: expected 2, found 3"),
    ("with a repetition", [A, B, B], "number: expected 3, found 2"),
    ("in another order", [A, C, B], "number: expected 2, found 3"),
    ("with another predecessor", [A, but(B, previous="ab" * 32)], "previous: expected the hash"),
    ("with a changed entry", [but(A, body="cd" * 32), B], "previous: expected the hash"),
    ("of another log", [A, but(B, origin="example.org/other")], "origin: expected 'example.gov/covert' as before"),
    ("of another stream", [A, but(B, stream="ab" * 16)], "stream: expected .* as before"),
    ("with a time that falls", [A, but(B, time="2026-11-20T13:40:11.999999Z")], "time: expected .* or later"),
    (
        "with an index that falls",
        [but(A, index=5), but(B, previous=but(A, index=5).hash)],
        "index: expected more than 5",
    ),
    ("with an index repeated", [A, but(B, index=0)], "index: expected more than 0"),
]


@pytest.mark.parametrize(("headers", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_STREAMS])
def test_a_stream_that_does_not_hold_together_is_refused(headers: list[Header], why: str) -> None:
    with pytest.raises(MalformedEntry, match=why):
        check_stream(headers)
