"""When things fall due. A dated term ends at local midnight; working days leave out Saturday and Sunday."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of a moment in the department's zone."""
    return moment.astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The midnight that ends a local day, in UTC."""
    return start_of(day + timedelta(days=1), zone)


def review_due(last: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The midnight that ends the last day on which the next review is in time."""
    return end_of(local_date(last, zone) + timedelta(days=days), zone)


def working_days_after(day: date, count: int) -> date:
    """The day ``count`` working days after ``day``."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            count -= 1
    return day


def last_day(ends_at: datetime, zone: ZoneInfo) -> date:
    """The last local day of a term that ends at a midnight."""
    return local_date(ends_at - timedelta(microseconds=1), zone)
