"""The department's passkeys, folded from its stream: whose each is, whether it is in force, and who vouched for it.

A server that holds every key of the house must not be able to put a passkey of its own in a person's place. So one
counts only when it is vouched for in a way the server cannot make up:

- *own*: its entry is signed with another passkey of the same person;
- *others*: two other people have each signed, with theirs, that its fingerprint is the one its owner holds;
- *first*: fewer than two people ever had a passkey in force, so that nobody could vouch. Its fingerprint is printed,
  kept on paper, and told by every verification, to be compared. The server cannot bring this back by revoking
  passkeys at the weaker level: only who holds the last one in force can, by revoking it with a passkey's signature.

What is *not* checked here: the signatures themselves, which takes cryptography (`export.signatures`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from covertops.domain.declaration import Entry, EntryRef, Recorded
from covertops.domain.entries.department import SettingChanged
from covertops.domain.entries.passkeys import PasskeyAdded, PasskeyDoubted, PasskeyRevoked, PasskeyVouched

PASSKEY: Final = "passkey"
"""The level of a signature that a person's own authenticator made."""
WEAKER: Final = ("code", "password")
"""The levels that rest on the server's word: password and one-time code, or before there were codes a password."""
ONLY: Final = "passkeys_only"
"""The Chief's setting that forbids every weaker level."""
VOUCHERS: Final = 2


@dataclass(frozen=True)
class Passkey:
    """A registered authenticator. ``since`` is the department's entry that put it in force, None while it waits."""

    ref: EntryRef
    person: str
    name: str
    credential: str
    public_key: str
    fingerprint: str
    rp_id: str
    origin: str
    vouching: str
    vouched_by: tuple[str, ...] = ()
    since: int | None = None
    revoked: int | None = None
    doubted: bool = False

    @property
    def in_force(self) -> bool:
        """Whether it signs for its owner."""
        return self.since is not None and self.revoked is None

    @property
    def waits(self) -> bool:
        """Whether others have still to vouch for it."""
        return self.since is None and self.revoked is None


@dataclass(frozen=True)
class Passkeys:
    """Every passkey by the number of the entry that added it, and whether nothing weaker may sign.

    ``ever`` are the people who ever had one in force, since the last in force was revoked with a passkey.
    """

    by_number: Mapping[int, Passkey] = field(default_factory=dict)
    only: bool = False
    ever: frozenset[str] = frozenset()

    def of(self, person: str) -> tuple[Passkey, ...]:
        """A person's passkeys, revoked ones too, in the order in which they were added."""
        return tuple(one for one in self.by_number.values() if one.person == person)

    def in_force_of(self, person: str) -> tuple[Passkey, ...]:
        """The passkeys a person can sign with now."""
        return tuple(one for one in self.of(person) if one.in_force)

    def by_credential(self, credential: str) -> Passkey | None:
        """The passkey in force that a browser calls by this credential id."""
        return next((one for one in self.by_number.values() if one.in_force and one.credential == credential), None)

    def named(self, ref: EntryRef) -> Passkey | None:
        """The passkey that this entry added."""
        found = self.by_number.get(ref.number)
        return found if found is not None and found.ref == ref else None

    def others_in_force(self, person: str) -> frozenset[str]:
        """The other people who have a passkey in force."""
        return frozenset(one.person for one in self.by_number.values() if one.in_force and one.person != person)

    def vouching_for(self, person: str) -> str:
        """How a new passkey of this person is vouched for, as things stand."""
        if self.in_force_of(person):
            return "own"
        return "others" if len(self.ever) >= VOUCHERS else "first"

    def nobody_can_vouch_for(self, person: str) -> bool:
        """Whether a new passkey of this person would wait for two others, and there are not two."""
        return self.vouching_for(person) == "others" and len(self.others_in_force(person)) < VOUCHERS


def evolve_passkeys(passkeys: Passkeys, it: Recorded) -> Passkeys:
    """The passkeys after one more entry of the department; the same where it says nothing of them."""
    match it.entry:
        case PasskeyAdded() as entry:
            return _with(passkeys, _added(passkeys, it, entry))
        case PasskeyVouched() as entry:
            known = passkeys.named(entry.passkey)
            return _with(passkeys, _vouched(known, it)) if known else passkeys
        case PasskeyRevoked() as entry:
            known = passkeys.named(entry.passkey)
            return _revoked(passkeys, known, it) if known else passkeys
        case PasskeyDoubted() as entry:
            known = passkeys.named(entry.passkey)
            return _with(passkeys, replace(known, doubted=True)) if known else passkeys
        case SettingChanged() as entry if entry.name == ONLY:
            return replace(passkeys, only=_is_one(entry.new))
    return passkeys


def _is_one(text: str) -> bool:
    """The same reading of a setting as the rules have; what is no number, only a forged record holds."""
    try:
        return int(text) == 1
    except ValueError:
        return False


def only_by_passkey(entry: Entry) -> bool:
    """Whether nothing but a passkey signs it: the word that a passkey is its owner's is as good as what gave it."""
    return isinstance(entry, PasskeyVouched) or (isinstance(entry, PasskeyAdded) and entry.vouching == "own")


def is_signed_by_passkey(it: Recorded) -> bool:
    """Whether the entry says that an authenticator signed it. Whether one did, `export.signatures` tells."""
    return it.entry.signature is not None and it.entry.signature.level == PASSKEY


def _with(passkeys: Passkeys, one: Passkey) -> Passkeys:
    ever = passkeys.ever | {one.person} if one.in_force else passkeys.ever
    return replace(passkeys, by_number={**passkeys.by_number, one.ref.number: one}, ever=ever)


def _revoked(passkeys: Passkeys, known: Passkey, it: Recorded) -> Passkeys:
    """One fewer. The last one in force, revoked with a passkey's signature, lets the department begin again."""
    left = _with(passkeys, replace(known, revoked=it.number))
    last = known.in_force and not any(one.in_force for one in left.by_number.values())
    return replace(left, ever=frozenset()) if last and is_signed_by_passkey(it) else left


def _added(passkeys: Passkeys, it: Recorded, entry: PasskeyAdded) -> Passkey:
    stands = entry.vouching == passkeys.vouching_for(entry.person) and (
        entry.vouching == "first" or (entry.vouching == "own" and is_signed_by_passkey(it))
    )
    return Passkey(
        it.ref,
        entry.person,
        entry.name,
        entry.credential,
        entry.public_key,
        entry.fingerprint,
        entry.rp_id,
        entry.origin,
        entry.vouching,
        since=it.number if stands else None,
    )


def _vouched(known: Passkey, it: Recorded) -> Passkey:
    """One more who vouches: another person than its owner and than whoever did before, by passkey."""
    by = it.entry.by
    if by is None or by == known.person or by in known.vouched_by or not is_signed_by_passkey(it):
        return known
    vouched_by = (*known.vouched_by, by)
    since = it.number if known.since is None and len(vouched_by) >= VOUCHERS else known.since
    return replace(known, vouched_by=vouched_by, since=since)
