"""Which part of a content a request asks for (RFC 9110, section 14): one range of bytes, or the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from werkzeug.datastructures import Headers

_ONE: Final = re.compile(r"bytes\s*=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Span:
    """From byte ``start`` up to, not including, ``end``; ``partial`` when less than the whole was asked for."""

    start: int
    end: int
    partial: bool


def asked_span(headers: Headers, size: int, etag: str) -> Span | None:
    """The part asked for of ``size`` bytes, or None where it lies outside the content.

    What is not one range of bytes is ignored, as the standard lets us, and so is a range that holds only for another
    content than the one with ``etag``.
    """
    whole = Span(0, size, False)
    found = _ONE.fullmatch(headers.get("Range", ""))
    if found is None or headers.get("If-Range", etag) != etag or found[1] == found[2] == "":
        return whole
    if not found[1]:
        wanted = min(int(found[2]), size)
        return Span(size - wanted, size, True) if wanted else None
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    if found[2] and int(found[2]) < start:
        return whole
    return Span(start, end, True) if start < size else None
