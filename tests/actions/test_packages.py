"""Packages from the record of a real installation, on both databases."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from covertops.actions import packages
from covertops.actions.folding import Folds
from covertops.actions.operations import NotFound
from covertops.domain.policy import parse_policy
from covertops.domain.refusals import Refusal
from covertops.domain.vocabulary import Stage
from covertops.export import ceilings
from covertops.export.zip_stream import ContentChanged
from covertops.storage.durable_file import FileMissing
from covertops.storage.ledger_read import read_stream
from covertops.vault.envelope import SealBroken
from tests.playing import Town

REFERENCE = "EXP-2026-0001-1"
ADVICE = (b"Advice of the prosecutor, privileged.", b"Advice of the city attorney, privileged.")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 5000


def worked(town: Town) -> str:
    """An active operation with a capture and an activity."""
    operation_id = town.bring(Stage.ACTIVE)
    town.clock.advance(timedelta(hours=1))
    number = town.capture(operation_id, PICTURE)
    town.act("log-activity", operation_id, "investigator-1", town.activity((number,)))
    return operation_id


def prepare(town: Town, operation_id: str, *withheld: str) -> None:
    """The supervisor prepares a package."""
    answers = {
        "audience": "prosecutor",
        "recipient": town.people["prosecutor"],
        "case_number": "26-004518",
        "purpose": "Discovery",
        "withheld": list(withheld),
    }
    town.act("prepare-export", operation_id, "supervisor-1", answers)


def release(town: Town, operation_id: str, *withheld: str) -> str:
    """A released package's operation."""
    prepare(town, operation_id, *withheld)
    town.act("release-export", operation_id, "chief", {"reason": "The case was filed."})
    town.clock.advance(timedelta(minutes=1))
    return operation_id


def fetched(town: Town, operation_id: str, person: str = "prosecutor", reference: str = REFERENCE) -> bytes:
    """The bytes that somebody downloads."""
    found = packages.download(town.house, operation_id, reference, town.people[person], town.clock())
    data = b"".join(found.chunks)
    assert found.size == len(data)
    assert found.filename == f"{reference}.zip"
    return data


def key_of(town: Town) -> str:
    """The log's verifier key."""
    with town.house.store.read() as unit:
        return unit.log_key.verifier


def kinds(town: Town, operation_id: str) -> list[str]:
    """The kinds of the operation's entries, in order."""
    with town.house.store.read() as unit:
        return [one.kind for one in read_stream(unit, operation_id)]


def test_the_entry_after_a_release_names_the_fingerprint_of_what_is_downloaded(town: Town, tmp_path: Path) -> None:
    operation_id = release(town, worked(town))
    assert kinds(town, operation_id)[-2:] == ["export.released", "export.sealed"]
    (tmp_path / "package.zip").write_bytes(fetched(town, operation_id))
    report = packages.verify(tmp_path / "package.zip", key_of(town))
    assert report.ok, report.findings
    assert report.pinned
    assert report.captures == 1
    assert "  Policy 2.8: met" in report.covered
    assert "  Department rules: met" in report.covered
    with town.house.store.read() as unit:
        sealed = next(one for one in read_stream(unit, operation_id) if one.kind == "export.sealed")
    assert sealed.fields["manifest_sha256"] == report.fingerprint


def test_the_same_release_gives_the_same_bytes_whatever_happens_after_it(town: Town) -> None:
    operation_id = release(town, worked(town))
    first = fetched(town, operation_id)
    town.act("log-activity", operation_id, "investigator-1", town.activity())
    town.capture(operation_id, b"another capture")
    release(town, operation_id)
    assert fetched(town, operation_id) == first
    assert fetched(town, operation_id, reference="EXP-2026-0001-2") != first


def test_a_later_package_holds_the_seal_of_the_earlier_one(town: Town, tmp_path: Path) -> None:
    operation_id = release(town, worked(town))
    first = packages.package_of(town.house, operation_id, REFERENCE)
    release(town, operation_id)
    data = fetched(town, operation_id, reference="EXP-2026-0001-2")
    assert first.manifest_sha256.encode() in data
    (tmp_path / "package.zip").write_bytes(data)
    assert packages.verify(tmp_path / "package.zip", key_of(town)).ok


