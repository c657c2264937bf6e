"""The whole application over a town, on a real port of this machine, and a signed-in page of a real browser."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from covertops.storage import sign_in_store
from covertops.storage.sign_in_store import SignInDigests
from covertops.web.app import create_app
from covertops.web.house import give_house
from covertops.web.house_services import HouseServices
from covertops.web.pages.all_acting import ACTING_PAGES
from covertops.web.pages.reading import READING
from tests.playing import Town
from tests.web.department import PASSWORD, SETTINGS, stored
from tests.web.serving import Quiet
from tests.web.town import Silence, derive


@dataclass
class ServedTown:
    """A town and the origin its pages answer to."""

    town: Town
    origin: str

    def page_of(self, short: str, context: BrowserContext) -> Page:
        """A page in which somebody is signed in."""
        digests, person, now = SignInDigests(derive), self.town.people[short], self.town.clock()
        session_id = secrets.token_hex(16)
        with self.town.house.store.write() as unit:
            if sign_in_store.name_of_person(unit, person) is None:
                sign_in_store.add_account(unit, person, digests.name(short), stored(derive("password"), PASSWORD))
            sign_in_store.open_session(unit, digests.session(session_id), person, now, now)
        context.clear_cookies()
        context.add_cookies(
            [
                {
                    "name": "__Host-session",
                    "value": session_id,
                    "domain": "localhost",
                    "path": "/",
                    "secure": True,
                    "httpOnly": True,
                    "sameSite": "Strict",
                }
            ]
        )
        return context.new_page()


@contextmanager
def served_town(town: Town) -> Iterator[ServedTown]:
    """Serve the pages of a town until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = replace(SETTINGS, origin=f"http://localhost:{port}")
    services = HouseServices(town.house, derive, town.clock, settings.zone).services()
    app = create_app(settings, services=services, log=Silence(), clock=town.clock, blueprints=(*READING, *ACTING_PAGES))
    give_house(app, town.house)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield ServedTown(town, settings.origin)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        listener.close()
