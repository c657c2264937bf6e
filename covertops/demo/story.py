"""The acts of the worked example, with a clock that only goes forward."""

from __future__ import annotations

import hashlib
import importlib.resources
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from covertops.actions import evidence, operations, signing
from covertops.actions.installation import Installation
from covertops.actions.operations import begin
from covertops.domain.decisions import DECISIONS
from covertops.domain.entries.request import ProfileDeclared, RequestSubmitted

ZONE: Final = ZoneInfo("America/Chicago")
LARGE_BYTES: Final = 56 * 1024 * 1024
Answers = Mapping[str, object]


@dataclass
class Story:
    """The department's acts with a clock that only goes forward. People are named by their short names."""

    house: Installation
    people: Mapping[str, str]
    now: datetime
    end: datetime
    ids: dict[str, str] = field(default_factory=dict)

    def day(self, days_ago: int, at: str) -> Story:
        """Move the clock to a local time some days before the end; it never goes back."""
        hours, minutes = (int(part) for part in at.split(":"))
        day = self.end.astimezone(ZONE).date() - timedelta(days=days_ago)
        moment = datetime.combine(day, time(hours, minutes), ZONE)
        self.now = max(self.now + timedelta(minutes=1), min(moment, self.end))
        return self

    def today(self, days: int = 0) -> str:
        """The local day of the story, moved by some days, as a form sends it."""
        return (self._day() + timedelta(days=days)).isoformat()

    def local(self, minutes: int = 0) -> str:
        """The story's local time, moved by some minutes, as a form sends it."""
        return (self.now + timedelta(minutes=minutes)).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")

    def _day(self) -> date:
        return self.now.astimezone(ZONE).date()

    def request(self, name: str, person: str, answers: Answers) -> None:
        """Send a request and remember the operation by a short name."""
        given = {"start_on": self.today(), "days": "60", "officers": [self.people[person]]} | dict(answers)
        done = begin(self.house, RequestSubmitted, self.people[person], given, self.now)
        self.ids[name] = done.operation.id

    def declare(self, name: str, person: str, answers: Answers) -> None:
        """Declare a profile older than the system."""
        given = {"used_by": [self.people[person]]} | dict(answers)
        done = begin(self.house, ProfileDeclared, self.people[person], given, self.now)
        self.ids[name] = done.operation.id

    def act(self, name: str, operation: str, person: str, answers: Answers) -> int:
        """Do an act, signing it where it is a signed one; the number of its entry."""
        self.now += timedelta(minutes=2)
        who, id_ = self.people[person], self.ids[operation]
        if not DECISIONS[name].signed:
            return operations.act(self.house, name, id_, who, answers, self.now).number
        intent = signing.prepare(self.house, name, id_, who, answers, self.now)
        return signing.confirm(self.house, intent.id, who, signing.PASSWORD, self.now).number

    def capture(self, operation: str, person: str, name: str, content: Iterator[bytes], size: int) -> int:
        """Keep an original; the number of its entry."""
        self.now += timedelta(minutes=1)
        given = {
            "name": name,
            "captured_at": self.local(-3),
            "tool": "Chromium 156, department workstation",
            "source": "https://photomarket.example/garden-bikes",
            "original": "original",
        }
        id_, who = self.ids[operation], self.people[person]
        return evidence.receive(self.house, id_, who, content, size, given, self.now).number

    def grant(self, operation: str, answers: Answers) -> int:
        """The Chief authorizes; the number of the entry."""
        given = {
            "prohibitions": "No purchase. No meeting in person. No contact with anyone else.",
            "starts_on": self.today(),
            "ends_on": self.today(60),
            "review_days": "30",
            "relief": "",
            "changed": "no",
            "involved": "no",
        } | dict(answers)
        return self.act("grant-authorization", operation, "chief", given)

    def promise(self, operation: str, person: str) -> None:
        """An officer makes the promise."""
        ticks = (
            "policy_read",
            "not_identified",
            "nothing_revealed",
            "no_likeness",
            "exposure_checked",
            "scope_understood",
        )
        self.act("make-promise", operation, person, dict.fromkeys(ticks, "yes") | {"device": "department"})

    def consult(self, operation: str, person: str, office: str, *shown: int) -> None:
        """The supervisor records the contact with one attorney."""
        self.act("log-consultation", operation, person, consultation(office, self.local(-15), shown))

    def activity(self, operation: str, person: str, headline: str, happened: str, **more: object) -> int:
        """An officer records a sitting that ended a few minutes ago; the number of the entry."""
        given = {
            "started_at": self.local(-35),
            "ended_at": self.local(-5),
            "keyboard": self.people[person],
            "headline": headline,
            "happened": happened,
            "outside": "no",
        } | more
        return self.act("log-activity", operation, person, given)

    def review(
        self, operation: str, person: str, days: int, findings: str, entries: list[int], captures: list[int]
    ) -> None:
        """The supervisor reviews the last days; the result is to continue."""
        given = {
            "period_from": self.today(-days),
            "period_to": self.today(),
            "entries": [str(one) for one in entries],
            "captures": [str(one) for one in captures],
            "rechecked": "yes" if captures else "none",
            "necessary": "yes",
            "in_scope": "yes",
            "findings": findings,
            "result": "continue",
        }
        self.act("hold-review", operation, person, given)


def consultation(office: str, held_at: str, shown: tuple[int, ...]) -> dict[str, object]:
    """The answers of a contact in which the office determined what is its own to determine."""
    prosecutor = office == "prosecuting attorney"
    own, other = ("determined", "referred") if prosecutor else ("referred", "determined")
    return {
        "attorney_office": office,
        "attorney": "Assistant County Attorney 1, ext. 0142" if prosecutor else "City Attorney 1, ext. 0007",
        "held_at": held_at,
        "how": "in writing" if prosecutor else "telephone",
        "shown": [str(number) for number in shown],
        "answer": "given",
        "admissibility": own,
        "admissibility_instruction": "Capture whole conversations. Note who was at the keyboard.",
        "preservation": own,
        "preservation_instruction": "Keep the original file of every capture.",
        "open_government": other,
        "open_government_instruction": "Send every records request to the city attorney before answering.",
        "retention": other,
        "retention_instruction": "Keep until two years after the case is closed.",
        "retention_series": "As the records officer verifies",
        "prosecutor_advice": "The numbers carry the case; conversations help if complete." if prosecutor else "",
        "city_attorney_advice": "" if prosecutor else "Expect a records request; do not describe methods.",
    }


def file_of(name: str) -> tuple[Iterator[bytes], int]:
    """A capture shipped with the program, and its size."""
    data = importlib.resources.files("covertops.demo.files").joinpath(name).read_bytes()
    return iter([data]), len(data)


def large_file() -> Iterator[bytes]:
    """A screen recording's worth of bytes, made on the spot: an MP4 signature and a stream of hashes."""
    head = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
    yield head
    left, count = LARGE_BYTES - len(head), 0
    while left:
        piece = hashlib.shake_256(count.to_bytes(8, "big")).digest(min(left, 1 << 20))
        yield piece
        left -= len(piece)
        count += 1
