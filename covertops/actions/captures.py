"""What is asked of a capture before it is taken, and how one that was sent twice is known again."""

from __future__ import annotations

import hashlib
from typing import Final

from covertops.actions.folding import entries
from covertops.domain.declaration import Recorded
from covertops.domain.entries.activity import EvidencePreserved
from covertops.domain.operation import Operation
from covertops.storage.unit_of_work import ReadUnit

MOST_CAPTURE_BYTES: Final = 8 * 1024**3
"""The largest capture that is taken."""
LOOKED_BACK: Final = 50


def file_id_of(operation_id: str, person: str, sending: str) -> str:
    """The id of the stored file of one sending: the same for a repetition, and nobody else's can be named by it."""
    meaning = f"covertops/capture/1|{operation_id}|{person}|{sending}"
    return hashlib.sha256(meaning.encode()).hexdigest()[:32]


def already_kept(unit: ReadUnit, operation: Operation, file_id: str) -> Recorded | None:
    """The capture whose file has this id, among the newest of the operation: its sender never got the answer."""
    numbers = [one.ref.number for one in operation.captures[-LOOKED_BACK:]]
    found = entries(unit, operation.id, numbers).values() if numbers else ()
    return next((it for it in found if isinstance(it.entry, EvidencePreserved) and it.entry.file == file_id), None)
