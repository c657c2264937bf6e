"""The parts of an entry: each is written in one form, and read back only from that form."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covertops.ledger.canonical import Json, NotCanonical, canonical
from covertops.ledger.entry import (
    FORMAT,
    Body,
    Field,
    Header,
    MalformedEntry,
    field_values,
    header_hash,
    pack_fields,
    unpack_fields,
)
from tests.ledger.samples import BODY, ORIGIN, SECOND, make_header

IDS = st.from_regex("[0-9a-f]{32}", fullmatch=True)
DIGESTS = st.from_regex("[0-9a-f]{64}", fullmatch=True)
NAMES = st.from_regex("[a-z][a-z0-9_]{0,20}(/(0|[1-9][0-9]{0,2}))?", fullmatch=True)
WORDS = st.from_regex("[a-z][a-z0-9 ._-]{0,20}", fullmatch=True)
COUNTS = st.integers(0, 2**53 - 1)
VALUES = st.none() | st.booleans() | COUNTS | st.text(st.sampled_from('aé€😀\n\\"\x01 ')) | st.lists(st.text("ab"))
MOMENTS = st.datetimes().map(lambda moment: f"{moment:%m-%dT%H:%M:%S.%fZ}").map(lambda rest: f"2026-{rest}")
MOMENTS = MOMENTS.filter(lambda moment: "02-29" not in moment)
FIELD_PARTS = st.builds(Field, IDS, NAMES, VALUES)


@given(
    COUNTS, IDS, st.integers(2, 2**53 - 1), DIGESTS, MOMENTS, DIGESTS, st.from_regex("[!-*,-~]{1,20}", fullmatch=True)
)
def test_a_header_is_read_as_it_was_written(
    index: int, stream: str, number: int, previous: str, time: str, body: str, origin: str
) -> None:
    header = Header(origin, index, stream, number, previous, time, body)
    read = Header.from_bytes(header.to_bytes())
    assert read == header
    assert read.to_bytes() == header.to_bytes()
    assert read.hash == header.hash == header_hash(header.to_bytes()) == hashlib.sha256(header.to_bytes()).hexdigest()


@given(WORDS, st.integers(1, 2**53 - 1), WORDS, IDS, st.dictionaries(NAMES, DIGESTS, max_size=5))
def test_a_body_is_read_as_it_was_written(
    kind: str, version: int, office: str, salt: str, fields: dict[str, str]
) -> None:
    body = Body(kind, version, office, salt, fields)
    read = Body.from_bytes(body.to_bytes())
    assert read == body
    assert read.to_bytes() == body.to_bytes()
    assert read.digest == body.digest == hashlib.sha256(body.to_bytes()).hexdigest()


@given(st.lists(FIELD_PARTS, max_size=5))
def test_fields_are_unpacked_as_they_were_packed(fields: list[Field]) -> None:
    packed = pack_fields(fields)
    unpacked = unpack_fields(packed)
    assert unpacked == fields
    assert [field.digest for field in unpacked] == [field.digest for field in fields]
    lines = packed.split(b"\n") if fields else []
    assert [hashlib.sha256(line).hexdigest() for line in lines] == [field.digest for field in fields]


def test_the_header_is_an_object_of_the_members_that_the_format_names() -> None:
    assert json.loads(SECOND.to_bytes()) == {"format": FORMAT} | dataclasses.asdict(SECOND)


def altered(part: Header | Body, **changed: Any) -> bytes:
    """The part's JSON with members changed, added, or (given as ...) left out; always canonical."""
    members = json.loads(part.to_bytes()) | changed
    return canonical({name: value for name, value in members.items() if value is not ...})


