"""What the pages are given by an installation: people from its record, set-up, the access record, the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from flask import request

from covertops.actions import access, department
from covertops.actions.concerns import waiting_concerns
from covertops.actions.installation import Installation
from covertops.actions.second_factors import Factors, Left
from covertops.actions.set_up_token import set_up_needed, token_fits
from covertops.domain.decisions import Actor
from covertops.domain.department import Department
from covertops.domain.membership import COUNSEL
from covertops.domain.office_turns import office_tasks
from covertops.domain.refusals import Refusal
from covertops.domain.vocabulary import Office
from covertops.storage.queries import Viewer, consultations_waiting, count_tasks, packages_received_by
from covertops.web.page import Frame, NavItem
from covertops.web.presenting.times import LocalTime
from covertops.web.services import FirstPeople, NewAccount, Person, Services, SetUpRefused

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import ReadUnit, WriteUnit

_ON_OPERATIONS: Final = frozenset({Office.CHIEF, Office.SUPERVISOR, Office.INVESTIGATOR})
_ON_PEOPLE: Final = frozenset({Office.CHIEF, Office.ADMINISTRATOR})


@dataclass(frozen=True)
class Somebody:
    """A person with the offices they hold now."""

    id: str
    name: str
    offices: frozenset[str]


@dataclass(frozen=True)
class HouseFactors:
    """Second factors on the record of one installation, with the node of whoever is asking."""

    factors: Factors

    def accept_code(self, unit: WriteUnit, person_id: str, code: str, now: datetime) -> bool:
        """Whether this one-time code is theirs; once accepted it is never accepted again."""
        return self.factors.accept(unit, person_id, code, _node(), now)

    def is_enrolled(self, unit: ReadUnit, person_id: str) -> bool:
        """Whether they have a second factor."""
        return self.factors.is_enrolled(unit, person_id)

    def left(self, unit: ReadUnit, person_id: str) -> Left:
        """What they can still prove themselves with."""
        return self.factors.left(unit, person_id)

    def add_phone(self, unit: WriteUnit, person_id: str, secret: str, code: str, now: datetime) -> bool:
        """Keep a phone's secret once a code proves that the phone has it."""
        return self.factors.add_phone(unit, person_id, secret, code, now)

    def add_sheet(self, unit: WriteUnit, person_id: str, codes: Sequence[str], code: str, now: datetime) -> bool:
        """Keep a printed sheet's codes once one was typed from it."""
        return self.factors.add_sheet(unit, person_id, codes, code, now)

    def new_recovery_codes(self, unit: WriteUnit, person_id: str, now: datetime) -> Sequence[str]:
        """New recovery codes, in the place of earlier ones."""
        return self.factors.new_recovery_codes(unit, person_id, now)


