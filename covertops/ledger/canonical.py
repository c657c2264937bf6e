"""Canonical JSON (RFC 8785): one sequence of bytes for each value, so that a hash of the bytes is a hash of the value.

Narrower than the RFC where two readers could differ: no floating-point numbers (a number beyond 2^53-1 is written as
text), text in Unicode's composed form (NFC), and lists and objects at most :data:`DEEPEST` deep.

No error quotes what it refused: the bytes are often the opened text of a sealed field, and errors end up in logs.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn, TypeAlias

import rfc8785

from covertops.ledger.forms import MOST

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None

DEEPEST: Final = 64
"""How many lists and objects may stand within each other: far from exhausting any reader's stack."""


class NotCanonical(ValueError):
    """A value that canonical JSON cannot hold, or bytes that are not the canonical writing of any value."""


def canonical(value: Json) -> bytes:
    """The canonical bytes of `value`; raise NotCanonical for one that RFC 8785 or this module's limits refuse."""
    _check(value, 0)
    text = _ENCODER.encode(value)
    return text.encode("utf-8") if _sorts_alike(text) else rfc8785.dumps(value)


def parse(data: bytes) -> Json:
    """The value whose canonical bytes are exactly `data`; raise NotCanonical when there is none.

    Repeated keys, another order, other escapes, spaces and ``-0`` need no check of their own: they do not survive being
    read and written again.
    """
    with _reading():
        text = data.decode("utf-8")
        value: Json = _DECODER.decode(text)
    if not _is_canonical(value, text):
        raise NotCanonical(f"expected the canonical form of this JSON, found another ({len(data)} bytes)")
    return value


def parse_lines(data: bytes) -> list[Json]:
    """The values whose canonical bytes are exactly the lines of `data`, parted by line feeds; or NotCanonical.

    The same as :func:`parse` of each line, in a third of the time. Each value is read from its own line, and they are
    written again together: if that gives all the lines with commas between, it gives each, because it shows of every
    text of JSON where it ends what stands behind it, a comma or the last bracket.
    """
    values: list[Json] = []
    with _reading():
        text = data.decode("utf-8")
        if text.count("[") + text.count("{") >= DEEPEST:
            return [parse(line) for line in data.split(b"\n")]
        end = -1
        while end < len(text):
            value, end = _DECODER.raw_decode(text, end + 1)
            values.append(value)
            if text[end : end + 1] not in ("\n", ""):
                raise NotCanonical("expected one value of JSON on a line, found more")
    if not _is_canonical(values, f"[{text.replace(chr(10), ',')}]"):
        raise NotCanonical(f"expected the canonical form of these lines of JSON, found another ({len(data)} bytes)")
    return values


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except json.JSONDecodeError as error:
        raise NotCanonical(f"expected JSON, found none: {error.msg} at character {error.pos}") from None
    except UnicodeDecodeError as error:
        raise NotCanonical(f"expected UTF-8, found another byte at {error.start}") from None
    except RecursionError:
        raise NotCanonical(f"lists and objects are nested more than {DEEPEST} deep") from None


def _is_canonical(value: Json, text: str) -> bool:
    """Whether `text`, from which `value` was just read, is the canonical writing of `value`.

    The standard library's encoder lets any depth pass, and any form of Unicode. Where one of them may matter, the slow
    way decides.
    """
    shallow = text.count("[") + text.count("{") <= DEEPEST
    if shallow and _sorts_alike(text) and unicodedata.is_normalized("NFC", text):
        return _ENCODER.encode(value) == text
    return canonical(value) == text.encode("utf-8")


def _sorts_alike(text: str) -> bool:
    """Whether the standard library's encoder writes this text's keys in the order that RFC 8785 asks for.

    It is many times faster than one written in Python, and writes whole numbers and text alike. But it sorts keys by
    code point and not by UTF-16, which differs only where text holds characters beyond the first plane.
    """
    return text.isascii() or "{" not in text or max(text) <= "\uffff"


def _whole_number(text: str) -> int:
    # Longer text is refused unread: turning digits into a number takes time that grows with their square.
    if len(text) > len(str(-MOST)) or abs(int(text)) > MOST:
        raise NotCanonical("a number is beyond 2^53-1: it must be written as text")
    return int(text)


def _no_number(_text: str) -> NoReturn:
    raise NotCanonical("a number is not whole: it must be written as text")


# Made once: making them takes longer than reading or writing a field.
_DECODER: Final = json.JSONDecoder(parse_int=_whole_number, parse_float=_no_number, parse_constant=_no_number)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), sort_keys=True)


def _check(value: Json, depth: int) -> None:
    """Refuse what canonical JSON cannot hold; `depth` is how many lists and objects `value` stands in."""
    if isinstance(value, str):
        if not value.isascii():
            _check_text(value)
    elif isinstance(value, int):
        if abs(value) > MOST:
            raise NotCanonical("a number is beyond 2^53-1: it must be written as text")
    elif isinstance(value, list | dict):
        if depth == DEEPEST:
            raise NotCanonical(f"lists and objects are nested more than {DEEPEST} deep")
        for item in value.values() if isinstance(value, dict) else value:
            _check(item, depth + 1)
        if isinstance(value, dict):
            _check_keys(value)
    elif value is not None:
        raise NotCanonical(f"canonical JSON holds no {type(value).__name__}")


def _check_keys(members: dict[str, Json]) -> None:
    for key in members:
        if not isinstance(key, str):
            raise NotCanonical(f"an object's key must be text, found {type(key).__name__}")
        if not key.isascii():
            _check_text(key)


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical("text holds a lone surrogate, which UTF-8 cannot hold") from None
    if not unicodedata.is_normalized("NFC", text):
        raise NotCanonical("text is not in Unicode's composed form (NFC)")
