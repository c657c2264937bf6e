"""What is typed, sent and kept stands nowhere in clear: not in the database, the files, the logs, or in between.

Canaries are typed into every text of every form over a served installation, put into every capture, kept as drafts,
left waiting for a signature, sent where they do not belong; and recorded in every field of every kind there is. Then
every byte that the installation, the database's server, the server's temporary folder and the logs hold is searched.
"""

from __future__ import annotations

import base64
import json
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from covertops.actions.recording import draft_of
from covertops.config import install, open_installation
from covertops.domain.answers import asked_of
from covertops.domain.decisions import DECISIONS
from covertops.domain.decisions.frame import Written
from covertops.domain.declaration import Entry, all_kinds, kind_of, specs_of
from covertops.domain.entries.request import ProfileDeclared, RequestSubmitted
from covertops.domain.vocabulary import Office, Stage, StreamKind
from covertops.storage import sign_in_store as rows
from covertops.storage.ledger_read import ALL_PARTS, read_stream
from covertops.storage.ledger_store import append
from covertops.storage.lookups import all_streams
from covertops.storage.sign_in_store import SignInDigests
from tests.clock import FixedClock
from tests.databases import PostgresServer
from tests.domain.golden_entries import examples_of
from tests.hostile.canaries import Canaries, heard_in_columns, heard_in_files, is_free
from tests.hostile.houses import ORIGIN, Place, paths_at
from tests.hostile.serving import Answer, Server, Visitor, serving, signed_in
from tests.playing import Town, peopled_town
from tests.storage.attacker import attacking
from tests.web.department import stored
from tests.web.filling import forms_of
from tests.web.scenes import Scene, scene_names, scene_of

KINDS: Mapping[str, type[Entry]] = {
    **{name: one.asks for name, one in DECISIONS.items()},
    "new": RequestSubmitted,
    "declare": ProfileDeclared,
}
CHOSEN: Mapping[str, Mapping[str, str]] = {
    "grant-authorization": {"involved": "yes"},
    "log-activity": {"outside": "yes"},
    "declare": {"earlier_approval": "shown"},
}
"""The answers that open a question for words."""
NOT_FREE = {("correct-entry", "field"), ("prepare-export", "withheld")}
"""What the declaration calls text and the page offers as a choice."""
BEGUN_AS = {"new": "submit-request", "declare": "declare-profile"}
OURS = {"Sec-Fetch-Site": "same-origin"}
LEFT_WAITING = ("hold-review", "end-operation")
"""Signed acts that are prepared and never signed."""
SHARED = {
    Stage.ACTIVE: {
        "add-account",
        "keep-access",
        "log-activity",
        "log-no-activity",
        "record-held-material",
        "correct-entry",
        "review-entry",
        "question-entry",
        "answer-question",
        "request-renewal",
        "prepare-export",
    },
    Stage.AUTHORIZED: {"check-conflict", "attempt-attorney", "log-consultation", "make-promise", "add-operator"},
}
"""Acts that one operation bears one after the other."""
PASSES = timedelta(hours=10)
"""So long before now the installation is made: each act of its story takes a minute, and all of them less than this."""


@dataclass
class Thrifty(Town):
    """A town in which the acts that can share an operation do, and no two operations are about the same."""

    shared: dict[Stage, str] = field(default_factory=dict)
    sharing: bool = False
    own_device: bool = False

    def bring(self, stage: Stage) -> str:
        """An operation brought to a stage, or the one that was before."""
        if not self.sharing:
            return super().bring(stage)
        if stage not in self.shared:
            self.shared[stage] = super().bring(stage)
        return self.shared[stage]

    def request(self) -> dict[str, object]:
        """The answers of a request that is about something of its own."""
        own = secrets.token_hex(4)
        more = {"personal_device": "yes", "personal_device_detail": "A telephone"} if self.own_device else {}
        return super().request() | {"handle": f"@{own}", "subject": f"@{own}-seller", "case_number": own} | more

    def scene(self, name: str) -> Scene:
        """The scene of an act."""
        self.sharing = any(name in acts for acts in SHARED.values())
        self.own_device = name == "grant-authorization"  # which then says something of it
        return scene_of(name, self)


@dataclass
class House:
    """An installation on its way through the test, and what is sung in it."""

    place: Place
    canaries: Canaries
    scenes: Mapping[str, Scene]
    password: str


