"""Stores on each kind of database. Every test that leaves one as the program made it ends with a full verification."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from covertops.storage.unit_of_work import Store
from covertops.storage.verify_ledger import verify_ledger
from tests.storage.recording import founded, opened


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A founded store; whatever the test did, the ledger must verify afterwards."""
    with founded(database_url) as one:
        yield one
    with opened(database_url) as again:
        report = verify_ledger(again)
        assert report.problems == []


@pytest.fixture
def victim(database_url: str) -> Iterator[Store]:
    """A founded store that the test changes past the program, so that nothing is expected of it afterwards."""
    with founded(database_url) as one:
        yield one
