"""Somebody with the database, the files and every key of the server, but no person's authenticator.

Each test is one attempt: it writes what it likes with the server's own keys, sealed, hashed and signed as the log does
it. `covertops verify` names the entry, and so does `covertops verify-package` where the entry stands in a package that
was made, signed by the log and sealed as any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from covertops.actions import department as department_acts
from covertops.actions import packages, passkeys, signing
from covertops.actions.checking import check
from covertops.actions.proving import ByPasskey
from covertops.actions.recording import record, record_department
from covertops.actions.signing import Intent
from covertops.domain.decisions.frame import Actor, Written
from covertops.domain.declaration import Entry, EntryRef, NamedCheckpoint, Signature, SignedBytes
from covertops.domain.entries.authority import AuthorizationGranted
from covertops.domain.entries.department import SettingChanged
from covertops.domain.entries.passkeys import PasskeyAdded, PasskeyVouched
from covertops.domain.passkeys import PASSKEY
from covertops.domain.vocabulary import Office, Stage
from covertops.export.names import department_path, entry_path
from covertops.ledger.canonical import canonical
from covertops.ledger.forms import to_base64
from tests.authenticator import Authenticator
from tests.databases import migrate, sqlite_url
from tests.playing import PROMISE, Town, found_town
from tests.signing import add_passkey, give_passkeys, passkey_of, proof_of, registered, sign, sign_on_department, vouch

Answers = Mapping[str, object]


@dataclass
class House:
    """A town whose people sign with authenticators, and an operation that they brought into use with them."""

    town: Town
    held: dict[str, Authenticator]
    operation: str = ""

    def sign(self, name: str, short: str, answers: Answers, operation: str = "") -> int:
        """Do a signed act properly; its entry's number."""
        return sign(self.town, self.held[short], name, operation or self.operation, short, answers).number

    def prepared(self, name: str, short: str, answers: Answers, operation: str = "") -> Intent:
        """What the server prepares for a signature, as whoever runs it can at any time and in any name."""
        self.town.clock.advance(timedelta(minutes=1))
        who, at = self.town.people[short], operation or self.operation
        return signing.prepare(self.town.house, name, at, who, answers, self.town.clock())

    def forge(self, operation: str, intent: Intent, signature: Signature | None) -> int:
        """Append what was prepared to an operation, past every rule and with any signature; its number."""
        town, first = self.town, intent.decided[0]
        decided = (replace(first, entry=replace(first.entry, signature=signature)), *intent.decided[1:])
        with town.house.store.write() as unit:
            folded, department = town.house.folds.operation(unit, operation), town.house.folds.department(unit)
            outcome = record(town.house, unit, folded, decided, department, town.clock(), intent.salts)
            if intent.decision.name == "release-export":
                who = town.people["chief"]
                actor = Actor(who, department.offices_of(who, town.clock()))
                packages.seal_released(town.house, unit, outcome.operation, actor, department, town.clock())
        return outcome.number

    def forge_department(self, *entries: Entry, office: Office = Office.CHIEF) -> int:
        """Append entries to the department past every rule; the number of the first."""
        town = self.town
        town.clock.advance(timedelta(minutes=1))
        with town.house.store.write() as unit:
            department = town.house.folds.department(unit)
            written = tuple(Written(office, one) for one in entries)
            return record_department(unit, department, written, town.clock())[1][0].number

    def signature(self, intent: Intent, authenticator: Authenticator, owner: str) -> Signature:
        """A signature that names somebody's passkey and was made by any authenticator at all."""
        return self.naming(
            passkey_of(self.town, self.held[owner]).ref, intent, proof_of(authenticator, intent.challenge)
        )

    def naming(self, credential: EntryRef, intent: Intent, proof: ByPasskey) -> Signature:
        """A signature with the parts an attacker puts together, the intent's own where it has to fit."""
        parts = (proof.assertion.authenticator_data, proof.assertion.client_data, proof.assertion.signature)
        weaker = self.weaker(intent)
        return replace(weaker, level=PASSKEY, credential=credential, assertion=SignedBytes(*map(to_base64, parts)))

    def weaker(self, intent: Intent) -> Signature:
        """The signature that takes nothing but the server's word."""
        members = json.loads(intent.text)
        named = NamedCheckpoint(members["checkpoint"]["size"], members["checkpoint"]["root"])
        return Signature("code", intent.digest, members["policy"], named)

    def problems(self) -> list[str]:
        """What a verification that begins from nothing finds."""
        return check(self.town.house).problems

    def names(self, number: int, what: str, operation: str = "") -> None:
        """Both verifications must name this entry, and say this of it."""
        at = operation or self.operation
        found = self.problems()
        assert [one for one in found if one.startswith(f"entry {number} of stream {at}: ") and what in one], found
        self.package_names(entry_path(number), what, at)

    def names_department(self, number: int, what: str) -> None:
        """Both verifications must name this entry of the department."""
        with self.town.house.store.read() as unit:
            stream = unit.streams.department
        found = self.problems()
        assert [one for one in found if one.startswith(f"entry {number} of stream {stream}: ") and what in one], found
        self.package_names(department_path(number), what, self.operation)

    def package_names(self, path: str, what: str, operation: str) -> None:
        """A package with the entry in it is made and handed out as any other; the verifier must name the file."""
        exports = self.town.operation(operation).exports
        if not any(one.released for one in exports):
            self.release(operation)
        target = self.town.house.files.folder.parent / f"{len(list(self.town.house.files.folder.parent.iterdir()))}.zip"
        reference = self.town.operation(operation).exports[-1].reference
        packages.write(self.town.house, reference, target, self.town.clock())
        report = packages.verify(target)
        assert [one for one in report.findings if one.where == path and what in one.what], report.findings

    def prepare_export(self, operation: str) -> None:
        """The supervisor prepares a package, as they would without knowing of anything."""
        answers = {
            "audience": "prosecutor",
            "recipient": self.town.people["prosecutor"],
            "case_number": "26-004518",
            "purpose": "Review before filing",
            "withheld": [],
        }
        self.town.act("prepare-export", operation, "supervisor-1", answers)

    def use(self, operation: str) -> None:
        """Bring an authorized operation into use, all of it signed by passkey."""
        grant = self.town.operation(operation).grant
        assert grant is not None
        if not self.town.operation(operation).promises:
            self.town.act("make-promise", operation, "investigator-1", PROMISE)
        for office in ("prosecuting attorney", "city attorney"):
            given = self.town.consultation(office, grant.ref.number)
            self.sign("log-consultation", "supervisor-1", given, operation)
        self.sign("activate", "supervisor-1", {"note": ""}, operation)

    def release(self, operation: str) -> None:
        """A package goes out over the attempt, its release forged too if it must be."""
        if self.town.operation(operation).stage is Stage.AUTHORIZED:
            self.use(operation)
        self.prepare_export(operation)
        intent = self.prepared("release-export", "chief", {"reason": "The case was filed."}, operation)
        self.forge(operation, intent, self.signature(intent, self.held["chief"], "chief"))


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A small house whose people sign with what they alone hold."""
    url = sqlite_url(tmp_path / "covertops.sqlite")
    migrate(url)
    town = found_town(url, tmp_path)
    made = House(town, give_passkeys(town, "chief", "administrator", "supervisor-1"))
    made.operation = town.begin()
    made.sign("grant-authorization", "chief", town.grant())
    town.act("make-promise", made.operation, "investigator-1", PROMISE)
    return made


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
    assert [line.split(",")[0] for line in report.told] == ["Passkey of Chief of Police", "Passkey of somebody else"]


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
    house.names(number, "the signature is not one of this credential’s key", operation)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_act_that_nobody_signed_is_named(house: House, act: Callable[[House], tuple[str, Intent]]) -> None:
    operation, intent = act(house)
    number = house.forge(operation, intent, None)
    house.names(number, "nobody signed it", operation)


def test_an_act_signed_by_another_person_of_the_house_is_named(house: House) -> None:
    operation, intent = authorization(house)
    number = house.forge(operation, intent, house.signature(intent, house.held["supervisor-1"], "supervisor-1"))
    house.names(number, "is another person’s", operation)


def test_a_level_that_does_not_exist_is_named(house: House) -> None:
    operation, intent = authorization(house)
    number = house.forge(operation, intent, replace(house.weaker(intent), level="seal"))
    house.names(number, "no signature has the level", operation)


def test_a_passkey_level_without_a_passkeys_signature_is_named(house: House) -> None:
    operation, intent = authorization(house)
    number = house.forge(operation, intent, replace(house.weaker(intent), level=PASSKEY))
    house.names(number, "holds no signature of one", operation)


# Altered, replayed, moved ---------------------------------------------------------------------------------------------


def test_a_field_altered_under_the_persons_true_signature_is_named(house: House) -> None:
    operation, intent = authorization(house)
    signature = house.signature(intent, house.held["chief"], "chief")
    first = intent.decided[0]
    assert isinstance(first.entry, AuthorizationGranted)
    wider = replace(first, entry=replace(first.entry, prohibitions="None."))
    number = house.forge(operation, replace(intent, decided=(wider, *intent.decided[1:])), signature)
    house.names(number, "what was signed is not this entry", operation)


def test_altered_with_the_intent_made_to_fit_the_authenticator_signed_another(house: House) -> None:
    operation, intent = authorization(house)
    proof = proof_of(house.held["chief"], intent.challenge)
    other = house.prepared("grant-authorization", "chief", house.town.grant() | {"prohibitions": "None."}, operation)
    signature = house.naming(passkey_of(house.town, house.held["chief"]).ref, other, proof)
    number = house.forge(operation, other, signature)
    house.names(number, "the challenge signed is", operation)


def test_a_signature_replayed_later_is_named(house: House) -> None:
    house.use(house.operation)
    intent = house.prepared("hold-review", "supervisor-1", house.town.review())
    signature = house.signature(intent, house.held["supervisor-1"], "supervisor-1")
    house.forge(house.operation, intent, signature)
    house.town.clock.advance(timedelta(days=20))
    number = house.forge(house.operation, intent, signature)
    house.names(number, "what was signed is not this entry in this place")


def test_a_signature_moved_to_another_operation_is_named(house: House) -> None:
    intent = house.prepared("log-consultation", "supervisor-1", consultation(house))
    signature = house.signature(intent, house.held["supervisor-1"], "supervisor-1")
    other = house.town.begin({"handle": "@other-example"})
    house.sign("grant-authorization", "chief", house.town.grant(), other)
    house.town.act("make-promise", other, "investigator-1", PROMISE)
    number = house.forge(other, intent, signature)
    house.names(number, "what was signed is not this entry in this place", other)


def test_a_signature_that_names_a_checkpoint_of_no_such_log_is_named(house: House) -> None:
    operation, intent = authorization(house)
    members = json.loads(intent.text)
    members["checkpoint"]["root"] = to_base64(bytes(32))
    other = replace(intent, text=canonical(members))
    number = house.forge(operation, other, house.signature(other, house.held["chief"], "chief"))
    assert [one for one in house.problems() if f"entry {number} of stream {operation}: its signature names" in one]


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
    house.names(signed_by, "nobody vouched for", operation)
    house.names_department(number, "nobody vouched for this passkey")


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
    house.names_department(first, "what was signed is not this entry")
    house.names_department(first + 1, "what was signed is not this entry")


def test_a_fingerprint_that_is_not_the_keys_own_is_named(house: House) -> None:
    fields, who = registered(Authenticator()).as_fields() | {"fingerprint": "0" * 64}, house.town.people["supervisor-2"]
    number = house.forge_department(PasskeyAdded(by=who, person=who, name="Phone", vouching="others", **fields))
    house.names_department(number, "is not that of its public key")


def test_nobody_else_registers_a_passkey_for_a_person(house: House) -> None:
    fields, who = registered(Authenticator()).as_fields(), house.town.people["supervisor-2"]
    entry = PasskeyAdded(by=house.town.people["chief"], person=who, name="Phone", vouching="others", **fields)
    house.names_department(house.forge_department(entry), "by somebody else than its owner")


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
    house.names(number, "which the Chief’s setting forbade", operation)


def test_the_setting_itself_is_not_put_back_without_the_chief(house: House) -> None:
    forbid_weaker(house)
    entry = SettingChanged(
        by=house.town.people["chief"], name="passkeys_only", old="1", new="0", reason="It is easier so."
    )
    house.names_department(house.forge_department(entry), "nobody signed it")


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
    house.names(number, "was revoked", operation)


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
