"""What somebody without the log's key can do to a package: change files, put it in order again, and pass it on."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from covertops.export.report import Report
from covertops.export.verifier import verify_package
from covertops.export.writer import Plan
from tests.ledger.samples import VKEY

Files = dict[str, bytes]
"""A package as its files by path, the package's own folder first."""


def files_of(planned: Plan) -> Files:
    """Every file of a planned package."""
    return {one.path: b"".join(one.chunks()) for one in planned.members}


def root_of(files: Files) -> str:
    """The path of the bag."""
    return next(path.partition(".bag/")[0] + ".bag" for path in files if ".bag/" in path)


def zipped(files: Mapping[str, bytes], path: Path) -> Path:
    """The files as a ZIP file laid out as ours are, by somebody who read the format."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(as_ours(name), data)
    return path


def as_ours(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    """What our own writer says of a file in a ZIP file."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def in_folder(files: Mapping[str, bytes], folder: Path) -> Path:
    """The files in a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def rehashed(files: Files) -> Files:
    """The files with count, manifest and tag manifest computed anew, as anybody who knows BagIt can."""
    root = root_of(files)
    inside = {path.removeprefix(f"{root}/"): data for path, data in files.items() if path.startswith(f"{root}/")}
    payload = {path: data for path, data in inside.items() if path.startswith("data/")}
    made = dict(files)
    if "bag-info.txt" in inside:
        oxum = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}".encode()
        lines = inside["bag-info.txt"].split(b"\n")
        inside["bag-info.txt"] = b"\n".join(oxum if line.startswith(b"Payload-Oxum:") else line for line in lines)
    inside["manifest-sha256.txt"] = manifest(payload)
    tags = {path: data for path, data in inside.items() if not path.startswith(("data/", "tagmanifest"))}
    inside["tagmanifest-sha256.txt"] = manifest(tags)
    return made | {f"{root}/{path}": data for path, data in inside.items()}


def manifest(files: Mapping[str, bytes]) -> bytes:
    """A manifest of some files."""
    lines = (f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items()))
    return "".join(lines).encode()


def with_member(files: Files, name: str, data: bytes = b"", *, mode: int = 0o100644) -> bytes:
    """A ZIP file of the files and one member more, under any name and of any kind."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in files.items():
            archive.writestr(as_ours(path), content)
        info = as_ours("placeholder", mode)
        info.filename = name
        archive.writestr(info, data)
    return target.getvalue()


def verdict(files: Files, tmp_path: Path, key: str | None = VKEY) -> Report:
    """What the verifier says of some files, once as a ZIP file and once as a folder."""
    first = verify_package(zipped(files, tmp_path / "package.zip"), key)
    second = verify_package(in_folder(files, tmp_path / "folder"), key)
    assert first == second
    return first


def expect_finding(package: Files | Plan, tmp_path: Path, where: str, what: str = "") -> None:
    """The verifier must find something, and this among it."""
    report = verdict(files_of(package) if isinstance(package, Plan) else package, tmp_path)
    assert not report.ok
    assert [one for one in report.findings if where in one.where and what in one.what], report.findings
