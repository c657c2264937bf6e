"""What a verification found: every problem with the row it is about, and how much was looked at."""

from __future__ import annotations

from dataclasses import dataclass, field

_LONGEST = 80


def shown(value: object) -> str:
    """A stored value of any type as short printable ASCII, whatever somebody put in the row."""
    text = ascii(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _printable(what: str) -> str:
    return what.encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True)
class Problem:
    """Something stored that is not what was appended. ``where`` names the row, ``what`` says what does not fit."""

    where: str
    what: str
    index: int | None = None
    stream: str | None = None
    number: int | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Report:
    """How much a verification looked at, and what it found. Nothing looked at is not a good record."""

    entries: int = 0
    boxes: int = 0
    bytes: int = 0
    checkpoints: int = 0
    compartments: int = 0
    disposed: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether no problem was found."""
        return not self.problems

    def add(self, where: str, what: str) -> None:
        """Note a problem of a row that is not an entry's."""
        self.problems.append(Problem(where, _printable(what)))

    def add_entry(self, index: object, stream: object, number: object, what: str) -> None:
        """Note a problem of an entry, whose row may hold anything in place of its index, stream and number."""
        where = f"entry at index {shown(index)} (number {shown(number)} of stream {shown(stream)})"
        known_index = index if isinstance(index, int) else None
        known_stream = stream if isinstance(stream, str) else None
        known_number = number if isinstance(number, int) else None
        self.problems.append(Problem(where, _printable(what), known_index, known_stream, known_number))
