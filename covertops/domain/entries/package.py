"""Packages for prosecutors, and custody of the captures in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from covertops.domain.declaration import (
    Choice,
    Entry,
    EntryRef,
    Line,
    Lines,
    Number,
    Person,
    Reference,
    Text,
    recorded,
)
from covertops.domain.vocabulary import Disclosure, Office, policy, setting

OPEN = Disclosure.OPEN
CUSTODY = policy("IV.D.3", "Preservation for prosecution")


@recorded("evidence.opened", "Capture opened", CUSTODY)
@dataclass(frozen=True, kw_only=True)
class EvidenceOpened(Entry):
    """Someone opened a capture: recorded once per person, capture and hour."""

    evidence: Annotated[EntryRef, Reference(label="Capture", disclosure=OPEN, asked=False)]


@recorded("export.prepared", "Package prepared", setting("The supervisor prepares, the Chief releases"))
@dataclass(frozen=True, kw_only=True)
class ExportPrepared(Entry):
    """The supervisor prepares a package for one audience; nothing leaves before the Chief releases it."""

    reference: Annotated[str, Line(label="Reference", disclosure=OPEN, asked=False)]
    audience: Annotated[
        str, Choice(label="For", options={"prosecutor": "The prosecutor of this case"}, disclosure=OPEN)
    ]
    recipient: Annotated[str, Person(label="Recipient", disclosure=OPEN, offices=(Office.PROSECUTING_ATTORNEY,))]
    case_number: Annotated[str, Line(label="Case", most=60, width="mid")]
    purpose: Annotated[str, Text(label="Purpose", rows=2)]
    withheld: Annotated[
        tuple[str, ...],
        Lines(
            label="Withheld beyond the rules, field by field",
            help="One line each: entry number, field, ground. “9 counterpart: a person not involved”. "
            "A file: “7 file: …”. A whole entry: “8 entry: …”.",
            disclosure=OPEN,
            required=False,
            most=300,
        ),
    ]
    to_number: Annotated[int, Number(label="Entries up to", disclosure=OPEN, asked=False)]


@recorded("export.released", "Package released", setting("The supervisor prepares, the Chief releases"), turning=True)
@dataclass(frozen=True, kw_only=True)
class ExportReleased(Entry):
    """The Chief releases a prepared package; the package ends with this entry.

    It names what the package is read by besides the record itself: the policy, whose department, which local time.
    """

    prepared: Annotated[EntryRef, Reference(label="Package", disclosure=OPEN, asked=False)]
    reference: Annotated[str, Line(label="Reference", disclosure=OPEN, asked=False)]
    reason: Annotated[str, Text(label="In your own words", help="Why this leaves the department now.", rows=3)]
    policy: Annotated[str, Line(label="Fingerprint of the policy file (SHA-256)", disclosure=OPEN, asked=False)]
    department: Annotated[str, Line(label="Department", disclosure=OPEN, asked=False)]
    zone: Annotated[str, Line(label="Time zone", disclosure=OPEN, asked=False)]


@recorded("export.sealed", "Package sealed")
@dataclass(frozen=True, kw_only=True)
class ExportSealed(Entry):
    """The entry after a release: it names the hash of the package's tag manifest."""

    released: Annotated[EntryRef, Reference(label="Release", disclosure=OPEN, asked=False)]
    manifest_sha256: Annotated[str, Line(label="Fingerprint of the package", disclosure=OPEN, asked=False)]
    tree_size: Annotated[int, Number(label="Record receipt at entry count", disclosure=OPEN, asked=False)]


@recorded("export.received", "Package received")
@dataclass(frozen=True, kw_only=True)
class ExportReceived(Entry):
    """The recipient confirms that the package arrived."""

    released: Annotated[EntryRef, Reference(label="Release", disclosure=OPEN, asked=False)]
    fingerprint_compared: Annotated[
        str,
        Choice(
            label="Does its fingerprint match the one on the package’s page?",
            options={"yes": "Yes, compared", "not yet": "Not compared yet"},
            disclosure=OPEN,
        ),
    ]
    note: Annotated[str | None, Text(label="Note", rows=2, required=False)]


@recorded("export.downloaded", "Package downloaded", CUSTODY)
@dataclass(frozen=True, kw_only=True)
class ExportDownloaded(Entry):
    """Somebody fetched the package: custody passes with each copy."""

    released: Annotated[EntryRef, Reference(label="Release", disclosure=OPEN, asked=False)]
