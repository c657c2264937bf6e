"""From values to words on paper: one way for every document of a package.

A reader must see what is there: characters that are invisible or that turn the direction of text are printed as their
code points, ⟨U+202E⟩. The JSON files keep the exact text.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from covertops.domain.declaration import WITHHELD, Choice, EntryRef, Number, Person, Signature, Spec, utc_text
from covertops.domain.vocabulary import Mark, Rule
from covertops.ledger.canonical import Json

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_FORMULA: Final = tuple("=+-@\t\r＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula, in narrow and wide forms."""


def visible(text: str) -> str:
    """The text with every hidden character but the line feed as its code point."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(one) for one in text)


def _shown(character: str) -> str:
    if character != "\n" and unicodedata.category(character) in _HIDDEN:
        return f"⟨U+{ord(character):04X}⟩"
    return character


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{count} {one if count == 1 else many}"


def one_line(text: str) -> str:
    """The text on one line, for tag files and lists."""
    return visible(text).replace("\n", " ⏎ ")


def day_words(day: date) -> str:
    """A date as it is written here: Nov 20, 2026."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def local_words(at: datetime, zone: ZoneInfo) -> str:
    """A moment in the department's zone, to the second: Nov 20, 2026, 09:02:11 CST."""
    local = at.astimezone(zone)
    return f"{day_words(local.date())}, {local:%H:%M:%S} {local.tzname()}"


def rule_words(rule: Rule, policy_title: str) -> str:
    """Where a rule comes from, never letting a setting or a practice pass for the policy."""
    if rule.mark is Mark.POLICY:
        return f"{policy_title}, {rule.clause}"
    if rule.mark is Mark.SETTING:
        return f"Local setting: {rule.clause}"
    return f"Good practice: {rule.words}" if rule.words else "Good practice"


def value_words(spec: Spec, value: object, people: Mapping[str, str], zone: ZoneInfo) -> str:
    """One value of a field as it is printed; people by the names this record gives them."""
    match value:
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return f"{local_words(value, zone)} ({utc_text(value)})"
        case date():
            return day_words(value)
        case EntryRef():
            return f"entry {value.number}"
        case Signature():
            return f"signed at level “{visible(value.level)}”; SHA-256 of what was signed: {visible(value.intent)}"
        case int() if isinstance(spec, Number):
            return f"{value} {spec.unit}".rstrip()
        case str() if isinstance(spec, Choice):
            return spec.options.get(value, visible(value))
        case str() if isinstance(spec, Person):
            return people.get(value, visible(value))
    return "Withheld" if value is WITHHELD else visible(str(value))


def json_document(content: Mapping[str, Json] | Sequence[Json]) -> bytes:
    """A JSON file for people and programs: sorted, indented, exact text, ending in a line feed."""
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def csv_document(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A CSV file (RFC 4180) in which no cell is a formula to a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([csv_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue().encode()


def csv_cell(value: object) -> str:
    """A cell as text, an apostrophe before anything that a spreadsheet would run."""
    text = "" if value is None else str(value)
    # Asked of the text as it is typed: once made visible, a tab or an odd space would no longer begin it.
    runs = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return ("'" if runs else "") + visible(text)
