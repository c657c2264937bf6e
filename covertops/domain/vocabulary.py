"""The words of the record: offices, stages, disclosure classes, and where a rule comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Office(StrEnum):
    """An office a person holds by appointment; an entry names the office in which its author acted."""

    INVESTIGATOR = "investigator"
    SUPERVISOR = "supervisor"
    CHIEF = "chief"
    ACTING_CHIEF = "acting chief"
    """Acts as the Chief between two days; what is done so says so."""
    PROSECUTING_ATTORNEY = "prosecuting attorney"
    CITY_ATTORNEY = "city attorney"
    RECORDS_CUSTODIAN = "records custodian"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"
    """Nobody: the software itself, when a lapse falls due."""

    @property
    def title(self) -> str:  # type: ignore[override] # nothing here needs the method of str
        """The office as it is printed, with a capital."""
        named = {Office.CHIEF: "Chief of Police", Office.ACTING_CHIEF: "Acting Chief"}
        return named.get(self, self.value.capitalize())


CHIEFS = (Office.CHIEF, Office.ACTING_CHIEF)
"""In either of them a person acts as the Chief."""


class Stage(StrEnum):
    """Where an operation stands in its life."""

    DECLARED = "declared"
    REQUESTED = "requested"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    AUTHORIZED = "authorized"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Disclosure(StrEnum):
    """Who may see a field when it leaves the department (record.md, Disclosure)."""

    OPEN = "open"
    INVESTIGATIVE = "investigative"
    IDENTITY = "identity"
    PROSECUTOR_WORK_PRODUCT = "prosecutor work product"
    CITY_ATTORNEY_ADVICE = "city attorney advice"


class Audience(StrEnum):
    """Who a package is made for."""

    PROSECUTOR = "prosecutor"


class StreamKind(StrEnum):
    """The streams of the one log."""

    DEPARTMENT = "department"
    ACCESS = "access"
    OPERATION = "operation"


class Compartment(StrEnum):
    """Which key seals a field. The two counsels' compartments are never one."""

    DEPARTMENT = "department"
    ACCESS = "access"
    OPERATION = "operation"
    PROSECUTOR = "prosecutor"
    CITY = "city"


class Mark(StrEnum):
    """Where a rule comes from. A screen never shows a setting or a practice as if the policy said it."""

    POLICY = "policy"
    SETTING = "setting"
    PRACTICE = "practice"


@dataclass(frozen=True)
class Rule:
    """A rule with its source: ``clause`` is a policy clause, a setting's words or empty for practice."""

    mark: Mark
    clause: str = ""
    words: str = ""


def policy(clause: str, words: str = "") -> Rule:
    """A rule of Policy 2.8 itself."""
    return Rule(Mark.POLICY, clause, words)


def setting(clause: str, words: str = "") -> Rule:
    """A local setting, changeable only by the Chief on the record (Policy 2.8, V.B.3)."""
    return Rule(Mark.SETTING, clause, words)


def practice(words: str = "") -> Rule:
    """A rule borrowed from published good practice."""
    return Rule(Mark.PRACTICE, "", words)
