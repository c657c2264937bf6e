"""Sign-in by passkey alone: the authenticator verifies the person, and names nobody until it has.

The challenge is kept in the database and answered once, within five minutes. Attempts are counted on this computer
only, so that somebody elsewhere who locks an account does not keep its owner out.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from covertops.actions import passkeys
from covertops.actions.operations import NotFound
from covertops.actions.proving import ByPasskey, Cloned, WrongPasskey, doubted, read_answer, used
from covertops.domain.passkeys import Passkey
from covertops.ledger.assertion import from_web_base64, to_web_base64
from covertops.web.entry_pages import LOCKED, accepted_at, inside, page, sign_in_page, to_notice
from covertops.web.forms import Form
from covertops.web.house import house
from covertops.web.identity import Outcome, identity
from covertops.web.installed import installed
from covertops.web.passkeys import signing
from covertops.web.security import ANYONE, audience

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import WriteUnit

QUESTION: Final = "passkey/sign-in"
NOBODY: Final = ""
WRONG: Final = "No passkey of this system answered, or not in time. Nothing was opened; try again."

pages = Blueprint("passkey_sign_in", __name__)


@pages.route("/sign-in/passkey", methods=["GET", "POST"])
@audience(ANYONE)
def begin() -> Response:
    """Ask the browser for any passkey of this system."""
    if not accepted_at():
        return to_notice()
    if request.method != "POST":
        return redirect("/sign-in", 303)
    challenge, now = secrets.token_bytes(32), installed().clock()
    content = {"challenge": to_web_base64(challenge)}
    question = passkeys.keep_question(house(), NOBODY, QUESTION, content, now)
    form = Form(title="Sign in with a passkey", action=f"/sign-in/passkey/{question}", fields=[])
    return page("passkey.html", form, options=signing(installed().settings, (), challenge))


@pages.post("/sign-in/passkey/<question_id>")
@audience(ANYONE)
def answer(question_id: str) -> Response:
    """Let in whose passkey answered."""
    now = installed().clock()
    try:
        asked = passkeys.take_question(house(), question_id, NOBODY, QUESTION, now)
        proof = read_answer(request.form.get("answer", ""))
    except (NotFound, WrongPasskey):
        return _refused()
    with house().store.read() as unit:
        passkey = house().folds.department(unit).passkeys.by_credential(proof.credential)
    if passkey is None:
        return _refused()
    challenge = from_web_base64(str(asked["challenge"]))
    try:
        outcome = identity().enter(passkey.person, partial(_proves, passkey, proof, challenge))
    except Cloned as cloned:
        doubted(house(), cloned, now)
        return _refused()
    if outcome is Outcome.SIGNED_IN:
        return inside()
    return sign_in_page("", LOCKED) if outcome is Outcome.LOCKED else _refused()


def _proves(passkey: Passkey, proof: ByPasskey, challenge: bytes, unit: WriteUnit) -> bool:
    """Whether this passkey, still in force, answered the challenge; its use is counted. Raises Cloned."""
    try:
        answered = used(unit, house().folds.department(unit), proof, challenge, installed().clock())
    except WrongPasskey:
        return False
    return answered.ref == passkey.ref


def _refused() -> Response:
    return sign_in_page("", WRONG)
