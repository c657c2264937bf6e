"""Packages: what one holds, what it withholds and why, how anyone verifies it, its download, and its receipt."""

from __future__ import annotations

from functools import partial
from typing import Final

from flask import Blueprint, redirect, request
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from covertops.actions import packages as acts
from covertops.actions.operations import NotFound
from covertops.actions.packages import About, PackageChanged
from covertops.domain.declaration import Recorded
from covertops.domain.department import Department
from covertops.domain.entries.package import ExportReceived
from covertops.domain.refusals import NotYours
from covertops.domain.vocabulary import Office
from covertops.storage.queries import PackageRow, packages_for
from covertops.web.errors import refuse
from covertops.web.headers import FILE_POLICY
from covertops.web.page import Cell, Column, Crumb, Page, Table, Turn
from covertops.web.pages.asking import Looking, looking, number_in, times_of, viewer_of
from covertops.web.pages.department_form import DepartmentForm, opened, sent
from covertops.web.presenting.packages import (
    CONTINUOUS,
    CONTINUOUS_WORDS,
    TAGS,
    facts_of_package,
    parts_table,
    withheld_table,
)
from covertops.web.presenting.sayings import file_size
from covertops.web.security import audience, step_up
from covertops.web.show import show

PROSECUTOR: Final = Office.PROSECUTING_ATTORNEY.value
WHO: Final = (PROSECUTOR, Office.CHIEF.value, Office.SUPERVISOR.value)
"""A prosecutor learns of the packages released to them; the Chief and supervisors of those of their operations."""
NAV: Final = "Packages"
CHANGED: Final = (
    "This package can no longer be made as it was sealed, so nothing is handed out. Tell the administrator."
)

pages = Blueprint("packages", __name__)


@pages.get("/packages")
@audience(*WHO)
def package_list() -> Response:
    """The packages that the reader may know of, the newest first."""
    at = looking()
    department, found = _known(at)
    times = times_of(department, at.now)
    columns = (Column("Package"), Column("Prepared"), Column("Released"), Column("State"))
    rows = [
        (
            Cell(one.reference, f"/packages/{one.id}" if one.released_at else ""),
            Cell(times.day(one.prepared_at)),
            Cell(times.day(one.released_at) if one.released_at else "Not yet"),
            Cell(tag=TAGS[one.state]),
        )
        for one in found
    ]
    page = Page(NAV, NAV, (Crumb("My work", "/"), Crumb(NAV)))
    return show("reading/packages.html", page, table=Table("Packages", columns, rows))


@pages.get("/packages/<package_id>")
@audience(*WHO)
def package(package_id: str) -> Response:
    """What a package holds and withholds, its fingerprint, and how to verify it."""
    at = looking()
    department, row = _one(at, package_id)
    about = _about(at, row)
    times, mine = times_of(department, at.now), about.export.recipient == at.person
    told = dict(about.facts)
    waits = mine and about.export.received is None
    turn = Turn(f"Now waiting for you, {department.name_of(at.person)}:", "confirm that it arrived.", True)
    return show(
        "reading/package.html",
        Page(
            f"Package {row.reference}",
            NAV,
            (Crumb("My work", "/"), Crumb(NAV, "/packages"), Crumb(row.reference)),
            eyebrow=f"Case {told.get('Case', '')}",
            lead=f"Operation {told.get('Operation', '')} · Released to {department.name_of(about.export.recipient)}",
            tag=TAGS[row.state],
            turn=_with_button(turn, package_id) if waits else None,
            printed=f"Printed by {department.name_of(at.person)} on {times.stamp(at.now)}.",
        ),
        notice="Its arrival is on record." if number_in("entry") else "",
        facts=facts_of_package(about),
        parts=parts_table(about),
        withheld=withheld_table(about.withheld),
        fingerprint=[about.manifest_sha256[start : start + 16] for start in range(0, 64, 16)],
        filename=about.filename,
        size=file_size(about.size),
        download_action=f"/packages/{package_id}/download",
        receive_href=f"/packages/{package_id}/receive" if waits else "",
        released=times.stamp(row.released_at) if row.released_at else "",
        shows=CONTINUOUS,
        shows_words=CONTINUOUS_WORDS,
    )


@pages.post("/packages/<package_id>/download")
@audience(*WHO)
@step_up
def download(package_id: str) -> Response:
    """The package itself; that this copy left is on record before its first byte does."""
    at = looking()
    _, row = _one(at, package_id)
    try:
        copy = acts.download(at.house, row.operation_id, row.reference, at.person, at.now)
    except PackageChanged:
        refuse(500, CHANGED)
    except NotYours as refusal:
        raise NotFound(package_id) from refusal
    headers = Headers({"Content-Security-Policy": FILE_POLICY, "Content-Length": str(copy.size)})
    headers.add("Content-Disposition", "attachment", filename=copy.filename)
    return Response(copy.chunks, headers=headers, mimetype="application/octet-stream", direct_passthrough=True)


@pages.route("/packages/<package_id>/receive", methods=["GET", "POST"])
@audience(PROSECUTOR)
def receive(package_id: str) -> Response:
    """The recipient confirms that the package arrived."""
    at = looking()
    department, row = _one(at, package_id)
    if row.recipient != at.person or row.state != "released":
        raise NotFound(package_id)
    here = f"/packages/{package_id}"
    form = DepartmentForm(
        "Confirm receipt",
        ExportReceived,
        f"{here}/receive",
        "Confirm receipt",
        NAV,
        (Crumb("My work", "/"), Crumb(NAV, "/packages"), Crumb(row.reference, here), Crumb("Confirm receipt")),
        "It stands on the record of the operation, under your name.",
        signed=False,
    )
    if request.method != "POST":
        return opened(form, at, department)
    result = sent(form, at, department, partial(_receive, at, row))
    return result if isinstance(result, Response) else redirect(f"{here}?entry={result.number}", 303)


def _receive(at: Looking, row: PackageRow, given: dict[str, object]) -> Recorded:
    return acts.receive(at.house, row.operation_id, row.reference, at.person, given, at.now).entries[0]


def _known(at: Looking) -> tuple[Department, list[PackageRow]]:
    """The packages the reader may know of: those released to them, and those of their operations."""
    received = acts.packages_for(at.house, at.person, at.now)
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
        found = packages_for(unit, viewer_of(department, at.person, at.now))
    return department, [*received, *(one for one in found if one not in received)]


def _one(at: Looking, package_id: str) -> tuple[Department, PackageRow]:
    """A package the reader may know of. What is done with it asks besides whether it is released. Raises NotFound."""
    department, found = _known(at)
    for row in found:
        if row.id == package_id:
            return department, row
    raise NotFound(package_id)


def _about(at: Looking, row: PackageRow) -> About:
    try:
        return acts.about(at.house, row.operation_id, row.reference, at.person, at.now)
    except PackageChanged:
        refuse(500, CHANGED)


def _with_button(turn: Turn, package_id: str) -> Turn:
    return Turn(turn.lead, turn.words, True, "Confirm receipt", f"/packages/{package_id}/receive")
