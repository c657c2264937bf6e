"""Any change of any row of the ledger is found, whatever it is, and none makes the verification break off."""

from __future__ import annotations

import random
from typing import Any

from covertops.storage.unit_of_work import Store
from tests.storage.attacker import Attacker, attacking
from tests.storage.recording import problems_of, record_a_little

ROUNDS = 500

LEDGER = {
    "ledger_head": (
        "id", "origin", "department_stream", "access_stream", "size", "frontier", "checkpoints", "last_time",
        "mac",
    ),
    "entry": ("index", "stream", "number", "header"),
    "box": ("entry_index", "part", "wrapped_key", "sealed"),
    "checkpoint": ("size", "number", "note"),
    "compartment": ("name", "wrapped_key"),
}  # fmt: skip
GARBAGE = (None, 0, -1, 1, 7, 2**62, "", "x", "0b" * 16, "é\u202e", b"", b"\xff\xfe", b"{}", 2.5, "\x00" * 3)
WHOLE = {"id", "size", "checkpoints", "last_time", "index", "number", "entry_index"}
BYTES = {"frontier", "mac", "header", "wrapped_key", "sealed"}


def columns_of(table: str) -> str:
    return ", ".join(f'"{column}"' for column in LEDGER[table])


def contents(attacker: Attacker) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the ledger."""
    return {
        table: [
            tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row)
            for row in attacker.run(f"SELECT {columns_of(table)} FROM {table}")
        ]
        for table in LEDGER
    }


def put(attacker: Attacker, table: str, rows: list[tuple[Any, ...]]) -> None:
    """Make these the rows of a table."""
    attacker.run(f"DELETE FROM {table}")
    places = ", ".join("?" * len(LEDGER[table]))
    for row in rows:
        attacker.run(f"INSERT INTO {table} ({columns_of(table)}) VALUES ({places})", *row)


def other_value(chance: random.Random, column: str, value: Any, kind: str) -> Any:
    """Another value: a flipped bit, a number beside it, the same of another type, or garbage the column can hold."""
    if isinstance(value, bytes) and value and chance.random() < 0.6:
        place = chance.randrange(len(value))
        return value[:place] + bytes([value[place] ^ (1 << chance.randrange(8))]) + value[place + 1 :]
    if isinstance(value, int) and chance.random() < 0.6:
        return value + chance.choice((-2, -1, 1, 2)) if kind != "sqlite" or chance.random() < 0.9 else float(value)
    if isinstance(value, str) and value and chance.random() < 0.6:
        place = chance.randrange(len(value))
        return value[:place] + chance.choice("0aZ \n") + value[place + 1 :]
    return chance.choice([one for one in GARBAGE if kind == "sqlite" or _fits(column, one)])


def _fits(column: str, value: object) -> bool:
    """Whether PostgreSQL's column can hold the value; its types cannot be loosened."""
    if value is None:
        return True
    if column in WHOLE:
        return isinstance(value, int)
    if column in BYTES:
        return isinstance(value, bytes)
    return isinstance(value, str) and "\x00" not in value


def changed_at_random(
    chance: random.Random, rows: dict[str, list[tuple[Any, ...]]], kind: str
) -> tuple[str, list[tuple[Any, ...]]]:
    """A table and its rows with one change: a cell, a row gone, a row twice, or two rows' cells exchanged."""
    table = chance.choice([name for name in LEDGER for _ in range(1 if name == "ledger_head" else 3)])
    changed = list(rows[table])
    place = chance.randrange(len(changed))
    how = chance.choice(("cell", "cell", "cell", "gone", "twice", "exchanged"))
    if how == "gone":
        del changed[place]
    elif how == "twice":
        changed.append(changed[place])
    elif how == "exchanged":
        other, column = chance.randrange(len(changed)), chance.randrange(len(LEDGER[table]))
        one, two = list(changed[place]), list(changed[other])
        one[column], two[column] = two[column], one[column]
        changed[place], changed[other] = tuple(one), tuple(two)
    else:
        column = chance.randrange(len(LEDGER[table]))
        row = list(changed[place])
        row[column] = other_value(chance, LEDGER[table][column], row[column], kind)
        changed[place] = tuple(row)
    return table, changed


def same(one: list[tuple[Any, ...]], other: list[tuple[Any, ...]]) -> bool:
    """Whether two lists hold the same rows, type for type, in whatever order."""
    return sorted(map(repr, one)) == sorted(map(repr, other))


def test_every_random_change_of_any_row_is_found_and_none_breaks_the_verification(
    victim: Store, database_url: str, database_kind: str
):
    record_a_little(victim)
    chance = random.Random(20261120)
    tried = 0
    with attacking(database_url) as attacker:
        for table in LEDGER:
            attacker.loosen(table)
        rows = contents(attacker)
        assert problems_of(victim) == []
        while tried < ROUNDS:
            table, changed = changed_at_random(chance, rows, database_kind)
            if same(rows[table], changed):
                continue
            put(attacker, table, changed)
            assert problems_of(victim) != [], f"round {tried}: {table}, {set(changed) ^ set(rows[table])}"
            put(attacker, table, rows[table])
            tried += 1
        assert problems_of(victim) == []
