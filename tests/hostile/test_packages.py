"""A thousand random changes to packages, each found and named; thirty packages that nobody touched, none accused.

Three kinds of attacker, a third of the changes each: one who changes files where they lie, one who packs the changed
files into a fresh ZIP file, and one who knows BagIt and makes every manifest fit. None has the log's key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from covertops.domain.vocabulary import Stage
from covertops.export.verifier import verify_package
from tests.domain.playing import make_world, play
from tests.domain.world import CHIEF, INVESTIGATOR_1, SUPERVISOR_1
from tests.export.attacking import Files, files_of, in_folder, rehashed, root_of, zipped
from tests.export.making import PNG, Made, busy_world, capture, make_package, small_package, write_zip
from tests.ledger.samples import VKEY

CHANGES = 1000
CLEAN = 30
ENTRIES = "data/log/entries/"
PROOFS = "data/log/proofs/"


@dataclass(frozen=True)
class Done:
    """The files after a change, and the paths one of which the verifier must name."""

    files: Files
    named: set[str]


@cache
def packages() -> tuple[Files, ...]:
    """The packages that are attacked: a busy one, one that withholds, and a short one."""
    withholding = make_package(
        busy_world(((PNG, "image/png"), (b"", "image/png"))), "9 entry: another case", "14 file: x"
    )
    return tuple(files_of(made.plan) for made in (small_package(), withholding, make_package(make_world())))


def flipped(files: Files, dice: random.Random) -> Done:
    """One bit in one file is another."""
    path = dice.choice([path for path, data in files.items() if data])
    data = bytearray(files[path])
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return Done(files | {path: bytes(data)}, {path})


def overwritten(files: Files, dice: random.Random) -> Done:
    """A few bytes of a file are others, or it is shorter or longer."""
    path = dice.choice(list(files))
    data = files[path]
    at, length = dice.randrange(len(data) + 1), dice.randrange(20)
    return Done(files | {path: data[:at] + dice.randbytes(dice.randrange(20)) + data[at + length :]}, {path})


def deleted(files: Files, dice: random.Random) -> Done:
    """A file is gone."""
    path = dice.choice(list(files))
    return Done({name: data for name, data in files.items() if name != path}, {path})


def inserted(files: Files, dice: random.Random) -> Done:
    """A file is there that was not, made of one that is."""
    path = dice.choice(list(files))
    folder, _, name = path.rpartition("/")
    known = [one for one in files if one.startswith(folder)]
    new = dice.choice([f"{folder}/x{name}", f"{folder}/{name}.bak", f"{folder}/{len(known) + 1:06d}.json"])
    return Done(files | {new: files[path]}, {new})


def swapped(files: Files, dice: random.Random) -> Done:
    """Two files have each other's content."""
    one, other = dice.sample(list(files), 2)
    return Done(files | {one: files[other], other: files[one]}, {one, other})


def entries_swapped(files: Files, dice: random.Random) -> Done:
    """Two entries changed places, their proofs with them."""
    root = root_of(files)
    one, other = dice.sample(range(1, count_of(files) + 1), 2)
    pairs = [
        (f"{root}/{ENTRIES}{one:06d}.json", f"{root}/{ENTRIES}{other:06d}.json"),
        (f"{root}/{PROOFS}{one:06d}.tlog-proof", f"{root}/{PROOFS}{other:06d}.tlog-proof"),
    ]
    made = dict(files)
    for first, second in pairs:
        made[first], made[second] = files[second], files[first]
    return Done(made, {path for pair in pairs for path in pair})


def tail_cut(files: Files, dice: random.Random) -> Done:
    """The last entries are gone, their proofs with them."""
    root, count = root_of(files), count_of(files)
    cut = range(count - dice.randrange(1, count) + 1, count + 1)
    gone = {f"{root}/{ENTRIES}{number:06d}.json" for number in cut}
    gone |= {f"{root}/{PROOFS}{number:06d}.tlog-proof" for number in cut}
    return Done({path: data for path, data in files.items() if path not in gone}, gone)


def field_edited(files: Files, dice: random.Random) -> Done:
    """A disclosed value is another, and digests of body and header were made to fit."""
    root = root_of(files)
    path = dice.choice([one for one in files if ENTRIES in one and b'"body"' in files[one]])
    entry = json.loads(files[path])
    place = dice.randrange(len(entry["fields"]))
    salt, name, _ = json.loads(base64.b64decode(entry["fields"][place]))
    field = dumped([salt, name, dice.choice(["another", None, 7, True])])
    body = json.loads(base64.b64decode(entry["body"]))
    body["fields"][name] = hashlib.sha256(field).hexdigest()
    header = json.loads(base64.b64decode(entry["header"]))
    header["body"] = hashlib.sha256(dumped(body)).hexdigest()
    entry["fields"][place] = base64.b64encode(field).decode()
    entry["body"] = base64.b64encode(dumped(body)).decode()
    entry["header"] = base64.b64encode(dumped(header)).decode()
    proof = path.replace(ENTRIES, PROOFS).replace(".json", ".tlog-proof")
    assert path.startswith(root)
    return Done(files | {path: dumped(entry)}, {path, proof})


