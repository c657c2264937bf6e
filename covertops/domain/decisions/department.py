"""Decisions about people, offices, settings and concerns."""

from __future__ import annotations

from covertops.domain.decisions.frame import Actor, Asked, Decided, Facts, Written, require_office
from covertops.domain.decisions.offices import ACCOUNTS
from covertops.domain.declaration import EntryRef
from covertops.domain.department import Member
from covertops.domain.entries.department import (
    AccountClosed,
    AccountInvited,
    AccountOpened,
    AccountReleased,
    AccountReopened,
    CheckpointGiven,
    ConcernAnswered,
    ConcernRaised,
    SettingChanged,
)
from covertops.domain.passkeys import ONLY
from covertops.domain.refusals import Missing, NotYours, refuse
from covertops.domain.vocabulary import Office, policy, practice, setting

NOBODY_BELOW = policy("V.B.3", "Nobody below the Chief changes it.")
BOUNDS = setting("Within its bounds")
TELLS = policy("V.B.2", "Whoever learns of a violation tells the supervisor at once.")


def open_account(actor: Actor, facts: Facts, person: str, asked: Asked = None) -> Decided:
    """The administrator opens an account; it gives no office yet."""
    require_office(actor, Office.ADMINISTRATOR, ACCOUNTS)
    if asked is None:
        return ()
    taken = {one.sign_in_name.casefold() for one in facts.department.people.values()}
    if asked["sign_in_name"].casefold() in taken:
        raise refuse("taken", "This name for signing in is taken", ACCOUNTS, "Choose another.", "sign_in_name")
    return (Written(Office.ADMINISTRATOR, AccountOpened(by=actor.person, person=person, **asked)),)


def invite(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The administrator makes a new one-time code for someone who lost theirs, or their password."""
    require_office(actor, Office.ADMINISTRATOR, ACCOUNTS)
    if asked is None:
        return ()
    _open_account_of(facts, asked["person"])
    return (Written(Office.ADMINISTRATOR, AccountInvited(by=actor.person, **asked)),)


def release_account(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The administrator releases an account that wrong attempts locked."""
    require_office(actor, Office.ADMINISTRATOR, ACCOUNTS)
    if asked is None:
        return ()
    _open_account_of(facts, asked["person"])
    return (Written(Office.ADMINISTRATOR, AccountReleased(by=actor.person, **asked)),)


def _open_account_of(facts: Facts, person: str) -> Member:
    member = facts.department.people.get(person)
    if member is None or member.closed_at is not None:
        raise refuse("person", "There is no open account of this person", ACCOUNTS, "Choose another.", "person")
    return member


def close_account(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The administrator closes an account; offices end with it."""
    require_office(actor, Office.ADMINISTRATOR, ACCOUNTS)
    if asked is None:
        return ()
    member = _open_account_of(facts, asked["person"])
    if member.id == actor.person:
        raise refuse("self", "You cannot close your own account", ACCOUNTS, "Another administrator does it.", "person")
    if Office.CHIEF in member.offices(facts.now):
        message = "The Chief’s office ends first, by the city’s instrument"
        raise refuse("chief", message, ACCOUNTS, "Enter the city’s instrument first.", "person")
    return (Written(Office.ADMINISTRATOR, AccountClosed(by=actor.person, **asked)),)


def reopen_account(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The administrator opens the account of somebody who is back; it gives no office, and is the same person's."""
    require_office(actor, Office.ADMINISTRATOR, ACCOUNTS)
    if asked is None:
        return ()
    member = facts.department.people.get(asked["person"])
    if member is None or member.closed_at is None:
        raise refuse("person", "This person has no closed account", ACCOUNTS, "Choose another.", "person")
    return (Written(Office.ADMINISTRATOR, AccountReopened(by=actor.person, **asked)),)


def change_setting(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief changes a local setting within its bounds (V.B.3)."""
    require_office(actor, Office.CHIEF, NOBODY_BELOW)
    if asked is None:
        return ()
    found = facts.rules.settings.get(asked["name"])
    if found is None:
        raise refuse("setting", "There is no such setting", BOUNDS, "Choose one of the list.", "name")
    if not _is_plain_number(asked["new"]) or not found.least <= int(asked["new"]) <= found.most:
        remedy = f"Enter a whole number from {found.least} to {found.most}."
        raise refuse("bounds", "That is outside its bounds", BOUNDS, remedy, "new")
    if int(asked["new"]) == found.value:
        raise refuse("same", "That is its value now", BOUNDS, "Enter another value.", "new")
    if asked["name"] == ONLY and int(asked["new"]) == 1 and not facts.department.passkeys.in_force_of(actor.person):
        remedy = "Register a passkey of your own first."
        raise refuse("without", "You could no longer sign yourself", BOUNDS, remedy, "new")
    entry = SettingChanged(by=actor.person, old=str(found.value), **asked)
    return (Written(Office.CHIEF, entry),)


def _is_plain_number(text: str) -> bool:
    """Whether it is a whole number as everybody writes it, so that nobody can read two things from it."""
    return text.isdecimal() and text == str(int(text))


def raise_concern(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """Anyone signed in tells of a violation (V.B.2); no reference is needed and none is confirmed."""
    if not actor.offices:
        raise NotYours(Missing("office", "You hold no office", TELLS, "Ask the Chief."))
    if asked is None:
        return ()
    office = sorted(actor.offices)[0]
    return (Written(office, ConcernRaised(by=actor.person, **asked)),)


def answer_concern(actor: Actor, facts: Facts, ref: EntryRef, asked: Asked = None) -> Decided:
    """A supervisor or the Chief answers a concern raised by someone else."""
    concern = next((one for one in facts.department.concerns if one.ref.number == ref.number), None)
    office = Office.CHIEF if Office.CHIEF in actor.offices else Office.SUPERVISOR
    wanted = {Office.CHIEF} if concern and concern.goes_to == "chief" else {Office.CHIEF, Office.SUPERVISOR}
    if concern is None or not actor.offices & wanted or concern.by == actor.person:
        raise NotYours(Missing("concern", "No such concern", TELLS, "Open it from your list."))
    if concern.answered is not None:
        raise refuse("answered", "It is answered", TELLS, "Nothing is left to do.")
    if asked is None:
        return ()
    return (Written(office, ConcernAnswered(by=actor.person, concern=concern.ref, **asked)),)


def give_receipt(actor: Actor, facts: Facts, size: int, root: str, asked: Asked = None) -> Decided:
    """Anyone with an office notes to whom a record receipt was handed: the record can be held to it from then on."""
    rule = practice("A record receipt outside the house binds the house.")
    if not actor.offices:
        raise NotYours(Missing("office", "You hold no office", rule, "Ask the Chief."))
    if asked is None:
        return ()
    entry = CheckpointGiven(by=actor.person, size=str(size), root=root, given_at=facts.now, **asked)
    return (Written(sorted(actor.offices)[0], entry),)
