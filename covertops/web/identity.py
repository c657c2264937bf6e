"""Who is asking: sign-in, sessions and sign-out. The one room that knows Flask-Login.

A session is a row; the browser holds its id, 256 random bits, and the row only the id's keyed digest. It ends after 30
minutes without use, 12 hours at most, and at once at sign-out or when its account changes. Each sign-in and each
further factor gives it a new id. Flask-Login asks us once a request who it is; its own cookies and session keys are
not used.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, cast

from flask import Flask, Request, Response, after_this_request, current_app, request, session
from flask_login import LoginManager, current_user

from covertops.storage import sign_in_store as rows
from covertops.storage.sign_in_store import SessionRow, SignInDigests
from covertops.web.log import Log
from covertops.web.passwords import Passwords
from covertops.web.services import Person, Services
from covertops.web.settings import WebSettings

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import WriteUnit

STEP_UP: timedelta = timedelta(minutes=10)
"""For how long a full authentication is good for signed acts, exports, keys and accounts."""


@dataclass(frozen=True)
class SignedIn:
    """Somebody with a session in force."""

    person: Person
    session: SessionRow
    id_hmac: str
    is_authenticated: ClassVar[bool] = True  # what Flask-Login asks of a user

    @property
    def complete(self) -> bool:
        """Whether all factors were given; until then only the pages that ask for the second are open."""
        return self.session.authenticated_at is not None

    def is_fresh(self, now: datetime) -> bool:
        """Whether the factors were given recently enough for an act that asks for them again."""
        given = self.session.authenticated_at
        return given is not None and timedelta(0) <= now - given <= STEP_UP


class Outcome(Enum):
    """What came of an attempt to sign in."""

    SIGNED_IN = "signed in"
    PASSWORD_GIVEN = "password given"
    WRONG = "wrong"
    LOCKED = "locked"


class Identity:
    """Sign-in for one application."""

    def __init__(self, services: Services, settings: WebSettings, clock: Callable[[], datetime], log: Log) -> None:
        self._services, self._settings, self._clock, self._log = services, settings, clock, log
        self.digests = SignInDigests(services.derive)
        self.passwords = Passwords(services.derive("password"))

    def attach(self, app: Flask) -> None:
        """Let Flask-Login ask here who somebody is."""
        manager = LoginManager()
        manager.session_protection = None
        manager.request_loader(self._load)
        manager.init_app(app, add_context_processor=False)
        app.extensions["identity"] = self

    # Who -----------------------------------------------------------------------------------------------------------

    def current(self) -> SignedIn | None:
        """Who is asking now, with all factors or only the password; None when nobody is signed in."""
        return cast("SignedIn", current_user) if current_user.is_authenticated else None

    def _load(self, request: Request) -> SignedIn | None:
        session_id = request.cookies.get(self._settings.session_cookie)
        if not session_id:
            return None
        now, id_hmac = self._clock(), self.digests.session(session_id)
        with self._services.store.read() as unit:
            row = rows.find_session(unit, id_hmac, now)
        if row is None or not self._still_in_force(row, id_hmac, now):
            return None
        person = self._services.people.person(row.person_id)
        return None if person is None else SignedIn(person, row, id_hmac)

    def _still_in_force(self, row: SessionRow, id_hmac: str, now: datetime) -> bool:
        if now - row.seen_at < rows.SEEN_EVERY:
            return True
        with self._services.store.write() as unit:
            return rows.touch_session(unit, id_hmac, now)

    def next_step(self, who: SignedIn) -> str:
        """Where someone whose second factor is still to come gives it."""
        if self._services.second_factors is None:
            return "/sign-in"
        return self._services.second_factors.next_step(who.person.id)

    # In ------------------------------------------------------------------------------------------------------------

    @property
    def asks_for_code(self) -> bool:
        """Whether a second factor is asked for at all."""
        return self._services.second_factors is not None

    def sign_in(self, name: str, password: str, code: str = "") -> Outcome:
        """Try a name and password, and a one-time code if one was typed.

        1. The attempt is counted, before anything is looked at. 2. The password is evaluated, at the same cost whether
        the name exists or not. 3. The code is used up and the session opened in one transaction.
        """
        now, store = self._clock(), self._services.store
        name_hmac = self.digests.name(name)
        key = self.digests.throttle(name_hmac, self._node())
        # 1.
        with store.write() as unit:
            if not rows.take_attempt(unit, key, now):
                return self._told(Outcome.LOCKED)
        # 2.
        with store.read() as unit:
            account = rows.account(unit, name_hmac)
        right = self.passwords.is_right(password, None if account is None else account.password_phc)
        if account is None or not right:
            return self._told(Outcome.WRONG)
        # 3.
        factors, now, session_id = self._services.second_factors, self._clock(), _new_id()
        with store.write() as unit:
            if rows.account(unit, name_hmac) != account:
                return self._told(Outcome.WRONG)  # closed, or its password changed, while we were looking
            if factors is not None and code and not factors.accept_code(unit, account.person_id, code, now):
                return self._told(Outcome.WRONG, account.person_id)
            complete = factors is None or bool(code)
            self._end_earlier(unit, now)
            rows.open_session(unit, self.digests.session(session_id), account.person_id, now, now if complete else None)
            if complete:
                rows.clear_attempts(unit, key)
                self._record_opened(unit, account.person_id, now)
        self._hand_over(session_id)
        return self._told(Outcome.SIGNED_IN if complete else Outcome.PASSWORD_GIVEN, account.person_id)

    def password_again(self, password: str) -> Outcome:
        """Whether the person who is asking knows their password; counted as an attempt to sign in is."""
        who, now, store = self.current(), self._clock(), self._services.store
        if who is None:
            return Outcome.WRONG
        with store.write() as unit:
            name_hmac = rows.name_of_person(unit, who.person.id) or ""
            key = self.digests.throttle(name_hmac, self._node())
            if not rows.take_attempt(unit, key, now):
                return self._told(Outcome.LOCKED, who.person.id, event="sign_act")
        with store.read() as unit:
            account = rows.account(unit, name_hmac)
        if not self.passwords.is_right(password, None if account is None else account.password_phc):
            return self._told(Outcome.WRONG, who.person.id, event="sign_act")
        with store.write() as unit:
            rows.clear_attempts(unit, key)
        return self._told(Outcome.SIGNED_IN, who.person.id, event="sign_act")

    def take_attempt(self) -> bool:
        """Count an attempt at a second factor of whoever is asking, before it is evaluated; False when locked."""
        who, now = self.current(), self._clock()
        if who is None:
            return False
        with self._services.store.write() as unit:
            key = self.digests.throttle(rows.name_of_person(unit, who.person.id) or "", self._node())
            return rows.take_attempt(unit, key, now)

    def strengthen(self) -> bool:
        """After a second factor was accepted: all were given now, under a new id. False if the session ended."""
        who, now, session_id = self.current(), self._clock(), _new_id()
        if who is None:
            return False
        with self._services.store.write() as unit:
            if not rows.renew_session(unit, who.id_hmac, self.digests.session(session_id), now, now):
                return False
            name_hmac = rows.name_of_person(unit, who.person.id) or ""
            rows.clear_attempts(unit, self.digests.throttle(name_hmac, self._node()))
            if not who.complete:
                self._record_opened(unit, who.person.id, now)
        self._hand_over(session_id)
        self._told(Outcome.SIGNED_IN, who.person.id)
        return True

    def join(self, name: str, invitation: str, password: str) -> Outcome:
        """Choose a first password with a one-time code. Attempts count as those of sign-in do."""
        now, store = self._clock(), self._services.store
        name_hmac = self.digests.name(name)
        key = self.digests.throttle(name_hmac, self._node())
        with store.write() as unit:
            if not rows.take_attempt(unit, key, now):
                return self._told(Outcome.LOCKED, event="join")
        phc = self.passwords.phc(password)
        with store.write() as unit:
            person_id = rows.use_invitation(unit, name_hmac, self.digests.invitation(invitation), phc, now)
            if person_id is not None:
                rows.clear_attempts(unit, key)
                if self._services.access_record is not None:
                    self._services.access_record.joined(unit, person_id, now)
        return self._told(Outcome.WRONG if person_id is None else Outcome.SIGNED_IN, person_id, event="join")

    # Out -----------------------------------------------------------------------------------------------------------

    def sign_out(self) -> None:
        """End the session for good and forget its cookie."""
        who, now = self.current(), self._clock()
        if who is not None:
            with self._services.store.write() as unit:
                rows.end_session(unit, who.id_hmac, now)
                if self._services.access_record is not None:
                    self._services.access_record.session_ended(unit, who.person.id, now)
            self._log.event("sign_out", person=who.person.id, node=self._node())
        session.pop("csrf_token", None)
        cookie, secure = self._settings.session_cookie, self._settings.secure_cookies

        @after_this_request
        def forget(response: Response) -> Response:
            response.delete_cookie(cookie, secure=secure, httponly=True, samesite="Strict")
            return response

    # Parts ---------------------------------------------------------------------------------------------------------

    def _hand_over(self, session_id: str) -> None:
        # A form token from before sign-in must not be good after it: someone else may have opened that page.
        session.pop("csrf_token", None)
        cookie, secure = self._settings.session_cookie, self._settings.secure_cookies

        @after_this_request
        def hand_over(response: Response) -> Response:
            response.set_cookie(cookie, session_id, secure=secure, httponly=True, samesite="Strict")
            return response

    def _end_earlier(self, unit: WriteUnit, now: datetime) -> None:
        """End the session this browser still has: signing in again leaves none behind."""
        earlier = request.cookies.get(self._settings.session_cookie)
        if earlier:
            rows.end_session(unit, self.digests.session(earlier), now)

    def _record_opened(self, unit: WriteUnit, person_id: str, now: datetime) -> None:
        if self._services.access_record is not None:
            self._services.access_record.session_opened(unit, person_id, now)

    def _node(self) -> str:
        return request.remote_addr or ""

    def _told(self, outcome: Outcome, person_id: str | None = None, event: str = "sign_in") -> Outcome:
        self._log.event(event, result=outcome.value, person=person_id, node=self._node())
        return outcome


def _new_id() -> str:
    return secrets.token_urlsafe(32)


def identity() -> Identity:
    """The sign-in of the application that answers this request."""
    return cast("Identity", current_app.extensions["identity"])


def current_person() -> Person:
    """The person who is asking. For views whose audience is signed in; raises ``LookupError`` elsewhere."""
    who = identity().current()
    if who is None or not who.complete:
        raise LookupError("nobody is signed in")
    return who.person
