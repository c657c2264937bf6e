"""The pages before sign-in: the notice, the set-up, the invitation, and that none of them says what is kept here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from covertops.storage import sign_in_store as rows
from covertops.web.app import Application
from covertops.web.entry import checked, statements
from covertops.web.static_files import FOLDER, OPEN_FILES
from tests.web.client import PageClient
from tests.web.department import NAME, PASSWORD, TOKEN, Department, Somebody, fresh_code

REVEALING = ("covert", "undercover", "operation", "investigat", "policy 2.8", "evidence")
INVITATION = "H7KQ-2MXP"


def test_the_notice_makes_its_four_statements(client: PageClient):
    words = client.get("/system-use").text
    assert len(statements(NAME)) == 4
    for statement in statements(NAME):
        assert statement in words
    # CJIS Security Policy 6.0, AC-8 a: what the four must say.
    for said in (
        "Example Police Department",
        "monitored, recorded and audited",
        "criminal and civil penalties",
        "consent",
    ):
        assert said in words


@pytest.mark.parametrize("dropped", range(4))
def test_a_notice_without_one_of_its_statements_is_refused(dropped: int):
    notice = statements(NAME)
    del notice[dropped]
    with pytest.raises(ValueError, match="does not say"):
        checked(notice)


@pytest.mark.parametrize("path", ["/sign-in", "/join"])
def test_nothing_goes_on_before_the_notice_is_accepted(client: PageClient, path: str):
    assert client.get(path).headers["Location"] == f"/system-use?next={path}"
    assert client.send(f"/system-use?next={path}").headers["Location"] == path
    assert "You accepted the system-use notice at 09:00." in client.get(path).text


def test_the_notice_holds_for_one_browser_and_one_session_of_it(client: PageClient, app: Application):
    client.accept_notice()
    cookie = client.get_cookie("__Host-form")
    assert cookie is not None
    assert cookie.expires is None
    other = app.test_client()
    assert other.get("/sign-in").headers["Location"].startswith("/system-use")


def test_a_forged_acceptance_is_no_acceptance(client: PageClient):
    client.set_cookie("__Host-form", "eyJub3RpY2UiOjF9.aAAAAA.forged-signature")
    assert client.get("/sign-in").status_code == 303


def test_where_one_wanted_to_go_survives_notice_and_sign_in(client: PageClient, department: Department):
    department.add("Chief of Police", "chief")
    to_sign_in = client.get("/chief-only").headers["Location"]
    to_notice = client.get(to_sign_in).headers["Location"]
    back = client.send(to_notice).headers["Location"]
    answer = client.send(back, {"name": "Chief of Police", "password": PASSWORD})
    assert answer.headers["Location"] == "/chief-only"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/%0d%0aX: y\r\nX: y", "javascript:alert(1)", "x"],
)
def test_nobody_is_led_elsewhere_after_signing_in(client: PageClient, department: Department, elsewhere: str):
    department.add("Supervisor 1", "supervisor")
    client.accept_notice()
    answer = client.send(
        "/sign-in", {"name": "Supervisor 1", "password": PASSWORD, "code": fresh_code(), "next": elsewhere}
    )
    assert answer.headers["Location"] == "/"
    again = client.get("/sign-in", query_string={"next": elsewhere})
    assert again.headers["Location"] == "/"


def test_before_sign_in_nothing_says_what_is_kept_here(client: PageClient, department: Department, app: Application):
    department.add("Supervisor 1", "supervisor")
    answers = [
        client.get("/system-use"),
        client.post("/system-use"),
        client.get("/operations/1"),
        client.post("/api/x"),
    ]
    client.accept_notice()
    answers += [
        client.get(path) for path in ("/sign-in", "/join", "/healthz", *(f"/static/{one}" for one in OPEN_FILES))
    ]
    answers += [client.send("/sign-in", {"name": "Supervisor 1", "password": "wrong"}), client.put("/sign-in")]
    answers += [client.send("/join", {"name": "", "code": ""}), client.get("/x", headers={"Host": "evil.example"})]
    assert {answer.status_code for answer in answers} == {200, 204, 303, 400, 401, 405, 422}
    for answer in answers:
        seen = f"{answer.headers} {answer.text}".lower().replace("/operations/1", "")
        assert [word for word in REVEALING if word in seen] == [], answer.request.path


def test_every_file_of_the_pages_is_served_to_people_and_only_the_open_ones_to_strangers(
    client: PageClient, department: Department
):
    names = {file.name for file in FOLDER.iterdir()} | {"bootstrap.min.css"}
    assert names > OPEN_FILES
    strangers = {name for name in names if client.get(f"/static/{name}").status_code == 200}
    assert strangers == OPEN_FILES
    department.add("Supervisor 1", "supervisor")
    client.sign_in("Supervisor 1")
    types = {name: client.get(f"/static/{name}").mimetype for name in names}
    assert set(types.values()) == {"text/css", "text/javascript", "image/svg+xml"}


# Set-up --------------------------------------------------------------------------------------------------------------

FIRST: dict[str, Any] = {
    "token": TOKEN,
    "department": " Sample Police Department ",
    "chief_name": "Chief of Police",
    "chief_sign_in": "first.chief",
    "chief_password": "nine green herons wading",
    "chief_again": "nine green herons wading",
    "administrator_name": "Administrator",
    "administrator_sign_in": "first.admin",
    "administrator_password": "seven loud copper kettles",
    "administrator_again": "seven loud copper kettles",
}


@pytest.fixture
def fresh(client: PageClient, department: Department) -> PageClient:
    """A browser at an installation with nobody in it, past the notice."""
    department.first_minute.pending = True
    client.accept_notice()
    return client


def test_until_somebody_is_set_up_every_page_is_the_set_up(fresh: PageClient):
    for path in ("/sign-in", "/join"):
        assert fresh.get(path).headers["Location"] == "/set-up"
    assert fresh.get("/healthz").status_code == 204


def test_set_up_makes_two_people_whose_passwords_are_kept_as_argon2id(
    dear_passwords: None, fresh: PageClient, department: Department
):
    answer = fresh.send("/set-up", FIRST)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    people = department.first_minute.people
    assert people is not None
    assert people.department == "Sample Police Department"
    assert (people.chief.name, people.chief.sign_in_name) == ("Chief of Police", "first.chief")
    assert (people.administrator.name, people.administrator.sign_in_name) == ("Administrator", "first.admin")
    for account in (people.chief, people.administrator):
        assert account.password_phc.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert "herons" not in repr(people)


def test_set_up_is_done_once_and_then_leads_to_sign_in(fresh: PageClient):
    fresh.send("/set-up", FIRST)
    assert fresh.get("/set-up").headers["Location"].startswith("/sign-in")
    answer = fresh.post("/set-up", data=FIRST, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400  # its token is missing; nothing is set up again
    assert fresh.get("/sign-in").status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"token": "another"}, "This token is not right"),
        ({"token": ""}, "Fill this in."),
        ({"department": "  "}, "Fill this in."),
        ({"chief_name": "x" * 101}, "100 characters or fewer"),
        ({"chief_name": "two\u202eways"}, "letters, digits and punctuation"),
        ({"administrator_sign_in": " FIRST.chief "}, "two people: use two names"),
        ({"chief_password": "short", "chief_again": "short"}, "at least 8"),
        ({"chief_again": "nine green herons"}, "The two are not the same."),
        ({"chief_password": "SamplePolice1", "chief_again": "SamplePolice1"}, "names of the department"),
        (
            {"administrator_password": FIRST["chief_password"], "administrator_again": FIRST["chief_password"]},
            "two passwords",
        ),
    ],
)
def test_a_refused_set_up_sets_nothing_up_and_puts_back_what_was_typed(
    fresh: PageClient, department: Department, changed: dict[str, str], said: str
):
    sent = FIRST | changed
    answer = fresh.send("/set-up", sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert answer.text.count("<title>Error: Set up") == 1
    assert department.first_minute.people is None
    if changed.keys() != {"department"}:
        assert f'value="{FIRST["department"]}"' in answer.text
    assert "herons" not in answer.text


def test_the_token_is_looked_at_before_anything_else_and_a_node_that_guesses_has_to_wait(
    fresh: PageClient, department: Department
):
    for _ in range(rows.NODE_ATTEMPTS):
        answer = fresh.send("/set-up", FIRST | {"token": "a guess", "chief_password": "short"})
        assert "This token is not right" in answer.text
        assert "at least 8" not in answer.text  # nothing else was looked at
    assert "Wait 15 minutes" in fresh.send("/set-up", FIRST).text
    assert department.first_minute.people is None
    department.clock.advance(timedelta(minutes=15))
    assert fresh.send("/set-up", FIRST).status_code == 303


# Joining -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def invited(department: Department) -> Somebody:
    """Somebody with an account, a one-time code for a week, and no password."""
    somebody = department.add("Investigator 1", "investigator", password=None)
    with department.store.write() as unit:
        expires = department.clock() + timedelta(days=7)
        rows.invite(unit, somebody.id, department.digests.invitation(INVITATION), expires)
    return somebody


JOIN = {"name": "investigator 1", "code": "h7kq 2mxp", "password": PASSWORD, "again": PASSWORD}


def test_an_invited_person_chooses_a_password_and_signs_in_with_it(
    client: PageClient, department: Department, invited: Somebody
):
    client.accept_notice()
    assert client.send("/join", JOIN).headers["Location"] == "/sign-in"
    assert "Your password is set. Sign in with it." in client.get("/sign-in").text
    assert client.sign_in("Investigator 1").status_code == 303
    assert department.access.lines == [("joined", invited.id), ("opened", invited.id)]


def test_an_invitation_works_once(client: PageClient, invited: Somebody):
    client.accept_notice()
    assert client.send("/join", JOIN).status_code == 303
    other = JOIN | {"password": "nine green herons wading", "again": "nine green herons wading"}
    assert client.send("/join", other).status_code == 422
    assert client.send("/sign-in", {"name": "Investigator 1", "password": PASSWORD}).status_code == 303


def test_an_invitation_runs_out(client: PageClient, department: Department, invited: Somebody):
    department.clock.advance(timedelta(days=7))
    client.accept_notice()
    assert client.send("/join", JOIN).status_code == 422


@pytest.mark.parametrize("changed", [{"name": "Investigator 2"}, {"code": "H7KQ-2MXQ"}])
def test_a_wrong_code_or_name_is_refused_in_the_same_words_and_counts(
    client: PageClient, invited: Somebody, changed: dict[str, str]
):
    client.accept_notice()
    answers = [client.send("/join", JOIN | changed) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "Name and code do not fit together, or the code has run out." in answers[0].text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "short", "again": "short"}, "at least 8"),
        ({"password": "Example2026!!", "again": "Example2026!!"}, "names of the department"),
        ({"again": PASSWORD + " "}, "The two are not the same."),
        ({"code": " "}, "Fill this in."),
    ],
)
def test_a_password_that_is_refused_uses_nothing_up(
    client: PageClient, invited: Somebody, changed: dict[str, str], said: str
):
    client.accept_notice()
    for _ in range(6):
        answer = client.send("/join", JOIN | changed)
        assert answer.status_code == 422
        assert said in answer.text
    assert client.send("/join", JOIN).status_code == 303


def test_nobody_signs_in_before_they_joined(client: PageClient, invited: Somebody):
    assert client.sign_in("Investigator 1", "").status_code == 422


def test_a_closed_account_cannot_be_joined(client: PageClient, department: Department, invited: Somebody):
    with department.store.write() as unit:
        rows.disable_account(unit, invited.id, department.clock())
    client.accept_notice()
    assert client.send("/join", JOIN).status_code == 422
