"""No form and no body says what the server makes itself: every such name is refused, of every kind of entry."""

from __future__ import annotations

import pytest

from covertops.actions.schemas import read_answers
from covertops.domain.answers import asked_of
from covertops.domain.declaration import all_kinds, specs_of
from covertops.domain.refusals import Refusal
from covertops.storage import tables

COLUMNS = {column.name for table in tables.metadata.tables.values() for column in table.columns}
MADE = {name for cls in all_kinds().values() for name, one in specs_of(cls).items() if not one.asked}
OWNED = COLUMNS | MADE
"""Every column of every table, and every field that nobody is asked for."""


def test_the_names_that_the_server_owns_are_many():
    assert {"by", "signature", "person_id", "stage", "reference", "authenticated_at", "role"} <= OWNED
    assert len(OWNED) > 60


@pytest.mark.parametrize("kind", sorted(name for name, _ in all_kinds()))
def test_what_the_server_makes_is_refused_by_name_and_by_itself(kind: str):
    for cls in (cls for (name, _), cls in all_kinds().items() if name == kind):
        for own in sorted(OWNED - asked_of(cls).keys()):
            with pytest.raises(Refusal) as refused:
                read_answers(cls, {own: "1"}, "UTC")
            assert f"{own}: this form has no such question" in {one.message for one in refused.value.missing}
