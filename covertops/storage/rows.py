"""The rows derived from a folded operation: all that its views hold, and nothing that is not in its entries."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from covertops.domain.decisions.activation import next_lapse
from covertops.domain.membership import consulted, members
from covertops.domain.operation import Operation
from covertops.domain.policy import Policy
from covertops.domain.turns import Task, tasks
from covertops.domain.vocabulary import Stage
from covertops.storage.times import micros

Rows = dict[str, list[dict[str, Any]]]
DEAD = (Stage.REFUSED, Stage.WITHDRAWN, Stage.ENDED)


def lookup_digest(key: bytes, kind: str, text: str) -> str:
    """The keyed digest by which the conflict check finds a text without storing it (HMAC-SHA256, normalization 1)."""
    return hmac.digest(key, f"covertops/lookup/1|{kind}|{text}".encode(), "sha256").hex()


def rows_of(operation: Operation, rules: Policy, zone: ZoneInfo, lookup_key: bytes) -> Rows:
    """Every view row of an operation by table, sealed columns as JSON (`views` seals them)."""
    lookups = () if operation.stage in DEAD else sorted(operation.lookups)
    return {
        "operation_view": [_operation(operation)],
        "membership_view": [
            {"operation_id": operation.id, "person_id": person, "role": role}
            for person, role in sorted(members(operation) | consulted(operation))
        ],
        "task_view": [_task(operation, one) for one in tasks(operation, rules, zone)],
        "package_view": [
            {
                "id": f"{operation.id}{export.prepared.number:08x}",
                "operation_id": operation.id,
                "reference": export.reference,
                "state": "received" if export.received else "released" if export.released else "prepared",
                "recipient": export.recipient if export.released else None,
                "prepared_at": micros(export.prepared_at),
                "released_at": _micros(export.released_at),
            }
            for export in operation.exports
        ],
        "lookup_view": [
            {"kind": kind, "digest": lookup_digest(lookup_key, kind, text), "operation_id": operation.id}
            for kind, text in lookups
        ],
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "id": operation.id,
        "reference": operation.reference,
        "stage": operation.stage.value,
        "case_digest": None,
        "sealed": {"matter": operation.matter, "case": operation.case_number, "urgent": operation.urgent},
        "last_number": operation.last_number,
        "last_hash": operation.last_hash,
        "updated_at": _micros(operation.last_at),
        "lapse_at": _micros(next_lapse(operation)),
    }


def _task(operation: Operation, one: Task) -> dict[str, Any]:
    return {
        "operation_id": operation.id,
        "code": one.code,
        "person_id": one.person or "",
        "office": one.office.value if one.office else "",
        "entry": one.entry,
        "decision": one.decision,
        "since": micros(one.since),
        "until": _micros(one.until),
    }


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)