HEX = "expected 64 hexadecimal digits"
REFUSED_HEADERS: list[tuple[str, dict[str, Any], str]] = [
    ("no format", {"format": ...}, "must hold body, format, index"),
    ("another format", {"format": "covertops/entry/2"}, "not one of covertops/entry/1"),
    ("a member too many", {"more": 1}, "and nothing else"),
    ("a member too few", {"time": ...}, "and nothing else"),
    ("no previous", {"previous": ...}, "and nothing else"),
    ("an origin with a space", {"origin": "a b"}, "origin: expected"),
    ("an origin with a plus", {"origin": "a+b"}, "origin: expected"),
    ("an empty origin", {"origin": ""}, "origin: expected"),
    ("an origin too long", {"origin": "a" * 201}, "origin: expected"),
    ("an origin beyond ASCII", {"origin": "é"}, "origin: expected"),
    ("an origin with a line feed", {"origin": "a\n"}, "origin: expected"),
    ("an origin that is a number", {"origin": 1}, "of another type"),
    ("a negative index", {"index": -1}, "index: expected a whole number from 0, found -1"),
    ("an index that is a truth value", {"index": True}, "index: expected a whole number from 0, found True"),
    ("an index that is text", {"index": "2"}, "of another type"),
    ("a number that is nothing", {"number": 0}, "number: expected a whole number from 1, found 0"),
    ("a number that is a truth value", {"number": True, "previous": None}, "number: expected"),
    ("a number that is null", {"number": None}, "of another type"),
    ("a first entry with one before", {"number": 1}, "previous: expected null in the first entry"),
    ("a second entry without one before", {"previous": None}, f"previous: {HEX}, found None"),
    ("a short previous", {"previous": "ab"}, f"previous: {HEX}"),
    ("a previous that is a number", {"previous": 1}, "of another type"),
    ("a short stream", {"stream": "ab"}, "stream: expected 32 hexadecimal digits"),
    ("a stream in capitals", {"stream": "AB" * 16}, "stream: expected"),
    ("a stream with a line feed", {"stream": "ab" * 16 + "\n"}, "stream: expected"),
    ("a stream that is null", {"stream": None}, "of another type"),
    ("a body in capitals", {"body": "AB" * 32}, f"body: {HEX}"),
    ("a body with a line feed", {"body": "ab" * 32 + "\n"}, f"body: {HEX}"),
    ("a body in other digits", {"body": "٣" * 64}, f"body: {HEX}"),
    ("a body that is a list", {"body": []}, "of another type"),
    ("a time without microseconds", {"time": "2026-11-20T13:40:12Z"}, "time: expected a moment"),
    ("a time in milliseconds", {"time": "2026-11-20T13:40:12.345Z"}, "time: expected a moment"),
    ("a time with an offset", {"time": "2026-11-20T13:40:12.345678+00:00"}, "time: expected a moment"),
    ("a time with a space", {"time": "2026-11-20 13:40:12.345678Z"}, "time: expected a moment"),
    ("a time with a line feed", {"time": "2026-11-20T13:40:12.345678Z\n"}, "time: expected a moment"),
    ("a day that does not exist", {"time": "2026-02-30T13:40:12.345678Z"}, "time: expected a moment"),
    ("an hour that does not exist", {"time": "2026-02-20T24:40:12.345678Z"}, "time: expected a moment"),
    ("a leap second", {"time": "2026-12-31T23:59:60.000000Z"}, "time: expected a moment"),
    ("a time that is a number", {"time": 1}, "of another type"),
]


@pytest.mark.parametrize(("changed", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_HEADERS])
def test_a_header_not_written_as_the_format_says_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(MalformedEntry, match=why):
        Header.from_bytes(altered(SECOND, **changed))


@pytest.mark.parametrize("member", ["origin", "stream", "previous", "time", "body"])
def test_a_header_is_not_made_of_other_types(member: str) -> None:
    with pytest.raises(MalformedEntry, match=f"^{member}: expected"):
        dataclasses.replace(SECOND, **{member: 1})  # type: ignore[arg-type]


