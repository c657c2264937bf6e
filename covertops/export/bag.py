"""BagIt 1.0 (RFC 8493) with SHA-256 manifests only, planned before anything of it is read or sent.

A capture's size and SHA-256 are known since its intake, and every other file is at hand; so are the manifests, and the
hash of the tag manifest, which stands for the whole bag. Payload and tag files are in order of their paths, so that
the same content gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from covertops.export.names import is_path
from covertops.export.zip_stream import Member

DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@dataclass(frozen=True)
class Bag:
    """A planned bag: every file with its path below the bag's folder, and the SHA-256 of its tag manifest."""

    files: tuple[Member, ...]
    manifest_sha256: str

    def within(self, folder: str) -> tuple[Member, ...]:
        """The files with their paths below another folder."""
        return tuple(replace(one, path=f"{folder}/{one.path}") for one in self.files)


def make_bag(payload: Iterable[Member], info: Sequence[tuple[str, str]]) -> Bag:
    """Plan a bag of these payload files (paths below ``data/``) with these lines in bag-info.txt.

    Raises ValueError for a path that we would not give, or two that one folder of some system cannot tell apart.
    """
    files = sorted(payload, key=lambda one: one.path)
    _check_paths([one.path for one in files])
    tags = [
        Member.of("bag-info.txt", bag_info(info, files)),
        Member.of("bagit.txt", DECLARATION),
        Member.of("manifest-sha256.txt", manifest(files)),
    ]
    tag_manifest = manifest(tags)
    tags.append(Member.of("tagmanifest-sha256.txt", tag_manifest))
    return Bag((*tags, *files), hashlib.sha256(tag_manifest).hexdigest())


def bag_info(info: Sequence[tuple[str, str]], payload: Sequence[Member]) -> bytes:
    """The bag's metadata (2.2.2), ending in the Payload-Oxum: octets and number of the payload files."""
    oxum = f"{sum(one.size for one in payload)}.{len(payload)}"
    return "".join(f"{name}: {value}\n" for name, value in (*info, ("Payload-Oxum", oxum))).encode()


def manifest(files: Iterable[Member]) -> bytes:
    """The manifest of some files (2.1.3): checksum, two spaces, path; ``sha256sum -c --strict`` reads it too."""
    return "".join(f"{one.sha256}  {one.path}\n" for one in files).encode("ascii")


def _check_paths(paths: Sequence[str]) -> None:
    for path in paths:
        if not path.startswith("data/") or not is_path(path):
            raise ValueError(f"expected a path below data/ made of letters, digits, dot, underscore, hyphen: {path!r}")
    if len({path.casefold() for path in paths}) != len(paths):
        raise ValueError("two files of a bag would have one path where upper and lower case are one")
