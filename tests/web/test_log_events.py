"""The events of CJIS AU-2 in the application log: each is made here, succeeding and failing, and its line is found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.web.client import PageClient, form_of
from tests.web.department import PASSWORD
from tests.web.town_pages import TownPages

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
Made = Callable[[TownPages], object]


def _door(pages: TownPages) -> PageClient:
    made = pages.app.test_client()
    assert isinstance(made, PageClient)
    return made


def _wrong(times: int) -> Made:
    def make(pages: TownPages) -> None:
        client = _door(pages)
        for _ in range(times):
            client.sign_in("chief", "an osprey", code="")

    return make


def _people(name: str, values: dict[str, str], person: str = "administrator", about: str = "investigator-1") -> Made:
    def make(pages: TownPages) -> None:
        given = {"person": pages.town.people[about], "password": PASSWORD, **values}
        pages.browser(person).send(f"/people/{name}", given)

    return make


def _sign_in_and_out(pages: TownPages) -> None:
    client = _door(pages)
    client.first_sign_in("chief")
    client.send("/", {}, to="/sign-out")


def _end_another(pages: TownPages) -> None:
    pages.browser("chief")
    here = pages.browser("chief")
    (handle,) = re.findall(r"/sign-ins/([0-9a-f]+)/end", here.get("/sign-ins").text)
    here.send("/sign-ins", {}, to=f"/sign-ins/{handle}/end")


def _download_nothing(pages: TownPages) -> None:
    client = pages.browser("prosecutor")
    token = form_of(client.get("/sign-ins"), "/sign-ins/recovery-codes").values["csrf_token"]
    path = f"/packages/{'0' * 32}00000001/download"
    client.post(path, data={"csrf_token": token}, headers=SAME_ORIGIN)


def _get(path: str, person: str) -> Made:
    return lambda pages: pages.browser(person).get(path)


EVENTS: dict[str, tuple[Made, dict[str, Any]]] = {
    "signed in": (_sign_in_and_out, {"event": "enrol", "result": "signed in"}),
    "password right, code to come": (_sign_in_and_out, {"event": "sign_in", "result": "password given"}),
    "signed out": (_sign_in_and_out, {"event": "sign_out"}),
    "wrong password": (_wrong(1), {"event": "sign_in", "result": "wrong"}),
    "account locked": (_wrong(5), {"event": "locked"}),
    "refused while locked": (_wrong(6), {"event": "sign_in", "result": "locked"}),
    "account released": (
        _people("release-account", {}),
        {"what": "account or office", "act": "release-account", "result": "done"},
    ),
    "act on an account refused": (
        _people("release-account", {"password": "an osprey"}),
        {"what": "account or office", "act": "release-account", "result": "refused"},
    ),
    "account closed": (
        _people("close-account", {"reason": "Left."}),
        {"what": "account or office", "act": "close-account", "result": "done"},
    ),
    "office ended": (
        _people("end-office", {"held": "investigator", "reason": "Moved."}, person="chief"),
        {"what": "account or office", "act": "end-office"},
    ),
    "another session ended": (_end_another, {"event": "session_ended"}),
    "permission refused": (_get("/people", "investigator-1"), {"route": "/people", "result": "not permitted"}),
    "viewing": (_get("/operations", "chief"), {"what": "viewing", "result": "done"}),
    "viewing refused": (_get(f"/operations/{'0' * 32}", "chief"), {"what": "viewing", "result": "not permitted"}),
    "export refused": (_download_nothing, {"what": "export", "result": "not permitted"}),
    "credential made": (
        lambda pages: pages.browser("chief").send("/sign-ins", {}, to="/sign-ins/recovery-codes"),
        {"what": "credential", "result": "done"},
    ),
}


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_leaves_a_line_that_says_who_when_where_from_what_and_result(pages: TownPages, event: str):
    make, expected = EVENTS[event]
    make(pages)
    lines = [json.loads(line) for line in pages.log.getvalue().splitlines()]
    found = [line for line in lines if expected.items() <= line.items()]
    assert found, lines
    for line in found:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])  # finer than 1/100 s
        assert re.fullmatch(r"[0-9a-f]{4}-[0-9a-f]{4}", line["number"])
        assert line["node"] == "127.0.0.1"
        assert "person" in line
    assert "osprey" not in pages.log.getvalue()
    assert PASSWORD not in pages.log.getvalue()
