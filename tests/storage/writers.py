"""A writer in a process of its own, for the tests in which several write at once."""

from __future__ import annotations

from tests.clock import A_MORNING
from tests.storage.recording import OPERATION, draft, opened, record


def write_some(url: str, writer: int, how_many: int) -> None:
    """Record entries of one shared stream and of the writer's own, one append each."""
    with opened(url) as store:
        for turn in range(how_many):
            own = f"{writer:02x}" * 16
            values = [("writer", writer, "operation"), ("turn", turn, "operation")]
            record(store, draft(OPERATION, values=values), draft(own, values=values), at=A_MORNING)
