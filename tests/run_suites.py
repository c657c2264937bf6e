"""Runs every check of the project, fastest first, and says how long each took.

    python tests/run_suites.py [name ...]

A suite that cannot run on this machine says what is missing and how to install it. With CI=true that is a failure, as
nobody would read the line there. The exit status is 0 only when nothing failed.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).parent.parent
PROGRAMS = pathlib.Path(sys.executable).parent
PYTEST = ("python", "-m", "pytest", "-q")
# Two workers, whatever the machine: each runs its own PostgreSQL, and the journeys each their own browser. Each begins
# with half of the files, so that what a file shares is made once, and the first to be done takes over from the other.
PARALLEL = ("-n", "2", "--dist", "worksteal")


@dataclass(frozen=True)
class Suite:
    """One check: a command of the environment, and the system's programs and files without which it cannot run."""

    name: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()


SUITES = (
    Suite("lint", ("ruff", "check", "--quiet", ".")),
    Suite("format", ("ruff", "format", "--quiet", "--check", ".")),
    Suite("layers", ("lint-imports", "--no-logo")),
    Suite(
        "security",
        ("bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", "covertops"),
    ),
    Suite("types", ("mypy",)),
    Suite("rules", (*PYTEST, *PARALLEL, "--ignore=tests/hostile", "--ignore=tests/journeys")),
    Suite("hostile", (*PYTEST, *PARALLEL, "tests/hostile"), needs=("strace",)),
    Suite("journeys", (*PYTEST, *PARALLEL, "tests/journeys"), needs=("chromium", "libatomic.so.1")),
)


def missing(suite: Suite) -> list[str]:
    """Return which of the suite's needs this machine lacks: programs by name, libraries by file name."""
    libraries = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    return [need for need in suite.needs if (need not in libraries if ".so" in need else shutil.which(need) is None)]


def run(suite: Suite) -> str:
    """Run one suite and return what became of it: passed, FAILED or NOT RUN."""
    if absent := missing(suite):
        print(
            f"{suite.name} cannot run here: {', '.join(absent)} is missing. `make system` installs it or says how.",
            flush=True,
        )
        return "FAILED" if os.environ.get("CI") == "true" else "NOT RUN"
    program, *arguments = suite.command
    finished = subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, check=False)
    return "passed" if finished.returncode == 0 else "FAILED"


def main(names: list[str]) -> int:
    """Run the suites named, or all of them, and print what became of each."""
    known = {suite.name for suite in SUITES}
    if unknown := sorted(set(names) - known):
        print(f"no suite is called {', '.join(unknown)}; there are: {', '.join(sorted(known))}", file=sys.stderr)
        return 2
    results = []
    for suite in SUITES:
        if names and suite.name not in names:
            continue
        print(f"\n=== {suite.name}: {' '.join(suite.command)}", flush=True)
        began = time.monotonic()
        results.append((suite.name, run(suite), time.monotonic() - began))
    print("\nsuite            seconds")
    for name, result, seconds in results:
        print(f"{name:<16} {seconds:7.1f}  {result}")
    print(f"{'together':<16} {sum(seconds for _, _, seconds in results):7.1f}", flush=True)
    return int(any(result == "FAILED" for _, result, _ in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
