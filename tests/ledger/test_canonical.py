"""Canonical JSON: equal to what others write, and one writing for each value."""

from __future__ import annotations

import json
import unicodedata
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from covertops.ledger.canonical import DEEPEST, Json, NotCanonical, canonical, parse, parse_lines
from covertops.ledger.forms import MOST
from tests.judges.golang import GoJudge, Refused

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-MOST, MOST)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def composed(value: Json) -> Json:
    """The value with all its text in NFC, and keys that become equal by that dropped."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [composed(item) for item in value]
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): composed(item) for key, item in value.items()}
    return value


@given(VALUES.map(composed))
def test_go_writes_the_same_canonical_bytes(go: GoJudge, value: Json) -> None:
    assert go.canonical(json.dumps(value).encode()) == canonical(value)


@given(VALUES.map(composed))
def test_what_is_written_is_read_back(value: Json) -> None:
    assert parse(canonical(value)) == value


@given(st.lists(VALUES, min_size=1, max_size=6), st.data())
def test_lines_are_read_exactly_when_each_of_them_is(values: list[Json], data: st.DataObject) -> None:
    """Wherever the line feeds are put between what stands between commas, and whatever the writing."""
    written = json.dumps(values, ensure_ascii=data.draw(st.booleans()), sort_keys=True, separators=(",", ":"))[1:-1]
    pieces = written.split(",")
    feeds = data.draw(st.lists(st.sampled_from("\n,"), min_size=len(pieces), max_size=len(pieces)))
    lines = "".join(part for pair in zip(pieces, feeds, strict=True) for part in pair)[:-1].encode()
    try:
        expected = [parse(line) for line in lines.split(b"\n")]
    except NotCanonical:
        with pytest.raises(NotCanonical):
            parse_lines(lines)
    else:
        assert parse_lines(lines) == expected


@pytest.mark.parametrize(
    "lines",
    [
        b'["a","b"\n1],["c","d",2]',
        b'["a","b",[1\n["c","d",2]]],["e","f",3]',
        b'["a"]\n',
        b'\n["a"]',
        b'["a",\n"b"]',
        b'["a"] \n["b"]',
        b"",
    ],
)
def test_lines_that_are_canonical_only_together_are_refused(lines: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_lines(lines)


@given(VALUES, st.booleans(), st.booleans(), st.sampled_from([(",", ":"), (", ", ":"), (",", ": ")]))
def test_bytes_are_read_exactly_when_they_are_the_canonical_bytes(
    value: Json, escaped: bool, in_order: bool, separators: tuple[str, str]
) -> None:
    """The reader's fast way agrees with the writer on every writing of every value."""
    written = json.dumps(value, ensure_ascii=escaped, sort_keys=in_order, separators=separators).encode()
    if value == composed(value) and written == rfc8785.dumps(value):
        assert parse(written) == value
    else:
        with pytest.raises(NotCanonical):
            parse(written)


@given(st.binary(max_size=24))
def test_any_bytes_are_read_or_refused_as_not_canonical(data: bytes) -> None:
    try:
        value = parse(data)
    except NotCanonical:
        return
    assert canonical(value) == data


@given(VALUES.map(composed), st.data())
def test_what_is_read_after_a_change_is_canonical_to_go_too(go: GoJudge, value: Json, data: st.DataObject) -> None:
    written = bytearray(canonical(value))
    place = data.draw(st.integers(0, len(written)))
    written[place : place + data.draw(st.integers(0, 2))] = bytes(
        [data.draw(st.sampled_from(b'{}[]",:\\u019.-eE +n\n\0'))]
    )
    try:
        parse(bytes(written))
    except NotCanonical:
        return
    assert go.canonical(bytes(written)) == written