REFUSED_BODIES: list[tuple[str, dict[str, Any], str]] = [
    ("a member too many", {"more": 1}, "the body must hold fields, kind, office, salt, version and nothing else"),
    ("a member too few", {"salt": ...}, "and nothing else"),
    ("no fields", {"fields": ...}, "and nothing else"),
    ("an empty kind", {"kind": ""}, "kind: expected a word"),
    ("a kind in capitals", {"kind": "Activity"}, "kind: expected a word"),
    ("a kind with a line feed", {"kind": "a\n"}, "kind: expected a word"),
    ("a kind that is null", {"kind": None}, "of another type"),
    ("a version that is nothing", {"version": 0}, "version: expected a whole number from 1"),
    ("a version that is a truth value", {"version": True}, "version: expected"),
    ("a version that is text", {"version": "1"}, "of another type"),
    ("an empty office", {"office": ""}, "office: expected words"),
    ("an office in capitals", {"office": "Chief"}, "office: expected words"),
    ("an office that is a number", {"office": 1}, "of another type"),
    ("a short salt", {"salt": "ab"}, "body's salt: expected 32 hexadecimal digits"),
    ("a salt that is null", {"salt": None}, "of another type"),
    ("fields in a list", {"fields": []}, "of another type"),
    ("a short digest", {"fields": {"a": "ab"}}, "fields: expected names"),
    ("a digest that is null", {"fields": {"a": None}}, "fields: expected names"),
    ("a digest that is an object", {"fields": {"a": {}}}, "fields: expected names"),
    ("a name with a capital", {"fields": {"nO": "ab" * 32}}, "fields: expected names"),
    ("an empty name", {"fields": {"": "ab" * 32}}, "fields: expected names"),
    ("a name that begins with a digit", {"fields": {"1a": "ab" * 32}}, "fields: expected names"),
    ("a place without a number", {"fields": {"a/": "ab" * 32}}, "fields: expected names"),
    ("a place with a leading zero", {"fields": {"a/01": "ab" * 32}}, "fields: expected names"),
    ("a place in a place", {"fields": {"a/0/0": "ab" * 32}}, "fields: expected names"),
    ("a name with a line feed", {"fields": {"a\n": "ab" * 32}}, "fields: expected names"),
]


@pytest.mark.parametrize(("changed", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_BODIES])
def test_a_body_not_written_as_the_format_says_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(MalformedEntry, match=why):
        Body.from_bytes(altered(BODY, **changed))


SALT = "00" * 16
REFUSED_FIELDS: list[tuple[str, bytes, str]] = [
    ("an object", b"{}", "a list of salt, name and value"),
    ("text", b'"abc"', "a list of salt, name and value"),
    ("an empty list", b"[]", "a list of salt, name and value"),
    ("a list of two", f'["{SALT}","a"]'.encode(), "a list of salt, name and value"),
    ("a list of four", f'["{SALT}","a",1,2]'.encode(), "a list of salt, name and value"),
    ("a salt that is a number", b'[1,"a",1]', "a list of salt, name and value"),
    ("a name that is a number", f'["{SALT}",1,1]'.encode(), "a list of salt, name and value"),
    ("a short salt", b'["00","a",1]', "field's salt: expected 32 hexadecimal digits"),
    ("a salt in capitals", f'["{"AB" * 16}","a",1]'.encode(), "field's salt"),
    ("a name in capitals", f'["{SALT}","A",1]'.encode(), "field's name"),
    ("an empty name", f'["{SALT}","",1]'.encode(), "field's name"),
    ("a name with a line feed", f'["{SALT}","a\\n",1]'.encode(), "field's name"),
    ("a space", f'["{SALT}", "a",1]'.encode(), "not canonical JSON"),
    ("a fraction", f'["{SALT}","a",1.5]'.encode(), "not canonical JSON"),
    ("a repeated key in its value", f'["{SALT}","a",{{"b":1,"b":2}}]'.encode(), "not canonical JSON"),
    ("a line feed at the end", f'["{SALT}","a",1]\n'.encode(), "not canonical JSON: expected JSON"),
    ("an empty line before", f'\n["{SALT}","a",1]'.encode(), "not canonical JSON: expected JSON"),
    ("an empty line between", f'["{SALT}","a",1]\n\n["{SALT}","b",1]'.encode(), "not canonical JSON: expected JSON"),
    ("a carriage return", f'["{SALT}","a",1]\r\n["{SALT}","b",1]'.encode(), "not canonical JSON"),
]


