"""What recording and checking cost: one act over HTTP, acts in one process, entries verified.

    python benchmarks/record.py [--acts 300] [--entries 2000]

The yardstick of an act is a durable INSERT of the same bytes by the bare driver, on the same disk, in the same run.
That of verification is a bare loop with as many SHA-256 calls and AES-256-GCM openings, on texts of the same sizes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pysqlite3 import dbapi2

from benchmarks.rig.table import Figure, publish
from benchmarks.rig.town import a_town, serving, signed_in
from covertops.actions import operations
from covertops.actions.checking import check
from covertops.domain.vocabulary import Stage
from tests.playing import Town


def bare_inserts(folder: Path, size: int, count: int) -> list[float]:
    """Seconds of each durable INSERT of ``size`` bytes by the driver alone."""
    connection = dbapi2.connect(str(folder / "bare.sqlite"), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, content BLOB)")
    content = os.urandom(size)
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare (content) VALUES (?)", (content,))
        connection.execute("COMMIT")
        taken.append(time.perf_counter() - begun)
    connection.close()
    return taken


def bytes_of_last_act(folder: Path) -> int:
    """How many bytes the last act put into the ledger's rows."""
    connection = dbapi2.connect(str(folder / "covertops.sqlite"))
    last = connection.execute('SELECT MAX("index") FROM entry').fetchone()[0]
    header = connection.execute('SELECT LENGTH(header) FROM entry WHERE "index" = ?', (last,)).fetchone()[0]
    boxes = connection.execute(
        "SELECT SUM(LENGTH(wrapped_key) + LENGTH(sealed)) FROM box WHERE entry_index = ?", (last,)
    ).fetchone()[0]
    note = connection.execute("SELECT LENGTH(note) FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()[0]
    connection.close()
    return int(header + boxes + note)


def log_activities(town: Town, operation_id: str, count: int) -> list[float]:
    """Seconds of each of so many acts through the actions, in this process."""
    taken = []
    person = town.people["investigator-1"]
    for _ in range(count):
        now = town.clock.advance(timedelta(seconds=20))
        answers = town.activity()
        begun = time.perf_counter()
        operations.act(town.house, "log-activity", operation_id, person, answers, now)
        taken.append(time.perf_counter() - begun)
    return taken


def acts_over_http(town: Town, port: int, operation_id: str, count: int) -> list[float]:
    """Seconds of each POST of an activity, from sending the form to the answer that it is on record."""
    browser = signed_in(town, port, "investigator-1")
    path = f"/operations/{operation_id}/log-activity"
    taken = []
    for _ in range(count):
        token, text = browser.token(path)
        seen = text.split('name="seen" value="')[1].split('"')[0]
        day, begin, end = town.today(), "00:00", "00:01"
        answers = [
            ("seen", seen),
            ("on", day),
            ("from", begin),
            ("to", end),
            ("keyboard", town.people["investigator-1"]),
            ("headline", "Looked at three listings"),
            ("happened", "Three listings seen, one frame number readable. No contact."),
            ("outside", "no"),
        ]
        begun = time.perf_counter()
        answer = browser.post(path, token, answers)
        taken.append(time.perf_counter() - begun)
        if answer.status != 303:
            raise RuntimeError(f"the act answered {answer.status}")
    return taken


def bare_checks(hashes: int, opens: int, size: int) -> float:
    """Seconds of a bare loop of SHA-256 calls and AES-256-GCM openings of texts of one size."""
    content, nonce = os.urandom(size), os.urandom(12)
    keys = [AESGCM(os.urandom(32)) for _ in range(64)]
    sealed = [key.encrypt(nonce, content, b"") for key in keys]
    begun = time.perf_counter()
    for place in range(opens):
        keys[place % 64].decrypt(nonce, sealed[place % 64], b"")
    for _ in range(hashes):
        hashlib.sha256(content).digest()
    return time.perf_counter() - begun


def timed(run: Callable[[], object]) -> float:
    """Seconds of one call."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def main() -> None:
    """Measure, print, and put the figures into the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=300)
    parser.add_argument("--entries", type=int, default=2000)
    chosen = parser.parse_args()
    with a_town() as (town, paths):
        operation_id = town.bring(Stage.ACTIVE)
        log_activities(town, operation_id, 20)
        size = bytes_of_last_act(paths.instance)
        bare = bare_inserts(paths.instance, size, chosen.acts)
        acts = log_activities(town, operation_id, chosen.acts)
        rate = sum(bare) / sum(acts)
        publish(
            Figure(
                "acts appended through `actions`, one process",
                f"durable INSERT of the same {size} bytes",
                "≥ 10 %",
                f"{rate:.0%} ({len(acts) / sum(acts):.0f} to {len(bare) / sum(bare):.0f} per second)",
            )
        )
        with serving(paths) as served:
            posts = acts_over_http(town, served.port, operation_id, chosen.acts)
        again = bare_inserts_again(paths.instance, size, chosen.acts)
        ratio = statistics.median(posts) / statistics.median([*bare, *again])
        publish(
            Figure(
                "one act, HTTP POST to durable answer, median",
                f"durable INSERT of the same {size} bytes",
                "≤ 12 ×",
                f"{ratio:.1f} × ({statistics.median(posts) * 1000:.1f} ms)",
            )
        )
        log_activities(town, operation_id, max(0, chosen.entries - 2 * chosen.acts))
        verify(town)


def bare_inserts_again(folder: Path, size: int, count: int) -> list[float]:
    """The yardstick once more, on a new file, after what it is compared with."""
    (folder / "bare.sqlite").unlink()
    return bare_inserts(folder, size, count)


def verify(town: Town) -> None:
    """Check everything and compare with the bare loop of as many hashes and openings."""
    found = check(town.house)
    seconds = min(timed(lambda: check(town.house)) for _ in range(2))
    # An entry of an activity: header, leaf, body and fifteen fields are hashed; two boxes and their keys are opened.
    hashes, opens = found.entries * 18, found.entries * 4
    bare = min(bare_checks(hashes, opens, 250) for _ in range(3))
    publish(
        Figure(
            "entries verified (open, digests, tree, fold)",
            "as many SHA-256 calls and AES-GCM openings, bare",
            "≥ 10 %",
            f"{bare / seconds:.0%} ({found.entries / seconds:.0f} entries per second)",
        )
    )


if __name__ == "__main__":
    main()
