"""From the printed token to the Chief's and the administrator's first page, on a real installation."""

from __future__ import annotations

import io
import pathlib
import re
import shutil
from collections.abc import Iterator

import pytest

from covertops.actions.checking import check
from covertops.actions.installation import Installation
from covertops.actions.set_up_token import issue_token
from covertops.config import policy_bytes
from covertops.domain.policy import parse_policy
from covertops.storage.files import FileStore
from covertops.storage.ledger_read import read_stream
from covertops.storage.log_key import found
from covertops.storage.unit_of_work import Store
from covertops.vault.keys import Keyring
from covertops.web.app import Application, create_app
from covertops.web.house import give_house
from covertops.web.house_services import HouseServices
from covertops.web.log import JsonLog
from tests import databases
from tests.clock import FixedClock
from tests.web.client import PageClient
from tests.web.department import SETTINGS
from tests.web.town import COMPILED, derive
from tests.web.town_pages import BLUEPRINTS

CHIEF, ADMINISTRATOR = "wide meadow copper nine", "slow river walnut eleven"


@pytest.fixture
def house(sqlite_template: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[Installation]:
    """An installation in which nobody has been set up; it is checked as a whole when the test is over."""
    file = tmp_path / "new.sqlite"
    shutil.copyfile(sqlite_template, file)
    store = Store.open(databases.sqlite_url(file), Keyring(b"n" * 32))
    found(store, "example.invalid/record")
    made = Installation(store, FileStore(tmp_path / "files"), parse_policy(policy_bytes()), b"l" * 32)
    yield made
    problems = check(made).problems
    store.close()
    assert problems == []


@pytest.fixture
def app(house: Installation, clock: FixedClock) -> Application:
    """Its pages."""
    services = HouseServices(house, derive, clock, SETTINGS.zone).services()
    log = JsonLog(io.StringIO(), clock)
    made = create_app(SETTINGS, services=services, log=log, clock=clock, blueprints=BLUEPRINTS)
    give_house(made, house)
    made.jinja_env.bytecode_cache = COMPILED
    made.test_client_class = PageClient
    return made


def browser(app: Application) -> PageClient:
    """A new browser."""
    made = app.test_client()
    assert isinstance(made, PageClient)
    return made


def answers(token: str, **others: str) -> dict[str, str]:
    """The answers of the set-up."""
    return {
        "token": token,
        "department": "Example Police Department",
        "chief_name": "Chief of Police",
        "chief_sign_in": "chief",
        "chief_password": CHIEF,
        "chief_again": CHIEF,
        "administrator_name": "Administrator 1",
        "administrator_sign_in": "admin",
        "administrator_password": ADMINISTRATOR,
        "administrator_again": ADMINISTRATOR,
        **others,
    }


def test_until_somebody_is_set_up_every_page_leads_to_the_set_up_and_afterwards_none(
    app: Application, house: Installation
):
    client = browser(app)
    assert client.get("/operations").headers["Location"] == "/sign-in?next=/operations"
    assert client.get("/sign-in").headers["Location"] == "/set-up"
    client.accept_notice()
    assert client.send("/set-up", answers("WRONG-TOKEN")).status_code == 422
    assert client.get("/sign-in").headers["Location"] == "/set-up"
    assert client.send("/set-up", answers(issue_token(house))).headers["Location"] == "/sign-in"
    assert client.get("/sign-in").status_code == 200
    assert client.get("/set-up").headers["Location"].startswith("/sign-in")


def test_the_first_two_people_sign_in_and_each_sees_what_is_theirs(app: Application, house: Installation):
    first = browser(app)
    first.accept_notice()
    first.send("/set-up", answers(issue_token(house)))
    pages = {}
    for name, password in (("Chief", CHIEF), (" ADMIN ", ADMINISTRATOR)):
        client = browser(app)
        client.first_sign_in(name, password)
        pages[name] = client.get("/").text
    navigation = {name: re.findall(r'href="[^"]+"[^>]*>([A-Z][a-z ]+)', _nav(text)) for name, text in pages.items()}
    assert navigation == {
        "Chief": ["My work", "Operations", "People", "Concerns"],
        " ADMIN ": ["My work", "People", "Raise a concern"],
    }
    assert 'href="/people/appoint">Appoint</a>' in pages["Chief"]
    assert 'href="/people/open-account">Open an account</a>' in pages[" ADMIN "]
    assert "Example Police Department" in pages["Chief"]
    assert "Rules in force: Policy 2.8, adopted Nov 20, 2026." in pages["Chief"]


def _nav(text: str) -> str:
    return text.partition('<nav class="main-nav"')[2].partition("</nav>")[0]


def test_coming_in_and_going_out_is_on_the_access_record_with_the_place_it_came_from(
    app: Application, house: Installation
):
    client = browser(app)
    client.accept_notice()
    client.send("/set-up", answers(issue_token(house)))
    client.first_sign_in("chief", CHIEF)
    client.send("/", to="/sign-out")
    with house.store.read() as unit:
        chief = next(one.id for one in house.folds.department(unit).people.values() if one.sign_in_name == "chief")
        entries = [(one.kind, one.fields["by"], one.fields["node"]) for one in read_stream(unit, "access")]
    assert entries == [("session.opened", chief, "127.0.0.1"), ("session.ended", chief, "127.0.0.1")]


def test_two_people_with_one_name_for_signing_in_are_refused_and_the_token_stays_good(
    app: Application, house: Installation
):
    client, token = browser(app), issue_token(house)
    client.accept_notice()
    answer = client.send("/set-up", answers(token, administrator_sign_in="ＣＨＩＥＦ"))
    assert answer.status_code == 422
    assert "two people" in answer.text
    assert client.send("/set-up", answers(token)).status_code == 303
