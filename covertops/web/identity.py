"""Who is asking: sign-in, sessions and sign-out. The one room that knows Flask-Login.

A session is a row; the browser holds its id, 256 random bits, and the row only the id's keyed digest. It ends after 30
minutes without use, 12 hours at most, and at once at sign-out or when its account changes. Each sign-in and each
further factor gives it a new id. Flask-Login asks us once a request who it is; its own cookies and session keys are
not used.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Final, cast

from flask import Flask, Request, Response, after_this_request, current_app, request, session
from flask_login import LoginManager, current_user

from covertops.storage import sign_in_store as rows
from covertops.storage.own_sessions import sessions_of
from covertops.storage.sign_in_store import SessionRow, SignInDigests
from covertops.web.errors import request_number
from covertops.web.log import Log
from covertops.web.own_sign_ins import HANDLE, Attempt, OwnSignIn, Place, SignedIn
from covertops.web.passwords import Passwords
from covertops.web.services import Person, Services
from covertops.web.settings import WebSettings

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import WriteUnit


SECOND_FACTOR: Final = "/second-factor"


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
        self._place = Place(services.derive)

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

    def next_step(self) -> str:
        """Where someone whose second factor is still to come gives it, or sets up their first."""
        return SECOND_FACTOR

    def must_step_up(self) -> bool:
        """Whether whoever is asking gave all factors too long ago for an act that asks for them again."""
        who = self.current()
        return who is None or not who.is_fresh(self._clock())

    # In ------------------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str, code: str = "") -> Outcome:
        """Try a name and password, and a one-time code if one was typed.

        1. The attempt is counted, before anything is looked at. 2. The password is evaluated, at the same cost whether
        the name exists or not. 3. The code is used up and the session opened in one transaction.
        """
        store, attempt = self._services.store, self._attempt(name)
        # 1.
        if not self._may_try(attempt):
            return self._told(Outcome.LOCKED)
        # 2.
        with store.read() as unit:
            account = rows.account(unit, attempt.name_hmac)
        right = self.passwords.is_right(password, None if account is None else account.password_phc)
        if account is None or not right:
            return self._missed(attempt, None if account is None else account.person_id)
        # 3.
        now = self._clock()
        with store.write() as unit:
            changed = rows.account(unit, attempt.name_hmac) != account  # closed, or its password changed, meanwhile
            proved = not code or self._services.second_factors.accept_code(unit, account.person_id, code, now)
            opened = proved and not changed
            if opened:
                self._open(unit, account.person_id, now, complete=bool(code))
            if opened and code:
                self._succeeded(unit, attempt)
        if not opened:
            return self._missed(attempt, account.person_id)
        return self._told(Outcome.SIGNED_IN if code else Outcome.PASSWORD_GIVEN, account.person_id)

    def enter(self, person_id: str, proves: Callable[[WriteUnit], bool]) -> Outcome:
        """Sign somebody in by a passkey alone. Attempts count as those of a password do, on this node only.

        ``proves`` checks the assertion in the transaction that opens the session, and must make the sign count grow.
        An account that a stranger locked elsewhere is not locked here.
        """
        now, attempt = self._clock(), self._attempt_of(person_id)
        if attempt is None or not self._may_try(attempt):
            return self._told(Outcome.LOCKED, person_id, event="sign_in_passkey")
        with self._services.store.write() as unit:
            account = rows.account(unit, attempt.name_hmac)
            opened = account is not None and proves(unit)
            if opened:
                self._open(unit, person_id, now, complete=True)
                self._succeeded(unit, attempt)
        if not opened:
            return self._missed(attempt, person_id, event="sign_in_passkey")
        return self._told(Outcome.SIGNED_IN, person_id, event="sign_in_passkey")

    def second_factor(self, code: str) -> Outcome:
        """The code of somebody whose password was right; it opens the pages, under a new id."""
        return self._strengthened(lambda unit, who, now: self._accepts(unit, who, code, now), event="code")

    def enrol(self, keep: Callable[[WriteUnit, str, datetime], bool]) -> Outcome:
        """Set up a second factor. Who has one already needs it: all factors given within ten minutes.

        Every other session of theirs ends, and this one goes on under a new id.
        """

        def proves(unit: WriteUnit, who: SignedIn, now: datetime) -> bool:
            if self._services.second_factors.is_enrolled(unit, who.person.id) and not who.is_fresh(now):
                return False
            if not keep(unit, who.person.id, now):
                return False
            rows.end_sessions_of(unit, who.person.id, now, but=who.id_hmac)
            return True

        return self._strengthened(proves, event="enrol")

    def prove_again(self, password: str, code: str) -> Outcome:
        """Step up: password and code once more, under one attempt. It is good for ten minutes, under a new id."""
        return self._strengthened(lambda unit, who, now: self._accepts(unit, who, code, now), "code", password)

    def password_again(self, password: str) -> Outcome:
        """Whether the person who is asking knows their password; counted as an attempt to sign in is."""
        who = self.current()
        attempt = None if who is None else self._attempt_of(who.person.id)
        if who is None or attempt is None:
            return Outcome.WRONG
        if not self._may_try(attempt):
            return self._told(Outcome.LOCKED, who.person.id, event="sign_act")
        if not self._is_password(attempt, password):
            return self._missed(attempt, who.person.id, event="sign_act")
        with self._services.store.write() as unit:
            self._succeeded(unit, attempt)
        return self._told(Outcome.SIGNED_IN, who.person.id, event="sign_act")

    def strengthen(self, proves: Callable[[WriteUnit], bool]) -> Outcome:
        """Another factor of whoever is asking, a passkey: all factors were given now, under a new id.

        The attempt is counted before ``proves`` checks the assertion, in the transaction that renews the session.
        """
        return self._strengthened(lambda unit, _who, _now: proves(unit), event="passkey")

    def join(self, name: str, invitation: str, password: str) -> Outcome:
        """Choose a first password with a one-time code. Attempts count as those of sign-in do."""
        store, attempt = self._services.store, self._attempt(name)
        if not self._may_try(attempt):
            return self._told(Outcome.LOCKED, event="join")
        now, digest = self._clock(), self.digests.invitation(invitation)
        with store.read() as unit:
            fits = rows.invitation_fits(unit, attempt.name_hmac, digest, now)
        if not fits:
            return self._missed(attempt, None, event="join")
        phc = self.passwords.phc(password)
        with store.write() as unit:
            person_id = rows.use_invitation(unit, attempt.name_hmac, digest, phc, now)
            if person_id is not None:
                self._succeeded(unit, attempt)
                self._services.access_record.joined(unit, person_id, now)
        if person_id is None:
            return self._missed(attempt, None, event="join")
        return self._told(Outcome.SIGNED_IN, person_id, event="join")

    # Attempts ------------------------------------------------------------------------------------------------------

    def may_try_here(self) -> bool:
        """Count an attempt of this node at something that is no account's, the set-up; False when it has to wait."""
        with self._services.store.write() as unit:
            return rows.take_node_attempt(unit, self.digests.node(self._node()), self._clock())

    def succeeded_here(self) -> None:
        """Give such an attempt back."""
        with self._services.store.write() as unit:
            rows.give_back(unit, self.digests.node(self._node()))

    def _attempt(self, name: str) -> Attempt:
        name_hmac, node = self.digests.name(name), self._node()
        return Attempt(name_hmac, self.digests.throttle(name_hmac, node), self.digests.node(node))

    def _attempt_of(self, person_id: str) -> Attempt | None:
        with self._services.store.read() as unit:
            name_hmac = rows.name_of_person(unit, person_id)
        if name_hmac is None:
            return None
        node = self._node()
        return Attempt(name_hmac, self.digests.throttle(name_hmac, node), self.digests.node(node))

    def _may_try(self, attempt: Attempt) -> bool:
        """Count an attempt, on the account as seen from this node and on the node; False when it is not evaluated."""
        now = self._clock()
        with self._services.store.write() as unit:
            here = rows.take_node_attempt(unit, attempt.node_key, now)
            return here and rows.take_attempt(unit, attempt.key, now)

    def _succeeded(self, unit: WriteUnit, attempt: Attempt) -> None:
        rows.clear_attempts(unit, attempt.key)
        rows.give_back(unit, attempt.node_key)

    def _missed(self, attempt: Attempt, person_id: str | None, event: str = "sign_in") -> Outcome:
        """A wrong attempt: where it was the last one, the lock is on the record, for known and unknown names alike."""
        now = self._clock()
        with self._services.store.write() as unit:
            locked = rows.has_just_locked(unit, attempt.key)
            if locked:
                self._services.access_record.locked(unit, person_id, now)
        if locked:
            self._log.event("locked", number=request_number(), person=person_id, node=self._node())
        return self._told(Outcome.WRONG, person_id, event=event)

    # Sessions ------------------------------------------------------------------------------------------------------

    def own_sessions(self) -> list[OwnSignIn]:
        """The sessions of whoever is asking, the newest first."""
        who, now = self.current(), self._clock()
        if who is None:
            return []
        with self._services.store.read() as unit:
            found = sessions_of(unit, who.person.id, now)
        return [
            OwnSignIn(
                one.id_hmac[:HANDLE],
                one.row,
                self._place.open(one.row.person_id, one.sealed),
                this=one.id_hmac == who.id_hmac,
            )
            for one in found
        ]

    def end_own(self, handle: str) -> bool:
        """End one of the sessions of whoever is asking, by its handle; False when there is no other of that name."""
        who, now = self.current(), self._clock()
        if who is None:
            return False
        with self._services.store.write() as unit:
            found = [one for one in sessions_of(unit, who.person.id, now) if one.id_hmac[:HANDLE] == handle]
            if not found or found[0].id_hmac == who.id_hmac:
                return False
            rows.end_session(unit, found[0].id_hmac, now)
            self._services.access_record.session_ended(unit, who.person.id, now)
        self._log.event("session_ended", number=request_number(), person=who.person.id, node=self._node())
        return True

    # Out -----------------------------------------------------------------------------------------------------------

    def sign_out(self) -> None:
        """End the session for good and forget its cookie."""
        who, now = self.current(), self._clock()
        if who is not None:
            with self._services.store.write() as unit:
                rows.end_session(unit, who.id_hmac, now)
                self._services.access_record.session_ended(unit, who.person.id, now)
            self._log.event("sign_out", number=request_number(), person=who.person.id, node=self._node())
        session.pop("csrf_token", None)
        cookie, secure = self._settings.session_cookie, self._settings.secure_cookies

        @after_this_request
        def forget(response: Response) -> Response:
            response.delete_cookie(cookie, secure=secure, httponly=True, samesite="Strict")
            return response

    # Parts ---------------------------------------------------------------------------------------------------------

    def _accepts(self, unit: WriteUnit, who: SignedIn, code: str, now: datetime) -> bool:
        return self._services.second_factors.accept_code(unit, who.person.id, code, now)

    def _is_password(self, attempt: Attempt, password: str) -> bool:
        """Whether this is the password of the account that is tried."""
        with self._services.store.read() as unit:
            account = rows.account(unit, attempt.name_hmac)
        return self.passwords.is_right(password, None if account is None else account.password_phc)

    def _strengthened(
        self, proves: Callable[[WriteUnit, SignedIn, datetime], bool], event: str, password: str | None = None
    ) -> Outcome:
        """Count an attempt; where all that is asked is proved, carry the session on under a new id: one transaction."""
        who, now = self.current(), self._clock()
        attempt = None if who is None else self._attempt_of(who.person.id)
        if who is None or attempt is None:
            return Outcome.WRONG
        if not self._may_try(attempt):
            return self._told(Outcome.LOCKED, who.person.id, event=event)
        if password is not None and not self._is_password(attempt, password):
            return self._missed(attempt, who.person.id, event=event)
        session_id = _new_id()
        with self._services.store.write() as unit:
            # Asked first, under the append lock: a session that ended meanwhile uses no code up and is not revived.
            done = rows.find_session(unit, who.id_hmac, now) is not None and proves(unit, who, now)
            if done:
                rows.renew_session(unit, who.id_hmac, self.digests.session(session_id), now, now)
                self._succeeded(unit, attempt)
                if not who.complete:
                    self._services.access_record.session_opened(unit, who.person.id, now)
        if not done:
            return self._missed(attempt, who.person.id, event=event)
        self._hand_over(session_id, who.person.id)
        return self._told(Outcome.SIGNED_IN, who.person.id, event=event)

    def _open(self, unit: WriteUnit, person_id: str, now: datetime, *, complete: bool) -> None:
        """Open a session, complete or with the second factor still to come; the browser's earlier one ends."""
        session_id = _new_id()
        self._end_earlier(unit, now)
        sealed = self._place.seal(person_id, self._node())
        rows.open_session(unit, self.digests.session(session_id), person_id, now, now if complete else None, sealed)
        if complete:
            self._services.access_record.session_opened(unit, person_id, now)
        self._hand_over(session_id, person_id)

    def _hand_over(self, session_id: str, person_id: str) -> None:
        # A form token from before sign-in must not be good after it: someone else may have opened that page.
        session.pop("csrf_token", None)
        session["was"] = self.whose_forms(person_id)
        cookie, secure = self._settings.session_cookie, self._settings.secure_cookies

        @after_this_request
        def hand_over(response: Response) -> Response:
            response.set_cookie(cookie, session_id, secure=secure, httponly=True, samesite="Strict")
            return response

    def whose_forms(self, person_id: str) -> str:
        """What a browser keeps of who was last signed in there, so that a form sent too late is theirs alone."""
        return self.digests.session(f"forms of {person_id}")

    def _end_earlier(self, unit: WriteUnit, now: datetime) -> None:
        """End the session this browser still has: signing in again leaves none behind."""
        earlier = request.cookies.get(self._settings.session_cookie)
        if earlier:
            rows.end_session(unit, self.digests.session(earlier), now)

    def _node(self) -> str:
        return request.remote_addr or ""

    def _told(self, outcome: Outcome, person_id: str | None = None, event: str = "sign_in") -> Outcome:
        self._log.event(event, number=request_number(), result=outcome.value, person=person_id, node=self._node())
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