def test_keys_are_ordered_by_utf_16_as_the_rfc_shows() -> None:
    """RFC 8785, section 3.2.3: a key beyond the first plane sorts before one at the end of that plane."""
    assert canonical({"\uff21": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\uff21":1}'.encode()
    assert parse('{"\U0001f600":2,"\uff21":1}'.encode()) == {"\U0001f600": 2, "\uff21": 1}
    with pytest.raises(NotCanonical):
        parse('{"\uff21":1,"\U0001f600":2}'.encode())


class Shade(StrEnum):
    """A text that is more than a text."""

    RED = "red"


def test_a_named_text_is_written_as_the_text_it_is() -> None:
    assert canonical(Shade.RED) == b'"red"'


def nested(depth: int, inner: str = "") -> str:
    return "[" * depth + inner + "]" * depth


REFUSED_VALUES: list[tuple[str, object, str]] = [
    ("a fraction", 1.5, "no float"),
    ("a whole float", 2.0, "no float"),
    ("no number", float("nan"), "no float"),
    ("a number too wide", MOST + 1, "beyond 2"),
    ("a negative number too wide", -MOST - 1, "beyond 2"),
    ("text that is not composed", "e\u0301", "NFC"),
    ("a key that is not composed", {"e\u0301": 1}, "NFC"),
    ("a lone surrogate", "\ud800", "surrogate"),
    ("a lone surrogate in a key", {"\udfff": 1}, "surrogate"),
    ("a key that is no text", {1: 2}, "key must be text"),
    ("bytes", b"x", "no bytes"),
    ("a tuple", (1, 2), "no tuple"),
    ("a list too deep", json.loads(nested(DEEPEST + 1)), "nested more than 64"),
    ("an object too deep", json.loads('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1)), "nested more than 64"),
    ("a number inside", [{"a": [1.5]}], "no float"),
]


@pytest.mark.parametrize(
    ("value", "why"), [case[1:] for case in REFUSED_VALUES], ids=[one[0] for one in REFUSED_VALUES]
)
def test_a_value_with_no_single_writing_is_refused(value: Json, why: str) -> None:
    with pytest.raises(NotCanonical, match=why):
        canonical(value)


def test_a_list_within_itself_is_refused() -> None:
    endless: list[Json] = []
    endless.append(endless)
    with pytest.raises(NotCanonical, match="nested more than 64"):
        canonical(endless)


REFUSED_BYTES: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "expected JSON"),
    ("no JSON", b"nil", "expected JSON"),
    ("two values", b"1 2", "expected JSON"),
    ("a raw line feed in text", b'"a\nb"', "expected JSON"),
    ("a byte order mark", b"\xef\xbb\xbf1", "expected JSON"),
    ("bytes that are not UTF-8", b'"\xff"', "expected UTF-8"),
    ("a surrogate in UTF-8", b'"\xed\xa0\x80"', "expected UTF-8"),
    ("UTF-16", '"a"'.encode("utf-16"), "expected UTF-8"),
    ("a space", b"[1, 2]", "canonical form"),
    ("a line feed at the end", b"1\n", "canonical form"),
    ("another order", b'{"b":1,"a":2}', "canonical form"),
    ("a repeated key", b'{"a":1,"a":1}', "canonical form"),
    ("a repeated key of two values", b'{"a":1,"a":2}', "canonical form"),
    ("a needless escape", b'"\\u0061"', "canonical form"),
    ("an escape in capitals", b'"\\u001F"', "canonical form"),
    ("an escaped slash", b'"\\/"', "canonical form"),
    ("an escaped surrogate", b'"\\ud800"', "canonical form"),
    ("an escaped letter beyond ASCII", b'"\\u00e9"', "canonical form"),
    ("an escaped emoji", b'"\\ud83d\\ude00"', "canonical form"),
    ("text that is not composed", '"e\u0301"'.encode(), "NFC"),
    ("text that is not composed, escaped", b'"e\\u0301"', "canonical form"),
    ("minus nothing", b"-0", "canonical form"),
    ("a fraction", b"1.0", "not whole"),
    ("an exponent", b"1e3", "not whole"),
    ("no number", b"NaN", "not whole"),
    ("infinity", b"-Infinity", "not whole"),
    ("a number too wide", str(MOST + 1).encode(), "beyond 2"),
    ("a negative number too wide", str(-MOST - 1).encode(), "beyond 2"),
    ("a number of many digits", b"9" * 100_000, "beyond 2"),
    ("lists too deep", nested(DEEPEST + 1).encode(), "nested more than 64"),
    ("lists far too deep", nested(100_000).encode(), "nested more than 64"),
]


@pytest.mark.parametrize(("data", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_BYTES])
def test_bytes_that_are_not_canonical_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(NotCanonical, match=why):
        parse(data)


ACCEPTED_BYTES: list[tuple[str, bytes]] = [
    ("the widest number", str(MOST).encode()),
    ("the widest negative number", str(-MOST).encode()),
    ("lists as deep as allowed", nested(DEEPEST, "1").encode()),
    ("many lists side by side", b"[" + b",".join([b"[]"] * 200) + b"]"),
    ("an accent after an escape", '"\\n\u0303"'.encode()),
    ("delete, which is not escaped", b'"\x7f"'),
    ("line separators, which are not escaped", '"\u2028\u2029"'.encode()),
    ("all escapes", b'"\\b\\t\\n\\f\\r\\"\\\\\\u0000\\u001f"'),
]


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in ACCEPTED_BYTES])
def test_bytes_at_the_edge_are_read(go: GoJudge, data: bytes) -> None:
    assert canonical(parse(data)) == data
    assert go.canonical(data) == data


def test_the_judge_too_refuses_a_repeated_key(go: GoJudge) -> None:
    with pytest.raises(Refused):
        go.canonical(b'{"a":1,"a":2}')


def test_a_refusal_quotes_nothing_of_a_sealed_text() -> None:
    for data in (b'"canary', b'["canary", 1]', b'{"canary":1.5}', b'"canary\xff"'):
        with pytest.raises(NotCanonical) as refused:
            parse(data)
        assert "canary" not in str(refused.value)
        assert refused.value.__suppress_context__ or refused.value.__context__ is None
