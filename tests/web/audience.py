"""The table of who gets an answer where: every office, every route, on an operation of one's own, another's, and none.

It is made by asking: each route of the running application under each method, in the name of each office. What comes
back is compared with the file beside this module, which a reviewer can read. After a route was added or its audience
changed, and only then, it is written anew from the project's folder:

    python -m tests.web.audience
"""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from flask.testing import FlaskClient

from covertops.actions.department import appoint
from covertops.actions.recording import record_department
from covertops.actions.signing import PASSWORD
from covertops.domain.decisions import DECISIONS
from covertops.domain.decisions.frame import Written
from covertops.domain.entries.department import AccountOpened
from covertops.domain.vocabulary import Office
from covertops.web.security import ANYONE, SIGNED_IN
from tests import databases
from tests.clock import FixedClock
from tests.playing import PROMISE, Town, found_town
from tests.web.page_check import PageReader
from tests.web.town_pages import TownPages

FILE: Final = pathlib.Path(__file__).with_suffix(".txt")
OPEN: Final = frozenset(
    {
        "/system-use",
        "/sign-in",
        "/join",
        "/set-up",
        "/healthz",
        "/static/bootstrap.min.css",
        "/static/look.css",
        "/static/favicon.svg",
        "/static/passkey.js",
        "/sign-in/passkey",
        "/sign-in/passkey/<question_id>",
    }
)
"""What answers somebody who is not signed in. Anything else leads to sign-in."""

HALF: Final = OPEN | {"/second-factor", "/second-factor/phone", "/second-factor/printed"}
"""What answers somebody who has given the password and no second factor."""

OFFICES: Final = {
    "chief": "chief",
    "supervisor": "supervisor-1",
    "investigator": "investigator-1",
    "prosecuting attorney": "prosecutor",
    "city attorney": "city-attorney",
    "records custodian": "custodian",
    "auditor": "auditor",
    "administrator": "administrator",
}
"""Who asks for each office."""

HEAD: Final = """\
Who gets an answer where. Made by asking; compared by tests/web/test_audience.py; written by tests/web/audience.py.

Each column is an office, each line a route under one method. Where a route is about an operation (or a package, a
capture, an entry of one) there are three signs: on one's own, on another's, on none that exists. Else there is one.

    +   an answer of one's own: a page, a form again, a refusal in words
    .   404, byte for byte that of an address that never existed
    >   led to sign-in

"""
NOBODY: Final = "0" * 32


@dataclass(frozen=True)
class Things:
    """What the addresses of one operation name."""

    values: Mapping[str, str]


@dataclass
class Everybody:
    """A town with somebody in every office, and two operations of which no officer or supervisor has both."""

    pages: TownPages
    own: Things
    others: Things
    none: Things

    def things(self, line: Line) -> tuple[Things, ...]:
        """What a line is asked about."""
        return (self.own, self.others, self.none) if line.about else (self.none,)


def everybody(town: Town) -> Everybody:
    """The town in which the table is made."""
    _appoint(town, {"city-attorney": Office.CITY_ATTORNEY, "custodian": Office.RECORDS_CUSTODIAN})
    _appoint(town, {"prosecutor-2": Office.PROSECUTING_ATTORNEY, "city-attorney-2": Office.CITY_ATTORNEY})
    pages = TownPages(town)
    return Everybody(pages, _things(town, "1", ""), _things(town, "2", "-2"), Things({}))


def appoint_more(pages: TownPages) -> None:
    """A city attorney too, in a town whose people can sign in already."""
    before = set(pages.town.people)
    _appoint(pages.town, {"city-attorney": Office.CITY_ATTORNEY})
    pages.let_sign_in(set(pages.town.people) - before)


def _appoint(town: Town, more: Mapping[str, Office]) -> None:
    chief, administrator = town.people["chief"], town.people["administrator"]
    town.people |= {short: f"{len(town.people) + place + 1:032x}" for place, short in enumerate(more)}
    names = {short: short.replace("-", " ").capitalize() for short in more}
    accounts = (
        AccountOpened(by=administrator, person=town.people[short], name=name, sign_in_name=short)
        for short, name in names.items()
    )
    opened = tuple(Written(Office.SYSTEM, one) for one in accounts)
    with town.house.store.write() as unit:
        # Without its row of sign-in, which is made for everybody together.
        department, _ = record_department(unit, town.house.folds.department(unit), opened, town.clock())
    town.house.folds.keep_department(department)
    for short, office in more.items():
        given = {"person": town.people[short], "held": office.value, "instrument": "Order 2", "from_on": town.today()}
        appoint(town.house, chief, given, PASSWORD, town.clock())


