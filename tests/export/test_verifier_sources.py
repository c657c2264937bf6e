"""Where a package lies is somebody else's word: hostile ZIP files and folders."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from covertops.domain.vocabulary import Stage
from covertops.export.verifier import verify_package
from tests.domain.playing import make_world
from tests.export.attacking import (
    files_of,
    with_member,
)
from tests.export.making import (
    capture,
    make_package,
    small_package,
    unpacked,
    write_zip,
)
from tests.ledger.samples import VKEY


@pytest.mark.parametrize(
    "name",
    ["../outside", "/etc/passwd", "a/../../b", "C:/windows", "back\\slash", "double//slash", "./dot", "nul\0.txt"],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "slip.zip"
    path.write_bytes(with_member(files_of(small_package().plan), name))
    report = verify_package(path, VKEY)
    assert not report.ok
    assert [one for one in report.findings if "leads elsewhere" in one.what]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["slip.zip"]


def test_a_name_that_a_terminal_would_obey_is_printed_as_code_points(tmp_path: Path) -> None:
    path = tmp_path / "escape.zip"
    path.write_bytes(with_member(files_of(small_package().plan), "EXP-2026-0001-1/\x1b[2J\u202e" + "x" * 5000))
    lines = verify_package(path, VKEY).as_lines()
    (found,) = [line for line in lines if line.startswith("FOUND")]
    assert found.startswith("FOUND EXP-2026-0001-1/⟨U+001B⟩[2J⟨U+202E⟩xxx")
    assert len(found) < 1000


def test_a_member_that_stands_twice_is_refused_though_both_are_alike(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    name = next(path for path in files if path.endswith("record.html"))
    path = tmp_path / "twice.zip"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path.write_bytes(with_member(files, name, files[name]))
    report = verify_package(path, VKEY)
    assert [(one.where, one.what) for one in report.findings] == [(name, "stands twice in the ZIP file")]


@pytest.mark.parametrize("mode", [0o120777, 0o060644, 0o010644])
def test_a_link_or_device_in_a_zip_file_is_refused(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    path.write_bytes(with_member(files_of(small_package().plan), "EXP-2026-0001-1/link", b"/etc/passwd", mode=mode))
    report = verify_package(path, VKEY)
    assert [one.what for one in report.findings] == ["is a link or a device, not a file"]


def test_a_link_in_a_folder_is_refused_and_not_followed(tmp_path: Path) -> None:
    folder = unpacked(small_package().plan, tmp_path)
    real = next(folder.rglob("record.html"))
    aside = tmp_path / "aside.html"
    real.rename(aside)
    real.symlink_to(aside)
    report = verify_package(folder, VKEY)
    assert not report.ok
    assert ("data/records/record.html", "is missing") in {
        (one.where, one.what.partition(":")[0]) for one in report.findings
    }
    os.mkfifo(folder / "pipe")
    (folder / "folder-link").symlink_to(tmp_path)
    found = {one.where: one.what for one in verify_package(folder, VKEY).findings}
    assert found["pipe"] == found["folder-link"] == "is a link or a device, not a file"


def test_a_damaged_member_is_named(tmp_path: Path) -> None:
    path = write_zip(small_package().plan, tmp_path)
    data = bytearray(path.read_bytes())
    at = data.index(b"<!doctype html>") + 400
    data[at] ^= 4
    path.write_bytes(data)
    report = verify_package(path, VKEY)
    assert ("data/records/record.html", "cannot be read: Bad CRC-32 for file") in {
        (one.where, one.what[:35]) for one in report.findings
    }


def test_a_capture_that_nobody_preserved_twice_under_one_number_is_refused(tmp_path: Path) -> None:
    world = capture(make_world(Stage.ACTIVE), b"", "image/png")
    entries = list(world.entries)
    twin = replace(entries[-1], number=entries[-1].number + 1)
    world = replace(world, entries=(*entries, twin), operation=replace(world.operation, last_number=twin.number))
    with pytest.raises(ValueError, match="are not those of a capture"):
        make_package(world).plan.stream()
