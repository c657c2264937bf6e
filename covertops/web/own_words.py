"""Whether a text has words of its own: the Chief's decision must stand alone and not repeat the request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

RUN: Final = 8
"""How many words in the same order make a repetition rather than a shared name."""
MOST: Final = 0.5
"""The part of a text that may be repeated before it is said."""


def _runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[place : place + RUN]) for place in range(len(words) - RUN + 1)}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def repeats(text: str, others: Iterable[str]) -> bool:
    """Whether half of a text or more stands word for word in one of the others."""
    words = _words(text)
    told = {run for other in others for run in _runs(_words(other))}
    repeated = set()
    for place in range(len(words) - RUN + 1):
        if tuple(words[place : place + RUN]) in told:
            repeated |= set(range(place, place + RUN))
    return bool(words) and len(repeated) >= MOST * len(words)
