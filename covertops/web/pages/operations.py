"""The list of the operations that the reader needs to know of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from covertops.storage.queries import OperationRow, count_operations, operations_for
from covertops.web.page import Cell, Column, Crumb, Page, Table
from covertops.web.pages.asking import READERS, looking, page_asked, times_of, viewer_of
from covertops.web.presenting.paging import Paging
from covertops.web.presenting.stages import TAGS
from covertops.web.presenting.times import LocalTime
from covertops.web.security import audience
from covertops.web.show import show

A_PAGE: Final = 50

pages = Blueprint("operations", __name__)


@pages.get("/operations")
@audience(*READERS)
def operation_list() -> Response:
    """The operations the reader needs to know of, the last changed first."""
    at, number, wanted = looking(), page_asked(), request.args.get("reference", "").strip()[:40]
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
        viewer = viewer_of(department, at.person, at.now)
        found = operations_for(unit, viewer, reference=wanted, limit=A_PAGE, offset=A_PAGE * (number - 1))
        total = count_operations(unit, viewer, reference=wanted)
    if number > 1 and not found:
        abort(404)
    times = times_of(department, at.now)
    page = Page("Operations", "Operations", (Crumb("My work", "/"), Crumb("Operations")))
    table = _table(found, times)
    paging = Paging(number, A_PAGE, total, f"/operations?reference={quote(wanted)}&" if wanted else "/operations?")
    return show("reading/operations.html", page, table=table, total=total, wanted=wanted, paging=paging)


def _table(found: Sequence[OperationRow], times: LocalTime) -> Table:
    columns = (Column("Operation"), Column("Matter"), Column("Case"), Column("Stage"), Column("Last entry"))
    rows = [
        (
            Cell(one.reference or "No reference", f"/operations/{one.id}"),
            Cell(str(one.summary.get("matter") or "")),
            Cell(str(one.summary.get("case") or "Not assigned yet")),
            Cell(tag=TAGS[one.stage]),
            Cell(times.day(one.updated_at)),
        )
        for one in found
    ]
    return Table("Operations you need to know of", columns, rows)