class HouseServices:
    """The services of one installation: each question is answered from the record as it stands at that moment."""

    def __init__(
        self, house: Installation, derive: Callable[[str], bytes], clock: Callable[[], datetime], zone: str
    ) -> None:
        self._house, self._derive, self._clock, self._zone = house, derive, clock, zone

    def services(self) -> Services:
        """What :func:`covertops.web.app.create_app` is given."""
        return Services(
            store=self._house.store,
            derive=self._derive,
            people=self,
            set_up=self,
            frame=self.frame,
            department_name=self.department_name,
            second_factors=HouseFactors(Factors(self._house, self._derive)),
            access_record=self,
        )

    # People --------------------------------------------------------------------------------------------------------

    def person(self, person_id: str) -> Somebody | None:
        """The person with that id, or None when there is none or their account was closed."""
        member = self._department().people.get(person_id)
        now = self._clock()
        if member is None or (member.closed_at is not None and member.closed_at <= now):
            return None
        return Somebody(member.id, member.name, frozenset(one.value for one in member.offices(now)))

    def department_name(self) -> str:
        """The department's name; empty before it is set up."""
        return self._department().name

    # Set-up --------------------------------------------------------------------------------------------------------

    def needed(self) -> bool:
        """Whether nobody has been set up yet."""
        return set_up_needed(self._house)

    def fits(self, token: str) -> bool:
        """Whether this is the token that was printed."""
        with self._house.store.read() as unit:
            return token_fits(self._house, unit, token)

    def run(self, token: str, first: FirstPeople, now: datetime) -> None:
        """Set the department up. Raises SetUpRefused."""
        chief, administrator = _new_person(first.chief), _new_person(first.administrator)
        try:
            department.set_up(self._house, self._derive, token, first.department, self._zone, chief, administrator, now)
        except department.WrongToken as wrong:
            raise SetUpRefused("This token is not right, or it was used already.", "token") from wrong
        except Refusal as refusal:
            missing = refusal.missing[0]
            field = "administrator_sign_in" if missing.code == "two" else "token"
            raise SetUpRefused(f"{missing.message}. {missing.remedy}", field) from refusal

    # The access record ---------------------------------------------------------------------------------------------

    def session_opened(self, unit: WriteUnit, person_id: str, now: datetime) -> None:
        """Somebody signed in with all that was asked of them."""
        access.session_opened(unit, person_id, _node(), now)

    def session_ended(self, unit: WriteUnit, person_id: str, now: datetime) -> None:
        """Somebody signed out."""
        access.session_ended(unit, person_id, _node(), now)

    def locked(self, unit: WriteUnit, person_id: str | None, now: datetime) -> None:
        """Wrong attempts locked an account, known or unknown, at the node that is asking."""
        access.session_locked(unit, person_id, _node(), now)

    def joined(self, unit: WriteUnit, person_id: str, now: datetime) -> None:
        """Somebody used their invitation and chose a password."""
        access.password_chosen(self._house, unit, person_id, now)

    # The frame -----------------------------------------------------------------------------------------------------

    def frame(self, person: Person) -> Frame:
        """What stands around every page: who is looking, where they can go, what waits for them."""
        now = self._clock()
        with self._house.store.read() as unit:
            found = self._house.folds.department(unit)
            viewer = Viewer(person.id, found.offices_of(person.id, now))
            waiting = _waiting(unit, found, viewer, now)
        waiting += len(office_tasks(*department.actor_and_facts(self._house, found, person.id, now)))
        acting = f", {Office.ACTING_CHIEF.title}" if Office.ACTING_CHIEF in viewer.offices else ""
        times = LocalTime(found.zone, now)
        title, adopted = self._house.policy.title, found.policy_adopted_at
        return Frame(
            signed_in_as=person.name + acting,
            nav=_nav(viewer, waiting),
            outside_copy=_outside_copy(found, times),
            rules_in_force=f"Rules in force: {title}, adopted {times.full_day(adopted)}." if adopted else "",
            settings_href="/settings",
        )

    def _department(self) -> Department:
        with self._house.store.read() as unit:
            return self._house.folds.department(unit)


def _new_person(one: NewAccount) -> department.NewPerson:
    return department.NewPerson(one.name, one.sign_in_name, one.password_phc)


def _node() -> str:
    return request.remote_addr or "unknown"


def _waiting(unit: ReadUnit, found: Department, viewer: Viewer, now: datetime) -> int:
    """How much waits for the reader: tasks of operations, packages to confirm, concerns to answer."""
    received = packages_received_by(unit, viewer.person) if Office.PROSECUTING_ATTORNEY in viewer.offices else []
    return (
        count_tasks(unit, viewer, now)
        + sum(1 for one in received if one.state == "released")
        + len(consultations_waiting(unit, viewer))
        + len(waiting_concerns(found, Actor(viewer.person, viewer.offices)))
    )


def _nav(viewer: Viewer, waiting: int) -> tuple[NavItem, ...]:
    items = [NavItem("My work", "/", waiting)]
    if viewer.offices & _ON_OPERATIONS:
        items.append(NavItem("Operations", "/operations"))
    if Office.AUDITOR in viewer.offices:
        items.append(NavItem("Read with a reason", "/reading"))
    if viewer.offices & set(COUNSEL):
        items.append(NavItem("Contacts with you", "/consultations"))
    if Office.PROSECUTING_ATTORNEY in viewer.offices:
        items.append(NavItem("Packages", "/packages"))
    if viewer.offices & _ON_PEOPLE:
        items.append(NavItem("People", "/people"))
    elif Office.AUDITOR in viewer.offices:
        items.append(NavItem("People", "/people/review"))
    reads = _reads_concerns(viewer)
    items.append(NavItem("Concerns", "/concerns") if reads else NavItem("Raise a concern", "/concerns/new"))
    return tuple(items)


def _reads_concerns(viewer: Viewer) -> bool:
    return bool(viewer.offices & {Office.CHIEF, Office.SUPERVISOR, Office.AUDITOR})


def _outside_copy(found: Department, times: LocalTime) -> str:
    given = found.receipt_given_at
    return f"Newest record receipt given out: {times.ago(given)}." if given else "No record receipt was given out yet."
