"""Sign-in, sessions and sign-out, through the pages."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from covertops.storage import sign_in_store as rows
from covertops.storage.tables import session, throttle
from covertops.web.app import Application
from covertops.web.identity import Outcome, identity
from covertops.web.passwords import Passwords
from tests.web.client import PageClient
from tests.web.department import PASSWORD, Department, Somebody

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def supervisor(department: Department) -> Somebody:
    """Supervisor 1, who has an account."""
    return department.add("Supervisor 1", "supervisor")


def is_in(client: PageClient) -> bool:
    """Whether the first page opens."""
    return client.get("/").status_code == 200


def test_the_right_name_and_password_sign_in(client: PageClient, department: Department, supervisor: Somebody):
    answer = client.sign_in("Supervisor 1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Supervisor 1" in client.get("/").text
    assert department.access.lines == [("opened", supervisor.id)]


def test_a_name_is_the_same_in_any_case_and_with_space_around_it(client: PageClient, supervisor: Somebody):
    client.sign_in("  SUPERVISOR  1 ")
    assert is_in(client)


def test_the_browser_gets_a_strict_cookie_that_ends_with_it(client: PageClient, supervisor: Somebody):
    answer = client.sign_in("Supervisor 1")
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-session=")]
    value, *attributes = cookie.split("; ")
    assert set(attributes) == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}
    assert len(value.removeprefix("__Host-session=")) == 43  # 256 bits
    form = [one for one in client.get("/system-use").headers.getlist("Set-Cookie") if one.startswith("__Host-form")]
    for one in form:
        assert set(one.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}


def test_the_row_holds_a_keyed_digest_and_never_the_id(
    client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1")
    session_id = client.own_cookie()
    assert session_id is not None
    with department.store.read() as unit:
        (row,) = unit.connection.execute(select(session)).all()
    assert row.id_hmac == department.digests.session(session_id)
    assert session_id not in str(row)
    other = rows.SignInDigests(lambda purpose: f"another {purpose}".encode().ljust(32))
    assert other.session(session_id) != row.id_hmac


@pytest.mark.parametrize(
    ("name", "password"), [("Supervisor 1", "wrong words here"), ("Nobody 7", PASSWORD), ("", ""), ("Supervisor 1", "")]
)
def test_a_wrong_part_is_never_named(client: PageClient, supervisor: Somebody, name: str, password: str):
    answer = client.sign_in(name, password)
    assert answer.status_code == 422
    assert "Name, password and code do not fit together." in answer.text
    assert not is_in(client)


def test_unknown_and_known_names_get_the_same_page_and_the_same_work(
    client: PageClient, department: Department, supervisor: Somebody
):
    known = client.sign_in("Supervisor 1", "wrong words here")
    unknown = client.sign_in("Supervisor 9", "wrong words here")
    plain = [one.text.replace("Supervisor 9", "Supervisor 1") for one in (known, unknown)]
    tokens = [one.partition('name="csrf_token" value="')[2].partition('"')[0] for one in plain]
    assert plain[0].replace(tokens[0], "") == plain[1].replace(tokens[1], "")


def test_after_five_wrong_attempts_the_right_password_is_refused_until_released(
    client: PageClient, department: Department, supervisor: Somebody, app: Application
):
    client.accept_notice()
    for _ in range(5):
        assert client.send("/sign-in", {"name": "Supervisor 1", "password": "wrong"}).status_code == 422
    sixth = client.send("/sign-in", {"name": "supervisor 1", "password": PASSWORD})
    assert sixth.status_code == 429
    assert "locked on this computer" in sixth.text
    department.clock.advance(timedelta(days=3))
    assert client.send("/sign-in", {"name": "Supervisor 1", "password": PASSWORD}).status_code == 429
    with department.store.write() as unit:
        assert rows.release_account(unit, department.digests.name("Supervisor 1")) == 1
    assert client.send("/sign-in", {"name": "Supervisor 1", "password": PASSWORD}).status_code == 303


def test_a_stranger_cannot_lock_somebody_out_of_another_computer(
    client: PageClient, app: Application, supervisor: Somebody
):
    client.accept_notice()
    for _ in range(6):
        client.send("/sign-in", {"name": "Supervisor 1", "password": "wrong"})
    elsewhere = app.test_client()
    assert isinstance(elsewhere, PageClient)
    elsewhere.environ_base["REMOTE_ADDR"] = "10.0.0.9"
    assert elsewhere.sign_in("Supervisor 1").status_code == 303


def test_an_unknown_name_locks_just_the_same(client: PageClient, supervisor: Somebody):
    client.accept_notice()
    statuses = [client.send("/sign-in", {"name": "Nobody 7", "password": "wrong"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_attempts_of_a_quarter_of_an_hour_ago_do_not_count(
    client: PageClient, department: Department, supervisor: Somebody
):
    client.accept_notice()
    for _ in range(4):
        client.send("/sign-in", {"name": "Supervisor 1", "password": "wrong"})
    department.clock.advance(timedelta(minutes=15))
    for _ in range(4):
        assert client.send("/sign-in", {"name": "Supervisor 1", "password": "wrong"}).status_code == 422
    assert client.send("/sign-in", {"name": "Supervisor 1", "password": PASSWORD}).status_code == 303


def test_a_success_forgets_the_attempts_before_it(client: PageClient, department: Department, supervisor: Somebody):
    client.accept_notice()
    for _ in range(3):
        for _ in range(4):
            client.send("/sign-in", {"name": "Supervisor 1", "password": "wrong"})
        assert client.sign_in("Supervisor 1").status_code == 303
        client.send("/", {}, to="/sign-out")
    with department.store.read() as unit:
        (node,) = unit.connection.execute(select(throttle)).all()  # what is left counts no account
    assert node.key == department.digests.node("127.0.0.1")
    assert node._mapping["count"] == 12


def test_of_twenty_attempts_at_once_no_more_than_five_are_evaluated(
    app: Application, department: Department, supervisor: Somebody
):
    statuses: list[int] = []
    clients = []
    for _ in range(20):
        one = app.test_client()
        assert isinstance(one, PageClient)
        one.accept_notice()
        clients.append(one)

    def attempt(one: PageClient) -> None:
        statuses.append(one.send("/sign-in", {"name": "Supervisor 1", "password": "wrong"}).status_code)

    threads = [threading.Thread(target=attempt, args=(one,)) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [422] * 5 + [429] * 15


# Sessions ------------------------------------------------------------------------------------------------------------


def test_a_session_ends_after_thirty_minutes_without_use(
    client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1")
    department.clock.advance(timedelta(minutes=29, seconds=59))
    assert is_in(client)
    department.clock.advance(timedelta(minutes=30))
    assert not is_in(client)


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(
    client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1")
    for _ in range(12 * 3 - 1):
        department.clock.advance(timedelta(minutes=20))
        assert is_in(client)
    department.clock.advance(timedelta(minutes=20))
    assert not is_in(client)


def test_signing_out_ends_the_session_for_good(client: PageClient, department: Department, supervisor: Somebody):
    client.sign_in("Supervisor 1")
    kept = client.own_cookie()
    assert kept is not None
    answer = client.send("/", {}, to="/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert client.own_cookie() is None
    client.set_cookie("__Host-session", kept)
    assert not is_in(client)
    assert department.access.lines[-1] == ("ended", supervisor.id)


def test_signing_out_is_no_get(client: PageClient, supervisor: Somebody):
    client.sign_in("Supervisor 1")
    assert client.get("/sign-out").status_code == 405
    assert is_in(client)


def test_each_sign_in_has_a_new_id_and_ends_the_one_before(
    client: PageClient, app: Application, supervisor: Somebody, department: Department
):
    client.set_cookie("__Host-session", "chosen-by-somebody-else")
    client.sign_in("Supervisor 1")
    first = client.own_cookie()
    assert first not in (None, "chosen-by-somebody-else")
    assert first is not None
    department.clock.advance(timedelta(minutes=31))
    client.sign_in("Supervisor 1")
    assert client.own_cookie() != first
    department.clock.advance(timedelta(minutes=-31))  # even where the clock would let the first one live
    client.set_cookie("__Host-session", first)
    assert not is_in(client)


def test_two_browsers_have_two_sessions_and_each_signs_out_alone(
    client: PageClient, app: Application, supervisor: Somebody
):
    other = app.test_client()
    assert isinstance(other, PageClient)
    client.sign_in("Supervisor 1")
    other.sign_in("Supervisor 1")
    client.send("/", {}, to="/sign-out")
    assert not is_in(client)
    assert is_in(other)


def test_closing_an_account_ends_its_sessions_at_once_and_lets_nobody_in(
    client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1")
    with department.store.write() as unit:
        rows.disable_account(unit, supervisor.id, department.clock())
    assert not is_in(client)
    assert client.sign_in("Supervisor 1").status_code == 422


def test_another_password_ends_the_sessions_the_old_one_opened(
    client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1")
    with department.store.write() as unit:
        rows.set_password(unit, supervisor.id, department.phc("quite other words"), department.clock())
    assert not is_in(client)
    assert client.sign_in("Supervisor 1").status_code == 422
    assert client.sign_in("Supervisor 1", "quite other words").status_code == 303


def test_a_made_up_or_altered_cookie_opens_nothing(client: PageClient, supervisor: Somebody):
    client.sign_in("Supervisor 1")
    real = client.own_cookie()
    assert real is not None
    for wrong in ("", "x", real[:-1], real[::-1], real + "x", real.swapcase(), "0" * 4000):
        client.set_cookie("__Host-session", wrong)
        assert not is_in(client), wrong
    client.set_cookie("__Host-session", real)
    assert is_in(client)


def test_flask_logins_own_cookies_and_keys_open_nothing(client: PageClient, supervisor: Somebody, app: Application):
    client.set_cookie("remember_token", f"{supervisor.id}|0")
    with client.session_transaction() as values:
        values["_user_id"] = supervisor.id
        values["_fresh"] = True
    assert not is_in(client)


def test_an_account_that_was_closed_while_its_password_was_evaluated_is_not_let_in(
    app: Application, client: PageClient, department: Department, supervisor: Somebody
):
    class Slow(Passwords):
        def is_right(self, password: str, phc: str | None) -> bool:
            right = super().is_right(password, phc)
            with department.store.write() as unit:
                rows.disable_account(unit, supervisor.id, department.clock())
            return right

    with app.app_context():
        identity().passwords = Slow(department.store.keyring.derive("password"))
    assert client.sign_in("Supervisor 1").status_code == 422
    assert client.own_cookie() is None


# The password again, for an act --------------------------------------------------------------------------------------


def test_the_password_asked_for_again_is_throttled_as_sign_in_is(
    app: Application, client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1")
    with app.test_request_context(headers={"Cookie": f"__Host-session={client.own_cookie()}", "Host": "localhost"}):
        asked = identity().password_again
        assert asked(PASSWORD) is Outcome.SIGNED_IN
        assert [asked("wrong") for _ in range(4)] == [Outcome.WRONG] * 4
        assert asked(PASSWORD) is Outcome.SIGNED_IN  # which forgets the four
        assert [asked("wrong") for _ in range(5)] == [Outcome.WRONG] * 5
        assert asked(PASSWORD) is Outcome.LOCKED
    with app.test_request_context(headers={"Host": "localhost"}):
        assert identity().password_again(PASSWORD) is Outcome.WRONG


def test_how_long_a_full_authentication_is_good_for(
    app: Application, client: PageClient, department: Department, supervisor: Somebody
):
    client.sign_in("Supervisor 1")
    with app.test_request_context(headers={"Cookie": f"__Host-session={client.own_cookie()}", "Host": "localhost"}):
        who = identity().current()
        assert who is not None
        begun = department.clock()
        assert who.is_fresh(begun + timedelta(minutes=10))
        assert not who.is_fresh(begun + timedelta(minutes=10, seconds=1))
        assert not who.is_fresh(begun - timedelta(seconds=1))  # a clock that was set back makes nothing fresh
