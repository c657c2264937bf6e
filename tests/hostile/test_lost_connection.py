"""A line that breaks while something is sent, and a button that is pressed twice at once: nothing is half recorded.

Over real HTTP to the real server, on each kind of database.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from covertops.storage.head import read_head
from tests.hostile.houses import Place, lately, left_over, settle
from tests.hostile.serving import Server, Visitor, serving, signed_in
from tests.lent_databases import LentDatabases

NO_GOODBYE = struct.pack("ii", 1, 0)
"""A socket that lingers for no second is reset when it is closed."""
CONTENT = bytes(range(256)) * 12_000
"""Three segments of a sealed file."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An installation with an active operation, on each kind of database."""
    folder = tmp_path_factory.mktemp("lost") / "instance"
    if request.param == "sqlite":
        yield settle(folder, clock=lately())
        return
    lent: LentDatabases = request.getfixturevalue("lent_databases")
    name = lent.lend()
    yield settle(folder, lent.server.url(name), clock=lately())
    lent.take_back(name)


@pytest.fixture(scope="module")
def server(place: Place) -> Iterator[Server]:
    """Its server, with one worker."""
    with serving(place) as one:
        yield one


@pytest.fixture
def officer(server: Server, place: Place) -> Visitor:
    """Investigator 1, signed in."""
    return server.visitor(signed_in(place, "investigator-1"))


def size(place: Place) -> int:
    """How many entries are on record."""
    with place.opened() as opened, opened.house.store.read() as unit:
        return read_head(unit.connection).size


@contextmanager
def broken_off(visitor: Visitor, path: str, headers: Mapping[str, str], body: bytes, arrives: int) -> Iterator[None]:
    """Send so many bytes of a body; when the block ends, the line breaks, as when a cable is pulled."""
    lines = [f"POST {path} HTTP/1.1", f"Host: localhost:{visitor.port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {words}" for name, words in {"Cookie": visitor.cookie, **headers}.items()]
    with socket.create_connection(("127.0.0.1", visitor.port)) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + body[:arrives])
        yield
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_GOODBYE)


def unfinished(place: Place) -> list[Path]:
    """The uploads that are on their way."""
    return list(place.paths.files.rglob("*.part"))


def test_an_upload_whose_line_breaks_leaves_nothing_and_arrives_when_it_is_sent_again(
    server: Server, officer: Visitor, place: Place
) -> None:
    path = f"/operations/{place.operation}/captures"
    about = {"name": "page.png", "id": "one-sending"}
    headers = officer.upload_headers(officer.token(f"/operations/{place.operation}/log-activity"), about)
    before = size(place)
    for arrives in (0, 1, 1_500_000, len(CONTENT) - 1):
        with broken_off(officer, path, headers, CONTENT, arrives):
            server.wait_for(lambda: bool(unfinished(place)))
            assert size(place) == before
        server.wait_for(lambda: not unfinished(place))
        assert size(place) == before, arrives
    checked = place.check()
    assert (checked.problems, left_over(checked)) == ([], [])
    kept = officer.ask("POST", path, CONTENT, headers)
    assert kept.status == 201, kept.text
    assert (size(place), place.check().files) == (before + 1, checked.files + 1)
    # Its sender never got the answer and sends it once more: it is the same capture.
    assert officer.ask("POST", path, CONTENT, headers).status == 201
    assert (size(place), place.check().files) == (before + 1, checked.files + 1)


def test_a_form_whose_line_breaks_is_not_recorded(server: Server, officer: Visitor, place: Place) -> None:
    form = officer.form("/operations/new")
    body = urlencode(form.typed({"matter": "Sent over a line that broke"}), doseq=True).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    before = size(place)
    with broken_off(officer, form.action, headers, body, len(body) - 1):
        assert size(place) == before
    assert officer.get("/operations/new").status == 200
    assert size(place) == before
    assert server.errors.read_text() == ""


def test_a_button_that_is_pressed_twice_at_once_records_once(server: Server, place: Place) -> None:
    supervisor = server.visitor(signed_in(place, "supervisor-1"))
    form = supervisor.form(f"/operations/{place.operation}/question-entry?entry=1")
    later = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    typed = form.typed({"question": "Who wrote first?", "answer_by": later})
    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(lambda _: supervisor.post(form.action, typed).status, range(4)))
    with place.town() as town:
        asked = town.operation(place.operation).questions
    assert len(asked) == 1
    assert 303 in answers
    assert set(answers) <= {303, 409}
    assert place.check().problems == []
