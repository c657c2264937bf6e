"""Decisions about passkeys: a person adds and revokes their own, two others vouch where nobody else can."""

from __future__ import annotations

from typing import Final

from covertops.domain.decisions.frame import Actor, Asked, Decided, Facts, Written
from covertops.domain.entries.passkeys import PasskeyAdded, PasskeyDoubted, PasskeyRevoked, PasskeyVouched
from covertops.domain.passkeys import Passkey
from covertops.domain.refusals import Missing, NotYours, refuse
from covertops.domain.vocabulary import Office, practice

OWN: Final = practice("A signature is made with what the person alone holds.")
VOUCHED: Final = practice("A new passkey is signed with the person’s other one, or two other people vouch for it.")
MOST: Final = 10
"""Passkeys of one person that are not revoked."""


def _office(actor: Actor) -> Office:
    if not actor.offices:
        raise NotYours(Missing("office", "You hold no office", OWN, "Ask the Chief."))
    return sorted(actor.offices)[0]


def add_passkey(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """A person registers an authenticator of their own; how it is to be vouched for follows from who has one."""
    office, passkeys = _office(actor), facts.department.passkeys
    if len([one for one in passkeys.of(actor.person) if one.revoked is None]) >= MOST:
        raise refuse("many", f"You have {MOST} passkeys", OWN, "Revoke one you no longer use.")
    if asked is None:
        return ()
    if any(one.credential == asked["credential"] for one in passkeys.by_number.values()):
        raise refuse("known", "This passkey is registered already", OWN, "Use another authenticator.")
    if any(one.name == asked["name"] and one.revoked is None for one in passkeys.of(actor.person)):
        raise refuse("name", "You have a passkey of this name", OWN, "Give it another name.", "name")
    vouching = passkeys.vouching_for(actor.person)
    return (Written(office, PasskeyAdded(by=actor.person, person=actor.person, vouching=vouching, **asked)),)


def vouch_for_passkey(actor: Actor, facts: Facts, passkey: Passkey, asked: Asked = None) -> Decided:
    """Another person, who compared the fingerprint with the one its owner holds, vouches for a passkey that waits."""
    office = _office(actor)
    if passkey.person == actor.person:
        raise NotYours(Missing("own", "Nobody vouches for their own passkey", VOUCHED, "Two other people do."))
    if not passkey.waits:
        raise refuse("settled", "This passkey waits for nobody", VOUCHED, "Nothing is left to do.")
    if actor.person in passkey.vouched_by:
        raise refuse("twice", "You have vouched for it", VOUCHED, "One more person does, other than you.")
    if not facts.department.passkeys.in_force_of(actor.person):
        raise refuse("without", "You have no passkey to sign with", VOUCHED, "Register one first.")
    if asked is None:
        return ()
    entry = PasskeyVouched(by=actor.person, passkey=passkey.ref, person=passkey.person, fingerprint=passkey.fingerprint)
    return (Written(office, entry),)


def revoke_passkey(actor: Actor, facts: Facts, passkey: Passkey, asked: Asked = None) -> Decided:
    """A person revokes their own passkey, the administrator anybody's: what is lost signs no more."""
    office = _office(actor)
    if passkey.person != actor.person:
        if Office.ADMINISTRATOR not in actor.offices:
            raise NotYours(Missing("own", "It is another person’s passkey", OWN, "Ask its owner or the administrator."))
        office = Office.ADMINISTRATOR
    if passkey.revoked is not None:
        raise refuse("revoked", "It is revoked", OWN, "Nothing is left to do.")
    if asked is None:
        return ()
    return (Written(office, PasskeyRevoked(by=actor.person, passkey=passkey.ref, person=passkey.person, **asked)),)


def doubt_passkey(passkey: Passkey, known: int, found: int) -> Decided:
    """The software notes that an authenticator counted backwards, as a copy of it would."""
    entry = PasskeyDoubted(passkey=passkey.ref, person=passkey.person, known=known, found=found)
    return (Written(Office.SYSTEM, entry),)
