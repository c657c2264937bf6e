"""The department: its people and the offices they hold, its settings and its policy, folded from its own stream."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from covertops.domain.deadlines import end_of, start_of
from covertops.domain.declaration import EntryRef, Recorded
from covertops.domain.entries.department import (
    AccountClosed,
    AccountOpened,
    AccountReopened,
    ActingChiefNamed,
    CheckpointGiven,
    CityInstrumentAnswered,
    CityInstrumentEntered,
    ClockBehind,
    ConcernAnswered,
    ConcernRaised,
    ConflictNoticed,
    DepartmentEstablished,
    OfficeAppointed,
    OfficeEnded,
    PeopleReviewed,
    PolicyAdopted,
    SettingChanged,
)
from covertops.domain.entries.sign_in import FactorReset, RecoverySeen, RecoveryUsed
from covertops.domain.passkeys import Passkeys, evolve_passkeys
from covertops.domain.policy import Policy
from covertops.domain.signed_acts import GivenReceipt, SignedAct, signed_acts
from covertops.domain.vocabulary import CHIEFS, Office


@dataclass(frozen=True)
class Appointment:
    """An office held from one moment to another."""

    office: Office
    entry: int
    since: datetime
    until: datetime | None
    agency: str | None = None
    instrument: str = ""
    by: str | None = None
    """Who gave it; None where the software did, at set-up."""
    ended_by: str | None = None
    """Who ended it before its day, alone or with the account; None while nobody did, and where the city did."""

    def covers(self, at: datetime) -> bool:
        """Whether the office was held at ``at``."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Member:
    """A person with an account."""

    id: str
    name: str
    sign_in_name: str
    appointments: tuple[Appointment, ...] = ()
    closed_at: datetime | None = None

    def offices(self, at: datetime) -> frozenset[Office]:
        """The offices held at a moment; none once the account is closed. An acting Chief holds the Chief's too."""
        if self.closed_at is not None and self.closed_at <= at:
            return frozenset()
        held = {one.office for one in self.appointments if one.covers(at)}
        return frozenset(held | {Office.CHIEF} if Office.ACTING_CHIEF in held else held)

    def standing(self, at: datetime) -> tuple[Appointment, ...]:
        """The appointments that are in force at a moment, and those that begin later."""
        return tuple(one for one in self.appointments if one.until is None or one.until > max(at, one.since))


@dataclass(frozen=True)
class Concern:
    """A concern and its answer's entry once there is one."""

    ref: EntryRef
    raised_at: datetime
    by: str
    goes_to: str
    answered: int | None = None


@dataclass(frozen=True)
class Conflict:
    """Operations the internal check found near one another."""

    entry: int
    at: datetime
    operations: tuple[str, ...]
    what: tuple[str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True)
class Recovery:
    """Somebody came in past their second factor, and which supervisors and auditors were told of it."""

    ref: EntryRef
    at: datetime
    person: str
    how: str
    seen_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CityInstrument:
    """What the city decided about the Chief's office, as it was entered; it waits for a second person."""

    ref: EntryRef
    at: datetime
    says: CityInstrumentEntered


@dataclass(frozen=True)
class Changed:
    """The newest change of a local setting: when, by whom, by which entry."""

    at: datetime
    by: str | None
    entry: int


@dataclass(frozen=True)
class Reviewed:
    """The newest review of people and offices."""

    at: datetime
    by: str | None
    entry: int
    findings: str


@dataclass(frozen=True)
class ClockFall:
    """A clock that was found behind the record; it has caught up once it is past ``record_at``."""

    record_at: datetime
    clock_at: datetime


