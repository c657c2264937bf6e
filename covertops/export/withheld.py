"""What a package withholds: every field, file and entry, with its ground, and the digest that stays in its place."""

from __future__ import annotations

from collections import Counter
from typing import Final

from covertops.domain.declaration import kind_of, spec_of_name
from covertops.domain.disclosure import ENTRY
from covertops.domain.entries.counsel import CityAttorneyWrote, ProsecutorWrote
from covertops.export.inventory import captures
from covertops.export.record import CopiedRecord, Item
from covertops.export.words import csv_document, json_document
from covertops.ledger.canonical import Json

COLUMNS: Final = ("what", "entry", "kind", "field", "label", "class", "ground", "digest")


def withheld_rows(record: CopiedRecord) -> list[dict[str, Json]]:
    """One line for each field and each whole entry that is withheld, in order."""
    return [row for item in record.items for row in _rows(item)]


def _rows(item: Item) -> list[dict[str, Json]]:
    if item.it is None or item.body is None:
        row: dict[str, Json] = {"what": "entry", "entry": item.number, "digest": item.header.body}
        return [row | {"kind": None, "field": None, "label": None, "class": None, "ground": item.withheld[ENTRY]}]
    rows: list[dict[str, Json]] = []
    for name, ground in item.withheld.items():
        spec = spec_of_name(type(item.it.entry), name)
        rows.append(
            {
                "what": "field",
                "entry": item.number,
                "kind": kind_of(item.it.entry).title,
                "field": name,
                "label": spec.label,
                "class": spec.disclosure.value,
                "ground": ground,
                "digest": item.body.fields[name],
            }
        )
    return rows


def withheld_json(record: CopiedRecord) -> bytes:
    """The withheld list for programs, with its counts."""
    rows = withheld_rows(record)
    files: list[Json] = [
        {"number": one.entry.reference, "entry": one.it.number, "ground": one.ground}
        for one in captures(record)
        if one.path is None
    ]
    files += [
        {"number": None, "entry": item.number, "ground": item.withheld["file"]}
        for item in record.items
        if item.it is not None and isinstance(item.it.entry, ProsecutorWrote | CityAttorneyWrote)
    ]
    grounds = Counter(str(row["ground"]) for row in rows)
    return json_document(
        {
            "format": "covertops/withheld/1",
            "package": record.release.reference,
            "counts": {
                "fields": record.withheld_fields,
                "entries": record.withheld_entries,
                "files": len(files),
                "by_ground": dict(grounds),
            },
            "withheld": list[Json](rows),
            "files": files,
        }
    )


def withheld_csv(record: CopiedRecord) -> bytes:
    """The withheld list for a spreadsheet."""
    return csv_document(COLUMNS, withheld_rows(record))
