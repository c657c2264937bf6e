"""The golden files: of each kind and version of entry, what the record holds, so that it can be read forever.

A kind that is new gets its file by running this module from the project's folder; a file that exists is never
rewritten. Once a kind is in use, a change to it is a new version with a file of its own.

    python -m tests.domain.golden_entries
"""

from __future__ import annotations

import json
import pathlib
from datetime import UTC, date, datetime
from typing import Any

from covertops.domain import entries
from covertops.domain.declaration import (
    Choice,
    Day,
    Entry,
    EntryRef,
    Json,
    Moment,
    NamedCheckpoint,
    Number,
    Reference,
    Signature,
    Signed,
    SignedBytes,
    Spec,
    Tick,
    all_kinds,
    specs_of,
    values_of,
)

MODULES = entries.__all__
"""The modules that declare kinds: importing them is what makes the list of kinds complete."""

FOLDER = pathlib.Path(__file__).parent / "golden"


def path_of(name: str, version: int) -> pathlib.Path:
    """The golden file of a kind and version."""
    return FOLDER / f"{name}.{version}.json"


def examples_of(cls: type[Entry]) -> list[Entry]:
    """An entry in which everything is filled in, and one in which whatever may be empty is."""
    specs = specs_of(cls)
    full = {name: _several(spec) for name, spec in specs.items()}
    bare = {name: _empty(spec) for name, spec in specs.items()}
    return [cls(**full), cls(**bare)]


def _several(spec: Spec) -> Any:
    return (_one(spec, 0), _one(spec, 1)) if spec.many else _one(spec, 0)


def _empty(spec: Spec) -> Any:
    if spec.many:
        return ()
    return None if spec.opened_by or not spec.required else _one(spec, 1)


def _one(spec: Spec, place: int) -> Any:
    match spec:
        case Choice():
            return list(spec.options)[place % len(spec.options)]
        case Tick():
            return place == 0
        case Number():
            return min(max(spec.least, 7), spec.most)
        case Day():
            return date(2026, 11, 20 + place)
        case Moment():
            return datetime(2026, 11, 20, 13, 40, 12 + place, 345678, tzinfo=UTC)
        case Reference():
            return EntryRef("0f" * 16, 3 + place, "a" * 64)
        case Signed():
            return Signature(
                "passkey",
                "b" * 64,
                "c" * 64,
                NamedCheckpoint(7, "d" * 43 + "="),
                EntryRef("0f" * 16, 3 + place, "a" * 64),
                SignedBytes("ZGF0YQ==", "e30=", "c2lnbmVk"),
            )
    return ("Words, as they were typed", "Mots – 字 – كلمات")[place]


def content_of(name: str, version: int, cls: type[Entry]) -> dict[str, Json]:
    """What a golden file holds."""
    examples: list[Json] = [dict(values_of(one)) for one in examples_of(cls)]
    return {"kind": name, "version": version, "examples": examples}


def write_missing() -> list[str]:
    """Write the files that do not exist yet; return their names."""
    FOLDER.mkdir(exist_ok=True)
    written = []
    for (name, version), cls in sorted(all_kinds().items()):
        path = path_of(name, version)
        if not path.exists():
            text = json.dumps(content_of(name, version, cls), ensure_ascii=False, indent=1)
            path.write_text(text + "\n", encoding="utf-8")
            written.append(path.name)
    return written


if __name__ == "__main__":
    write_missing()
