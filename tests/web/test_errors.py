"""Errors: plain words and a number to quote; no trace, and nothing of what was sent."""

from __future__ import annotations

import re

import pytest

from tests.web.client import PageClient
from tests.web.department import Department

NUMBER = re.compile(r"[0-9a-f]{4}-[0-9a-f]{4}")


@pytest.fixture
def reader(client: PageClient, department: Department) -> PageClient:
    """A browser in which a supervisor is signed in."""
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    return client


@pytest.mark.parametrize("status", [400, 403, 405, 409, 413, 415, 422, 429, 500, 503])
def test_every_error_says_what_happened_and_gives_a_number_that_is_in_the_log(
    reader: PageClient, department: Department, status: int
):
    answer = reader.get(f"/status/{status}")
    assert answer.status_code == status
    (number,) = NUMBER.findall(answer.text)
    assert [line["status"] for line in department.logged("request") if line["number"] == number] == [status]
    told = reader.get(f"/status/{status}", headers={"Accept": "application/json"})
    assert told.get_json()["error"].keys() == {"status", "title", "message", "number"}


def test_a_page_that_is_not_there_has_no_number_and_so_the_same_bytes_each_time(reader: PageClient):
    first, second = reader.get("/nowhere"), reader.get("/nowhere")
    assert first.data == second.data
    assert NUMBER.findall(first.text) == []
    assert reader.get("/api/nowhere").get_json()["error"].keys() == {"status", "title", "message"}


def test_a_bug_shows_nothing_of_itself_and_the_log_says_where_but_not_what(
    reader: PageClient, department: Department, caplog: pytest.LogCaptureFixture
):
    answer = reader.get("/fail/bug?secret=osprey")
    assert answer.status_code == 500
    assert "heron" not in answer.text
    assert "Traceback" not in answer.text
    (line,) = department.logged("error")
    assert line["where"].startswith("ZeroDivisionError at rooms.py:")
    assert line["number"] in answer.text
    assert "heron" not in department.written.getvalue()
    assert "osprey" not in department.written.getvalue()
    assert caplog.records == []  # Flask's own log would quote the address and the message


@pytest.mark.parametrize(
    ("kind", "said"),
    [("full", "The disk is full"), ("busy", "Try again in a minute"), ("failed", "Look at the record")],
)
def test_a_database_that_fails_is_503_and_says_what_became_of_the_act(reader: PageClient, kind: str, said: str):
    answer = reader.get(f"/fail/{kind}")
    assert answer.status_code == 503
    assert said in answer.text
    assert "what was asked for" not in answer.text


def test_a_refusal_in_our_own_words_shows_them(reader: PageClient):
    answer = reader.get("/refuse")
    assert answer.status_code == 409
    assert "Entry 4 was added while you were writing." in answer.text


def test_words_that_a_library_puts_into_an_error_are_not_shown(reader: PageClient):
    answer = reader.get("/status/400")
    assert "browser (or proxy)" not in answer.text


# The log -------------------------------------------------------------------------------------------------------------


def test_the_log_says_who_did_what_from_where_with_which_result(reader: PageClient, department: Department):
    department.written.truncate(0)
    department.written.seek(0)
    reader.get("/chief-only?words=osprey")
    reader.get("/")
    person = next(iter(department.people))
    assert [(one["route"], one["status"], one["person"], one["node"]) for one in department.logged("request")] == [
        ("/chief-only", 404, person, "127.0.0.1"),
        ("/", 200, person, "127.0.0.1"),
    ]
    assert department.logged("request")[0]["time"] == "2026-11-20T15:00:00.000Z"


def test_sign_ins_are_logged_whether_they_succeed_or_fail(client: PageClient, department: Department):
    somebody = department.add("Supervisor 1", "supervisor")
    client.accept_notice()
    client.send("/sign-in", {"name": "Supervisor 1", "password": "a wrong osprey"})
    client.sign_in("Supervisor 1")
    client.send("/", {}, to="/sign-out")
    results = [(line["result"], line["person"]) for line in department.logged("sign_in")]
    assert results == [("wrong", somebody.id), ("signed in", somebody.id)]
    assert [line["person"] for line in department.logged("sign_out")] == [somebody.id]


def test_nothing_that_was_typed_or_that_names_somebody_is_in_the_log(client: PageClient, department: Department):
    department.add("Supervisor 1", "supervisor", sign_in_name="egret")
    client.sign_in("egret", "osprey osprey")
    client.sign_in("egret")
    client.get("/heron/osprey?x=osprey", headers={"User-Agent": "osprey", "Referer": "http://localhost/osprey"})
    client.open("/", method="OSPREY")
    client.get("/fail/osprey")
    client.send("/join", {"name": "osprey", "code": "osprey"})
    written = department.written.getvalue()
    assert written.count("\n") > 8
    for word in ("osprey", "OSPREY", "egret", "heron", "Supervisor", "tidy lamp"):
        assert word not in written
