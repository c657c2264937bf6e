"""The software's "not yet possible": what is missing, which rule asks for it, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from covertops.domain.vocabulary import Rule


@dataclass(frozen=True)
class Missing:
    """One thing that stands in the way: a stable code, the message, its rule and the remedy."""

    code: str
    message: str
    rule: Rule
    remedy: str
    field: str | None = None


class Refusal(Exception):
    """An act the rules do not allow now. Carries every :class:`Missing` thing, the first of them leading."""

    def __init__(self, *missing: Missing) -> None:
        if not missing:
            raise ValueError("a refusal names at least one missing thing")
        super().__init__("; ".join(one.message for one in missing))
        self.missing: tuple[Missing, ...] = missing

    @property
    def code(self) -> str:
        """The stable code of the first missing thing."""
        return self.missing[0].code

    @property
    def codes(self) -> frozenset[str]:
        """All codes, for tests and for pages."""
        return frozenset(one.code for one in self.missing)


class NotYours(Refusal):
    """The person has no part in this act at all, so no button is shown for it."""


def refuse(code: str, message: str, rule: Rule, remedy: str, field: str | None = None) -> Refusal:
    """A refusal with one missing thing."""
    return Refusal(Missing(code, message, rule, remedy, field))


def raise_if(missing: Sequence[Missing]) -> None:
    """Raise one refusal that names everything missing; nothing missing passes."""
    if missing:
        raise Refusal(*missing)
