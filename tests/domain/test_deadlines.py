"""When things fall due: local midnights, days on which the clocks change, working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from covertops.domain.deadlines import end_of, last_day, local_date, review_due, start_of, working_days_after

CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("day", "begins", "hours"),
    [
        (date(2026, 11, 20), datetime(2026, 11, 20, 6, tzinfo=UTC), 24),
        (date(2026, 7, 1), datetime(2026, 7, 1, 5, tzinfo=UTC), 24),
        (date(2026, 3, 8), datetime(2026, 3, 8, 6, tzinfo=UTC), 23),
        (date(2026, 11, 1), datetime(2026, 11, 1, 5, tzinfo=UTC), 25),
    ],
)
def test_a_day_lasts_from_local_midnight_to_local_midnight(day: date, begins: datetime, hours: int):
    assert start_of(day, CHICAGO) == begins
    assert end_of(day, CHICAGO) - start_of(day, CHICAGO) == timedelta(hours=hours)


def test_a_moment_late_in_the_evening_is_still_that_day():
    assert local_date(datetime(2026, 11, 21, 5, 59, 59, tzinfo=UTC), CHICAGO) == date(2026, 11, 20)
    assert local_date(datetime(2026, 11, 21, 6, tzinfo=UTC), CHICAGO) == date(2026, 11, 21)


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1), date(2026, 12, 31), date(2028, 2, 29)])
def test_the_last_day_of_a_term_is_the_day_whose_midnight_ends_it(day: date):
    assert last_day(end_of(day, CHICAGO), CHICAGO) == day


def test_a_review_over_the_change_of_the_clocks_is_due_at_local_midnight():
    held = datetime(2026, 10, 15, 15, tzinfo=UTC)
    assert review_due(held, 30, CHICAGO) == datetime(2026, 11, 15, 6, tzinfo=UTC)
    held = datetime(2026, 2, 20, 15, tzinfo=UTC)
    assert review_due(held, 30, CHICAGO) == datetime(2026, 3, 23, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2026, 11, 16), 3, date(2026, 11, 19)),
        (date(2026, 11, 20), 3, date(2026, 11, 25)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 22), 5, date(2026, 11, 27)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_working_days_leave_out_saturday_and_sunday(day: date, count: int, found: date):
    assert working_days_after(day, count) == found
