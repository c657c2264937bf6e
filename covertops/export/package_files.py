"""A package's files where they lie: in a ZIP file, read in place, or in a folder. Nothing is ever unpacked.

What stands there is somebody else's word. A ZIP file must be laid out as a package's is (`zip_read`); a folder must
hold files and the folders that they need, nothing else: no link, no device, no empty folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from covertops.export.ceilings import MOST_FILES
from covertops.export.report import Finding
from covertops.export.zip_read import Damaged, NotOurs, read_part, read_zip

PIECE: Final = 1 << 20
"""Files are read in pieces of exactly 1 MiB, the last what remains: the segments of a capture's segment root."""

_BAG: Final = ".bag"
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_Open = Callable[[], Iterator[bytes]]


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
            yield from (self.inside.get(path) or self.beside[path])()
        except (Damaged, OSError) as error:
            raise Unreadable(f"cannot be read: {error}") from error

    def _in_folder(self, folder: Path) -> dict[str, _Open]:
        found: dict[str, _Open] = {}
        for at, folders, files in os.walk(folder):
            if not folders and not files and Path(at) != folder:
                self._stray(folder, at, "is an empty folder: a package has none")
            for name in sorted((*folders, *files)):
                path = Path(at, name)
                mode = path.lstat().st_mode
                if stat.S_ISREG(mode):
                    found[path.relative_to(folder).as_posix()] = partial(_read_file, path)
                elif not stat.S_ISDIR(mode):
                    self._stray(folder, path, "is a link or a device, not a file")
            if len(found) + len(self.problems) > MOST_FILES:
                raise NotAPackage(f"{folder.name} holds more than {MOST_FILES} files: so many are read at most")
        return found

    def _stray(self, folder: Path, path: Path | str, what: str) -> None:
        self.problems.append(Finding(Path(path).relative_to(folder).as_posix(), what))

    def _in_zip(self, path: Path) -> dict[str, _Open]:
        if not path.is_file():
            raise NotAPackage(f"{path.name} is neither a folder nor a file")
        try:
            file = self._stack.enter_context(path.open("rb"))
            parts, problems = read_zip(file)
        except OSError as error:
            raise NotAPackage(f"{path.name} cannot be read: {error.strerror}") from error
        except NotOurs as error:
            remedy = "If another program packed it anew, unpack it and check the folder."
            raise NotAPackage(f"{path.name} is not the ZIP file of a package: {error}. {remedy}") from error
        self.problems += problems
        return {name: partial(read_part, file, part, PIECE) for name, part in parts.items()}

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


def _read_file(path: Path) -> Iterator[bytes]:
    """A file's pieces; one that became a link since it was looked at is not followed."""
    with open(path, "rb", opener=_without_links) as file:
        yield from _pieces(file)


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | _NO_LINK)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece
