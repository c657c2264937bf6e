"""The verifier: what it accepts, what it says of whose key it was, and each thing it must not be talked into."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from covertops.domain.vocabulary import Stage
from covertops.export.content import Package
from covertops.export.report import Report
from covertops.export.verifier import verify_package
from covertops.ledger.checkpoint import Checkpoint, fingerprint, sign, verifier_key
from covertops.ledger.entry import Field
from covertops.ledger.proof import write_proof
from tests.domain.playing import make_world, play
from tests.domain.world import INVESTIGATOR_1
from tests.export.attacking import (
    expect_finding,
    in_folder,
    zipped,
)
from tests.export.making import (
    Made,
    altered,
    busy_world,
    make_package,
    number_of,
    package_of,
    planned,
    released,
    sealed,
    signed_log,
    small_package,
    unpacked,
    without_field,
    write_zip,
)
from tests.ledger.samples import KEY, ORIGIN, VKEY

ANOTHER = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)


def test_a_package_is_accepted_as_zip_as_folder_and_as_its_parent_folder(tmp_path: Path) -> None:
    made = make_package()
    path = write_zip(made.plan, tmp_path)
    steps: list[str] = []
    report = verify_package(path, VKEY, steps.append)
    assert report.ok, report.findings
    assert (report.entries, report.captures, report.withheld_fields, report.activities) == (23, 2, 8, 1)
    assert report.fingerprint == made.plan.manifest_sha256
    assert report.reference == "EXP-2026-0001-1"
    assert len(steps) == 9
    parent = tmp_path / "out"
    parent.mkdir()
    assert verify_package(unpacked(made.plan, parent), VKEY) == report
    assert verify_package(parent, VKEY) == report


@pytest.mark.parametrize("key", [VKEY, fingerprint(KEY.public_key()), f" {fingerprint(KEY.public_key()).upper()}\n"])
def test_the_key_that_the_reader_brought_proves_whose_log_it_is(key: str, tmp_path: Path) -> None:
    report = verify_package(write_zip(small_package().plan, tmp_path), key)
    assert report.ok
    assert report.pinned
    assert "Signed by the log whose key you gave" in report.as_lines()[-3]


def test_a_package_that_withholds_a_file_an_entry_and_a_name_is_accepted(tmp_path: Path) -> None:
    made = make_package(busy_world(), "14 file: shows a child", "9 entry: another case", "2 name: works elsewhere")
    report = verify_package(write_zip(made.plan, tmp_path), VKEY)
    assert report.ok, report.findings
    assert (report.captures, report.withheld_entries, report.withheld_fields) == (1, 1, 15)


def test_without_a_key_the_answer_says_that_the_identity_is_unproven(tmp_path: Path) -> None:
    report = verify_package(write_zip(small_package().plan, tmp_path))
    assert report.ok
    assert not report.pinned
    assert "IDENTITY UNPROVEN: compare the key’s fingerprint" in report.identity
    assert fingerprint(KEY.public_key()) in report.identity
    assert report.as_data()["identity"] == report.identity


@pytest.mark.parametrize("key", [verifier_key(ORIGIN, ANOTHER.public_key()), "0" * 64, "", "no key at all"])
def test_another_key_is_refused(key: str, tmp_path: Path) -> None:
    report = verify_package(write_zip(small_package().plan, tmp_path), key)
    assert not report.ok
    assert "data/log/log-key" in {one.where for one in report.findings}


def forged(made: Made, key: Ed25519PrivateKey = ANOTHER) -> Package:
    """The same package signed by another key, everything else in order."""
    _, tree = signed_log(list(made.headers))
    note = sign(Checkpoint(ORIGIN, len(made.headers), tree.root()), key)
    mine = [one for one in made.headers if one.stream == made.world.operation.id]
    proofs = tuple(write_proof(one.index, tree.inclusion(one.index), note) for one in mine)
    return replace(made.package, checkpoint=note, proofs=proofs, log_key=verifier_key(ORIGIN, key.public_key()))


def test_a_forgery_with_a_key_of_its_own_is_whole_in_itself_and_refused_by_the_pinned_key(tmp_path: Path) -> None:
    made = small_package()
    package = forged(made)
    path = write_zip(planned(package, sealed(made.world, package, key=ANOTHER)), tmp_path)
    assert verify_package(path).ok
    assert "IDENTITY UNPROVEN" in verify_package(path).identity
    assert not verify_package(path, VKEY).ok


def test_a_checkpoint_signed_by_another_key_than_the_packages_is_refused(tmp_path: Path) -> None:
    package = replace(forged(small_package()), log_key=VKEY)
    expect_finding(planned(package, small_package().seal), tmp_path, "data/log/checkpoint", "is not signed by")


def test_nothing_checked_is_never_well(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.zip").write_bytes(b"")
    zipped({}, tmp_path / "no-files.zip")
    in_folder({"A.bag/x": b""}, tmp_path / "bag")
    for name in ("empty", "empty.zip", "no-files.zip", "bag"):
        report = verify_package(tmp_path / name)
        assert not report.ok
        assert report.findings
    assert not Report().ok
    assert Report().verdict == "NOTHING TO CHECK."


def test_an_answer_can_be_read_by_programs_and_by_people(tmp_path: Path) -> None:
    report = verify_package(write_zip(small_package().plan, tmp_path), VKEY)
    data = json.loads(json.dumps(report.as_data()))
    assert (data["ok"], data["findings"], data["pinned"]) == (True, [], True)
    lines = report.as_lines()
    assert lines[0].startswith("Package EXP-2026-0001-1: 70 files (")
    assert "  Policy 2.8: met" in lines
    assert lines[-2].startswith("Intact. CONTINUOUS, NOT COMPLETE")
    assert lines[-1] == "This is not legal advice."


def test_each_activity_is_answered_by_the_rules_in_the_package(tmp_path: Path) -> None:
    world = play(make_world(Stage.ACTIVE), "suspend", "supervisor-1").after(timedelta(minutes=5))
    made = make_package(play(world, "log-activity", INVESTIGATOR_1))
    report = verify_package(write_zip(made.plan, tmp_path), VKEY)
    assert report.ok
    assert report.covered[1:3] == ["  Policy 2.8: met", "  Department rules: NOT MET"]


@pytest.mark.parametrize("line", ["5 ends_at: sealed", "5 entry: another case"])
def test_a_copy_that_withholds_what_decides_says_not_determinable(line: str, tmp_path: Path) -> None:
    made = make_package(play(make_world(Stage.ACTIVE), "log-activity", INVESTIGATOR_1), line)
    report = verify_package(write_zip(made.plan, tmp_path), VKEY)
    assert report.ok, report.findings
    assert "  Policy 2.8: not determinable from this copy" in report.covered
    assert (report.withheld_entries == 1) == ("entry" in line)


# Whoever has this program can write every readable file anew. Only the signed log stops them.


def test_a_tail_cut_off_with_everything_written_anew_is_found(tmp_path: Path) -> None:
    made = small_package()
    number = number_of(made, "ExportReleased")
    twice = make_package(made.world.after(timedelta(minutes=1)))
    assert twice.plan.reference == "EXP-2026-0001-2"
    cut = replace(twice.package, entries=twice.package.entries[:number], proofs=twice.package.proofs[:number])
    expect_finding(
        planned(cut, twice.seal),
        tmp_path,
        f"data/log/entries/{number + 1:06d}.json",
        "is missing: the log had",
    )


def test_a_field_taken_out_with_everything_written_anew_is_found(tmp_path: Path) -> None:
    made = small_package()
    entry = altered(made, 1, without_field("offense"))
    hidden = replace(entry.entries[0], withheld={**entry.entries[0].withheld, "offense": "said the forger"})
    package = replace(entry, entries=(hidden, *entry.entries[1:]))
    expect_finding(planned(package, made.seal), tmp_path, "entries/000001.json", "the field offense is missing")


def test_an_entry_withheld_without_a_line_of_the_preparer_is_found(tmp_path: Path) -> None:
    made = small_package()
    package = altered(made, 9, lambda one: replace(one, body=None, fields=(), withheld={"entry": "said the forger"}))
    expect_finding(planned(package, made.seal), tmp_path, "entries/000009.json", "withheld as a whole and no ground")


def test_a_field_that_was_to_be_withheld_and_is_shown_is_found(tmp_path: Path) -> None:
    made = make_package(busy_world(), "1 offense: sealed")
    shown = next(one for one in small_package().package.entries[0].fields if b'"offense"' in one)

    def change(one):
        fields = sorted((*one.fields, shown), key=lambda data: Field.from_bytes(data).name)
        return replace(one, fields=tuple(fields), withheld={})

    expect_finding(planned(altered(made, 1, change), made.seal), tmp_path, "entries/000001.json", "offense is shown")


def test_a_field_with_another_value_is_found(tmp_path: Path) -> None:
    made = small_package()

    def change(one):
        fields = [
            Field(read.salt, read.name, "Nobody was suspected") if read.name == "offense" else read
            for read in map(Field.from_bytes, one.fields)
        ]
        return replace(one, fields=tuple(field.to_bytes() for field in fields))

    expect_finding(
        planned(altered(made, 1, change), made.seal), tmp_path, "entries/000001.json", "the field offense is"
    )


def test_a_reference_to_another_entry_than_the_one_here_is_found_though_the_log_is_signed(tmp_path: Path) -> None:
    world = released(make_world(Stage.ACTIVE))
    package, _ = package_of(world, {}, lead_astray=5)
    expect_finding(planned(package, sealed(world, package)), tmp_path, "entries/000005.json", "request refers to")
