"""START-HERE.txt: what the package is, how anybody checks it, and its fingerprint."""

from __future__ import annotations

import textwrap
from typing import Final

from covertops.export.facts import package_facts
from covertops.export.record import CopiedRecord, key_fingerprint
from covertops.export.statements import CONTINUOUS, DOES_NOT_PROVE, LEGAL, PROVES

_WIDTH: Final = 96


STANDS_BESIDE: Final = "    (it stands in the file of this name beside the bag)"
"""The line of the bag's own copy in whose place the other has the bag's fingerprint; of the format, never changed."""


def start_here(record: CopiedRecord) -> bytes:
    """The bag's own copy, which cannot name the fingerprint of the bag that it is in."""
    bag = f"{record.release.reference}.bag"
    root = record.checkpoint.root.hex()
    lines = [
        "START HERE",
        "",
        "LAW ENFORCEMENT SENSITIVE. Contains undercover identities.",
        "",
        *(f"{label + ':':<14}{words}" for label, words in package_facts(record)),
        "",
        "FINGERPRINT OF THE PACKAGE (SHA-256 of tagmanifest-sha256.txt)",
        STANDS_BESIDE,
        "Compare it with the one the department shows or reads to you. The record’s next entry, in the folder seal,",
        "names it too.",
        "",
        f"FINGERPRINT OF THE RECORD (root of the log at {record.checkpoint.size} entries)",
        *_grouped(root),
        "",
        "KEY OF THE LOG",
        f"    {record.log_key}",
        "FINGERPRINT OF THE KEY (SHA-256)",
        *_grouped(key_fingerprint(record.log_key)),
        "Compare it with one that did not come with this package.",
        "",
        "WHERE TO READ",
        f"    {bag}/data/records/record.html      the record in order, to read and to print",
        f"    {bag}/data/records/coverage.txt     “Was it authorized?” at each activity",
        f"    {bag}/data/inventory/inventory.csv  the captures; the files are in data/evidence",
        f"    {bag}/data/disclosure/withheld.csv  what is withheld, and on what ground",
        "",
        "HOW TO CHECK IT, without this department’s help",
        "  Every file against its fingerprint:",
        f"    Linux     cd {bag} && sha256sum -c --strict manifest-sha256.txt tagmanifest-sha256.txt",
        f"    macOS     cd {bag} && shasum -a 256 -c manifest-sha256.txt tagmanifest-sha256.txt",
        f"    Windows   certutil -hashfile {bag}\\tagmanifest-sha256.txt SHA256",
        f"    any       bagit.py --validate {bag}",
        "  The record itself, its order and its rules:",
        "    covertops verify-package FOLDER-OR-ZIP --key KEY-OF-THE-LOG",
        "",
        "WHAT IT PROVES",
        *_points(PROVES),
        "",
        "WHAT IT DOES NOT PROVE",
        *_points(DOES_NOT_PROVE),
        "",
        *textwrap.wrap(CONTINUOUS, _WIDTH),
        "",
        f"Questions: {package_facts(record)[1][1]}, the supervisor who prepared it. {LEGAL}",
    ]
    return ("\n".join(lines) + "\n").encode()


def with_fingerprint(inside: bytes, manifest_sha256: str) -> bytes:
    """The copy that stands beside the bag: the bag's own with the SHA-256 of the bag's tag manifest in its place."""
    return inside.replace(STANDS_BESIDE.encode(), "\n".join(_grouped(manifest_sha256)).encode())


def _grouped(hexadecimal: str) -> list[str]:
    """A fingerprint in groups of four, as it is read aloud."""
    groups = [hexadecimal[place : place + 4] for place in range(0, len(hexadecimal), 4)]
    return [f"    {' '.join(groups[place : place + 8])}" for place in range(0, len(groups), 8)]


def _points(statements: tuple[str, ...]) -> list[str]:
    return [
        line
        for one in statements
        for line in textwrap.wrap(one, _WIDTH, initial_indent="  - ", subsequent_indent="    ")
    ]
