"""Times are whole microseconds in UTC, and the same moment whichever zone it was given in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covertops.ledger.forms import is_moment
from covertops.storage.times import from_header, header_time, micros, moment

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_a_moment_survives_its_way_through_the_database_and_the_header(one: datetime):
    assert moment(micros(one)) == one
    assert is_moment(header_time(micros(one)))
    assert from_header(header_time(micros(one))) == one


def test_the_zone_a_moment_is_given_in_makes_no_difference():
    chicago = timezone(timedelta(hours=-6))
    at = datetime(2026, 11, 20, 7, 40, 12, 345678, tzinfo=chicago)
    assert header_time(micros(at)) == "2026-11-20T13:40:12.345678Z"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="expected a moment with its zone"):
        micros(datetime(2026, 11, 20))  # noqa: DTZ001
