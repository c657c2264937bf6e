"""The security headers: on every answer, once, with their exact values, whatever the application itself sends."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from covertops.web.headers import FILE_POLICY, SecurityHeaders
from tests.web.client import EXACT_HEADERS, PageClient, check_headers
from tests.web.department import Department


@pytest.fixture
def reader(client: PageClient, department: Department) -> PageClient:
    """A browser in which a supervisor is signed in."""
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    return client


def test_a_view_cannot_loosen_the_policy_or_be_cached(reader: PageClient):
    answer = reader.get("/loose")
    assert answer.headers.getlist("Content-Security-Policy") == [EXACT_HEADERS["Content-Security-Policy"]]
    assert reader.get("/static/look.css").headers.getlist("Cache-Control") == ["no-store"]


def test_a_stored_file_can_be_sandboxed(reader: PageClient):
    assert reader.get("/file").headers.getlist("Content-Security-Policy") == [FILE_POLICY]
    assert "sandbox" in FILE_POLICY


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/fail/bug", "/fail/full", "/static/look.css", "/healthz", "/sign-in"]
)
def test_every_answer_carries_them(reader: PageClient, path: str):
    check_headers(reader.get(path))


def test_they_stand_outside_the_application_so_that_whatever_it_sends_has_them():
    def careless(environ, start_response):
        headers = [("Content-Type", "text/plain"), ("cache-control", "public"), ("Expires", "tomorrow")]
        start_response("500 Broken", [*headers, ("X-Frame-Options", "ALLOWALL")])
        return [b"broken"]

    answer = Client(SecurityHeaders(careless)).get("/")
    assert answer.status_code == 500
    check_headers(answer)
    assert "Expires" not in answer.headers
