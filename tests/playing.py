"""A small department on a real database, and operations brought to any stage by real acts, never by inserted rows.

town = found_town(database_url, tmp_path)
operation_id = town.bring(Stage.ACTIVE)
town.act("suspend", operation_id, "supervisor-1", {"ground": "The account was named in public."})
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from covertops.actions import evidence, operations, signing
from covertops.actions.checking import Checked, check
from covertops.actions.installation import Installation
from covertops.actions.recording import Outcome, record_department
from covertops.config import policy_bytes
from covertops.domain.decisions import DECISIONS
from covertops.domain.decisions.frame import Written
from covertops.domain.declaration import Entry
from covertops.domain.department import Department
from covertops.domain.entries.department import AccountOpened, DepartmentEstablished, OfficeAppointed, PolicyAdopted
from covertops.domain.entries.request import ProfileDeclared, RequestSubmitted
from covertops.domain.operation import Operation
from covertops.domain.policy import parse_policy
from covertops.domain.vocabulary import Office, Stage
from covertops.storage.files import FileStore
from covertops.storage.log_key import found
from covertops.storage.unit_of_work import Store
from covertops.vault.keys import Keyring
from tests.clock import FixedClock

OFFICES = {
    "chief": Office.CHIEF,
    "administrator": Office.ADMINISTRATOR,
    "investigator-1": Office.INVESTIGATOR,
    "investigator-2": Office.INVESTIGATOR,
    "supervisor-1": Office.SUPERVISOR,
    "supervisor-2": Office.SUPERVISOR,
    "prosecutor": Office.PROSECUTING_ATTORNEY,
    "auditor": Office.AUDITOR,
}
Answers = Mapping[str, object]


@dataclass
class Town:
    """One department on one database. Acts name people by the short names of :data:`OFFICES`."""

    house: Installation
    clock: FixedClock
    people: dict[str, str] = field(default_factory=dict)
    web_key: bytes | None = None
    """The key of the pages, where the installation was opened with one."""

    def begin(self, answers: Answers | None = None, person: str = "investigator-1") -> str:
        """Send a request; the operation's id."""
        given = self.request() | dict(answers or {})
        return operations.begin(self.house, RequestSubmitted, self.people[person], given, self.clock()).operation.id

    def declare(self, answers: Answers | None = None, person: str = "investigator-1") -> str:
        """Declare a profile older than the system; the operation's id."""
        given = {
            "matter": "A profile from earlier",
            "platform": "PhotoMarket",
            "identity": "“Robin T.”, age 28",
            "handle": "@robin-example",
            "in_use_since": "2026-01-05",
            "used_by": [self.people["investigator-1"]],
            "earlier_approval": "not shown",
        } | dict(answers or {})
        return operations.begin(self.house, ProfileDeclared, self.people[person], given, self.clock()).operation.id

    def act(self, name: str, operation_id: str, person: str, answers: Answers) -> Outcome:
        """Do any decision, signing it where it is a signed one; the clock goes on by a minute."""
        self.clock.advance(timedelta(minutes=1))
        who, now = self.people[person], self.clock()
        if not DECISIONS[name].signed:
            return operations.act(self.house, name, operation_id, who, answers, now)
        intent = signing.prepare(self.house, name, operation_id, who, answers, now)
        return signing.confirm(self.house, intent.id, who, signing.PASSWORD, now)

    def capture(self, operation_id: str, content: bytes, person: str = "investigator-1", name: str = "page.png") -> int:
        """Keep a capture; its entry's number."""
        self.clock.advance(timedelta(minutes=1))
        given = {
            "name": name,
            "tool": "Chromium 156",
            "source": "https://photomarket.example/7",
            "original": "original",
        }
        pieces = [content[start : start + 70_000] for start in range(0, len(content), 70_000)]
        who = self.people[person]
        outcome = evidence.receive(self.house, operation_id, who, pieces, len(content), given, self.clock())
        return outcome.number

    def bring(self, stage: Stage) -> str:
        """An operation brought to a stage by every act on the way there."""
        if stage is Stage.DECLARED:
            return self.declare()
        operation_id = self.begin()
        if stage in _REQUEST_ANSWERS:
            name, person = _REQUEST_ANSWERS[stage]
            self.act(name, operation_id, person, {"reasons": "The facts do not carry it yet."})
        if stage in (Stage.REQUESTED, *_REQUEST_ANSWERS):
            return operation_id
        self.authorize(operation_id)
        if stage is Stage.AUTHORIZED:
            return operation_id
        self.meet_gates(operation_id)
        self.act("activate", operation_id, "supervisor-1", {"note": ""})
        if stage is Stage.SUSPENDED:
            self.act("suspend", operation_id, "supervisor-1", {"ground": "The account was named in public."})
        if stage is Stage.ENDED:
            answers = {"ground": "The case is closed.", "stop_instruction": "Sign out everywhere. Delete nothing."}
            self.act("end-operation", operation_id, "supervisor-1", answers)
        return operation_id

    def authorize(self, operation_id: str, answers: Answers | None = None) -> Outcome:
        """The Chief authorizes."""
        return self.act("grant-authorization", operation_id, "chief", self.grant() | dict(answers or {}))

    def meet_gates(self, operation_id: str) -> None:
        """The officer promises and the supervisor contacts both attorneys."""
        self.act("make-promise", operation_id, "investigator-1", PROMISE)
        grant = self.operation(operation_id).grant
        assert grant is not None
        for office in ("prosecuting attorney", "city attorney"):
            self.act("log-consultation", operation_id, "supervisor-1", self.consultation(office, grant.ref.number))

    def request(self) -> dict[str, object]:
        """The answers of an ordinary request."""
        return {
            "conduct": ["contact"],
            "matter": "Bicycles taken from garden sheds, offered on PhotoMarket",
            "case_number": "26-004518",
            "offense": "Theft. Four bicycles were offered within a day by the same seller name.",
            "need": "To see closed listings; the seller removes them when asked openly.",
            "platform": "PhotoMarket",
            "identity": "“Casey R.”, age 30, drawn picture",
            "handle": "@casey-example",
            "subject": "@seller-example",
            "officers": [self.people["investigator-1"]],
            "start_on": self.today(),
            "days": "30",
            "proposed_supervisor": self.people["supervisor-1"],
        }

    def grant(self) -> dict[str, object]:
        """The Chief's answers to an ordinary request."""
        return {
            "decision": "Two serial numbers tie this seller to our reports. I authorize looking and one conversation.",
            "platforms": "PhotoMarket; one account",
            "conduct": "Look at the seller’s listings; one conversation about serial numbers.",
            "prohibitions": "No purchase. No meeting.",
            "conditions": "",
            "officers": [self.people["investigator-1"]],
            "starts_on": self.today(),
            "ends_on": self.today(60),
            "review_days": "30",
            "supervisor": self.people["supervisor-1"],
            "relief": self.people["supervisor-2"],
            "device": "",
            "changed": "no",
            "involved": "no",
        }

    def consultation(self, office: str, *shown: int) -> dict[str, object]:
        """The answers of a consultation that brought what the office must determine itself."""
        first = office == "prosecuting attorney"
        own, other = ("determined", "referred") if first else ("referred", "determined")
        return {
            "attorney_office": office,
            "attorney": "Assistant County Attorney 1, ext. 0142" if first else "City Attorney 1, ext. 0007",
            "held_at": self.local(),
            "how": "telephone",
            "shown": [str(number) for number in shown],
            "answer": "given",
            "admissibility": own,
            "admissibility_instruction": "Capture whole conversations.",
            "preservation": own,
            "preservation_instruction": "Keep every original file.",
            "open_government": other,
            "open_government_instruction": "Requests go to the city attorney first.",
            "retention": other,
            "retention_instruction": "Keep until two years after the case is closed.",
            "retention_series": "PS4125-05b, as verified by the records officer",
            "prosecutor_advice": "Advice of the prosecutor, privileged." if first else "",
            "city_attorney_advice": "" if first else "Advice of the city attorney, privileged.",
        }

    def activity(self, captures: tuple[int, ...] = (), **more: object) -> dict[str, object]:
        """The answers of an ordinary activity that ended just now."""
        return {
            "started_at": self.local(-20),
            "ended_at": self.local(-2),
            "keyboard": self.people["investigator-1"],
            "headline": "Looked at three listings",
            "happened": "Three listings seen, one frame number readable. No contact.",
            "counterpart": "@seller-example",
            "captures": [str(number) for number in captures],
            "outside": "no",
        } | more

    def review(self, **more: object) -> dict[str, object]:
        """The answers of an ordinary review of the time until now."""
        return {
            "period_from": self.today(-7),
            "period_to": self.today(),
            "rechecked": "yes",
            "necessary": "yes",
            "in_scope": "yes",
            "findings": "In scope and still necessary.",
            "result": "continue",
        } | more

    def local(self, minutes: int = 0) -> str:
        """Now, moved by some minutes, as a form's local date and time."""
        zone = self.department().zone
        return (self.clock() + timedelta(minutes=minutes)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")

    def today(self, days: int = 0) -> str:
        """Today, moved by some days, as a form's date."""
        return (self.clock().astimezone(self.department().zone).date() + timedelta(days=days)).isoformat()

    def department(self) -> Department:
        """The department as it stands."""
        with self.house.store.read() as unit:
            return self.house.folds.department(unit)

    def operation(self, operation_id: str) -> Operation:
        """An operation as it stands."""
        with self.house.store.read() as unit:
            return self.house.folds.operation(unit, operation_id)

    def check(self) -> Checked:
        """Check the whole installation; the test fails with the problems where there is one."""
        found = check(self.house)
        assert found.ok, found.problems
        return found


_REQUEST_ANSWERS = {
    Stage.RETURNED: ("return-request", "chief"),
    Stage.REFUSED: ("refuse-request", "chief"),
    Stage.WITHDRAWN: ("withdraw-request", "investigator-1"),
}

PROMISE = {
    "policy_read": "yes",
    "not_identified": "yes",
    "nothing_revealed": "yes",
    "no_likeness": "yes",
    "exposure_checked": "yes",
    "scope_understood": "yes",
    "device": "department",
}


def found_town(database_url: str, folder: Path, clock: FixedClock | None = None) -> Town:
    """A founded department on a migrated database: everybody of :data:`OFFICES` with an account and the office."""
    store = Store.open(database_url, Keyring(secrets.token_bytes(32)))
    found(store, "example.invalid/record")
    house = Installation(store, FileStore(folder / "files"), parse_policy(policy_bytes()), secrets.token_bytes(32))
    return peopled_town(house, clock or FixedClock())


def peopled_town(house: Installation, clock: FixedClock) -> Town:
    """As :func:`found_town`, of an installation that is there already and has nobody in it."""
    town = Town(house, clock)
    now = town.clock()
    town.people = {short: secrets.token_hex(16) for short in OFFICES}
    chief, administrator = town.people["chief"], town.people["administrator"]
    entries: list[Entry] = [
        DepartmentEstablished(by=None, name="Example Police Department", zone="America/Chicago", log_key="0" * 64)
    ]
    entries += [
        AccountOpened(by=administrator, person=person, name=short.replace("-", " ").capitalize(), sign_in_name=short)
        for short, person in town.people.items()
    ]
    entries += [
        OfficeAppointed(
            by=chief,
            person=town.people[short],
            held=office.value,
            instrument="Order 1",
            from_on=(now - timedelta(days=30)).date(),
            until_on=None,
            agency=None,
        )
        for short, office in OFFICES.items()
    ]
    entries.append(PolicyAdopted(by=chief, title=house.policy.title, digest=house.policy.digest))
    with house.store.write() as unit:
        written = tuple(Written(Office.SYSTEM, entry) for entry in entries)
        department, _ = record_department(unit, Department(), written, now)
    house.folds.keep_department(department)
    town.clock.advance(timedelta(days=1))
    return town
