"""The gate: who may ask for what, decided before anything else about a request."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Blueprint

from covertops.web.app import Application, create_app
from covertops.web.security import UndeclaredRoute, audience
from tests.clock import FixedClock
from tests.web.client import PageClient, form_of
from tests.web.department import PASSWORD, SETTINGS, Department, fresh_code

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def token_of(client: PageClient) -> str:
    """A form token of whoever is signed in."""
    return form_of(client.get("/"), "/sign-out").values["csrf_token"]


def test_start_up_fails_when_a_route_names_no_audience(department: Department):
    pages = Blueprint("forgotten", __name__)
    pages.add_url_rule("/forgotten", "page", lambda: "open to everybody")
    with pytest.raises(UndeclaredRoute, match="/forgotten"):
        create_app(SETTINGS, services=department.services(), log=department.log, blueprints=(pages,))


def test_start_up_fails_when_an_address_ends_in_a_slash(department: Department):
    pages = Blueprint("slash", __name__)
    pages.add_url_rule("/slash/", "page", audience("chief")(lambda: "answered by a redirect"))
    with pytest.raises(UndeclaredRoute, match="/slash/"):
        create_app(SETTINGS, services=department.services(), log=department.log, blueprints=(pages,))


def test_an_audience_of_nobody_is_refused():
    with pytest.raises(UndeclaredRoute, match="at least one"):
        audience()


def test_a_route_added_after_start_up_is_closed_to_everybody(app: Application, department: Department):
    department.add("Supervisor 1", "supervisor")
    app.add_url_rule("/late", "late", lambda: "open to everybody")
    client = app.test_client()
    assert isinstance(client, PageClient)
    assert client.get("/late").headers["Location"] == "/sign-in?next=/late"
    client.sign_in("Supervisor 1")
    assert client.get("/late").status_code == 404


OPEN_PATHS = {"/system-use", "/sign-in", "/join", "/set-up", "/healthz"}


def test_signed_out_every_path_and_method_leads_to_sign_in(app: Application, client: PageClient):
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule not in OPEN_PATHS and rule.endpoint != "open_file"]
    paths = {rule.rule.replace("<kind>", "bug").replace("<int:status>", "404") for rule in rules}
    paths |= {
        "/nowhere",
        "/operations/1/../2",
        "/static/draft.js",
        "/static/nowhere.css",
        "/chief-only//act",
        "/chief-only/",
    }
    assert len(paths) > 10
    for path in sorted(paths):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
            answer = client.open(path, method=method)
            assert answer.status_code == 303, (method, path)
            assert answer.headers["Location"].partition("?")[0] == "/sign-in", (method, path)


def test_a_program_that_is_not_signed_in_is_told_so_in_json(client: PageClient):
    for path, headers in (("/api/nowhere", {}), ("/say", {"Accept": "application/json"})):
        answer = client.post(path, headers=headers)
        assert answer.status_code == 401
        assert answer.get_json()["error"]["title"] == "You are not signed in"
        assert answer.headers["WWW-Authenticate"] == "Session"


def test_forbidden_and_unknown_get_the_same_bytes(client: PageClient, department: Department):
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    unknown = client.get("/nowhere")
    assert unknown.status_code == 404
    for method, path in (
        ("GET", "/chief-only"),
        ("POST", "/chief-only"),  # the method is wrong as well
        ("PUT", "/chief-only/act"),
        ("POST", "/chief-only/act"),  # the token is missing as well
        ("POST", "/nowhere"),
        ("GET", "/chief-only/"),
        ("GET", "/static/nowhere.css"),
        ("GET", "/static/../app.py"),
    ):
        answer = client.open(path, method=method, data=b"x" * 2_000_000 if method == "POST" else None)
        assert (answer.status_code, answer.data) == (404, unknown.data), (method, path)
        assert dict(answer.headers) == dict(unknown.headers), (method, path)


def test_an_office_opens_what_is_for_it_and_a_lost_one_closes_it_at_the_next_request(
    client: PageClient, department: Department
):
    chief = department.add("Chief of Police", "chief")
    client.sign_in("Chief of Police")
    assert client.get("/chief-only").text == "for the Chief"
    department.people[chief.id] = type(chief)(chief.id, chief.name, frozenset())
    assert client.get("/chief-only").status_code == 404
    del department.people[chief.id]
    assert client.get("/").headers["Location"] == "/sign-in"


def test_a_wrong_method_on_ones_own_page_is_405(client: PageClient, department: Department):
    department.add("Chief of Police", "chief")
    client.sign_in("Chief of Police")
    answer = client.delete("/chief-only")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert client.options("/chief-only").status_code == 405


# Where a request was sent, and from where ----------------------------------------------------------------------------


def test_whoever_comes_by_this_machines_address_is_led_to_localhost(client: PageClient):
    for host in ("127.0.0.1:8000", "127.0.0.1", "[::1]:8000"):
        answer = client.get("/sign-in?next=/a%20b", headers={"Host": host})
        assert (answer.status_code, answer.headers["Location"]) == (308, "http://localhost/sign-in?next=/a%20b")


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost:81", "localhost.evil.example", "127.0.0.1.evil.example", ""]
)
def test_any_other_host_is_refused(client: PageClient, host: str):
    assert client.get("/sign-in", headers={"Host": host}).status_code == 400


def test_health_answers_under_any_host_with_no_content(client: PageClient):
    answer = client.get("/healthz", headers={"Host": "10.0.0.7"})
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({}, 400),
        ({"Origin": "null"}, 400),
        ({"Origin": "https://evil.example"}, 400),
        ({"Origin": "http://localhost:8000"}, 400),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Sec-Fetch-Site": "none"}, 400),
    ],
)
def test_only_a_page_of_this_system_can_change_something(
    client: PageClient, department: Department, headers: dict[str, str], status: int
):
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    data = {"csrf_token": token_of(client), "words": "seen"}
    assert client.post("/say", data=data, headers=headers).status_code == status


def test_a_form_without_its_token_does_nothing(client: PageClient, department: Department):
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    token = token_of(client)
    for wrong in ({}, {"csrf_token": ""}, {"csrf_token": token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:]}):
        answer = client.post("/say", data={"words": "seen", **wrong}, headers=SAME_ORIGIN)
        assert answer.status_code == 400
        assert "Nothing was done" in answer.text
    answer = client.post("/say", data={"words": "seen"}, headers={**SAME_ORIGIN, "X-CSRFToken": token})
    assert answer.text == "seen"


def test_a_token_from_before_sign_in_is_not_good_after_it(client: PageClient, department: Department):
    department.add("Supervisor 1", "supervisor")
    client.accept_notice()
    before = form_of(client.get("/sign-in")).values["csrf_token"]
    client.send("/sign-in", {"name": "Supervisor 1", "password": PASSWORD, "code": fresh_code()})
    answer = client.post("/say", data={"csrf_token": before, "words": "seen"}, headers=SAME_ORIGIN)
    assert answer.status_code == 400


def test_a_form_token_stays_good_through_a_long_day_of_writing(
    client: PageClient, department: Department, clock: FixedClock
):
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    token = token_of(client)
    for _ in range(10):
        clock.advance(timedelta(minutes=25))
        assert client.get("/").status_code == 200
    with time_machine.travel(timedelta(hours=11)):  # a token carries the machine's own time
        answer = client.post("/say", data={"csrf_token": token, "words": "seen"}, headers=SAME_ORIGIN)
    assert answer.text == "seen"


# What is sent --------------------------------------------------------------------------------------------------------


def test_more_than_a_form_takes_is_413_in_clear_words(client: PageClient, department: Department):
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    headers = {**SAME_ORIGIN, "X-CSRFToken": token_of(client)}
    room = SETTINGS.form_bytes - len("words=")
    assert client.post("/say", data={"words": "x" * room}, headers=headers).status_code == 200
    answer = client.post("/say", data={"words": "x" * (room + 1)}, headers=headers)
    assert answer.status_code == 413
    assert "larger" in answer.text or "too large" in answer.text
    assert "nothing was done" in answer.text


@pytest.mark.parametrize("body", [b"words=\xff\xfe", b"%", b"&&&=", b"\x00" * 100, b"words=" + b"&a=b" * 50_000])
def test_a_body_that_is_no_form_is_refused_and_breaks_nothing(client: PageClient, department: Department, body: bytes):
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    kind = "application/x-www-form-urlencoded"
    assert client.post("/say", data=body, content_type=kind, headers=SAME_ORIGIN).status_code == 400
    headers = {**SAME_ORIGIN, "X-CSRFToken": token_of(client)}
    assert client.post("/say", data=body, content_type=kind, headers=headers).status_code == 200


def test_multipart_is_never_parsed(client: PageClient, department: Department):
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    headers = {**SAME_ORIGIN, "X-CSRFToken": token_of(client)}
    answer = client.post("/say", data={"words": "x"}, content_type="multipart/form-data", headers=headers)
    assert answer.status_code == 415


def test_a_route_that_receives_a_stream_takes_more_than_a_form(client: PageClient, department: Department):
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    headers = {**SAME_ORIGIN, "X-CSRFToken": token_of(client)}
    answer = client.post("/stream", data=b"x" * 3_000_000, content_type="application/octet-stream", headers=headers)
    assert answer.text == "3000000"
    assert client.post("/stream", data=b"x", content_type="application/octet-stream").status_code == 400
