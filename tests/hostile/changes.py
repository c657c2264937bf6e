"""Random changes to an installation by whoever owns its database and its files, and has no key and no older copy.

Each says by a pattern what a problem that names it must say: the row, the entry or the file it was made in, and not
only that something is wrong.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from pysqlite3 import dbapi2

from covertops.ledger.entry import Header
from covertops.ledger.merkle import Frontier, leaf_hash
from covertops.storage import tables
from covertops.storage.times import from_header, micros
from tests.storage.attacker import Attacker

LEDGER = ("ledger_head", "entry", "box", "checkpoint", "compartment", "disposed", "secret")
VIEWS = ("operation_view", "membership_view", "task_view", "package_view", "lookup_view")
FAR = 10_000
"""How far from every true number an inserted row's number is."""
REFUSED = (dbapi2.IntegrityError, psycopg.IntegrityError)
Row = dict[str, Any]


@dataclass
class Change:
    """A change that was made: what it was, the pattern that a problem must match, and how to take it back."""

    what: str
    names: str
    undo: Callable[[], None]

    def is_named_in(self, problems: Sequence[str]) -> bool:
        """Whether a problem names what was changed."""
        return any(re.search(self.names, problem) for problem in problems)


class Rows:
    """The attacker's sight of one table."""

    def __init__(self, attacker: Attacker, name: str) -> None:
        self.attacker, self.name = attacker, name
        self.table = tables.metadata.tables[name]
        self.columns = [column.name for column in self.table.columns]
        self.keys = [column.name for column in self.table.primary_key.columns]

    def all(self) -> list[Row]:
        """Every row, in the order of its key."""
        listed = ", ".join(f'"{name}"' for name in self.columns)
        order = ", ".join(f'"{name}"' for name in self.keys)
        rows = self.attacker.run(f"SELECT {listed} FROM {self.name} ORDER BY {order}")
        return [dict(zip(self.columns, map(_plain, row), strict=True)) for row in rows]

    def insert(self, row: Row) -> None:
        """Put a row in."""
        marks = ", ".join("?" for _ in row)
        listed = ", ".join(f'"{name}"' for name in row)
        self.attacker.run(f"INSERT INTO {self.name} ({listed}) VALUES ({marks})", *row.values())

    def delete(self, row: Row) -> None:
        """Take a row away."""
        self.attacker.run(f"DELETE FROM {self.name} WHERE {self._where()}", *(row[name] for name in self.keys))

    def set(self, row: Row, values: Row) -> None:
        """Give some columns of a row other values."""
        changed = ", ".join(f'"{name}" = ?' for name in values)
        keys = [row[name] for name in self.keys]
        self.attacker.run(f"UPDATE {self.name} SET {changed} WHERE {self._where()}", *values.values(), *keys)

    def _where(self) -> str:
        return " AND ".join(f'"{name}" = ?' for name in self.keys)

    def names(self, row: Row) -> str:
        """The pattern of a problem that names this row."""
        key = [re.escape(str(row[name])) for name in self.keys]
        if self.name in VIEWS:
            return rf"^{self.name} {'/'.join(key)}: "
        if self.name in ("entry", "box"):
            return rf"\bindex {key[0]}\b"
        if self.name == "checkpoint":
            # One that is gone is named by its number in the row after it, or by what it alone signed.
            number, before = row["number"], row["number"] - 1
            gone = rf"\bnumbers {number} to|the last checkpoint, {before},"
            return rf"^checkpoint {number} of|^checkpoint \d+ of {row['size']} entries|{gone}"
        if self.name == "compartment":
            return rf"compartment '?{key[0]}(?![\w/])"
        return rf"^(disposed stream|secret) {key[0]}" if self.name in ("disposed", "secret") else rf"^{self.name}: "


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _flipped(chance: random.Random, value: Any) -> Any:
    if isinstance(value, bytes):
        place, bit = chance.randrange(len(value)), 1 << chance.randrange(8)
        return value[:place] + bytes([value[place] ^ bit]) + value[place + 1 :]
    if isinstance(value, int):
        return value + chance.choice((-1, 1)) * chance.randint(1, 1000)
    place = chance.randrange(len(value)) if value else 0
    letter = chance.choice([one for one in "0123456789abcdef" if not value or one != value[place]])
    return value[:place] + letter + value[place + 1 :]


def flip(chance: random.Random, rows: Rows) -> Change | None:
    """Another value in one column of one row."""
    row = chance.choice(rows.all())
    filled = [name for name in rows.columns if name not in rows.keys and row[name] not in (None, "", b"")]
    if not filled:
        return None
    column = chance.choice(filled)
    rows.set(row, {column: _flipped(chance, row[column])})
    return Change(f"flip {rows.name}.{column}", rows.names(row), lambda: rows.set(row, {column: row[column]}))


def delete(chance: random.Random, rows: Rows) -> Change | None:
    """One row gone."""
    row = chance.choice(rows.all())
    rows.delete(row)
    return Change(f"delete {rows.name}", rows.names(row), lambda: rows.insert(row))


def insert(chance: random.Random, rows: Rows) -> Change | None:
    """A row more: a copy of another under a key of its own."""
    every = rows.all()
    row = dict(chance.choice(every))
    taken = [tuple(one[name] for name in rows.keys) for one in every]
    while tuple(row[name] for name in rows.keys) in taken:
        name = chance.choice(rows.keys)
        row[name] = row[name] + FAR if isinstance(row[name], int) else _flipped(chance, str(row[name]))
    for unique in ("number", "reference"):
        if unique in row and unique not in rows.keys and row[unique] is not None:
            row[unique] = row[unique] + FAR if isinstance(row[unique], int) else str(row[unique]) + "0"
    rows.insert(row)
    return Change(f"insert {rows.name}", rows.names(row), lambda: rows.delete(row))


