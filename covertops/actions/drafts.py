"""Drafts: what one person typed and has not sent, as typed, for that person alone. They are no part of the record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from covertops.actions.apart import asked_by, parts_of
from covertops.actions.installation import Installation
from covertops.actions.operations import scene
from covertops.storage import pending
from covertops.storage.pending import MOST_DRAFT_BYTES, Draft
from covertops.storage.unit_of_work import ReadUnit

__all__ = ["Draft", "DraftTooLong", "find", "keep"]


class DraftTooLong(ValueError):
    """More was typed than a draft holds."""


class DraftUnreadable(ValueError):
    """What was sent holds what is no text."""


def keep(
    house: Installation,
    person: str,
    kind: str,
    operation_id: str,
    values: Mapping[str, Sequence[str]],
    now: datetime,
) -> None:
    """Keep what is typed, in the place of what was kept before. An empty ``operation_id`` stands for no operation yet.

    Raises NotFound for an operation the person does not need to know of, DraftTooLong and DraftUnreadable.
    """
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise DraftUnreadable("a draft holds half of a character: no keyboard makes one") from error
    if len(json.dumps(values)) > MOST_DRAFT_BYTES:
        raise DraftTooLong(f"a draft holds at most {MOST_DRAFT_BYTES} bytes")
    with house.store.write() as unit:
        if operation_id:
            scene(house, unit, operation_id, person, now)
        pending.keep_draft(unit, person, kind, operation_id, parts_of(asked_by(kind), values), now)


def find(unit: ReadUnit, person: str, kind: str, operation_id: str) -> Draft | None:
    """A person's own draft of a kind, or None. Whether they may still see the operation is the caller's question."""
    return pending.find_draft(unit, person, kind, operation_id)
