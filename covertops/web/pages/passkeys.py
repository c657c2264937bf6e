"""Your passkeys: registered, named, revoked; and those of others that wait until two people vouch for them.

Registering takes three steps, each a page of its own: the name; the browser's answer; and where the person has a
passkey already, the signature with it, read back first as every signed act is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from covertops.actions import passkeys as acts
from covertops.actions.passkeys import Registered
from covertops.actions.proving import WrongPasskey
from covertops.domain.department import Department
from covertops.domain.entries.passkeys import VOUCHING, PasskeyAdded, PasskeyRevoked
from covertops.domain.passkeys import Passkey
from covertops.domain.refusals import Refusal
from covertops.domain.vocabulary import Office
from covertops.ledger.assertion import BadAssertion
from covertops.ledger.forms import to_base64
from covertops.web.form_building import Around, Typed, fields_of, given_of, make_form
from covertops.web.installed import installed
from covertops.web.page import Crumb, Page, Tag
from covertops.web.pages.asking import Looking, looking, number_in, this_session
from covertops.web.pages.department_form import done_words
from covertops.web.pages.department_signing import to_sign
from covertops.web.passkeys import read_registration, registration
from covertops.web.presenting.fields import grouped
from covertops.web.security import SIGNED_IN, audience, step_up
from covertops.web.show import show

TITLE: Final = "Your passkeys"
REGISTER: Final = "passkey/register"
NOT_REGISTERED: Final = "Your authenticator did not register. Nothing was recorded; try again."
BEGIN_AGAIN: Final = (
    "if they revoke their last passkey, signing with it, everybody registers again as among the first. "
    "Or sign at the weaker level."
)
NONE_LEFT: Final = (
    "Nobody has one any more, so no new one can come into force in this record. Sign at the weaker level; to have "
    "passkeys again, the department begins a new record and keeps this one."
)
CRUMBS: Final = (Crumb("My work", "/"), Crumb(TITLE, "/passkeys"))

pages = Blueprint("passkeys", __name__)


@dataclass(frozen=True)
class Shown:
    """A passkey as the list shows it."""

    number: int
    name: str
    owner: str
    fingerprint: str
    tag: Tag
    words: str
    may_revoke: bool = False
    may_vouch: bool = False


@pages.get("/passkeys")
@audience(SIGNED_IN)
def own() -> Response:
    """One's own passkeys, and those of others that wait for a second and third person."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    return _list(at, department)


def _list(at: Looking, department: Department, problem: str = "", status: int = 200) -> Response:
    number, passkeys = number_in("entry"), department.passkeys
    added = passkeys.by_number.get(number)
    mine = [_shown(one, department, at) for one in passkeys.of(at.person)]
    waiting = [one for one in passkeys.by_number.values() if one.waits and one.person != at.person]
    form = make_form(
        fields_of(PasskeyAdded, Around(department, at.now), {}, (), {}),
        (),
        title="Register a passkey",
        action="/passkeys",
        submit="Register a passkey",
    )
    lead = "A passkey is an authenticator that you alone hold: a phone, a computer, or a key on a ring."
    return show(
        "reading/passkeys.html",
        Page(TITLE, "", (CRUMBS[0], Crumb(TITLE)), lead=lead, failed=bool(problem)),
        status,
        stuck=_stuck(department, at),
        notice=done_words(department, at, number) if number else "",
        problem=problem,
        printed=_shown(added, department, at) if added and added.person == at.person else None,
        mine=mine,
        waiting=[_shown(one, department, at) for one in waiting],
        form=form,
    )


def _stuck(department: Department, at: Looking) -> str:
    """What to do where two others would have to vouch, and there are not two; empty where there are."""
    passkeys = department.passkeys
    if not passkeys.nobody_can_vouch_for(at.person):
        return ""
    left = sorted(department.name_of(one) for one in passkeys.others_in_force(at.person))
    return f"Ask {left[0]}, who has one: {BEGIN_AGAIN}" if left else NONE_LEFT


def _shown(one: Passkey, department: Department, at: Looking) -> Shown:
    passkeys, who = department.passkeys, department.offices_of(at.person, at.now)
    may_vouch = (
        one.waits
        and one.person != at.person
        and at.person not in one.vouched_by
        and bool(passkeys.in_force_of(at.person))
    )
    return Shown(
        one.ref.number,
        one.name,
        department.name_of(one.person),
        grouped(one.fingerprint),
        _tag(one),
        _words(one, department),
        may_revoke=one.revoked is None and (one.person == at.person or Office.ADMINISTRATOR in who),
        may_vouch=may_vouch,
    )


def _tag(one: Passkey) -> Tag:
    if one.revoked is not None:
        return Tag("Revoked", "stop", "stop")
    if one.doubted:
        return Tag("Counted backwards", "stop", "warn")
    return Tag("In force", "ok", "check") if one.in_force else Tag("Waits for others", "wait", "wait")