def swap(chance: random.Random, rows: Rows) -> Change | None:
    """Two rows exchange the content of one column."""
    every = rows.all()
    columns = [name for name in rows.columns if name not in (*rows.keys, "number", "reference")]
    if len(every) < 2 or not columns:
        return None
    one, other = chance.sample(every, 2)
    column = chance.choice(columns)
    if one[column] == other[column]:
        return None
    rows.set(one, {column: other[column]})
    try:
        rows.set(other, {column: one[column]})
    except REFUSED:
        rows.set(one, {column: one[column]})
        raise

    def undo() -> None:
        rows.set(one, {column: one[column]})
        rows.set(other, {column: other[column]})

    return Change(f"swap {rows.name}.{column}", f"{rows.names(one)}|{rows.names(other)}", undo)


def cut_tail(chance: random.Random, attacker: Attacker) -> Change:
    """The newest appends gone, and the head made to match: all that can be computed without a key."""
    entries, checkpoints, heads = (Rows(attacker, name) for name in ("entry", "checkpoint", "ledger_head"))
    signed = checkpoints.all()
    kept = signed[-1 - chance.randint(1, 5)]
    stay = entries.all()[: kept["size"]]
    gone = [
        (Rows(attacker, "box"), [row for row in Rows(attacker, "box").all() if row["entry_index"] >= kept["size"]]),
        (checkpoints, [row for row in signed if row["size"] > kept["size"]]),
        (entries, entries.all()[kept["size"] :]),
    ]
    frontier = Frontier()
    for row in stay:
        frontier = frontier.append(leaf_hash(row["header"]))
    head = heads.all()[0]
    shorter = {
        "size": kept["size"],
        "frontier": frontier.to_bytes(),
        "checkpoints": kept["number"],
        "last_time": micros(from_header(Header.from_bytes(stay[-1]["header"]).time)),
    }
    for rows, lost in gone:
        for row in lost:
            rows.delete(row)
    heads.set(head, shorter)

    def undo() -> None:
        heads.set(head, {column: head[column] for column in shorter})
        for rows, lost in reversed(gone):
            for row in lost:
                rows.insert(row)

    return Change("cut the tail", r"^ledger_head: mac: ", undo)


def pretend_disposal(chance: random.Random, attacker: Attacker) -> Change:
    """An operation's keys and boxes gone as if it had been disposed of, beside some entry of the log."""
    entries, boxes, compartments = (Rows(attacker, name) for name in ("entry", "box", "compartment"))
    every = entries.all()
    fixed = set(attacker.run("SELECT department_stream, access_stream FROM ledger_head")[0])
    stream = chance.choice(sorted({row["stream"] for row in every} - fixed))
    own = {row["index"] for row in every if row["stream"] == stream}
    gone = [
        (boxes, [row for row in boxes.all() if row["entry_index"] in own]),
        (compartments, [row for row in compartments.all() if stream in row["name"]]),
    ]
    said = {"stream": stream, "entry_index": chance.choice(every)["index"]}
    disposed = Rows(attacker, "disposed")
    disposed.insert(said)
    for rows, lost in gone:
        for row in lost:
            rows.delete(row)

    def undo() -> None:
        disposed.delete(said)
        for rows, lost in gone:
            for row in lost:
                rows.insert(row)

    return Change("pretend a disposal", disposed.names(said), undo)


def in_files(chance: random.Random, folder: Path) -> Change:
    """A sealed file flipped, cut, lengthened, gone, exchanged with another, or one more."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    path = chance.choice(paths)
    content = path.read_bytes()
    kind = chance.choice(("flip", "flip", "flip", "cut", "lengthen", "delete", "exchange", "insert"))
    if kind == "insert":
        name = f"{chance.getrandbits(128):032x}"
        stranger = path.with_name(chance.choice((name, path.name[:2] + name[2:], "notes.txt")))
        stranger.write_bytes(chance.choice((chance.randbytes(200), content)))
        return Change("insert file", re.escape(stranger.name), stranger.unlink)
    if kind == "flip":
        path.write_bytes(_flipped(chance, content))
    elif kind == "cut":
        path.write_bytes(content[: chance.randrange(len(content))])
    elif kind == "lengthen":
        path.write_bytes(content + chance.randbytes(chance.randint(1, 40)))
    elif kind == "exchange":
        path.write_bytes(chance.choice([one for one in paths if one != path]).read_bytes())
    else:
        path.unlink()

    def undo() -> None:
        path.write_bytes(content)

    return Change(f"{kind} file", re.escape(path.name), undo)


def one_change(chance: random.Random, attacker: Attacker, files: Path) -> Change | None:
    """One change; None where the database itself refused it, or where there was nothing to change."""
    kind = chance.random()
    if kind < 0.12:
        return in_files(chance, files)
    if kind < 0.2:
        return cut_tail(chance, attacker)
    if kind < 0.24:
        return pretend_disposal(chance, attacker)
    rows = Rows(attacker, chance.choice(LEDGER if chance.random() < 0.7 else VIEWS))
    make = chance.choice((flip, flip, flip, delete, insert, swap))
    if not rows.all() or (rows.name == "secret" and make in (insert, swap)):
        return None  # One more secret is no part of the record: nothing is ever opened with it.
    try:
        return make(chance, rows)
    except REFUSED:
        return None
