"""The written forms of the ledger: each kind of value is written in exactly one way, and any other writing is refused.

A value that can be written in two ways gives one meaning two hashes, and two readers one hash with two meanings.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from typing import Final, TypeGuard

MOST: Final = 2**53 - 1
"""The largest whole number that every reader of JSON reads alike (RFC 8785, section 3.2.2.3)."""

_ID: Final = re.compile(r"[0-9a-f]{32}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_COUNT: Final = re.compile(r"0|[1-9][0-9]{0,15}")
# A log's origin is also the name of its key, which may hold neither space nor plus (C2SP signed-note).
_ORIGIN: Final = re.compile(r"[!-*,-~]{1,200}")


def is_id(value: object) -> TypeGuard[str]:
    """Whether `value` is 128 bits as 32 lower-case hexadecimal digits."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_digest(value: object) -> TypeGuard[str]:
    """Whether `value` is a SHA-256 as 64 lower-case hexadecimal digits."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def is_count(value: object, least: int) -> TypeGuard[int]:
    """Whether `value` is a whole number (not a truth value) from `least` to :data:`MOST`."""
    return type(value) is int and least <= value <= MOST


def is_moment(value: object) -> TypeGuard[str]:
    """Whether `value` is a moment that exists, in UTC with microseconds: ``2026-11-20T13:40:12.345678Z``."""
    if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_origin(value: object) -> TypeGuard[str]:
    """Whether `value` is 1 to 200 printable ASCII characters without space and plus, such as ``example.gov/covert``."""
    return isinstance(value, str) and _ORIGIN.fullmatch(value) is not None


def digest(data: bytes) -> str:
    """SHA-256 of `data` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def read_count(text: str) -> int:
    """A whole number from 0 to :data:`MOST`, in decimal without leading zeros; raise ValueError for any other text."""
    if _COUNT.fullmatch(text) is None or int(text) > MOST:
        raise ValueError(f"expected a decimal number from 0 to {MOST} without leading zeros, found {text[:40]!r}")
    return int(text)


def to_base64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes of standard base64 with padding; raise ValueError for any writing but that of :func:`to_base64`."""
    try:
        data = base64.b64decode(text)
    except ValueError:
        data = None
    # The decoder skips what it does not know and drops surplus bits: only writing it again shows that it was exact.
    if data is None or to_base64(data) != text:
        raise ValueError(f"expected standard base64 with padding, found {text[:40]!r}")
    return data
