"""What a signature on an entry signs: the intent, canonical JSON of everything about the entry but time and signature.

    {"checkpoint", "fields", "format", "kind", "number", "office", "origin", "policy", "previous", "stream", "version"}

`fields` has the digest of every field by name but that of ``signature``. `checkpoint` is ``{"root", "size"}`` of the
newest checkpoint that was signed when the act was read back, or null: the entry is not older. Policy and checkpoint
stand in the signature too, so that whoever has the entry's header and body makes these bytes again; an authenticator
signed their SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from covertops.ledger.canonical import Json, canonical
from covertops.ledger.entry import Body, Header

INTENT: Final = "covertops/intent/1"
UNSIGNED: Final = "signature"
"""The one field a signature cannot commit to: itself."""


@dataclass(frozen=True)
class Standing:
    """Where an entry will stand or stands, and as what."""

    origin: str
    stream: str
    number: int
    previous: str | None
    kind: str
    version: int
    office: str

    @classmethod
    def of(cls, header: Header, body: Body) -> Standing:
        """Of an entry as it was recorded."""
        return cls(header.origin, header.stream, header.number, header.previous, body.kind, body.version, body.office)


def intent_text(at: Standing, fields: Mapping[str, str], policy: str, checkpoint: Json) -> bytes:
    """The exact bytes of the intent; ``fields`` are the digests by name, the signature's own is left out."""
    digests: dict[str, Json] = {name: one for name, one in fields.items() if name != UNSIGNED}
    return canonical(
        {
            "format": INTENT,
            "origin": at.origin,
            "stream": at.stream,
            "number": at.number,
            "previous": at.previous,
            "kind": at.kind,
            "version": at.version,
            "office": at.office,
            "policy": policy,
            "fields": digests,
            "checkpoint": checkpoint,
        }
    )


def intent_of(header: Header, body: Body, policy: str, checkpoint: Json) -> bytes:
    """The intent of an entry as it was recorded: what its signer must have signed."""
    return intent_text(Standing.of(header, body), body.fields, policy, checkpoint)


def challenge_of(text: bytes) -> bytes:
    """SHA-256 of an intent: the 32 bytes an authenticator is asked to sign."""
    return hashlib.sha256(text).digest()