@pytest.mark.parametrize(("data", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_FIELDS])
def test_a_field_not_written_as_the_format_says_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedEntry, match=why):
        unpack_fields(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (f'["{SALT}","a",1]\n["{SALT}","a",1]', "repeated"),
        (f'["{SALT[:-1]}g","a",1]', "salt"),
        (f'["{SALT[:-1]}","a",1]', "salt"),
        (f'["{SALT}","a",1.5]', "not canonical JSON"),
        (f'["{SALT}","a"]', "a list of salt, name and value"),
    ],
)
def test_values_are_read_only_from_fields_as_the_format_says(data: str, why: str) -> None:
    assert field_values(f'["{SALT}","a",1]\n["{SALT}","b/0",null]'.encode()) == {"a": 1, "b/0": None}
    with pytest.raises(MalformedEntry, match=why):
        field_values(data.encode())


@pytest.mark.parametrize("origin", [ORIGIN, "~!/{}", 'with"quotes', "with\\backslash"])
@pytest.mark.parametrize("previous", [None, "cd" * 32])
def test_a_header_is_read_back_whatever_its_origin(origin: str, previous: str | None) -> None:
    header = make_header(7, 2 if previous else 1, previous, origin=origin)
    assert Header.from_bytes(header.to_bytes()) == header


@pytest.mark.parametrize("number", [2**53, 10**15 * 9 + 10**15])
def test_a_header_with_a_number_past_the_largest_is_refused(number: int) -> None:
    data = make_header(7).to_bytes().replace(b'"index":7', f'"index":{number}'.encode())
    with pytest.raises(MalformedEntry):
        Header.from_bytes(data)


def test_a_body_is_read_back_and_refused_with_its_names_in_another_order_or_twice() -> None:
    body = Body("activity.none", 1, "investigator", SALT, {"b/0": "1" * 64, "a": "0" * 64, "b/10": "3" * 64})
    assert Body.from_bytes(body.to_bytes()) == body
    first, second = b'"a":"' + b"0" * 64 + b'"', b'"b/0":"' + b"1" * 64 + b'"'
    assert first + b"," + second in body.to_bytes()
    for instead in (second + b"," + first, first + b"," + first):
        with pytest.raises(MalformedEntry, match="canonical"):
            Body.from_bytes(body.to_bytes().replace(first + b"," + second, instead))
    empty = Body("activity.none", 1, "investigator", SALT, {})
    assert Body.from_bytes(empty.to_bytes()) == empty


def test_a_body_whose_name_holds_another_line_is_refused() -> None:
    with pytest.raises(MalformedEntry, match="fields: expected names"):
        Body("activity.none", 1, "investigator", SALT, {f"a {'0' * 64}\nb": "0" * 64})


@pytest.mark.parametrize("part", [Header, Body, Field])
def test_bytes_that_are_no_part_of_an_entry_are_refused(part: type[Header | Body | Field]) -> None:
    for data in (b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000, part.__name__.encode()):
        with pytest.raises(MalformedEntry):
            part.from_bytes(data)


@given(st.data())
def test_a_header_with_any_byte_changed_is_refused_or_another_header(data: st.DataObject) -> None:
    written = bytearray(SECOND.to_bytes())
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= data.draw(st.integers(1, 255))
    try:
        read = Header.from_bytes(bytes(written))
    except MalformedEntry:
        return
    assert read != SECOND
    assert read.to_bytes() == written


def test_no_error_quotes_a_sealed_value() -> None:
    for attempt in (
        lambda: Field.from_bytes(f'["{SALT}","a","canary" ]'.encode()),
        lambda: Field.from_bytes(b'["canary","a",1]'),
        lambda: Body.from_bytes(altered(BODY, kind="Canary canary")),
        lambda: Body.from_bytes(altered(BODY, office="Canary canary")),
    ):
        with pytest.raises(MalformedEntry) as refused:
            attempt()
        assert "canary" not in str(refused.value)


def test_an_error_says_what_was_expected_in_place_of_a_sealed_value() -> None:
    with pytest.raises(MalformedEntry, match="field's salt: expected 32 hexadecimal digits, found another value"):
        Field("canary", "a", None)


def test_a_field_that_could_not_be_read_back_is_not_written() -> None:
    unwritable: list[Json] = ["e\u0301", 2**53]
    for value in unwritable:
        with pytest.raises(NotCanonical):
            Field(SALT, "a", value).to_bytes()