def _things(town: Town, place: str, attorneys: str) -> Things:
    """An active operation with a capture, a released package and an entry, and how its addresses name them."""
    operation_id = bring(town, f"investigator-{place}", f"supervisor-{place}")
    capture = town.capture(operation_id, b"\x89PNG\r\n\x1a\n" + bytes(300), f"investigator-{place}")
    given = {
        "audience": "prosecutor",
        "recipient": town.people[f"prosecutor{attorneys}"],
        "case_number": "26-004518",
        "purpose": "Discovery",
        "withheld": [],
    }
    grant = town.operation(operation_id).grants[-1].ref.number
    contacts: dict[str, str] = {}
    for short, office in (("prosecutor", "prosecuting attorney"), ("city-attorney", "city attorney")):
        asked = {**town.consultation(office, grant), "counsel": town.people[short + attorneys]}
        put = town.act("log-consultation", operation_id, f"supervisor-{place}", asked)
        contacts[f"contact of {short}"] = str(put.number)
    prepared = town.act("prepare-export", operation_id, f"supervisor-{place}", given).number
    town.act("release-export", operation_id, "chief", {"reason": "The case was filed."})
    package = f"{operation_id}{prepared:08x}"
    return Things({"operation_id": operation_id, "package_id": package, "number": str(capture), **contacts})


def bring(town: Town, investigator: str, supervisor: str) -> str:
    """An active operation of one officer under one supervisor, without a relief."""
    people = town.people
    named = {"officers": [people[investigator]]}
    operation_id = town.begin(
        {**named, "proposed_supervisor": people[supervisor], "handle": f"@{investigator}"}, investigator
    )
    town.authorize(operation_id, {**named, "supervisor": people[supervisor], "relief": ""})
    town.act("make-promise", operation_id, investigator, PROMISE)
    grant = town.operation(operation_id).grants[-1].ref.number
    for office in ("prosecuting attorney", "city attorney"):
        town.act("log-consultation", operation_id, supervisor, town.consultation(office, grant))
    town.act("activate", operation_id, supervisor, {"note": ""})
    return operation_id


# What every other part of an address is filled in with; a new route may need a line here.
VALUES: Final = {
    "contact": "1",
    "filename": "draft.js",
    "handle": NOBODY[:16],
    "intent_id": NOBODY,
    "kind": "log-activity",
    "name": "appoint",
    "number": "1",
    "operation_id": NOBODY,
    "package_id": NOBODY + "00000001",
    "part": "prosecutor",
    "question_id": NOBODY,
    "sheet": "request",
    "waiting_id": NOBODY,
}
ABOUT: Final = frozenset({"operation_id", "package_id"})
"""The parts of an address that name an operation, or something of one."""


@dataclass(frozen=True)
class Line:
    """One route under one method; ``fixed`` are the parts of its address that do not name an operation."""

    method: str
    rule: str
    parts: frozenset[str]
    fixed: Mapping[str, str]
    audience: frozenset[str]

    @property
    def label(self) -> str:
        """How the table names it."""
        text = self.rule.replace("<int:", "<")
        return text.replace("<name>", self.fixed["name"]) if "name" in self.fixed else text

    @property
    def about(self) -> bool:
        """Whether it is about an operation."""
        return bool(self.parts & ABOUT)

    def path(self, things: Things, short: str = "") -> str:
        """The address for these things."""
        path = self.rule.replace("<int:", "<")
        for part in self.parts:
            own = things.values.get(f"{part} of {short}", things.values.get(part)) if self.about else None
            value = self.fixed.get(part) or own or VALUES.get(part)
            if value is None:
                raise KeyError(f"{self.rule}: tests/web/audience.py has no value for <{part}>")
            path = path.replace(f"<{part}>", value)
        return path


