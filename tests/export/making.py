"""Packages made of a real operation's record: played by the rules, then written as a ledger writes it.

Salts and keys come from counters and fixed seeds, so that a package made twice has the same bytes. The operation does
not have the log for itself: the department's entries stand before, between and after its own.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from covertops.domain.decisions.activity import preserve_evidence
from covertops.domain.declaration import (
    EntryRef,
    NamedCheckpoint,
    Recorded,
    Signature,
    Signed,
    entry_from,
    kind_of,
    values_of,
)
from covertops.domain.disclosure import FILE, read_withholding
from covertops.domain.entries.activity import EvidencePreserved
from covertops.domain.entries.package import ExportPrepared, ExportSealed
from covertops.domain.signatures import must_be_signed
from covertops.domain.vocabulary import Audience, Office, Stage
from covertops.export.content import CaptureFile, CopiedEntry, HeldEntry, Package, Seal, copy_entry
from covertops.export.writer import Plan, plan, plan_bag
from covertops.ledger.checkpoint import Checkpoint, sign
from covertops.ledger.entry import Body, Field, Header
from covertops.ledger.forms import to_base64
from covertops.ledger.intent import Standing, intent_text
from covertops.ledger.merkle import Segments, Tree, leaf_hash
from covertops.ledger.proof import write_proof
from tests.domain.playing import make_world, play
from tests.domain.world import CHIEF, INVESTIGATOR_1, STREAM, SUPERVISOR_1, World, policy_2_8, recorded, refs
from tests.ledger.samples import DEPARTMENT, KEY, ORIGIN, VKEY

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9
LONG = bytes(range(251)) * 8400
"""A capture of three segments."""


@dataclass(frozen=True)
class Made:
    """A package and what it was made of."""

    package: Package
    seal: Seal
    contents: Mapping[int, bytes]
    world: World
    headers: tuple[Header, ...] = field(repr=False)

    @property
    def plan(self) -> Plan:
        """The planned package."""
        return planned(self.package, self.seal)


def segment_root(content: bytes) -> str:
    """The segment root of a capture, as the file store computes it."""
    segments = Segments()
    for start in range(0, len(content), 1 << 20):
        segments.add(content[start : start + (1 << 20)])
    return segments.root().hex()


def capture(world: World, content: bytes, media_type: str, name: str = "page.png") -> World:
    """The world after a capture was kept."""
    asked: dict[str, Any] = {
        "file": hashlib.sha256(content).hexdigest()[:32],
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "segment_root": segment_root(content),
        "media_type": media_type,
        "name": name,
        "captured_at": None,
        "tool": "Chromium 156",
        "source": "https://marketplace.example/7",
        "account": None,
        "original": "original",
    }
    decided = preserve_evidence(world.operation, world.actor(INVESTIGATOR_1), world.facts(), asked)
    return world.append(decided).after(timedelta(minutes=1))


def busy_world(captures: Iterable[tuple[bytes, str]] = ((PNG, "image/png"), (LONG, "video/mp4"))) -> World:
    """An active operation with an account, captures, an activity, a review, a question and a correction."""
    world = play(make_world(Stage.ACTIVE), "add-account", INVESTIGATOR_1).after(timedelta(minutes=1))
    for content, media_type in captures:
        world = capture(world, content, media_type)
    kept = tuple(refs(world, "EvidencePreserved"))
    for name, person, answers in (
        ("log-activity", INVESTIGATOR_1, {"captures": kept, "counterpart": "seller_example", "outside": "no"}),
        ("question-entry", SUPERVISOR_1, {}),
        ("answer-question", INVESTIGATOR_1, {}),
        ("correct-entry", INVESTIGATOR_1, {}),
        ("hold-review", SUPERVISOR_1, {}),
    ):
        world = play(world, name, person, answers).after(timedelta(minutes=1))
    return world


def released(world: World, *withheld: str, chief: str = CHIEF) -> World:
    """The world after a package was prepared, withholding these lines, and released."""
    world = play(world, "prepare-export", SUPERVISOR_1, {"withheld": withheld}).after(timedelta(minutes=1))
    return play(world, "release-export", chief)


def copied(it: Recorded) -> CopiedEntry:
    """An entry as the only one of its log, everything in it disclosed."""
    held = _ledger_entry(it, [], [], astray=True)
    return copy_entry(held, Audience.PROSECUTOR, ())


def written(world: World, *, lead_astray: int = 0) -> tuple[list[HeldEntry], list[Header]]:
    """The operation's entries as a ledger writes them, references leading to real hashes, and the whole log's headers.

    After every third entry of the operation stands one of the department's. The entry with the number ``lead_astray``
    refers to hashes that no entry has.
    """
    held: list[HeldEntry] = []
    log: list[Header] = [_other(0)]
    for it in world.entries:
        entry = _ledger_entry(it, held, log, astray=it.number == lead_astray)
        held.append(entry)
        log.append(entry.header)
        if it.number % 3 == 0 and it is not world.entries[-1]:
            log.append(_other(len(log)))
    return held, log


def _other(index: int) -> Header:
    body = hashlib.sha256(f"department {index}".encode()).hexdigest()
    previous = None if index == 0 else hashlib.sha256(f"before {index}".encode()).hexdigest()
    return Header(ORIGIN, index, DEPARTMENT, index + 1, previous, "2026-11-20T00:00:00.000000Z", body)


def _ledger_entry(it: Recorded, before: list[HeldEntry], log: list[Header], *, astray: bool) -> HeldEntry:
    kind = kind_of(it.entry)
    values = {name: value if astray else _with_hash(value, before) for name, value in values_of(it.entry).items()}
    previous = before[-1].header.hash if before else None
    if must_be_signed(it, founded=True):
        values["signature"] = _signature(it, values, previous, _checkpoint(log))
    fields = [Field(_salt(it.number, name), name, value) for name, value in values.items()]
    digests = {one.name: one.digest for one in fields}
    body = Body(kind.name, kind.version, it.office, _salt(it.number, ""), digests)
    time = it.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    header = Header(ORIGIN, len(log), STREAM, it.number, previous, time, body.digest)
    return HeldEntry(header, body, {one.name: one.to_bytes() for one in fields})


def _checkpoint(log: list[Header]) -> NamedCheckpoint | None:
    """The newest checkpoint of a log, as a signature names it."""
    root = Tree([leaf_hash(one.to_bytes()) for one in log]).root()
    return NamedCheckpoint(len(log), to_base64(root)) if log else None


def _signature(
    it: Recorded, values: Mapping[str, Any], previous: str | None, checkpoint: NamedCheckpoint | None
) -> Any:
    """A signature at the weaker level on an entry with these values, which stands after the one with this hash."""
    kind, policy = kind_of(it.entry), policy_2_8().digest
    digests = {name: Field(_salt(it.number, name), name, value).digest for name, value in values.items()}
    standing = Standing(ORIGIN, STREAM, it.number, previous, kind.name, kind.version, it.office)
    named = checkpoint.to_json() if checkpoint else None
    digest = hashlib.sha256(intent_text(standing, digests, policy, named)).hexdigest()
    return Signed(label="").to_json(Signature("code", digest, policy, checkpoint))


def _with_hash(value: Any, before: list[HeldEntry]) -> Any:
    """A reference with the hash that the entry really has; any other value as it is."""
    if isinstance(value, dict) and value.keys() == {"stream", "number", "hash"}:
        return {**value, "hash": before[value["number"] - 1].header.hash}
    return value


def _salt(number: int, name: str) -> str:
    return hashlib.sha256(f"salt {number} {name}".encode()).hexdigest()[:32]


def signed_log(log: list[Header], key: Ed25519PrivateKey = KEY) -> tuple[str, Tree]:
    """The checkpoint over these headers and their tree."""
    tree = Tree([leaf_hash(one.to_bytes()) for one in log])
    return sign(Checkpoint(ORIGIN, len(log), tree.root()), key), tree


def terms(held: list[HeldEntry]) -> ExportPrepared:
    """The newest preparation of a package."""
    raw = next(one for one in reversed(held) if one.body.kind == "export.prepared")
    values = {name: Field.from_bytes(data).value for name, data in raw.fields.items()}
    entry = entry_from(raw.body.kind, raw.body.version, raw.body.fields, values)
    assert isinstance(entry, ExportPrepared)
    return entry


def package_of(
    world: World, contents: Mapping[int, bytes], *, lead_astray: int = 0
) -> tuple[Package, tuple[Header, ...]]:
    """The package of a world whose last act is a release; ``contents`` has the captures by entry number."""
    held, log = written(world, lead_astray=lead_astray)
    note, tree = signed_log(log)
    more = [line for line in map(read_withholding, terms(held).withheld) if line]
    copied = [copy_entry(one, Audience.PROSECUTOR, more) for one in held]
    shown = [
        number
        for number in contents
        if copied[number - 1].body is not None and not FILE & copied[number - 1].withheld.keys()
    ]
    package = Package(
        entries=tuple(copied),
        proofs=tuple(write_proof(one.header.index, tree.inclusion(one.header.index), note) for one in held),
        checkpoint=note,
        log_key=VKEY,
        policy=policy_2_8().source,
        captures=tuple(CaptureFile(number, _reader(contents[number])) for number in shown),
    )
    return package, tuple(log)


def sealed(
    world: World,
    package: Package,
    *,
    key: Ed25519PrivateKey = KEY,
    between: int = 0,
    behind: int = 0,
    **others: object,
) -> Seal:
    """The seal of a package, as the record's next entry; ``others`` replace what it says.

    So many of the department's entries stand ``between`` release and seal, and ``behind`` the seal when it is proved.
    """
    held, log = written(world)
    release = next(one for one in reversed(held) if one.body.kind == "export.released").header
    entry = ExportSealed(
        by=CHIEF,
        released=EntryRef(release.stream, release.number, release.hash),
        manifest_sha256=plan_bag(package).manifest_sha256,
        tree_size=len(log),
    )
    log += [_other(len(log) + place) for place in range(between)]
    it = recorded(STREAM, held[-1].header.number + 1, world.now, Office.SYSTEM, replace(entry, **others))  # type: ignore[arg-type]
    sealing = _ledger_entry(it, held, log, astray="released" in others)
    index = sealing.header.index
    log += [sealing.header, *(_other(index + 1 + place) for place in range(behind))]
    note, tree = signed_log(log, key)
    copy = copy_entry(sealing, Audience.PROSECUTOR, ())
    return Seal(copy, write_proof(index, tree.inclusion(index), note))


def planned(package: Package, seal: Seal) -> Plan:
    """A package under a seal, whether it fits or not."""
    return plan(plan_bag(package), seal)


def _reader(content: bytes) -> Any:
    return lambda: (content[start : start + 70_000] for start in range(0, len(content), 70_000))


def make_package(world: World | None = None, *withheld: str) -> Made:
    """A package of a world (of :func:`busy_world` unless told otherwise), released with these lines withheld."""
    world = released(world or busy_world(), *withheld)
    by_hash = {hashlib.sha256(one).hexdigest(): one for one in (PNG, LONG, b"")}
    contents = {it.number: by_hash[it.entry.sha256] for it in world.entries if isinstance(it.entry, EvidencePreserved)}
    package, headers = package_of(world, contents)
    return Made(package, sealed(world, package), contents, world, headers)


@cache
def small_package() -> Made:
    """A package with two small captures, made once."""
    return make_package(busy_world(((PNG, "image/png"), (b"", "application/x-unknown"))))


def number_of(made: Made, kind: str, place: int = -1) -> int:
    """The number of an entry by its class's name."""
    return [it.number for it in made.world.entries if type(it.entry).__name__ == kind][place]


def write_zip(planned: Plan, folder: Path) -> Path:
    """The package as a ZIP file."""
    path = folder / planned.filename
    with path.open("wb") as file:
        for chunk in planned.stream():
            file.write(chunk)
    return path


def unpacked(planned: Plan, folder: Path) -> Path:
    """The package as a folder."""
    path = write_zip(planned, folder)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    path.unlink()
    return folder / planned.reference


def bag_of(folder: Path) -> Path:
    """The bag in an unpacked package."""
    return next(folder.glob("*.bag"))


def altered(made: Made, number: int, change: Any) -> Package:
    """The package with one copied entry changed and everything else as it was."""
    entries = list(made.package.entries)
    entries[number - 1] = change(entries[number - 1])
    return replace(made.package, entries=tuple(entries))


def without_field(name: str) -> Any:
    """A change that leaves out one disclosed field."""

    def change(entry: CopiedEntry) -> CopiedEntry:
        kept = tuple(one for one in entry.fields if Field.from_bytes(one).name != name)
        assert len(kept) == len(entry.fields) - 1
        return replace(entry, fields=kept)

    return change


def read_zip(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a ZIP file."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)
