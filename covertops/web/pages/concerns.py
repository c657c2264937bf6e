"""Concerns (Policy 2.8, V.B.2): anyone with an office raises one; it never reveals whether an operation exists."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from covertops.actions.concerns import Read, answer_concern, may_answer, raise_concern, read_concerns
from covertops.actions.department import actor_and_facts
from covertops.actions.operations import NotFound
from covertops.domain.decisions import Actor
from covertops.domain.department import Department
from covertops.domain.entries.department import ConcernAnswered, ConcernRaised
from covertops.domain.vocabulary import Office
from covertops.web.page import Cell, Column, Crumb, Page, Table, Tag, Turn
from covertops.web.pages.asking import Looking, looking, times_of
from covertops.web.pages.department_form import DepartmentForm, opened, sent
from covertops.web.presenting.times import LocalTime
from covertops.web.security import SIGNED_IN, audience
from covertops.web.show import show

WHO_READS = {"supervisor": "the supervisors and the Chief", "chief": "the Chief alone"}
NAV = "Concerns"
RAISE = "Raise a concern"

pages = Blueprint("concerns", __name__)


@pages.route("/concerns/new", methods=["GET", "POST"])
@audience(*(office.value for office in Office if office is not Office.SYSTEM))
def new_concern() -> Response:
    """Tell of a violation at once; no reference is needed and none is confirmed."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    form = DepartmentForm(
        RAISE,
        ConcernRaised,
        "/concerns/new",
        "Send",
        RAISE,
        (Crumb("My work", "/"), Crumb(RAISE)),
        "You need no reference, and nobody will tell you whether an operation exists.",
        signed=False,
        beside=(
            "It is put on record under your name and read by those you choose. It can be answered, never deleted.",
        ),
    )
    if request.method != "POST":
        return opened(form, at, department)
    result = sent(form, at, department, lambda given: raise_concern(at.house, at.person, given, at.now))
    return result if isinstance(result, Response) else redirect(f"/concerns/{result.number}", 303)


@pages.get("/concerns")
@audience(SIGNED_IN)
def concern_list() -> Response:
    """One's own concerns, and those that go to the reader."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
        actor, _ = actor_and_facts(at.house, department, at.person, at.now)
        found = read_concerns(unit, department, actor)
    page = Page(NAV, NAV, (Crumb("My work", "/"), Crumb(NAV)))
    return show("reading/concerns.html", page, table=_table(found, department, times_of(department, at.now)))


@pages.route("/concerns/<int:number>", methods=["GET", "POST"])
@audience(SIGNED_IN)
def concern(number: int) -> Response:
    """One concern, for whoever raised it and whoever it goes to; those answer it."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
        actor, _ = actor_and_facts(at.house, department, at.person, at.now)
        found = next((one for one in read_concerns(unit, department, actor) if one.concern.ref.number == number), None)
    if found is None or found.raised is None:
        raise NotFound(str(number))
    answers = may_answer(found.concern, actor)
    if request.method == "POST":
        if not answers:
            raise NotFound(str(number))
        act = partial(answer_concern, at.house, number, at.person)
        result = sent(_answer_form(found, department, at), at, department, lambda given: act(given, at.now))
        return result if isinstance(result, Response) else redirect(f"/concerns/{number}", 303)
    if answers and found.concern.answered is None:
        return opened(_answer_form(found, department, at), at, department)
    return _told(found, department, actor, at)


def _answer_form(found: Read, department: Department, at: Looking) -> DepartmentForm:
    entry = found.raised.entry if found.raised else None
    times, who = times_of(department, at.now), department.name_of(found.concern.by)
    said = entry.concern if isinstance(entry, ConcernRaised) else ""
    about = entry.about_person if isinstance(entry, ConcernRaised) else None
    return DepartmentForm(
        f"Concern {found.concern.ref.number}",
        ConcernAnswered,
        f"/concerns/{found.concern.ref.number}",
        "Answer",
        NAV,
        (Crumb("My work", "/"), Crumb(NAV, "/concerns"), Crumb(f"Concern {found.concern.ref.number}")),
        f"Raised by {who} on {times.stamp(found.concern.raised_at)}",
        signed=False,
        beside=[*said.split("\n"), *([f"About: {about}"] if about else [])],
        turn=Turn(f"Your turn, {department.name_of(at.person)}.", "Say what was done about it.", yours=True),
    )


def _told(found: Read, department: Department, actor: Actor, at: Looking) -> Response:
    times, concern_ = times_of(department, at.now), found.concern
    entry = found.raised.entry if found.raised else None
    answered = found.answered
    answer = answered.entry if answered and isinstance(answered.entry, ConcernAnswered) else None
    mine = concern_.by == actor.person
    page = Page(
        f"Concern {concern_.ref.number}",
        NAV if not mine or actor.offices & {Office.CHIEF, Office.SUPERVISOR} else RAISE,
        (Crumb("My work", "/"), Crumb(NAV, "/concerns"), Crumb(f"Concern {concern_.ref.number}")),
        lead=f"Raised by {department.name_of(concern_.by)} on {times.stamp(concern_.raised_at)}",
        turn=None if answer else Turn("Put on record.", f"It goes to {WHO_READS[concern_.goes_to]}."),
    )
    return show(
        "reading/concern.html",
        page,
        said=entry.concern.split("\n") if isinstance(entry, ConcernRaised) else [],
        about=entry.about_person if isinstance(entry, ConcernRaised) else None,
        goes_to=WHO_READS[concern_.goes_to],
        answer=answer.answer.split("\n") if answer else [],
        answered_by=f"{department.name_of(answer.by)}, {times.stamp(answered.at)}" if answer and answered else "",
    )


def _table(found: list[Read], department: Department, times: LocalTime) -> Table:
    columns = (Column("Concern"), Column("Raised"), Column("By"), Column("Goes to"), Column("Answer"))
    rows = []
    for one in found:
        concern_, readable = one.concern, one.raised is not None
        answer = Tag("Answered", "ok", "check") if concern_.answered else Tag("Waits for an answer", "wait", "wait")
        number = concern_.ref.number
        rows.append(
            (
                Cell(f"Concern {number}", f"/concerns/{number}" if readable else ""),
                Cell(times.day(concern_.raised_at)),
                Cell(department.name_of(concern_.by) if readable else "Not shown to you"),
                Cell(WHO_READS[concern_.goes_to].capitalize()),
                Cell(tag=answer),
            )
        )
    return Table("Concerns", columns, rows)
