"""Looking at every file of a package once: its size, its SHA-256, for a capture its segment root, else its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from covertops.export.package_files import PackageFiles, Unreadable
from covertops.export.report import Report
from covertops.ledger.merkle import Segments

MOST: Final = 1024 * 1024 * 1024
"""As many bytes as are kept in memory to be read: all of a package but its captures, which can have any size."""

_CAPTURES: Final = "data/evidence/"
_INTAKE: Final = "/intake.json"


@dataclass(frozen=True)
class Seen:
    """A file as it was seen. ``data`` is None for a capture, ``segment_root`` for everything else."""

    size: int
    sha256: str
    data: bytes | None
    segment_root: str | None


def look_at(files: PackageFiles, report: Report, room: int = MOST) -> tuple[dict[str, Seen], dict[str, Seen]]:
    """Every file inside the bag and beside it, by path; one that cannot be read is a finding and left out.

    ``room`` is how many bytes of documents are kept, of each of the two.
    """
    inside = _look(files, sorted(files.inside), report, room)
    beside = _look(files, sorted(files.beside), report, room)
    report.files, report.bytes = (
        len(inside) + len(beside),
        sum(one.size for one in (*inside.values(), *beside.values())),
    )
    return inside, beside


def _look(files: PackageFiles, paths: list[str], report: Report, room: int) -> dict[str, Seen]:
    seen: dict[str, Seen] = {}
    for path in paths:
        try:
            is_capture = path.startswith(_CAPTURES) and not path.endswith(_INTAKE)
            seen[path] = _seen(files, path, None if is_capture else room)
            room -= len(seen[path].data or b"")
        except Unreadable as error:
            report.found(path, str(error))
    return seen


def _seen(files: PackageFiles, path: str, room: int | None) -> Seen:
    """A file, kept where there is ``room`` for its bytes; None for a capture, which is never kept."""
    digest, size, segments = hashlib.sha256(), 0, Segments()
    held: list[bytes] = []
    for piece in files.read(path):
        digest.update(piece)
        size += len(piece)
        if room is None:
            segments.add(piece)
        elif size > room:
            raise Unreadable("is larger than the documents of a package are, all of them together")
        else:
            held.append(piece)
    if room is None:
        return Seen(size, digest.hexdigest(), None, segments.root().hex())
    return Seen(size, digest.hexdigest(), b"".join(held), None)
