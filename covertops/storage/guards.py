"""The triggers that keep the ledger's tables append-only: migration 0001 makes them, `verify` looks for them.

They stop a mistake, a careless repair and an injected statement. Whoever owns the database can drop them; against that
stand the ledger's hashes and signatures.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

_TABLES: Final = ("ledger_head", "entry", "box", "checkpoint", "compartment", "disposed")
_ON_BOTH: Final = (
    "ledger_head_only_grows",
    "ledger_head_no_delete",
    "entry_no_update",
    "entry_no_delete",
    "box_no_update",
    "box_no_delete",
    "checkpoint_no_update",
    "checkpoint_no_delete",
    "compartment_no_rename",
    "compartment_no_delete",
    "disposed_no_update",
    "disposed_no_delete",
)
GUARDS: Final = {
    "sqlite": frozenset(_ON_BOTH) | {f"{table}_no_replace" for table in _TABLES},
    "postgresql": frozenset(_ON_BOTH) | {f"{table}_no_truncate" for table in _TABLES},
}

_PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal",
}


def missing_guards(connection: Connection) -> list[str]:
    """The names of the guards that this database lacks or has switched off, sorted."""
    kind = connection.dialect.name
    present = {str(name) for name in connection.exec_driver_sql(_PRESENT[kind]).scalars()}
    return sorted(GUARDS[kind] - present)
