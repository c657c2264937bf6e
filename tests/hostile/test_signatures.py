"""Somebody with the database, the files and every key of the server, but no person's authenticator.

Each test is one attempt: it writes what it likes with the server's own keys, sealed, hashed and signed as the log does
it. `covertops verify` names the entry, and so does `covertops verify-package` where the entry stands in a package that
was made, signed by the log and sealed as any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from covertops.actions import department as department_acts
from covertops.actions import packages, passkeys
from covertops.actions.checking import check
from covertops.actions.signing import Intent
from covertops.domain.declaration import NamedCheckpoint, Signature
from covertops.domain.entries.authority import AuthorizationGranted
from covertops.domain.entries.department import (
    SettingChanged,
)
from covertops.domain.entries.passkeys import PasskeyAdded, PasskeyVouched
from covertops.domain.passkeys import PASSKEY
from covertops.domain.vocabulary import Office
from covertops.ledger.canonical import canonical
from covertops.ledger.checkpoint import read_unverified
from covertops.ledger.forms import to_base64
from covertops.storage.ledger_read import read_checkpoint
from covertops.storage.lookups import indexes_of
from tests.authenticator import Authenticator
from tests.hostile.forging import Answers, House, found_house
from tests.playing import PROMISE
from tests.signing import add_passkey, passkey_of, proof_of, registered, sign, sign_on_department, vouch


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A small house whose people sign with what they alone hold."""
    return found_house(tmp_path)


def consultation(house: House) -> Answers:
    """What a consultation with the prosecutor holds."""
    grant = house.town.operation(house.operation).grant
    assert grant is not None
    return house.town.consultation("prosecuting attorney", grant.ref.number)


def test_what_people_signed_verifies_and_is_counted_by_both(house: House, tmp_path: Path) -> None:
    house.use(house.operation)
    house.sign("hold-review", "supervisor-1", house.town.review())
    house.prepare_export(house.operation)
    house.sign("release-export", "chief", {"reason": "The case was filed."})
    found = check(house.town.house)
    assert found.problems == []
    assert found.signatures == {"passkey": 8}
    assert sum("compare" in one for one in found.notes) == 2
    path = tmp_path / "package.zip"
    packages.write(house.town.house, None, path, house.town.clock())
    report = packages.verify(path)
    assert report.ok, report.findings
    # Six on the operation, and two people who vouched for the supervisor's passkey.
    assert report.signatures == {"passkey": 8}
    assert [line.split(",")[0] for line in report.told] == [
        "Passkey of Chief of Police",
        "Passkey of somebody else",
        "That each signer held the office named rests on the department’s full record.",
    ]


# Fabricated ----------------------------------------------------------------------------------------------------------


def authorization(house: House) -> tuple[str, Intent]:
    """An authorization of a request that waits."""
    operation = house.town.begin({"handle": "@other-example"})
    return operation, house.prepared("grant-authorization", "chief", house.town.grant(), operation)


def contact(house: House) -> tuple[str, Intent]:
    """A contact with counsel."""
    return house.operation, house.prepared("log-consultation", "supervisor-1", consultation(house))


def review(house: House) -> tuple[str, Intent]:
    """A review."""
    house.use(house.operation)
    return house.operation, house.prepared("hold-review", "supervisor-1", house.town.review())


def release(house: House) -> tuple[str, Intent]:
    """A release of a package."""
    house.use(house.operation)
    house.prepare_export(house.operation)
    return house.operation, house.prepared("release-export", "chief", {"reason": "The case was filed."})


