"""Everything in a package that is computed from the record in it: by the writer, and again by the verifier."""

from __future__ import annotations

from covertops.domain.deadlines import local_date
from covertops.export.coverage import coverage_json, coverage_txt, sittings
from covertops.export.dictionary import dictionary_json
from covertops.export.inventory import intake_files, inventory_csv, inventory_json
from covertops.export.names import START_HERE_INSIDE
from covertops.export.record import CopiedRecord
from covertops.export.record_html import record_html
from covertops.export.record_json import record_json
from covertops.export.start_here import start_here
from covertops.export.statements import FORMAT
from covertops.export.withheld import withheld_csv, withheld_json
from covertops.export.words import one_line


def documents(record: CopiedRecord) -> dict[str, bytes]:
    """The readable files of the bag, by path. Raises CannotRead."""
    found = sittings(record)
    return {
        START_HERE_INSIDE: start_here(record),
        "data/disclosure/withheld.csv": withheld_csv(record),
        "data/disclosure/withheld.json": withheld_json(record),
        "data/inventory/inventory.csv": inventory_csv(record),
        "data/inventory/inventory.json": inventory_json(record),
        "data/records/coverage.json": coverage_json(record, found),
        "data/records/coverage.txt": coverage_txt(record, found),
        "data/records/record.html": record_html(record, found),
        "data/records/record.json": record_json(record),
        "data/schema/dictionary.json": dictionary_json(record),
        **intake_files(record),
    }


def bag_metadata(record: CopiedRecord) -> list[tuple[str, str]]:
    """What bag-info.txt says besides the count of octets (RFC 8493, 2.2.2)."""
    release = record.release
    return [
        ("Source-Organization", one_line(release.entry.department)),
        ("External-Identifier", release.reference),
        ("Bagging-Date", local_date(release.at, record.zone).isoformat()),
        ("Bag-Software-Agent", f"Covertops; {FORMAT}"),
        ("Log-Root", record.checkpoint.root.hex()),
        ("Log-Size", str(record.checkpoint.size)),
    ]
