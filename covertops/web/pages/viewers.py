"""Who looked at an operation and when, for its supervisor and the Chief."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from covertops.actions.operations import NotFound
from covertops.actions.viewing import viewings
from covertops.domain.vocabulary import Office
from covertops.web.page import Cell, Column, Crumb, Page, Table
from covertops.web.pages.asking import brought_up_to_date, looking, number_in, read_scene, times_of
from covertops.web.pages.operation_page import may_see_viewers
from covertops.web.security import audience
from covertops.web.show import show

pages = Blueprint("viewers", __name__)


@pages.get("/operations/<operation_id>/viewers")
@audience(Office.CHIEF.value, Office.SUPERVISOR.value)
def viewers(operation_id: str) -> Response:
    """Who looked, the newest first, one line for each person and hour."""
    at = looking()
    with at.house.store.read() as unit:
        if not may_see_viewers(read_scene(at, unit, operation_id)):
            raise NotFound(operation_id)
    brought_up_to_date(at, operation_id, "who looked")
    before = number_in("before")
    with at.house.store.read() as unit:
        it = read_scene(at, unit, operation_id)
        found = viewings(unit, operation_id, before or None)
    times, reference = times_of(it.department, at.now), it.operation.reference
    here = f"/operations/{operation_id}"
    columns = (Column("When"), Column("Who"), Column("As"), Column("What"))
    rows = [
        (
            Cell(times.stamp(one.at)),
            Cell(it.department.name_of(one.person)),
            Cell(Office(one.office).title),
            Cell((one.page or "The operation").capitalize()),
        )
        for one in found.found
    ]
    crumbs = (Crumb("My work", "/"), Crumb("Operations", "/operations"), Crumb(reference, here), Crumb("Who looked"))
    return show(
        "reading/viewers.html",
        Page("Who looked at it", "Operations", crumbs, eyebrow=reference, lead="One line for each person and hour."),
        table=Table("Who looked, the newest first", columns, rows),
        since=times.stamp(found.since) if found.since else "",
        earlier=f"{here}/viewers?before={found.earlier}" if found.earlier else "",
    )
