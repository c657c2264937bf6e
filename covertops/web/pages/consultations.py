"""An attorney's own contacts: what was put down and shown, whether it is right, and a record receipt to take along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from flask import Blueprint, redirect, request
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from covertops.actions import counsel as acts
from covertops.actions.counsel import Consultation
from covertops.actions.folding import entries
from covertops.actions.receipts import newest_receipt
from covertops.actions.signing import PASSWORD
from covertops.domain.decisions.counsel import ADVICE, confirm_consultation
from covertops.domain.declaration import Recorded, kind_of
from covertops.domain.entries.counsel import ConsultationConfirmed
from covertops.domain.operation import Contact
from covertops.domain.refusals import Refusal
from covertops.domain.vocabulary import Disclosure, Office
from covertops.web.headers import FILE_POLICY
from covertops.web.page import Cell, Column, Crumb, Page, Table, Tag, Turn
from covertops.web.pages.asking import Looking, looking, number_in, times_of
from covertops.web.pages.department_form import DepartmentForm, opened, sent
from covertops.web.pages.department_signing import CONTACT, to_sign
from covertops.web.plain_words import Fact, PlainWords, facts_of, numbers_named
from covertops.web.security import audience
from covertops.web.show import show

COUNSEL: Final = (Office.PROSECUTING_ATTORNEY.value, Office.CITY_ATTORNEY.value)
NAV: Final = "Contacts with you"
_APART: Final = frozenset({Disclosure.PROSECUTOR_WORK_PRODUCT, Disclosure.CITY_ATTORNEY_ADVICE})

pages = Blueprint("consultations", __name__)


@dataclass(frozen=True)
class ShownEntry:
    """An entry in plain words; what is counsel's own stands apart, and nothing leads to the operation."""

    title: str
    facts: list[Fact]
    advice: list[Fact]


@pages.get("/consultations")
@audience(*COUNSEL)
def consultation_list() -> Response:
    """The contacts recorded with the reader, the newest first."""
    at = looking()
    found = acts.contacts_with(at.house, at.person, at.now)
    with at.house.store.read() as unit:
        times = times_of(at.house.folds.department(unit), at.now)
    columns = (Column("Contact"), Column("Put down"), Column("Your word"))
    rows = [
        (
            Cell(f"{reference}, entry {one.ref.number}", _href(one)),
            Cell(times.day(one.recorded_at)),
            Cell(tag=_tag(one)),
        )
        for reference, one in found
    ]
    page = Page(NAV, NAV, (Crumb("My work", "/"), Crumb(NAV)))
    return show("reading/consultations.html", page, table=Table(NAV, columns, rows))


@pages.get("/consultations/<operation_id>/<int:contact>")
@audience(*COUNSEL)
def consultation(operation_id: str, contact: int) -> Response:
    """One contact: what was put down, what was shown, as it stood, and what the reader said of it."""
    at = looking()
    found = acts.read_contact(at.house, operation_id, contact, at.person, at.now)
    department, reference = found.it.department, found.it.operation.reference
    with at.house.store.read() as unit:
        named = set().union(*(numbers_named(one.entry) for one in (found.entry, *found.shown)))
        known = entries(unit, operation_id, named & {one.number for one in (found.entry, *found.shown)})
        receipt = newest_receipt(unit)
    times = times_of(department, at.now)
    words = PlainWords(department, times, known)
    waits = found.contact.confirmed is None and _may_say(found)
    turn = Turn(f"Your turn, {department.name_of(at.person)}.", "Say whether it is put down right.", True)
    here = _href(found.contact)
    return show(
        "reading/consultation.html",
        Page(
            f"Contact with the {found.contact.office.value}",
            NAV,
            (Crumb("My work", "/"), Crumb(NAV, "/consultations"), Crumb(f"{reference}, entry {contact}")),
            eyebrow=f"{reference} · Entry {contact}",
            lead=f"Put down by {department.name_of(found.entry.entry.by)} on {times.stamp(found.entry.at)}",
            tag=_tag(found.contact),
            turn=turn if waits else None,
            printed=f"Printed by {department.name_of(at.person)} on {times.stamp(at.now)}.",
        ),
        notice="Your word is on record." if number_in("entry") else "",
        contact=_in_words(found.entry, words),
        said=_in_words(found.said, words) if found.said else None,
        shown=[_in_words(one, words) for one in found.shown],
        answer_href=f"{here}/answer" if _may_say(found) else "",
        receipt=receipt,
        receipt_action=f"{here}/receipt",
    )


