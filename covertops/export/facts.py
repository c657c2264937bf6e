"""The facts of a package that each of its papers begins with."""

from __future__ import annotations

from covertops.domain.declaration import utc_text
from covertops.domain.entries.activity import ActivityLogged
from covertops.export.inventory import captures
from covertops.export.record import CopiedRecord
from covertops.export.words import counted, local_words, one_line
from covertops.ledger.canonical import Json

_AUDIENCES = {"prosecutor": "the prosecutor of this case"}


def package_facts(record: CopiedRecord) -> list[tuple[str, str]]:
    """Label and words of each fact, in order."""
    release, called = record.release, record.called
    prepared = release.prepared
    return [
        ("Package", release.reference),
        ("From", one_line(release.entry.department)),
        ("Operation", one_line(record.operation.reference)),
        ("Case", one_line(prepared.case_number)),
        ("Made for", f"{_AUDIENCES[prepared.audience]}: {one_line(called.get(prepared.recipient, 'recipient'))}"),
        ("Purpose", one_line(prepared.purpose)),
        ("Prepared by", one_line(called.get(prepared.by or "", "the supervisor"))),
        ("Released by", one_line(called.get(release.entry.by or "", "the Chief"))),
        ("Released", local_words(release.at, record.zone)),
        ("Holds", contents_words(record)),
        ("Withheld", withheld_words(record)),
    ]


def contents_words(record: CopiedRecord) -> str:
    """What is in the package, counted."""
    shown = sum(one.path is not None for one in captures(record))
    activities = sum(isinstance(item.it.entry, ActivityLogged) for item in record.items if item.it)
    return (
        f"{counted(len(record.items), 'entry', 'entries')}, {counted(activities, 'activity', 'activities')}, "
        f"{counted(shown, 'capture', 'captures')}"
    )


def withheld_words(record: CopiedRecord) -> str:
    """What is withheld, counted."""
    files = sum(one.path is None for one in captures(record))
    return (
        f"{counted(record.withheld_fields, 'field', 'fields')}, "
        f"{counted(record.withheld_entries, 'whole entry', 'whole entries')}, {counted(files, 'file', 'files')} "
        "(data/disclosure/withheld.csv)"
    )


def facts_json(record: CopiedRecord) -> dict[str, Json]:
    """The same for programs."""
    release, called = record.release, record.called
    return {
        "reference": release.reference,
        "department": release.entry.department,
        "operation": record.operation.reference,
        "case": release.prepared.case_number,
        "audience": release.prepared.audience,
        "recipient": called.get(release.prepared.recipient),
        "purpose": release.prepared.purpose,
        "prepared_by": called.get(release.prepared.by or ""),
        "released_by": called.get(release.entry.by or ""),
        "released_at": utc_text(release.at),
        "zone": release.entry.zone,
        "log": {
            "origin": record.checkpoint.origin,
            "size": record.checkpoint.size,
            "root": record.checkpoint.root.hex(),
        },
    }
