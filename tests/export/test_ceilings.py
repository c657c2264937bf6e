"""Whatever somebody makes and calls a package: it is refused or streamed, and never takes the reader's memory."""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from covertops.export import ceilings, package_files, zip_read
from covertops.export.check_log import read_entry_file
from covertops.export.check_record import _first_difference
from covertops.export.report import Report
from covertops.export.verifier import verify_package
from covertops.export.writer import TooMuch, plan_bag
from covertops.export.zip_stream import Member, ending, stream
from covertops.ledger.entry import Body, Field, Header
from covertops.ledger.forms import to_base64
from tests.export.attacking import files_of, in_folder, root_of, zipped
from tests.export.making import small_package
from tests.ledger.samples import VKEY

ROOM = 500 * ceilings.MIB
"""Of address space for the whole program. Kept or parsed whole, what is below would take up to forty times as much."""
BAG = "EXP-1/EXP-1.bag"


def entry_of(field: bytes) -> bytes:
    """An entry's file with one field, which its body commits to, whatever it holds."""
    digest = hashlib.sha256(field).hexdigest()
    body = Body("request.submitted", 1, "investigator", "0" * 32, {"matter": digest})
    header = Header("x.invalid/y", 0, "0" * 32, 1, None, "2026-01-01T00:00:00.000000Z", body.digest)
    parts = {"header": header.to_bytes(), "body": body.to_bytes()}
    return json.dumps(
        {"body": to_base64(parts["body"]), "fields": [to_base64(field)], "header": to_base64(parts["header"])},
        separators=(",", ":"),
    ).encode()


def sparse_file(path: Path, size: int) -> Path:
    """A file of zeros that takes no room on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    return path


def a_giant_line(folder: Path) -> Path:
    sparse_file(folder / BAG / "data/log/entries/000001.json", 2 << 30)
    sparse_file(folder / BAG / "manifest-sha256.txt", 2 << 30)
    sparse_file(folder / BAG / "data/log/checkpoint", 2 << 30)
    return folder


def many_large_documents(folder: Path) -> Path:
    for number in range(8):
        sparse_file(folder / BAG / f"data/records/{number}.json", ceilings.MOST_DOCUMENT)
    return folder


def a_manifest_of_line_feeds(folder: Path) -> Path:
    files = {f"{BAG}/manifest-sha256.txt": b"\n" * ceilings.MOST_DOCUMENT, f"{BAG}/data/x": b""}
    return in_folder(files, folder)


def a_capture_larger_than_memory(folder: Path) -> Path:
    sparse_file(folder / BAG / "data/evidence/EV-0001/EV-0001.bin", 1 << 29)
    return folder


def a_million_entries_in_a_zip_file(folder: Path) -> Path:
    path = folder / "million.zip"
    lines = 1_000_000
    path.write_bytes(ending(lines, 0, 0)[:-98] + ending(lines, 0, 0))
    return path


def an_entry_of_nested_lists(folder: Path) -> Path:
    raw = b'["' + b"0" * 32 + b'","matter",' + b"[" * 4_000_000 + b"]" * 4_000_000 + b"]"
    files = {f"{BAG}/data/log/entries/000001.json": raw[: ceilings.MOST_ENTRY]}
    return in_folder(files | {f"{BAG}/data/log/log-key": VKEY.encode() + b"\n"}, folder)


BOMBS = (
    a_giant_line,
    many_large_documents,
    a_manifest_of_line_feeds,
    a_capture_larger_than_memory,
    a_million_entries_in_a_zip_file,
    an_entry_of_nested_lists,
)
READ = """
import sys
from pathlib import Path
from covertops.export.verifier import verify_package
for path in sys.argv[1:]:
    report = verify_package(Path(path))
    print(report.ok, len(report.findings))
