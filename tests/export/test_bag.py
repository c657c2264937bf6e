"""The bag against the Library of Congress's own tool and against sha256sum."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from covertops.export.bag import make_bag
from covertops.export.verifier import verify_package
from covertops.export.zip_stream import Member
from tests.export.making import Made, bag_of, make_package, planned, small_package, unpacked


@pytest.fixture(scope="module")
def made() -> Made:
    return make_package()


def bagit(bag: Path) -> subprocess.CompletedProcess[str]:
    """What bagit.py says of a bag."""
    tool = Path(sys.executable).with_name("bagit.py")
    return subprocess.run([sys.executable, tool, "--validate", bag], capture_output=True, text=True, check=False)


def sums(bag: Path) -> int:
    """What sha256sum says of both manifests."""
    manifests = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
    command = ["sha256sum", "--check", "--strict", "--quiet", *manifests]
    return subprocess.run(command, cwd=bag, capture_output=True, check=False).returncode


def test_bagit_and_sha256sum_accept_a_package(made: Made, tmp_path: Path) -> None:
    bag = bag_of(unpacked(made.plan, tmp_path))
    assert bagit(bag).returncode == 0, bagit(bag).stderr
    assert sums(bag) == 0


@pytest.mark.parametrize(
    "path", ["data/log/entries/000003.json", "data/evidence/EV-0001/EV-0001.png", "data/records/record.html"]
)
def test_bagit_and_sha256sum_refuse_a_changed_file(path: str, tmp_path: Path) -> None:
    bag = bag_of(unpacked(small_package().plan, tmp_path))
    data = bytearray((bag / path).read_bytes())
    data[len(data) // 2] ^= 1
    (bag / path).write_bytes(data)
    assert bagit(bag).returncode != 0
    assert sums(bag) != 0


def test_bagit_refuses_a_file_taken_away_and_one_put_in(tmp_path: Path) -> None:
    bag = bag_of(unpacked(small_package().plan, tmp_path))
    (bag / "data/evidence/EV-0001/another.png").write_bytes(b"")
    assert bagit(bag).returncode != 0
    (bag / "data/evidence/EV-0001/another.png").unlink()
    assert bagit(bag).returncode == 0
    os.unlink(bag / "data/evidence/EV-0001/EV-0001.png")
    assert bagit(bag).returncode != 0


def test_a_bag_declares_version_1_and_only_sha256(tmp_path: Path) -> None:
    bag = bag_of(unpacked(small_package().plan, tmp_path))
    assert (bag / "bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert {path.name for path in bag.iterdir()} == {
        "data",
        "bag-info.txt",
        "bagit.txt",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
    }


@pytest.mark.parametrize(
    "path",
    [
        "data/a b",
        "data/ä",
        "data/../a",
        "data/.a",
        "data//a",
        "data/a%",
        "/data/a",
        "a",
        "data/",
        "data/a\\b",
        f"data/{'a' * 101}",
    ],
)
def test_a_path_that_we_would_not_give_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="expected a path below data/"):
        make_bag([Member.of(path, b"")], [])


def test_two_paths_that_differ_in_case_only_are_refused() -> None:
    with pytest.raises(ValueError, match="upper and lower case"):
        make_bag([Member.of("data/a", b""), Member.of("data/A", b"")], [])


def test_no_path_of_a_package_says_who_or_what_it_is_about(made: Made) -> None:
    paths = " ".join(one.path for one in made.plan.members).casefold()
    for word in ("toolbuyer", "seller", "investigator", "supervisor", "chief", "marketplace", "page.png", "26-1234"):
        assert word not in paths


def test_a_package_is_planned_without_reading_a_capture() -> None:
    def never() -> list[bytes]:
        raise AssertionError("a capture was read")

    made = small_package()
    unread = replace(made.package, captures=tuple(replace(one, chunks=never) for one in made.package.captures))
    assert planned(unread, made.seal).size == made.plan.size
    assert planned(unread, made.seal).manifest_sha256 == made.plan.manifest_sha256


def test_a_package_packed_anew_by_another_tool_is_refused_and_is_the_same_once_unpacked(tmp_path: Path) -> None:
    folder = unpacked(small_package().plan, tmp_path)
    subprocess.run(["zip", "-q", "-r", "again.zip", folder.name], cwd=tmp_path, check=True)
    (found,) = verify_package(tmp_path / "again.zip").findings
    assert found.what.endswith("If another program packed it anew, unpack it and check the folder.")
    report = verify_package(folder)
    assert report.ok, report.findings
    assert report.fingerprint == small_package().plan.manifest_sha256
