"""What this process opened once is not opened again, and nothing that may be undone or was destroyed is kept."""

from __future__ import annotations

from contextlib import suppress

from covertops.domain.vocabulary import Stage
from covertops.storage.ledger_read import ALL_PARTS, read_entries
from covertops.storage.opened_entries import MOST, OpenedEntries
from tests.actions.conftest import town
from tests.playing import Town

__all__ = ["town"]


def test_an_entry_that_was_read_is_handed_out_again_as_it_was(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    with town.house.store.read() as unit:
        (first,) = read_entries(unit, operation_id, (1,))
        (again,) = read_entries(unit, operation_id, (1,))
        assert [one.number for one in read_entries(unit, operation_id, (3, 1, 99))] == [1, 3]
    assert again is first


def test_what_counsel_said_is_never_kept(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    number = town.operation(operation_id).contacts[0].ref.number
    with town.house.store.read() as unit:
        (opened,) = read_entries(unit, operation_id, (number,), parts=ALL_PARTS)
        (plain,) = read_entries(unit, operation_id, (number,))
    assert "prosecutor_advice" in opened.fields
    assert "prosecutor_advice" not in plain.fields


def test_what_a_transaction_that_writes_reads_is_not_kept(town: Town) -> None:
    operation_id = town.bring(Stage.REQUESTED)

    class Undone(Exception):
        pass

    town.house.store.opened.forget((operation_id,))
    with suppress(Undone), town.house.store.write() as unit:
        read_entries(unit, operation_id, (1,))
        raise Undone
    assert town.house.store.opened.known(operation_id, (1,)) == {}


def test_the_longest_unused_are_forgotten_first(town: Town) -> None:
    operation_id = town.bring(Stage.REQUESTED)
    kept = OpenedEntries()
    with town.house.store.read() as unit:
        entries = read_entries(unit, operation_id, (1, 2, 3))
    kept.keep(entries)
    assert set(kept.known(operation_id, (1, 2, 3, 4))) == {1, 2, 3}
    kept.forget((operation_id,))
    assert (kept.known(operation_id, (1, 2, 3)), MOST) == ({}, 2000)
