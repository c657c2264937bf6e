"""One worker's application: the installation opened after the fork, its services, and every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from covertops.config import Opened
from covertops.web.app import Application, create_app, utc_now
from covertops.web.house import give_house
from covertops.web.house_services import HouseServices
from covertops.web.log import Log
from covertops.web.pages.all_acting import ACTING_PAGES
from covertops.web.pages.reading import READING
from covertops.web.settings import WebSettings

FIRST_ZONE: Final = "America/Chicago"
"""The zone a new department begins in; the record keeps the one that was chosen."""


def application(opened: Opened, origin: str, log: Log, clock: Callable[[], datetime] = utc_now) -> Application:
    """The application of an installation that is open already."""
    services = HouseServices(opened.house, opened.derive, clock, FIRST_ZONE).services()
    settings = WebSettings(origin=origin, secret_key=opened.derive("form token"))
    app = create_app(settings, services=services, log=log, clock=clock, blueprints=(*READING, *ACTING_PAGES))
    give_house(app, opened.house)
    return app
