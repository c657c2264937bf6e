"""FORMAT.md: its example is what the code writes, and enough for a stranger to verify a package."""

from __future__ import annotations

import base64
import json
import pathlib
import re
from collections.abc import Callable
from typing import Any

import pytest

import covertops.ledger
from covertops.ledger.checkpoint import Checkpoint, fingerprint, open_checkpoint, sign
from covertops.ledger.entry import Header, check_body, check_fields, check_stream, unpack_fields
from covertops.ledger.merkle import Segments, Tree, leaf_hash
from covertops.ledger.proof import read_proof, verify_proof, write_proof
from tests.ledger import stranger
from tests.ledger.samples import FIRST_PROOF, KEY, ORIGIN, VKEY, make_body, make_fields, make_stream

DOCUMENT = (pathlib.Path(covertops.ledger.__file__).parent / "FORMAT.md").read_text()
EXAMPLE = dict(re.findall(r"^```(\S+)\n(.*?)\n```$", DOCUMENT, re.DOTALL | re.MULTILINE))
GOLDEN = pathlib.Path(__file__).parent / "golden"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def write_package(folder: pathlib.Path) -> pathlib.Path:
    """The example as the files of a package; the proof of entry 1, which the document leaves out, is added."""
    note = EXAMPLE["entry-2.tlog-proof"].partition("\n\n")[2] + "\n"
    files = {
        "log-key": EXAMPLE["log-key"] + "\n",
        "checkpoint": note,
        "entries/000001.json": json.dumps({"header": b64(EXAMPLE["header-1.json"]), "fields": []}),
        "entries/000002.json": json.dumps(
            {
                "header": b64(EXAMPLE["header-2.json"]),
                "body": b64(EXAMPLE["body-2.json"]),
                "fields": [b64(line) for line in EXAMPLE["fields-2.txt"].split("\n")],
            }
        ),
        "proofs/000001.tlog-proof": FIRST_PROOF,
        "proofs/000002.tlog-proof": EXAMPLE["entry-2.tlog-proof"] + "\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_document_has_the_length_of_a_specification() -> None:
    assert 500 <= len(DOCUMENT.split()) <= 800


def test_the_example_is_the_golden_log() -> None:
    """Except that the last field, `note`, is withheld."""
    for name in ("header-1.json", "header-2.json", "body-2.json"):
        assert EXAMPLE[name] == (GOLDEN / name).read_text()
    for name in ("log-key", "entry-2.tlog-proof"):
        assert EXAMPLE[name] + "\n" == (GOLDEN / name).read_text()
    assert EXAMPLE["fields-2.txt"].split("\n") == (GOLDEN / "fields-2.txt").read_text().split("\n")[:-1]


def test_a_stranger_verifies_the_example(tmp_path: pathlib.Path) -> None:
    report = stranger.verify(write_package(tmp_path))
    assert report.fingerprint == fingerprint(KEY.public_key())
    assert report.values[2] == {
        "by": "9d3e6b1f0a584c7bb2f47e61c80d35a4",
        "signature": None,
        "from_on": "2026-11-13",
        "to_on": "2026-11-20",
    }
    assert (report.withheld_bodies, report.withheld_fields) == ([1], {2: ["note"]})


def test_our_own_reader_verifies_the_example() -> None:
    headers = [Header.from_bytes(EXAMPLE[f"header-{number}.json"].encode()) for number in (1, 2)]
    check_stream(headers)
    proof = EXAMPLE["entry-2.tlog-proof"] + "\n"
    assert verify_proof(proof, leaf_hash(headers[1].to_bytes()), EXAMPLE["log-key"]).origin == headers[1].origin
    assert read_proof(proof).index == headers[1].index
    body = check_body(headers[1], EXAMPLE["body-2.json"].encode())
    check_fields(body, unpack_fields(EXAMPLE["fields-2.txt"].encode()))
    assert open_checkpoint(read_proof(proof).note, EXAMPLE["log-key"]).size == 3


@pytest.mark.parametrize("size", [0, 1, 2**20, 2**20 + 1, 5 * 2**20 + 3])
def test_the_segment_root_is_the_one_the_document_describes(size: int) -> None:
    data, segments = bytes(size), Segments()
    pieces = [data[start : start + 2**20] for start in range(0, size, 2**20)]
    for piece in pieces:
        segments.add(piece)
    assert segments.root() == stranger.segment_root(pieces)
    if size == 2**20 + 1:
        assert segments.root().hex() in DOCUMENT


def test_every_member_and_step_that_the_stranger_reads_is_in_the_document() -> None:
    for member in stranger.HEADER | stranger.BODY:
        assert re.search(rf'"{member}":', DOCUMENT)
    assert re.findall(r"^(\d+)\. \*\*", DOCUMENT, re.MULTILINE) == [str(step) for step in range(1, 10)]


def edit_entry(number: int, change: Callable[[dict[str, Any]], object]) -> Callable[[pathlib.Path], None]:
    """Something done to the file of one entry."""

    def edit(log: pathlib.Path) -> None:
        file = log / f"entries/{number:06d}.json"
        entry = json.loads(file.read_text())
        change(entry)
        file.write_text(json.dumps(entry))

    return edit


def replace(name: str, old: str, new: str) -> Callable[[pathlib.Path], None]:
    """One text of a file replaced by another."""

    def edit(log: pathlib.Path) -> None:
        text = (log / name).read_text()
        assert old in text
        (log / name).write_text(text.replace(old, new))

    return edit


def exchange(entry: dict[str, Any], layer: str, old: str, new: str) -> None:
    text = base64.b64decode(entry[layer]).decode()
    assert old in text
    entry[layer] = b64(text.replace(old, new))


TAMPERED: list[tuple[str, Callable[[pathlib.Path], object], str]] = [
    ("another key", replace("log-key", "AepK", "AepL"), "1: the id"),
    ("another origin of the key", replace("log-key", "covert+", "other+"), "1: the id"),
    ("another size", replace("checkpoint", "\n3\n", "\n4\n"), "2: a wrong signature"),
    ("another root", replace("checkpoint", "OJrM", "OJrN"), "2: a wrong signature"),
    ("no signature by the log", replace("checkpoint", "— example.gov/covert", "— example.gov/w"), "2: no signature"),
    ("another time", edit_entry(2, lambda entry: exchange(entry, "header", "14:05", "14:06")), "3: the proof leads"),
    (
        "another index",
        edit_entry(2, lambda entry: exchange(entry, "header", '"index":2', '"index":1')),
        "3: a proof of",
    ),
    ("another hash", replace("proofs/000002.tlog-proof", "Q3T5", "Q3T6"), "3: the proof leads"),
    ("no entry 1", lambda log: (log / "entries/000001.json").unlink(), "4: expected entry 1"),
    ("another body", edit_entry(2, lambda entry: exchange(entry, "body", "investigator", "chief")), "5: another body"),
    ("fields without a body", edit_entry(2, lambda entry: entry.pop("body")), "5: fields without"),
    ("a repeated field", edit_entry(2, lambda entry: entry["fields"].append(entry["fields"][0])), "6: a repeated"),
    (
        "another field",
        edit_entry(2, lambda entry: entry["fields"].append(b64('["00000000000000000000000000000005","note","x"]'))),
        "6: another or an unknown",
    ),
]


@pytest.mark.parametrize(("tamper", "why"), [pytest.param(*rest, id=name) for name, *rest in TAMPERED])
def test_a_stranger_refuses_the_example_once_it_is_tampered_with(
    tmp_path: pathlib.Path, tamper: Callable[[pathlib.Path], object], why: str
) -> None:
    log = write_package(tmp_path)
    tamper(log)
    with pytest.raises(stranger.Refused, match=f"^{why}"):
        stranger.verify(log)


def test_a_stranger_verifies_a_longer_stream_that_we_write(tmp_path: pathlib.Path) -> None:
    fields = make_fields(by="9d3e6b1f0a584c7bb2f47e61c80d35a4", signature=None, note="Tomás 😀 \n «x»")
    body = make_body(fields)
    headers = make_stream(9, body.digest)
    tree = Tree([leaf_hash(header.to_bytes()) for header in headers])
    note = sign(Checkpoint(ORIGIN, len(tree), tree.root()), KEY)
    (tmp_path / "entries").mkdir()
    (tmp_path / "proofs").mkdir()
    (tmp_path / "log-key").write_text(VKEY + "\n")
    (tmp_path / "checkpoint").write_text(note)
    for header in headers:
        shown = [base64.b64encode(field.to_bytes()).decode() for field in fields[: header.number % 4]]
        layers = [base64.b64encode(part).decode() for part in (header.to_bytes(), body.to_bytes())]
        entry = {"header": layers[0], "body": layers[1], "fields": shown}
        (tmp_path / f"entries/{header.number:06d}.json").write_text(json.dumps(entry))
        proof = write_proof(header.index, tree.inclusion(header.index), note)
        (tmp_path / f"proofs/{header.number:06d}.tlog-proof").write_text(proof)
    report = stranger.verify(tmp_path)
    assert report.withheld_bodies == []
    assert [len(report.values[number]) for number in range(1, 10)] == [1, 2, 3, 0, 1, 2, 3, 0, 1]
    assert report.values[3]["note"] == "Tomás 😀 \n «x»"
