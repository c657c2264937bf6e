"""The whole life of an operation, by each person on their own pages: from an empty machine to a checked package."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.databases import PostgresServer
from tests.journeys import before_use, handing_over, in_use
from tests.journeys.conftest import Town, found
from tests.journeys.people import CHIEF, INVESTIGATOR, PROSECUTOR, SUPERVISOR
from tests.journeys.serving import served
from tests.journeys.visiting import NARROW, WIDE, day


@pytest.mark.parametrize(
    ("width", "database"), [(WIDE, "sqlite"), (NARROW, "postgresql")], ids=["wide-sqlite", "narrow-postgresql"]
)
def test_an_operation_lives_from_an_empty_machine_to_a_package_that_a_stranger_checks(
    width: int, database: str, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
):
    url = ""
    if database == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.url(server.create())
    with served(tmp_path, url) as running:
        live_through(Town(running, browser), width, tmp_path)
        verified = running.command("verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr


def live_through(town: Town, width: int, folder: Path) -> None:
    """Every step of the life, in order; each is one person's."""
    people = found(town, lambda someone: town.door(someone, width=width))
    chief, investigator = people[CHIEF], people[INVESTIGATOR]
    supervisor, prosecutor = people[SUPERVISOR], people[PROSECUTOR]

    # 1. Asked for, returned, asked for again.
    before_use.begin(investigator)
    operation = before_use.ask(investigator)
    before_use.give_back(chief)
    before_use.ask_again(investigator)

    # 2. Supervised, authorized, promised, counsel contacted: only then active.
    before_use.assign(chief, operation)
    before_use.authorize(chief)
    before_use.cannot_activate_yet(supervisor, operation)
    before_use.promise(investigator)
    before_use.try_to_reach(supervisor, operation)
    for office in (before_use.PROSECUTOR, before_use.CITY):
        contact = before_use.consult(supervisor, operation, office)
        before_use.does_not_see_advice(investigator, contact, office)
    before_use.activate(supervisor)
    before_use.is_told_by_name(supervisor, operation, elsewhere="Investigator 1")

    # 3. Used and monitored.
    in_use.add_account(investigator, operation)
    activity = in_use.log_activity(investigator, operation)
    in_use.correct(investigator, activity)
    in_use.record_no_activity(investigator, operation)
    outside = in_use.log_outside(investigator, operation)
    in_use.question(supervisor, activity)
    in_use.answer(investigator)
    in_use.review_one(supervisor, outside)
    in_use.review(supervisor, operation)
    in_use.suspend(supervisor, investigator, operation)
    in_use.resume(supervisor, operation)

    # 4. Ended, handed over, checked by whoever holds the package.
    in_use.end(supervisor, operation)
    in_use.cease(investigator)
    in_use.settle(investigator)
    handing_over.prepare(supervisor, operation)
    handing_over.release(chief)
    handing_over.sees_only_the_package(prosecutor, operation)
    package = handing_over.fetch(prosecutor, folder)
    handing_over.confirm(prosecutor)
    checked = town.served.command("verify-package", str(package), "--key", town.served.log_key)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    # 5. What the department keeps, on the screen and on paper.
    supervisor.go(operation)
    before_use.answers(supervisor, "Requirements met", "Not met: not active")
    supervisor.go(f"{operation}?at={day(-1)}T12:00")
    before_use.answers(
        supervisor, "Not met: no approval in force, and 3 more", "Not met: no officer’s promise, and 3 more"
    )
    sheet = handing_over.print_record(supervisor, operation, folder)
    for words in ("LAW ENFORCEMENT SENSITIVE", "Was it authorized?", "Policy 2.8", "Department rules", "Not met"):
        assert words in sheet, sheet
    handing_over.looked(chief, operation)
    town.leave()
