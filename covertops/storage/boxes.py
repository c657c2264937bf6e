"""An entry's sealed boxes: one for its body, one for the fields of each compartment it touches.

A box is bound to its place: stream, number and part, and to the body's digest in the outer header. Moved to another
entry or part, or beside another body, it does not open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from covertops.ledger.entry import Field, Header, pack_fields
from covertops.storage.compartments import BODY, PARTS_OF, compartment_name
from covertops.vault.keys import CompartmentKey
from covertops.vault.sealing import SealedBox, open_box, seal


class WrongBoxes(ValueError):
    """An entry has not the boxes that it must have, or the key of one is missing."""


@dataclass(frozen=True)
class Place:
    """Where the boxes of one entry belong."""

    stream: str
    kind: str
    """The kind of the stream: department, access or operation."""
    number: int
    body_digest: str

    @classmethod
    def of(cls, header: Header, kind: str) -> Place:
        """The place of the entry with this header, in a stream of this kind."""
        return cls(header.stream, kind, header.number, header.body)

    def compartment(self, part: str) -> str:
        """The compartment that seals a part; raise ValueError for a part that such a stream has not."""
        return compartment_name(self.kind, self.stream, part)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that an entry of such a stream can have."""
        return (BODY, *PARTS_OF[self.kind])

    def check_parts(self, present: Collection[str]) -> None:
        """Check that the parts present are possible here, and the body and the stream's own part among them."""
        own, *more = PARTS_OF[self.kind]
        if not {BODY, own} <= set(present) <= {BODY, own, *more}:
            found = ", ".join(sorted(present)) or "none"
            expected = f"{BODY} and {own}" + (f", with or without {', '.join(more)}" if more else "")
            raise WrongBoxes(f"its boxes: found {found}; expected {expected}")

    def meaning(self, part: str) -> bytes:
        """What the box of a part is bound to; the words and their order are of the format and never change."""
        return f"covertops/box/1|{self.stream}|{self.number}|{part}|{self.body_digest}".encode()


def seal_parts(
    place: Place, body: bytes, fields: Mapping[str, Iterable[Field]], keys: Mapping[str, CompartmentKey]
) -> dict[str, SealedBox]:
    """The boxes of an entry, by part. ``keys`` has each compartment's key by name."""
    contents = {BODY: body} | {part: pack_fields(some) for part, some in fields.items()}
    return {part: seal(keys[place.compartment(part)], data, place.meaning(part)) for part, data in contents.items()}


def open_part(place: Place, part: str, box: SealedBox, keys: Mapping[str, CompartmentKey]) -> bytes:
    """What was sealed in a part's box. Raises SealBroken, and WrongBoxes where ``keys`` lacks the compartment's."""
    name = place.compartment(part)
    if name not in keys:
        raise WrongBoxes(f"its box {part}: the key of compartment {name} is missing")
    return open_box(keys[name], box, place.meaning(part))
