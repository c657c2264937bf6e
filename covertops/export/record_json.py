"""The record for programs: every entry with the values this copy discloses, in order."""

from __future__ import annotations

from covertops.domain.declaration import utc_text
from covertops.export.facts import facts_json
from covertops.export.record import CopiedRecord, Item, moment_of
from covertops.export.words import json_document
from covertops.ledger.canonical import Json


def record_json(record: CopiedRecord) -> bytes:
    """The whole record as one JSON file."""
    return json_document(
        {
            "format": "covertops/record/1",
            "package": facts_json(record),
            "people": [
                {"id": person, "called": entry.designation, "office": entry.held, "name": _text(entry.name)}
                for person, entry in record.introduced.items()
            ],
            "entries": [_entry(item) for item in record.items],
        }
    )


def _entry(item: Item) -> dict[str, Json]:
    found: dict[str, Json] = {
        "number": item.number,
        "recorded_at": utc_text(moment_of(item.header)),
        "log_index": item.header.index,
        "header_sha256": item.header.hash,
        "withheld": dict(item.withheld),
    }
    if item.body is None or item.kind is None:
        return found
    return found | {
        "kind": item.body.kind,
        "version": item.body.version,
        "title": item.kind.title,
        "office": item.body.office,
        "fields": dict(item.values),
    }


def _text(value: object) -> Json:
    return value if isinstance(value, str) else None
