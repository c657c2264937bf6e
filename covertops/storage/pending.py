"""What is kept outside the ledger for one person: drafts as they type them, and acts that wait for a signature.

Both are sealed under the operation's compartment, or the department's before there is an operation.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from covertops.domain.operation import Operation
from covertops.storage import tables
from covertops.storage.times import micros, moment
from covertops.storage.unit_of_work import ReadUnit, WriteUnit
from covertops.vault.keys import CompartmentKey
from covertops.vault.sealing import open_text, seal_text

DRAFT_LASTS = timedelta(days=30)
MOST_DRAFT_BYTES = 200_000


@dataclass(frozen=True)
class Pending:
    """An act that waits for its signature, opened."""

    act: str
    operation_id: str
    content: Mapping[str, Any]
    expires_at: datetime


def _key(unit: ReadUnit, operation_id: str) -> CompartmentKey:
    return unit.compartments.key(f"operation/{operation_id}" if operation_id else "department")


def keep(
    unit: WriteUnit,
    intent_id: str,
    person: str,
    operation_id: str,
    act: str,
    content: Mapping[str, Any],
    expires_at: datetime,
    operation: Operation,
) -> None:
    """Keep an intent until it is confirmed or expires; earlier ones that have expired are dropped."""
    columns = tables.pending_intent.c
    unit.connection.execute(
        delete(tables.pending_intent).where(columns.expires_at < micros(expires_at) - 86_400_000_000)
    )
    meaning = f"covertops/intent/1|{intent_id}|{person}|{operation_id}|{act}".encode()
    sealed = seal_text(_key(unit, operation_id), json.dumps(content), meaning)
    unit.connection.execute(
        insert(tables.pending_intent).values(
            id=intent_id,
            person_id=person,
            operation_id=operation_id,
            act=act,
            sealed=sealed,
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
    meaning = f"covertops/intent/1|{intent_id}|{person}|{row.operation_id}|{row.act}".encode()
    content = json.loads(open_text(_key(unit, row.operation_id), row.sealed, meaning))
    return Pending(row.act, row.operation_id, content, moment(row.expires_at))


def drop(unit: WriteUnit, intent_id: str) -> None:
    """Take an intent away once it is recorded."""
    unit.connection.execute(delete(tables.pending_intent).where(tables.pending_intent.c.id == intent_id))


@dataclass(frozen=True)
class Draft:
    """What somebody typed and has not sent, as typed, and when it was kept."""

    values: Mapping[str, Any]
    kept_at: datetime
    version: int


def _draft_meaning(person: str, kind: str, operation_id: str) -> bytes:
    return f"covertops/draft/1|{person}|{kind}|{operation_id}".encode()


def _mine(person: str, kind: str, operation_id: str) -> Any:
    columns = tables.draft.c
    return (columns.person_id == person) & (columns.kind == kind) & (columns.operation_id == operation_id)


def keep_draft(
    unit: WriteUnit, person: str, kind: str, operation_id: str, values: Mapping[str, Any], now: datetime
) -> None:
    """Keep what is typed, in the place of what was kept before; drafts unused for 30 days go."""
    columns = tables.draft.c
    unit.connection.execute(delete(tables.draft).where(columns.updated_at < micros(now - DRAFT_LASTS)))
    meaning = _draft_meaning(person, kind, operation_id)
    sealed = seal_text(_key(unit, operation_id), json.dumps(values), meaning)
    changed = unit.connection.execute(
        update(tables.draft)
        .where(_mine(person, kind, operation_id))
        .values(sealed=sealed, updated_at=micros(now), version=columns.version + 1)
    )
    if not changed.rowcount:
        unit.connection.execute(
            insert(tables.draft).values(
                id=secrets.token_hex(16),
                person_id=person,
                kind=kind,
                operation_id=operation_id,
                version=1,
                sealed=sealed,
                updated_at=micros(now),
            )
        )


def find_draft(unit: ReadUnit, person: str, kind: str, operation_id: str) -> Draft | None:
    """A person's own draft of a kind, or None."""
    row = unit.connection.execute(select(tables.draft).where(_mine(person, kind, operation_id))).one_or_none()
    if row is None:
        return None
    meaning = _draft_meaning(person, kind, operation_id)
    values = json.loads(open_text(_key(unit, operation_id), row.sealed, meaning))
    return Draft(values, moment(row.updated_at), row.version)


def drop_draft(unit: WriteUnit, person: str, kind: str, operation_id: str) -> None:
    """Take a draft away once what it held is on record."""
    unit.connection.execute(delete(tables.draft).where(_mine(person, kind, operation_id)))
