"""The bag by itself (RFC 8493): its tag files, the exact set of its files, and each one's digest.

Shares nothing with :mod:`covertops.export.bag`, which writes it. Stricter than the RFC: exactly four tag files (a stray
one is what common tools overlook), one algorithm, paths in order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from covertops.export.ceilings import MOST_FILES
from covertops.export.look import Seen
from covertops.export.report import Report

_DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_MANIFEST: Final = "manifest-sha256.txt"
_TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
_TAGS: Final = frozenset({"bagit.txt", "bag-info.txt", _MANIFEST})
_PAYLOAD: Final = "data/"
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)")


def check_bag(seen: Mapping[str, Seen], report: Report) -> None:
    """Note everything that is not as a bag of ours must be, and the fingerprint of the bag."""
    payload = {path for path in seen if path.startswith(_PAYLOAD)}
    for path in sorted(seen.keys() - payload - _TAGS - {_TAG_MANIFEST}):
        report.found(path, "is no part of the package")
    for path in sorted((_TAGS | {_TAG_MANIFEST}) - seen.keys()):
        report.found(path, "is missing")
    declaration = seen.get("bagit.txt")
    if declaration and declaration.data != _DECLARATION:
        report.found("bagit.txt", "does not declare BagIt 1.0 in UTF-8")
    _check_manifest(_MANIFEST, payload, seen, report)
    _check_manifest(_TAG_MANIFEST, set(_TAGS & seen.keys()), seen, report)
    report.fingerprint = seen[_TAG_MANIFEST].sha256 if _TAG_MANIFEST in seen else ""


def _check_manifest(name: str, paths: set[str], seen: Mapping[str, Seen], report: Report) -> None:
    """Check a manifest against the files it must list, all of them and no others."""
    if name not in seen:
        return
    listed = _read_manifest(name, seen[name].data or b"", report)
    for path in sorted(paths | listed.keys()):
        if path not in seen:
            report.found(path, f"is missing: {name} lists it")
        elif path not in listed:
            report.found(path, f"is not in {name}")
        elif path not in paths:
            report.found(path, f"does not belong in {name}")
        elif listed[path] != seen[path].sha256:
            report.found(path, f"has SHA-256 {seen[path].sha256}, {name} says {listed[path]}")
    if list(listed) != sorted(listed):
        report.found(name, "is not in order of its paths")


def _read_manifest(name: str, data: bytes, report: Report) -> dict[str, str]:
    """The digests of a manifest by path; a line that is none is a finding."""
    listed: dict[str, str] = {}
    if data.count(b"\n") > MOST_FILES:
        report.found(name, f"has more lines than {MOST_FILES}, the most files that are read")
        return listed
    *lines, rest = data.decode("ascii", "replace").split("\n")
    for place, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line)
        if found is None:
            report.found(name, f"line {place} is not a digest, two spaces and a path")
        elif found[2] in listed:
            report.found(name, f"line {place} names {found[2]} again")
        else:
            listed[found[2]] = found[1]
    if rest or not lines:
        report.found(name, "does not end in a line feed")
    return listed
