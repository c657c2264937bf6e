"""The words of pages: local times, urgency, counts, and a sentence for everything an operation can wait for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from covertops.config import policy_bytes
from covertops.domain import turns as domain_turns
from covertops.domain.policy import parse_policy
from covertops.domain.vocabulary import Office
from covertops.web.presenting.paging import Paging
from covertops.web.presenting.reading import listed, lowered, sentence, shortened
from covertops.web.presenting.sayings import file_size
from covertops.web.presenting.times import LocalTime, counted
from covertops.web.presenting.turns import Waiting, href_of, turning, urgency
from covertops.web.presenting.work import lead_of, rows_of
from tests.clock import A_MORNING

RULES = parse_policy(policy_bytes())
CHICAGO = ZoneInfo("America/Chicago")
TIMES = LocalTime(CHICAGO, datetime(2026, 11, 20, 20, 5, tzinfo=UTC))


def waiting(code: str, until: datetime | None = None, decision: str = "hold-review") -> Waiting:
    """A task."""
    return Waiting(code, "0f" * 16, "2026-0007", "Bicycles", "Supervisor 1", 9, decision, A_MORNING, until, about="X")


def test_moments_are_printed_in_the_departments_zone():
    moment = datetime(2026, 11, 20, 20, 5, tzinfo=UTC)
    assert TIMES.stamp(moment) == "Nov 20, 2026, 14:05 CST"
    assert TIMES.heading(moment) == "Friday, November 20, 2026, 14:05"
    assert TIMES.stamp(datetime(2026, 7, 1, 20, 5, tzinfo=UTC)) == "Jul 1, 2026, 15:05 CDT"
    assert TIMES.typed(moment) == "2026-11-20T14:05"
    assert TIMES.iso(moment) == "2026-11-20T20:05:00Z"


def test_a_day_of_another_year_names_it():
    assert TIMES.day(date(2026, 9, 1)) == "Sep 1"
    assert TIMES.day(date(2025, 9, 1)) == "Sep 1, 2025"
    assert TIMES.day(datetime(2027, 1, 1, 5, 59, tzinfo=UTC)) == "Dec 31"


def test_a_term_that_ends_at_midnight_is_named_by_its_last_day():
    midnight = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
    assert TIMES.last_day(midnight) == "Nov 27"
    assert TIMES.deadline(midnight) == "Nov 27, midnight"
    assert TIMES.deadline(midnight + timedelta(hours=3)) == "Nov 28, 03:00"


def test_a_sitting_is_printed_as_a_span():
    start = datetime(2026, 11, 12, 1, 10, tzinfo=UTC)
    assert TIMES.span(start, start + timedelta(minutes=15)) == "19:10–19:25"
    assert TIMES.span(start, start) == "19:10"
    assert TIMES.span(start, start + timedelta(hours=6)) == "19:10–01:10 on Nov 12"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=5), "less than a minute ago"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=26), "26 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (-timedelta(days=3), "less than a minute ago"),
    ],
)
def test_how_long_ago_it_was_is_said_in_one_unit(passed: timedelta, words: str):
    assert TIMES.ago(TIMES.now - passed) == words


@pytest.mark.parametrize(
    ("until", "word"),
    [
        (None, "No date"),
        (datetime(2026, 11, 19, 6, 0, tzinfo=UTC), "Late by 2 days"),  # the midnight that ended Nov 18
        (datetime(2026, 11, 19, 15, 30, tzinfo=UTC), "Late by 1 day"),
        (datetime(2026, 11, 20, 15, 30, tzinfo=UTC), "Late since today"),
        (datetime(2026, 11, 21, 3, 0, tzinfo=UTC), "Today"),
        (datetime(2026, 11, 21, 6, 0, tzinfo=UTC), "Today"),
        (datetime(2026, 11, 22, 6, 0, tzinfo=UTC), "Tomorrow"),
        (datetime(2026, 11, 28, 6, 0, tzinfo=UTC), "In 7 days"),
    ],
)
def test_urgency_counts_local_days(until: datetime | None, word: str):
    assert urgency(waiting("review", until), TIMES).word == word


def test_everything_an_operation_can_wait_for_has_words_and_an_address():
    source = Path(domain_turns.__file__).read_text(encoding="utf-8")
    codes = {
        found.partition(".")[0].partition("{")[0] for found in re.findall(r'(?:Task\(|code = )f?"([^"]+)"', source)
    }
    assert len(codes) > 12
    for code in codes:
        for until in (None, TIMES.now - timedelta(days=2), TIMES.now + timedelta(days=2)):
            one = waiting(f"{code}.{Office.CITY_ATTORNEY.value}", until)
            told = turning(one, TIMES, RULES)
            assert told.heading
            assert told.sentence.endswith(".")
            assert told.short
            assert told.button
            assert href_of(one).startswith("/operations/0f")


def test_the_first_sentence_counts_what_waits_and_what_of_it_is_late():
    late, today = TIMES.now - timedelta(days=3), TIMES.now + timedelta(hours=2)
    found = [waiting("review", late), waiting("review", today), waiting("review")]
    rows = rows_of(found, TIMES, RULES)
    assert lead_of(rows, 3) == "Three acts wait for you. One is late; one is due today."
    assert lead_of(rows[2:], 1) == "One act waits for you."
    assert lead_of([], 0) == "Nothing waits for you."
    assert lead_of(rows[:2], 12) == "12 acts wait for you. One is late; one is due today."


def test_only_the_first_act_that_decides_something_is_primary():
    found = [waiting("cease.late.x", decision=""), waiting("review"), waiting("review")]
    assert [one.primary for one in rows_of(found, TIMES, RULES)] == [False, True, False]


def test_counts_lists_and_sizes_read_as_people_write_them():
    assert (counted(1, "entry", "entries"), counted(3, "entry", "entries")) == ("1 entry", "3 entries")
    assert listed(["A", "B", "C"]) == "A, B and C"
    assert (listed(["A"]), listed([])) == ("A", "")
    assert [file_size(one) for one in (1, 999, 1000, 214_000_000, 999_600)] == [
        "1 byte",
        "999 bytes",
        "1.0 kB",
        "214 MB",
        "1.0 MB",
    ]


def test_a_long_text_is_cut_at_a_word_and_says_so():
    assert shortened("one two three", 9) == "one two …"
    assert shortened("one\n two ", 9) == "one two"
    assert shortened(None) == ""
    assert sentence("Done") == "Done."
    assert sentence("Done?") == "Done?"
    assert (lowered("Looked"), lowered("RISSafe"), lowered("A seller")) == ("looked", "RISSafe", "a seller")


def test_every_entry_is_on_exactly_one_page():
    for total in (1, 49, 50, 51, 100, 101):
        pages = Paging(1, 50, total, "/x?").pages
        shown = [number for page in range(1, pages + 1) for number in Paging(page, 50, total, "/x?").numbers]
        assert sorted(shown) == list(range(1, total + 1))
        assert list(Paging(pages + 1, 50, total, "/x?").numbers) == []
