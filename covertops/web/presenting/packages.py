"""A package in words: its parts, and what it withholds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from covertops.actions.packages import About
from covertops.domain.operation import Operation
from covertops.domain.specs import Json
from covertops.web.page import Cell, Column, Table, Tag
from covertops.web.presenting.reading import listed
from covertops.web.presenting.times import counted

TAGS: Final = {
    "prepared": Tag("Prepared", "wait", "wait"),
    "released": Tag("Released", "ok", "check"),
    "received": Tag("Received", "ok", "check"),
}

CONTINUOUS: Final = Tag("Continuous", "wait", "wait")
"""What every package can show today; *complete* would need an outside copy that confirms it."""
CONTINUOUS_WORDS: Final = (
    "Its entries run from number 1 to the release without a gap. No outside copy confirms yet that no other version of "
    "this record was ever shown."
)

_PARTS: Final = (
    ("START-HERE.txt", "What it is, its fingerprint, and how anybody checks it"),
    ("data/records/record.html", "The record in order, to read and to print"),
    ("data/records/coverage.txt", "“Was it authorized?” at each activity, two answers"),
    ("data/evidence/", "Original captures, unchanged"),
    ("data/inventory/inventory.csv", "Each capture with its fingerprint and custody"),
    ("data/disclosure/withheld.csv", "What is withheld, and on what ground"),
    ("data/log/", "What a stranger needs to check the record, offline"),
)


def parts_table(about: About) -> Table:
    """Where what is found in a package."""
    rows = [(Cell(name), Cell(words)) for name, words in _PARTS]
    return Table(f"Contents of {about.filename}", (Column("Part"), Column("What you find there", "Holds")), rows)


def withheld_table(rows: Iterable[Mapping[str, Json]]) -> Table:
    """What is withheld, in one line for the same kind on the same ground."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        whole = row["what"] == "entry"
        kind = "The whole entry" if whole else str(row["label"])
        grouped.setdefault((kind, str(row["ground"])), []).append(str(row["entry"]))
    columns = (Column("Where"), Column("What kind", "Kind"), Column("Ground"))
    return Table("Withheld", columns, [_line(*key, numbers) for key, numbers in grouped.items()])


def _line(kind: str, ground: str, numbers: list[str]) -> tuple[Cell, ...]:
    where = f"{'Entry' if len(numbers) == 1 else 'Entries'} {listed(numbers)}"
    what = kind if kind == "The whole entry" else f"{kind}, {counted(len(numbers), 'field')}"
    return Cell(where), Cell(what), Cell(ground)


def packages_of(operation: Operation) -> Table:
    """The packages of an operation, the newest first, each with its state; a released one leads to its page."""
    rows = [
        (
            Cell(one.reference, f"/packages/{operation.id}{one.prepared.number:08x}" if one.released else ""),
            Cell(tag=TAGS["received" if one.received else "released" if one.released else "prepared"]),
        )
        for one in reversed(operation.exports)
    ]
    return Table("Packages of this operation", (Column("Package"), Column("State")), rows)


_SAID_ELSEWHERE: Final = frozenset({"Package", "From", "Case", "Operation", "Released", "Withheld"})


def facts_of_package(about: About) -> list[tuple[str, str]]:
    """The facts of a package that its page does not say elsewhere."""
    return [(label, words[:1].upper() + words[1:]) for label, words in about.facts if label not in _SAID_ELSEWHERE]
