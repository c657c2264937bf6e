"""Comparing the log with a checkpoint that somebody else holds, quickly enough to do it at every start."""

from __future__ import annotations

from sqlalchemy import select

from covertops.ledger.checkpoint import BadCheckpoint, open_checkpoint
from covertops.storage import tables
from covertops.storage.errors import StorageError, Tampered
from covertops.storage.head import read_head
from covertops.storage.unit_of_work import ReadUnit


class LogIsOlder(StorageError):
    """The log has fewer entries than a checkpoint it once signed: it is an old copy, or was cut."""


def check_known_checkpoint(unit: ReadUnit, note: str) -> None:
    """Check that the log still leads to this checkpoint; raise LogIsOlder or Tampered if not, BadCheckpoint if none.

    Every checkpoint that leaves was stored with the append it signs, so the stored one of the same size must agree.
    What is *not* checked here: that the entries lead to the stored one (`verify_ledger`).
    """
    known = open_checkpoint(note, unit.log_key.verifier)
    head = read_head(unit.connection)
    if known.size > head.size:
        raise LogIsOlder(f"the log has {head.size} entries; a checkpoint of {known.size} entries was handed out")
    stored = unit.connection.execute(
        select(tables.checkpoint.c.note).where(tables.checkpoint.c.size == known.size)
    ).scalar()
    if stored is None:
        raise Tampered(f"the checkpoint of {known.size} entries that was handed out is not stored")
    try:
        agrees = open_checkpoint(stored, unit.log_key.verifier) == known
    except BadCheckpoint as error:
        raise Tampered(f"the stored checkpoint of {known.size} entries: {error}") from error
    if not agrees:
        raise Tampered(f"the stored checkpoint of {known.size} entries is not the one that was handed out")
