"""What is installed is what was locked, and a check that did not run is never taken for one that passed."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement

from tests import run_suites

ROOT = pathlib.Path(__file__).parent.parent
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?P<marker> ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def pins(lock: str) -> dict[str, str]:
    """Return the version of each package that the lock names."""
    lines = (ROOT / lock).read_text().splitlines()
    return {pin["name"]: pin["version"] for line in lines if (pin := PIN.match(line))}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_versions_and_hashes_and_nothing_else(lock: str):
    lines = (ROOT / lock).read_text().splitlines()
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []


def test_the_tests_run_on_the_versions_that_are_installed_for_use():
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "dev"])]
)
def test_the_locks_hold_what_the_project_asks_for(lock: str, extras: list[str]):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + [each for extra in extras for each in project["optional-dependencies"][extra]]
    locked = pins(lock)
    for requirement in map(Requirement, asked):
        assert locked[requirement.name] in requirement.specifier, f"run `make lock`: {requirement} is not in {lock}"


def test_a_suite_that_cannot_run_here_says_so_and_is_not_counted_as_passed(monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    suite = run_suites.Suite("hostile", ("python", "-c", "pass"), needs=("a-program-nobody-has",))
    assert run_suites.run(suite) == "NOT RUN"
    assert "hostile cannot run here: a-program-nobody-has is missing" in capsys.readouterr().out


def test_a_suite_that_cannot_run_fails_in_ci(monkeypatch):
    monkeypatch.setenv("CI", "true")
    suite = run_suites.Suite("hostile", ("python", "-c", "pass"), needs=("libnobodyhas.so.1",))
    assert run_suites.run(suite) == "FAILED"


@pytest.mark.parametrize(("program", "result"), [("pass", "passed"), ("raise SystemExit(1)", "FAILED")])
def test_a_suite_passes_when_its_command_succeeds(program: str, result: str):
    assert run_suites.run(run_suites.Suite("lint", ("python", "-c", program), needs=("git",))) == result


def test_every_test_belongs_to_a_suite_that_is_run():
    commands = [" ".join(suite.command) for suite in run_suites.SUITES]
    (rules,) = [command for command in commands if "--ignore" in command]
    left_out = re.findall(r"--ignore=(\S+)", rules)
    assert left_out != []
    assert all(any(command.endswith(f" {folder}") for command in commands) for folder in left_out)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("pass", "1 passed"),
        ("pytest.skip('not today')", "1 failed"),
        ("pytest.xfail('known')", "1 failed"),
        ("pytest.importorskip('a_module_nobody_has')", "1 failed"),
    ],
)
def test_a_skipped_test_is_a_failed_test(body: str, outcome: str, tmp_path: pathlib.Path):
    (tmp_path / "test_sample.py").write_text(f"import pytest\n\n\ndef test_sample():\n    {body}\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:randomly", "--rootdir", tmp_path, tmp_path],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in run.stdout.splitlines()[-1]