def made(folder: Path, url: str, canaries: Canaries) -> House:
    """Install, and bring an operation to every act by real acts."""
    paths = paths_at(folder, url)
    install(paths, ORIGIN)
    opened = open_installation(paths)
    plain = peopled_town(opened.house, FixedClock(datetime.now(UTC) - timedelta(days=1) - PASSES))
    town = Thrifty(opened.house, plain.clock, plain.people)
    scenes = {name: town.scene(name) for name in scene_names()}
    scenes["log-consultation, city attorney"] = of_the_city_attorney(town)
    password = canaries.one()
    digests, phc = SignInDigests(opened.derive), stored(opened.derive("password"), password)
    members = town.department().people
    with opened.house.store.write() as unit:
        for person in town.people.values():
            rows.add_account(unit, person, digests.name(members[person].sign_in_name), phc)
    assert town.clock() < datetime.now(UTC)
    opened.house.store.close()
    return House(Place(paths, town.clock(), town.people, town.shared[Stage.ACTIVE]), canaries, scenes, password)


def of_the_city_attorney(town: Thrifty) -> Scene:
    """The contact with the other attorney, who is asked other questions."""
    operation_id = town.scene("log-consultation").operation_id
    grant = town.operation(operation_id).grants[-1].ref.number
    given = town.consultation("city attorney", grant)
    left = ("prosecutor_advice", "admissibility_instruction", "preservation_instruction")
    answers = {name: value for name, value in given.items() if name not in left}
    path = f"/operations/{operation_id}/log-consultation?office=city+attorney"
    return Scene(path, "supervisor-1", answers, operation_id)  # type: ignore[arg-type]


def act_everywhere(house: House, visitors: Mapping[str, Visitor]) -> list[str]:
    """Do every act with a canary in every text of its form; the addresses of what is left waiting for a signature."""
    waiting = []
    for name, scene in house.scenes.items():
        act, visitor = name.partition(",")[0], visitors[scene.person]
        free = {one: words for one, words in house.canaries.typed(KINDS[act]).items() if (act, one) not in NOT_FREE}
        form = visitor.form(scene.path)
        answers = {**scene.answers, **CHOSEN.get(act, {}), **free}
        typed = form.typed({one: words for one, words in answers.items() if one in form.kinds or one not in free})
        keep_as_draft(visitor, act, scene, form.values["csrf_token"][0], free)
        done = visitor.post(form.action, typed)
        assert done.status == 303, (name, typed, said_wrong(done))
        if act in DECISIONS and DECISIONS[act].signed and act != "refuse-request":
            to_sign = done.headers["Location"]
            if name in LEFT_WAITING:
                waiting.append(to_sign)
            else:
                signed = visitor.send(to_sign, {"password": house.password})
                assert signed.status == 303, (name, said_wrong(signed))
    return waiting


def said_wrong(answer: Answer) -> str:
    """What a page says that was wrong with the answers."""
    return answer.text.partition('class="error-summary"')[2].partition("</ul>")[0] or answer.text


def keep_as_draft(visitor: Visitor, act: str, scene: Scene, token: str, words: Mapping[str, str]) -> None:
    """Keep what is typed, as the page's script does; what is sent afterwards takes the draft away."""
    path, _, query = scene.path.partition("?")
    there = f"/drafts/{act}/{scene.operation_id}" if scene.operation_id else f"/drafts/{BEGUN_AS[act]}"
    headers = {"Content-Type": "application/json", "Accept": "application/json", **OURS, "X-CSRFToken": token}
    kept = visitor.ask("POST", f"{there}?{query}", json.dumps(words).encode(), headers)
    assert kept.status == 200, (path, kept.text)


