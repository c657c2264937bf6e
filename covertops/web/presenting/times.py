"""Moments and days as pages print them, in the department's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from covertops.domain.deadlines import last_day, local_date

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its noun: ``1 entry``, ``3 entries``; ``many`` where an s will not do."""
    return f"{count} {one if count == 1 else many or one + 's'}"


@dataclass(frozen=True)
class LocalTime:
    """Prints moments as someone in ``zone`` reads them at ``now`` (aware UTC)."""

    zone: ZoneInfo
    now: datetime

    def local(self, moment: datetime) -> datetime:
        """The moment in the department's zone."""
        return moment.astimezone(self.zone)

    @property
    def today(self) -> date:
        """The local day it is."""
        return local_date(self.now, self.zone)

    def day(self, moment: date | datetime) -> str:
        """``Nov 19``, with the year where it is not this one."""
        found = self._date(moment)
        return f"{found:%b} {found.day}" if found.year == self.today.year else self.full_day(found)

    def full_day(self, moment: date | datetime) -> str:
        """``Nov 19, 2026``."""
        found = self._date(moment)
        return f"{found:%b} {found.day}, {found.year}"

    def clock(self, moment: datetime) -> str:
        """``14:05``."""
        return f"{self.local(moment):%H:%M}"

    def minute(self, moment: datetime) -> str:
        """``Nov 20, 2026, 14:05``."""
        return f"{self.full_day(moment)}, {self.clock(moment)}"

    def stamp(self, moment: datetime) -> str:
        """``Nov 20, 2026, 14:05 CST``."""
        return f"{self.minute(moment)} {self.local(moment):%Z}"

    def heading(self, moment: datetime) -> str:
        """``Friday, November 20, 2026, 14:05``."""
        found = self.local(moment)
        return f"{found:%A, %B} {found.day}, {found.year}, {found:%H:%M}"

    def month(self, moment: datetime) -> str:
        """``November 2026``."""
        return f"{self.local(moment):%B %Y}"

    def span(self, start: datetime, end: datetime) -> str:
        """``19:10–19:25``; one time where both are the same minute, and the day of the end where it is another."""
        first, last = self.clock(start), self.clock(end)
        if self._date(start) != self._date(end):
            return f"{first}–{last} on {self.day(end)}"
        return first if first == last else f"{first}–{last}"

    def last_day(self, ends_at: datetime) -> str:
        """The last local day of a term that ends at a midnight: ``Dec 15``."""
        return self.day(last_day(ends_at, self.zone))

    def deadline(self, until: datetime) -> str:
        """When something falls due: ``Nov 27, midnight`` at the end of that day, else ``Nov 20, 21:00``."""
        if self.local(until).time() == datetime.min.time():
            return f"{self.last_day(until)}, midnight"
        return f"{self.day(until)}, {self.clock(until)}"

    def days_until(self, until: datetime) -> int:
        """Local days from today to the last day on which it is in time; negative once that has passed."""
        return (last_day(until, self.zone) - self.today).days

    def ago(self, moment: datetime) -> str:
        """How long ago: ``26 minutes ago``."""
        passed = max(self.now - moment, timedelta(0))
        if passed < MINUTE:
            return "less than a minute ago"
        if passed < HOUR:
            return f"{counted(passed // MINUTE, 'minute')} ago"
        if passed < 2 * DAY:
            return f"{counted(passed // HOUR, 'hour')} ago"
        return f"{counted(passed // DAY, 'day')} ago"

    def iso(self, moment: datetime) -> str:
        """For machines: ``2026-11-20T20:05:00Z``."""
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def typed(self, moment: datetime) -> str:
        """As a browser's date-and-time question holds it: ``2026-11-20T14:05``, local."""
        return f"{self.local(moment):%Y-%m-%dT%H:%M}"

    def _date(self, moment: date | datetime) -> date:
        return local_date(moment, self.zone) if isinstance(moment, datetime) else moment
