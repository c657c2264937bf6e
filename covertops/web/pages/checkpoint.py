"""The newest record receipt, to copy or print, and to whom one was handed."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from covertops.actions.operations import NotFound
from covertops.actions.receipts import Receipt, give_receipt, newest_receipt
from covertops.domain.entries.department import CheckpointGiven
from covertops.web.page import Crumb, Page
from covertops.web.pages.asking import looking, number_in, times_of
from covertops.web.pages.department_form import DepartmentForm, done_words, sent
from covertops.web.presenting.fields import grouped
from covertops.web.security import SIGNED_IN, audience
from covertops.web.show import show

TITLE = "Record receipt"
CRUMBS = (Crumb("My work", "/"), Crumb(TITLE))

pages = Blueprint("checkpoint", __name__)


@pages.get("/checkpoint")
@audience(SIGNED_IN)
def checkpoint() -> Response:
    """The newest receipt: whoever holds it can hold the record to it."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
        receipt = newest_receipt(unit)
    if receipt is None:
        raise NotFound(TITLE)
    times, given, number = times_of(department, at.now), department.receipt_given_at, number_in("entry")
    page = Page(
        TITLE,
        "",
        CRUMBS,
        lead=f"The whole record as it stood at {receipt.size} entries, signed by the record itself.",
        printed=f"Printed by {department.name_of(at.person)} on {times.stamp(at.now)}.",
    )
    return show(
        "reading/checkpoint.html",
        page,
        notice=done_words(department, at, number) if number else "",
        receipt=receipt,
        root=grouped(receipt.root),
        given=f"{times.stamp(given)} ({times.ago(given)})" if given else "Never yet",
    )


@pages.post("/checkpoint")
@audience(SIGNED_IN)
def hand_over() -> Response:
    """Note to whom a receipt was handed."""
    at = looking()
    size = request.form.get("size", "")
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
        receipt = newest_receipt(unit)
    if receipt is None or not size.isascii() or not size.isdecimal() or len(size) > 12:
        raise NotFound(TITLE)
    result = sent(
        _form(receipt), at, department, lambda given: give_receipt(at.house, at.person, int(size), given, at.now)
    )
    return result if isinstance(result, Response) else redirect(f"/checkpoint?entry={result.number}", 303)


def _form(receipt: Receipt) -> DepartmentForm:
    title = "To whom was it handed?"
    hidden = {"size": str(receipt.size)}
    return DepartmentForm(
        title, CheckpointGiven, "/checkpoint", "Put on record", "", CRUMBS, signed=False, hidden=hidden
    )
