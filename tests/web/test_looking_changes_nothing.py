"""Reading changes nothing but the record of who read: every page, as every office, against every row there is."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from covertops.storage import tables
from covertops.storage.ledger_read import read_stream
from tests.web.audience import OFFICES, Asker, Everybody, a_town, lines
from tests.web.town_pages import TownPages

Rows = dict[str, set[tuple[object, ...]]]

GROWS = {"entry", "box", "checkpoint", "compartment"}
"""The ledger's tables: rows are added to them, and none goes or changes."""
FOLLOWS = {"ledger_head", "operation_view", "task_view"}
"""What names the last entry, or since when something waits: no row comes or goes."""
LOOKING = {"operation.viewed", "evidence.opened", "person.introduced"}
"""What looking puts on record."""


@pytest.fixture
def town(sqlite_template: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[Everybody]:
    """A town with somebody in every office."""
    shutil.copyfile(sqlite_template, tmp_path / "town.sqlite")
    with a_town(tmp_path / "town.sqlite", tmp_path) as made:
        yield made


def rows_of(pages: TownPages) -> Rows:
    """Every row of every table."""
    with pages.town.house.store.read() as unit:
        return {
            name: {tuple(row) for row in unit.connection.execute(select(table))}
            for name, table in tables.metadata.tables.items()
        }


def kinds_of(pages: TownPages) -> list[str]:
    """The kind of every entry there is."""
    with pages.town.house.store.read() as unit:
        streams = {row.stream for row in unit.connection.execute(select(tables.entry.c.stream))}
        return [raw.kind for stream in sorted(streams) for raw in read_stream(unit, stream)]


def look_at_everything(town: Everybody, asker: Asker) -> int:
    """Open every address there is on every operation; how many gave an answer of their own."""
    wanted = {asker.key(one): one for one in lines(town.pages) if one.method == "GET"}
    return sum(asker.sign("GET", one.path(each)) == "+" for one in wanted.values() for each in town.things(one))


def ask_for_headers(town: Everybody, asker: Asker) -> None:
    """Ask for the headers of everything on an operation of one's own, which no form is sent with."""
    for one in {asker.key(one): one for one in lines(town.pages) if one.method == "GET"}.values():
        with asker.client.head(one.path(town.own)) as answer:
            assert answer.status_code < 500, one.label
            assert answer.data == b"", one.label


def test_every_page_as_every_office_records_who_looked_and_changes_nothing_else(town: Everybody):
    pages = town.pages
    askers = [Asker(pages, short) for short in OFFICES.values()]
    rows, kinds = rows_of(pages), kinds_of(pages)
    answered = [look_at_everything(town, asker) for asker in askers]
    assert min(answered) > 5
    assert max(answered) > 50
    after = rows_of(pages)
    assert {name for name in rows if rows[name] != after[name]} <= GROWS | FOLLOWS
    for name in GROWS:
        assert rows[name] <= after[name], name
    for name in FOLLOWS:
        assert len(rows[name]) == len(after[name]), name
    new = sorted(kinds_of(pages))
    for kind in kinds:
        new.remove(kind)
    assert new
    assert set(new) <= LOOKING
    # Within the hour, the same look is on record already: then nothing changes at all, as when only headers are asked.
    look_at_everything(town, askers[1])
    for asker in askers[:3]:
        ask_for_headers(town, asker)
    assert rows_of(pages) == after
