"""View rows for the tests of views and queries, as a fold would hand them over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from covertops.domain.vocabulary import Office, Stage
from covertops.storage.times import micros
from tests.clock import A_MORNING

Rows = dict[str, list[dict[str, Any]]]
NOW = micros(A_MORNING)


def rows_of(
    operation: str,
    members: Iterable[tuple[str, str]] = (("officer-1", "officer"), ("sergeant-1", "supervisor")),
    *,
    reference: str = "2026-0001",
    stage: Stage = Stage.ACTIVE,
    matter: str = "a matter",
    updated_at: int = NOW,
) -> Rows:
    """Every row of an operation with one task for its supervisor, one for the Chief, a package and a lookup."""
    task = {"operation_id": operation, "entry": 0, "decision": "hold-review", "since": NOW, "until": None}
    return {
        "operation_view": [
            {
                "id": operation,
                "reference": reference,
                "stage": stage.value,
                "case_digest": None,
                "sealed": {"matter": matter, "case": None},
                "last_number": 1,
                "last_hash": "ab" * 32,
                "updated_at": updated_at,
                "lapse_at": NOW + 1,
            }
        ],
        "membership_view": [{"operation_id": operation, "person_id": person, "role": role} for person, role in members],
        "task_view": [
            task | {"code": "review", "person_id": "sergeant-1", "office": ""},
            task | {"code": "decide", "person_id": "", "office": Office.CHIEF.value},
        ],
        "package_view": [
            {
                "id": operation + "00000001",
                "operation_id": operation,
                "reference": f"EXP-{reference}",
                "state": "released",
                "recipient": "attorney-1",
                "prepared_at": NOW,
                "released_at": NOW,
            }
        ],
        "lookup_view": [{"kind": "handle", "digest": "cd" * 32, "operation_id": operation}],
    }
