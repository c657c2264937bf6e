"""Somebody who owns the database and changes rows past the program: no guard, foreign key or type stops them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from pysqlite3 import dbapi2
from sqlalchemy import make_url

from covertops.storage import tables
from covertops.storage.guards import GUARDS

LEDGER = ("ledger_head", "entry", "box", "checkpoint", "compartment", "disposed", "secret")


class Attacker:
    """A connection of the attacker's own. Each statement stands at once; `?` marks a value."""

    def __init__(self, kind: str, connection: Any) -> None:
        self.kind = kind
        self._connection = connection

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows, if it has any."""
        placeholders = statement if self.kind == "sqlite" else statement.replace("?", "%s")
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(placeholders, values or None) if self.kind != "sqlite" else cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []

    def drop_guard(self, name: str) -> None:
        """Take one guard away."""
        if self.kind == "sqlite":
            self.run(f"DROP TRIGGER {name}")
        else:
            self.run(f"DROP FUNCTION {name} CASCADE")

    def drop_guards(self) -> None:
        """Take every guard away."""
        for name in sorted(GUARDS[self.kind]):
            self.drop_guard(name)

    def loosen(self, table: str) -> None:
        """Let a table hold anything: no key, no constraint, and on SQLite no type."""
        if self.kind == "sqlite":
            columns = ", ".join(f'"{column.name}"' for column in tables.metadata.tables[table].columns)
            self.run(f"CREATE TABLE loose ({columns})")
            self.run(f"INSERT INTO loose ({columns}) SELECT {columns} FROM {table}")
            self.run(f"DROP TABLE {table}")
            self.run(f"ALTER TABLE loose RENAME TO {table}")
            return
        constraints = self.run(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype IN ('f', 'p', 'u', 'c') AND (conrelid = ?::regclass OR confrelid = ?::regclass)"
            " ORDER BY contype = 'f' DESC",
            table,
            table,
        )
        for owner, name in constraints:
            self.run(f"ALTER TABLE {owner} DROP CONSTRAINT {name} CASCADE")
        for column in tables.metadata.tables[table].columns:
            self.run(f'ALTER TABLE {table} ALTER COLUMN "{column.name}" DROP NOT NULL')


@contextmanager
def attacking(url: str, *, guarded: bool = False) -> Iterator[Attacker]:
    """The attacker's connection to a database, its guards gone unless `guarded`."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        connection = dbapi2.connect(str(address.database), isolation_level=None)
        connection.execute("PRAGMA recursive_triggers=OFF")
        connection.execute("PRAGMA synchronous=OFF")
    else:
        connection = psycopg.connect(
            host=str(address.query["host"]), user=address.username, dbname=address.database, autocommit=True
        )
        connection.execute("SET session_replication_role = replica")  # no foreign key is checked
    with closing(connection):
        attacker = Attacker(address.get_backend_name(), connection)
        if not guarded:
            attacker.drop_guards()
        yield attacker
