"""The pages of a town: everybody of it with an account, and a browser for each that is signed in already."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import Blueprint
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from covertops.storage import sign_in_store as rows
from covertops.storage.sign_in_store import SignInDigests
from covertops.web.app import Application, create_app
from covertops.web.house import give_house
from covertops.web.page import Frame, NavItem
from covertops.web.services import Person, Services
from tests.playing import Town
from tests.web.client import PageClient
from tests.web.department import PASSWORD, SETTINGS, AccessLines, CodesOfTheDay, FirstMinute, Somebody, stored
from tests.web.filling import Filled, form_on


class CompiledOnce(BytecodeCache):
    """Keeps compiled templates for all the applications of a test run; compiling them takes half a second."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled before."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledOnce()


def derive(purpose: str) -> bytes:
    """Keys of the pages, the same in every test, so that the one password is hashed once."""
    return purpose.encode().ljust(32, b".")[:32]


@dataclass
class Pages:
    """The application over a town."""

    town: Town
    blueprints: tuple[Blueprint, ...]

    @cached_property
    def app(self) -> Application:
        """The application, given the town's house."""
        made = create_app(
            SETTINGS, services=self._services(), log=Silence(), clock=self.town.clock, blueprints=self.blueprints
        )
        give_house(made, self.town.house)
        # A mistake of ours is raised into the test instead of being answered.
        made.config["PROPAGATE_EXCEPTIONS"] = True
        made.jinja_env.bytecode_cache = COMPILED
        made.test_client_class = PageClient
        return made

    def _services(self) -> Services:
        return Services(
            store=self.town.house.store,
            derive=derive,
            people=self,
            set_up=FirstMinute(),
            frame=self.frame,
            department_name=lambda: "Example Police Department",
            second_factors=CodesOfTheDay(),
            access_record=AccessLines(),
        )

    def person(self, person_id: str) -> Somebody | None:
        """The person with that id, with the offices they hold at the town's hour."""
        member = self.town.department().people.get(person_id)
        if member is None or member.closed_at is not None:
            return None
        return Somebody(member.id, member.name, frozenset(one.value for one in member.offices(self.town.clock())))

    def frame(self, person: Person) -> Frame:
        """The frame of the pages."""
        nav = (NavItem("My work", "/", 2), NavItem("Operations", "/operations"), NavItem("Raise a concern", "/concern"))
        return Frame(
            person.name, nav, "Newest outside copy: 26 minutes ago.", "Rules in force: Policy 2.8.", "/settings"
        )

    def browser(self, short: str) -> Browser:
        """A browser in which somebody is signed in."""
        person = self.town.people[short]
        digests = SignInDigests(derive)
        client = self.app.test_client()
        assert isinstance(client, PageClient)
        session_id, now = secrets.token_hex(16), self.town.clock()
        with self.town.house.store.write() as unit:
            if rows.name_of_person(unit, person) is None:
                rows.add_account(unit, person, digests.name(short), stored(derive("password"), PASSWORD))
            rows.open_session(unit, digests.session(session_id), person, now, now)
        client.set_cookie("__Host-session", session_id, secure=True)
        return Browser(client)


class Silence:
    """A log nobody reads."""

    def event(self, name: str, **values: str | int | bool | None) -> None:
        """Write nothing."""


@dataclass
class Browser:
    """A signed-in browser."""

    client: PageClient

    def form(self, path: str) -> Filled:
        """Open a page; its form as it stands."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return form_on(answer.text)

    def post(self, path: str, values: Mapping[str, Sequence[str]]) -> TestResponse:
        """Send values as a form of our own pages does."""
        return self.client.post(path, data=dict(values), headers={"Sec-Fetch-Site": "same-origin"})

    def send(self, path: str, changes: Mapping[str, str | Sequence[str] | None]) -> TestResponse:
        """Open a page, change what stands in its form, and send it."""
        form = self.form(path)
        return self.post(form.action, form.typed(changes))

    def sign(self, path: str, changes: Mapping[str, str | Sequence[str] | None]) -> TestResponse:
        """Send the form of a signed act, read it back, and sign."""
        prepared = self.send(path, changes)
        assert prepared.status_code == 303, prepared.text
        return self.send(prepared.headers["Location"], {"password": PASSWORD})
