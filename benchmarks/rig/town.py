"""An installation to measure: a founded department on a real disk, with a served application where one is needed."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlencode

from covertops.actions.people_list import present_code
from covertops.config import Opened, Paths, install, open_installation
from covertops.demo.making import PASSWORD, people_of
from tests.clock import FixedClock
from tests.playing import Town


@contextmanager
def a_town(days_ago: int = 30) -> Iterator[tuple[Town, Paths]]:
    """A department in a folder of its own, on the disk that holds this repository."""
    with TemporaryDirectory(dir=Path(__file__).parents[1], prefix="bench-") as folder:
        paths = Paths.at(folder)
        install(paths, "example.invalid/bench")
        opened = open_installation(paths)
        begun = datetime.now(UTC) - timedelta(days=days_ago)
        people = people_of(opened, begun)
        town = Town(opened.house, FixedClock(begun + timedelta(minutes=5)), people, opened.web_key)
        try:
            yield town, paths
        finally:
            opened.house.store.close()


class Served(NamedTuple):
    """A running server: its port, and the process whose children are the workers."""

    port: int
    pid: int


@contextmanager
def serving(paths: Paths) -> Iterator[Served]:
    """The installation served as in use, on a free port of loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "covertops", "run", "--instance", str(paths.instance), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield Served(port, server.pid)
    finally:
        server.terminate()
        server.wait(30)


def wait_for(port: int) -> None:
    """Wait until something answers on a port of loopback. Raises RuntimeError."""
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


@dataclass
class Browser:
    """A signed-in person over one kept connection: cookies, form tokens, nothing else."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None
    used: float = 0.0

    def send(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Send one request and read the whole answer."""
        answer = self.begin(method, path, body, **headers)
        return answer, answer.read()

    def begin(self, method: str, path: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
        """Send one request; the caller reads the answer."""
        if self.connection is None or time.monotonic() - self.used > 1:
            # The server closes what has been idle for two seconds.
            self.connection = http.client.HTTPConnection("localhost", self.port, timeout=120)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        sent |= {"Origin": f"http://localhost:{self.port}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.used = time.monotonic()
        self.connection.request(method, path, body, sent)  # type: ignore[arg-type]
        answer = self.connection.getresponse()
        for value in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer

    def token(self, path: str) -> tuple[str, str]:
        """The form token and the text of a page."""
        text = self.send("GET", path)[1].decode()
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        return (found[1] if found else ""), text

    def post(self, path: str, token: str, answers: list[tuple[str, str]]) -> http.client.HTTPResponse:
        """Post a form."""
        body = urlencode([("csrf_token", token), *answers])
        return self.send("POST", path, body, Content_Type="application/x-www-form-urlencoded")[0]


def signed_in(town: Town, port: int, name: str) -> Browser:
    """A browser in which somebody of the example signed in; a code is good once, so once in 30 seconds."""
    code = present_code(town.house, Opened(town.house, town.web_key or b"").derive, name, datetime.now(UTC))
    browser = Browser(port)
    token, _ = browser.token("/system-use")
    browser.post("/system-use", token, [])
    token, _ = browser.token("/sign-in")
    answer = browser.post("/sign-in", token, [("name", name), ("password", PASSWORD), ("code", code)])
    if answer.status != 303:
        raise RuntimeError(f"signing in answered {answer.status}")
    return browser
