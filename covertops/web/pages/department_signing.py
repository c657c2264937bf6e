"""Signing acts on the department, and an attorney’s word: what will be recorded is read back, and confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from covertops.actions import counsel, department_signing, passkeys, recoveries
from covertops.actions import department as department_acts
from covertops.actions import offices as office_acts
from covertops.actions.department import Invited
from covertops.actions.department_signing import Confirming, DepartmentMoved, Preparing, Signing, ToSign, Waiting
from covertops.actions.operations import NotFound
from covertops.actions.proving import Cloned, WrongPasskey, doubted
from covertops.domain.declaration import Recorded, kind_of
from covertops.domain.department import Department
from covertops.domain.passkeys import only_by_passkey
from covertops.domain.refusals import Refusal
from covertops.ledger.forms import from_base64
from covertops.web.installed import installed
from covertops.web.page import Crumb, Page, Turn
from covertops.web.pages.asking import Looking, looking, this_session, times_of
from covertops.web.pages.invited import invited_page
from covertops.web.plain_words import PlainWords, facts_of, fingerprint
from covertops.web.security import SIGNED_IN, audience
from covertops.web.show import show
from covertops.web.signing_ways import NotProved, not_signed, proof_sent, ways_of

TITLE: Final = "Read back and sign"
GONE: Final = "It was signed before, or its ten minutes have passed. Nothing was recorded just now."
MOVED: Final = "The record changed since you read it. It is read back again below; nothing was recorded."

CONTACT: Final = ("of_operation", "of_entry")
"""Which contact an attorney speaks of, beside their answers."""

Run = Callable[[Looking, Mapping[str, Any], Signing], Recorded | Invited]

pages = Blueprint("department_signing", __name__)


@dataclass(frozen=True)
class SignedAct:
    """An act on the department that is read back before it is signed: how it is done, and where it leads."""

    run: Run
    back: str


def _add(at: Looking, given: Mapping[str, Any], how: Signing) -> Recorded:
    made = passkeys.Registered(
        from_base64(given["credential_id"]),
        from_base64(given["public_key"]),
        given["rp_id"],
        given["origin"],
        given["count"],
    )
    return passkeys.add(at.house, at.person, {"name": given["name"]}, made, how, at.now, this_session())


def _vouch(at: Looking, given: Mapping[str, Any], how: Signing) -> Recorded:
    return passkeys.vouch(at.house, at.person, given["number"], how, at.now)


def _revoke(at: Looking, given: Mapping[str, Any], how: Signing) -> Recorded:
    answers = {"reason": given["reason"]}
    return passkeys.revoke(at.house, at.person, given["number"], answers, how, at.now, this_session())


def _code(act: Callable[..., Invited], at: Looking, given: Mapping[str, Any], how: Signing) -> Invited:
    return act(at.house, installed().services.derive, at.person, given, how, at.now)


def _reset_factor(at: Looking, given: Mapping[str, Any], how: Signing) -> Recorded:
    return recoveries.reset(at.house, installed().services.derive, at.person, given, how, at.now)


def _confirm_contact(at: Looking, given: Mapping[str, Any], how: Signing) -> Recorded:
    answers = {name: value for name, value in given.items() if name not in CONTACT}
    operation_id, number = (given[name] for name in CONTACT)
    return counsel.confirm(at.house, operation_id, number, at.person, answers, how, at.now)


def _with(act: Callable[..., Recorded], at: Looking, given: Mapping[str, Any], how: Signing) -> Recorded:
    return act(at.house, at.person, given, how, at.now)


ACTS: Final[Mapping[str, SignedAct]] = {
    "passkey-add": SignedAct(_add, "/passkeys"),
    "passkey-vouch": SignedAct(_vouch, "/passkeys"),
    "passkey-revoke": SignedAct(_revoke, "/passkeys"),
    "appoint": SignedAct(partial(_with, department_acts.appoint), "/people"),
    "end-office": SignedAct(partial(_with, department_acts.end_office), "/people"),
    "open-account": SignedAct(partial(_code, department_acts.open_account), "/people"),
    "invite": SignedAct(partial(_code, department_acts.invite), "/people"),
    "reopen-account": SignedAct(partial(_code, department_acts.reopen_account), "/people"),
    "reset-factor": SignedAct(_reset_factor, "/people"),
    "release-account": SignedAct(partial(_with, department_acts.release_account), "/people"),
    "close-account": SignedAct(partial(_with, department_acts.close_account), "/people"),
    "acting-chief": SignedAct(partial(_with, office_acts.name_acting_chief), "/people"),
    "city-instrument": SignedAct(partial(_with, office_acts.enter_city_instrument), "/people"),
    "city-instrument-answer": SignedAct(partial(_with, office_acts.answer_city_instrument), "/"),
    "people-reviewed": SignedAct(partial(_with, office_acts.review_people), "/people/review"),
    "confirm-contact": SignedAct(_confirm_contact, "/consultations"),
    "change-setting": SignedAct(partial(_with, department_acts.change_setting), "/settings"),
}


def to_sign(at: Looking, name: str, given: Mapping[str, Any]) -> Response:
    """Decide as if it were signed now, keep it for ten minutes, and lead on to reading it back. Raises Refusal."""
    return redirect(f"/sign/{_prepare(at, name, given)}", 303)


def _prepare(at: Looking, name: str, given: Mapping[str, Any]) -> str:
    try:
        ACTS[name].run(at, given, Preparing(name, given))
    except ToSign as to_be_signed:
        department_signing.keep(at.house, at.person, to_be_signed.waiting)
        return to_be_signed.waiting.id
    raise TypeError(f"{name} takes no signature")


@pages.route("/sign/<waiting_id>", methods=["GET", "POST"])
@audience(SIGNED_IN)
def sign(waiting_id: str) -> Response:
    """Read back what will be recorded in the department; sign it."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
        try:
            waiting = department_signing.find(unit, waiting_id, at.person, at.now)
        except NotFound:
            return _told(GONE, "/", 409)
    if request.method != "POST":
        return _page(at, department, waiting)
    act = ACTS[waiting.act]
    try:
        done = act.run(at, waiting.given, Confirming(waiting, proof_sent()))
    except NotProved as problem:
        return _page(at, department, waiting, problem)
    except WrongPasskey:
        return _page(at, department, waiting, not_signed())
    except Cloned as cloned:
        return _refused(doubted(at.house, cloned, at.now), act)
    except DepartmentMoved:
        return _again(at, waiting, act)
    except Refusal as refusal:
        return _refused(refusal, act)
    if isinstance(done, Invited):
        return invited_page(done, department, at)
    return redirect(f"{act.back}?entry={done.number}", 303)


