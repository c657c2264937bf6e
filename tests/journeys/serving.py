"""An installation made and served as its owner does it: `covertops init`, then `covertops run`."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("covertops")
OURS = ("COVERTOPS_", "FLASK_", "GUNICORN_")
STARTS_WITHIN = 60
WORKERS = "2"


@dataclass(frozen=True)
class Served:
    """A running installation: where it answers, and what was printed when it was made and when it started.

    ``token`` is empty where somebody is set up already.
    """

    origin: str
    token: str
    log_key: str
    environment: dict[str, str]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the program beside the running server."""
        return run(self.environment, *arguments)


@contextmanager
def served(folder: Path, database_url: str = "", *, example: bool = False) -> Iterator[Served]:
    """Install in ``folder``, or make the worked example there, and serve on a free port until the block ends.

    What is installed there already stays.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment |= {"COVERTOPS_INSTANCE": str(folder / "instance")}
    if database_url:
        environment["COVERTOPS_DATABASE_URL"] = database_url
    if example:
        made = run(environment, "demo")
        assert made.returncode == 0, made.stderr
    installed = run(environment, "init", "--origin", "police.example/covertops")
    assert installed.returncode == 0, installed.stderr
    log_key = _after("Log key (keep a copy elsewhere): ", installed.stdout)
    port = _free_port()
    printed, errors = folder / "printed", folder / "errors"
    with printed.open("w") as out, errors.open("w") as wrong:
        server = subprocess.Popen(
            [PROGRAM, "run", "--port", str(port), "--workers", WORKERS],
            env=environment,
            stdout=out,
            stderr=wrong,
            stdin=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, server, errors)
            token = re.search(r"^ {4}(\S+)$", printed.read_text(), re.MULTILINE)
            yield Served(f"http://localhost:{port}", token[1] if token else "", log_key, environment)
            assert server.poll() is None, errors.read_text()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)
    assert "Traceback" not in errors.read_text(), errors.read_text()


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program as a shell does."""
    command = [str(PROGRAM), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def _after(words: str, printed: str) -> str:
    found = next((line.removeprefix(words) for line in printed.splitlines() if line.startswith(words)), "")
    assert found, printed
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes], errors: Path) -> None:
    """Return once the server answers; a server that ended says why."""
    for _ in range(STARTS_WITHIN * 10):
        assert server.poll() is None, errors.read_text()
        connection = HTTPConnection("localhost", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise AssertionError(f"the server did not answer within {STARTS_WITHIN} seconds: {errors.read_text()}")
