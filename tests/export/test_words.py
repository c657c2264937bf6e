"""How values are printed: nothing hidden, nothing that a spreadsheet or a browser would run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covertops.domain.declaration import Choice, Day, EntryRef, Line, Moment, Number, Person, Reference, Tick
from covertops.domain.vocabulary import policy, practice, setting
from covertops.export.words import csv_cell, csv_document, local_words, one_line, rule_words, value_words, visible

CHICAGO = ZoneInfo("America/Chicago")
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("start", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_begins_with_an_apostrophe(start: str) -> None:
    assert csv_cell(f"{start}SUM(A1)").startswith("'")


@pytest.mark.parametrize("before", [" ", "\n", "  \n", "\t "])
def test_space_before_a_formula_does_not_hide_it(before: str) -> None:
    assert csv_cell(f"{before}=SUM(A1)").startswith("'")


@given(st.lists(st.dictionaries(st.sampled_from(["one", "two"]), st.text(), max_size=2), max_size=5))
def test_no_cell_of_a_csv_file_is_a_formula_and_every_row_comes_back(rows: list[dict[str, str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_document(("one", "two"), rows).decode(), newline="")))
    assert read[0] == ["one", "two"]
    assert len(read) == len(rows) + 1
    for cells, row in zip(read[1:], rows, strict=True):
        assert not any(cell.lstrip().startswith(FORMULAS) for cell in cells)
        assert [cell.removeprefix("'") for cell in cells] == [
            visible(row.get(name, "")).removeprefix("'") for name in ("one", "two")
        ]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain", "plain"),
        ("Zoë 🙂\nnext", "Zoë 🙂\nnext"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("soft\u00adhyphen", "soft⟨U+00AD⟩hyphen"),
        ("\x1b[31m", "⟨U+001B⟩[31m"),
        ("line\u2028end", "line⟨U+2028⟩end"),
        ("carriage\rreturn", "carriage⟨U+000D⟩return"),
        ("\u2066isolate\u2069", "⟨U+2066⟩isolate⟨U+2069⟩"),
    ],
)
def test_what_cannot_be_seen_is_printed_as_its_code_point(text: str, printed: str) -> None:
    assert visible(text) == printed


@given(st.text())
def test_a_tag_file_gets_one_line_of_any_text(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


def test_times_are_printed_in_the_departments_zone_and_its_summer_time() -> None:
    assert local_words(datetime(2026, 11, 20, 15, 2, 11, 999_999, UTC), CHICAGO) == "Nov 20, 2026, 09:02:11 CST"
    assert local_words(datetime(2026, 7, 1, 4, 59, 59, tzinfo=UTC), CHICAGO) == "Jun 30, 2026, 23:59:59 CDT"


def test_each_kind_of_value_is_printed_in_words() -> None:
    people = {"9d": "Investigator 1"}
    printed = [
        value_words(spec, value, people, CHICAGO)
        for spec, value in (
            (Tick(label=""), True),
            (Tick(label=""), False),
            (Day(label=""), date(2026, 2, 3)),
            (Moment(label=""), datetime(2026, 11, 20, 15, 0, tzinfo=UTC)),
            (Number(label="", unit="days"), 30),
            (Choice(label="", options={"look": "Look only"}), "look"),
            (Person(label=""), "9d"),
            (Person(label=""), "unknown"),
            (Reference(label=""), EntryRef("0f" * 16, 9, "00" * 32)),
            (Line(label=""), "as it is"),
        )
    ]
    assert printed == [
        "Yes",
        "No",
        "Feb 3, 2026",
        "Nov 20, 2026, 09:00:00 CST (2026-11-20T15:00:00.000000Z)",
        "30 days",
        "Look only",
        "Investigator 1",
        "unknown",
        "entry 9",
        "as it is",
    ]


def test_a_setting_or_a_practice_never_reads_as_the_policy() -> None:
    assert rule_words(policy("IV.D.2"), "Policy 2.8") == "Policy 2.8, IV.D.2"
    assert rule_words(setting("30 days at most"), "Policy 2.8") == "Local setting: 30 days at most"
    assert rule_words(practice("Two operations must not meet."), "Policy 2.8") == (
        "Good practice: Two operations must not meet."
    )
    assert rule_words(practice(), "Policy 2.8") == "Good practice"
