"""What is done about the department itself: set-up, accounts, offices, settings. One transaction a function.

Whatever ends an office ends it in every operation it affects, in the same transaction, so that an operation's own
record tells when authority was in force.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from covertops.actions.department_signing import Signing
from covertops.actions.installation import Installation
from covertops.actions.one_time_codes import new_code
from covertops.actions.operations import Scene, record_lapse
from covertops.actions.recording import not_before, record, record_department, refresh
from covertops.actions.schemas import read_answers
from covertops.actions.set_up_token import spend_token, token_fits
from covertops.actions.signing import refuse_behind, signed
from covertops.domain.deadlines import local_date
from covertops.domain.decisions import Actor, Facts, activation, offices
from covertops.domain.decisions import department as decisions
from covertops.domain.decisions.founding import ONCE, Founder, found_department
from covertops.domain.decisions.frame import Decided, as_held
from covertops.domain.declaration import Entry, Recorded
from covertops.domain.department import Department, Member
from covertops.domain.entries.department import (
    AccountClosed,
    AccountInvited,
    AccountOpened,
    AccountReleased,
    AccountReopened,
    OfficeAppointed,
    OfficeEnded,
    SettingChanged,
)
from covertops.domain.operation import Operation
from covertops.domain.refusals import refuse
from covertops.domain.vocabulary import CHIEFS, Office, Stage
from covertops.ledger.checkpoint import fingerprint
from covertops.storage import account_use, sign_in_store
from covertops.storage.lookups import all_streams, operations_with
from covertops.storage.sign_in_store import SignInDigests
from covertops.storage.unit_of_work import ReadUnit, WriteUnit

INVITATION_LASTS: Final = timedelta(days=7)
ANYWHERE: Final = (*CHIEFS, Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY)
_SETTLED: Final = (Stage.REFUSED, Stage.WITHDRAWN)
Derive = Callable[[str], bytes]
"""Makes a 32-byte key for a purpose from the installation's own."""
Decide = Callable[[Actor, Facts, Mapping[str, Any] | None], Decided]


class WrongToken(Exception):
    """The one-time token of the set-up does not fit, or was used already."""


@dataclass(frozen=True)
class NewPerson:
    """One of the first two people, with what is stored of the password."""

    name: str
    sign_in_name: str
    password_phc: str


@dataclass(frozen=True)
class Invited:
    """An account whose owner chooses a password with a one-time code; the code itself is kept nowhere."""

    member: Member
    code: str
    expires_at: datetime
    entry: Recorded

    @property
    def is_new(self) -> bool:
        """Whether the account was opened just now, and gives no office yet."""
        return isinstance(self.entry.entry, AccountOpened | AccountReopened)


@dataclass(frozen=True)
class Done:
    """What was just recorded, while its transaction lasts: the department as it now stands, and the entry."""

    unit: WriteUnit
    department: Department
    entry: Recorded

    @property
    def person(self) -> str:
        """The person the entry is about."""
        return str(getattr(self.entry.entry, "person", ""))

    @property
    def member(self) -> Member:
        """The person's account as it now stands."""
        return self.department.people[self.person]


# The first minute ----------------------------------------------------------------------------------------------------


def set_up(
    house: Installation,
    derive: Derive,
    token: str,
    name: str,
    zone: str,
    chief: NewPerson,
    administrator: NewPerson,
    now: datetime,
) -> Department:
    """Begin the department's record with its two first people. Raises WrongToken and Refusal."""
    digests = SignInDigests(derive)
    with house.store.write() as unit:
        if not token_fits(house, unit, token):
            raise WrongToken
        if digests.name(chief.sign_in_name) == digests.name(administrator.sign_in_name):
            raise refuse("two", "Chief and administrator are two people", ONCE, "Use two names.", "administrator")
        founders = [
            Founder(secrets.token_hex(16), _composed(one.name), _composed(one.sign_in_name))
            for one in (chief, administrator)
        ]
        decided = found_department(
            house.folds.department(unit),
            _composed(name),
            zone,
            fingerprint(unit.log_key.private.public_key()),
            founders[0],
            founders[1],
            house.policy,
            local_date(now, ZoneInfo(zone)),
        )
        department, _ = record_department(unit, Department(), decided, now)
        for founder, person in zip(founders, (chief, administrator), strict=True):
            name_hmac = digests.name(person.sign_in_name)
            sign_in_store.add_account(unit, founder.person, name_hmac, person.password_phc)
        spend_token(unit)
    house.folds.keep_department(department)
    return department


