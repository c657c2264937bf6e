"""Passkeys on the department's stream: added, vouched for, revoked, doubted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from covertops.domain.declaration import Choice, Entry, EntryRef, Line, Number, Person, Reference, Text, recorded
from covertops.domain.vocabulary import Disclosure, StreamKind

OPEN = Disclosure.OPEN
DEPARTMENT = StreamKind.DEPARTMENT
VOUCHING = {
    "own": "Signed with another passkey of the same person",
    "others": "Two other people vouch for it",
    "first": "Among the first: its fingerprint was printed to be kept on paper",
}


@recorded("passkey.added", "Passkey added", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class PasskeyAdded(Entry):
    """A person registered an authenticator whose signature stands for them once it is vouched for."""

    person: Annotated[str, Person(label="Person", disclosure=OPEN, asked=False)]
    name: Annotated[str, Line(label="What you call it", help="“Key ring”, “Safe, second shelf”", most=60, width="mid")]
    credential: Annotated[str, Line(label="Credential id", disclosure=OPEN, asked=False, most=1400)]
    public_key: Annotated[str, Line(label="Public key (COSE, base64)", disclosure=OPEN, asked=False, most=1400)]
    fingerprint: Annotated[str, Line(label="Fingerprint of the public key (SHA-256)", disclosure=OPEN, asked=False)]
    rp_id: Annotated[str, Line(label="Bound to the host", disclosure=OPEN, asked=False)]
    origin: Annotated[str, Line(label="Bound to the address", disclosure=OPEN, asked=False)]
    vouching: Annotated[str, Choice(label="Vouched for", options=VOUCHING, disclosure=OPEN, asked=False)]


@recorded("passkey.vouched", "Passkey vouched for", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class PasskeyVouched(Entry):
    """Another person compared the fingerprint with the one its owner holds; the second who does puts it in force."""

    passkey: Annotated[EntryRef, Reference(label="Passkey", disclosure=OPEN, asked=False, kinds=("passkey.added",))]
    person: Annotated[str, Person(label="Whose it is", disclosure=OPEN, asked=False)]
    fingerprint: Annotated[str, Line(label="Fingerprint of the public key (SHA-256)", disclosure=OPEN, asked=False)]


@recorded("passkey.revoked", "Passkey revoked", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class PasskeyRevoked(Entry):
    """Nothing is signed with it any more. What was signed before stands."""

    passkey: Annotated[EntryRef, Reference(label="Passkey", disclosure=OPEN, asked=False, kinds=("passkey.added",))]
    person: Annotated[str, Person(label="Whose it is", disclosure=OPEN, asked=False)]
    reason: Annotated[str, Text(label="Reason", rows=2)]


@recorded("passkey.doubted", "Passkey doubted", stream=DEPARTMENT)
@dataclass(frozen=True, kw_only=True)
class PasskeyDoubted(Entry):
    """It counted fewer uses than before: there may be a copy of it. The use was refused."""

    passkey: Annotated[EntryRef, Reference(label="Passkey", disclosure=OPEN, asked=False, kinds=("passkey.added",))]
    person: Annotated[str, Person(label="Whose it is", disclosure=OPEN, asked=False)]
    known: Annotated[int, Number(label="Uses it counted before", disclosure=OPEN, asked=False)]
    found: Annotated[int, Number(label="Uses it counted now", disclosure=OPEN, asked=False)]
