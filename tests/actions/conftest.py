"""A town on each kind of database, checked as a whole after every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.playing import Town, found_town


@pytest.fixture
def town(database_url: str, tmp_path: Path) -> Iterator[Town]:
    """A founded department; its whole record is checked when the test is over."""
    made = found_town(database_url, tmp_path)
    yield made
    made.check()
    made.house.store.close()
