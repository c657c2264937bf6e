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
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pysqlite3 import dbapi2

from benchmarks.rig.table import Figure, publish
from benchmarks.rig.town import Browser, a_town, serving, signed_in
from covertops.actions import operations
from covertops.actions.checking import check
from covertops.domain.vocabulary import Stage
from covertops.vault import envelope, sealing
from tests.playing import Town


class Bare:
    """The yardstick of an act: a table of one column, and durable INSERTs by the driver alone."""

    def __init__(self, folder: Path, size: int) -> None:
        self._content = os.urandom(size)
        self._connection = dbapi2.connect(str(folder / "bare.sqlite"), isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, content BLOB)")

    def insert(self, count: int) -> list[float]:
        """Seconds of each of so many."""
        taken = []
        for _ in range(count):
            begun = time.perf_counter()
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("INSERT INTO bare (content) VALUES (?)", (self._content,))
            self._connection.execute("COMMIT")
            taken.append(time.perf_counter() - begun)
        return taken


def in_turn(count: int, *measured: Callable[[int], list[float]]) -> list[list[float]]:
    """The seconds of each of several things, measured in turn in rounds of 50, so that all see the same machine."""
    taken: list[list[float]] = [[] for _ in measured]
    for _ in range(0, count, 50):
        for place, measure in enumerate(measured):
            taken[place] += measure(50)
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


def acts_over_http(town: Town, browser: Browser, operation_id: str, count: int) -> list[float]:
    """Seconds of each POST of an activity, from sending the form to the answer that it is on record."""
    path = f"/operations/{operation_id}/log-activity"
    taken = []
    for _ in range(count):
        token, text = browser.token(path)
        seen = text.split('name="seen" value="')[1].split('"')[0]
        answers = [
            ("seen", seen),
            ("on", town.today()),
            ("from", "00:00"),
            ("to", "00:01"),
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


@dataclass
class Counted:
    """How often something was called, and on how many bytes."""

    calls: int = 0
    bytes: int = 0

    def of(self, run: Callable[..., Any], place: int) -> Callable[..., Any]:
        """The same function; the argument at this place is what is measured."""

        def counted(*given: Any) -> Any:
            self.calls += 1
            self.bytes += len(given[place]) if len(given) > place else 0
            return run(*given)

        return counted


def bare_checks(hashes: Counted, opens: Counted) -> float:
    """Seconds of a bare loop of as many SHA-256 calls and AES-256-GCM openings, each on a text of the mean size."""
    hashed, nonce = os.urandom(hashes.bytes // hashes.calls), os.urandom(12)
    keys = [AESGCM(os.urandom(32)) for _ in range(64)]
    sealed = [key.encrypt(nonce, os.urandom(opens.bytes // opens.calls), b"") for key in keys]
    begun = time.perf_counter()
    for place in range(opens.calls):
        keys[place % 64].decrypt(nonce, sealed[place % 64], b"")
    for _ in range(hashes.calls):
        hashlib.sha256(hashed).digest()
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
        bare = Bare(paths.instance, size)
        bare.insert(20)
        inserts, acts = in_turn(chosen.acts, bare.insert, partial(log_activities, town, operation_id))
        rate = sum(inserts) / sum(acts)
        publish(
            Figure(
                "acts appended through `actions`, one process",
                f"durable INSERT of the same {size} bytes",
                "≥ 10 %",
                f"{rate:.0%} ({len(acts) / sum(acts):.0f} to {len(inserts) / sum(inserts):.0f} per second)",
                rate >= 0.1,
                "a third of an act is writing out, hashing and sealing its fifteen fields in Python, a third SQLite's "
                "eleven statements with their guards, a third the rules and the view rows; nothing waits but the one "
                "commit. The first third in a compiled language would get there.",
            )
        )
        with serving(paths) as served:
            browser = signed_in(town, served.port, "investigator-1")
            acts_over_http(town, browser, operation_id, 20)
            inserts, posts = in_turn(chosen.acts, bare.insert, partial(acts_over_http, town, browser, operation_id))
        ratio = statistics.median(posts) / statistics.median(inserts)
        publish(
            Figure(
                "one act, HTTP POST to durable answer, median",
                f"durable INSERT of the same {size} bytes",
                "≤ 12 ×",
                f"{ratio:.1f} × ({statistics.median(posts) * 1000:.1f} ms)",
                ratio <= 12,
                "one commit, and the rest is Python: half the act itself (see above), a quarter who is asking, gate "
                "and form token, a quarter Flask and gunicorn. Asking who it is in the act's own transaction, and "
                "the compiled fields, would get there.",
            )
        )
        log_activities(town, operation_id, max(0, chosen.entries - 2 * chosen.acts))
        verify(town)


def verify(town: Town) -> None:
    """Check everything, and compare with a bare loop of as many hashes and openings, counted in a run of its own."""
    hashes, opens = Counted(), Counted()
    with (
        patch.object(hashlib, "sha256", hashes.of(hashlib.sha256, 0)),
        patch.object(sealing, "open_envelope", opens.of(envelope.open_envelope, 1)),
    ):
        found = check(town.house)
    if not found.ok:
        raise RuntimeError(f"the record is not intact: {found.problems}")
    checks, loops = [], []
    for _ in range(3):
        begun = time.perf_counter()
        check(town.house)
        checks.append(time.perf_counter() - begun)
        loops.append(bare_checks(hashes, opens))
    seconds, rate = min(checks), min(loops) / min(checks)
    publish(
        Figure(
            "entries verified (open, digests, tree, fold)",
            "as many SHA-256 calls and AES-GCM openings, bare",
            "≥ 10 %",
            f"{rate:.0%} ({found.entries / seconds:.0f} entries per second)",
            rate >= 0.1,
            "opening and digests are a quarter of the time, the checkpoints' signatures, which the yardstick has not, "
            "a tenth, and the rest is Python that reads each value, checks who signed it and folds it by the rules. "
            "Two processes, one opening what the other folds, would get there.",
        )
    )


if __name__ == "__main__":
    main()
