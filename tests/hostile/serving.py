"""The real server, `covertops run`, on a free port of this machine, and visitors who speak HTTP to it byte by byte."""

from __future__ import annotations

import base64
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from covertops.storage import sign_in_store as rows
from covertops.storage.sign_in_store import SignInDigests
from tests.hostile.houses import Place
from tests.web.filling import Filled, form_on, forms_of

STARTS_WITHIN = 60
OURS = ("COVERTOPS_", "FLASK_", "GUNICORN_")


@dataclass
class Answer:
    """What the server answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    @property
    def error(self) -> dict[str, Any]:
        """What a program is told that something was not done."""
        found: dict[str, Any] = json.loads(self.body)["error"]
        return found


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    printed: Path
    errors: Path

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        main = self.process.pid
        return [int(one) for one in Path(f"/proc/{main}/task/{main}/children").read_text().split()]

    def visitor(self, session_id: str = "") -> Visitor:
        """A browser; with a session's id, one that is signed in."""
        return Visitor(self.port, {"__Host-session": session_id} if session_id else {})

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, while the server lives."""
        until = time.monotonic() + STARTS_WITHIN
        while not is_so():
            assert self.process.poll() is None, self.errors.read_text()
            assert time.monotonic() < until, self.errors.read_text()
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it answers now."""
        try:
            return self.visitor().get("/healthz").status == 204
        except OSError:
            return False


@contextmanager
def serving(place: Place, *, workers: int = 1, temporary: Path | None = None) -> Iterator[Server]:
    """Serve an installation until the block ends."""
    folder = place.paths.instance.parent
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment |= {"COVERTOPS_DATABASE_URL": place.paths.database_url, "TMPDIR": str(temporary or folder)}
    program = str(Path(sys.executable).with_name("covertops"))
    command = [program, "run", "--instance", str(place.paths.instance), "--port", str(port), "--workers", str(workers)]
    printed, errors = folder / "printed", folder / "errors"
    with printed.open("ab") as out, errors.open("ab") as wrong:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=wrong)
    server = Server(process, port, printed, errors)
    try:
        server.wait_for(server.answers)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STARTS_WITHIN)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def signed_in(place: Place, short: str) -> str:
    """The id of a new session of somebody, as the cookie holds it."""
    session_id, now, person = secrets.token_hex(16), datetime.now(UTC), place.people[short]
    with place.opened() as found, found.house.store.write() as unit:
        digests = SignInDigests(found.derive)
        if rows.name_of_person(unit, person) is None:
            rows.add_account(unit, person, digests.name(short), None)
        rows.open_session(unit, digests.session(session_id), person, now, now)
    return session_id


@dataclass
class Visitor:
    """Somebody with a browser."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request; the answer, its cookies kept."""
        line = http.client.HTTPConnection("localhost", self.port, timeout=STARTS_WITHIN)
        try:
            line.request(method, path, body, {"Cookie": self.cookie, **(headers or {})})
            found = line.getresponse()
            answer = Answer(found.status, found.headers, found.read())
        finally:
            line.close()
        for one in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(one).items()}
        return answer

    @property
    def cookie(self) -> str:
        """The cookies it sends."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self.ask("GET", path)

    def post(self, path: str, values: Mapping[str, Sequence[str]]) -> Answer:
        """Send a form of our own pages."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        return self.ask("POST", path, urlencode(values, doseq=True).encode(), kind)

    def form(self, path: str) -> Filled:
        """The form of a page as it stands."""
        answer = self.get(path)
        assert answer.status == 200, (path, answer.status, answer.text)
        return form_on(answer.text)

    def send(self, path: str, changes: Mapping[str, str | Sequence[str] | None]) -> Answer:
        """Open a page, change what stands in its form, and send it."""
        form = self.form(path)
        return self.post(form.action, form.typed(changes))

    def sign(self, path: str, changes: Mapping[str, str | Sequence[str] | None], password: str) -> Answer:
        """Send the form of a signed act, read it back, and sign."""
        prepared = self.send(path, changes)
        assert prepared.status == 303, prepared.text
        return self.send(prepared.headers["Location"], {"password": password})

    def token(self, path: str) -> str:
        """The token of the forms, from any page with one."""
        return forms_of(self.get(path).text)[0].values["csrf_token"][0]

    def upload_headers(self, token: str, about: object) -> dict[str, str]:
        """The headers of an upload, with what describes the file."""
        described = about if isinstance(about, str) else described_as(about)
        return {
            "Content-Type": "application/octet-stream",
            "Accept": "application/json",
            "Sec-Fetch-Site": "same-origin",
            "X-CSRFToken": token,
            "Covertops-Capture": described,
        }


def described_as(about: object) -> str:
    """What describes a file, as the pages' script puts it into the header."""
    return base64.urlsafe_b64encode(json.dumps(about).encode()).decode().rstrip("=")
