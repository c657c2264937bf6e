"""The seal beside the bag: the record's next entry, which names the bag, proved by the log's own key."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from covertops.export.content import Seal
from covertops.export.verifier import verify_package
from covertops.ledger.proof import read_proof, write_proof
from tests.export.attacking import Files, expect_finding, files_of, rehashed, root_of, verdict, zipped
from tests.export.making import Made, make_package, planned, sealed, small_package
from tests.ledger import stranger
from tests.ledger.samples import VKEY

FOLDER = "EXP-2026-0001-1"
ENTRY, PROOF = f"{FOLDER}/seal/entry.json", f"{FOLDER}/seal/entry.tlog-proof"


def under(made: Made, seal: Seal) -> Files:
    """The files of a package under another seal."""
    return files_of(planned(made.package, seal))


def test_a_seal_names_the_bag_and_is_in_the_signed_log(tmp_path: Path) -> None:
    report = verdict(files_of(small_package().plan), tmp_path)
    assert report.ok, report.findings


def test_a_readable_file_that_was_changed_after_the_release_breaks_the_seal(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    path = f"{root_of(files)}/data/records/record.html"
    files[path] = files[path].replace(b"Three owners", b"Nine owners")
    report = verdict(rehashed(files), tmp_path)
    found = {one.where: one.what for one in report.findings}
    assert "the seal names" in found["tagmanifest-sha256.txt"]
    assert found["data/records/record.html"].startswith("was changed: it says something else than the entries")


def test_a_readable_file_that_the_department_itself_sealed_with_other_words_is_a_finding_too(tmp_path: Path) -> None:
    made = small_package()
    files = files_of(made.plan)
    path = f"{root_of(files)}/data/records/record.html"
    files[path] = files[path].replace(b"Three owners", b"Nine owners")
    files = rehashed(files)
    fingerprint = stranger.sha256(files[f"{root_of(files)}/tagmanifest-sha256.txt"]).hex()
    own = files_of(planned(made.package, sealed(made.world, made.package, manifest_sha256=fingerprint)))
    files |= {name: own[name] for name in (ENTRY, PROOF)}
    report = verdict(files, tmp_path)
    found = {one.where: one.what for one in report.findings}
    assert "tagmanifest-sha256.txt" not in found
    assert found["data/records/record.html"].startswith("was sealed though it says something else than the entries")


@pytest.mark.parametrize(
    ("others", "what"),
    [
        ({"manifest_sha256": "0" * 64}, "the seal names 0000"),
        ({"tree_size": 7}, "seals a package against 7 entries"),
        ({"released": "prepared"}, "seals the release in entry"),
    ],
)
def test_a_seal_of_something_else_is_refused(others: dict[str, Any], what: str, tmp_path: Path) -> None:
    made = small_package()
    if "released" in others:
        prepared = next(it for it in made.world.entries if type(it.entry).__name__ == "ExportPrepared")
        others = {"released": prepared.ref}
    expect_finding(under(made, sealed(made.world, made.package, **others)), tmp_path, "", what)


def test_a_seal_that_does_not_stand_right_after_the_release_in_the_log_is_refused(tmp_path: Path) -> None:
    made = small_package()
    seal = sealed(made.world, made.package, between=1)
    expect_finding(under(made, seal), tmp_path, "seal/entry.json", "stands at index 32 of the log, expected 31")


def test_a_seal_proved_by_another_checkpoint_than_the_one_it_brought_is_refused(tmp_path: Path) -> None:
    made = small_package()
    seal = sealed(made.world, made.package, behind=2)
    expect_finding(under(made, seal), tmp_path, "seal/entry.tlog-proof", "is of index 31 in 34 entries")


def test_a_seal_of_another_package_is_refused(tmp_path: Path) -> None:
    made, other = small_package(), make_package()
    expect_finding(under(made, other.seal), tmp_path, "seal/entry.json", "previous: expected")


def test_a_seal_that_withholds_is_refused(tmp_path: Path) -> None:
    made = small_package()
    bare = replace(made.seal, entry=replace(made.seal.entry, fields=made.seal.entry.fields[:-1]))
    expect_finding(under(made, bare), tmp_path, "seal/entry.json", "does not show every field")
    empty = replace(made.seal, entry=replace(made.seal.entry, body=None, fields=()))
    report = verify_package(zipped(under(made, empty), tmp_path / "empty.zip"), VKEY)
    assert "is not the entry that seals a package" in {one.what for one in report.findings}


def test_another_entry_is_no_seal(tmp_path: Path) -> None:
    made = small_package()
    other = Seal(made.package.entries[-1], made.package.proofs[-1])
    expect_finding(under(made, other), tmp_path, "seal/entry.json", "number: expected")


@pytest.mark.parametrize("path", [ENTRY, PROOF])
def test_a_seal_that_is_missing_or_junk_is_named(path: str, tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    for junk in (b"", b"[]", b"\xff", files[path] + b" "):
        report = verify_package(zipped(files | {path: junk}, tmp_path / "junk.zip"), VKEY)
        assert path.removeprefix(f"{FOLDER}/") in {one.where for one in report.findings}
    del files[path]
    expect_finding(files, tmp_path, path.removeprefix(f"{FOLDER}/"), "is missing")


def test_a_proof_of_the_seal_has_one_writing(tmp_path: Path) -> None:
    made = small_package()
    proof = read_proof(made.seal.proof)
    cosigned = write_proof(proof.index, proof.hashes, proof.note + "— witness.example d2l0bmVzcyBzaWduYXR1cmU=\n")
    for text in (made.seal.proof.replace("index ", "extra \nindex ", 1), cosigned):
        report = verify_package(zipped(under(made, replace(made.seal, proof=text)), tmp_path / "one.zip"), VKEY)
        assert [str(one) for one in report.findings] == [
            "seal/entry.tlog-proof: holds lines besides the proof and the log’s own signature"
        ]


def test_what_else_lies_beside_the_bag_is_named(tmp_path: Path) -> None:
    files = files_of(small_package().plan) | {f"{FOLDER}/seal/another.json": b"", f"{FOLDER}/seal/deep/er": b""}
    expect_finding(files, tmp_path, "seal/another.json", "is no part of the package")
    expect_finding(files, tmp_path, "seal/deep/er", "is no part of the package")


def test_a_copy_of_start_here_with_another_fingerprint_is_named(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    name = f"{FOLDER}/START-HERE.txt"
    fingerprint = small_package().plan.manifest_sha256
    assert fingerprint[:4].encode() in files[name]
    assert fingerprint[:4].encode() not in files[f"{root_of(files)}/data/START-HERE.txt"]
    files[name] = files[name].replace(fingerprint[:4].encode(), b"0000", 1)
    expect_finding(files, tmp_path, "START-HERE.txt", "is not the bag’s own with the fingerprint in it")


def test_a_stranger_checks_the_seal_from_the_specification_alone() -> None:
    files = files_of(small_package().plan)
    bag = root_of(files)
    name, key_id, raw = stranger.read_key(files[f"{bag}/data/log/log-key"].decode())
    text = files[PROOF].decode()
    note = text.split("\n\n", 1)[1]
    size, root = stranger.read_checkpoint(note, name, key_id, raw)
    entry = json.loads(files[ENTRY])
    leaf = base64.b64decode(entry["header"])
    header = stranger.read(leaf, stranger.HEADER)
    stranger.check_proof(text, note, header, leaf, size, root)
    last = json.loads(files[max(path for path in files if "/entries/" in path)])
    before = base64.b64decode(last["header"])
    stranger.check_chain(header, (json.loads(before), before), name, json.loads(before)["number"] + 1)
    report = stranger.Report("")
    stranger.read_layers(entry, header, report)
    values = report.values[header["number"]]
    assert values["manifest_sha256"] == stranger.sha256(files[f"{bag}/tagmanifest-sha256.txt"]).hex()
    assert (values["tree_size"], size) == (header["index"], header["index"] + 1)
