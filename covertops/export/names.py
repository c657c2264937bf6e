"""How the files of a package are called: by us, from letters, digits, dot, underscore and hyphen.

No path ever holds a name of a person, a persona or an original file: paths are seen before a package is opened, by
mail filters and search indexes too. A ``%`` would break the readers of BagIt's manifests.
"""

from __future__ import annotations

import re
from typing import Final

PART: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
"""One part of a path. It begins with no dot, so that no part is hidden or leads upwards."""

REFERENCE: Final = re.compile(r"EXP-[0-9]{4}-[0-9]{4,8}-[0-9]{1,6}")
CAPTURE: Final = re.compile(r"EV-[0-9]{4,8}")

START_HERE: Final = "START-HERE.txt"
START_HERE_INSIDE: Final = "data/START-HERE.txt"
SEAL_ENTRY: Final = "seal/entry.json"
SEAL_PROOF: Final = "seal/entry.tlog-proof"
CHECKPOINT: Final = "data/log/checkpoint"
LOG_KEY: Final = "data/log/log-key"
POLICY: Final = "data/log/policy.toml"

_EXTENSIONS: Final = {
    "application/gzip": "gz",
    "application/json": "json",
    "application/pdf": "pdf",
    "application/warc": "warc",
    "application/zip": "zip",
    "audio/aac": "aac",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/x-wav": "wav",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/webp": "webp",
    "text/html": "html",
    "text/plain": "txt",
    "video/mp4": "mp4",
    "video/mpeg": "mpg",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/x-msvideo": "avi",
}
"""Ours, because the operating system's own table differs from machine to machine, and the package with it."""


def is_path(path: str) -> bool:
    """Whether every part of a path is one that we would give."""
    return len(path) <= 200 and all(PART.fullmatch(part) for part in path.split("/"))


def entry_path(number: int) -> str:
    """The file of an entry."""
    return f"data/log/entries/{number:06d}.json"


def proof_path(number: int) -> str:
    """The proof that an entry is in the log."""
    return f"data/log/proofs/{number:06d}.tlog-proof"


def department_path(number: int) -> str:
    """The file of an entry of the department, by which signatures are checked."""
    return f"data/log/department/{number:06d}.json"


def department_proof_path(number: int) -> str:
    """The proof that an entry of the department is in the log."""
    return f"data/log/department/{number:06d}.tlog-proof"


def evidence_path(reference: str, media_type: str) -> str:
    """The file of a capture, called by its reference; a type without an extension of ours is plain bytes."""
    return f"data/evidence/{reference}/{reference}.{_EXTENSIONS.get(media_type, 'bin')}"


def intake_path(reference: str) -> str:
    """What is on record about a capture's arrival."""
    return f"data/evidence/{reference}/intake.json"
