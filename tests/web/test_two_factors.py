"""Both factors at sign-in and again before an act, and what happens to a form that came too late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from covertops.storage import sign_in_store as rows
from covertops.web.app import Application
from covertops.web.identity import Outcome, identity
from tests.web.client import PageClient, form_of
from tests.web.department import PASSWORD, WRONG_CODE, Department, Somebody, fresh_code

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def supervisor(department: Department) -> Somebody:
    """Supervisor 1, who has an account."""
    return department.add("Supervisor 1", "supervisor")


def is_in(client: PageClient) -> bool:
    """Whether the first page opens."""
    return client.get("/").status_code == 200


# Two factors ---------------------------------------------------------------------------------------------------------


def test_name_password_and_code_sign_in_and_the_code_is_good_once(client: PageClient, supervisor: Somebody):
    assert client.sign_in("Supervisor 1", code="123456").status_code == 303
    assert is_in(client)
    client.send("/", {}, to="/sign-out")
    assert client.sign_in("Supervisor 1", code="123456").status_code == 422


def test_a_wrong_code_counts_as_a_wrong_attempt(client: PageClient, department: Department, supervisor: Somebody):
    client.accept_notice()
    values = {"name": "Supervisor 1", "password": PASSWORD, "code": WRONG_CODE}
    statuses = [client.send("/sign-in", values).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert department.access.lines == [("locked", supervisor.id)]
    assert [line["person"] for line in department.logged("locked")] == [supervisor.id]


def test_with_only_the_password_no_page_opens_but_the_one_that_asks_for_the_second(
    app: Application, client: PageClient, department: Department, supervisor: Somebody
):
    assert client.sign_in("Supervisor 1", code="").status_code == 303
    open_without = {"/system-use", "/sign-in", "/join", "/set-up", "/healthz", "/second-factor"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "open_file"]
    values = {"kind": "bug", "status": 404, "filename": "draft.js"}
    with app.test_request_context(headers={"Host": "localhost"}):
        build = app.create_url_adapter(None) or app.url_map.bind("localhost")
        paths = {
            build.build(rule.endpoint, {one: values.get(one, "1") for one in rule.arguments})
            for rule in rules
            if "GET" in (rule.methods or ())
        }
    paths |= {"/nowhere", "/operations", "/static/draft.js"}
    assert len(paths) > 15
    for path in sorted(one.removeprefix("http://localhost") for one in paths):
        seen = client.get(path)
        if path in open_without:
            continue
        # Who has a factor is led to give it, from the pages that set one up too.
        assert (seen.status_code, seen.headers["Location"]) == (303, "/second-factor"), path
    assert client.get("/second-factor").status_code == 200
    assert department.access.lines == []


def test_the_second_factor_gives_a_new_id_and_opens_the_pages(
    client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1", code="")
    half = client.own_cookie()
    assert client.send("/second-factor", {"code": WRONG_CODE}).status_code == 422
    assert not is_in(client)
    assert client.send("/second-factor", {"code": "123456"}).headers["Location"] == "/"
    assert client.own_cookie() != half
    assert is_in(client)
    assert department.access.lines == [("opened", supervisor.id)]
    assert half is not None
    client.set_cookie("__Host-session", half)
    assert not is_in(client)


def test_a_password_alone_sets_up_nothing_for_somebody_who_has_a_factor(
    app: Application, client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1", code="")
    cookie = {"Cookie": f"__Host-session={client.own_cookie()}", "Host": "localhost"}
    with app.test_request_context(headers=cookie):
        assert identity().enrol(lambda *_: True) is Outcome.WRONG
    department.codes.missing.add(supervisor.id)
    with app.test_request_context(headers=cookie):
        assert identity().enrol(lambda *_: True) is Outcome.SIGNED_IN


def test_a_passkey_in_the_place_of_a_code_opens_the_pages_and_a_wrong_one_counts(
    client: PageClient, supervisor: Somebody
):
    client.sign_in("Supervisor 1", code="")
    token = form_of(client.get("/second-factor")).values["csrf_token"]
    headers = {"Sec-Fetch-Site": "same-origin", "X-CSRFToken": token}
    assert client.post("/passkey", data={"right": "no"}, headers=headers).text == "wrong"
    assert not is_in(client)
    assert client.post("/passkey", data={"right": "yes"}, headers=headers).text == "signed in"
    assert is_in(client)


def test_abandoned_sign_ins_count_until_the_second_factor_came(client: PageClient, supervisor: Somebody):
    client.accept_notice()
    values = {"name": "Supervisor 1", "password": PASSWORD}
    statuses = [client.send("/sign-in", values).status_code for _ in range(6)]
    assert statuses == [303] * 5 + [429]


def test_a_passkey_alone_signs_in_where_a_stranger_locked_another_computer(
    app: Application, client: PageClient, department: Department, supervisor: Somebody
):
    client.accept_notice()
    for _ in range(6):
        client.send("/sign-in", {"name": "Supervisor 1", "password": "wrong"})

    def entered(node: str, *, right: bool) -> Outcome:
        with app.test_request_context(headers={"Host": "localhost"}, environ_base={"REMOTE_ADDR": node}):
            return identity().enter(supervisor.id, lambda _: right)

    assert entered("127.0.0.1", right=True) is Outcome.LOCKED
    assert entered("10.0.0.9", right=False) is Outcome.WRONG
    assert entered("10.0.0.9", right=True) is Outcome.SIGNED_IN
    assert department.access.lines == [("locked", supervisor.id), ("opened", supervisor.id)]


def test_a_node_that_tries_many_names_waits_and_another_does_not(
    app: Application, client: PageClient, department: Department, supervisor: Somebody
):
    with app.test_request_context(headers={"Host": "localhost"}, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        assert [identity().may_try_here() for _ in range(rows.NODE_ATTEMPTS + 1)] == [True] * 30 + [False]
    assert client.sign_in("Supervisor 1").status_code == 429
    elsewhere = app.test_client()
    assert isinstance(elsewhere, PageClient)
    elsewhere.environ_base["REMOTE_ADDR"] = "10.0.0.9"
    assert elsewhere.sign_in("Supervisor 1").status_code == 303
    department.clock.advance(timedelta(minutes=15))
    assert client.sign_in("Supervisor 1").status_code == 303  # time releases a node, and only an account stays locked


# Step-up -------------------------------------------------------------------------------------------------------------


def test_what_asks_for_both_factors_within_ten_minutes_asks_again_after_them(
    client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1")
    department.clock.advance(timedelta(minutes=10))
    assert client.get("/key").text == "a key"
    department.clock.advance(timedelta(seconds=1))
    assert client.get("/key").headers["Location"] == "/again?next=/key"
    before = client.own_cookie()
    for wrong in ({"password": "wrong", "code": "123456"}, {"password": PASSWORD, "code": WRONG_CODE}):
        assert client.send("/again?next=/key", wrong).status_code == 422
    assert client.own_cookie() == before
    answer = client.send("/again?next=/key", {"password": PASSWORD, "code": "654321"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/key")
    assert client.own_cookie() != before
    assert client.get("/key").text == "a key"


def test_the_code_asked_for_again_is_not_guessed_by_whoever_knows_the_password(
    client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1")
    department.clock.advance(timedelta(minutes=11))
    wrong = {"password": PASSWORD, "code": WRONG_CODE}
    assert [client.send("/again?next=/key", wrong).status_code for _ in range(6)] == [422] * 5 + [429]
    assert client.send("/again?next=/key", {"password": PASSWORD, "code": "654321"}).status_code == 429
    assert client.get("/key").headers["Location"] == "/again?next=/key"
    assert ("locked", supervisor.id) in department.access.lines


def test_an_act_sent_after_the_ten_minutes_comes_back_after_step_up(
    client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1")
    token = form_of(client.get("/"), "/sign-out").values["csrf_token"]
    department.clock.advance(timedelta(minutes=11))
    sent = {"csrf_token": token, "words": "nine herons", "password": PASSWORD}
    asked = client.post("/key", data=sent, headers=SAME_ORIGIN)
    assert asked.status_code == 401
    assert "herons" not in asked.text
    held = form_of(asked, "/again")
    answer = client.post("/again", data={**held.values, "password": PASSWORD, "code": "654321"}, headers=SAME_ORIGIN)
    again = form_of(answer, "/key")
    assert again.values["words"] == "nine herons"
    assert "password" not in again.values
    assert client.post("/key", data=again.values, headers=SAME_ORIGIN).text == "nine herons"


# A form that came too late --------------------------------------------------------------------------------------------


def sent_too_late(client: PageClient, token: str, words: str = "nine herons") -> TestResponse:
    """Send a form with a token of the session that ended."""
    return client.post("/say", data={"csrf_token": token, "words": words}, headers=SAME_ORIGIN)


@pytest.mark.parametrize("how", ["idle", "ended", "signed out in another tab"])
def test_a_form_sent_after_the_session_ended_comes_back_after_signing_in(
    client: PageClient, department: Department, supervisor: Somebody, how: str
):
    client.sign_in("Supervisor 1")
    token = form_of(client.get("/"), "/sign-out").values["csrf_token"]
    if how == "idle":
        department.clock.advance(timedelta(minutes=31))
    elif how == "ended":
        with department.store.write() as unit:
            rows.end_sessions_of(unit, supervisor.id, department.clock())
    else:
        client.send("/", {}, to="/sign-out")
    asked = sent_too_late(client, token)
    assert asked.status_code == 401
    assert "what you typed comes back" in asked.text
    assert "herons" not in asked.text  # nobody is signed in at this screen
    held = form_of(asked, "/sign-in").values
    wrong = client.post("/sign-in", data={**held, "name": "Supervisor 1", "password": "x"}, headers=SAME_ORIGIN)
    assert form_of(wrong, "/sign-in").values["held"] == held["held"]
    right = {**form_of(wrong, "/sign-in").values, "name": "Supervisor 1", "password": PASSWORD}
    back = client.post("/sign-in", data={**right, "code": fresh_code()}, headers=SAME_ORIGIN)
    again = form_of(back, "/say").values
    assert client.post("/say", data=again, headers=SAME_ORIGIN).text == "nine herons"


def test_a_form_that_came_too_late_is_nobody_elses(client: PageClient, department: Department, supervisor: Somebody):
    department.add("Investigator 1", "investigator")
    client.sign_in("Supervisor 1")
    token = form_of(client.get("/"), "/sign-out").values["csrf_token"]
    client.send("/", {}, to="/sign-out")
    held = form_of(sent_too_late(client, token), "/sign-in").values
    values = {"name": "Investigator 1", "password": PASSWORD, "code": fresh_code()}
    answer = client.post("/sign-in", data={**held, **values}, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    client.send("/", {}, to="/sign-out")
    altered = held | {
        "held": held["held"][:-8] + "AAAAAAA=",
        "csrf_token": form_of(client.get("/sign-in")).values["csrf_token"],
    }
    values = {"name": "Supervisor 1", "password": PASSWORD, "code": fresh_code()}
    assert client.post("/sign-in", data={**altered, **values}, headers=SAME_ORIGIN).status_code == 303


def test_what_another_site_sends_is_never_carried_along(client: PageClient, supervisor: Somebody):
    client.sign_in("Supervisor 1")
    client.send("/", {}, to="/sign-out")
    answer = client.post("/say", data={"words": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


def test_a_form_of_an_earlier_session_is_given_back_with_a_token_of_this_one(client: PageClient, supervisor: Somebody):
    client.sign_in("Supervisor 1")
    token = form_of(client.get("/"), "/sign-out").values["csrf_token"]
    client.send("/", {}, to="/sign-out")
    client.sign_in("Supervisor 1")  # in another tab
    answer = sent_too_late(client, token)
    assert answer.status_code == 400
    again = form_of(answer, "/say").values
    assert again["csrf_token"] != token
    assert client.post("/say", data=again, headers=SAME_ORIGIN).text == "nine herons"