def test_every_copy_that_leaves_is_on_record_before_its_first_byte(town: Town) -> None:
    operation_id = release(town, worked(town))
    for person in ("prosecutor", "chief", "supervisor-1"):
        packages.download(town.house, operation_id, REFERENCE, town.people[person], town.clock())
    with town.house.store.read() as unit:
        entries = [one for one in read_stream(unit, operation_id) if one.kind == "export.downloaded"]
    assert [one.fields["by"] for one in entries] == [
        town.people[person] for person in ("prosecutor", "chief", "supervisor-1")
    ]
    assert [one.office for one in entries] == ["prosecuting attorney", "chief", "supervisor"]


@pytest.mark.parametrize("person", ["investigator-1", "investigator-2", "administrator", "auditor"])
def test_nobody_else_learns_that_a_package_exists(town: Town, person: str) -> None:
    operation_id, who = release(town, worked(town)), town.people[person]
    for act in (packages.download, packages.about):
        with pytest.raises(NotFound):
            act(town.house, operation_id, REFERENCE, who, town.clock())
    with pytest.raises(NotFound):
        packages.receive(town.house, operation_id, REFERENCE, who, {}, town.clock())
    assert packages.packages_for(town.house, who, town.clock()) == []


def test_the_prosecutor_sees_nothing_before_the_release(town: Town) -> None:
    operation_id, who = worked(town), town.people["prosecutor"]
    prepare(town, operation_id)
    assert packages.packages_for(town.house, who, town.clock()) == []
    for reference in (REFERENCE, "EXP-2026-0001-2"):
        with pytest.raises(NotFound):
            packages.download(town.house, operation_id, reference, who, town.clock())
    with pytest.raises(NotFound):
        packages.download(town.house, "0" * 32, REFERENCE, who, town.clock())


def test_the_prosecutor_finds_and_receives_the_package_once(town: Town) -> None:
    operation_id, who = release(town, worked(town)), town.people["prosecutor"]
    (row,) = packages.packages_for(town.house, who, town.clock())
    assert (row.operation_id, row.reference, row.state) == (operation_id, REFERENCE, "released")
    given = {"fingerprint_compared": "yes", "note": ""}
    packages.receive(town.house, operation_id, REFERENCE, who, given, town.clock())
    assert packages.packages_for(town.house, who, town.clock())[0].state == "received"
    with pytest.raises(Refusal, match="Its arrival is confirmed"):
        packages.receive(town.house, operation_id, REFERENCE, who, given, town.clock())


def test_only_the_recipient_receives_it(town: Town) -> None:
    operation_id = release(town, worked(town))
    with pytest.raises(Refusal, match="No such package"):
        packages.receive(
            town.house, operation_id, REFERENCE, town.people["chief"], {"fingerprint_compared": "yes"}, town.clock()
        )


def test_advice_is_in_no_package_of_a_real_record(town: Town) -> None:
    data = fetched(town, release(town, worked(town)))
    for words in ADVICE:
        assert words not in data


def test_a_page_can_say_what_a_package_holds_and_withholds(town: Town) -> None:
    operation_id = release(town, worked(town), "1 subject: not charged")
    about = packages.about(town.house, operation_id, REFERENCE, town.people["prosecutor"], town.clock())
    planned = packages.package_of(town.house, operation_id, REFERENCE)
    assert (about.size, about.manifest_sha256) == (planned.size, planned.manifest_sha256)
    assert dict(about.facts)["Case"] == "26-004518"
    assert about.withheld[0]["ground"] == "not charged"
    assert len(about.withheld) == 9


def test_a_line_that_would_withhold_nothing_is_refused_when_the_package_is_prepared(town: Town) -> None:
    operation_id = worked(town)
    for line in ("1 subjekt: not charged", "1 by: a friend", "99 subject: x", "subject: x", "8 officers/9: x"):
        with pytest.raises(Refusal) as refused:
            prepare(town, operation_id, line)
        assert refused.value.code == "withheld"
    assert "export.prepared" not in kinds(town, operation_id)


def test_nothing_is_released_where_the_file_of_a_capture_is_gone(town: Town) -> None:
    operation_id = worked(town)
    prepare(town, operation_id)
    (file_id,) = town.house.files.ids()
    path = stored(town, file_id)
    path.rename(aside := path.with_suffix(".aside"))
    with pytest.raises(FileMissing):
        town.act("release-export", operation_id, "chief", {"reason": "The case was filed."})
    assert "export.released" not in kinds(town, operation_id)
    aside.rename(path)


