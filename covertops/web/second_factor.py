"""The second factor: given at sign-in, set up the first time, replaced with the existing one; and step-up.

A phone's secret is made on the server and shown until a code proves that the phone has it. Who has no phone prints a
sheet of codes. Neither is kept before it was confirmed, so that looking at the page changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import segno
from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from covertops.actions.one_time_codes import as_typed, phone_address, phone_secret, sheet
from covertops.web.entry_pages import LOCKED, again_page, code_form, inside, page, seed
from covertops.web.forms import Form
from covertops.web.identity import Outcome, identity
from covertops.web.installed import installed
from covertops.web.security import PASSWORD_GIVEN, SIGNED_IN, audience

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import WriteUnit

WRONG_CODE: Final = "This code does not fit, or it was used before. Wait for the next one, or look again."
NOT_OF_THEM: Final = "This is none of the codes above. Type one of them as it stands."
CHIEF: Final = "chief"

pages = Blueprint("second_factor", __name__)


@pages.route("/second-factor", methods=["GET", "POST"])
@audience(PASSWORD_GIVEN)
def give() -> AnyResponse:
    """The code of somebody whose password was right; or the choice of a first factor."""
    who, services = identity().current(), installed().services
    if who is None or who.complete:
        return redirect("/", 303)
    with services.store.read() as unit:
        enrolled = services.second_factors.is_enrolled(unit, who.person.id)
    if not enrolled:
        return page("choose_factor.html", Form(title="One more thing that is yours", fields=[]))
    if request.method != "POST":
        return page("second_factor.html", code_form())
    outcome = identity().second_factor(request.form.get("code", ""))
    if outcome is Outcome.SIGNED_IN:
        return inside()
    return _refused("second_factor.html", code_form(error=WRONG_CODE), outcome)


@pages.route("/second-factor/phone", methods=["GET", "POST"])
@audience(PASSWORD_GIVEN)
def phone() -> AnyResponse:
    """The secret for an app on a phone, as QR code and as text, until a code proves that the phone has it."""
    refused = _not_without_the_old()
    if refused is not None:
        return refused
    secret = phone_secret(seed("one-time codes"))
    return _set_up(
        "phone.html",
        lambda unit, person, code, now: installed().services.second_factors.add_phone(unit, person, secret, code, now),
        code_form("Codes on a phone", "/second-factor/phone", WRONG_CODE),
        qr=_qr(phone_address(secret, _name(), installed().settings.entry_name)),
        groups=[secret[at : at + 4] for at in range(0, len(secret), 4)],
    )


@pages.route("/second-factor/printed", methods=["GET", "POST"])
@audience(PASSWORD_GIVEN)
def printed() -> AnyResponse:
    """Ten codes to print, until one of them proves that they were."""
    refused = _not_without_the_old()
    if refused is not None:
        return refused
    codes = sheet(seed("printed codes"))
    return _set_up(
        "printed.html",
        lambda unit, person, code, now: installed().services.second_factors.add_sheet(unit, person, codes, code, now),
        code_form("Codes on paper", "/second-factor/printed", NOT_OF_THEM, digits=False),
        codes=codes,
    )


@pages.route("/again", methods=["GET", "POST"])
@audience(SIGNED_IN)
def again() -> AnyResponse:
    """Step-up: password and code once more, and back to where one was."""
    if request.method != "POST":
        return again_page()
    outcome = identity().prove_again(request.form.get("password", ""), request.form.get("code", ""))
    if outcome is Outcome.SIGNED_IN:
        return inside()
    return again_page(LOCKED if outcome is Outcome.LOCKED else "Password and code do not fit. Look at both of them.")


def _not_without_the_old() -> AnyResponse | None:
    """Where somebody who has a factor goes first: to give it. The action that keeps the new one asks again."""
    who, services = identity().current(), installed().services
    with services.store.read() as unit:
        enrolled = who is not None and services.second_factors.is_enrolled(unit, who.person.id)
    if who is None or not enrolled or who.is_fresh(installed().clock()):
        return None
    return again_page(next_path=request.path) if who.complete else redirect(url_for("second_factor.give"), 303)


def _set_up(
    template: str, keep: Callable[[WriteUnit, str, str, datetime], bool], form: Form, **shown: Any
) -> AnyResponse:
    """Show what is to be set up, and keep it once its code was typed. The first Chief is then shown recovery codes."""
    if request.method != "POST":
        return page(template, replace(form, fields=[replace(form["code"], error="")]), **shown)
    recovery: list[str] = []
    factors = installed().services.second_factors

    def kept(unit: WriteUnit, person: str, now: datetime) -> bool:
        done = keep(unit, person, as_typed(request.form.get("code", "")), now)
        if done and CHIEF in _offices() and not factors.left(unit, person).recovery:
            recovery.extend(factors.new_recovery_codes(unit, person, now))
        return done

    outcome = identity().enrol(kept)
    if outcome is not Outcome.SIGNED_IN:
        return _refused(template, form, outcome, **shown)
    return recovery_page(recovery) if recovery else inside()


def recovery_page(codes: list[str]) -> AnyResponse:
    """Recovery codes, shown once."""
    return page("recovery.html", Form(title="Recovery codes", fields=[]), codes=codes)


def _refused(template: str, form: Form, outcome: Outcome, **shown: Any) -> AnyResponse:
    if outcome is Outcome.LOCKED:
        locked = replace(form, fields=[replace(form["code"], error="")], errors=[LOCKED])
        return page(template, locked, 429, **shown)
    return page(template, form, 422, **shown)


def _qr(address: str) -> str:
    """The address as a picture, in an address of its own: an SVG that is shown as an image and never as markup."""
    picture = segno.make(address, error="m", micro=False)
    return str(picture.svg_data_uri(scale=5, light="#fff", svgclass=None, lineclass=None))


def _name() -> str:
    who = identity().current()
    return "" if who is None else who.person.name


def _offices() -> frozenset[str]:
    who = identity().current()
    return frozenset() if who is None else who.person.offices
