"""How a department comes to be: set up by its first two people, accounts opened, codes used, offices given."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.people import ADMINISTRATOR, CHIEF, DEPARTMENT, Someone
from tests.journeys.visiting import Visitor

AGAIN = "Your password, once more"


def set_up(visitor: Visitor, token: str) -> None:
    """The first minute: the one-time token, the department, the Chief and the administrator."""
    visitor.arrive()
    expect(visitor.page.get_by_role("heading", name="Set up")).to_be_visible()
    visitor.type("One-time token", token)
    visitor.type("Department", DEPARTMENT)
    for place, one in enumerate((CHIEF, ADMINISTRATOR)):
        for label, text in (
            ("Name", one.name),
            ("Sign-in name", one.sign_in_name),
            ("Password", one.password),
            ("The same password again", one.password),
        ):
            visitor.page.get_by_label(label, exact=True).nth(place).fill(text)
    visitor.press("Set up the department")


def open_account(administrator: Visitor, someone: Someone) -> str:
    """The administrator opens an account; the one-time code that the page shows."""
    administrator.go("/people")
    administrator.follow("Open an account")
    administrator.answer({"Name": someone.name, "Name for signing in": someone.sign_in_name})
    administrator.type(AGAIN, administrator.someone.password)
    administrator.press("Open the account")
    expect(administrator.page.get_by_role("heading", name=f"One-time code for {someone.name}")).to_be_visible()
    return administrator.page.locator("main .fingerprint").inner_text()


def join(visitor: Visitor, code: str) -> None:
    """The invited person chooses a password and is led to sign in."""
    visitor.arrive()
    visitor.follow("Choose your password")
    visitor.answer({"Sign-in name": visitor.someone.sign_in_name, "One-time code": code})
    visitor.answer({"New password": visitor.someone.password, "The same password again": visitor.someone.password})
    visitor.press("Set my password")
    visitor.sees("Your password is set. Sign in with it.")


def appoint(chief: Visitor, someone: Someone) -> None:
    """The Chief gives a person their office."""
    chief.go("/people")
    chief.follow("Appoint")
    chief.pick("Person", f"^{someone.name}$")
    chief.pick("Office", f"^{someone.office}$")
    chief.type("By which instrument", "Order 2026-14")
    chief.type(AGAIN, chief.someone.password)
    chief.press("Appoint")
    chief.sees("Put on record as entry")


def end_office(chief: Visitor, someone: Someone) -> None:
    """The Chief ends a person's office."""
    chief.go("/people")
    chief.follow("End an office")
    chief.pick("Person", f"^{someone.name}$")
    chief.pick("Office", f"^{someone.office}$")
    chief.type("Reason", "Moved to another division.")
    chief.type(AGAIN, chief.someone.password)
    chief.press("End the office")


def let_in(chief: Visitor, administrator: Visitor, someone: Someone, arrive: Callable[[Someone], Visitor]) -> Visitor:
    """Everything between a name and a signed-in person: account, code, password, office."""
    code = open_account(administrator, someone)
    visitor = arrive(someone)
    join(visitor, code)
    appoint(chief, someone)
    visitor.sign_in()
    return visitor