@pages.route("/consultations/<operation_id>/<int:contact>/answer", methods=["GET", "POST"])
@audience(*COUNSEL)
def answer(operation_id: str, contact: int) -> Response:
    """The attorney confirms or corrects the contact, signed."""
    at = looking()
    found = acts.read_contact(at.house, operation_id, contact, at.person, at.now)
    here, reference = _href(found.contact), found.it.operation.reference
    if not _may_say(found):
        return redirect(here, 303)
    department = found.it.department
    # Whoever has a passkey reads back what they sign, and may sign with it.
    read_back = bool(department.passkeys.in_force_of(at.person)) or department.passkeys.only
    form = DepartmentForm(
        "Is it put down right?",
        ConsultationConfirmed,
        f"{here}/answer",
        "Sign and put on record",
        NAV,
        (
            Crumb("My work", "/"),
            Crumb(NAV, "/consultations"),
            Crumb(f"{reference}, entry {contact}", here),
            Crumb("Answer"),
        ),
        "It stands on the record of the operation, under your name and office.",
        signed=not read_back,
        without=frozenset(ADVICE.values()) - {ADVICE[found.contact.office]},
        beside=(
            "An answer that you take back stops the operation until an attorney of your office has answered again.",
        ),
    )
    if request.method != "POST":
        return opened(form, at, department)
    if read_back:
        return sent(form, at, department, partial(_read_back, at, operation_id, contact))
    result = sent(form, at, department, partial(_confirm, at, operation_id, contact))
    return result if isinstance(result, Response) else redirect(f"{here}?entry={result.number}", 303)


def _confirm(at: Looking, operation_id: str, contact: int, given: Mapping[str, object]) -> Recorded:
    return acts.confirm(at.house, operation_id, contact, at.person, given, PASSWORD, at.now)


def _read_back(at: Looking, operation_id: str, contact: int, given: Mapping[str, object]) -> Response:
    return to_sign(at, "confirm-contact", {**given, **dict(zip(CONTACT, (operation_id, contact), strict=True))})


@pages.post("/consultations/<operation_id>/<int:contact>/receipt")
@audience(*COUNSEL)
def receipt(operation_id: str, contact: int) -> Response:
    """The newest record receipt as a file; that it left is on record before it does."""
    at = looking()
    found = acts.take_receipt(at.house, operation_id, contact, at.person, at.now)
    headers = Headers({"Content-Security-Policy": FILE_POLICY})
    headers.add("Content-Disposition", "attachment", filename=f"record-receipt-{found.size}.txt")
    return Response(found.note, headers=headers, mimetype="application/octet-stream")


def _may_say(found: Consultation) -> bool:
    try:
        confirm_consultation(found.it.operation, found.it.actor, found.it.facts, found.contact.ref.number)
    except Refusal:
        return False
    return True


def _href(one: Contact) -> str:
    return f"/consultations/{one.ref.stream}/{one.ref.number}"


def _tag(one: Contact) -> Tag:
    if one.confirmed is None:
        return Tag("Waits for you", "wait", "wait")
    return Tag("Confirmed", "ok", "check") if one.agreed else Tag("Corrected", "turn", "ask")


def _in_words(it: Recorded, words: PlainWords) -> ShownEntry:
    """Every field of an entry that was filled in; of the other office's compartment not even that there is a field."""
    told = [one for one in facts_of(it.entry, words, own=True) if one.lines and one.lines != ("Withheld",)]
    return ShownEntry(
        f"{kind_of(it.entry).title}, entry {it.number} of {words.times.stamp(it.at)}",
        [one for one in told if one.disclosure not in _APART],
        [one for one in told if one.disclosure in _APART],
    )
