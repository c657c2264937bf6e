"""Asking to read an operation one is not on: its reference and the reason; both go on record before a page opens."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from covertops.actions.reasoned_reading import open_for_reading
from covertops.domain.entries.access import ReadingAsked
from covertops.domain.membership import READ_WITH_A_REASON
from covertops.domain.refusals import Missing, Refusal
from covertops.domain.vocabulary import practice
from covertops.web.page import Crumb
from covertops.web.pages.asking import Looking, looking
from covertops.web.pages.department_form import DepartmentForm, opened, sent
from covertops.web.security import audience, step_up

TITLE: Final = "Read with a reason"
NONE: Final = Missing(
    "none",
    "No operation has this reference",
    practice("Each try is on record."),
    "Compare it with what you were told.",
    "reference",
)

pages = Blueprint("reasoned_reading", __name__)


@pages.route("/reading", methods=["GET", "POST"])
@audience(*(office.value for office in READ_WITH_A_REASON))
@step_up
def reading() -> Response:
    """Ask for one operation by its reference, and give the reason."""
    at = looking()
    form = DepartmentForm(
        TITLE,
        ReadingAsked,
        "/reading",
        "Put on record and open",
        TITLE,
        (Crumb("My work", "/"), Crumb(TITLE)),
        "For one operation that you are not on, until midnight.",
        signed=False,
        beside=(
            "Your reason stands on the record of the operation, and its supervisor is told.",
            "Every page that you open is counted. That you asked is on record even if no operation has the reference.",
        ),
    )
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    if request.method != "POST":
        return opened(form, at, department)
    found = sent(form, at, department, partial(_open, at))
    return found if isinstance(found, Response) else redirect(f"/operations/{found}", 303)


def _open(at: Looking, given: Mapping[str, object]) -> str:
    found = open_for_reading(at.house, at.person, given, at.now)
    if found is None:
        raise Refusal(NONE)
    return found
