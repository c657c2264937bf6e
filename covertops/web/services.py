"""What the pages are given from below: who people are, how the first two are set up, and where it is all kept.

The pages know these shapes and nothing behind them, so that a test gives them a department of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from covertops.web.page import Frame

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import ReadUnit, Store, WriteUnit


class Person(Protocol):
    """Somebody with an account, as the record knows them now."""

    @property
    def id(self) -> str:
        """128-bit hex."""
        ...

    @property
    def name(self) -> str:
        """As the masthead shows them: ``Supervisor 1``."""
        ...

    @property
    def offices(self) -> frozenset[str]:
        """The offices they hold now."""
        ...


class People(Protocol):
    """Who has an account."""

    def person(self, person_id: str) -> Person | None:
        """The person with that id, or None when there is none or their account was closed."""
        ...


class Left(Protocol):
    """What somebody can still prove themselves with, besides passkeys."""

    @property
    def phone(self) -> bool:
        """Whether a phone makes their codes."""
        ...

    @property
    def printed(self) -> int:
        """How many printed codes are unused."""
        ...

    @property
    def recovery(self) -> int:
        """How many recovery codes are unused."""
        ...


class SecondFactors(Protocol):
    """What proves that it is really them, beside the password."""

    def accept_code(self, unit: WriteUnit, person_id: str, code: str, now: datetime) -> bool:
        """Whether this one-time code is theirs; once accepted it is never accepted again."""
        ...

    def is_enrolled(self, unit: ReadUnit, person_id: str) -> bool:
        """Whether they have a second factor; whoever has one needs it to set up another."""
        ...

    def left(self, unit: ReadUnit, person_id: str) -> Left:
        """What they can still prove themselves with."""
        ...

    def add_phone(self, unit: WriteUnit, person_id: str, secret: str, code: str, now: datetime) -> bool:
        """Keep a phone's secret once a code proves that the phone has it; False when it does not."""
        ...

    def add_sheet(self, unit: WriteUnit, person_id: str, codes: Sequence[str], code: str, now: datetime) -> bool:
        """Keep a printed sheet's codes once one was typed from it; False when it is not of them."""
        ...

    def new_recovery_codes(self, unit: WriteUnit, person_id: str, now: datetime) -> Sequence[str]:
        """New recovery codes, in the place of earlier ones."""
        ...


class AccessRecord(Protocol):
    """What the access stream keeps of sign-ins, written in the transaction of the act itself."""

    def session_opened(self, unit: WriteUnit, person_id: str, now: datetime) -> None:
        """Somebody signed in with all that was asked of them."""
        ...

    def session_ended(self, unit: WriteUnit, person_id: str, now: datetime) -> None:
        """Somebody signed out."""
        ...

    def locked(self, unit: WriteUnit, person_id: str | None, now: datetime) -> None:
        """Wrong attempts locked an account, known or unknown, at the node that is asking."""
        ...

    def joined(self, unit: WriteUnit, person_id: str, now: datetime) -> None:
        """Somebody used their invitation and chose a password."""
        ...


@dataclass(frozen=True)
class NewAccount:
    """A person of the first two. The password is already what is stored, never what was typed."""

    name: str
    sign_in_name: str
    password_phc: str


@dataclass(frozen=True)
class FirstPeople:
    """What set-up asks: the department, and its Chief and administrator, who are two people from the first minute."""

    department: str
    chief: NewAccount
    administrator: NewAccount


class SetUpRefused(Exception):
    """The set-up was not done. ``field`` names the question that needs another look; the message says why."""

    def __init__(self, message: str, field: str = "token") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class SetUp(Protocol):
    """The first minute of an installation."""

    def needed(self) -> bool:
        """Whether nobody has been set up yet."""
        ...

    def fits(self, token: str) -> bool:
        """Whether this is the token that was printed; asked before anything else that was typed is looked at."""
        ...

    def run(self, token: str, first: FirstPeople, now: datetime) -> None:
        """Set the department up; the token printed at installation is good for this once.

        Raises :class:`SetUpRefused`.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything the pages are given. ``derive`` makes a 32-byte key for a purpose from the installation's own."""

    store: Store
    derive: Callable[[str], bytes]
    people: People
    set_up: SetUp
    frame: Callable[[Person], Frame]
    department_name: Callable[[], str]
    second_factors: SecondFactors
    access_record: AccessRecord
