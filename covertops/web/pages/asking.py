"""What every page asks first: who is looking, when, at which installation, and with which offices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from flask import abort, request

from covertops.actions.installation import Installation
from covertops.actions.operations import Scene, record_lapse, scene
from covertops.actions.viewing import viewed
from covertops.domain.decisions.activation import lapse
from covertops.domain.department import Department
from covertops.domain.vocabulary import Office
from covertops.storage.queries import Viewer
from covertops.web.house import house
from covertops.web.identity import current_person, identity
from covertops.web.installed import installed
from covertops.web.page import Crumb
from covertops.web.presenting.times import LocalTime

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import ReadUnit

READERS: Final = ("chief", "supervisor", "investigator")
"""The offices that can have a part in an operation. Which operations somebody sees is decided by need to know."""


ALSO_WITH_A_REASON: Final = (*READERS, Office.AUDITOR.value)
"""Those, and who is let read one operation for a reason they gave."""


@dataclass(frozen=True)
class Looking:
    """One request of somebody who is signed in."""

    house: Installation
    person: str
    now: datetime


def looking() -> Looking:
    """Who is looking, at what, and when."""
    return Looking(house(), current_person().id, installed().clock())


def viewer_of(department: Department, person: str, now: datetime) -> Viewer:
    """The person with the offices they hold now."""
    member = department.people.get(person)
    return Viewer(person, member.offices(now) if member else frozenset[Office]())


def this_session() -> str:
    """The digest of the session that asks, which a change of one's own factors leaves open."""
    who = identity().current()
    return "" if who is None else who.id_hmac


def times_of(department: Department, now: datetime) -> LocalTime:
    """The department's time, as pages print it."""
    return LocalTime(department.zone, now)


def page_asked() -> int:
    """The page of a list, from 1; anything else than a small whole number is nothing here."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal()) or len(text) > 6 or int(text) < 1:
        abort(404)
    return int(text)


def read_scene(at: Looking, unit: ReadUnit, operation_id: str) -> Scene:
    """The operation as it stands for whoever is looking. Raises NotFound for one they do not need to know of."""
    return scene(at.house, unit, operation_id, at.person, at.now)


def brought_up_to_date(at: Looking, operation_id: str, page: str) -> None:
    """Record what has lapsed by itself, and that this person looks. Raises NotFound before anything is recorded."""
    with at.house.store.read() as unit:
        it = read_scene(at, unit, operation_id)
    if lapse(it.operation, it.facts):
        record_lapse(at.house, operation_id, at.now)
    viewed(at.house, operation_id, at.person, at.now, page)


def list_crumb(it: Scene) -> Crumb:
    """The way back to the list, for whoever has one."""
    has_list = {office.value for office in it.actor.offices} & set(READERS)
    return Crumb("Operations", "/operations") if has_list else Crumb("Read with a reason", "/reading")


def number_in(name: str) -> int:
    """A number that the address names, or 0."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
