"""What a package is made of before it is written: exact bytes of the record, and files to be read piece by piece.

A copy is made of the record by leaving out: an entry keeps its header's exact bytes, its body's unless the whole entry
is withheld, and of its fields those that the audience may see. Nothing is rewritten, so each part still has the digest
that the part above it commits to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from covertops.domain.declaration import class_of
from covertops.domain.disclosure import ENTRY, Withholding, ground_to_withhold, ground_to_withhold_entry
from covertops.domain.vocabulary import Audience
from covertops.ledger.entry import Body, Header

Chunks = Callable[[], Iterable[bytes]]
"""Begins to read a file anew, in pieces."""


class CannotCopy(ValueError):
    """An entry of which a field is to be disclosed that the copy was not given."""


@dataclass(frozen=True)
class HeldEntry:
    """An entry as its keeper has it: header, body, and the exact bytes of the fields that were opened, by name."""

    header: Header
    body: Body
    fields: Mapping[str, bytes]


@dataclass(frozen=True)
class CopiedEntry:
    """An entry as a copy holds it. ``withheld`` gives the ground by field; under ``entry`` for one without its body."""

    header: bytes
    body: bytes | None
    fields: tuple[bytes, ...]
    withheld: Mapping[str, str]


@dataclass(frozen=True)
class CaptureFile:
    """The content of a capture: the number of the entry that preserved it, and how to read it."""

    number: int
    chunks: Chunks


@dataclass(frozen=True)
class Package:
    """Everything a package is made of; what else is in it is computed from this and from nothing else.

    ``entries`` and ``proofs`` (tlog-proof texts) are in order from number 1 to the release and whom it introduced, all
    against ``checkpoint`` (a signed note) by the log of ``log_key`` (a verifier key). ``policy`` is the policy file.
    ``department`` are the entries of the department's stream by which signatures are checked, with their proofs.
    """

    entries: tuple[CopiedEntry, ...]
    proofs: tuple[str, ...]
    checkpoint: str
    log_key: str
    policy: bytes
    captures: tuple[CaptureFile, ...]
    department: tuple[CopiedEntry, ...] = ()
    department_proofs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seal:
    """The record's entry after a release, which names the bag's fingerprint, and its proof: they lie beside the bag."""

    entry: CopiedEntry
    proof: str


def copy_entry(held: HeldEntry, audience: Audience, more: Sequence[Withholding]) -> CopiedEntry:
    """The entry for an audience, with what its preparer withholds besides. Raises CannotCopy."""
    header, number = held.header.to_bytes(), held.header.number
    ground = ground_to_withhold_entry(number, tuple(more))
    if ground is not None:
        return CopiedEntry(header, None, (), {ENTRY: ground})
    withheld = grounds_of(held.body, number, audience, more)
    shown = sorted(held.body.fields.keys() - withheld.keys())
    missing = [name for name in shown if name not in held.fields]
    if missing:
        raise CannotCopy(f"entry {number}: {', '.join(missing)} is to be disclosed and was not opened")
    return CopiedEntry(header, held.body.to_bytes(), tuple(held.fields[name] for name in shown), withheld)


def grounds_of(body: Body, number: int, audience: Audience, more: Sequence[Withholding]) -> dict[str, str]:
    """The fields of an entry that the rules and the preparer withhold, each with its ground, in order of name."""
    kind = class_of(body.kind, body.version)
    found = {name: ground_to_withhold(kind, number, name, audience, tuple(more)) for name in sorted(body.fields)}
    return {name: ground for name, ground in found.items() if ground is not None}
