"""What the words need to know besides the entry itself: people, the operation, the time, neighboring entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from covertops.domain.declaration import Recorded
from covertops.domain.department import Department
from covertops.domain.operation import Operation
from covertops.web.presenting.times import LocalTime


@dataclass(frozen=True)
class Reading:
    """One person's reading of an operation. ``beside`` holds entries that others refer to, by number."""

    operation: Operation
    department: Department
    times: LocalTime
    beside: Mapping[int, Recorded] = field(default_factory=dict)

    def name(self, person: str | None) -> str:
        """A person's name as the department's own screens show it."""
        return self.department.name_of(person)

    def names(self, people: Iterable[str]) -> str:
        """Several names as a sentence lists them."""
        return listed([self.name(one) for one in people])

    def with_names(self, text: str) -> str:
        """A text of the rules with the person's name for the designation it begins with.

        The rules know people as copies call them, because they answer in copies too; the department's own screens
        never show that word, which elsewhere is another person's name.
        """
        for one in self.operation.people:
            rest = text.removeprefix(one.designation)
            if rest != text and not rest[:1].isalnum():
                return self.name(one.person) + rest
        return text

    def addressed(self, remedy: str) -> str:
        """What is to be done, with the name of the supervisor who has to do it now."""
        if self.operation.supervisor is None:
            return remedy
        who = self.name(self.operation.supervisor)
        return remedy.replace("The supervisor ", f"{who} ").replace(" the supervisor ", f" {who} ")

    def entry_href(self, number: int) -> str:
        """The address of an entry's page."""
        return f"/operations/{self.operation.id}/entries/{number}"

    def act_href(self, decision: str) -> str:
        """The address of an act's page."""
        return f"/operations/{self.operation.id}/{decision}"


def listed(words: list[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def shortened(text: str | None, most: int = 280) -> str:
    """The beginning of a text on one line, cut at a word with an ellipsis."""
    words = " ".join((text or "").split())
    if len(words) <= most:
        return words
    return words[:most].rsplit(" ", 1)[0].rstrip(",;.") + " …"


def lowered(text: str) -> str:
    """A sentence's first letter small, unless the word is written in capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def sentence(text: str | None) -> str:
    """A text with a full stop, if it has none."""
    words = (text or "").strip()
    return words if not words or words[-1] in ".!?”…" else words + "."
