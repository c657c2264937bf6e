"""A package's files where they lie: in a ZIP file, read in place, or in a folder. Nothing is ever unpacked.

What stands in an archive is somebody else's word. Names that lead elsewhere, links, files that stand twice, and what
needs a password or an unknown method are refused, each by name; so is whatever is no file.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from covertops.export.report import Finding

PIECE: Final = 1 << 20
"""Files are read in pieces of exactly 1 MiB, the last what remains: the segments of a capture's segment root."""

_BAG: Final = ".bag"
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 0x1
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError)
_Open = Callable[[], IO[bytes]]


class NotAPackage(ValueError):
    """A path at which no package lies."""


class Unreadable(ValueError):
    """A file of the package that cannot be read to its end."""


class PackageFiles:
    """The files of a package: those ``inside`` the bag by path, and what stands ``beside`` it. Use as a context."""

    def __init__(self, path: Path) -> None:
        self.problems: list[Finding] = []
        self._stack = ExitStack()
        try:
            found = self._in_folder(path) if path.is_dir() else self._in_zip(path)
            self.bag, self.inside, self.beside = self._arranged(found)
        except NotAPackage:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def read(self, path: str) -> Iterator[bytes]:
        """A file's content in pieces of :data:`PIECE` bytes. Raises Unreadable at the first that cannot be read."""
        try:
            with (self.inside.get(path) or self.beside[path])() as file:
                while piece := file.read(PIECE):
                    yield piece
        except _BROKEN as error:
            raise Unreadable(f"cannot be read: {error}") from error

    def _in_folder(self, folder: Path) -> dict[str, _Open]:
        found: dict[str, _Open] = {}
        for at, folders, files in os.walk(folder):
            for name in sorted((*folders, *files)):
                path = Path(at, name)
                below = path.relative_to(folder).as_posix()
                mode = path.lstat().st_mode
                if stat.S_ISREG(mode):
                    found[below] = _opener(path)
                elif not stat.S_ISDIR(mode):
                    self.problems.append(Finding(below, "is a link or a device, not a file"))
        return found

    def _in_zip(self, path: Path) -> dict[str, _Open]:
        try:
            archive = self._stack.enter_context(zipfile.ZipFile(path))
        except _BROKEN as error:
            raise NotAPackage(f"{path.name} is neither a folder nor a ZIP file that can be read: {error}") from error
        found: dict[str, _Open] = {}
        for info in archive.infolist():
            problem = _refused(info)
            if problem is None and info.filename in found:
                problem = "stands twice in the ZIP file"
            if problem is not None:
                self.problems.append(Finding(info.orig_filename, problem))
            elif not info.is_dir():
                found[info.filename] = _member(archive, info)
        return found

    def _arranged(self, found: dict[str, _Open]) -> tuple[str, dict[str, _Open], dict[str, _Open]]:
        """Tell the bag's files from those in the folder around it; what lies elsewhere is no part of the package."""
        bags = {
            "/".join(parts[: place + 1])
            for parts in (name.split("/") for name in found)
            for place, part in enumerate(parts[:-1])
            if part.endswith(_BAG)
        }
        if len(bags) != 1:
            raise NotAPackage(f"expected one folder whose name ends in {_BAG}, found {len(bags)}")
        bag = bags.pop()
        around = bag[: bag.rfind("/") + 1]
        inside: dict[str, _Open] = {}
        beside: dict[str, _Open] = {}
        for name, opener in found.items():
            if name.startswith(f"{bag}/"):
                inside[name.removeprefix(f"{bag}/")] = opener
            elif name.startswith(around):
                beside[name.removeprefix(around)] = opener
            else:
                self.problems.append(Finding(name, "is no part of the package"))
        return bag.rpartition("/")[2], inside, beside


def _refused(info: zipfile.ZipInfo) -> str | None:
    """Why a member of a ZIP file is not read, or None."""
    name = info.orig_filename
    parts = name.removesuffix("/").split("/")
    if name != info.filename or "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
        return "has a name that leads elsewhere"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if info.is_dir():
        return "is a folder with content" if info.file_size else None
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
        return "is encrypted or compressed by a method that is not read"
    return None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Open:
    return lambda: archive.open(info)


def _opener(path: Path) -> _Open:
    return lambda: path.open("rb")
