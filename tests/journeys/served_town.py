"""The whole application over a town, on a real port of this machine, and a signed-in page of a real browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from tests.playing import Town
from tests.web.department import SETTINGS
from tests.web.serving import Quiet
from tests.web.town_pages import TownPages


@dataclass
class ServedTown:
    """A town, its pages, and the origin they answer to."""

    town: Town
    pages: TownPages
    origin: str

    def page_of(self, short: str, context: BrowserContext) -> Page:
        """A page in which somebody is signed in."""
        self.sign_in(short, context)
        return context.new_page()

    def sign_in(self, short: str, context: BrowserContext) -> None:
        """Make a browser somebody's, whoever used it before."""
        name = self.pages.settings.session_cookie
        session = self.pages.browser(short).own_cookie(name)
        assert session is not None
        context.clear_cookies()
        context.add_cookies(
            [
                {
                    "name": name,
                    "value": session,
                    "domain": "localhost",
                    "path": "/",
                    "secure": True,
                    "httpOnly": True,
                    "sameSite": "Strict",
                }
            ]
        )


@contextmanager
def served_town(town: Town, *, new: bool = True) -> Iterator[ServedTown]:
    """Serve the pages of a town until the block ends; in a ``new`` one everybody is given an account first."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    pages = TownPages(town, replace(SETTINGS, origin=f"http://localhost:{port}"), new=new)
    server = make_server("127.0.0.1", port, pages.app, threaded=True, request_handler=Quiet, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield ServedTown(town, pages, pages.settings.origin)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        listener.close()
