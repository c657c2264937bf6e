"""The city's instrument about the Chief's office, for the second person who confirms it."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from covertops.actions.department import actor_and_facts
from covertops.domain.department import Department
from covertops.domain.entries.department import CityInstrumentAnswered
from covertops.domain.office_turns import CONFIRM, office_tasks
from covertops.web.page import Crumb, Turn
from covertops.web.pages.asking import Looking, looking, times_of
from covertops.web.pages.department_form import DepartmentForm, opened, sent
from covertops.web.pages.department_signing import to_sign
from covertops.web.presenting.offices import instrument_words
from covertops.web.security import SIGNED_IN, audience

PATH = "/city-instrument"

pages = Blueprint("offices", __name__)


@pages.route(PATH, methods=["GET", "POST"])
@audience(SIGNED_IN)
def city_instrument() -> Response:
    """What was entered, and the question whether the instrument says so; nothing for anybody else."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    actor, facts = actor_and_facts(at.house, department, at.person, at.now)
    if not any(one.what == CONFIRM for one in office_tasks(actor, facts)):
        abort(404)
    form = _form(department, at)
    if request.method != "POST":
        return opened(form, at, department)
    return sent(form, at, department, partial(to_sign, at, "city-instrument-answer"))


def _form(department: Department, at: Looking) -> DepartmentForm:
    waiting = department.instrument
    beside = instrument_words(waiting, department, at.now, times_of(department, at.now)) if waiting else []
    return DepartmentForm(
        "The city’s instrument",
        CityInstrumentAnswered,
        PATH,
        "Read back and sign",
        "",
        (Crumb("My work", "/"), Crumb("The city’s instrument")),
        "One person entered it; another, who has read the instrument itself, says whether it is so.",
        signed=False,
        beside=beside,
        turn=Turn(f"Your turn, {department.name_of(at.person)}.", "Read the instrument itself first.", yours=True),
    )