"""


def in_little_room() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))


def test_no_bomb_takes_more_memory_than_there_is(tmp_path: Path) -> None:
    made = []
    for bomb in BOMBS:
        (tmp_path / bomb.__name__).mkdir()
        made.append(str(bomb(tmp_path / bomb.__name__)))
    command = [sys.executable, "-c", READ, *made]
    done = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=in_little_room)
    answers = [line.split() for line in done.stdout.splitlines()]
    assert [ok for ok, _ in answers] == ["False"] * len(BOMBS)
    assert all(0 < int(count) <= ceilings.MOST_FINDINGS for _, count in answers)


FIELD = Field("0" * 32, "matter", "[[[" * 8000).to_bytes()
SHAPES: dict[str, tuple[Callable[[], bytes], str]] = {
    "many values": (
        lambda: entry_of(b'["' + b"0" * 32 + b'","matter",[' + b"0," * 100 + b"0]]"),
        "more than 100 values",
    ),
    "a long field": (lambda: entry_of(Field("0" * 32, "matter", "x" * ceilings.MOST_FIELD).to_bytes()), "read at most"),
    "a nested file": (lambda: b"[" * 100, "lists or objects where there are none"),
    "a long file": (lambda: b"x" * (ceilings.MOST_ENTRY + 1), "read at most"),
    "a nested header": (
        lambda: json.dumps({"fields": [], "header": to_base64(b"{" * 9)}, separators=(",", ":")).encode(),
        "the header holds lists or objects",
    ),
    "a nested body": (
        lambda: entry_of(FIELD).replace(b'"body":"', b'"body":"' + to_base64(b"{" * 9).encode()),
        "the body holds lists or objects",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_an_entry_of_another_shape_is_not_even_parsed(name: str) -> None:
    make, words = SHAPES[name]
    with pytest.raises(ValueError, match=words):
        read_entry_file(make())


def test_a_text_may_hold_as_many_brackets_as_it_likes() -> None:
    assert read_entry_file(entry_of(FIELD)).fields[0].value == "[[[" * 8000


def test_a_file_larger_than_files_of_its_kind_is_named(tmp_path: Path) -> None:
    files = files_of(small_package().plan)
    proof = f"{root_of(files)}/data/log/proofs/000001.tlog-proof"
    report = verify_package(zipped(files | {proof: b"x" * (ceilings.MOST_SMALL + 1)}, tmp_path / "a.zip"), VKEY)
    assert (
        "data/log/proofs/000001.tlog-proof",
        "is larger than 1048576 bytes, the most that is read of such a file",
    ) in {(one.where, one.what) for one in report.findings}


def test_more_files_than_are_read_are_refused_in_both_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_read, "MOST_FILES", 3)
    monkeypatch.setattr(package_files, "MOST_FILES", 3)
    files = {f"A.bag/{number}": b"" for number in range(4)}
    (tmp_path / "four.zip").write_bytes(b"".join(stream([Member.of(name, b"") for name in files])))
    found = [verify_package(path).findings for path in (tmp_path / "four.zip", in_folder(files, tmp_path / "four"))]
    assert [len(one) for one in found] == [1, 1]
    assert ["4 files; 3 are read at most" in found[0][0].what, "more than 3 files" in found[1][0].what] == [True, True]


def test_findings_beyond_those_listed_are_counted() -> None:
    report = Report()
    for _ in range(ceilings.MOST_FINDINGS + 5):
        report.found("x", "y")
    assert len(report.findings) == ceilings.MOST_FINDINGS
    assert report.verdict == f"NOT INTACT: {ceilings.MOST_FINDINGS + 5} found."


@pytest.mark.parametrize(
    ("found", "expected", "words"),
    [
        (b"a\nb\n", b"a\nc\n", "line 2 differs"),
        (b"a\nb", b"a\nb\nc", "2 lines, expected 3"),
        (b"a\nb\n", b"a\nb\nc\n", "line 3 differs"),
        (b"x" * 3_000_000 + b"\n1", b"x" * 3_000_000 + b"\n2", "line 2 differs"),
        (b"", b"a", "line 1 differs"),
    ],
)
def test_where_two_files_begin_to_differ_is_told(found: bytes, expected: bytes, words: str) -> None:
    assert _first_difference(found, expected) == words


def test_an_empty_folder_and_a_link_are_no_part_of_a_package(tmp_path: Path) -> None:
    folder = in_folder(files_of(small_package().plan), tmp_path / "package")
    assert verify_package(folder, VKEY).ok
    (folder / "aside").mkdir()
    (folder / "stray.txt").write_text("left here")
    (folder / "link").symlink_to(tmp_path)
    found = {one.where: one.what for one in verify_package(folder, VKEY).findings}
    assert found == {
        "aside": "is an empty folder: a package has none",
        "link": "is a link or a device, not a file",
        "stray.txt": "is no part of the package",
    }


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MOST_FILES", 20, "files; 13 are the most"),
        ("MOST_PAYLOAD", 1000, "together"),
        ("MOST_SMALL", 10, "10 are the"),
    ],
)
def test_what_no_verifier_would_read_is_not_written(
    name: str, value: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = small_package().package
    monkeypatch.setattr(ceilings, name, value)
    with pytest.raises(TooMuch, match=words):
        plan_bag(package)
