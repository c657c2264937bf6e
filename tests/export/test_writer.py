"""The package as a whole: the same bytes every time, and right to readers who know nothing of this program."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from covertops.export.names import PART
from covertops.export.record import CannotRead
from covertops.export.writer import plan_bag
from tests.domain.playing import make_world
from tests.export.making import (
    LONG,
    bag_of,
    capture,
    make_package,
    number_of,
    package_of,
    planned,
    released,
    small_package,
    unpacked,
    without_field,
)
from tests.export.making import altered as altered_package
from tests.ledger import stranger
from tests.ledger.samples import VKEY


def test_the_same_package_has_the_same_bytes_every_time() -> None:
    first, second = make_package(), make_package()
    assert first.package.entries == second.package.entries
    assert b"".join(first.plan.stream()) == b"".join(second.plan.stream())
    assert b"".join(first.plan.stream()) == b"".join(first.plan.stream())


def test_its_length_is_known_before_it_is_sent() -> None:
    planned = make_package().plan
    assert sum(map(len, planned.stream())) == planned.size


def test_a_package_of_an_operation_without_captures_or_activities_is_made() -> None:
    made = make_package(make_world())
    assert not any("evidence" in one.path for one in made.plan.members)


def test_a_stranger_verifies_the_log_from_the_specification_alone(tmp_path: Path) -> None:
    made = small_package()
    report = stranger.verify(bag_of(unpacked(made.plan, tmp_path)) / "data/log")
    assert len(report.values) == len(made.world.entries)
    assert report.withheld_bodies == []
    assert sum(map(len, report.withheld_fields.values())) == 8
    assert report.values[1]["matter"] == "Stolen tools offered for sale"


def test_a_stranger_finds_each_capture_as_its_entry_describes_it(tmp_path: Path) -> None:
    made = make_package()
    bag = bag_of(unpacked(made.plan, tmp_path))
    values = stranger.verify(bag / "data/log").values[number_of(made, "EvidencePreserved")]
    content = (bag / "data/evidence/EV-0002/EV-0002.mp4").read_bytes()
    pieces = [content[start : start + (1 << 20)] for start in range(0, len(content), 1 << 20)]
    assert content == LONG
    assert len(content) == values["size"]
    assert stranger.sha256(content).hex() == values["sha256"]
    assert stranger.segment_root(pieces).hex() == values["segment_root"]


def test_every_file_of_the_layout_is_there() -> None:
    made = small_package()
    root = "EXP-2026-0001-1/EXP-2026-0001-1.bag/"
    paths = {one.path.removeprefix(root) for one in made.plan.members}
    count = len(made.world.entries)
    assert paths == {
        "EXP-2026-0001-1/START-HERE.txt",
        "EXP-2026-0001-1/seal/entry.json",
        "EXP-2026-0001-1/seal/entry.tlog-proof",
        "data/START-HERE.txt",
        "bag-info.txt",
        "bagit.txt",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
        "data/log/checkpoint",
        "data/log/log-key",
        "data/log/policy.toml",
        *(f"data/log/entries/{number:06d}.json" for number in range(1, count + 1)),
        *(f"data/log/proofs/{number:06d}.tlog-proof" for number in range(1, count + 1)),
        "data/evidence/EV-0001/EV-0001.png",
        "data/evidence/EV-0001/intake.json",
        "data/evidence/EV-0002/EV-0002.bin",
        "data/evidence/EV-0002/intake.json",
        "data/inventory/inventory.json",
        "data/inventory/inventory.csv",
        "data/records/record.html",
        "data/records/record.json",
        "data/records/coverage.json",
        "data/records/coverage.txt",
        "data/disclosure/withheld.json",
        "data/disclosure/withheld.csv",
        "data/schema/dictionary.json",
    }
    assert all(PART.fullmatch(part) for one in made.plan.members for part in one.path.split("/"))


def test_a_capture_of_an_unknown_type_is_plain_bytes_and_never_named_by_whoever_sent_it() -> None:
    world = capture(make_world(), b"", "application/x-evil/../../etc", name="../../run.exe")
    paths = [one.path for one in make_package(world).plan.members if "EV-0001" in one.path]
    assert [path.rpartition("/")[2] for path in paths] == ["EV-0001.bin", "intake.json"]


def test_start_here_prints_the_fingerprints_what_it_proves_and_what_it_does_not(tmp_path: Path) -> None:
    made = small_package()
    text = (unpacked(made.plan, tmp_path) / "START-HERE.txt").read_text()
    together = re.sub(r"\s", "", text)
    assert made.plan.manifest_sha256 in together
    assert VKEY in text
    assert stranger.sha256(stranger.read_key(VKEY)[2]).hex() in together
    for words in ("WHAT IT PROVES", "WHAT IT DOES NOT PROVE", "CONTINUOUS, NOT COMPLETE", "This is not legal advice."):
        assert words in text
    assert "sha256sum -c --strict" in text
    assert "certutil" in text
    assert "shasum" in text


def test_a_package_that_holds_no_release_is_not_made() -> None:
    made = small_package()
    cut = replace(made.package, entries=made.package.entries[:-1], proofs=made.package.proofs[:-1])
    with pytest.raises(CannotRead, match="no entry of this copy releases a package"):
        plan_bag(cut)


def test_a_package_that_withholds_part_of_its_own_release_is_not_made() -> None:
    made = small_package()
    number = number_of(made, "ExportReleased")
    with pytest.raises(CannotRead, match="shows every field of its preparation and its release"):
        plan_bag(altered_package(made, number, without_field("zone")))


def test_captures_that_are_not_those_the_entries_disclose_make_no_package() -> None:
    made = small_package()
    with pytest.raises(ValueError, match=r"captures of entries \[\d+\] were given, expected \[\d+, \d+\]"):
        plan_bag(replace(made.package, captures=made.package.captures[:1]))


def test_a_second_package_of_an_operation_has_a_number_of_its_own_and_holds_the_first_release() -> None:
    made = small_package()
    package, _ = package_of(released(made.world.after(timedelta(minutes=1))), made.contents)
    second = planned(package, made.seal)
    assert second.reference == "EXP-2026-0001-2"
    assert len(second.members) > len(made.plan.members)