def _composed(text: str) -> str:
    """Text in the one form the record holds (NFC)."""
    return unicodedata.normalize("NFC", text)


# Accounts ------------------------------------------------------------------------------------------------------------


def open_account(
    house: Installation, derive: Derive, person: str, given: Mapping[str, object], level: Signing, now: datetime
) -> Invited:
    """Open an account and make the one-time code of its owner. Raises Refusal."""
    new, digests, made = secrets.token_hex(16), SignInDigests(derive), list[Invited]()

    def decide(actor: Actor, facts: Facts, asked: Mapping[str, Any] | None) -> Decided:
        if asked is not None:
            _refuse_taken_name(digests, facts.department, asked["sign_in_name"])
        return decisions.open_account(actor, facts, new, asked)

    def keep(done: Done) -> None:
        sign_in_store.add_account(done.unit, done.person, digests.name(done.member.sign_in_name))
        made.append(_invite(done, digests, now))

    do_on_department(house, person, AccountOpened, given, now, decide, keep, level)
    return made[0]


def _refuse_taken_name(digests: SignInDigests, department: Department, sign_in_name: str) -> None:
    """Names that sign-in cannot tell apart are one name, whatever their case, spaces and forms of letters."""
    if digests.name(sign_in_name) in {digests.name(one.sign_in_name) for one in department.people.values()}:
        message = "This name for signing in is taken"
        raise refuse("taken", message, offices.ACCOUNTS, "Choose another.", "sign_in_name")


def invite(
    house: Installation, derive: Derive, person: str, given: Mapping[str, object], level: Signing, now: datetime
) -> Invited:
    """Make a new one-time code; the earlier one and the person's sessions end. Raises Refusal."""
    digests, made = SignInDigests(derive), list[Invited]()

    def keep(done: Done) -> None:
        sign_in_store.end_sessions_of(done.unit, done.person, now)
        account_use.wake_account(done.unit, done.person)
        made.append(_invite(done, digests, now))

    do_on_department(house, person, AccountInvited, given, now, decisions.invite, keep, level)
    return made[0]


def _invite(done: Done, digests: SignInDigests, now: datetime) -> Invited:
    """Keep the digest of a new code in the transaction that records it."""
    invited = Invited(done.member, new_code(), now + INVITATION_LASTS, done.entry)
    sign_in_store.invite(done.unit, done.person, digests.invitation(invited.code), invited.expires_at)
    return invited


def close_account(
    house: Installation, person: str, given: Mapping[str, object], level: Signing, now: datetime
) -> Recorded:
    """Close an account: its offices and sessions end, and every operation it affects records it. Raises Refusal."""

    def keep(done: Done) -> None:
        sign_in_store.disable_account(done.unit, done.person, now)
        end_in_operations(house, done, done.person)

    return do_on_department(house, person, AccountClosed, given, now, decisions.close_account, keep, level)


def reopen_account(
    house: Installation, derive: Derive, person: str, given: Mapping[str, object], level: Signing, now: datetime
) -> Invited:
    """Open the account of somebody who is back, with a one-time code; no office comes with it. Raises Refusal.

    The password of before is gone. The second factor stays, as at an invitation: whoever closes and opens accounts
    could otherwise become the person. The Chief takes it away where it is lost (`recoveries`).
    """
    digests, made = SignInDigests(derive), list[Invited]()

    def keep(done: Done) -> None:
        sign_in_store.enable_account(done.unit, done.person)
        made.append(_invite(done, digests, now))

    do_on_department(house, person, AccountReopened, given, now, decisions.reopen_account, keep, level)
    return made[0]


def release_account(
    house: Installation, person: str, given: Mapping[str, object], level: Signing, now: datetime
) -> Recorded:
    """Let an account that wrong attempts locked be tried again, from everywhere. Raises Refusal."""

    def keep(done: Done) -> None:
        name_hmac = sign_in_store.name_of_person(done.unit, done.person)
        if name_hmac is not None:
            sign_in_store.release_account(done.unit, name_hmac)

    return do_on_department(house, person, AccountReleased, given, now, decisions.release_account, keep, level)


