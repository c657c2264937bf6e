"""Every form of the department against everything that can be wrong with it, as `test_bad_input` for operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from covertops.domain.declaration import Entry
from covertops.domain.entries.department import (
    AccountClosed,
    AccountInvited,
    AccountOpened,
    AccountReleased,
    CheckpointGiven,
    ConcernRaised,
    OfficeAppointed,
    OfficeEnded,
    SettingChanged,
)
from covertops.storage.head import read_head
from tests.web.client import PageClient
from tests.web.department import PASSWORD
from tests.web.filling import Filled, form_on
from tests.web.test_bad_input import NO_SUCH, STRANGE, bad_answers, lost
from tests.web.town_pages import TownPages

STARRED = "*auditor"
"""Stands for the auditor's id."""


@dataclass(frozen=True)
class Desk:
    """A form of the department: who has it, where, what it asks, and answers that fit."""

    person: str
    path: str
    kind: type[Entry]
    good: Mapping[str, str] = field(default_factory=dict)


DESKS = {
    one.path: one
    for one in (
        Desk(
            "administrator", "/people/open-account", AccountOpened, {"name": "Investigator 9", "sign_in_name": "inv9"}
        ),
        Desk("administrator", "/people/invite", AccountInvited, {"person": STARRED}),
        Desk("administrator", "/people/release-account", AccountReleased, {"person": STARRED}),
        Desk("administrator", "/people/close-account", AccountClosed, {"person": STARRED, "reason": "Left."}),
        Desk(
            "chief",
            "/people/appoint",
            OfficeAppointed,
            {"person": STARRED, "held": "supervisor", "instrument": "Order 8", "from_on": "2026-11-20"},
        ),
        Desk("chief", "/people/end-office", OfficeEnded, {"person": STARRED, "held": "auditor", "reason": "Moved."}),
        Desk("chief", "/settings/change", SettingChanged, {"name": "review_days", "new": "20", "reason": "Closer."}),
        Desk("auditor", "/concerns/new", ConcernRaised, {"concern": "Seen at night.", "goes_to": "chief"}),
        Desk("auditor", "/checkpoint", CheckpointGiven, {"to": "The county’s attorney"}),
    )
}


@dataclass
class Sender:
    """An open form with good answers."""

    pages: TownPages
    client: PageClient
    form: Filled
    good: dict[str, list[str]]

    def send(self, changes: Mapping[str, str | list[str] | None]) -> tuple[int, str, dict[str, list[str]]]:
        """Send the good answers with changes; the status, the page, and what was sent but the password."""
        sent = Filled(self.form.action, self.good).typed(changes)
        answer = self.client.post(self.form.action, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
        return answer.status_code, answer.text, {name: values for name, values in sent.items() if name != "password"}

    def size(self) -> int:
        """How many entries the record has."""
        with self.pages.town.house.store.read() as unit:
            return read_head(unit.connection).size


def sender(path: str, pages: TownPages) -> Sender:
    """A form as who has it opens it."""
    desk = DESKS[path]
    client = pages.browser(desk.person)
    form = form_on(client.get(path).text)
    people = {STARRED: pages.town.people["auditor"]}
    good = {name: people.get(value, value) for name, value in desk.good.items()}
    secret = {"password": PASSWORD} if "password" in form.kinds else {}
    return Sender(pages, client, form, form.typed({**good, **secret}))


@pytest.mark.parametrize("path", DESKS)
def test_a_bad_answer_is_refused_by_name_and_nothing_typed_is_lost(path: str, pages: TownPages) -> None:
    page = sender(path, pages)
    before, tried = page.size(), 0
    for bad in bad_answers(DESKS[path].kind):
        if bad.name not in page.form.kinds:
            continue
        status, text, sent = page.send({bad.name: bad.value if bad.value is None else str(bad.value)})
        case = f"{path}: {bad.name} {bad.what}"
        assert status == 422, (case, status)
        assert f'id="f-{bad.name}-error"' in text, case
        assert lost(text, sent) == {}, case
        assert PASSWORD not in text, case
        assert page.size() == before, case
        tried += 1
    assert tried > 0


@pytest.mark.parametrize("path", DESKS)
def test_strange_text_and_unknown_questions_lose_nothing_and_record_nothing(path: str, pages: TownPages) -> None:
    page = sender(path, pages)
    before = page.size()
    texts = [name for name, kind in page.form.kinds.items() if kind in ("text", "textarea") and name in page.good]
    for what, words in STRANGE.items():
        status, text, sent = page.send({**dict.fromkeys(texts, words), "surprise": "1"})
        assert (status, f"Surprise: {NO_SUCH}" in text, lost(text, sent)) == (422, True, {}), what
    for own in ("by", "signature", "reference"):
        status, text, sent = page.send({own: "1"})
        assert (status, f"{own.capitalize()}: {NO_SUCH}" in text, lost(text, sent)) == (422, True, {}), own
    assert page.size() == before
