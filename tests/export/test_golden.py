"""The golden package: what was handed over once verifies ever after, and is rebuilt with the same bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path

from covertops.export.verifier import verify_package
from tests.export.golden_package import PATH
from tests.ledger import stranger
from tests.ledger.samples import VKEY

CHANGED = (
    "the words of a package’s documents changed: packages that were released can no longer be rebuilt and no longer "
    "verify. Before the first release of this program see golden_package.py; after it this takes a new format."
)


def test_the_golden_package_verifies_and_everything_computed_from_it_is_as_it_was(tmp_path: Path) -> None:
    # It is kept compressed, which no package is: what is checked is what it unpacks to.
    with zipfile.ZipFile(PATH) as archive:
        archive.extractall(tmp_path)
    report = verify_package(tmp_path, VKEY)
    assert not report.findings, (CHANGED, report.findings)
    assert report.ok
    assert (report.captures, report.activities, report.withheld_entries) == (1, 1, 1)
    assert report.documents == 12


def test_a_stranger_reads_the_golden_package(tmp_path: Path) -> None:
    with zipfile.ZipFile(PATH) as archive:
        archive.extractall(tmp_path)
    found = stranger.verify(tmp_path / "EXP-2026-0001-1/EXP-2026-0001-1.bag/data/log")
    assert found.withheld_bodies == [8]
    assert found.withheld_fields[1] == ["subject"]