def test_a_capture_that_changed_on_the_disk_breaks_the_download_off(town: Town, tmp_path: Path) -> None:
    operation_id = release(town, worked(town))
    (file_id,) = town.house.files.ids()
    path = stored(town, file_id)
    whole = path.read_bytes()
    path.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    found = packages.download(town.house, operation_id, REFERENCE, town.people["prosecutor"], town.clock())
    sent = bytearray()
    with pytest.raises((SealBroken, ContentChanged)):
        drain(found.chunks, sent)
    assert len(sent) < found.size
    with pytest.raises(packages.PackageChanged):
        packages.write(town.house, None, tmp_path / "out.zip", town.clock())
    assert not (tmp_path / "out.zip").exists()
    path.write_bytes(whole)


def stored(town: Town, file_id: str) -> Path:
    """Where the file store keeps a file."""
    return town.house.files.folder / file_id[:2] / file_id


def drain(chunks: Iterable[bytes], into: bytearray) -> None:
    """Take all there is."""
    for chunk in chunks:
        into += chunk


def test_what_is_no_longer_what_was_sealed_does_not_leave(town: Town) -> None:
    operation_id = release(town, worked(town))
    other = parse_policy(town.house.policy.source + b"\n# Another wording.\n")
    house = replace(town.house, policy=other)
    with pytest.raises(packages.PackageChanged, match="was sealed; this program or its policy file is another version"):
        packages.download(house, operation_id, REFERENCE, town.people["prosecutor"], town.clock())
    assert "export.downloaded" not in kinds(town, operation_id)


def test_a_process_that_cached_nothing_gives_the_same_package(town: Town) -> None:
    operation_id = release(town, worked(town))
    before = packages.package_of(town.house, operation_id, REFERENCE)
    fresh = replace(town.house, folds=Folds())
    assert packages.package_of(fresh, operation_id, REFERENCE).manifest_sha256 == before.manifest_sha256


def test_the_command_line_names_who_must_release(town: Town) -> None:
    with pytest.raises(Refusal, match="No package has been prepared"):
        packages.released_reference(town.house)
    operation_id = worked(town)
    prepare(town, operation_id)
    with pytest.raises(Refusal, match=f"Package {REFERENCE} is not released") as refused:
        packages.released_reference(town.house)
    assert "The Chief opens the operation and releases" in refused.value.missing[0].remedy
    town.act("release-export", operation_id, "chief", {"reason": "The case was filed."})
    assert packages.released_reference(town.house) == (operation_id, REFERENCE)
    with pytest.raises(Refusal, match="There is no package EXP-2026-0009-1"):
        packages.released_reference(town.house, "EXP-2026-0009-1")


def test_the_newest_release_is_the_one_that_is_written_and_only_its_owner_can_read_it(
    town: Town, tmp_path: Path
) -> None:
    release(town, worked(town))
    second = release(town, worked(town))
    path = tmp_path / "out.zip"
    written = packages.write(town.house, None, path, town.clock())
    assert written["reference"] == "EXP-2026-0002-1"
    assert path.read_bytes() == fetched(town, second, reference="EXP-2026-0002-1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(packages.PackageChanged, match="File exists"):
        packages.write(town.house, REFERENCE, path, town.clock())
    assert packages.verify(path, key_of(town)).ok


def test_a_withheld_capture_is_neither_opened_nor_handed_over(town: Town, tmp_path: Path) -> None:
    operation_id = worked(town)
    number = kinds(town, operation_id).index("evidence.preserved") + 1
    release(town, operation_id, f"{number} file: shows a child")
    data = fetched(town, operation_id)
    assert PICTURE[:5000] not in data
    assert len(data) < len(PICTURE)
    (tmp_path / "package.zip").write_bytes(data)
    report = packages.verify(tmp_path / "package.zip", key_of(town))
    assert report.ok, report.findings
    assert report.captures == 0


def test_a_package_that_no_verifier_would_read_is_not_released(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    operation_id = worked(town)
    prepare(town, operation_id)
    before = town.operation(operation_id).last_number
    monkeypatch.setattr(ceilings, "MOST_PAYLOAD", 1000)
    with pytest.raises(Refusal, match="No verifier would read this package"):
        town.act("release-export", operation_id, "chief", {"reason": "The case was filed."})
    assert town.operation(operation_id).last_number == before