def _again(at: Looking, waiting: Waiting, act: SignedAct) -> Response:
    """Prepare it anew on the record as it stands now, and read it back once more."""
    try:
        again = _prepare(at, waiting.act, waiting.given)
    except Refusal as refusal:
        return _refused(refusal, act)
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
        return _page(at, department, department_signing.find(unit, again, at.person, at.now), stale=MOVED)


def _page(
    at: Looking, department: Department, waiting: Waiting, problem: NotProved | None = None, stale: str = ""
) -> Response:
    entry, times = waiting.written.entry, times_of(department, at.now)
    facts = facts_of(entry, PlainWords(department, times), own=True)
    back = ACTS[waiting.act].back
    page = Page(
        TITLE,
        "",
        (Crumb("My work", "/"), Crumb("Sign")),
        lead=kind_of(entry).title,
        turn=Turn(f"Your turn, {department.name_of(at.person)}.", "Nothing is on record before you sign.", yours=True),
        failed=problem is not None,
    )
    return show(
        "reading/department_sign.html",
        page,
        problem.status if problem else 409 if stale else 200,
        stale=stale,
        title=kind_of(entry).title,
        office=waiting.written.office.title,
        number=waiting.number,
        facts=[one for one in facts if one.lines],
        empty=[one.label for one in facts if not one.lines],
        ways=ways_of(
            department,
            at.person,
            waiting.challenge,
            f"/sign/{waiting.id}",
            problem,
            weaker=not only_by_passkey(entry),
        ),
        fingerprint=fingerprint(waiting.digest),
        until=times.clock(waiting.expires_at),
        change_href=back,
    )


def _refused(refusal: Refusal, act: SignedAct) -> Response:
    return _told(" ".join(f"{one.message}. {one.remedy}" for one in refusal.missing), act.back, 422)


def _told(words: str, href: str, status: int) -> Response:
    page = Page("This was not signed", "", (Crumb("My work", "/"), Crumb("Sign")))
    return show("signing_gone.html", page, status, words=words, href=href, back="Go back")
