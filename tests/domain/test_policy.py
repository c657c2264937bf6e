"""The policy file: what it must say, and that every rule cites what it says."""

from __future__ import annotations

import ast
import hashlib
import importlib.resources
import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable

import pytest

from covertops.domain import vocabulary
from covertops.domain.authority import authority
from covertops.domain.declaration import all_kinds, kind_of, specs_of
from covertops.domain.policy import BadPolicy, parse_policy
from covertops.domain.vocabulary import Mark, Office, Rule, Stage
from tests.domain.playing import make_world
from tests.domain.world import INVESTIGATOR_1, policy_2_8

PACKAGE = importlib.resources.files("covertops.domain")
DATA = PACKAGE.joinpath("palacios-2.8.toml").read_bytes()


def changed(old: str, new: str) -> bytes:
    text = DATA.decode()
    assert old in text
    return text.replace(old, new).encode()


def test_the_policy_is_shipped_and_its_digest_is_of_its_bytes():
    policy = policy_2_8()
    assert (policy.title, policy.digest) == ("Policy 2.8", hashlib.sha256(DATA).hexdigest())
    assert policy.source == DATA


def test_both_attorneys_are_contacted_and_all_four_questions_are_somebodys():
    policy = policy_2_8()
    assert [one.office for one in policy.consultations] == [Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY]
    assert {name for one in policy.consultations for name in one.must_answer} == set(policy.determinations)
    assert list(policy.determinations) == ["admissibility", "preservation", "open_government", "retention"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe", "cannot be read"),
        (b"title = ", "cannot be read"),
        (b"", "'title'|'determinations'"),
        (changed('title = "Policy 2.8"', ""), "title"),
        (changed("[clauses]", "[causes]"), "clauses"),
        (changed('office = "city attorney"', 'office = "mayor"'), "mayor"),
        (changed('"open_government", "retention"]', '"weather"]'), "unknown question: weather"),
        (changed('unit = "hours"\n', ""), "unit"),
        (
            changed("[settings.cease_hours]", "[settings.cease_minutes]"),
            "expected .*cease_hours.*, found .*cease_minutes",
        ),
        (changed('retention = "Records retention"', ""), "determinations: expected .*retention"),
        (changed('label = "An authorization lasts at most"', 'label = "x"\ncolor = "red"'), "color"),
    ],
)
def test_a_policy_file_that_lacks_something_is_refused_by_name(data: bytes, words: str):
    with pytest.raises(BadPolicy, match=words):
        parse_policy(data)


@pytest.mark.parametrize(
    "data",
    [
        changed("value = 90", 'value = "90"'),
        changed("value = 90", "value = 400"),
        changed("least = 1\nmost = 365", "least = 9\nmost = 3"),
    ],
)
def test_a_setting_outside_its_own_bounds_is_refused(data: bytes):
    with pytest.raises(BadPolicy, match="authorization_days"):
        parse_policy(data)


def test_settings_are_changed_in_a_copy_and_unknown_ones_refused():
    policy = policy_2_8()
    assert policy.with_settings({}) is policy
    assert policy.with_settings({"cease_hours": 12}).number("cease_hours") == 12
    assert policy.number("cease_hours") == 24
    with pytest.raises(BadPolicy, match="no such setting: stars"):
        policy.with_settings({"stars": 5})


def calls() -> Iterator[tuple[str, str, str]]:
    """Every call of policy(), setting() and practice() in the domain with constant words: name, clause, words."""
    for path in modules(PACKAGE):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RULES:
                constants = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
                clause, words, *_ = (*constants, "", "")
                yield node.func.id, clause, words


RULES = ("policy", "setting", "practice")


def modules(folder: Traversable) -> Iterator[Traversable]:
    for one in folder.iterdir():
        if one.is_dir() and one.name != "__pycache__":
            yield from modules(one)
        elif one.name.endswith(".py"):
            yield one


def test_every_clause_cited_as_policy_stands_in_the_policy_file():
    cited = {clause for name, clause, _ in calls() if name == "policy" and clause}
    assert {"IV.D.2", "IV.D.3", "V.B.2", "V.B.3"} <= cited
    assert cited <= set(policy_2_8().clauses)
    assert {one.clause for one in policy_2_8().consultations} <= set(policy_2_8().clauses)


def rules() -> Iterator[Rule]:
    """Every rule that a kind or a field of a kind declares."""
    for cls in all_kinds().values():
        yield from kind_of(cls).rules
        yield from (spec.rule for spec in specs_of(cls).values() if spec.rule)


def test_every_rule_of_an_entry_cites_a_clause_that_exists():
    assert {one.clause for one in rules() if one.mark is Mark.POLICY} <= set(policy_2_8().clauses)


PERIODS = re.compile(r"\d+ (days|hours|working)|every \d|at most")


def test_a_period_is_a_local_setting_and_never_said_to_be_policy():
    for name, clause, words in calls():
        assert name != "policy" or not PERIODS.search(f"{clause} {words}")
    for one in rules():
        assert one.mark is not Mark.POLICY or not PERIODS.search(f"{one.clause} {one.words}")


def test_clauses_about_public_pages_and_personal_use_are_only_applied_here():
    """Policy 2.8 exempts covert profiles from IV.A to IV.C, and V.A is about personal use: each is a local setting."""
    for name, clause, _ in calls():
        if clause.startswith(("IV.A", "IV.B", "IV.C", "V.A")):
            assert (name, "applied here" in clause) == ("setting", True)


def test_the_department_answers_are_never_marked_as_policy():
    operation = make_world(Stage.AUTHORIZED)
    state = authority(operation.operation, operation.now, policy_2_8(), INVESTIGATOR_1)
    assert {one.rule.mark for one in state.department.items} <= {Mark.SETTING, Mark.PRACTICE}


def test_a_rule_says_where_it_comes_from():
    assert vocabulary.policy("IV.D.2") == Rule(Mark.POLICY, "IV.D.2")
    assert vocabulary.setting("30 days") == Rule(Mark.SETTING, "30 days")
    assert vocabulary.practice("Kept apart.") == Rule(Mark.PRACTICE, "", "Kept apart.")
