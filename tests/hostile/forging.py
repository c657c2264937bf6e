"""A house that somebody holds with every key of the server, and what they append to its record past every rule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from covertops.actions import packages, signing
from covertops.actions.checking import check
from covertops.actions.proving import ByPasskey
from covertops.actions.recording import record, record_department
from covertops.actions.signing import Intent
from covertops.domain.decisions.frame import Actor, Written
from covertops.domain.declaration import Entry, EntryRef, NamedCheckpoint, Signature, SignedBytes
from covertops.domain.passkeys import PASSKEY
from covertops.domain.vocabulary import Office, Stage
from covertops.export.names import department_path, entry_path
from covertops.ledger.forms import to_base64
from tests.authenticator import Authenticator
from tests.databases import migrate, sqlite_url
from tests.playing import PROMISE, Town, found_town
from tests.signing import give_passkeys, passkey_of, proof_of, sign

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
        named = NamedCheckpoint(**members["checkpoint"]) if members["checkpoint"] else None
        return Signature("code", intent.digest, members["policy"], named)

    def problems(self) -> list[str]:
        """What a verification that begins from nothing finds."""
        return check(self.town.house).problems

    def expect_named(self, number: int, what: str, operation: str = "") -> None:
        """Both verifications must name this entry, and say this of it."""
        at = operation or self.operation
        found = self.problems()
        assert [one for one in found if one.startswith(f"entry {number} of stream {at}: ") and what in one], found
        self.expect_package_names(entry_path(number), what, at)

    def expect_named_in_department(self, number: int, what: str) -> None:
        """Both verifications must name this entry of the department."""
        with self.town.house.store.read() as unit:
            stream = unit.streams.department
        found = self.problems()
        assert [one for one in found if one.startswith(f"entry {number} of stream {stream}: ") and what in one], found
        self.expect_package_names(department_path(number), what, self.operation)

    def expect_package_names(self, path: str, what: str, operation: str) -> None:
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


def found_house(folder: Path) -> House:
    """A small house whose people sign with what they alone hold, and an operation with its promise made."""
    url = sqlite_url(folder / "covertops.sqlite")
    migrate(url)
    town = found_town(url, folder)
    made = House(town, give_passkeys(town, "chief", "administrator", "supervisor-1"))
    made.operation = town.begin()
    made.sign("grant-authorization", "chief", town.grant())
    town.act("make-promise", made.operation, "investigator-1", PROMISE)
    return made
