"""The whole code base keeps the house rules, and each rule refuses what breaks it."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests import house_rules

ROOT = pathlib.Path(__file__).parent.parent

# The one place that commits, and the two where the program begins and a clock is chosen.
COMMITS_IN = "covertops/storage/unit_of_work.py"
CLOCKS_IN = {"covertops/web/app.py", "covertops/cli.py"}
# A long ordered protocol is better whole: "path: function" of each, with its steps numbered.
LONG_FUNCTIONS = {
    # The worked example is a story: what is told in order reads better whole.
    "covertops/demo/tale.py: _bicycles_begin",
    "covertops/demo/tale.py: _bicycles_end",
    "covertops/demo/tale.py: _waiting_today",
}

Rule = Callable[[str], list[str]]


def tracked(*patterns: str) -> list[str]:
    """Return the paths of the files that belong to the project: committed, or new and not ignored."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted({name for name in names if name and (ROOT / name).is_file()})


def broken(rule: Rule, *patterns: str) -> dict[str, list[str]]:
    """Return what breaks `rule` in the project's files that match, by path."""
    found = {}
    for name in tracked(*patterns):
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # A picture or another binary file holds none of what these rules look for.
        if problems := rule(text):
            found[name] = problems
    return found


def test_every_room_is_read_by_these_rules():
    assert {"covertops/domain/__init__.py", "tests/conftest.py"} <= set(tracked("*.py"))


def test_only_the_unit_of_work_commits_and_it_does_so_once():
    found = broken(house_rules.commits, "covertops/*.py")
    assert list(found) == [COMMITS_IN]
    assert len([each for each in found[COMMITS_IN] if ".begin(" not in each]) == 1


def test_no_error_is_caught_without_its_name():
    assert broken(house_rules.broad_excepts, "covertops/*.py", "migrations/*.py", "tests/*.py") == {}


def test_the_present_moment_is_read_only_where_the_program_begins():
    assert set(broken(house_rules.clock_reads, "covertops/*.py")) <= CLOCKS_IN


def test_the_domain_imports_only_the_predictable_standard_library():
    assert broken(house_rules.impure_imports, "covertops/domain/*.py") == {}


def test_a_function_can_be_read_at_once():
    long = broken(house_rules.long_functions, "covertops/*.py")
    assert {f"{path}: {name}" for path, names in long.items() for name in names} == LONG_FUNCTIONS


def test_a_file_has_one_subject():
    assert broken(house_rules.long_file, "*.py") == {}


def test_a_file_is_named_for_its_subject():
    assert [name for name in tracked("*.py") if pathlib.Path(name).stem in house_rules.EMPTY_NAMES] == []


def test_nothing_is_left_to_be_written_later():
    assert broken(house_rules.unfinished, "covertops/*.py", "migrations/*.py") == {}


def test_every_test_checks_something():
    assert broken(house_rules.tests_without_a_check, "tests/*.py") == {}


def test_no_test_measures_time():
    assert broken(house_rules.timed_assertions, "tests/*test_*.py") == {}


def test_no_file_says_where_packages_come_from():
    assert broken(house_rules.registry_addresses, ":!tests/house_rules.py", ":!tests/test_house_rules.py") == {}


def test_no_file_holds_a_path_of_the_machine_it_was_written_on():
    assert broken(house_rules.machine_paths, ":!tests/test_house_rules.py") == {}


