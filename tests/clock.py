"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# A Friday morning in Chicago, well away from midnight, from a month's end and from a change of the clocks.
A_MORNING = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class FixedClock:
    """Call it for the present moment, an aware UTC datetime; `advance` and `set` move it."""

    def __init__(self, now: datetime = A_MORNING) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> datetime:
        """Move the clock by `step` and return the moment it then shows."""
        self._now += step
        return self._now

    def set(self, now: datetime) -> None:
        """Move the clock to `now`, forwards or backwards."""
        if now.tzinfo is None:
            raise ValueError(f"the clock was set to {now}, which names no time zone")
        self._now = now.astimezone(UTC)
