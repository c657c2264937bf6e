"""What an act is refused for, as a line that a test can compare: code, mark of the rule, field and remedy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from covertops.domain.refusals import Missing, Refusal
from covertops.domain.vocabulary import Mark
from tests.domain.playing import play
from tests.domain.world import World

Line = tuple[str, Mark, str | None, str]
POLICY, SETTING, PRACTICE = Mark.POLICY, Mark.SETTING, Mark.PRACTICE


def line(missing: Missing) -> Line:
    """One missing thing as a line."""
    return missing.code, missing.rule.mark, missing.field, missing.remedy


def refused_by(act: Callable[[], object]) -> Refusal:
    """The refusal an act ends in."""
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


def refused(world: World, name: str, person: str, **answers: Any) -> Line:
    """The first thing for which a person's act is refused."""
    return line(refused_by(lambda: play(world, name, person, answers)).missing[0])


def refused_for(world: World, name: str, person: str, **answers: Any) -> list[str]:
    """The codes of everything for which a person's act is refused."""
    return [one.code for one in refused_by(lambda: play(world, name, person, answers)).missing]
