"""A small department with one operation in it, and the moment it is."""

from __future__ import annotations

import hashlib
import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from covertops.domain.deadlines import local_date
from covertops.domain.decisions import Actor, Decided, Facts
from covertops.domain.declaration import Entry, EntryRef, Recorded
from covertops.domain.department import Department, evolve_department
from covertops.domain.entries.department import AccountOpened, DepartmentEstablished, OfficeAppointed, OfficeEnded
from covertops.domain.evolve import evolve
from covertops.domain.introductions import introductions
from covertops.domain.operation import Operation
from covertops.domain.policy import Policy, parse_policy
from covertops.domain.vocabulary import Office
from tests.clock import A_MORNING

STREAM = "0f" * 16
INVESTIGATOR_1, INVESTIGATOR_2, INVESTIGATOR_3 = "investigator-1", "investigator-2", "investigator-3"
SUPERVISOR_1, SUPERVISOR_2, SUPERVISOR_3 = "supervisor-1", "supervisor-2", "supervisor-3"
CHIEF, PROSECUTOR, CITY_ATTORNEY, ADMINISTRATOR = "chief", "prosecutor", "city-attorney", "administrator"
NOBODY = "nobody"
"""Somebody with an account and no office."""

OFFICES: Mapping[str, Office] = {
    INVESTIGATOR_1: Office.INVESTIGATOR,
    INVESTIGATOR_2: Office.INVESTIGATOR,
    INVESTIGATOR_3: Office.INVESTIGATOR,
    SUPERVISOR_1: Office.SUPERVISOR,
    SUPERVISOR_2: Office.SUPERVISOR,
    SUPERVISOR_3: Office.SUPERVISOR,
    CHIEF: Office.CHIEF,
    PROSECUTOR: Office.PROSECUTING_ATTORNEY,
    CITY_ATTORNEY: Office.CITY_ATTORNEY,
    ADMINISTRATOR: Office.ADMINISTRATOR,
}
PEOPLE = (*OFFICES, NOBODY)


@cache
def policy_2_8() -> Policy:
    """The policy as it is shipped."""
    return parse_policy(importlib.resources.files("covertops.domain").joinpath("palacios-2.8.toml").read_bytes())


@cache
def a_department(more: tuple[tuple[str, Office], ...] = ()) -> Department:
    """Everybody in :data:`OFFICES` holds their office since long before :data:`A_MORNING`, and some hold ``more``."""
    department, number = Department(), 0
    begun = A_MORNING - timedelta(days=400)
    entries: list[Entry] = [
        DepartmentEstablished(name="Example Police Department", zone="America/Chicago", log_key="0" * 64)
    ]
    for person in PEOPLE:
        entries.append(AccountOpened(person=person, name=person.replace("-", " ").title(), sign_in_name=person))
    for person, office in (*OFFICES.items(), *more):
        terms: dict[str, Any] = {"instrument": "Order 1", "from_on": begun.date(), "until_on": None, "agency": None}
        entries.append(OfficeAppointed(person=person, held=office, **terms))
    for number, entry in enumerate(entries, start=1):
        department = evolve_department(department, recorded("department", number, begun, Office.SYSTEM, entry))
    return department


def recorded(stream: str, number: int, at: datetime, office: Office, entry: Entry) -> Recorded:
    """An entry as the ledger would hand it back; the hash stands for its place."""
    return Recorded(stream, number, at, hashlib.sha256(f"{stream}/{number}".encode()).hexdigest(), office, entry)


@dataclass(frozen=True)
class World:
    """One operation, its record, and the moment it is."""

    operation: Operation = field(default_factory=lambda: Operation(STREAM))
    entries: tuple[Recorded, ...] = ()
    now: datetime = A_MORNING
    department: Department = field(default_factory=a_department)

    @property
    def today(self) -> date:
        """The local day."""
        return local_date(self.now, self.department.zone)

    def actor(self, person: str) -> Actor:
        """A person with the offices they hold now."""
        return Actor(person, self.department.people[person].offices(self.now))

    def facts(self, target: int = 0) -> Facts:
        """What a decision may know; ``target`` is the number of the entry it is about."""
        found = next((one for one in self.entries if one.number == target), None)
        numbered = {one.number: one for one in self.entries}
        rules = self.department.rules(policy_2_8())
        return Facts(self.now, rules, self.department, "2026-0001", found, numbered)

    def after(self, step: timedelta) -> World:
        """The same world later."""
        return replace(self, now=self.now + step)

    def last(self, kind: type[Entry], before: int = 1 << 30) -> Recorded:
        """The newest entry of a kind."""
        return next(one for one in reversed(self.entries) if type(one.entry) is kind and one.number < before)

    def append(self, decided: Decided) -> World:
        """Record what was decided, introducing whoever appears for the first time."""
        world = self
        for written in (*decided, *introductions(self.operation, decided, self.department)):
            it = recorded(STREAM, world.operation.last_number + 1, world.now, written.office, written.entry)
            world = replace(world, operation=evolve(world.operation, it), entries=(*world.entries, it))
        return world


def end_office(world: World, person: str, office: Office) -> World:
    """The world after somebody's appointment ended in the department; the operation does not know of it yet."""
    number = world.department.last_number + 1
    entry = OfficeEnded(person=person, held=office, reason="Transferred.")
    ended = recorded("department", number, world.now, Office.CHIEF, entry)
    return replace(world, department=evolve_department(world.department, ended))


def refs(world: World, kind: str) -> list[EntryRef]:
    """References to every entry of a kind name's class, oldest first."""
    return [one.ref for one in world.entries if type(one.entry).__name__ == kind]
