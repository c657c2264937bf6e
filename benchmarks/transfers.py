"""Large captures over HTTP: upload, what others feel meanwhile, and download, each against its yardstick.

    python benchmarks/transfers.py [--mebibytes 1024]

Yardsticks, in the same run and on the same disk: the slower of SHA-256 alone and of writing and syncing the same bytes;
the p95 of the same requests before the upload; the same bytes served plain by the same server (gunicorn, gthread).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rig.table import Figure, publish
from benchmarks.rig.town import Browser, a_town, serving, signed_in, wait_for
from covertops.domain.vocabulary import Stage

MEBIBYTE = 1 << 20
BLOCK = os.urandom(MEBIBYTE)


def content(mebibytes: int) -> Iterator[bytes]:
    """The bytes of a capture, a mebibyte at a time."""
    for _ in range(mebibytes):
        yield BLOCK


def hash_alone(mebibytes: int) -> float:
    """Seconds of SHA-256 over the bytes."""
    begun = time.perf_counter()
    digest = hashlib.sha256()
    for block in content(mebibytes):
        digest.update(block)
    return time.perf_counter() - begun


def write_alone(mebibytes: int, folder: Path) -> float:
    """Seconds of writing and syncing the bytes."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for block in content(mebibytes):
            file.write(block)
        os.fsync(file.fileno())
    return time.perf_counter() - begun


def upload(browser: Browser, operation_id: str, token: str, mebibytes: int) -> tuple[float, int]:
    """Seconds of one upload until its durable answer, and the number of its entry."""
    about = base64.urlsafe_b64encode(json.dumps({"name": "recording.bin"}).encode()).decode()
    begun = time.perf_counter()
    answer = browser.begin(
        "POST",
        f"/operations/{operation_id}/captures",
        content(mebibytes),
        Content_Length=str(mebibytes * MEBIBYTE),
        Content_Type="application/octet-stream",
        X_CSRFToken=token,
        Covertops_Capture=about,
    )
    body = answer.read()
    if answer.status != 201:
        raise RuntimeError(f"the upload answered {answer.status}: {body[:300]!r}")
    return time.perf_counter() - begun, int(json.loads(body)["id"])


def download(browser: Browser, path: str, mebibytes: int) -> float:
    """Seconds until the last byte of an answer of this size."""
    begun = time.perf_counter()
    answer = browser.begin("GET", path)
    got = 0
    while piece := answer.read(MEBIBYTE):
        got += len(piece)
    if got != mebibytes * MEBIBYTE:
        raise RuntimeError(f"{path} answered {got} bytes")
    return time.perf_counter() - begun


PLAIN = """
import sys
def app(environ, start):
    size = {mebibytes} * 1048576
    def pieces():
        with open({path!r}, "rb") as file:
            while piece := file.read(262144):
                yield piece
    start("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(size))])
    return pieces()
"""


def download_plain(folder: Path, mebibytes: int) -> float:
    """Seconds for the same bytes served plain from a file by the same server."""
    path = folder / "plain.bin"
    with path.open("wb") as file:
        for block in content(mebibytes):
            file.write(block)
    (folder / "plain_app.py").write_text(PLAIN.format(mebibytes=mebibytes, path=str(path)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--worker-class", "gthread", "--threads", "4"]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        *options,
        "--no-control-socket",
        "--chdir",
        str(folder),
        "plain_app:app",
    ]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        browser = Browser(port)
        return min(download(browser, "/", mebibytes) for _ in range(2))
    finally:
        server.terminate()
        server.wait(30)
        path.unlink()


def p95_of_pages(browser: Browser, seconds: float, stop: threading.Event | None = None) -> float:
    """The 95th percentile of seconds for My work, asked one after the other for a while or until told to stop."""
    taken = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until and not (stop and stop.is_set()):
        begun = time.perf_counter()
        browser.send("GET", "/")
        taken.append(time.perf_counter() - begun)
        time.sleep(0.02)
    return statistics.quantiles(taken, n=20)[-1]


def memory_of(pid: int) -> int:
    """Resident bytes of a process and its children."""
    listed = subprocess.run(["ps", "-o", "rss=", "--ppid", str(pid)], capture_output=True, text=True, check=True)
    return max(int(line) for line in listed.stdout.split()) * 1024


def main() -> None:
    """Measure, print, and put the figures into the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=1024)
    size = parser.parse_args().mebibytes
    with a_town() as (town, paths):
        operation_id = town.bring(Stage.ACTIVE)
        slower = max(hash_alone(size), write_alone(size, paths.instance))
        with serving(paths) as served:
            browser = signed_in(town, served.port, "investigator-1")
            token, _ = browser.token(f"/operations/{operation_id}/log-activity")
            upload(browser, operation_id, token, 8)
            reader = signed_in(town, served.port, "supervisor-2")
            before, memory = p95_of_pages(reader, 6), memory_of(served.pid)
            during: list[float] = []
            stop = threading.Event()
            asking = threading.Thread(target=lambda: during.append(p95_of_pages(reader, 120, stop)))
            asking.start()
            upload(browser, operation_id, token, size)
            stop.set()
            asking.join()
            growth = memory_of(served.pid) - memory
            seconds, number = upload(browser, operation_id, token, size)
            path = f"/operations/{operation_id}/captures/{number}"
            fetched = min(download(browser, path, size) for _ in range(2))
        slower = min(slower, max(hash_alone(size), write_alone(size, paths.instance)))
        plain = download_plain(paths.instance, size)
    publish(
        Figure(
            f"upload of {size} MiB, HTTP to durable",
            "the slower of SHA-256 alone and writing and syncing the same bytes",
            "≥ 60 %, memory growth ≤ 64 MiB",
            f"{slower / seconds:.0%} ({size / seconds:.0f} MiB/s), growth {growth / MEBIBYTE:.0f} MiB",
            slower / seconds >= 0.6 and growth <= 64 * MEBIBYTE,
            "the bytes are hashed twice (whole, and piece by piece), sealed and written at the same time, which takes "
            "more than two cores while the sender needs one too; a third core would do.",
        ),
        Figure(
            "p95 of another page during that upload",
            "its p95 without it",
            "≤ 3 ×",
            f"{during[0] / before:.1f} × ({during[0] * 1000:.0f} ms)",
            during[0] <= 3 * before,
            "hashing and sealing let go of the interpreter's lock but not of the two cores; a third core would do.",
        ),
        Figure(
            f"download of {size} MiB, decrypted",
            "the same bytes served plain by the same server",
            "≥ 60 %",
            f"{plain / fetched:.0%} ({size / fetched:.0f} MiB/s)",
            plain / fetched >= 0.6,
            "each mebibyte is opened while the one before it is sent, and the receiver needs the second core; a third "
            "would do.",
        ),
    )


if __name__ == "__main__":
    main()
