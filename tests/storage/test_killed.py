"""A writer that is killed at any moment loses nothing it acknowledged and leaves nothing half done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from covertops.storage.ledger_read import read_stream
from covertops.storage.unit_of_work import Store
from covertops.storage.verify_ledger import verify_ledger
from tests.storage.recording import OPERATION, draft, record

WRITE_ON = """
import sys
from tests.storage.recording import OPERATION, draft, opened, record
with opened(sys.argv[1]) as store:
    while True:
        entry = record(store, draft(), draft("access")).entries[0]
        sys.stdout.write(f"{entry.number}\\n")
        sys.stdout.flush()
"""


@pytest.mark.parametrize("acknowledged", [1, 7, 20])
def test_what_was_acknowledged_before_a_kill_is_there_and_the_next_append_continues(
    store: Store, database_url: str, acknowledged: int
):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_ON, database_url],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    with writer:
        assert writer.stdout is not None
        said = [int(writer.stdout.readline()) for _ in range(acknowledged)]
        writer.kill()
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
    with store.read() as unit:
        numbers = [entry.number for entry in read_stream(unit, OPERATION)]
    assert numbers[: len(said)] == said
    assert len(numbers) - len(said) in (0, 1)  # one may have been committed and not acknowledged
    assert verify_ledger(store).problems == []
    assert record(store, draft()).entries[0].number == len(numbers) + 1
