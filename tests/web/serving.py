"""The pages on a real port of this machine, for a real browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Blueprint
from werkzeug.serving import WSGIRequestHandler, make_server

from covertops.web.app import create_app
from tests.web.department import SETTINGS, Department


class Quiet(WSGIRequestHandler):
    """Answers without writing each request to the terminal."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Write nothing."""


@contextmanager
def served(department: Department, *blueprints: Blueprint, secure: bool = True) -> Iterator[str]:
    """Serve the department's pages until the block ends; the origin they answer to."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    origin = f"http://localhost:{port}"
    settings = replace(SETTINGS, origin=origin, secure_cookies=secure)
    app = create_app(
        settings, services=department.services(), log=department.log, clock=department.clock, blueprints=blueprints
    )
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        listener.close()