VIOLATIONS: list[tuple[Rule, str]] = [
    (house_rules.broad_excepts, "try:\n    act()\nexcept:\n    pass\n"),
    (house_rules.broad_excepts, "try:\n    act()\nexcept Exception as error:\n    raise\n"),
    (house_rules.broad_excepts, "try:\n    act()\nexcept (ValueError, BaseException):\n    pass\n"),
    (house_rules.broad_excepts, "with contextlib.suppress(Exception):\n    act()\n"),
    (house_rules.commits, "connection.commit()\n"),
    (house_rules.commits, "with engine.begin() as connection:\n    pass\n"),
    (house_rules.commits, "connection.exec_driver_sql('COMMIT')\n"),
    (house_rules.clock_reads, "now = datetime.now(UTC)\n"),
    (house_rules.clock_reads, "now = datetime.datetime.utcnow()\n"),
    (house_rules.clock_reads, "today = date.today()\n"),
    (house_rules.clock_reads, "started = time.time()\n"),
    (house_rules.clock_reads, "def make(clock=datetime.now):\n    return clock\n"),
    (house_rules.clock_reads, "from time import time\n"),
    (house_rules.impure_imports, "import random\n"),
    (house_rules.impure_imports, "from secrets import token_hex\n"),
    (house_rules.impure_imports, "import sqlalchemy.orm\n"),
    (house_rules.impure_imports, "from covertops.storage import queries\n"),
    (house_rules.impure_imports, "from covertops import storage\n"),
    (house_rules.long_functions, "def act():\n" + "    step()\n" * house_rules.LONGEST_FUNCTION),
    (house_rules.long_file, "step()\n" * (house_rules.LONGEST_FILE + 1)),
    (house_rules.unfinished, "def act():\n    raise NotImplementedError\n"),
    (house_rules.unfinished, "def act(limit):\n    assert limit > 0\n"),
    (house_rules.tests_without_a_check, "def test_the_rule_holds():\n    act()\n"),
    (house_rules.tests_without_a_check, "def test_the_rule_holds():\n    assert True\n"),
    (house_rules.timed_assertions, "def test_it_is_fast():\n    assert time.perf_counter() - start < 1\n"),
    (house_rules.registry_addresses, "pip install --index-url somewhere\n"),
    (house_rules.registry_addresses, "see https://pypi" + ".org/project/flask\n"),
    (house_rules.registry_addresses, "resolved https://example.org/simple/flask\n"),
    (house_rules.machine_paths, "open('/home/someone/notes')\n"),
]


@pytest.mark.parametrize(("rule", "sample"), VIOLATIONS, ids=lambda part: getattr(part, "__name__", None))
def test_each_rule_refuses_what_breaks_it(rule: Rule, sample: str):
    assert rule(sample) != []


OBSERVANCES: list[tuple[Rule, str]] = [
    (house_rules.broad_excepts, "try:\n    act()\nexcept ValueError:\n    pass\n"),
    (house_rules.commits, "commit = unit.append(batch)\n"),
    (house_rules.clock_reads, "def lapse(now: datetime) -> date:\n    return now.date()\n"),
    (house_rules.impure_imports, "import dataclasses\nfrom covertops.domain.refusals import Refusal\n"),
    (house_rules.long_functions, "def act():\n" + "    step()\n" * (house_rules.LONGEST_FUNCTION - 1)),
    (
        house_rules.tests_without_a_check,
        "def test_the_rule_holds():\n    with pytest.raises(Refusal):\n        act()\n",
    ),
    (house_rules.tests_without_a_check, "def test_the_rule_holds(page):\n    expect(page).to_have_title('Sign in')\n"),
    (house_rules.registry_addresses, "see https://www.rfc-editor.org/rfc/rfc9162\n"),
    (house_rules.machine_paths, "@app.get('/work-product/<id>')\n"),
]


@pytest.mark.parametrize(("rule", "sample"), OBSERVANCES, ids=lambda part: getattr(part, "__name__", None))
def test_no_rule_refuses_what_keeps_it(rule: Rule, sample: str):
    assert rule(sample) == []


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("ledger", "from covertops import vault", "Each room imports only the rooms below it"),
        ("storage", "from covertops import export", "Each room imports only the rooms below it"),
        ("actions", "from covertops import web", "Each room imports only the rooms below it"),
        ("domain", "import secrets", "The rules know nothing but the standard library"),
        ("actions", "import flask", "Only the web knows Flask"),
        ("export", "import sqlalchemy", "Only storage knows the database"),
        ("web", "from covertops.storage import __name__ as forbidden", "A page changes nothing but through an action"),
    ],
)
def test_an_import_across_the_layers_is_refused(room: str, line: str, contract: str, tmp_path: pathlib.Path):
    shutil.copytree(ROOT / "covertops", tmp_path / "covertops", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "covertops" / room / "trespass.py").write_text(f'"""A trespass."""\n\n{line}\n')
    linted = lint_imports(tmp_path)
    assert linted.returncode == 1, linted.stdout + linted.stderr
    # A long name is wrapped, so the verdict is looked for in the words after it.
    verdicts = " ".join(linted.stdout.split())
    assert "BROKEN" in verdicts.partition(contract)[2].split("KEPT")[0]


def test_a_room_that_the_layers_do_not_name_is_refused(tmp_path: pathlib.Path):
    shutil.copytree(ROOT / "covertops", tmp_path / "covertops", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "covertops" / "annex.py").write_text('"""A room nobody named."""\n')
    assert "covertops.annex" in lint_imports(tmp_path).stdout


def lint_imports(folder: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """Run the project's import contracts on the copy of the package in `folder`."""
    program = pathlib.Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
