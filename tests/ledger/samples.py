"""A small log with nothing left to chance: the golden files and the example in FORMAT.md are made of it.

Three entries: number 1 of an operation, one of the department's stream, number 2 of the operation. The key's private
part is thirty-two bytes of 0x07, so anyone can sign as this log: it serves only to be read.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from covertops.ledger.canonical import Json
from covertops.ledger.checkpoint import Checkpoint, sign, verifier_key
from covertops.ledger.entry import Body, Field, Header
from covertops.ledger.merkle import Frontier, Tree, leaf_hash
from covertops.ledger.proof import write_proof

ORIGIN: Final = "example.gov/covert"
OPERATION: Final = "5b0f8c2d9e7a41368c4fd10b72e6a953"
DEPARTMENT: Final = "00c1a7f3b25e4d0896e1d47c03b9f8a2"
KEY: Final = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
VKEY: Final = verifier_key(ORIGIN, KEY.public_key())


def make_fields(**values: Json) -> list[Field]:
    """Fields of these names and values, in this order, with salts that count from 1."""
    return [Field(f"{place:032x}", name, value) for place, (name, value) in enumerate(values.items(), start=1)]


def make_body(fields: list[Field], kind: str = "activity.none", office: str = "investigator") -> Body:
    """A body that commits to the fields."""
    return Body(kind, 1, office, "c0" * 16, {field.name: field.digest for field in fields})


def make_header(
    index: int = 0,
    number: int = 1,
    previous: str | None = None,
    time: str = "2026-11-20T13:40:12.345678Z",
    body: str = "ab" * 32,
    stream: str = OPERATION,
    origin: str = ORIGIN,
) -> Header:
    """A header, the first of its stream and log unless told otherwise."""
    return Header(origin, index, stream, number, previous, time, body)


def make_stream(length: int, body: str = "ab" * 32) -> list[Header]:
    """The headers of a stream of this length that has its log for itself, every entry with the same body."""
    headers: list[Header] = []
    for place in range(length):
        previous = headers[-1].hash if headers else None
        headers.append(make_header(place, place + 1, previous, f"2026-11-20T13:40:12.{place:06d}Z", body))
    return headers


FIELDS: Final = make_fields(
    by="9d3e6b1f0a584c7bb2f47e61c80d35a4",
    signature=None,
    from_on="2026-11-13",
    to_on="2026-11-20",
    note="Platform was down. Nothing seen from «bayside_trades» either.",
)
BODY: Final = make_body(FIELDS)
FIRST: Final = make_header(body=make_body([], "request.submitted").digest)
BETWEEN: Final = make_header(1, time="2026-11-20T13:52:00.000000Z", body="5e" * 32, stream=DEPARTMENT)
SECOND: Final = make_header(2, 2, FIRST.hash, "2026-11-20T14:05:31.000200Z", BODY.digest)
LOG: Final = [FIRST, BETWEEN, SECOND]
LEAVES: Final = [leaf_hash(header.to_bytes()) for header in LOG]
TREE: Final = Tree(LEAVES)
NOTE: Final = sign(Checkpoint(ORIGIN, len(TREE), TREE.root()), KEY)
PROOF: Final = write_proof(2, TREE.inclusion(2), NOTE)
FIRST_PROOF: Final = write_proof(0, TREE.inclusion(0), NOTE)


def make_frontier(leaves: list[bytes]) -> Frontier:
    """The frontier of a log of these leaf hashes, grown one by one."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier
