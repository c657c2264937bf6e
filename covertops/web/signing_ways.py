"""The ways to sign what was read back: with a passkey, or at the weaker level where the Chief's setting allows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import request

from covertops.actions.proving import CODE, Proof, WrongPasskey, read_answer
from covertops.domain.department import Department
from covertops.web.forms import Form, FormField
from covertops.web.identity import Outcome, identity
from covertops.web.installed import installed
from covertops.web.passkeys import signing
from covertops.web.security import prove_first

WRONG: Final = "This is not your password. Type it again."
LOCKED: Final = "Too many wrong attempts. Ask the administrator; what you typed is kept as your draft."
FORBIDDEN: Final = "The Chief’s setting lets nothing but a passkey sign."
ONLY_BY_PASSKEY: Final = "Only a passkey signs this: it makes another one count."
NOT_SIGNED: Final = "Your passkey did not sign this. Nothing was recorded; try again."


@dataclass(frozen=True)
class Ways:
    """What a page offers. ``options`` is what the browser asks a passkey, empty where the signer has none to use."""

    action: str
    digest: str
    options: str
    form: Form | None
    """The weaker level; None where there is none."""
    error: str = ""
    only: str = ""
    """Why there is no weaker level."""


class NotProved(Exception):
    """Nobody signed: the words for the person, and the status of the page that says them."""

    def __init__(self, words: str, status: int, *, by_passkey: bool) -> None:
        super().__init__(words)
        self.words, self.status, self.by_passkey = words, status, by_passkey


def ways_of(
    department: Department,
    person: str,
    challenge: bytes,
    action: str,
    problem: NotProved | None = None,
    *,
    weaker: bool = True,
) -> Ways:
    """The ways in which a person can sign this challenge, and what was wrong with the last try.

    ``weaker`` is False for what nothing but a passkey signs.
    """
    settings = installed().settings
    usable = [one for one in department.passkeys.in_force_of(person) if one.origin == settings.origin]
    options = signing(settings, usable, challenge) if usable else ""
    password = FormField(
        name="password",
        widget="password",
        label="Your password, once more",
        width="w-mid",
        autocomplete="current-password",
        error=problem.words if problem and not problem.by_passkey else "",
    )
    hidden = {"intent": challenge.hex()}
    form = Form(
        title="Read back and sign", action=action, submit="Sign and put on record", fields=(password,), hidden=hidden
    )
    error = problem.words if problem and problem.by_passkey else ""
    only = FORBIDDEN if department.passkeys.only else "" if weaker else ONLY_BY_PASSKEY
    return Ways(action, challenge.hex(), options, None if only else form, error, only)


def proof_sent() -> Proof:
    """What the person sent to sign with, a password checked here. Raises NotProved.

    A password signs only within ten minutes of password and one-time code, so that its level is that of both.
    """
    if "answer" in request.form:
        try:
            return read_answer(request.form["answer"])
        except WrongPasskey as wrong:
            raise not_signed() from wrong
    prove_first(holds=False)
    outcome = identity().password_again(request.form.get("password", ""))
    if outcome is not Outcome.SIGNED_IN:
        locked = outcome is Outcome.LOCKED
        raise NotProved(LOCKED if locked else WRONG, 429 if locked else 422, by_passkey=False)
    return CODE


def not_signed() -> NotProved:
    """What is said when a browser's answer is no signature over what was shown."""
    return NotProved(NOT_SIGNED, 422, by_passkey=True)
