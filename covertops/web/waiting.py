"""Whose turn it is, in words: for the bar of every page, and after an act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from covertops.actions.operations import Scene
from covertops.domain.department import Department
from covertops.domain.operation import Operation
from covertops.domain.policy import Policy
from covertops.domain.turns import Task, tasks
from covertops.domain.vocabulary import Office


def and_list(words: Iterable[str]) -> str:
    """Words as a list: ``a, b and c``."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def who_has(task: Task, department: Department) -> str:
    """The person or office that has a task."""
    if task.person:
        return department.name_of(task.person)
    return "the Chief" if task.office is Office.CHIEF else f"the {task.office.value}" if task.office else "nobody"


def waiting_for(operation: Operation, department: Department, rules: Policy, now: datetime) -> str:
    """Who has a task that is due now: ``the Chief and Supervisor 1``; empty when nobody has one."""
    due = [one for one in tasks(operation, rules, department.zone) if one.since <= now]
    return and_list(dict.fromkeys(who_has(one, department) for one in due))


def put_on_record(it: Scene, number: int) -> str | None:
    """The notice after an act: which entry it became, and whose turn it is now. None for no entry of theirs."""
    if not 1 <= number <= it.operation.last_number:
        return None
    waits = waiting_for(it.operation, it.department, it.facts.rules, it.facts.now)
    after = f"Now waiting for {waits}." if waits else "It waits for nobody now."
    return f"Put on record as entry {number}. {after}"