@dataclass(frozen=True)
class Department:
    """The department folded from its own entries."""

    name: str = ""
    zone_name: str = "America/Chicago"
    log_key: str = ""
    policy_digest: str = ""
    policy_adopted_at: datetime | None = None
    people: Mapping[str, Member] = field(default_factory=dict)
    settings: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, Changed] = field(default_factory=dict)
    """By the name of a setting, who changed it last."""
    instrument: CityInstrument | None = None
    """The city's instrument that waits to be confirmed."""
    begun_at: datetime | None = None
    reviewed: Reviewed | None = None
    clock_fall: ClockFall | None = None
    concerns: tuple[Concern, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    passkeys: Passkeys = field(default_factory=Passkeys)
    signed: tuple[SignedAct, ...] = ()
    receipts: tuple[GivenReceipt, ...] = ()
    receipt_given_at: datetime | None = None
    """When a record receipt was last handed out: what was recorded since is held by nobody else yet."""
    last_number: int = 0
    last_hash: str = ""
    last_at: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of local midnights."""
        return ZoneInfo(self.zone_name)

    def holding(self, office: Office, at: datetime) -> tuple[Member, ...]:
        """The people who hold an office at a moment, by name."""
        found = (one for one in self.people.values() if office in one.offices(at))
        return tuple(sorted(found, key=lambda one: one.name.casefold()))

    def offices_of(self, person: str, at: datetime) -> frozenset[Office]:
        """The offices a person holds at a moment; none for somebody without an account."""
        member = self.people.get(person)
        return member.offices(at) if member else frozenset()

    def chief(self, at: datetime) -> Member | None:
        """The Chief at a moment; an acting Chief is not meant. None while the office is vacant."""
        found = (one for one in self.people.values() if any(it.covers(at) for it in one.appointments if _is_chief(it)))
        return next(found, None)

    def office_ended_at(self, person: str, office: Office, at: datetime) -> datetime:
        """When a person who does not hold an office at ``at`` last held it; ``at`` where they never did."""
        member = self.people.get(person)
        if member is None:
            return at
        offices = CHIEFS if office in CHIEFS else (office,)
        held = [
            one for one in member.appointments if one.office in offices and (one.until is None or one.since < one.until)
        ]
        return max((one.until for one in held if one.until and one.until <= at), default=at)

    def rules(self, policy: Policy) -> Policy:
        """The policy with this department's local settings."""
        return policy.with_settings(self.settings)

    def name_of(self, person: str | None) -> str:
        """A person's name as the department's own screens show it."""
        if person is None:
            return "By itself"
        member = self.people.get(person)
        return member.name if member else "Unknown person"


def _is_chief(appointment: Appointment) -> bool:
    return appointment.office is Office.CHIEF


def _with_member(department: Department, member: Member) -> Department:
    return replace(department, people={**department.people, member.id: member})


def _appoint(department: Department, it: Recorded, entry: OfficeAppointed) -> Department:
    zone = department.zone
    since = max(it.at, start_of(entry.from_on, zone))
    until = end_of(entry.until_on, zone) if entry.until_on else None
    given = Appointment(Office(entry.held), it.number, since, until, entry.agency, entry.instrument, entry.by)
    return _given(department, entry.person, given)


def _given(department: Department, person: str, appointment: Appointment) -> Department:
    member = department.people[person]
    return _with_member(department, replace(member, appointments=(*member.appointments, appointment)))


def _ended(
    department: Department, person: str, offices: Container[Office], at: datetime, by: str | None = None
) -> Department:
    """The department with what stands of a person's appointments to some offices ended at a moment."""
    member = department.people[person]
    appointments = tuple(
        replace(one, until=at, ended_by=by) if one.office in offices and (one.until is None or one.until > at) else one
        for one in member.appointments
    )
    return _with_member(department, replace(member, appointments=appointments))


def _close(department: Department, it: Recorded, entry: AccountClosed) -> Department:
    department = _ended(department, entry.person, tuple(Office), it.at, entry.by)
    return _with_member(department, replace(department.people[entry.person], closed_at=it.at))


def _act_as_chief(department: Department, it: Recorded, entry: ActingChiefNamed) -> Department:
    since, until = max(it.at, start_of(entry.from_on, department.zone)), end_of(entry.until_on, department.zone)
    given = Appointment(Office.ACTING_CHIEF, it.number, since, until, None, entry.instrument, entry.by)
    return _given(department, entry.person, given)


def _answer_instrument(department: Department, it: Recorded, entry: CityInstrumentAnswered) -> Department:
    """What the city decided takes effect once it is confirmed, and not before its own day."""
    waiting, department = department.instrument, replace(department, instrument=None)
    if waiting is None or entry.answer != "confirmed":
        return department
    says, at = waiting.says, max(it.at, start_of(waiting.says.from_on, department.zone))
    ends = {Office.CHIEF} if says.ends_present else set[Office]()
    # Whoever the city names takes the place of everyone who acted until then.
    ends |= {Office.ACTING_CHIEF} if says.person else set()
    for person in department.people:
        department = _ended(department, person, ends, at)
    if not says.person:
        return department
    until = end_of(says.until_on, department.zone) if says.until_on else None
    given = Appointment(Office(says.held), it.number, at, until, None, says.instrument, says.by)
    return _given(department, says.person, given)


def _change_setting(department: Department, it: Recorded, entry: SettingChanged) -> Department:
    changed = {**department.changed, entry.name: Changed(it.at, entry.by, it.number)}
    return replace(department, settings={**department.settings, entry.name: int(entry.new)}, changed=changed)


def _answer(department: Department, it: Recorded, entry: ConcernAnswered) -> Department:
    concerns = tuple(
        replace(one, answered=it.number) if one.ref.number == entry.concern.number else one
        for one in department.concerns
    )
    return replace(department, concerns=concerns)


def _recover(department: Department, it: Recorded, person: str, how: str) -> Department:
    return replace(department, recoveries=(*department.recoveries, Recovery(it.ref, it.at, person, how)))


def _see(department: Department, entry: RecoverySeen) -> Department:
    recoveries = tuple(
        replace(one, seen_by=one.seen_by | {entry.by or ""}) if one.ref.number == entry.used.number else one
        for one in department.recoveries
    )
    return replace(department, recoveries=recoveries)


def _changed(department: Department, it: Recorded) -> Department:
    match it.entry:
        case DepartmentEstablished() as entry:
            begun = replace(department, name=entry.name, begun_at=it.at)
            return replace(begun, zone_name=entry.zone, log_key=entry.log_key)
        case AccountOpened() as entry:
            return _with_member(department, Member(entry.person, entry.name, entry.sign_in_name))
        case AccountClosed() as entry:
            return _close(department, it, entry)
        case AccountReopened() as entry:
            return _with_member(department, replace(department.people[entry.person], closed_at=None))
        case OfficeAppointed() as entry:
            return _appoint(department, it, entry)
        case OfficeEnded() as entry:
            return _ended(department, entry.person, (Office(entry.held),), it.at, entry.by)
        case ActingChiefNamed() as entry:
            return _act_as_chief(department, it, entry)
        case CityInstrumentEntered() as entry:
            return replace(department, instrument=CityInstrument(it.ref, it.at, entry))
        case CityInstrumentAnswered() as entry:
            return _answer_instrument(department, it, entry)
        case PeopleReviewed() as entry:
            return replace(department, reviewed=Reviewed(it.at, entry.by, it.number, entry.findings))
        case ClockBehind() as entry:
            return replace(department, clock_fall=ClockFall(entry.record_at, entry.clock_at))
        case SettingChanged() as entry:
            return _change_setting(department, it, entry)
        case PolicyAdopted() as entry:
            return replace(department, policy_digest=entry.digest, policy_adopted_at=it.at)
        case CheckpointGiven() as entry:
            receipts = (*department.receipts, GivenReceipt(int(entry.size), it.at))
            return replace(department, receipt_given_at=it.at, receipts=receipts)
        case ConcernRaised() as entry:
            concern = Concern(it.ref, it.at, entry.by or "", entry.goes_to)
            return replace(department, concerns=(*department.concerns, concern))
        case ConcernAnswered() as entry:
            return _answer(department, it, entry)
        case ConflictNoticed() as entry:
            conflict = Conflict(it.number, it.at, entry.operations, entry.what, entry.told)
            return replace(department, conflicts=(*department.conflicts, conflict))
        case RecoveryUsed() as entry:
            return _recover(department, it, entry.person, "signed in with a recovery code")
        case FactorReset() as entry:
            return _recover(department, it, entry.person, "may set up another second factor")
        case RecoverySeen() as entry:
            return _see(department, entry)
    return department


def evolve_department(department: Department, it: Recorded) -> Department:
    """The department after one more of its entries."""
    passkeys = evolve_passkeys(department.passkeys, it)
    signed = (*department.signed, *signed_acts(it))
    changed = replace(_changed(department, it), passkeys=passkeys, signed=signed)
    return replace(changed, last_number=it.number, last_hash=it.hash, last_at=it.at)
