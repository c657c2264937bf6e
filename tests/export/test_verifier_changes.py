"""Whatever is done to the files of a package, manifests made to fit or not, is found and named."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from covertops.domain.vocabulary import Stage
from covertops.export.look import look_at
from covertops.export.package_files import PackageFiles
from covertops.export.report import Report
from covertops.export.verifier import verify_package
from tests.domain.playing import make_world, play
from tests.domain.world import INVESTIGATOR_1
from tests.export.attacking import (
    Files,
    expect_finding,
    files_of,
    rehashed,
    root_of,
    verdict,
    zipped,
)
from tests.export.making import (
    package_of,
    planned,
    released,
    sealed,
    small_package,
    write_zip,
)
from tests.ledger.samples import VKEY

Change = Callable[[Files, str], None]
Rewrite = Callable[[bytes], bytes]


# What somebody can do to the files. Each is done to a package that is in order again afterwards: count, manifest and
# tag manifest are those of the changed files.


def delete(path: str) -> Change:
    def change(files: Files, root: str) -> None:
        del files[f"{root}/{path}"]

    return change


def put(path: str, data: bytes = b"new") -> Change:
    def change(files: Files, root: str) -> None:
        files[f"{root}/{path}"] = data

    return change


def rewrite(path: str, old: bytes, new: bytes) -> Change:
    def change(files: Files, root: str) -> None:
        assert old in files[f"{root}/{path}"]
        files[f"{root}/{path}"] = files[f"{root}/{path}"].replace(old, new, 1)

    return change


def entry_edited(number: int, edit: Callable[[dict[str, Any]], None]) -> Change:
    """Another writing of an entry's file."""

    def change(files: Files, root: str) -> None:
        name = f"{root}/data/log/entries/{number:06d}.json"
        entry = json.loads(files[name])
        edit(entry)
        files[name] = dumped(entry)

    return change


def header_edited(number: int, **values: object) -> Change:
    """A header with other values, otherwise as canonical as it was."""

    def edit(entry: dict[str, Any]) -> None:
        header = json.loads(base64.b64decode(entry["header"])) | values
        entry["header"] = base64.b64encode(dumped(header)).decode()

    return entry_edited(number, edit)


def proof_astray(number: int) -> Change:
    """A proof whose first hash is another, otherwise as it was."""

    def change(files: Files, root: str) -> None:
        name = f"{root}/data/log/proofs/{number:06d}.tlog-proof"
        lines = files[name].split(b"\n")
        lines[2] = base64.b64encode(bytes(32))
        files[name] = b"\n".join(lines)

    return change


def dumped(value: object) -> bytes:
    """Canonical JSON, as far as these values need it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def reversed_fields(entry: dict[str, Any]) -> None:
    entry["fields"].reverse()


def swap(one: str, other: str) -> Change:
    def change(files: Files, root: str) -> None:
        first, second = f"{root}/{one}", f"{root}/{other}"
        files[first], files[second] = files[second], files[first]

    return change


def spaced(path: str) -> Change:
    """Another writing of the same JSON."""

    def change(files: Files, root: str) -> None:
        name = f"{root}/{path}"
        files[name] = json.dumps(json.loads(files[name])).encode()

    return change


COSIGNED = "\n— witness.example d2l0bmVzcyBzaWduYXR1cmU=\n—".encode()
"""The beginning of the log's own signature line, behind that of somebody we know nothing of."""

