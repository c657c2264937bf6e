"""The command line: it asks nothing, says what went wrong in one line, and is well only when something was checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from covertops.cli import called_here, main
from covertops.config import Paths, open_installation
from covertops.domain.vocabulary import Stage
from covertops.storage.lookups import all_streams


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example, made once."""
    folder = tmp_path_factory.mktemp("cli") / "example"
    assert run("demo", "--instance", str(folder)).exit_code == 0
    return folder


def run(*arguments: str) -> Result:
    """One call of the program."""
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def told(*arguments: str) -> dict[str, object]:
    """What a call that goes well tells a script."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def test_every_command_explains_itself() -> None:
    names = list(main.commands)
    assert {"init", "demo", "run", "verify", "rebuild", "package", "verify-package", "checkpoint", "person"} <= set(
        names
    )
    assert all(len(run(name, "--help").output) > 150 for name in names)


def test_the_program_is_named_as_short_as_it_is_found_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / ".venv" / "bin" / "covertops"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    assert called_here(program) == "covertops"
    monkeypatch.setenv("PATH", "")
    assert called_here(program) == str(program)
    monkeypatch.chdir(tmp_path)
    assert called_here(program) == ".venv/bin/covertops"
    assert called_here(Path(".venv/bin/covertops")) == ".venv/bin/covertops"


def test_init_can_be_run_again_and_keeps_the_log(tmp_path: Path) -> None:
    first = told("init", "--instance", str(tmp_path / "new"))
    assert told("init", "--instance", str(tmp_path / "new")) == first


def test_the_master_key_is_its_owners_alone(tmp_path: Path) -> None:
    told("init", "--instance", str(tmp_path / "new"))
    assert Paths.at(tmp_path / "new").key_file.stat().st_mode & 0o777 == 0o600


def test_a_database_without_its_key_gets_no_new_one(tmp_path: Path) -> None:
    told("init", "--instance", str(tmp_path / "new"))
    (tmp_path / "new" / "keys" / "master.key").rename(tmp_path / "elsewhere")
    result = run("init", "--instance", str(tmp_path / "new"))
    assert (result.exit_code, "bring the key back" in result.stderr) == (1, True)


def test_where_nothing_is_installed_every_command_says_so(tmp_path: Path) -> None:
    for name in ("verify", "rebuild", "checkpoint"):
        result = run(name, "--instance", str(tmp_path))
        assert (result.exit_code, "init" in result.stderr) == (1, True), name


def test_verify_is_not_well_where_there_is_nothing_to_check(tmp_path: Path) -> None:
    told("init", "--instance", str(tmp_path / "new"))
    result = run("verify", "--instance", str(tmp_path / "new"))
    assert (result.exit_code, "NOTHING TO CHECK" in result.output) == (1, True)


def test_the_example_verifies(example: Path) -> None:
    answer = told("verify", "--instance", str(example))
    assert (answer["ok"], answer["problems"], answer["operations"]) == (True, [], 9)


def test_the_example_has_an_operation_in_every_stage(example: Path) -> None:
    house = open_installation(Paths.at(example)).house
    with house.store.read() as unit:
        stages = {house.folds.operation(unit, stream).stage for stream in all_streams(unit)}
    house.store.close()
    assert stages == set(Stage)


def test_what_checkpoint_prints_is_a_receipt_that_verify_reads(example: Path, tmp_path: Path) -> None:
    printed = run("checkpoint", "--instance", str(example))
    assert "Log key: " in printed.stderr
    (tmp_path / "receipt.txt").write_text(printed.stdout)
    result = run("verify", "--instance", str(example), "--checkpoint", str(tmp_path / "receipt.txt"))
    assert result.exit_code == 0, result.output


def test_a_receipt_of_another_log_is_named(example: Path, tmp_path: Path) -> None:
    receipt = tmp_path / "receipt"
    receipt.write_text(str(told("checkpoint", "--instance", str(example))["checkpoint"]))
    assert run("verify", "--instance", str(example), "--checkpoint", str(receipt)).exit_code == 0
    receipt.write_text(receipt.read_text().replace("\n1", "\n2", 1))
    assert run("verify", "--instance", str(example), "--checkpoint", str(receipt)).exit_code == 1


def test_rebuild_leaves_a_record_that_verifies(example: Path) -> None:
    assert told("rebuild", "--instance", str(example))["operations"] == 9
    assert told("verify", "--instance", str(example))["ok"] is True


def test_a_released_package_is_written_and_verifies_with_the_logs_key(example: Path, tmp_path: Path) -> None:
    written = told("package", "--instance", str(example), "--output", str(tmp_path / "p.zip"))
    key = str(told("checkpoint", "--instance", str(example))["log_key"])
    answer = told("verify-package", str(tmp_path / "p.zip"), "--key", key)
    assert (answer["ok"], answer["fingerprint"]) == (True, written["manifest_sha256"])


def test_the_same_package_is_the_same_bytes(example: Path, tmp_path: Path) -> None:
    told("package", "--instance", str(example), "--output", str(tmp_path / "p.zip"))
    assert (tmp_path / "p.zip").read_bytes() == (example / "example-package.zip").read_bytes()


def test_a_package_that_is_not_released_is_refused_and_names_who_must(example: Path, tmp_path: Path) -> None:
    result = run("package", "--instance", str(example), "--output", str(tmp_path / "p.zip"), "EXP-2026-0004-1")
    assert (result.exit_code, "Chief" in result.stderr, (tmp_path / "p.zip").exists()) == (1, True, False)


def test_a_package_with_one_bit_changed_is_refused(example: Path, tmp_path: Path) -> None:
    content = bytearray((example / "example-package.zip").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "p.zip").write_bytes(content)
    assert run("verify-package", str(tmp_path / "p.zip")).exit_code == 1


def test_people_are_listed_with_the_offices_they_hold(example: Path) -> None:
    people = told("person", "list", "--instance", str(example))["people"]
    assert isinstance(people, list)
    assert {"chief": ["chief"], "prosecutor": ["prosecuting attorney"]}.items() <= {
        one["sign_in_name"]: one["offices"] for one in people
    }.items()


def test_the_example_shows_a_code_of_its_people_and_an_installation_in_use_shows_none(
    example: Path, tmp_path: Path
) -> None:
    code = told("person", "code", "--instance", str(example), "chief")["code"]
    assert isinstance(code, str)
    assert (len(code), code.isdecimal()) == (6, True)
    assert run("person", "code", "--instance", str(example), "nobody").exit_code == 1
    assert run("init", "--instance", str(tmp_path / "real")).exit_code == 0
    refused = run("person", "code", "--instance", str(tmp_path / "real"), "chief")
    assert (refused.exit_code, "only a worked example" in refused.stderr) == (1, True)


def test_an_invitation_at_the_machine_is_on_the_departments_record(example: Path) -> None:
    before = told("verify", "--instance", str(example))["entries"]
    code = told("person", "invite", "--instance", str(example), "Auditor")["code"]
    assert isinstance(code, str)
    assert len(code) == 23
    assert told("verify", "--instance", str(example))["entries"] == int(str(before)) + 2


def test_nobody_of_that_name_is_said_in_one_line(example: Path) -> None:
    result = run("person", "invite", "--instance", str(example), "nobody")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


def test_a_finished_example_is_found_again_and_not_made_anew(example: Path) -> None:
    before = (example / "example-package.zip").stat().st_mtime_ns
    assert told("demo", "--instance", str(example))["log_key"]
    assert (example / "example-package.zip").stat().st_mtime_ns == before


def test_an_installation_in_use_is_never_made_into_an_example(tmp_path: Path) -> None:
    told("init", "--instance", str(tmp_path / "new"))
    assert run("demo", "--instance", str(tmp_path / "new")).exit_code == 1
