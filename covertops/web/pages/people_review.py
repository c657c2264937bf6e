"""The review of people and offices: everybody on one page and as a file for a spreadsheet, and the act that says so."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import partial
from typing import Final

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from covertops.actions.department import actor_and_facts
from covertops.actions.people_review import ReviewedLine, reviewed_lines
from covertops.domain.deadlines import last_day
from covertops.domain.decisions.offices import people_review_due, review_people
from covertops.domain.department import Department
from covertops.domain.entries.department import PeopleReviewed
from covertops.domain.refusals import Refusal
from covertops.domain.vocabulary import Office
from covertops.web.headers import FILE_POLICY
from covertops.web.page import Cell, Column, Crumb, Page, Table, Tag
from covertops.web.pages.asking import Looking, looking, number_in, times_of
from covertops.web.pages.department_form import DepartmentForm, done_words, opened, sent
from covertops.web.pages.department_signing import to_sign
from covertops.web.presenting.times import LocalTime
from covertops.web.security import audience
from covertops.web.show import show

READS: Final = (Office.CHIEF.value, Office.ADMINISTRATOR.value, Office.AUDITOR.value)
TITLE: Final = "Review of people and offices"
HEADINGS: Final = (
    "Person",
    "Office",
    "Since",
    "Until",
    "Instrument",
    "Home agency",
    "Appointed by",
    "Last sign-in",
    "Second factor",
    "Passkeys",
    "Account",
)
_FORMULA: Final = "=+-@＝＋－＠"
"""A spreadsheet takes a cell that begins with one of these for a formula, the wide ones of some keyboards too."""

pages = Blueprint("people_review", __name__)


@pages.get("/people/review")
@audience(*READS)
def review() -> Response:
    """Everybody, and when this was last reviewed."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
        lines = reviewed_lines(at.house, unit, at.now)
    times, number = times_of(department, at.now), number_in("entry")
    return show(
        "reading/people_review.html",
        Page(TITLE, "People", _crumbs(department, at, TITLE), lead=_last_words(department, times)),
        notice=done_words(department, at, number) if number else "",
        due=_due_words(department, at, times),
        may_review=_may_review(department, at),
        table=_table(lines, times),
    )


@pages.get("/people/review.csv")
@audience(*READS)
def review_file() -> Response:
    """The same as a file for a spreadsheet."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
        lines = reviewed_lines(at.house, unit, at.now)
    text = as_csv(_cells(one, times_of(department, at.now)) for one in lines)
    name = f"people-and-offices-{times_of(department, at.now).today.isoformat()}.csv"
    headers = {"Content-Security-Policy": FILE_POLICY, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/csv", headers=headers)


@pages.route("/people/reviewed", methods=["GET", "POST"])
@audience(Office.CHIEF.value, Office.AUDITOR.value)
def reviewed() -> Response:
    """The Chief or the auditor says what the review found."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    if not _may_review(department, at):
        abort(404)
    form = DepartmentForm(
        "Record your review",
        PeopleReviewed,
        "/people/reviewed",
        "Read back and sign",
        "People",
        (*_crumbs(department, at, "")[:-1], Crumb(TITLE, "/people/review"), Crumb("Record")),
        f"As the department’s record stands at entry {department.last_number}.",
        signed=False,
    )
    if request.method != "POST":
        return opened(form, at, department)
    return sent(form, at, department, partial(to_sign, at, "people-reviewed"))


def as_csv(rows: Iterable[Iterable[str]]) -> str:
    """Rows as a file for a spreadsheet, under their headings; no cell of it is ever taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("\t", "\r", "\n") or cell.lstrip()[:1] in tuple(_FORMULA) else cell


def _cells(line: ReviewedLine, times: LocalTime) -> list[str]:
    one = line.appointment
    until = times.full_day(last_day(one.until, times.zone)) if one and one.until else ""
    return [
        line.member.name,
        one.office.title if one else "None",
        times.full_day(one.since) if one else "",
        until,
        one.instrument if one else "",
        (one.agency or "") if one else "",
        line.appointed_by,
        times.minute(line.last_signed_in_at) if line.last_signed_in_at else "Never",
        line.second_factor,
        str(line.passkeys),
        line.state,
    ]


def _table(lines: list[ReviewedLine], times: LocalTime) -> Table:
    columns = (Column("Person"), Column("Office"), Column("Given"), Column("Last sign-in"), Column("Account"))
    rows = []
    for line in lines:
        person, office, since, until, instrument, agency, by, last, factor, passkeys, state = _cells(line, times)
        term = f"Since {since}" + (f", until the end of {until}" if until else "") if since else ""
        given = ". ".join(part for part in (instrument, f"By {by}" if by else "", agency and f"Of {agency}") if part)
        keys = f"{factor}, {passkeys} of them passkeys" if passkeys not in ("0", "1") else factor
        rows.append(
            (
                Cell(person),
                Cell(office, small=term),
                Cell(given),
                Cell(last, small=f"Second factor: {keys}"),
                Cell(tag=Tag(state, "ok", "check") if state == "Open" else Tag(state)),
            )
        )
    return Table("Everybody with an account", columns, rows)


def _crumbs(department: Department, at: Looking, last: str) -> tuple[Crumb, ...]:
    runs = department.offices_of(at.person, at.now) & {Office.CHIEF, Office.ADMINISTRATOR}
    people = (Crumb("People", "/people"),) if runs else ()
    return (Crumb("My work", "/"), *people, Crumb(last))


def _may_review(department: Department, at: Looking) -> bool:
    try:
        review_people(*actor_and_facts(at.house, department, at.person, at.now))
    except Refusal:
        return False
    return True


def _last_words(department: Department, times: LocalTime) -> str:
    last = department.reviewed
    if last is None:
        return "Not reviewed yet."
    return f"Last reviewed on {times.full_day(last.at)} by {department.name_of(last.by)}: {last.findings}"


def _due_words(department: Department, at: Looking, times: LocalTime) -> str:
    _, facts = actor_and_facts(at.house, department, at.person, at.now)
    due, days = people_review_due(facts), facts.rules.number("people_review_days")
    if due is None:
        return ""
    late = "It is late. " if due <= at.now else ""
    return f"{late}The next review is due by {times.deadline(due)}. Local setting: every {days} days."
