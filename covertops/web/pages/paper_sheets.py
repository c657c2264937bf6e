"""Sheets to be printed for a network that is down: the request and the decision, blank or of a given request.

What they ask is what the pages ask, from the same declarations. Signed in ink, they are scanned, entered and confirmed
by the Chief here before anything is activated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import Blueprint
from werkzeug.wrappers import Response

from covertops.actions.operations import NotFound
from covertops.actions.viewing import viewed
from covertops.domain.answers import asked_of
from covertops.domain.declaration import Choice, Entry, Spec, Text, Tick
from covertops.domain.entries.authority import AuthorizationGranted
from covertops.domain.entries.request import RequestSubmitted
from covertops.web.acts.desk import Desk, desk_at
from covertops.web.house import house
from covertops.web.identity import current_person
from covertops.web.installed import installed
from covertops.web.page import Crumb, Page
from covertops.web.pages.drawing import ACTING
from covertops.web.plain_words import numbers_named
from covertops.web.security import audience
from covertops.web.show import show

SHEETS: Final[dict[str, tuple[str, type[Entry], str]]] = {
    "request": ("Request sheet", RequestSubmitted, "The officer who asks"),
    "decision": ("Decision sheet", AuthorizationGranted, "The Chief of Police"),
}
KEEP: Final = (
    "For a network that is down. Sign in ink, with date and time. As soon as the network is back, enter the request, "
    "add the scan, and have the Chief confirm it here. Nobody uses the profile before it is activated here."
)


@dataclass(frozen=True)
class Line:
    """A question of a sheet: its answer in words, the boxes to tick, or so many empty lines."""

    label: str
    help: str
    answer: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    empty: int = 0


pages = Blueprint("paper_sheets", __name__)


@pages.get("/sheets/<sheet>")
@audience(*ACTING)
def blank(sheet: str) -> Response:
    """A blank sheet, to be kept where it is found when the network is down."""
    title, kind, signer = _sheet(sheet)
    page = Page(title, "", (Crumb("My work", "/"), Crumb(title)), lead=KEEP)
    return show("sheet.html", page, about=(), lines=list(_lines(kind, None, None)), signer=signer)


@pages.get("/operations/<operation_id>/sheets/<sheet>")
@audience(*ACTING)
def of_request(operation_id: str, sheet: str) -> Response:
    """The sheet of a given request: what was asked, filled in; or the decision on it, to be written in ink."""
    title, kind, signer = _sheet(sheet)
    now, person = installed().clock(), current_person().id
    viewed(house(), operation_id, person, now)
    with house().store.read() as unit:
        desk = desk_at(house(), unit, operation_id, person, now, {})
        request = desk.operation.request
        if request is None:
            raise NotFound(operation_id)
        entry = desk.read([request.number])[request.number].entry
        lines = list(_lines(kind, entry if isinstance(entry, kind) else None, desk))
        about = (
            ("Request", f"{desk.operation.reference}, entry {request.number}: {desk.operation.matter}"),
            ("Fingerprint of the entry", " ".join(request.hash[at : at + 4] for at in range(0, 64, 4))),
        )
    base = f"/operations/{operation_id}"
    crumbs = (Crumb("My work", "/"), Crumb(desk.operation.reference, base), Crumb(title))
    page = Page(title, "Operations", crumbs, lead=KEEP, printed=f"Printed on {desk.times.stamp(now)}.")
    return show("sheet.html", page, about=about, lines=lines, signer=signer)


def _sheet(name: str) -> tuple[str, type[Entry], str]:
    if name not in SHEETS:
        raise NotFound(name)
    return SHEETS[name]


def _lines(kind: type[Entry], entry: Entry | None, desk: Desk | None) -> Iterator[Line]:
    """Each question in the order of the form, answered where the entry answers it."""
    for name, one in asked_of(kind).items():
        if entry is not None and desk is not None:
            words = desk.words(desk.read(numbers_named(entry)))
            yield Line(one.label, "", words.lines(one, getattr(entry, name)) or ("None",))
        elif isinstance(one, Choice):
            yield Line(one.label, one.help, boxes=tuple(one.options.values()))
        elif isinstance(one, Tick):
            yield Line(one.label, one.help, boxes=("Yes",))
        else:
            yield Line(one.label, one.help, empty=_room(one))


def _room(one: Spec) -> int:
    return one.rows + 1 if isinstance(one, Text) else 1