def field_withheld(files: Files, dice: random.Random) -> Done:
    """A disclosed field is left out, as if it were withheld."""
    path = dice.choice([one for one in files if ENTRIES in one and b'"body"' in files[one]])
    entry = json.loads(files[path])
    entry["fields"].pop(dice.randrange(len(entry["fields"])))
    return Done(files | {path: dumped(entry)}, {path})


def body_withheld(files: Files, dice: random.Random) -> Done:
    """An entry is left with its header, as if it were withheld."""
    path = dice.choice([one for one in files if ENTRIES in one and b'"body"' in files[one]])
    entry = json.loads(files[path])
    return Done(files | {path: dumped({"fields": [], "header": entry["header"]})}, {path})


ATTACKS: tuple[Callable[[Files, random.Random], Done], ...] = (
    flipped,
    overwritten,
    deleted,
    inserted,
    swapped,
    entries_swapped,
    tail_cut,
    field_edited,
    field_withheld,
    body_withheld,
)


def count_of(files: Files) -> int:
    """How many entries a package has."""
    return sum(ENTRIES in path for path in files)


def dumped(value: object) -> bytes:
    """Canonical JSON, as far as these values need it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def changed(files: Files, dice: random.Random, *, knows_bagit: bool) -> Done:
    """A random change that is still one after an attacker who knows BagIt has put everything in order."""
    while True:
        done = dice.choice(ATTACKS)(files, dice)
        if knows_bagit:
            done = Done(rehashed(done.files), done.named)
        if done.files != files and any(done.files.get(path) != files.get(path) for path in done.named):
            return done


def lie_in(folder: Path, files: Files, done: Files) -> None:
    """Make an unpacked package hold the changed files, writing only what changed."""
    for path in files.keys() - done.keys():
        (folder / path).unlink()
    in_folder({path: data for path, data in done.items() if files.get(path) != data}, folder)


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_random_changes_are_each_found_and_named(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    for number in range(CHANGES // 10):
        files = dice.choice(packages())
        attacker = number % 3
        done = changed(files, dice, knows_bagit=attacker == 2)
        if attacker == 0:
            path = tmp_path / f"folder-{packages().index(files)}"
            in_folder({} if path.exists() else files, path)
            lie_in(path, files, done.files)
        else:
            path = zipped(done.files, tmp_path / "package.zip")
        report = verify_package(path, VKEY)
        if attacker == 0:
            lie_in(path, done.files, files)
        named = {one.where for one in report.findings}
        assert not report.ok
        assert any(path.endswith(tuple(named)) for path in done.named), (seed, number, done.named, report.findings)


def clean() -> list[Made]:
    """Packages of thirty different records."""
    world = busy_world(((PNG, "image/png"),))
    found = [make_package(make_world(Stage.ACTIVE)), make_package(world)]
    for stage in (Stage.SUSPENDED, Stage.ENDED):
        found.append(make_package(make_world(stage)))
    lines = ["1 offense: x", "1 officers: x", "5 ends_at: x", "8 device: x", "9 entry: x", "14 file: x", "14 name: x"]
    found += [make_package(world, line) for line in lines]
    found += [make_package(world, *lines[:count]) for count in range(2, len(lines) + 1)]
    while len(found) < CLEAN:
        world = capture(world, b"", "video/mp4")
        world = play(world, "log-activity", INVESTIGATOR_1, {"happened": f"Sitting {len(found)}. Ünïcode “words” 🙂"})
        if len(found) % 4 == 0:
            world = play(world, "hold-review", SUPERVISOR_1)
        if len(found) % 5 == 0:
            world = play(play(world, "suspend", CHIEF), "resume", CHIEF)
        found.append(make_package(world))
    return found


def test_thirty_packages_that_nobody_touched_are_all_accepted(tmp_path: Path) -> None:
    made = clean()
    assert len(made) == CLEAN
    fingerprints = set()
    for one in made:
        report = verify_package(write_zip(one.plan, tmp_path), VKEY)
        assert report.ok, report.findings
        fingerprints.add(report.fingerprint)
    assert len(fingerprints) == CLEAN


def test_a_bit_flipped_anywhere_in_the_zip_file_is_found_or_changes_no_file(tmp_path: Path) -> None:
    dice = random.Random(2026)
    path = write_zip(small_package().plan, tmp_path)
    whole, files = path.read_bytes(), files_of(small_package().plan)
    for _ in range(200):
        at = dice.randrange(len(whole))
        data = bytearray(whole)
        data[at] ^= 1 << dice.randrange(8)
        path.write_bytes(data)
        report = verify_package(path, VKEY)
        if report.ok:
            with zipfile.ZipFile(path) as archive:
                assert {name: archive.read(name) for name in archive.namelist()} == files, at


def test_junk_is_never_accepted_and_never_breaks_the_verifier(tmp_path: Path) -> None:
    dice = random.Random(7)
    words = [b"null", b"{}", b"[]", b'{"fields":[],"header":""}', b"\xff\xfe", b"0" * 65, b"[" * 5000, b""]
    for number in range(200):
        files = dict(packages()[number % 3])
        for path in dice.sample(list(files), dice.randrange(1, len(files))):
            files[path] = dice.choice([*words, dice.randbytes(50), dice.choice(list(files.values()))])
        files |= {f"{root_of(files)}/data/{dice.randrange(9)}": b""}
        assert not verify_package(zipped(rehashed(files), tmp_path / "junk.zip")).ok
