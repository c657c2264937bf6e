"""The captures of a package: what each is, where it came from, who had it, and whether it is here or withheld.

A withheld file shows neither hash nor size nor type, and not its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from covertops.domain.declaration import EntryRef, Recorded, utc_text
from covertops.domain.disclosure import FILE
from covertops.domain.entries.activity import EvidencePreserved
from covertops.domain.entries.package import EvidenceOpened
from covertops.export.names import CAPTURE, evidence_path, intake_path
from covertops.export.record import CannotRead, CopiedRecord, is_shown
from covertops.export.words import csv_document, json_document
from covertops.ledger.canonical import Json
from covertops.ledger.forms import is_count, is_digest

COLUMNS: Final = (
    "number",
    "entry",
    "status",
    "ground",
    "path",
    "size",
    "sha256",
    "segment_root",
    "media_type",
    "name",
    "what",
    "captured_at",
    "tool",
    "source",
    "account_entry",
    "received_at",
    "received_from",
)


@dataclass(frozen=True)
class Capture:
    """A capture on record. ``path`` is None where the file is withheld, and ``ground`` says why."""

    it: Recorded
    entry: EvidencePreserved
    path: str | None
    ground: str | None


def captures(record: CopiedRecord) -> tuple[Capture, ...]:
    """Every capture whose entry the copy shows, in order. Raises CannotRead for one that cannot be a capture."""
    found: list[Capture] = []
    for item in record.items:
        if item.it is None or not isinstance(item.it.entry, EvidencePreserved):
            continue
        entry = item.it.entry
        hidden = [name for name in sorted(FILE) if not is_shown(getattr(entry, name))]
        if hidden:
            found.append(Capture(item.it, entry, None, item.withheld.get(hidden[0], "")))
            continue
        if not _is_capture(entry) or any(entry.reference == one.entry.reference for one in found):
            raise CannotRead(item.number, "its number, size, type or fingerprints are not those of a capture")
        found.append(Capture(item.it, entry, evidence_path(entry.reference, entry.media_type), None))
    return tuple(found)


def _is_capture(entry: EvidencePreserved) -> bool:
    return (
        is_shown(entry.reference)
        and CAPTURE.fullmatch(entry.reference) is not None
        and is_count(entry.size, 0)
        and is_digest(entry.sha256)
        and is_digest(entry.segment_root)
    )


def inventory_json(record: CopiedRecord) -> bytes:
    """The inventory for programs, with the custody of each capture."""
    found = captures(record)
    return json_document(
        {
            "format": "covertops/inventory/1",
            "package": record.release.reference,
            "disclosed": sum(one.path is not None for one in found),
            "withheld": sum(one.path is None for one in found),
            "items": [_described(one, record) | {"custody": _custody(one, record)} for one in found],
        }
    )


def inventory_csv(record: CopiedRecord) -> bytes:
    """The inventory for a spreadsheet."""
    return csv_document(COLUMNS, (_described(one, record) for one in captures(record)))


def intake_files(record: CopiedRecord) -> dict[str, bytes]:
    """What stands beside each disclosed capture: its intake and custody."""
    return {
        intake_path(one.entry.reference): json_document(_described(one, record) | {"custody": _custody(one, record)})
        for one in captures(record)
        if one.path is not None
    }


def _described(one: Capture, record: CopiedRecord) -> dict[str, Json]:
    entry = one.entry
    found: dict[str, Json] = {"number": entry.reference, "entry": one.it.number}
    if one.path is None:
        return found | {"status": "withheld", "ground": one.ground}
    return found | {
        "status": "disclosed",
        "path": one.path,
        "size": entry.size,
        "sha256": entry.sha256,
        "segment_root": entry.segment_root,
        "media_type": entry.media_type,
        "name": _shown(entry.name),
        "what": _shown(entry.original),
        "captured_at": _shown(entry.captured_at),
        "tool": _shown(entry.tool),
        "source": _shown(entry.source),
        "account_entry": _shown(entry.account),
        "received_at": utc_text(one.it.at),
        "received_from": record.called.get(entry.by or ""),
    }


def _shown(value: Any) -> Json:
    """A value as JSON; a withheld one is left to the withheld list."""
    if value is None or not is_shown(value):
        return None
    if isinstance(value, EntryRef):
        return value.number
    return value if isinstance(value, str) else utc_text(value)


def _custody(one: Capture, record: CopiedRecord) -> list[Json]:
    return [
        {"entry": it.number, "at": utc_text(it.at), "what": what, "by": record.called.get(it.entry.by or "")}
        for it, what in _custody_of(one, record)
    ]


def _custody_of(one: Capture, record: CopiedRecord) -> Iterator[tuple[Recorded, str]]:
    yield one.it, "received and sealed"
    for item in record.items:
        it = item.it
        if it and isinstance(it.entry, EvidenceOpened) and it.entry.evidence == one.it.ref:
            yield it, "opened"
