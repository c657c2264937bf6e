"""The pages of a department with nobody in it yet, and a browser to look at them."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Iterator

import pytest

from covertops.storage.log_key import found
from covertops.storage.unit_of_work import Store
from covertops.vault.keys import Keyring
from covertops.web.app import Application, create_app
from covertops.web.pages.all_acting import ACTING_PAGES
from tests import databases
from tests.clock import FixedClock
from tests.playing import found_town
from tests.web.client import PageClient
from tests.web.department import SETTINGS, Department
from tests.web.gallery.pages import gallery
from tests.web.rooms import rooms
from tests.web.town import Pages as ActingPages
from tests.web.town_pages import TownPages


@pytest.fixture
def department(sqlite_template: pathlib.Path, tmp_path: pathlib.Path, clock: FixedClock) -> Iterator[Department]:
    """A founded department on SQLite, with nobody in it."""
    file = tmp_path / "covertops.sqlite"
    shutil.copyfile(sqlite_template, file)
    store = Store.open(databases.sqlite_url(file), Keyring(b"m" * 32))
    found(store, "example.gov/log")
    yield Department(store, clock)
    store.close()


@pytest.fixture
def app(department: Department) -> Application:
    """The pages of the department, with the rooms a test can be let into."""
    made = create_app(
        SETTINGS,
        services=department.services(),
        log=department.log,
        clock=department.clock,
        blueprints=(rooms(), gallery()),
    )
    made.test_client_class = PageClient
    return made


@pytest.fixture
def client(app: Application) -> PageClient:
    """A browser that checks every answer."""
    made = app.test_client()
    assert isinstance(made, PageClient)
    return made


@pytest.fixture
def pages(sqlite_template: pathlib.Path, tmp_path: pathlib.Path, clock: FixedClock) -> Iterator[TownPages]:
    """The pages of a founded town on SQLite; its whole record is checked when the test is over."""
    file = tmp_path / "town.sqlite"
    shutil.copyfile(sqlite_template, file)
    town = found_town(databases.sqlite_url(file), tmp_path, clock)
    yield TownPages(town)
    town.check()
    town.house.store.close()


@pytest.fixture
def acting(sqlite_template: pathlib.Path, tmp_path: pathlib.Path, clock: FixedClock) -> Iterator[ActingPages]:
    """The pages on which people of a town act; its whole record is checked when the test is over."""
    file = tmp_path / "acting.sqlite"
    shutil.copyfile(sqlite_template, file)
    town = found_town(databases.sqlite_url(file), tmp_path, clock)
    yield ActingPages(town, ACTING_PAGES)
    town.check()
    town.house.store.close()
