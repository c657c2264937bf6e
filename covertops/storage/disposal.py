"""Destroying a stream's keys and boxes: what is left are outer headers, with which the log still verifies."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, insert, or_, select

from covertops.storage import tables
from covertops.storage.compartments import OPERATION
from covertops.storage.unit_of_work import WriteUnit

TOMBSTONE: Final = "disposition.begun"
"""The kind of the department's entry that says so. An entry of another kind may name a stream for any reason."""


def dispose(unit: WriteUnit, stream: str, tombstone: int) -> int:
    """Delete every box and key of an operation's stream; return how many boxes there were.

    ``tombstone`` is the index of the department's entry of kind :data:`TOMBSTONE`, appended before, that names the
    stream: without it `verify` calls the boxes missing. The guards let go of nothing before the row that names it.
    Copies in backups stay readable until they expire. Raises ValueError for a stream that is not an operation's.
    """
    if unit.streams.kind_of(unit.streams.id_of(stream)) != OPERATION:
        raise ValueError("only an operation's stream can be disposed of")
    unit.connection.execute(insert(tables.disposed).values(stream=stream, entry_index=tombstone))
    names = tables.compartment.c.name
    own = or_(names == f"operation/{stream}", names.startswith(f"operation/{stream}/", autoescape=True))
    destroyed = list(unit.connection.execute(select(names).where(own)).scalars())
    unit.connection.execute(delete(tables.compartment).where(own))
    unit.compartments.destroyed(destroyed)
    unit.store.opened.forget((stream,))
    entries = select(tables.entry.c["index"]).where(tables.entry.c.stream == stream)
    result = unit.connection.execute(delete(tables.box).where(tables.box.c.entry_index.in_(entries)))
    return result.rowcount
