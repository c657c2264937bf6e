"""Passkeys in Chromium, whose own virtual authenticator stands for the one in a person's hand."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from covertops.actions import signing
from covertops.domain.vocabulary import Stage
from covertops.web import signing_ways
from tests.clock import FixedClock
from tests.databases import sqlite_url
from tests.journeys.served_town import ServedTown, served_town
from tests.playing import found_town

OPTIONS = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Hand:
    """Somebody's authenticator, in a browser of theirs."""

    page: Page
    session: CDPSession
    id: str

    def credentials(self) -> list[dict[str, Any]]:
        """What it holds."""
        found: list[dict[str, Any]] = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return found

    def put_back(self, credential: dict[str, Any]) -> None:
        """Put an earlier copy of a credential in the place of the one that counted on."""
        named = {"authenticatorId": self.id, "credentialId": credential["credentialId"]}
        self.session.send("WebAuthn.removeCredential", named)
        self.session.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def press(self, name: str) -> None:
        """Press a button that the authenticator answers; the next page opens."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def served(sqlite_template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[ServedTown]:
    """The whole application over a town; its record, every signature of it, is checked when the journey is over."""
    town = found_town(sqlite_url(Path(shutil.copyfile(sqlite_template, tmp_path / "town.sqlite"))), tmp_path, clock)
    with served_town(town) as made:
        yield made
    town.check()
    town.house.store.close()


@pytest.fixture
def chief(served: ServedTown, context: BrowserContext) -> Iterator[Hand]:
    """The Chief at a browser with an authenticator, registered on the page."""
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = served.page_of("chief", context)
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})
    hand = Hand(page, session, made["authenticatorId"])
    page.goto(f"{served.origin}/passkeys")
    page.get_by_label("What you call it").fill("Key ring")
    hand.press("Register a passkey")
    hand.press("Ask my authenticator")
    expect(page.get_by_text("Print this page and keep it")).to_be_visible()
    yield hand
    assert complaints == []


def prepare(served: ServedTown, page: Page) -> str:
    """Open the page on which an authorization waits for the Chief's signature; the operation's id."""
    town = served.town
    operation = town.begin({"handle": f"@{secrets.token_hex(4)}"})
    who, now = town.people["chief"], town.clock()
    intent = signing.prepare(town.house, "grant-authorization", operation, who, town.grant(), now)
    page.goto(f"{served.origin}/operations/{operation}/sign/{intent.id}")
    return operation


def stage(served: ServedTown, operation: str) -> Stage:
    """Where an operation stands."""
    return served.town.operation(operation).stage


def test_the_chief_registers_signs_an_authorization_and_signs_in(served: ServedTown, chief: Hand) -> None:
    page = chief.page
    assert _faults(page) == []
    operation = prepare(served, page)
    assert _faults(page) == []
    expect(page.get_by_role("heading", name="Or at the weaker level")).to_be_visible()
    chief.press("Sign with passkey")
    assert stage(served, operation) is Stage.AUTHORIZED
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{served.origin}/sign-in")
    if page.get_by_role("button", name="I understand and continue").count():
        page.get_by_role("button", name="I understand and continue").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    # The page asks the authenticator by itself.
    expect(page.get_by_role("heading", name="My work")).to_be_visible()


def test_what_was_signed_at_another_address_is_refused(served: ServedTown, chief: Hand) -> None:
    page = chief.page
    operation = prepare(served, page)
    options, place = page.locator("form[data-passkey]").get_attribute("data-options"), page.url
    with served_town(served.town, new=False) as elsewhere:
        page.goto(f"{elsewhere.origin}/system-use")
        answer = page.evaluate(
            """async (options) => JSON.stringify((await navigator.credentials.get({
                publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options)})).toJSON())""",
            json.loads(options or ""),
        )
    page.goto(place)
    with page.expect_navigation():
        page.evaluate(
            """(answer) => { const form = document.querySelector("form[data-passkey]");
                form.elements.answer.value = answer; form.submit(); }""",
            answer,
        )
    expect(page.get_by_text(signing_ways.NOT_SIGNED)).to_be_visible()
    assert stage(served, operation) is Stage.REQUESTED


def test_a_copy_of_an_authenticator_is_noticed(served: ServedTown, chief: Hand) -> None:
    (earlier,) = chief.credentials()
    operation = prepare(served, chief.page)
    chief.press("Sign with passkey")
    assert stage(served, operation) is Stage.AUTHORIZED
    chief.put_back(earlier)
    other = prepare(served, chief.page)
    chief.press("Sign with passkey")
    expect(chief.page.get_by_text("This passkey counted backwards").first).to_be_visible()
    assert stage(served, other) is Stage.REQUESTED
    assert [one.doubted for one in served.town.department().passkeys.by_number.values()] == [True]


def test_an_authenticator_that_does_not_verify_its_person_signs_nothing(served: ServedTown, chief: Hand) -> None:
    operation = prepare(served, chief.page)
    chief.session.send("WebAuthn.setUserVerified", {"authenticatorId": chief.id, "isUserVerified": False})
    chief.page.get_by_role("button", name="Sign with passkey").click()
    expect(chief.page.get_by_text("Your passkey did not answer, or you stopped it.")).to_be_visible()
    assert stage(served, operation) is Stage.REQUESTED


def _faults(page: Page) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
