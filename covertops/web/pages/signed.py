"""Signed by me: everything signed in one's own name, and between which moments each signature was made."""

from __future__ import annotations

from typing import Final

from flask import Blueprint
from werkzeug.wrappers import Response

from covertops.actions.signed_by import SignedLine, signed_by
from covertops.web.page import Cell, Column, Crumb, Page, Table
from covertops.web.pages.asking import looking, times_of
from covertops.web.presenting.timeline import SIGNED
from covertops.web.presenting.times import LocalTime
from covertops.web.security import SIGNED_IN, audience
from covertops.web.show import show

TITLE: Final = "Signed by me"
NOBODY_YET: Final = "No outside copy yet"

pages = Blueprint("signed", __name__)


@pages.get("/signed")
@audience(SIGNED_IN)
def signed() -> Response:
    """One's own signed acts, in every record; which operation, only where one may see it now."""
    at = looking()
    lines = signed_by(at.house, at.person, at.now)
    with at.house.store.read() as unit:
        times = times_of(at.house.folds.department(unit), at.now)
    columns = [Column("What"), Column("When"), Column("How"), Column("Not before"), Column("Not after")]
    table = Table("Everything signed in your name", columns, [_row(one, times) for one in lines])
    lead = "Everything that stands on record with your signature. If you did not sign something here, say so at once."
    page = Page(TITLE, "", (Crumb("My work", "/"), Crumb(TITLE)), lead=lead)
    return show("reading/signed.html", page, table=table if lines else None)


def _row(line: SignedLine, times: LocalTime) -> tuple[Cell, ...]:
    act = line.act
    not_after = times.stamp(line.not_after) if line.not_after else NOBODY_YET
    return (
        _what(line),
        Cell(times.stamp(act.at)),
        Cell(SIGNED.get(act.level, act.level).capitalize()),
        Cell(f"The record had {act.size} entries" if act.size else "The record’s beginning"),
        Cell(not_after),
    )


def _what(line: SignedLine) -> Cell:
    act = line.act
    if line.operation is not None:
        href = f"/operations/{line.operation.id}/entries/{act.number}"
        return Cell(f"{act.title}, {line.operation.reference}", href)
    where = f"the department’s record, entry {act.number}" if line.of_department else "an operation you are not on now"
    return Cell(act.title, small=f"In {where}")
