"""What an attorney said is sealed under that attorney’s own compartment while it waits, and goes when it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from covertops.actions import drafts, intents, signing
from covertops.actions.housekeeping import put_away
from covertops.domain.vocabulary import Stage
from covertops.storage import tables
from covertops.vault.envelope import SealBroken
from covertops.vault.sealing import open_text
from tests.playing import Town

SAID = {"prosecuting attorney": "prosecutor", "city attorney": "city"}
COUNSEL = {"sealed_prosecutor": "prosecutor", "sealed_city": "city"}


def advice_of(office: str) -> str:
    return f"Only the {office}’s client hears this."


def answers(town: Town, operation_id: str, office: str) -> dict[str, Any]:
    grant = town.operation(operation_id).grant
    assert grant is not None
    name = "prosecutor_advice" if office == "prosecuting attorney" else "city_attorney_advice"
    return town.consultation(office, grant.ref.number) | {name: advice_of(office)}


def row_of(town: Town, table: Table) -> Any:
    with town.house.store.read() as unit:
        return unit.connection.execute(select(table)).one()


def readable(town: Town, operation_id: str, row: Any, column: str, part: str, kind: str) -> str:
    """What a column of a row says to whoever holds one compartment's key only; nothing where it does not open."""
    if kind == "draft":
        meaning = f"covertops/draft/2|{row.person_id}|{row.kind}|{operation_id}"
    else:
        meaning = f"covertops/intent/2|{row.id}|{row.person_id}|{operation_id}|{row.act}"
    suffix = "" if part == "operation" else f"/{part}"
    with town.house.store.write() as unit:
        key = unit.compartments.for_writing(f"operation/{operation_id}{suffix}")
        for bound in ("operation", "prosecutor", "city"):
            try:
                return open_text(key, getattr(row, column), f"{meaning}|{bound}".encode())
            except SealBroken:
                continue
    return ""


def check_apart(town: Town, operation_id: str, row: Any, office: str, kind: str) -> None:
    """The advice stands in the column of its attorney, opens with that attorney's key, and with no other."""
    words, own = advice_of(office)[:20], f"sealed_{SAID[office]}"
    for column in filter(lambda name: getattr(row, name) is not None, COUNSEL):
        for part in ("operation", "prosecutor", "city"):
            told = readable(town, operation_id, row, column, part, kind)
            assert bool(told) is (part == COUNSEL[column])
            assert (words in told) is (part == SAID[office] and column == own)
    assert getattr(row, own) is not None
    plain = readable(town, operation_id, row, "sealed", "operation", kind)
    assert "Capture whole conversations." in plain
    assert words not in plain


@pytest.mark.parametrize("office", SAID)
def test_a_draft_keeps_the_advice_under_the_attorneys_own_key(town: Town, office: str) -> None:
    operation_id, who = town.bring(Stage.AUTHORIZED), town.people["supervisor-1"]
    given = answers(town, operation_id, office)
    typed = {name: value if isinstance(value, list) else [value] for name, value in given.items()}
    kind = f"log-consultation:{office}"
    drafts.keep(town.house, who, kind, operation_id, typed, town.clock())
    check_apart(town, operation_id, row_of(town, tables.draft), office, "draft")
    with town.house.store.read() as unit:
        found = drafts.find(unit, who, kind, operation_id)
    assert found is not None
    assert found.values == typed
    drafts.keep(town.house, who, kind, operation_id, {"attorney": ["Nobody yet"]}, town.clock())
    row = row_of(town, tables.draft)
    assert (row.sealed_prosecutor, row.sealed_city, row.version) == (None, None, 2)


@pytest.mark.parametrize("office", SAID)
def test_an_act_that_waits_for_its_signature_keeps_the_advice_under_the_attorneys_own_key(
    town: Town, office: str
) -> None:
    operation_id, who = town.bring(Stage.AUTHORIZED), town.people["supervisor-1"]
    given = answers(town, operation_id, office)
    intent = signing.prepare(town.house, "log-consultation", operation_id, who, given, town.clock())
    row = row_of(town, tables.pending_intent)
    check_apart(town, operation_id, row, office, "intent")
    # With its salt, the digest that is signed would tell whoever guesses what was said.
    advice = "prosecutor_advice" if office == "prosecuting attorney" else "city_attorney_advice"
    plain = readable(town, operation_id, row, "sealed", "operation", "intent")
    assert intent.salts[advice] not in plain
    assert intent.salts["attorney"] in plain
    with town.house.store.read() as unit:
        found = signing.find(unit, intent.id, who, town.clock())
    assert (found.decided, found.salts, found.given) == (intent.decided, intent.salts, given)
    signing.confirm(town.house, intent.id, who, signing.PASSWORD, town.clock())


def test_what_is_over_is_removed_and_what_is_not_stays(town: Town) -> None:
    operation_id, who = town.bring(Stage.AUTHORIZED), town.people["supervisor-1"]

    def counted() -> tuple[int, int]:
        with town.house.store.read() as unit:
            counts = [
                unit.connection.execute(select(func.count()).select_from(one)).scalar_one()
                for one in (tables.pending_intent, tables.draft)
            ]
        return counts[0], counts[1]

    drafts.keep(town.house, who, "log-consultation", operation_id, {"attorney": ["A"]}, town.clock())
    given = answers(town, operation_id, "city attorney")
    signing.prepare(town.house, "log-consultation", operation_id, who, given, town.clock())
    put_away(town.house, town.clock())
    assert counted() == (1, 1)
    put_away(town.house, town.clock.advance(intents.LASTS))
    assert counted() == (0, 1)
    put_away(town.house, town.clock.advance(timedelta(days=30) - intents.LASTS - timedelta(seconds=1)))
    assert counted() == (0, 1)
    put_away(town.house, town.clock.advance(timedelta(seconds=1)))
    assert counted() == (0, 0)


def test_nothing_of_an_attorney_is_kept_before_there_is_an_operation(town: Town) -> None:
    with pytest.raises(ValueError, match="there is no operation yet"):
        drafts.keep(
            town.house, town.people["chief"], "log-consultation", "", {"prosecutor_advice": ["x"]}, town.clock()
        )
