"""Drawing the page of an act: the same frame, form and end for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from covertops.domain.refusals import Missing
from covertops.web.acts.desk import Desk
from covertops.web.acts.layouts import GROUP_HELP
from covertops.web.acts.sheets import Sheet
from covertops.web.form_building import Typed
from covertops.web.page import Crumb, Page, Turn
from covertops.web.show import show

ACTING = ("investigator", "supervisor", "chief")
"""Who acts on operations. Whether on this one is asked of the operation itself."""
LEFT_OUT = frozenset({"csrf_token", "seen", "keep", "begun"})
"""What a form sends that is no answer."""


def typed_of(form: MultiDict[str, str]) -> Typed:
    """What was typed into the questions, as it was sent."""
    return {name: values for name, values in form.lists() if name not in LEFT_OUT}


def query_of(sheet: Sheet) -> Mapping[str, str]:
    """What the address names beside the path, of what this page knows."""
    return {name: request.args[name] for name in sheet.query_names if request.args.get(name)}


@dataclass(frozen=True)
class Drawing:
    """What a page shows beside its questions: what was typed, what was wrong with it, what stands in the way."""

    typed: Typed
    problems: Sequence[Missing] = ()
    obstacles: Sequence[Missing] = ()
    stale: str = ""
    draft_kept: str = ""
    status: int = 200


@dataclass(frozen=True)
class Place:
    """Where a page stands: where its form and its drafts are sent, what is sent along unseen, and the way to it."""

    action: str
    draft_url: str
    hidden: Mapping[str, str]
    crumbs: Sequence[Crumb]


def place_on(sheet: Sheet, desk: Desk) -> Place:
    """The place of an act on an operation that exists."""
    base = f"/operations/{desk.operation.id}"
    asked = f"?{urlencode(desk.query)}" if desk.query else ""
    return Place(
        f"{base}/{sheet.decision.name}{asked}",
        f"/drafts/{sheet.decision.name}/{desk.operation.id}{asked}",
        {"seen": str(desk.operation.moved)},
        (Crumb("My work", "/"), Crumb(desk.operation.reference, base), Crumb(sheet.crumb(desk))),
    )


def draw(sheet: Sheet, desk: Desk, place: Place, drawing: Drawing) -> Response:
    """The page of an act."""
    form = sheet.form(
        desk,
        drawing.typed,
        drawing.problems,
        action=place.action,
        hidden=place.hidden,
        draft_url=place.draft_url,
        draft_kept=drawing.draft_kept,
        stale=drawing.stale,
        group_help=GROUP_HELP,
    )
    page = Page(
        sheet.title(desk),
        "Operations",
        place.crumbs,
        lead=sheet.lead(desk),
        tag=sheet.tag(desk),
        turn=_turn(sheet, desk, drawing),
        failed=bool(form.all_errors),
    )
    context = sheet.context(desk, form, drawing.typed)
    means, obstacles = sheet.means(desk), drawing.obstacles
    given = {
        "form": form,
        "beside": () if obstacles else sheet.beside(desk),
        "means": means,
        "obstacles": obstacles,
        **context,
    }
    return show(sheet.template, page, drawing.status, **given)


def _turn(sheet: Sheet, desk: Desk, drawing: Drawing) -> Turn:
    if drawing.obstacles:
        return Turn("Not yet possible.", drawing.obstacles[0].remedy)
    return Turn(f"Your turn, {desk.name(desk.me)}.", sheet.afterwards(desk), yours=True)
