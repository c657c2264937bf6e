"""Everything one officer asked for, asked again by another, and by the same officer once they are off the operation."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from werkzeug.test import TestResponse

from covertops.actions import department
from covertops.actions.signing import PASSWORD
from covertops.domain.vocabulary import Stage
from tests.web.audience import Asker
from tests.web.filling import forms_of
from tests.web.scenes import scene_of
from tests.web.test_looking_changes_nothing import rows_of
from tests.web.town_pages import TownPages

SAYS = ("2026-0001", "Bicycles taken", "@casey-example", "26-004518")
"""What tells of the operation."""
VARIANTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("GET", {}),
    ("HEAD", {}),
    ("GET", {"Accept": "application/json"}),
    ("GET", {"Range": "bytes=0-3"}),
    ("GET", {"If-None-Match": "*"}),
)


@dataclass(frozen=True)
class Sent:
    """One request, as it was sent."""

    method: str
    path: str
    data: bytes | dict[str, list[str]] | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Traffic:
    """What one person asked for and got an answer to."""

    asker: Asker
    sent: list[Sent] = field(default_factory=list)

    def ask(self, one: Sent) -> str:
        """Ask, and keep what was asked where it was answered."""
        with send(self.asker, one) as answer:
            assert answer.status_code < 500, one
            if answer.status_code not in (404, 405):
                self.sent.append(one)
            if 300 <= answer.status_code < 400 and one.method == "POST":
                self.sent.append(Sent("GET", answer.headers["Location"].removeprefix("http://localhost")))
            return answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""

    def walk(self) -> None:
        """Follow every link and send every form as it stands, from the first page on."""
        waiting, seen, sent = ["/"], {"/"}, set[str]()
        while waiting:
            text = self.ask(Sent("GET", waiting.pop()))
            links = {one.replace("&amp;", "&") for one in re.findall(r'href="(/[^"#]*)', text)}
            waiting += sorted(links - seen)
            seen |= links
            for form in forms_of(text):
                if form.action and form.action not in sent:
                    sent.add(form.action)
                    self.ask(Sent("POST", form.action, form.values))


def send(asker: Asker, one: Sent, method: str = "", headers: dict[str, str] | None = None) -> TestResponse:
    """Send a request as it was sent once, in another's session and with their form token."""
    mine = {**dict(one.headers), **(headers or {})}
    data = one.data
    if one.method == "POST":
        mine |= asker.headers
        data = {name: value for name, value in data.items() if name != "csrf_token"} if isinstance(data, dict) else data
    return asker.client.open(one.path, method=method or one.method, data=data, headers=mine)


@pytest.fixture
def operation_id(pages: TownPages) -> str:
    """An active operation with something of everything on it."""
    town = pages.town
    made = town.bring(Stage.ACTIVE)
    capture = town.capture(made, b"\x89PNG\r\n\x1a\n" + bytes(300))
    town.act("log-activity", made, "investigator-1", town.activity((capture,)))
    return made


def traffic_of(pages: TownPages, person: str, operation_id: str) -> Traffic:
    """The whole traffic of an officer: every page, every form, and acts with good answers."""
    found = Traffic(Asker(pages, person))
    town, here = pages.town, f"/operations/{operation_id}"
    activity = {**scene_of("log-activity", town).answers, "keyboard": town.people[person]}
    typed = {name: [value] if isinstance(value, str) else list(value) for name, value in activity.items()}
    found.ask(Sent("POST", f"/drafts/log-activity/{operation_id}", typed))
    body = json.dumps({"headline": "Half a line"}).encode()
    found.ask(Sent("POST", f"/drafts/add-account/{operation_id}", body, (("Content-Type", "application/json"),)))
    about = base64.urlsafe_b64encode(json.dumps({"name": "page.png", "tool": "x", "source": "y"}).encode()).decode()
    png = (("Covertops-Capture", about), ("Content-Type", "application/octet-stream"))
    found.ask(Sent("POST", f"{here}/captures", b"\x89PNG\r\n\x1a\n" + bytes(40), png))
    found.walk()
    moved = {"seen": [str(town.operation(operation_id).moved)]}
    found.ask(Sent("POST", f"{here}/log-activity", typed | moved))
    found.ask(Sent("GET", f"{here}/entries/{town.operation(operation_id).last_number}"))
    return found


def private(one: Sent, operation_id: str) -> bool:
    """Whether an address names the operation, or something of one person."""
    return operation_id in one.path or re.match(r"/concerns/\d", one.path) is not None


def assert_nothing_is_told(pages: TownPages, asker: Asker, traffic: Traffic, operation_id: str) -> None:
    """Each request about the operation gets what one about nothing gets, to the byte; no other answer tells of it."""
    nothing = {}
    for method, headers in (*VARIANTS, ("POST", {})):
        unknown = Sent("POST" if method == "POST" else "GET", "/nowhere")
        with send(asker, unknown, method, headers) as answer:
            nothing[method, str(headers)] = (answer.status_code, answer.data, sorted(answer.headers.items()))
            assert answer.status_code == 404
    before = rows_of(pages)
    for one in traffic.sent:
        for method, headers in VARIANTS if one.method == "GET" else (("POST", {}),):
            if not private(one, operation_id) and one.method == "POST":
                continue
            with send(asker, one, method, headers) as answer:
                got = (answer.status_code, answer.data, sorted(answer.headers.items()))
            if private(one, operation_id):
                assert got == nothing[method, str(headers)], one
            else:
                assert not [words for words in (*SAYS, operation_id) if words.encode() in got[1]], one
    assert rows_of(pages) == before


def asked_about(traffic: Traffic, operation_id: str) -> Iterator[Sent]:
    """What of the traffic names the operation."""
    return (one for one in traffic.sent if private(one, operation_id))


def test_what_one_officer_asked_for_is_nothing_to_another_nor_to_themselves_once_their_office_ends(
    pages: TownPages, operation_id: str
):
    traffic = traffic_of(pages, "investigator-1", operation_id)
    asked = list(asked_about(traffic, operation_id))
    assert len([one for one in asked if one.method == "GET"]) > 30
    assert len([one for one in asked if one.method == "POST"]) > 8
    assert_nothing_is_told(pages, Asker(pages, "investigator-2"), traffic, operation_id)
    given = {"person": pages.town.people["investigator-1"], "held": "investigator", "reason": "Moved."}
    department.end_office(pages.town.house, pages.town.people["chief"], given, PASSWORD, pages.town.clock())
    # The session ended with the office; whoever signs in again finds nothing either.
    for one in asked:
        with send(traffic.asker, one) as answer:
            assert (answer.status_code, b"/sign-in" in answer.data) == (303, True), one
    assert_nothing_is_told(pages, Asker(pages, "investigator-1"), traffic, operation_id)


def test_an_officer_who_is_removed_finds_nothing_at_the_next_request(pages: TownPages, operation_id: str):
    town = pages.town
    added = {"officer": town.people["investigator-2"], "reason": "Works nights."}
    town.act("add-operator", operation_id, "chief", added)
    traffic = traffic_of(pages, "investigator-2", operation_id)
    assert len(list(asked_about(traffic, operation_id))) > 30
    removed = {"officer": town.people["investigator-2"], "reason": "Transferred."}
    town.act("remove-operator", operation_id, "supervisor-1", removed)
    assert_nothing_is_told(pages, traffic.asker, traffic, operation_id)
