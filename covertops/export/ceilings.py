"""How much a verifier reads of a package that anybody may have made, so that none can use up its memory.

A capture has no ceiling: it is read piece by piece and never kept. Nothing is ever inflated, as a package stores its
files without compression. Whoever writes packages keeps to the same ceilings.
"""

from __future__ import annotations

from typing import Final

MIB: Final = 1024 * 1024

MOST_FILES: Final = 200_000
"""Files in a package."""
MOST_NAME: Final = 200
"""Characters in a file's path."""
MOST_DOCUMENTS: Final = 256 * MIB
"""Everything but the captures, all of it together."""
MOST_PAYLOAD: Final = 224 * MIB
"""What a writer keeps to, so that tag files and what lies beside the bag have room too."""
MOST_DOCUMENT: Final = 64 * MIB
"""One file that is not a capture."""
MOST_ENTRY: Final = 8 * MIB
"""An entry's file."""
MOST_SMALL: Final = MIB
"""A proof, the checkpoint, the key, the policy."""
MOST_FIELD: Final = 256 * 1024
"""One field of an entry."""
MOST_VALUES: Final = 100
"""Values that a field's value consists of."""
MOST_FINDINGS: Final = 1000
"""Findings that are listed; the rest is counted."""

_CAPTURES: Final = "data/evidence/"
_INTAKE: Final = "/intake.json"
_ENTRIES: Final = "data/log/entries/"
_SMALL: Final = ("data/log/", "seal/entry.tlog-proof")


def is_capture(path: str) -> bool:
    """Whether a path inside the bag is a capture's own, which can have any size."""
    return path.startswith(_CAPTURES) and not path.endswith(_INTAKE)


def most_of(path: str) -> int:
    """The most bytes of a file that is not a capture, by its path in the bag or beside it."""
    if path.startswith(_ENTRIES) or path == "seal/entry.json":
        return MOST_ENTRY
    return MOST_SMALL if path.startswith(_SMALL) else MOST_DOCUMENT