# Offices -------------------------------------------------------------------------------------------------------------


def appoint(house: Installation, person: str, given: Mapping[str, object], level: Signing, now: datetime) -> Recorded:
    """Give an office; who holds it signs in anew. Raises Refusal.

    An office of theirs that ran out by its date is first ended in every operation it affects: given again, it would
    otherwise leave no trace of the time between.
    """
    record_lapses_of(house, str(given.get("person", "")), now)

    def keep(done: Done) -> None:
        sign_in_store.end_sessions_of(done.unit, done.person, now)

    return do_on_department(house, person, OfficeAppointed, given, now, offices.appoint, keep, level)


def end_office(
    house: Installation, person: str, given: Mapping[str, object], level: Signing, now: datetime
) -> Recorded:
    """End an office, in every operation it affects; the person's sessions end. Raises Refusal."""

    def keep(done: Done) -> None:
        sign_in_store.end_sessions_of(done.unit, done.person, now)
        end_in_operations(house, done, done.person)

    return do_on_department(house, person, OfficeEnded, given, now, offices.end_office, keep, level)


def record_lapses_of(house: Installation, person: str, now: datetime) -> None:
    """Record in a person's operations what has lapsed there, before they are given another office."""
    with house.store.read() as unit:
        affected = _operations_of(house, unit, person)
    for operation_id in affected:
        record_lapse(house, operation_id, now)


def _operations_of(house: Installation, unit: ReadUnit, person: str) -> list[str]:
    """The operations in which somebody has a part; a Chief or an attorney may have one in any."""
    member = house.folds.department(unit).people.get(person)
    anywhere = member is not None and any(one.office in ANYWHERE for one in member.appointments)
    return all_streams(unit) if anywhere else operations_with(unit, person)


def end_in_operations(house: Installation, done: Done, person: str) -> None:
    """Record in a person's operations which offices ended for them, and what lapses with that."""
    facts = Facts(done.entry.at, done.department.rules(house.policy), done.department)
    for operation_id in _operations_of(house, done.unit, person):
        operation = house.folds.operation(done.unit, operation_id)
        lapsed = activation.lapse(operation, facts)
        if lapsed:
            record(house, done.unit, operation, lapsed, done.department, done.entry.at)


# Settings ------------------------------------------------------------------------------------------------------------


def change_setting(
    house: Installation, person: str, given: Mapping[str, object], level: Signing, now: datetime
) -> Recorded:
    """Change a local setting; what waits in every operation is reckoned anew. Raises Refusal."""

    def keep(done: Done) -> None:
        for operation_id in all_streams(done.unit):
            operation = house.folds.operation(done.unit, operation_id)
            if operation.stage not in _SETTLED:
                refresh(house, done.unit, operation, done.department)

    return do_on_department(house, person, SettingChanged, given, now, decisions.change_setting, keep, level)


# The one way ---------------------------------------------------------------------------------------------------------


def actor_and_facts(house: Installation, department: Department, person: str, now: datetime) -> tuple[Actor, Facts]:
    """Who acts on the department, and what the decision may know."""
    return Actor(person, department.offices_of(person, now)), Facts(now, department.rules(house.policy), department)


def do_on_department(
    house: Installation,
    person: str,
    kind: type[Entry],
    given: Mapping[str, object],
    now: datetime,
    decide: Decide,
    keep: Callable[[Done], None] | None = None,
    level: Signing | None = None,
) -> Recorded:
    """Decide, sign where a ``level`` is given, record, and do in the same transaction what the entry brings with it.

    Whoever calls with a level has just proved that the person is that person. Raises Refusal.
    """
    with house.store.write() as unit:
        if level is not None:
            refuse_behind(unit, now)
        now = not_before(unit, now)
        department = house.folds.department(unit)
        actor, facts = actor_and_facts(house, department, person, now)
        decide(actor, facts, None)
        asked = read_answers(kind, given, department.zone_name)
        written, salts = as_held(actor, decide(actor, facts, asked))[0], None
        if level is not None:
            written, salts = signed(
                unit, Scene(Operation(unit.streams.department), department, actor, facts), written, level
            )
        department, entries = record_department(unit, department, (written,), now, salts)
        if keep is not None:
            keep(Done(unit, department, entries[0]))
    house.folds.keep_department(department)
    return entries[0]
