"""Times in the database: whole microseconds since 1970 in UTC, the same number in SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """An aware moment as microseconds since 1970 (UTC). Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"expected a moment with its zone, found {moment!r}")
    return (moment - _START) // _MICROSECOND


def moment(value: int) -> datetime:
    """Microseconds since 1970 as a moment in UTC."""
    return _START + timedelta(microseconds=value)


def header_time(value: int) -> str:
    """Microseconds since 1970 in the form that outer headers hold: ``2026-11-20T13:40:12.345678Z``."""
    return moment(value).isoformat(timespec="microseconds").replace("+00:00", "Z")


def from_header(text: str) -> datetime:
    """The inverse of :func:`header_time`, for the time of a header that was checked already."""
    return datetime.fromisoformat(text)
