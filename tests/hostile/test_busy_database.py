"""While others hold the database nothing is recorded: who acts is told after the wait, and keeps what was typed."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from markupsafe import escape
from werkzeug.test import TestResponse

from covertops.config import Opened
from covertops.storage import sign_in_store as rows
from covertops.storage.engine import make_engine
from covertops.storage.sign_in_store import SignInDigests
from covertops.storage.unit_of_work import Store
from covertops.web.assembly import application
from covertops.web.log import JsonLog
from tests.clock import FixedClock
from tests.hostile.houses import Place, left_over, settle
from tests.hostile.serving import described_as
from tests.web.client import PageClient
from tests.web.department import PASSWORD, stored
from tests.web.filling import Filled, form_on, forms_of

STORY = "Why was <nobody> told?\r\nAnswer “in full” & today."
ORIGIN = "http://localhost"


@dataclass
class Pages:
    """The assembled application over an installation, waiting a second for the database and no longer."""

    place: Place
    clock: FixedClock
    log: io.StringIO
    client: PageClient

    def form(self, path: str) -> Filled:
        """The form of a page as it stands."""
        return form_on(self.client.get(path).text)

    def asked(self) -> tuple[str, dict[str, list[str]]]:
        """Where a question about an entry is sent, and the whole of a form in which it is typed."""
        form = self.form(f"/operations/{self.place.operation}/question-entry?entry=1")
        day = (self.place.now + timedelta(days=5)).date().isoformat()
        return form.action, form.typed({"question": STORY, "answer_by": day})

    def post(self, action: str, typed: dict[str, list[str]]) -> TestResponse:
        """Send a form as a browser does."""
        return self.client.post(action, data=typed, headers={"Sec-Fetch-Site": "same-origin"})

    @contextmanager
    def busy(self) -> Iterator[None]:
        """While somebody else holds the append lock."""
        with self.place.opened() as other, other.house.store.write():
            yield

    def questions(self) -> int:
        """How many questions are on record; everything else must be as it should."""
        assert self.place.check().problems == []
        with self.place.town() as town:
            return len(town.operation(self.place.operation).questions)


@pytest.fixture
def pages(database_url: str, tmp_path: Path) -> Iterator[Pages]:
    """Supervisor 1 at their desk, on each kind of database."""
    place = settle(tmp_path / "instance", database_url)
    with place.opened() as found:
        store = Store(make_engine(database_url, wait_seconds=1), found.house.store.keyring)
        opened = replace(found, house=replace(found.house, store=store))
        clock, log = FixedClock(place.now), io.StringIO()
        app = application(opened, ORIGIN, JsonLog(log, clock), clock)
        app.test_client_class = PageClient
        client = app.test_client()
        assert isinstance(client, PageClient)
        sign_in(opened, place, client)
        yield Pages(place, clock, log, client)
        store.close()


def sign_in(opened: Opened, place: Place, client: PageClient) -> None:
    """Open a session of Supervisor 1, whose password is known."""
    digests, person, session_id = SignInDigests(opened.derive), place.people["supervisor-1"], secrets.token_hex(16)
    with opened.house.store.write() as unit:
        rows.add_account(unit, person, digests.name("supervisor-1"), stored(opened.derive("password"), PASSWORD))
        rows.open_session(unit, digests.session(session_id), person, place.now, place.now)
    client.set_cookie("__Host-session", session_id, secure=True)


def test_an_act_is_refused_after_the_wait_with_everything_typed_and_can_be_sent_again(pages: Pages) -> None:
    action, typed = pages.asked()
    with pages.busy():
        refused = pages.post(action, typed)
    assert refused.status_code == 503
    assert "Nothing was recorded. Try again in a minute." in refused.text
    assert str(escape(STORY)) in refused.text
    assert pages.questions() == 0
    (again,) = forms_of(refused.text)
    assert again.values == typed
    assert pages.post(again.action, again.values).status_code == 303
    assert pages.questions() == 1


def test_a_signature_is_refused_and_the_password_stands_nowhere_in_the_answer(pages: Pages) -> None:
    form = pages.form(f"/operations/{pages.place.operation}/hold-review")
    with pages.place.town() as town:
        answers = {name: [str(value)] for name, value in town.review().items()}
    prepared = pages.post(form.action, form.typed(answers))
    signing = pages.form(prepared.headers["Location"])
    typed = signing.typed({"password": PASSWORD})
    with pages.busy():
        refused = pages.post(signing.action, typed)
    assert refused.status_code == 503
    assert PASSWORD not in refused.text
    assert forms_of(refused.text) == []
    assert PASSWORD not in pages.log.getvalue()
    assert pages.post(signing.action, typed).status_code == 303
    assert pages.place.check().problems == []


def test_what_was_typed_is_given_back_even_where_the_gate_itself_could_not_ask(pages: Pages) -> None:
    action, typed = pages.asked()
    pages.clock.advance(timedelta(minutes=20))  # so that the use of the session is to be written down first
    with pages.busy():
        refused = pages.post(action, typed)
        foreign = pages.post(action, {**typed, "csrf_token": ["of another page"]})
    assert (refused.status_code, foreign.status_code) == (503, 503)
    assert str(escape(STORY)) in refused.text
    # What another site made the browser send is not shown as if somebody had typed it here.
    assert str(escape(STORY)) not in foreign.text
    assert forms_of(foreign.text) == []


def test_a_draft_is_refused_to_the_script_and_the_page_keeps_what_it_has(pages: Pages) -> None:
    _, typed = pages.asked()
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json", "X-CSRFToken": typed["csrf_token"][0]}
    path, draft = f"/drafts/question-entry/{pages.place.operation}?entry=1", {"question": STORY}
    with pages.busy():
        refused = pages.client.post(path, json=draft, headers=headers)
    assert (refused.status_code, refused.get_json()["error"]["title"]) == (503, "Not possible right now")
    assert pages.client.post(path, json=draft, headers=headers).status_code == 200


def test_an_upload_is_refused_leaves_no_file_and_arrives_when_it_is_sent_again(pages: Pages) -> None:
    _, typed = pages.asked()
    headers = {
        "Content-Type": "application/octet-stream",
        "Accept": "application/json",
        "Sec-Fetch-Site": "same-origin",
        "X-CSRFToken": typed["csrf_token"][0],
        "Covertops-Capture": described_as({"name": "page.png", "id": "one-sending"}),
    }
    path, before = f"/operations/{pages.place.operation}/captures", pages.place.check()
    with pages.busy():
        refused = pages.client.post(path, data=b"A page.", headers=headers)
    assert (refused.status_code, refused.get_json()["error"]["message"]) == (
        503,
        "Nothing was recorded. Try again in a minute.",
    )
    assert left_over(pages.place.check()) == []
    assert pages.client.post(path, data=b"A page.", headers=headers).status_code == 201
    assert pages.place.check().files == before.files + 1
