"""The department: its people and the offices they hold, its settings and its policy, folded from its own stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from covertops.domain.deadlines import end_of, start_of
from covertops.domain.declaration import EntryRef, Recorded
from covertops.domain.entries.department import (
    AccountClosed,
    AccountOpened,
    CheckpointGiven,
    ConcernAnswered,
    ConcernRaised,
    ConflictNoticed,
    DepartmentEstablished,
    OfficeAppointed,
    OfficeEnded,
    PolicyAdopted,
    SettingChanged,
)
from covertops.domain.entries.sign_in import FactorReset, RecoverySeen, RecoveryUsed
from covertops.domain.policy import Policy
from covertops.domain.vocabulary import Office


@dataclass(frozen=True)
class Appointment:
    """An office held from one moment to another."""

    office: Office
    entry: int
    since: datetime
    until: datetime | None
    agency: str | None = None

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
        """The offices held at a moment; none once the account is closed."""
        if self.closed_at is not None and self.closed_at <= at:
            return frozenset()
        return frozenset(one.office for one in self.appointments if one.covers(at))


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
class Department:
    """The department folded from its own entries."""

    name: str = ""
    zone_name: str = "America/Chicago"
    log_key: str = ""
    policy_digest: str = ""
    policy_adopted_at: datetime | None = None
    people: Mapping[str, Member] = field(default_factory=dict)
    settings: Mapping[str, int] = field(default_factory=dict)
    concerns: tuple[Concern, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
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

    def office_ended_at(self, person: str, office: Office, at: datetime) -> datetime:
        """When a person who does not hold an office at ``at`` last held it; ``at`` where they never did."""
        member = self.people.get(person)
        if member is None:
            return at
        ends = [one.until for one in member.appointments if one.office == office and one.until and one.until <= at]
        closed = [member.closed_at] if member.closed_at and member.closed_at <= at else []
        return min(closed + ([max(ends)] if ends else []), default=at)

    def rules(self, policy: Policy) -> Policy:
        """The policy with this department's local settings."""
        return policy.with_settings(self.settings)

    def name_of(self, person: str | None) -> str:
        """A person's name as the department's own screens show it."""
        if person is None:
            return "By itself"
        member = self.people.get(person)
        return member.name if member else "Unknown person"


def _with_member(department: Department, member: Member) -> Department:
    return replace(department, people={**department.people, member.id: member})


def _appoint(department: Department, it: Recorded, entry: OfficeAppointed) -> Department:
    zone = department.zone
    since = max(it.at, start_of(entry.from_on, zone))
    until = end_of(entry.until_on, zone) if entry.until_on else None
    appointment = Appointment(Office(entry.held), it.number, since, until, entry.agency)
    member = department.people[entry.person]
    return _with_member(department, replace(member, appointments=(*member.appointments, appointment)))


def _end_office(department: Department, it: Recorded, entry: OfficeEnded) -> Department:
    member = department.people[entry.person]
    appointments = tuple(
        replace(one, until=it.at) if one.office == entry.held and (one.until is None or one.until > it.at) else one
        for one in member.appointments
    )
    return _with_member(department, replace(member, appointments=appointments))


def _answer(department: Department, it: Recorded, entry: ConcernAnswered) -> Department:
    concerns = tuple(
        replace(one, answered=it.number) if one.ref.number == entry.concern.number else one
        for one in department.concerns
    )
    return replace(department, concerns=concerns)


def _recover(department: Department, it: Recorded, person: str, how: str) -> Department:
    return replace(department, recoveries=(*department.recoveries, Recovery(it.ref, it.at, person, how)))


def _see(department: Department, it: Recorded, entry: RecoverySeen) -> Department:
    recoveries = tuple(
        replace(one, seen_by=one.seen_by | {entry.by or ""}) if one.ref.number == entry.used.number else one
        for one in department.recoveries
    )
    return replace(department, recoveries=recoveries)


def _changed(department: Department, it: Recorded) -> Department:
    match it.entry:
        case DepartmentEstablished() as entry:
            return replace(department, name=entry.name, zone_name=entry.zone, log_key=entry.log_key)
        case AccountOpened() as entry:
            return _with_member(department, Member(entry.person, entry.name, entry.sign_in_name))
        case AccountClosed() as entry:
            return _with_member(department, replace(department.people[entry.person], closed_at=it.at))
        case OfficeAppointed() as entry:
            return _appoint(department, it, entry)
        case OfficeEnded() as entry:
            return _end_office(department, it, entry)
        case SettingChanged() as entry:
            return replace(department, settings={**department.settings, entry.name: int(entry.new)})
        case PolicyAdopted() as entry:
            return replace(department, policy_digest=entry.digest, policy_adopted_at=it.at)
        case CheckpointGiven():
            return replace(department, receipt_given_at=it.at)
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
            return _see(department, it, entry)
    return department


def evolve_department(department: Department, it: Recorded) -> Department:
    """The department after one more of its entries."""
    return replace(_changed(department, it), last_number=it.number, last_hash=it.hash, last_at=it.at)
