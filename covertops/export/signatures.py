"""Checking signatures offline, entry by entry in the order of the log; the department's and a package's verifier both.

    1  an act that must be signed bears a signature, and names an office whose act it is
    2  the intent is made again from the entry as it stands; its SHA-256 is what the signature names
    3  the checkpoint named is not newer than the entry and covers the one before it in its stream, and the policy named
       is the one in force then
    4  at level *passkey*: the credential was registered before, belongs to whoever acted, was in force at this entry,
       and its key signed that intent, at the address it is bound to, its person verified
    5  at a weaker level: no setting of the Chief forbade it then; it is counted and told
    6  a passkey is vouched for: by its owner's other one, by two others, or as one of the first, whose fingerprint is
       told to be compared with the printed one

Raises nothing: whatever does not hold is a problem of that entry. Not checked here: that entries belong to the log, and
that whoever signed held the office named, which takes the department's appointments (`domain.signatures.not_held`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from covertops.domain.declaration import NamedCheckpoint, Recorded, Signature, kind_of
from covertops.domain.entries.department import PolicyAdopted
from covertops.domain.entries.passkeys import PasskeyAdded, PasskeyVouched
from covertops.domain.passkeys import PASSKEY, WEAKER, Passkeys, evolve_passkeys
from covertops.domain.signatures import beyond_office, must_be_signed
from covertops.ledger.assertion import Assertion, BadAssertion, Verifier, check_assertion
from covertops.ledger.entry import Body, Header
from covertops.ledger.forms import from_base64
from covertops.ledger.intent import challenge_of, intent_of


@dataclass(frozen=True)
class Named:
    """A checkpoint that a signature names, and the entry it stands in."""

    stream: str
    number: int
    checkpoint: NamedCheckpoint


@dataclass
class Signatures:
    """What the entries read so far say of passkeys, and what was found of their signatures."""

    passkeys: Passkeys = field(default_factory=Passkeys)
    policy: str | None = None
    """SHA-256 of the policy in force; None where this record does not tell."""
    levels: Counter[str] = field(default_factory=Counter)
    named: list[Named] = field(default_factory=list)
    firsts: list[tuple[str, str]] = field(default_factory=list)
    """Person and fingerprint of each passkey that rests on a printed fingerprint alone."""
    founded: bool = False
    _last: dict[str, int] = field(default_factory=dict)
    """The index of the last entry of each stream, as far as this record tells."""

    def passed(self, header: Header) -> None:
        """Take note of an entry, the next in the log, of which nothing else is known."""
        self._last[header.stream] = header.index

    def check(self, header: Header, body: Body, it: Recorded) -> list[str]:
        """Check one entry, the next in the log, and take from it what later ones rest on; its problems."""
        problems = list(self._problems(header, body, it))
        before, self.passkeys = self.passkeys, evolve_passkeys(self.passkeys, it)
        if isinstance(it.entry, PasskeyAdded):
            problems += self._added(before, it, it.entry)
        if isinstance(it.entry, PolicyAdopted):
            self.founded, self.policy = True, it.entry.digest
        self.passed(header)
        return problems

    def told(self, called: Callable[[str], str]) -> list[str]:
        """What the checks leave to people: weaker signatures, and fingerprints to be compared with printed ones."""
        lines = []
        weaker = sum(count for level, count in self.levels.items() if level != PASSKEY)
        if weaker:
            by_level = ", ".join(f"{count} by {level}" for level, count in sorted(self.levels.items()))
            lines.append(
                f"{weaker} of {sum(self.levels.values())} signatures are at a weaker level ({by_level}): they rest on "
                "the server’s word, and whoever holds its keys could have made them"
            )
        for person, fingerprint in self.firsts:
            lines.append(
                f"Passkey of {called(person)}, among the first: compare {fingerprint} with the printed fingerprint"
            )
        return lines

    def _problems(self, header: Header, body: Body, it: Recorded) -> Iterator[str]:
        # 1.
        signature = it.entry.signature
        if not signature:
            if must_be_signed(it, founded=self.founded):
                yield f"nobody signed it, and an entry of kind {kind_of(it.entry).name} is signed"
            return
        beyond = beyond_office(it)
        if beyond:
            yield beyond
        if isinstance(it.entry, PasskeyVouched) and (signature.level != PASSKEY or it.entry.by == it.entry.person):
            yield "whoever vouches for a passkey is another person and signs with their own"
        # 2.
        named = signature.checkpoint.to_json() if signature.checkpoint else None
        text = intent_of(header, body, signature.policy, named)
        if hashlib.sha256(text).hexdigest() != signature.intent:
            yield "what was signed is not this entry in this place: the intent made from it has another SHA-256"
            return
        # 3.
        yield from self._context(header, signature)
        # 4 and 5.
        yield from self._level(it, signature, text)

    def _context(self, header: Header, signature: Signature) -> Iterator[str]:
        if self.policy is not None and signature.policy != self.policy:
            yield f"it was signed under the policy {signature.policy}, in force was {self.policy}"
        if signature.checkpoint is None:
            if header.index > 0:
                yield "its signature names no checkpoint, so that it may have been made at any time before"
            return
        if signature.checkpoint.size > header.index:
            yield "its signature names a checkpoint newer than the entry"
        if signature.checkpoint.size <= self._last.get(header.stream, -1):
            yield "its signature names a checkpoint older than the entry before it in its stream"
        self.named.append(Named(header.stream, header.number, signature.checkpoint))

    def _level(self, it: Recorded, signature: Signature, text: bytes) -> Iterator[str]:
        if signature.level == PASSKEY:
            problem = self._passkey_problem(it, signature, text)
            if problem:
                yield problem
                return
        elif signature.level not in WEAKER:
            yield f"no signature has the level {signature.level!r}"
            return
        elif self.passkeys.only:
            yield f"it is signed at the weaker level “{signature.level}”, which the Chief’s setting forbade"
        self.levels[signature.level] += 1

    def _passkey_problem(self, it: Recorded, signature: Signature, text: bytes) -> str | None:
        if signature.credential is None or signature.assertion is None:
            return "it says that a passkey signed it and holds no signature of one"
        passkey = self.passkeys.named(signature.credential)
        if passkey is None:
            return f"entry {signature.credential.number} of the department registered no such passkey before it"
        if passkey.person != it.entry.by:
            return "the passkey that signed it is another person’s"
        if not passkey.in_force:
            why = "was revoked" if passkey.revoked else "nobody vouched for"
            return f"the passkey that signed it {why} (entry {passkey.ref.number} of the department)"
        try:
            signed = signature.assertion
            parts = map(from_base64, (signed.authenticator_data, signed.client_data, signed.signature))
            verifier = Verifier(from_base64(passkey.public_key), passkey.rp_id, passkey.origin)
            check_assertion(Assertion(*parts), verifier, challenge_of(text))
        except (BadAssertion, ValueError) as error:
            return f"no passkey of whoever acted signed it: {error}"
        return None

    # 6.
    def _added(self, before: Passkeys, it: Recorded, entry: PasskeyAdded) -> Iterator[str]:
        added = self.passkeys.by_number[it.number]
        expected = before.vouching_for(entry.person)
        if entry.by != entry.person:
            yield "a passkey was added by somebody else than its owner"
        try:
            if Verifier(from_base64(entry.public_key), "", "").fingerprint != entry.fingerprint:
                yield "the fingerprint on record is not that of its public key"
        except ValueError as error:
            yield f"its public key: {error}"
        if entry.vouching != expected or (expected == "own" and not added.in_force):
            yield f"nobody vouched for this passkey: it says “{entry.vouching}”, and it takes “{expected}”"
        elif expected == "first":
            self.firsts.append((entry.person, entry.fingerprint))