def act_on_the_department(house: House, visitors: Mapping[str, Visitor]) -> None:
    """Accounts, offices, settings, concerns, receipts: every text of their forms."""
    people, one = house.place.people, house.canaries.one
    password = {"password": house.password}
    administrator, chief, auditor = (visitors[name] for name in ("administrator", "chief", "auditor"))
    opened = {"name": one(), "sign_in_name": house.canaries.name(), **password}
    assert administrator.send("/people/open-account", opened).status == 200
    office = {"person": people["auditor"], "held": "records custodian"}
    given = {**office, "instrument": one(), **password}
    for visitor, path, answers in (
        (chief, "/people/appoint", given),
        (chief, "/people/end-office", {**office, "reason": one(), **password}),
        (chief, "/settings/change?name=review_days", {"name": "review_days", "new": "20", "reason": one(), **password}),
        (administrator, "/people/close-account", {"person": people["investigator-2"], "reason": one(), **password}),
        (chief, "/checkpoint", {"to": one()}),
    ):
        done = visitor.send(path, answers)
        assert done.status == 303, (path, done.text)
    # Whose offices changed comes in anew.
    auditor = Visitor(auditor.port, {"__Host-session": signed_in(house.place, "auditor")})
    raised = auditor.send("/concerns/new", {"concern": one(), "about_person": one(), "goes_to": "chief"})
    assert raised.status == 303, raised.text
    assert chief.send(raised.headers["Location"], {"answer": one()}).status == 303


def send_captures(house: House, visitor: Visitor) -> None:
    """A capture of several segments, one of a few bytes, one that breaks off in the middle, and one that is refused."""
    path, one = f"/operations/{house.place.operation}", house.canaries.one
    token = visitor.token(f"{path}/log-activity")
    about = {"name": f"{one()}.txt", "tool": one(), "source": one()}
    for content in (house.canaries.content(2_500_000), one().encode()):
        kept = visitor.ask("POST", f"{path}/captures", content, visitor.upload_headers(token, about))
        assert kept.status == 201, kept.text
        assert visitor.get(f"{path}/captures/{json.loads(kept.body)['number']}").body == content
    headers = visitor.upload_headers(token, about) | {"Cookie": visitor.cookie, "Content-Length": "9000000"}
    lines = [f"POST {path}/captures HTTP/1.1", f"Host: localhost:{visitor.port}"]
    lines += [f"{name}: {words}" for name, words in headers.items()]
    with socket.create_connection(("127.0.0.1", visitor.port)) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + house.canaries.content(3_000_000))
        line.shutdown(socket.SHUT_WR)
        line.makefile("rb").read()
    refused = visitor.upload_headers(token, {**about, "surprise": one()})
    assert visitor.ask("POST", f"{path}/captures", house.canaries.content(5000), refused).status == 422


def stray(house: House, server: Server, visitor: Visitor) -> None:
    """Canaries where nobody asks for them: addresses, headers, names that nobody has, bodies that nobody takes."""
    one, name = house.canaries.one, house.canaries.name
    new = visitor.form("/operations/new")
    refused = visitor.post(new.action, new.typed({"matter": one(), "days": one(), "surprise": one(), name(): one()}))
    assert refused.status == 422
    said = {"User-Agent": name(), "Referer": f"http://localhost/{name()}", "X-Forwarded-For": name()}
    for path in (f"/{name()}", f"/operations/{name()}", f"/operations?reference={name()}", f"/static/{name()}"):
        assert visitor.ask("GET", path, None, said).status in (200, 404)
    assert visitor.ask(name().upper(), "/operations", None, said).status in (400, 404, 405, 501)
    large = house.canaries.content(3_000_000)
    kind = {"Content-Type": "multipart/form-data; boundary=frontier", **OURS}
    parts = b'--frontier\r\nContent-Disposition: form-data; name="matter"; filename="%s"\r\n\r\n' % name().encode()
    for body, more in (
        (parts + large + b"\r\n--frontier--\r\n", kind),
        (b"matter=" + large, {"Content-Type": "application/x-www-form-urlencoded", **OURS}),
        (b'{"matter": "%s' % one().encode(), {"Content-Type": "application/json", **OURS}),
    ):
        assert 400 <= visitor.ask("POST", "/operations/new", body, more).status < 500
    stranger = server.visitor()
    stranger.send("/system-use", {})
    assert send_to(stranger, "/sign-in", {"name": name(), "password": one()}).status == 422
    assert send_to(stranger, "/sign-in", {"name": one(), "password": one(), "code": one()}).status == 422
    assert send_to(stranger, "/join", {"name": name(), "code": one(), "password": one(), "again": one()}).status == 422


def send_to(visitor: Visitor, path: str, values: Mapping[str, str]) -> Answer:
    """Fill the form of a page that leads to the page itself, and send it."""
    (form,) = (found for found in forms_of(visitor.get(path).text) if found.action == path)
    return visitor.post(form.action, form.typed(values))


