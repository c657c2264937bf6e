"""What the ledger's tests share: the judge that others wrote."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.judges.golang import GoJudge, go_judge


@pytest.fixture(scope="session")
def go(pytestconfig: pytest.Config) -> Iterator[GoJudge]:
    """Go's note, tlog and jsontext."""
    assert pytestconfig.cache is not None
    with go_judge(pytestconfig.cache.mkdir("go-judge")) as judge:
        yield judge
