"""How a new passkey has to be vouched for, after others were added, lost and revoked."""

from __future__ import annotations

from dataclasses import dataclass, field

from covertops.domain.declaration import Entry, Signature
from covertops.domain.entries.passkeys import PasskeyAdded, PasskeyRevoked, PasskeyVouched
from covertops.domain.passkeys import PASSKEY, Passkey, Passkeys, evolve_passkeys
from covertops.domain.vocabulary import Office
from tests.clock import A_MORNING
from tests.domain.world import ADMINISTRATOR, CHIEF, SUPERVISOR_1, SUPERVISOR_2, recorded


def signed(level: str) -> Signature:
    """A signature that says it is of this level."""
    return Signature(level, "0" * 64, "0" * 64)


@dataclass
class Kept:
    """The department's passkeys as entries follow one another."""

    passkeys: Passkeys = field(default_factory=Passkeys)
    number: int = 0

    def add(self, person: str) -> Passkey:
        """Register a passkey as it has to be now."""
        vouching = self.passkeys.vouching_for(person)
        entry = PasskeyAdded(
            by=person,
            person=person,
            name="Key",
            credential=f"{self.number}",
            public_key="x",
            fingerprint="x",
            rp_id="x",
            origin="x",
            vouching=vouching,
        )
        self._append(entry)
        return self.passkeys.by_number[self.number]

    def revoke(self, passkey: Passkey, level: str) -> None:
        """Revoke a passkey at a level."""
        entry = PasskeyRevoked(passkey=passkey.ref, person=passkey.person, reason="Lost.", signature=signed(level))
        self._append(entry)

    def vouch(self, by: str, passkey: Passkey) -> None:
        """Vouch for a passkey with another."""
        entry = PasskeyVouched(
            by=by, passkey=passkey.ref, person=passkey.person, fingerprint="x", signature=signed(PASSKEY)
        )
        self._append(entry)

    def _append(self, entry: Entry) -> None:
        self.number += 1
        it = recorded("department", self.number, A_MORNING, Office.CHIEF, entry)
        self.passkeys = evolve_passkeys(self.passkeys, it)


def test_what_is_revoked_at_the_weaker_level_brings_the_first_ones_never_back() -> None:
    kept = Kept()
    held = [kept.add(CHIEF), kept.add(ADMINISTRATOR)]
    assert [one.vouching for one in held] == ["first", "first"]
    for one in held:
        kept.revoke(one, "code")
        for person in (CHIEF, ADMINISTRATOR, SUPERVISOR_1):
            expected = "own" if kept.passkeys.in_force_of(person) else "others"
            assert kept.passkeys.vouching_for(person) == expected
    assert not kept.add(CHIEF).in_force
    assert kept.passkeys.nobody_can_vouch_for(CHIEF)


def test_the_last_one_in_force_revoked_with_a_passkey_begins_anew() -> None:
    kept = Kept()
    chiefs, administrators = kept.add(CHIEF), kept.add(ADMINISTRATOR)
    kept.revoke(chiefs, PASSKEY)
    assert kept.passkeys.vouching_for(CHIEF) == "others"
    kept.revoke(administrators, PASSKEY)
    assert kept.passkeys.vouching_for(CHIEF) == "first"
    assert kept.add(CHIEF).in_force


def test_one_revoked_before_is_not_the_last_in_force() -> None:
    kept = Kept()
    held = [kept.add(CHIEF), kept.add(ADMINISTRATOR)]
    for one in held:
        kept.revoke(one, "code")
    kept.revoke(held[1], PASSKEY)
    assert kept.passkeys.vouching_for(CHIEF) == "others"


def test_who_lost_the_only_one_is_vouched_for_by_two_others() -> None:
    kept = Kept()
    kept.add(CHIEF)
    lost, supervisors = kept.add(ADMINISTRATOR), kept.add(SUPERVISOR_1)
    assert (supervisors.vouching, supervisors.in_force) == ("others", False)
    kept.vouch(CHIEF, supervisors)
    kept.vouch(ADMINISTRATOR, supervisors)
    kept.revoke(lost, "code")
    assert not kept.passkeys.nobody_can_vouch_for(ADMINISTRATOR)
    new = kept.add(ADMINISTRATOR)
    kept.vouch(CHIEF, new)
    assert not kept.passkeys.in_force_of(ADMINISTRATOR)
    kept.vouch(SUPERVISOR_1, new)
    assert kept.passkeys.in_force_of(ADMINISTRATOR)


def test_whoever_was_the_only_one_to_have_one_begins_again() -> None:
    kept = Kept()
    kept.revoke(kept.add(CHIEF), "code")
    assert [kept.passkeys.vouching_for(one) for one in (CHIEF, SUPERVISOR_2)] == ["first", "first"]
    assert not kept.passkeys.nobody_can_vouch_for(CHIEF)