def lines(pages: TownPages) -> list[Line]:
    """Every route under each of its methods, in the order of the table."""
    found = []
    for rule in pages.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            for fixed in _named(rule.rule):
                view = pages.app.view_functions[rule.endpoint]
                found.append(Line(method, rule.rule, _parts(rule.rule), fixed, view.__dict__["audience"]))
    return sorted(found, key=lambda one: (one.label, one.method))


def _parts(rule: str) -> frozenset[str]:
    return frozenset(part.partition(">")[0].rpartition(":")[2] for part in rule.split("<")[1:])


def _named(rule: str) -> Iterable[Mapping[str, str]]:
    """The acts that one route serves, each a line of its own."""
    if rule == "/operations/<operation_id>/<name>":
        return [{"name": name} for name in DECISIONS]
    return [{}]


def table(town: Everybody) -> str:
    """The table as the file holds it."""
    wanted = lines(town.pages)
    columns = {office: _column(town, short, wanted) for office, short in OFFICES.items()}
    width = max(len(one.label) for one in wanted) + 8
    head = "".ljust(width) + "  ".join(_short(office) for office in OFFICES)
    rows = [
        f"{one.method:5} {one.label}".ljust(width)
        + "  ".join(columns[office][place].ljust(len(_short(office))) for office in OFFICES)
        for place, one in enumerate(wanted)
    ]
    return HEAD + "\n".join(row.rstrip() for row in [head, *rows]) + "\n"


def _short(office: str) -> str:
    return office.replace(" attorney", "").replace("records ", "")


def _column(town: Everybody, short: str, wanted: Sequence[Line]) -> list[str]:
    """The signs of one office, line by line; signing out comes last."""
    asker, made = Asker(town.pages, short), dict[tuple[str, str, str], str]()
    for one in sorted(wanted, key=lambda line: line.rule == "/sign-out"):
        key = asker.key(one)
        if key not in made:
            made[key] = "".join(asker.sign(one.method, one.path(each, short)) for each in town.things(one))
    return [made[asker.key(one)] for one in wanted]


class Asker:
    """Somebody who asks for addresses, and what they get for one that never existed."""

    def __init__(self, pages: TownPages, short: str) -> None:
        self.client = FlaskClient(pages.app, pages.app.response_class)
        checked = pages.browser(short)
        self.client.set_cookie(pages.settings.session_cookie, checked.own_cookie() or "", secure=True)
        forms = PageReader(self.client.get("/").text).forms
        token = next(one.values["csrf_token"] for one in forms if one.attributes["action"] == "/sign-out")
        self._groups = {
            office.value for office in pages.town.department().offices_of(pages.town.people[short], pages.town.clock())
        }
        self._groups |= {ANYONE, SIGNED_IN}
        self.headers = {"Sec-Fetch-Site": "same-origin", "X-CSRFToken": token}
        self._nothing = {method: self._ask(method, "/nowhere") for method in ("GET", "POST")}

    def key(self, line: Line) -> tuple[str, str, str]:
        """Lines with one key get one answer: acts on a route that the gate closes to this office are not told apart."""
        closed = not line.audience & self._groups
        return line.method, line.rule, "" if closed else line.label

    def _ask(self, method: str, path: str) -> tuple[int, bytes, str]:
        headers = {} if method == "GET" else self.headers
        with self.client.open(path, method=method, headers=headers) as answer:
            return answer.status_code, answer.data, str(sorted(answer.headers.items()))

    def sign(self, method: str, path: str) -> str:
        """What comes back for an address, as one sign."""
        answer = self._ask(method, path)
        if answer == self._nothing[method]:
            return "."
        status = answer[0]
        if status == 303 and "/sign-in" in answer[2]:
            return ">"
        # A mistake of ours, or a 404 that differs from that of an address that never existed, stands out.
        return "!" if status >= 500 or status == 404 else "+"


@contextmanager
def a_town(database: pathlib.Path, folder: pathlib.Path) -> Iterator[Everybody]:
    """Everybody, on a migrated database; the whole record is checked afterwards."""
    town = found_town(databases.sqlite_url(database), folder, FixedClock())
    yield everybody(town)
    town.check()
    town.house.store.close()


def write() -> None:
    """Write the file anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        databases.migrate(databases.sqlite_url(folder / "town.sqlite"))
        with a_town(folder / "town.sqlite", folder) as town:
            FILE.write_text(table(town), encoding="utf-8")


if __name__ == "__main__":
    write()
