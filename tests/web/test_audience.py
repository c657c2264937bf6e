"""Deny by default: who gets an answer where is a table that people have read; who is not signed in gets none."""

from __future__ import annotations

import difflib
import pathlib
import shutil
from collections.abc import Iterator

import pytest
from flask import Blueprint
from flask.testing import FlaskClient

from covertops.storage import sign_in_store
from covertops.storage.sign_in_store import SignInDigests
from covertops.web.app import create_app
from covertops.web.security import UndeclaredRoute
from tests.web.audience import FILE, HALF, OPEN, Everybody, a_town, lines, table
from tests.web.department import SETTINGS, Department
from tests.web.town import derive
from tests.web.town_pages import TownPages


@pytest.fixture
def town(sqlite_template: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[Everybody]:
    """A town with somebody in every office."""
    shutil.copyfile(sqlite_template, tmp_path / "town.sqlite")
    with a_town(tmp_path / "town.sqlite", tmp_path) as made:
        yield made


def test_every_office_gets_an_answer_where_the_table_says_so_and_nowhere_else(town: Everybody):
    found = table(town).splitlines(keepends=True)
    kept = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = "".join(difflib.unified_diff(kept, found, "the table", "what is answered", n=0))
    assert not changed, f"{changed}\nIf each of these is meant, write the table anew: python -m tests.web.audience"


def test_a_route_that_names_nobody_stops_the_start(department: Department):
    pages = Blueprint("forgotten", __name__)
    pages.add_url_rule("/operations/<operation_id>/forgotten", "page", str)
    with pytest.raises(UndeclaredRoute, match="/operations/<operation_id>/forgotten"):
        create_app(SETTINGS, services=department.services(), log=department.log, blueprints=(pages,))


def test_without_all_factors_every_address_but_those_of_sign_in_leads_there(town: Everybody):
    pages = town.pages
    for answering, client in ((OPEN, pages.app.test_client()), (HALF, _password_given(pages, "chief"))):
        for one in lines(pages):
            if one.rule in answering:
                continue
            with client.open(one.path(town.own), method=one.method) as answer:
                where = f"{one.method} {one.label}: {answer.status}"
                assert answer.status_code == 303, where
                assert answer.headers["Location"].partition("?")[0] in answering, where


def _password_given(pages: TownPages, person: str) -> FlaskClient:
    """A browser in which the password was given and the second factor was not."""
    now, client = pages.town.clock(), pages.app.test_client()
    with pages.town.house.store.write() as unit:
        digest = SignInDigests(derive).session("half")
        sign_in_store.open_session(unit, digest, pages.town.people[person], now, None)
    client.set_cookie(pages.settings.session_cookie, "half", secure=True)
    return client