ACTS: dict[str, Callable[[House], tuple[str, Intent]]] = {
    "authorization": authorization,
    "consultation": contact,
    "review": review,
    "release": release,
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_act_signed_by_an_authenticator_of_the_attackers_own_is_named(
    house: House, act: Callable[[House], tuple[str, Intent]]
) -> None:
    operation, intent = act(house)
    owner = "supervisor-1" if intent.decision.name in ("log-consultation", "hold-review") else "chief"
    number = house.forge(operation, intent, house.signature(intent, Authenticator(), owner))
    house.expect_named(number, "the signature is not one of this credential’s key", operation)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_act_that_nobody_signed_is_named(house: House, act: Callable[[House], tuple[str, Intent]]) -> None:
    operation, intent = act(house)
    number = house.forge(operation, intent, None)
    house.expect_named(number, "nobody signed it", operation)


def test_an_act_signed_by_another_person_of_the_house_is_named(house: House) -> None:
    operation, intent = authorization(house)
    number = house.forge(operation, intent, house.signature(intent, house.held["supervisor-1"], "supervisor-1"))
    house.expect_named(number, "is another person’s", operation)


def test_a_level_that_does_not_exist_is_named(house: House) -> None:
    operation, intent = authorization(house)
    number = house.forge(operation, intent, replace(house.weaker(intent), level="seal"))
    house.expect_named(number, "no signature has the level", operation)


def test_a_passkey_level_without_a_passkeys_signature_is_named(house: House) -> None:
    operation, intent = authorization(house)
    number = house.forge(operation, intent, replace(house.weaker(intent), level=PASSKEY))
    house.expect_named(number, "holds no signature of one", operation)


# Altered, replayed, moved ---------------------------------------------------------------------------------------------


def test_a_field_altered_under_the_persons_true_signature_is_named(house: House) -> None:
    operation, intent = authorization(house)
    signature = house.signature(intent, house.held["chief"], "chief")
    first = intent.decided[0]
    assert isinstance(first.entry, AuthorizationGranted)
    wider = replace(first, entry=replace(first.entry, prohibitions="None."))
    number = house.forge(operation, replace(intent, decided=(wider, *intent.decided[1:])), signature)
    house.expect_named(number, "what was signed is not this entry", operation)


def test_altered_with_the_intent_made_to_fit_the_authenticator_signed_another(house: House) -> None:
    operation, intent = authorization(house)
    proof = proof_of(house.held["chief"], intent.challenge)
    other = house.prepared("grant-authorization", "chief", house.town.grant() | {"prohibitions": "None."}, operation)
    signature = house.naming(passkey_of(house.town, house.held["chief"]).ref, other, proof)
    number = house.forge(operation, other, signature)
    house.expect_named(number, "the challenge signed is", operation)


def test_a_signature_replayed_later_is_named(house: House) -> None:
    house.use(house.operation)
    intent = house.prepared("hold-review", "supervisor-1", house.town.review())
    signature = house.signature(intent, house.held["supervisor-1"], "supervisor-1")
    house.forge(house.operation, intent, signature)
    house.town.clock.advance(timedelta(days=20))
    number = house.forge(house.operation, intent, signature)
    house.expect_named(number, "what was signed is not this entry in this place")


def test_a_signature_moved_to_another_operation_is_named(house: House) -> None:
    intent = house.prepared("log-consultation", "supervisor-1", consultation(house))
    signature = house.signature(intent, house.held["supervisor-1"], "supervisor-1")
    other = house.town.begin({"handle": "@other-example"})
    house.sign("grant-authorization", "chief", house.town.grant(), other)
    house.town.act("make-promise", other, "investigator-1", PROMISE)
    number = house.forge(other, intent, signature)
    house.expect_named(number, "what was signed is not this entry in this place", other)


def test_a_signature_that_names_a_checkpoint_of_no_such_log_is_named(house: House) -> None:
    operation, intent = authorization(house)
    members = json.loads(intent.text)
    members["checkpoint"]["root"] = to_base64(bytes(32))
    other = replace(intent, text=canonical(members))
    number = house.forge(operation, other, house.signature(other, house.held["chief"], "chief"))
    assert [one for one in house.problems() if f"entry {number} of stream {operation}: its signature names" in one]


def test_a_signature_that_names_no_checkpoint_is_named(house: House) -> None:
    operation, intent = authorization(house)
    other = replace(intent, text=canonical(json.loads(intent.text) | {"checkpoint": None}))
    number = house.forge(operation, other, house.signature(other, house.held["chief"], "chief"))
    house.expect_named(number, "its signature names no checkpoint", operation)


@pytest.mark.parametrize("short_by", [0, 1])
def test_a_signature_that_names_an_older_checkpoint_than_the_entry_before_it_is_named(
    house: House, short_by: int
) -> None:
    operation, intent = authorization(house)
    with house.town.house.store.read() as unit:
        before = indexes_of(unit, operation, [house.town.operation(operation).last_number])
        # The first checkpoint that covers the entry before it, or the last one that does not.
        covers = [size for size in range(unit.log_size + 1) if read_checkpoint(unit, size)]
        first = next(size for size in covers if size > max(before.values()))
        size = first if not short_by else covers[covers.index(first) - 1]
        note = read_checkpoint(unit, size)
    assert note is not None
    members = json.loads(intent.text)
    members["checkpoint"] = NamedCheckpoint(size, to_base64(read_unverified(note).root)).to_json()
    other = replace(intent, text=canonical(members))
    number = house.forge(operation, other, house.signature(other, house.held["chief"], "chief"))
    if short_by:
        house.expect_named(number, "its signature names a checkpoint older than the entry before it", operation)
    else:
        assert house.problems() == []


def test_a_signature_under_another_policy_than_the_one_in_force_is_named(house: House) -> None:
    operation, intent = authorization(house)
    members = json.loads(intent.text) | {"policy": "0" * 64}
    other = replace(intent, text=canonical(members))
    number = house.forge(operation, other, house.signature(other, house.held["chief"], "chief"))
    found = house.problems()
    assert [one for one in found if f"entry {number} of stream {operation}: it was signed under the policy" in one]


# A passkey put in a person's place ------------------------------------------------------------------------------------


def inserted(house: House, authenticator: Authenticator, vouching: str, signature: Signature | None = None) -> int:
    """A passkey of the attacker's own, on record as the Chief's; the number of its entry."""
    fields, who = registered(authenticator).as_fields(), house.town.people["chief"]
    entry = PasskeyAdded(by=who, person=who, name="New phone", vouching=vouching, signature=signature, **fields)
    return house.forge_department(entry)


@pytest.mark.parametrize("vouching", ["first", "own", "others"])
def test_a_passkey_that_nobody_vouched_for_is_named_and_so_is_what_it_signs(house: House, vouching: str) -> None:
    attackers = Authenticator()
    number = inserted(house, attackers, vouching)
    operation, intent = authorization(house)
    house.held["attacker"] = attackers
    signed_by = house.forge(operation, intent, house.signature(intent, attackers, "attacker"))
    house.expect_named(signed_by, "nobody vouched for", operation)
    house.expect_named_in_department(number, "nobody vouched for this passkey")


def test_a_passkey_of_a_new_person_takes_two_who_sign_that_it_is_theirs(house: House) -> None:
    attackers, who = Authenticator(), house.town.people["supervisor-2"]
    entry = PasskeyAdded(by=who, person=who, name="Phone", vouching="others", **registered(attackers).as_fields())
    number = house.forge_department(entry, office=Office.SUPERVISOR)
    passkey = passkey_of(house.town, attackers)
    vouched = [
        PasskeyVouched(
            by=house.town.people[short],
            passkey=passkey.ref,
            person=who,
            fingerprint=passkey.fingerprint,
            signature=Signature(PASSKEY, "0" * 64, house.town.house.policy.digest),
        )
        for short in ("chief", "administrator")
    ]
    first = house.forge_department(*vouched)
    assert passkey_of(house.town, attackers).ref.number == number
    house.expect_named_in_department(first, "what was signed is not this entry")
    house.expect_named_in_department(first + 1, "what was signed is not this entry")


def test_a_fingerprint_that_is_not_the_keys_own_is_named(house: House) -> None:
    fields, who = registered(Authenticator()).as_fields() | {"fingerprint": "0" * 64}, house.town.people["supervisor-2"]
    number = house.forge_department(PasskeyAdded(by=who, person=who, name="Phone", vouching="others", **fields))
    house.expect_named_in_department(number, "is not that of its public key")


def test_nobody_else_registers_a_passkey_for_a_person(house: House) -> None:
    fields, who = registered(Authenticator()).as_fields(), house.town.people["supervisor-2"]
    entry = PasskeyAdded(by=house.town.people["chief"], person=who, name="Phone", vouching="others", **fields)
    house.expect_named_in_department(house.forge_department(entry), "by somebody else than its owner")


def test_a_second_passkey_signed_with_the_first_counts(house: House) -> None:
    second = add_passkey(house.town, "chief", by=house.held["chief"])
    operation = house.town.begin({"handle": "@other-example"})
    sign(house.town, second, "grant-authorization", operation, "chief", house.town.grant())
    assert house.problems() == []


# Where it is forbidden, and what is over ------------------------------------------------------------------------------


def forbid_weaker(house: House) -> None:
    """The Chief lets nothing but passkeys sign, and signs that."""
    given = {"name": "passkeys_only", "new": "1", "reason": "Everybody has a passkey."}
    who, town = house.town.people["chief"], house.town
    act = partial(department_acts.change_setting, town.house, who, given)
    sign_on_department(house.held["chief"], lambda how: act(how, town.clock()))


def test_the_weaker_level_is_named_where_the_chief_forbade_it(house: House) -> None:
    forbid_weaker(house)
    operation, intent = authorization(house)
    number = house.forge(operation, intent, house.weaker(intent))
    house.expect_named(number, "which the Chief’s setting forbade", operation)


def test_the_setting_itself_is_not_put_back_without_the_chief(house: House) -> None:
    forbid_weaker(house)
    entry = SettingChanged(
        by=house.town.people["chief"], name="passkeys_only", old="1", new="0", reason="It is easier so."
    )
    house.expect_named_in_department(house.forge_department(entry), "nobody signed it")


def test_the_weaker_level_is_told_where_it_is_allowed(house: House) -> None:
    operation, intent = authorization(house)
    house.forge(operation, intent, house.weaker(intent))
    found = check(house.town.house)
    assert found.problems == []
    assert [one for one in found.notes if one.startswith("1 of 4 signatures are at a weaker level (1 by code")]


def test_what_a_revoked_passkey_signs_is_named(house: House) -> None:
    passkey, who = passkey_of(house.town, house.held["chief"]), house.town.people["chief"]
    act = partial(passkeys.revoke, house.town.house, who, passkey.ref.number, {"reason": "Lost."})
    sign_on_department(house.held["chief"], lambda how: act(how, house.town.clock()))
    operation, intent = authorization(house)
    number = house.forge(operation, intent, house.signature(intent, house.held["chief"], "chief"))
    house.expect_named(number, "was revoked", operation)


def test_what_it_signed_before_it_was_revoked_stands(house: House) -> None:
    passkey, who = passkey_of(house.town, house.held["chief"]), house.town.people["chief"]
    act = partial(passkeys.revoke, house.town.house, who, passkey.ref.number, {"reason": "Lost."})
    sign_on_department(house.held["chief"], lambda how: act(how, house.town.clock()))
    assert house.problems() == []


def test_two_others_vouch_for_whoever_comes_third(house: House) -> None:
    third = add_passkey(house.town, "supervisor-2")
    assert not passkey_of(house.town, third).in_force
    vouch(house.town, house.held["chief"], "chief", third)
    assert not passkey_of(house.town, third).in_force
    vouch(house.town, house.held["supervisor-1"], "supervisor-1", third)
    assert passkey_of(house.town, third).in_force
    assert house.problems() == []
