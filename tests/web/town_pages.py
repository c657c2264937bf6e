"""The pages of a town: a real installation behind them, and people who sign in to it."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from covertops.storage import sign_in_store, tables
from covertops.storage.sign_in_store import SignInDigests
from covertops.web.app import Application, create_app
from covertops.web.house import give_house
from covertops.web.house_services import HouseServices
from covertops.web.log import JsonLog
from covertops.web.pages.all_acting import ACTING_PAGES
from covertops.web.pages.reading import READING
from covertops.web.settings import WebSettings
from tests.playing import Town
from tests.web.client import PageClient
from tests.web.department import PASSWORD, SETTINGS, stored
from tests.web.town import COMPILED, derive

BLUEPRINTS = (*READING, *ACTING_PAGES)


@dataclass
class TownPages:
    """A town with its pages."""

    town: Town
    settings: WebSettings = SETTINGS
    new: bool = True
    """Whether nobody can sign in yet."""
    log: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        if self.new:
            self._let_everybody_sign_in()
        self.app = self.application()

    def _let_everybody_sign_in(self) -> None:
        self.let_sign_in(self.town.people)

    def let_sign_in(self, names: Iterable[str]) -> None:
        """Give people, named as in :data:`tests.playing.OFFICES`, a sign-in."""
        digests, phc = SignInDigests(derive), stored(derive("password"), PASSWORD)
        members = self.town.department().people
        with self.town.house.store.write() as unit:
            for person in (self.town.people[one] for one in names):
                sign_in_store.add_account(unit, person, digests.name(members[person].sign_in_name), phc)

    def application(self) -> Application:
        """The application of this town."""
        services = HouseServices(self.town.house, derive, self.town.clock, self.settings.zone).services()
        log = JsonLog(self.log, self.town.clock)
        app = create_app(self.settings, services=services, log=log, clock=self.town.clock, blueprints=BLUEPRINTS)
        give_house(app, self.town.house)
        app.jinja_env.bytecode_cache = COMPILED
        app.test_client_class = PageClient
        return app

    def browser(self, person: str) -> PageClient:
        """A browser in which somebody is signed in, named as in :data:`tests.playing.OFFICES`."""
        made = self.app.test_client()
        if not isinstance(made, PageClient):
            raise TypeError("the application has another test client")
        session_id, now = secrets.token_hex(16), self.town.clock()
        with self.town.house.store.write() as unit:
            digest = SignInDigests(derive).session(session_id)
            sign_in_store.open_session(unit, digest, self.town.people[person], now, now)
        made.set_cookie(self.settings.session_cookie, session_id, secure=True)
        return made

    def rows(self) -> dict[str, int | str]:
        """How many rows each table has; of the one row of the head, what stands in it."""
        with self.town.house.store.read() as unit:
            counts: dict[str, int | str] = {
                name: int(unit.connection.execute(select(func.count()).select_from(table)).scalar_one())
                for name, table in tables.metadata.tables.items()
            }
            counts["ledger_head"] = str(unit.connection.execute(select(tables.ledger_head)).one().size)
        return counts
