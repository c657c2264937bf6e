"""The parts of a page: each is drawn on a page of the gallery, which the client reads as a browser does."""

from __future__ import annotations

import pytest

from tests.web.client import PageClient
from tests.web.department import Department
from tests.web.page_check import problems_of

GALLERY = ("operation", "request", "decide", "activity", "consultation", "my-work")


@pytest.fixture
def reader(client: PageClient, department: Department) -> PageClient:
    """A browser in which a supervisor is signed in."""
    department.add("Supervisor 1", "supervisor")
    assert client.sign_in("Supervisor 1").status_code == 303
    return client


@pytest.mark.parametrize("name", GALLERY)
def test_every_part_is_drawn_as_a_page_without_a_fault(reader: PageClient, name: str):
    answer = reader.get(f"/gallery/{name}")
    assert answer.status_code == 200
    assert problems_of(answer.text) == []
