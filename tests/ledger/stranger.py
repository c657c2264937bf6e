"""A verifier by a stranger: written from FORMAT.md alone, with nothing of ours. Its numbers are the steps there."""

from __future__ import annotations

import base64
import hashlib
import json
import pathlib
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HEADER = {"format", "origin", "index", "stream", "number", "previous", "time", "body"}
BODY = {"kind", "version", "office", "salt", "fields"}


class Refused(Exception):
    """The package is not what FORMAT.md says it must be; the message begins with the step."""


@dataclass
class Report:
    """What a package shows: the fields' values by entry, and what it withholds."""

    fingerprint: str
    values: dict[int, dict[str, Any]] = field(default_factory=dict)
    withheld_bodies: list[int] = field(default_factory=list)
    withheld_fields: dict[int, list[str]] = field(default_factory=dict)


def verify(log: pathlib.Path) -> Report:
    """Verify the folder data/log of a package."""
    name, key_id, raw = read_key((log / "log-key").read_text())
    report = Report(hashlib.sha256(raw).hexdigest())
    note = (log / "checkpoint").read_text()
    size, root = read_checkpoint(note, name, key_id, raw)
    before: tuple[dict[str, Any], bytes] | None = None
    for place, file in enumerate(sorted((log / "entries").iterdir()), start=1):
        require(file.name == f"{place:06d}.json", f"4: expected entry {place}, found {file.name}")
        entry = json.loads(file.read_text())
        header_bytes = base64.b64decode(entry["header"])
        header = read(header_bytes, HEADER)
        require(header["format"] == "covertops/entry/1", "another format")
        check_proof((log / f"proofs/{place:06d}.tlog-proof").read_text(), note, header, header_bytes, size, root)
        check_chain(header, before, name, place)
        before = header, header_bytes
        read_layers(entry, header, report)
    return report


def require(condition: bool, why: str) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise Refused(why)


def sha256(*parts: bytes) -> bytes:
    """SHA-256 of the parts one after another."""
    return hashlib.sha256(b"".join(parts)).digest()


def read(data: bytes, members: set[str]) -> dict[str, Any]:
    """A canonical JSON object with exactly these members."""
    value = json.loads(data)
    require(canonical(value, 0).encode() == data, "this JSON is not canonical")
    require(isinstance(value, dict) and set(value) == members, "other members")
    return dict(value)


def canonical(value: object, depth: int) -> str:
    """RFC 8785, narrowed as FORMAT.md says."""
    if isinstance(value, str):
        require(unicodedata.is_normalized("NFC", value), "text that is not in NFC")
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | dict):
        require(depth < 64, "nested too deep")
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, depth + 1) for item in value) + "]"
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key, depth)}:{canonical(item, depth + 1)}" for key, item in ordered) + "}"
    whole = value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53)
    require(whole, "a number that is not whole or too wide")
    return json.dumps(value)


def read_key(line: str) -> tuple[str, bytes, bytes]:
    """Step 1."""
    name, key_id, key = line.strip().split("+", 2)
    typed = base64.b64decode(key)
    require(len(typed) == 33 and typed[0] == 1, "1: not a key of Ed25519")
    require(sha256(name.encode(), b"\n", typed)[:4].hex() == key_id, "1: the id is another")
    return name, bytes.fromhex(key_id), typed[1:]


def read_checkpoint(note: str, name: str, key_id: bytes, raw: bytes) -> tuple[int, bytes]:
    """Step 2: the size and root that the log's key signed."""
    text, signatures = note.split("\n\n")
    origin, size, root = text.split("\n")
    require(origin == name, "2: another origin")
    mine = []
    for line in signatures.splitlines():
        dash, signer, encoded = line.split(" ")
        signature = base64.b64decode(encoded)
        require(dash == "—", "2: a line that is no signature")
        if signer == name and signature[:4] == key_id:
            mine.append(signature[4:])
    require(bool(mine), "2: no signature by the log")
    for signature in mine:
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, (text + "\n").encode())
        except InvalidSignature:
            raise Refused("2: a wrong signature") from None
    return int(size), base64.b64decode(root)


def check_proof(text: str, note: str, header: dict[str, Any], leaf: bytes, size: int, root: bytes) -> None:
    """Step 3."""
    head, proved_note = text.split("\n\n", 1)
    version, index, *hashes = head.split("\n")
    require(version == "c2sp.org/tlog-proof@v1", "3: not a proof")
    require(proved_note == note, "3: a proof against another checkpoint")
    require(index == f"index {header['index']}", "3: a proof of another index")
    path = [base64.b64decode(one) for one in hashes]
    require(header["index"] < size, "3: beyond the log")
    require(climb(sha256(b"\0", leaf), header["index"], size, path) == root, "3: the proof leads to another root")


def climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which the proof leads: RFC 9162 by recursion over the halves of the tree."""
    if size == 1:
        require(not path, "3: too many hashes")
        return leaf
    require(bool(path), "3: too few hashes")
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return sha256(b"\1", climb(leaf, index, half, path[:-1]), path[-1])
    return sha256(b"\1", path[-1], climb(leaf, index - half, size - half, path[:-1]))


def check_chain(header: dict[str, Any], before: tuple[dict[str, Any], bytes] | None, name: str, place: int) -> None:
    """Step 4."""
    require(header["origin"] == name, "4: another origin")
    require(header["number"] == place, "4: another number")
    if before is None:
        require(header["previous"] is None, "4: something before the first")
        return
    older, older_bytes = before
    require(header["stream"] == older["stream"], "4: another stream")
    require(header["previous"] == sha256(older_bytes).hex(), "4: another predecessor")
    require(header["index"] > older["index"], "4: the index does not grow")
    require(header["time"] >= older["time"], "4: the time falls")


def read_layers(entry: dict[str, Any], header: dict[str, Any], report: Report) -> None:
    """Steps 5 to 7."""
    number = header["number"]
    if "body" not in entry:
        require(not entry["fields"], "5: fields without a body")
        report.withheld_bodies.append(number)
        return
    body_bytes = base64.b64decode(entry["body"])
    require(sha256(body_bytes).hex() == header["body"], "5: another body")
    body = read(body_bytes, BODY)
    values: dict[str, Any] = {}
    for encoded in entry["fields"]:
        line = base64.b64decode(encoded)
        _, name, value = json.loads(line)
        require(canonical(json.loads(line), 0).encode() == line, "6: a field that is not canonical")
        require(name not in values, "6: a repeated field")
        require(body["fields"].get(name) == sha256(line).hex(), "6: another or an unknown field")
        values[name] = value
    report.values[number] = values
    report.withheld_fields[number] = sorted(body["fields"].keys() - values.keys())


def segment_root(pieces: list[bytes]) -> bytes:
    """Step 8: the root over a file's pieces, by the definition in RFC 9162, 2.1.1."""
    if not pieces:
        return sha256()
    if len(pieces) == 1:
        return sha256(b"\0", pieces[0])
    half = 1 << (len(pieces) - 1).bit_length() - 1
    return sha256(b"\1", segment_root(pieces[:half]), segment_root(pieces[half:]))