def record_every_field(house: House) -> None:
    """Record an entry of every kind there is with a canary in every text, whoever types or makes it."""
    with house.place.opened() as opened, opened.house.store.write() as unit:
        for kind in all_kinds().values():
            full = examples_of(kind)[0]
            texts: dict[str, Any] = {
                name: (house.canaries.one(),) if one.many else house.canaries.one()
                for name, one in specs_of(kind).items()
                if is_free(one)
            }
            stream = kind_of(kind).stream
            place = stream.value if stream is not StreamKind.OPERATION else secrets.token_hex(16)
            append(unit, [draft_of(place, Written(Office.SYSTEM, replace(full, **texts)))], datetime.now(UTC))


def not_sung(house: House) -> list[str]:
    """The questions for a text of every act on an operation in which no canary is on record."""
    wanted = {
        f"{kind_of(kind).name} {name}"
        for act, kind in KINDS.items()
        for name, one in asked_of(kind).items()
        if is_free(one) and (act, name) not in NOT_FREE and act not in LEFT_WAITING
    }
    with house.place.opened() as opened, opened.house.store.read() as unit:
        for stream in all_streams(unit):
            for entry in read_stream(unit, stream, parts=ALL_PARTS):
                wanted -= {
                    f"{entry.kind} {name.partition('/')[0]}"
                    for name, value in entry.fields.items()
                    if house.canaries.word in str(value)
                }
    return sorted(wanted)


def test_what_is_typed_and_sent_stands_nowhere_in_clear(
    database_kind: str, database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    canaries, temporary = Canaries(), tmp_path / "temporary"
    temporary.mkdir()
    house = made(tmp_path / "instance", database_url, canaries)
    with serving(house.place, temporary=temporary) as server:
        visitors = {short: server.visitor(signed_in(house.place, short)) for short in house.place.people}
        officer = visitors["investigator-1"]
        waiting = act_everywhere(house, visitors)
        assert len(waiting) == len(LEFT_WAITING)
        send_captures(house, officer)
        stray(house, server, officer)
        act_on_the_department(house, visitors)
        # What was typed is really there, for those it is for.
        assert not_sung(house) == []
        assert canaries.word in officer.get(f"/operations/{house.scenes['add-account'].operation_id}").text
        assert house.place.check().problems == []
        record_every_field(house)
        folders = [tmp_path]
        if database_kind == "postgresql":
            server_of_it: PostgresServer = request.getfixturevalue("postgres")
            server_of_it.checkpoint()
            folders += [server_of_it.folder, server_of_it.sockets]
        assert {one for folder in folders for one in heard_in_files(folder, canaries)} == set()
        assert heard_in_columns(database_url, canaries) == []
    assert heard_in_files(tmp_path, canaries) == []
    assert (house.place.paths.log.stat().st_size, (tmp_path / "errors").read_text()) > (0, "")


@pytest.mark.parametrize("form", range(len(Canaries().forms())))
def test_a_canary_that_stands_in_a_file_is_heard(form: int, tmp_path: Path) -> None:
    canaries = Canaries()
    file = tmp_path / "deep" / "below" / "file"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\x00" * 70_000 + canaries.forms()[form] + b"\x00" * 5000)
    assert heard_in_files(tmp_path, canaries) == ["deep/below/file"]
    file.write_bytes(b"\x00" * 70_000 + Canaries().forms()[form])
    assert heard_in_files(tmp_path, canaries) == []


@pytest.mark.parametrize("before", range(4))
def test_a_canary_in_base64_is_heard_wherever_it_begins(before: int, tmp_path: Path) -> None:
    canaries = Canaries()
    (tmp_path / "file").write_bytes(base64.urlsafe_b64encode(b"x" * before + canaries.one().encode()))
    assert heard_in_files(tmp_path, canaries) == ["file"]


def test_a_canary_in_a_database_is_heard_in_its_files_and_in_its_columns(
    database_kind: str, database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    canaries = Canaries()
    long = ("Words that repeat themselves and are compressed. " * 200) + canaries.one()
    with attacking(database_url) as attacker:
        attacker.run("CREATE TABLE planted (words text)")
        attacker.run("INSERT INTO planted VALUES (?)", canaries.one())
        attacker.run("INSERT INTO planted VALUES (?)", long)
    assert heard_in_columns(database_url, canaries) == ["planted.words"]
    folder = tmp_path
    if database_kind == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        server.checkpoint()
        folder = server.folder
    assert heard_in_files(folder, canaries) != []
