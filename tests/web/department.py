"""A department for tests of the pages: a real store, and people who exist only here."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from covertops.actions.second_factors import Left
from covertops.storage import sign_in_store as rows
from covertops.storage.sign_in_store import SignInDigests
from covertops.storage.unit_of_work import ReadUnit, Store, WriteUnit
from covertops.web.log import JsonLog
from covertops.web.page import Frame, NavItem
from covertops.web.passwords import Passwords
from covertops.web.services import FirstPeople, Services, SetUpRefused
from covertops.web.settings import WebSettings
from tests.clock import FixedClock

NAME = "Example Police Department"
PASSWORD = "tidy lamp river moss"
TOKEN = "set-up-token-of-this-test"
SETTINGS = WebSettings(origin="http://localhost", secret_key=b"a key for tests, 32 bytes long..")


@dataclass(frozen=True)
class Somebody:
    """A person with the offices a test gives them."""

    id: str
    name: str
    offices: frozenset[str]


@dataclass
class FirstMinute:
    """A set-up whose token is known to the test."""

    pending: bool = False
    people: FirstPeople | None = None

    def needed(self) -> bool:
        return self.pending

    def fits(self, token: str) -> bool:
        return token == TOKEN

    def run(self, token: str, first: FirstPeople, now: datetime) -> None:
        if token != TOKEN:
            raise SetUpRefused("This token is not right, or it was used already.", "token")
        self.people, self.pending = first, False


@dataclass
class CodesOfTheDay:
    """A second factor of which the test knows every code: any six digits but ``WRONG_CODE``, each good once.

    Everybody has one unless ``missing`` names them. The factors of an installation are tested in test_second_factor.
    """

    used: set[tuple[str, str]] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)

    def accept_code(self, unit: WriteUnit, person_id: str, code: str, now: datetime) -> bool:
        right = code != WRONG_CODE and (person_id, code) not in self.used and person_id not in self.missing
        self.used.add((person_id, code))
        return right

    def is_enrolled(self, unit: ReadUnit, person_id: str) -> bool:
        return person_id not in self.missing

    def left(self, unit: ReadUnit, person_id: str) -> Left:
        return Left(phone=self.is_enrolled(unit, person_id), printed=0, recovery=0)

    def add_phone(self, unit: WriteUnit, person_id: str, secret: str, code: str, now: datetime) -> bool:
        self.missing.discard(person_id)
        return self.accept_code(unit, person_id, code, now)

    def add_sheet(self, unit: WriteUnit, person_id: str, codes: Sequence[str], code: str, now: datetime) -> bool:
        self.missing.discard(person_id)
        return self.accept_code(unit, person_id, code, now)

    def new_recovery_codes(self, unit: WriteUnit, person_id: str, now: datetime) -> Sequence[str]:
        return ("RECOV-ERY22",)


WRONG_CODE = "000000"
_CODES = itertools.count(100_001)


def fresh_code() -> str:
    """A code that was never used before."""
    return str(next(_CODES))


@dataclass
class AccessLines:
    """What would stand in the access stream."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def session_opened(self, unit: WriteUnit, person_id: str, now: datetime) -> None:
        self.lines.append(("opened", person_id))

    def session_ended(self, unit: WriteUnit, person_id: str, now: datetime) -> None:
        self.lines.append(("ended", person_id))

    def locked(self, unit: WriteUnit, person_id: str | None, now: datetime) -> None:
        self.lines.append(("locked", person_id or ""))

    def joined(self, unit: WriteUnit, person_id: str, now: datetime) -> None:
        self.lines.append(("joined", person_id))


@cache
def stored(key: bytes, password: str) -> str:
    """The PHC string of a password under a key."""
    return Passwords(key).phc(password)


class Department:
    """Store, clock, people and log of one test, and the services that give them to the pages."""

    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.store, self.clock = store, clock
        self.people: dict[str, Somebody] = {}
        self.first_minute, self.access = FirstMinute(), AccessLines()
        self.codes = CodesOfTheDay()
        self.written = io.StringIO()
        self.log = JsonLog(self.written, clock)
        self.name = NAME
        self.digests = SignInDigests(store.keyring.derive)

    def person(self, person_id: str) -> Somebody | None:
        """The person with that id."""
        return self.people.get(person_id)

    def services(self) -> Services:
        """What :func:`create_app` is given."""
        return Services(
            store=self.store,
            derive=self.store.keyring.derive,
            people=self,
            set_up=self.first_minute,
            frame=self.frame,
            department_name=lambda: self.name,
            second_factors=self.codes,
            access_record=self.access,
        )

    def frame(self, person: Any) -> Frame:
        """The frame of the pages."""
        return Frame(
            signed_in_as=person.name,
            nav=(
                NavItem("My work", "/", 3),
                NavItem("Operations", "/operations"),
                NavItem("Raise a concern", "/concern"),
            ),
            outside_copy="Newest outside copy: 26 minutes ago.",
            rules_in_force="Rules in force: Policy 2.8, adopted Sep 1, 2026.",
            settings_href="/settings",
        )

    def phc(self, password: str) -> str:
        """What is stored of a password, made once for all tests: it takes a quarter of a second."""
        return stored(self.store.keyring.derive("password"), password)

    def add(self, name: str, *offices: str, sign_in_name: str = "", password: str | None = PASSWORD) -> Somebody:
        """Add a person with an account."""
        somebody = Somebody(f"{len(self.people) + 1:032x}", name, frozenset(offices))
        phc = None if password is None else self.phc(password)
        with self.store.write() as unit:
            rows.add_account(unit, somebody.id, self.digests.name(sign_in_name or name), phc)
        self.people[somebody.id] = somebody
        return somebody

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines of the log for one event."""
        lines = [json.loads(line) for line in self.written.getvalue().splitlines()]
        return [line for line in lines if line["event"] == event]
