"""Signing: what will be recorded is read back in plain words, and confirmed by passkey or at the weaker level."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, request
from werkzeug.wrappers import Response

from covertops.actions import drafts, signing
from covertops.actions.operations import NotFound, Stale
from covertops.actions.proving import Proof, WrongPasskey
from covertops.actions.repetition import signed_as
from covertops.actions.signing import Intent
from covertops.domain.declaration import kind_of
from covertops.domain.refusals import Refusal
from covertops.domain.vocabulary import Disclosure
from covertops.web.acts.desk import Desk, desk_at
from covertops.web.acts.register import sheet_of
from covertops.web.acts.sheets import Sheet
from covertops.web.house import house
from covertops.web.identity import current_person
from covertops.web.installed import installed
from covertops.web.page import Crumb, Page, Turn
from covertops.web.pages.acting import again, to_operation
from covertops.web.pages.drawing import ACTING, Drawing
from covertops.web.plain_words import Fact, facts_of, fingerprint, numbers_named
from covertops.web.security import audience
from covertops.web.show import show
from covertops.web.signing_ways import LOCKED as LOCKED
from covertops.web.signing_ways import NotProved, not_signed, proof_sent, ways_of

GONE: Final = (
    "It was signed before, or its ten minutes have passed. Nothing was recorded just now; what you typed is kept as "
    "your draft."
)
COUNSEL: Final = frozenset({Disclosure.PROSECUTOR_WORK_PRODUCT, Disclosure.CITY_ATTORNEY_ADVICE})


@dataclass(frozen=True)
class ReadBack:
    """An entry as it will stand, in plain words; counsel's advice apart, and what was left empty named."""

    title: str
    office: str
    number: int
    facts: list[Fact]
    advice: list[Fact]
    empty: list[str]


pages = Blueprint("signing", __name__)


@pages.route("/operations/<operation_id>/sign/<intent_id>", methods=["GET", "POST"])
@audience(*ACTING)
def sign(operation_id: str, intent_id: str) -> Response:
    """Read back what will be recorded; sign it."""
    now, person = installed().clock(), current_person().id
    with house().store.read() as unit:
        desk = desk_at(house(), unit, operation_id, person, now, {})
        try:
            intent = signing.find(unit, intent_id, person, now)
        except NotFound:
            before = signed_as(unit, desk.it, request.form.get("intent", ""))
            return to_operation(operation_id, before.number) if before else _gone(desk)
        if intent.operation_id != operation_id:
            raise NotFound(intent_id)
        if request.method != "POST":
            return _page(desk, intent)
    try:
        return _confirm(operation_id, intent, proof_sent())
    except NotProved as problem:
        with house().store.read() as unit:
            return _page(desk_at(house(), unit, operation_id, person, now, {}), intent, problem)


def _confirm(operation_id: str, intent: Intent, proof: Proof) -> Response:
    sheet, now, person = sheet_of(intent.decision.name), installed().clock(), current_person().id
    query = _query_of(sheet, intent)
    kind = sheet.draft_kind(query)
    try:
        done = signing.confirm(house(), intent.id, person, proof, now, draft=kind)
    except WrongPasskey as wrong:
        raise not_signed() from wrong
    except (Stale, Refusal) as reason:
        with house().store.read() as unit:
            draft = drafts.find(unit, person, kind, operation_id)
        typed = draft.values if draft else {}
        if isinstance(reason, Stale):
            return again(sheet, operation_id, query, Drawing(typed, status=409), reason.seen)
        return again(sheet, operation_id, query, Drawing(typed, reason.missing, status=422))
    return to_operation(operation_id, done.number)


def _query_of(sheet: Sheet, intent: Intent) -> Mapping[str, str]:
    """The part of the page's address that the answers tell: the attorney's office."""
    office = str(intent.given.get("attorney_office", ""))
    return {"office": office} if "office" in sheet.query_names and office else {}


def read_back(desk: Desk, intent: Intent) -> list[ReadBack]:
    """Every entry that will be recorded, every field of it."""
    found, first = [], int(json.loads(intent.text)["number"])
    for place, written in enumerate(intent.decided):
        words = desk.words(desk.read(numbers_named(written.entry)))
        facts = facts_of(written.entry, words, own=True)
        filled = [one for one in facts if one.lines]
        found.append(
            ReadBack(
                kind_of(written.entry).title,
                written.office.title,
                first + place,
                [one for one in filled if one.disclosure not in COUNSEL],
                [one for one in filled if one.disclosure in COUNSEL],
                [one.label for one in facts if not one.lines],
            )
        )
    return found


def _page(desk: Desk, intent: Intent, problem: NotProved | None = None) -> Response:
    sheet = sheet_of(intent.decision.name)
    query = _query_of(sheet, intent)
    base = f"/operations/{desk.operation.id}"
    change = f"{base}/{intent.decision.name}" + (f"?{urlencode(query)}" if query else "")
    ways = ways_of(desk.department, desk.me, intent.challenge, f"{base}/sign/{intent.id}", problem)
    page = Page(
        "Read back and sign",
        "Operations",
        (Crumb("My work", "/"), Crumb(desk.operation.reference, base), Crumb("Sign")),
        lead=sheet.lead(desk),
        turn=Turn(f"Your turn, {desk.name(desk.me)}.", "Nothing is on record before you sign.", yours=True),
        failed=problem is not None,
    )
    first = intent.decided[0].entry
    return show(
        "signing.html",
        page,
        problem.status if problem else 200,
        ways=ways,
        entries=read_back(desk, intent),
        means=sheet.means(desk),
        beside=sheet.read_with(desk),
        warnings=sheet.warnings(desk, first),
        change_href=change,
        until=desk.times.clock(intent.expires_at),
        fingerprint=fingerprint(intent.digest),
    )


def _gone(desk: Desk) -> Response:
    """Somebody who may see the operation and comes too late, or twice."""
    base = f"/operations/{desk.operation.id}"
    crumbs = (Crumb("My work", "/"), Crumb(desk.operation.reference, base), Crumb("Sign"))
    page = Page("This can no longer be signed", "Operations", crumbs, lead=desk.operation.matter)
    return show("signing_gone.html", page, 409, words=GONE, href=base)