def _words(one: Passkey, department: Department) -> str:
    by = [department.name_of(person) for person in one.vouched_by]
    vouched = f"; vouched for by {' and '.join(by)}" if by else ""
    return f"{VOUCHING.get(one.vouching, one.vouching)}{vouched}."


# Registering ---------------------------------------------------------------------------------------------------------


@pages.post("/passkeys")
@audience(SIGNED_IN)
@step_up
def begin() -> Response:
    """Name a new passkey; the browser is asked for it on the next page."""
    at = looking()
    given = given_of(PasskeyAdded, {name: values for name, values in request.form.lists() if name == "name"})
    name = str(given.get("name", "")).strip()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    if not name or len(name) > 60:
        return _list(at, department, "Say in a few words what you call it.", 422)
    member = department.people[at.person]
    known = [one for one in department.passkeys.of(at.person) if one.revoked is None]
    asked, state = registration(installed().settings, at.person, member.sign_in_name, known)
    content = {"name": name, "asked": asked, "state": state}
    return redirect(f"/passkeys/new/{acts.keep_question(at.house, at.person, REGISTER, content, at.now)}", 303)


@pages.route("/passkeys/new/<question_id>", methods=["GET", "POST"])
@audience(SIGNED_IN)
@step_up
def register(question_id: str) -> Response:
    """Ask the browser for the passkey; put on record what it answers, or lead on to the signature it takes."""
    at = looking()
    if request.method != "POST":
        asked = acts.question(at.house, question_id, at.person, REGISTER, at.now)
        page = Page("Register a passkey", "", (*CRUMBS, Crumb("Register")), lead=f"It will be called {asked['name']}.")
        return show("reading/passkey_new.html", page, options=asked["asked"], action=request.path)
    asked = acts.take_question(at.house, question_id, at.person, REGISTER, at.now)
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    try:
        made = read_registration(installed().settings, asked["state"], request.form.get("answer", ""))
        return _added(at, department, str(asked["name"]), made)
    except (WrongPasskey, BadAssertion):
        return _list(at, department, NOT_REGISTERED, 422)
    except Refusal as refusal:
        return _list(at, department, f"{refusal.missing[0].message}. {refusal.missing[0].remedy}", 422)


def _added(at: Looking, department: Department, name: str, made: Registered) -> Response:
    given: dict[str, Any] = {
        "name": name,
        "credential_id": to_base64(made.credential_id),
        "public_key": to_base64(made.public_key),
        "rp_id": made.rp_id,
        "origin": made.origin,
        "count": made.count,
    }
    if department.passkeys.in_force_of(at.person):
        return to_sign(at, "passkey-add", given)
    entry = acts.add(at.house, at.person, {"name": name}, made, None, at.now, this_session())
    return redirect(f"/passkeys?entry={entry.number}", 303)


# Vouching and revoking -----------------------------------------------------------------------------------------------


@pages.post("/passkeys/<int:number>/vouch")
@audience(SIGNED_IN)
def vouch(number: int) -> Response:
    """Read back that a fingerprint is its owner's, and sign it."""
    at = looking()
    try:
        return to_sign(at, "passkey-vouch", {"number": number})
    except Refusal as refusal:
        with at.house.store.read() as unit:
            department = at.house.folds.department(unit)
        return _list(at, department, f"{refusal.missing[0].message}. {refusal.missing[0].remedy}", 422)


@pages.route("/passkeys/<int:number>/revoke", methods=["GET", "POST"])
@audience(SIGNED_IN)
def revoke(number: int) -> Response:
    """Say why a passkey is revoked; the next page signs it."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    passkey = department.passkeys.by_number.get(number)
    mine = passkey is not None and (
        passkey.person == at.person or Office.ADMINISTRATOR in department.offices_of(at.person, at.now)
    )
    if passkey is None or not mine:
        abort(404)
    if request.method != "POST":
        return _revoking(at, department, passkey, {}, ())
    typed = {name: values for name, values in request.form.lists() if name == "reason"}
    try:
        return to_sign(at, "passkey-revoke", {"number": number, "reason": given_of(PasskeyRevoked, typed)["reason"]})
    except Refusal as refusal:
        return _revoking(at, department, passkey, typed, refusal.missing, 422)


def _revoking(
    at: Looking, department: Department, passkey: Passkey, typed: Typed, problems: Any, status: int = 200
) -> Response:
    fields = fields_of(PasskeyRevoked, Around(department, at.now), typed, problems, {})
    action = f"/passkeys/{passkey.ref.number}/revoke"
    form = make_form(fields, problems, title="Revoke a passkey", action=action, submit="Go on to sign")
    lead = f"{passkey.name}, of {department.name_of(passkey.person)}. Nothing is signed with it any more."
    page = Page("Revoke a passkey", "", (*CRUMBS, Crumb("Revoke")), lead=lead, failed=bool(form.all_errors))
    return show("reading/department_form.html", page, status, form=form, beside=())
