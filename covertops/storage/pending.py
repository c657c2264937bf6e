"""What is kept outside the ledger for one person: drafts as they type them, and acts that wait for a signature.

Both are sealed under the operation's compartment, or the department's before there is an operation. What an attorney
said is sealed apart, under that attorney's own compartment, here as in the record. What is over is removed: an intent
once it has expired, a draft 30 days after it was last kept.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, update

from covertops.domain.operation import Operation
from covertops.storage import tables
from covertops.storage.compartments import CITY, OPERATION, PROSECUTOR, compartment_name
from covertops.storage.statements import Statement
from covertops.storage.times import micros, moment
from covertops.storage.unit_of_work import ReadUnit, WriteUnit
from covertops.vault.sealing import open_text, seal_text

DRAFT_LASTS = timedelta(days=30)
MOST_DRAFT_BYTES = 200_000

COLUMNS: Final = {OPERATION: "sealed", PROSECUTOR: "sealed_prosecutor", CITY: "sealed_city"}
"""The column of each part; counsel's are empty where nothing of theirs is kept."""

Parts = Mapping[str, Mapping[str, Any]]
"""What is kept, by the part of the operation's stream whose compartment seals it."""


@dataclass(frozen=True)
class Pending:
    """An act that waits for its signature, opened."""

    act: str
    operation_id: str
    parts: Parts
    expires_at: datetime


def _compartment(operation_id: str, part: str) -> str:
    """Which compartment seals a part. Raises ValueError for counsel's where there is no operation yet."""
    if operation_id:
        return compartment_name(OPERATION, operation_id, part)
    if part != OPERATION:
        raise ValueError(f"there is no operation yet, and so nothing of the {part}")
    return "department"


def _sealed(unit: WriteUnit, operation_id: str, parts: Parts, meaning: str) -> dict[str, bytes | None]:
    """The columns that hold the parts, each sealed by its own compartment and bound to its part."""
    found: dict[str, bytes | None] = dict.fromkeys(COLUMNS.values())
    for part, content in parts.items():
        if content or part == OPERATION:
            key = unit.compartments.for_writing(_compartment(operation_id, part))
            found[COLUMNS[part]] = seal_text(key, json.dumps(content), f"{meaning}|{part}".encode())
    return found


def _opened(unit: ReadUnit, operation_id: str, row: Any, meaning: str) -> Parts:
    """The inverse of :func:`_sealed`."""
    found = {}
    for part, column in COLUMNS.items():
        sealed = getattr(row, column)
        if sealed is not None:
            key = unit.compartments.key(_compartment(operation_id, part))
            found[part] = json.loads(open_text(key, sealed, f"{meaning}|{part}".encode()))
    return found


def remove_old(unit: WriteUnit, now: datetime) -> int:
    """Remove what is over: intents that expired, drafts not kept again for 30 days; how many went."""
    intents, drafts = tables.pending_intent, tables.draft
    gone = unit.connection.execute(delete(intents).where(intents.c.expires_at <= micros(now))).rowcount
    return (
        gone + unit.connection.execute(delete(drafts).where(drafts.c.updated_at <= micros(now - DRAFT_LASTS))).rowcount
    )


def _intent_meaning(intent_id: str, person: str, operation_id: str, act: str) -> str:
    return f"covertops/intent/2|{intent_id}|{person}|{operation_id}|{act}"


def keep(
    unit: WriteUnit,
    intent_id: str,
    person: str,
    operation_id: str,
    act: str,
    parts: Parts,
    expires_at: datetime,
    operation: Operation,
) -> None:
    """Keep an intent until it is confirmed or expires."""
    unit.connection.execute(
        insert(tables.pending_intent).values(
            id=intent_id,
            person_id=person,
            operation_id=operation_id,
            act=act,
            **_sealed(unit, operation_id, parts, _intent_meaning(intent_id, person, operation_id, act)),
            expires_at=micros(expires_at),
            stream_number=operation.last_number,
            previous=operation.last_hash,
        )
    )


def find(unit: ReadUnit, intent_id: str, person: str, now: datetime) -> Pending | None:
    """A person's own intent that has not expired, or None."""
    columns = tables.pending_intent.c
    row = unit.connection.execute(
        select(tables.pending_intent).where(
            columns.id == intent_id, columns.person_id == person, columns.expires_at > micros(now)
        )
    ).one_or_none()
    if row is None:
        return None
    meaning = _intent_meaning(intent_id, person, row.operation_id, row.act)
    return Pending(row.act, row.operation_id, _opened(unit, row.operation_id, row, meaning), moment(row.expires_at))


def drop(unit: WriteUnit, intent_id: str) -> None:
    """Take an intent away once it is recorded."""
    unit.connection.execute(delete(tables.pending_intent).where(tables.pending_intent.c.id == intent_id))


@dataclass(frozen=True)
class Draft:
    """What somebody typed and has not sent, as typed, and when it was kept."""

    values: Mapping[str, Any]
    kept_at: datetime
    version: int


def _draft_meaning(person: str, kind: str, operation_id: str) -> str:
    return f"covertops/draft/2|{person}|{kind}|{operation_id}"


def _mine(person: Any, kind: Any, operation_id: Any) -> Any:
    columns = tables.draft.c
    return (columns.person_id == person) & (columns.kind == kind) & (columns.operation_id == operation_id)


_DROP_DRAFT: Final = Statement(
    delete(tables.draft).where(_mine(bindparam("person"), bindparam("kind"), bindparam("operation")))
)


def keep_draft(unit: WriteUnit, person: str, kind: str, operation_id: str, parts: Parts, now: datetime) -> None:
    """Keep what is typed, in the place of what was kept before."""
    remove_old(unit, now)
    columns = tables.draft.c
    sealed = _sealed(unit, operation_id, parts, _draft_meaning(person, kind, operation_id))
    changed = unit.connection.execute(
        update(tables.draft)
        .where(_mine(person, kind, operation_id))
        .values(**sealed, updated_at=micros(now), version=columns.version + 1)
    )
    if not changed.rowcount:
        unit.connection.execute(
            insert(tables.draft).values(
                id=secrets.token_hex(16),
                person_id=person,
                kind=kind,
                operation_id=operation_id,
                version=1,
                **sealed,
                updated_at=micros(now),
            )
        )


def find_draft(unit: ReadUnit, person: str, kind: str, operation_id: str) -> Draft | None:
    """A person's own draft of a kind, or None."""
    row = unit.connection.execute(select(tables.draft).where(_mine(person, kind, operation_id))).one_or_none()
    if row is None:
        return None
    parts = _opened(unit, operation_id, row, _draft_meaning(person, kind, operation_id))
    values = {name: value for content in parts.values() for name, value in content.items()}
    return Draft(values, moment(row.updated_at), row.version)


def drop_draft(unit: WriteUnit, person: str, kind: str, operation_id: str) -> None:
    """Take a draft away once what it held is on record."""
    _DROP_DRAFT.run(unit.connection, {"person": person, "kind": kind, "operation": operation_id})
