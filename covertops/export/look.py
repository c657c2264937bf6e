"""Looking at every file of a package once: its size, its SHA-256, for a capture its segment root, else its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from covertops.export.ceilings import MOST_DOCUMENTS, is_capture, most_of
from covertops.export.package_files import PackageFiles, Unreadable
from covertops.export.report import Report
from covertops.ledger.merkle import Segments


@dataclass(frozen=True)
class Seen:
    """A file as it was seen. ``data`` is None for a capture, ``segment_root`` for everything else."""

    size: int
    sha256: str
    data: bytes | None
    segment_root: str | None


def look_at(files: PackageFiles, report: Report, room: int = MOST_DOCUMENTS) -> tuple[dict[str, Seen], dict[str, Seen]]:
    """Every file inside the bag and beside it, by path; what cannot be read is a finding and left out.

    ``room`` is how many bytes of documents are kept, all of them together.
    """
    for problem in files.problems:
        report.found(problem.where, problem.what)
    inside, room = _look(files, sorted(files.inside), report, room)
    beside, _ = _look(files, sorted(files.beside), report, room)
    report.files, report.bytes = (
        len(inside) + len(beside),
        sum(one.size for one in (*inside.values(), *beside.values())),
    )
    return inside, beside


def _look(files: PackageFiles, paths: list[str], report: Report, room: int) -> tuple[dict[str, Seen], int]:
    """The files at these paths as they were seen, and how much room is left for others."""
    seen: dict[str, Seen] = {}
    for path in paths:
        try:
            seen[path] = _capture(files, path) if is_capture(path) else _document(files, path, room)
            room -= len(seen[path].data or b"")
        except Unreadable as error:
            report.found(path, str(error))
    return seen, room


def _capture(files: PackageFiles, path: str) -> Seen:
    """A capture, of any size: never kept."""
    digest, size, segments = hashlib.sha256(), 0, Segments()
    for piece in files.read(path):
        digest.update(piece)
        size += len(piece)
        segments.add(piece)
    return Seen(size, digest.hexdigest(), None, segments.root().hex())


def _document(files: PackageFiles, path: str, room: int) -> Seen:
    """A file that is kept to be read, where there is room for it."""
    held = bytearray()
    for piece in files.read(path):
        if len(held) + len(piece) > most_of(path):
            raise Unreadable(f"is larger than {most_of(path)} bytes, the most that is read of such a file")
        if len(held) + len(piece) > room:
            raise Unreadable("is larger than the documents of a package are, all of them together")
        held += piece
    return Seen(len(held), hashlib.sha256(held).hexdigest(), bytes(held), None)