CHANGES: list[tuple[Change, str, str]] = [
    (delete("data/log/entries/000007.json"), "data/log/entries/000007.json", "is missing"),
    (delete("data/log/proofs/000007.tlog-proof"), "data/log/proofs/000007.tlog-proof", "is missing"),
    (delete("data/log/checkpoint"), "data/log/checkpoint", "is missing"),
    (delete("data/log/log-key"), "data/log/log-key", "is missing"),
    (delete("data/log/policy.toml"), "data/log/policy.toml", "is missing"),
    (delete("data/records/record.html"), "data/records/record.html", "is missing"),
    (delete("data/evidence/EV-0001/EV-0001.png"), "data/evidence/EV-0001/EV-0001.png", "entry 14 preserved it"),
    (delete("data/evidence/EV-0001/intake.json"), "data/evidence/EV-0001/intake.json", "is missing"),
    (put("data/evidence/EV-0003/EV-0003.png"), "data/evidence/EV-0003/EV-0003.png", "no entry refers to it"),
    (put("data/log/proofs/000099.tlog-proof"), "data/log/proofs/000099.tlog-proof", "is no part of the package"),
    (put("data/log/entries/000099.json"), "data/log/entries/000099.json", ""),
    (put("data/extra"), "data/extra", "is no part of the package"),
    (put("stray.txt"), "stray.txt", "is no part of the package"),
    (put("manifest-md5.txt"), "manifest-md5.txt", "is no part of the package"),
    (put("fetch.txt"), "fetch.txt", "is no part of the package"),
    (put("bagit.txt", b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"), "bagit.txt", "BagIt 1.0"),
    (rewrite("bag-info.txt", b"Example", b"Another"), "bag-info.txt", "says something else"),
    (rewrite("data/records/record.html", b"Three owners", b"Nine owners"), "data/records/record.html", "line "),
    (rewrite("data/records/record.json", b"toolbuyer40", b"toolbuyer41"), "data/records/record.json", "line "),
    (rewrite("data/records/coverage.txt", b": met", b": NOT"), "data/records/coverage.txt", "line "),
    (rewrite("data/records/coverage.json", b"true", b"false"), "data/records/coverage.json", "line "),
    (rewrite("data/inventory/inventory.csv", b"original", b"copy"), "data/inventory/inventory.csv", "line "),
    (rewrite("data/disclosure/withheld.csv", b"field", b"Field"), "data/disclosure/withheld.csv", "line "),
    (rewrite("data/schema/dictionary.json", b"open", b"shut"), "data/schema/dictionary.json", "line "),
    (put("data/disclosure/withheld.json", b""), "data/disclosure/withheld.json", "says something else"),
    (rewrite("data/log/policy.toml", b"value = 90", b"value = 91"), "data/log/policy.toml", "the release names"),
    (put("data/log/policy.toml", b"\xff"), "data/log/policy.toml", "has SHA-256 a8100ae6"),
    (rewrite("data/log/log-key", b"\n", b"\n\n"), "data/log/log-key", "is not one line"),
    (put("data/log/log-key", b"\xff\n"), "data/log/log-key", "is not UTF-8"),
    (put("data/log/log-key", b"example.gov/covert+92ca13f6+****\n"), "data/log/log-key", "base64"),
    (rewrite("data/log/checkpoint", b"\n31\n", b"\n30\n"), "data/log/checkpoint", "signature"),
    (put("data/log/checkpoint", b""), "data/log/checkpoint", ""),
    (
        rewrite("data/log/proofs/000004.tlog-proof", b"index ", b"extra \nindex "),
        "proofs/000004",
        "not a proof against",
    ),
    (swap("data/log/entries/000004.json", "data/log/entries/000005.json"), "entries/000004.json", "holds entry 5"),
    (swap("data/log/proofs/000004.tlog-proof", "data/log/proofs/000005.tlog-proof"), "proofs/000004", "index"),
    (
        swap("data/evidence/EV-0001/EV-0001.png", "data/evidence/EV-0002/EV-0002.bin"),
        "data/evidence/EV-0001/EV-0001.png",
        "entry 14 says",
    ),
    (spaced("data/log/entries/000004.json"), "entries/000004.json", "canonical"),
    (proof_astray(4), "proofs/000004.tlog-proof", "the proof leads to root"),
    (put("data/log/proofs/000004.tlog-proof", b""), "proofs/000004.tlog-proof", "a proof begins with"),
    (entry_edited(4, lambda entry: entry["fields"].append(7)), "entries/000004.json", "a field is not base64"),
    (entry_edited(4, reversed_fields), "entries/000004.json", "not in order of their names"),
    (
        header_edited(4, time="2020-01-01T00:00:00.000000Z"),
        "entries/000004.json",
        "does not follow",
    ),
    (header_edited(4, previous="00" * 32), "entries/000004.json", "previous: expected"),
    (header_edited(4, origin="another.example/log"), "entries/000004.json", "is of the log another.example/log"),
    (header_edited(4, index=6), "proofs/000004.tlog-proof", "is of the entry at index 5"),
    (header_edited(4, body="00" * 32), "entries/000004.json", "the body's SHA-256 is"),
    (rewrite("data/log/checkpoint", b"\n\xe2\x80\x94", COSIGNED), "data/log/checkpoint", "holds lines besides"),
    (put("data/log/entries/000004.json", b"[]"), "entries/000004.json", "header, body and fields"),
    (put("data/log/entries/000004.json", b'{"fields":[1],"header":""}'), "entries/000004.json", ""),
]


@pytest.mark.parametrize(("change", "where", "what"), CHANGES, ids=lambda one: one if isinstance(one, str) else "")
def test_a_change_by_somebody_who_knows_bagit_is_found_and_named(
    change: Change, where: str, what: str, tmp_path: Path
) -> None:
    files = files_of(small_package().plan)
    change(files, root_of(files))
    expect_finding(rehashed(files), tmp_path, where, what)


@pytest.mark.parametrize(("change", "where", "what"), CHANGES[:20], ids=lambda one: one if isinstance(one, str) else "")
def test_the_same_change_without_new_manifests_is_found_by_its_digest_too(
    change: Change, where: str, what: str, tmp_path: Path
) -> None:
    files = files_of(small_package().plan)
    change(files, root_of(files))
    expect_finding(files, tmp_path, where)


def test_a_gap_in_the_entries_is_told_once_however_wide_it_is(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    root = root_of(files)
    files[f"{root}/data/log/entries/999999999999.json"] = files[f"{root}/data/log/entries/000005.json"]
    report = verdict(rehashed(files), tmp_path)
    assert [str(one) for one in report.findings] == [
        "data/log/entries/000024.json: is missing, and those after it up to 999999999998",
        "data/log/entries/999999999999.json: holds entry 5",
        "data/log/proofs/999999999999.tlog-proof: is missing",
    ]


def test_an_entry_under_another_writing_of_its_number_is_no_part_of_the_package(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    root = root_of(files)
    files[f"{root}/data/log/entries/0000005.json"] = files[f"{root}/data/log/entries/000005.json"]
    expect_finding(rehashed(files), tmp_path, "data/log/entries/0000005.json", "is no part of the package")


@pytest.mark.parametrize(
    ("policy", "where", "what"),
    [
        (b"a = " + b"[" * 100_000, "data/log/entries", "cannot be read as a record of ours"),
        (b'title = "Another"', "data/log/policy.toml", "the policy file cannot be read"),
    ],
    ids=["deep", "other"],
)
def test_a_policy_that_no_reader_can_use_is_named_though_the_log_is_signed(
    policy: bytes, where: str, what: str, tmp_path: Path
) -> None:
    world = released(make_world(Stage.ACTIVE))
    entries = list(world.entries)
    named = replace(entries[-1].entry, policy=hashlib.sha256(policy).hexdigest())  # type: ignore[call-arg]
    entries[-1] = replace(entries[-1], entry=named)
    package, _ = package_of(replace(world, entries=tuple(entries)), {})
    files = files_of(planned(package, small_package().seal))
    files[f"{root_of(files)}/data/log/policy.toml"] = policy
    report = verdict(rehashed(files), tmp_path)
    assert [one.where for one in report.findings] == [where]
    assert what in report.findings[0].what


def test_documents_beyond_what_memory_is_to_hold_are_not_read(tmp_path: Path) -> None:
    report = Report()
    with PackageFiles(write_zip(small_package().plan, tmp_path)) as files:
        seen, _ = look_at(files, report, room=20_000)
    assert {one.what for one in report.findings} == {
        "is larger than the documents of a package are, all of them together"
    }
    assert sum(len(one.data or b"") for one in seen.values()) <= 20_000
    assert "data/evidence/EV-0001/EV-0001.png" in seen


@pytest.mark.parametrize("name", ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_a_tag_file_that_is_missing_is_named(name: str, tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    del files[f"{root_of(files)}/{name}"]
    report = verdict(files, tmp_path)
    assert str(report.findings[0]) == f"{name}: is missing"


def test_a_file_that_only_the_manifest_still_knows_is_named(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    del files[f"{root_of(files)}/data/records/record.html"]
    expect_finding(files, tmp_path, "data/records/record.html", "is missing: manifest-sha256.txt lists it")


def test_a_package_without_its_release_is_named_by_the_entry_that_should_be_it(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    root = root_of(files)
    entry, proof = f"{root}/data/log/entries/000023.json", f"{root}/data/log/proofs/000023.tlog-proof"
    hidden = dumped({"fields": [], "header": json.loads(files[entry])["header"]})
    cut = {path: data for path, data in files.items() if path not in (entry, proof)}
    for changed in (cut, files | {entry: hidden}):
        report = verify_package(zipped(rehashed(changed), tmp_path / "changed.zip"), VKEY)
        assert [(one.where, one.what) for one in report.findings] == [
            ("data/log/entries/000023.json", "no entry of this copy releases a package")
        ]


def test_an_entry_after_the_release_is_named_though_the_log_is_signed(tmp_path: Path) -> None:
    world = play(released(make_world(Stage.ACTIVE)), "log-activity", INVESTIGATOR_1)
    package, _ = package_of(world, {})
    number = len(world.entries)
    expect_finding(
        planned(package, sealed(world, package)),
        tmp_path,
        f"entries/{number:06d}.json",
        "follows the release",
    )


def in_another_order(lines: bytes) -> bytes:
    """A manifest whose first two lines changed places."""
    first, second, rest = lines.split(b"\n", 2)
    return b"\n".join((second, first, rest))


REWRITTEN: dict[str, tuple[Rewrite, str]] = {
    "another order": (in_another_order, "is not in order"),
    "no line": (lambda lines: lines + b"not a line\n", "is not a digest"),
    "twice": (lambda lines: lines + lines.split(b"\n")[0] + b"\n", " again"),
    "cut": (lambda lines: lines[:-1], "does not end in a line feed"),
    "binary mark": (lambda lines: lines.replace(b"  ", b" *", 1), "is not a digest"),
    "empty": (lambda lines: lines[:0], "does not end in a line feed"),
}


@pytest.mark.parametrize("how", REWRITTEN)
@pytest.mark.parametrize("name", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_a_manifest_has_one_writing(name: str, how: str, tmp_path: Path) -> None:
    rewritten, what = REWRITTEN[how]
    files = files_of(small_package().plan)
    path = f"{root_of(files)}/{name}"
    files[path] = rewritten(files[path])
    expect_finding(files, tmp_path, name, what)


def test_a_start_here_that_says_something_else_is_named(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    for name in ("EXP-2026-0001-1/START-HERE.txt", f"{root_of(files)}/data/START-HERE.txt"):
        changed = files[name].replace(b"LAW ENFORCEMENT SENSITIVE", b"PUBLIC")
        report = verify_package(zipped(rehashed(files | {name: changed}), tmp_path / "changed.zip"), VKEY)
        assert name.removeprefix("EXP-2026-0001-1/").removeprefix("EXP-2026-0001-1.bag/") in {
            one.where for one in report.findings
        }


def test_a_start_here_that_is_missing_is_named(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    del files["EXP-2026-0001-1/START-HERE.txt"]
    expect_finding(files, tmp_path, "START-HERE.txt", "is missing")


def test_what_lies_beside_the_bag_is_named(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    files["EXP-2026-0001-1/READ-ME.exe"] = b"MZ"
    files["elsewhere/file.txt"] = b""
    expect_finding(files, tmp_path, "READ-ME.exe", "is no part of the package")
    expect_finding(files, tmp_path, "elsewhere/file.txt", "is no part of the package")


def test_a_bag_under_another_reference_is_named(tmp_path: Path) -> None:
    files = {path.replace("1.bag/", "9.bag/"): data for path, data in files_of(small_package().plan).items()}
    expect_finding(files, tmp_path, "EXP-2026-0001-9.bag", "is the folder of another package")


def test_two_bags_are_no_package(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    files |= {path.replace("1.bag/", "2.bag/"): data for path, data in files.items()}
    report = verify_package(zipped(files, tmp_path / "two.zip"), VKEY)
    assert [str(one) for one in report.findings] == ["two.zip: expected one folder whose name ends in .bag, found 2"]
