"""Making the worked example: an installation, its people, the story, and the package it ends with."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from covertops.actions import department, packages
from covertops.actions.one_time_codes import code_at, phone_secret, step_at
from covertops.actions.second_factors import Factors
from covertops.actions.set_up_token import issue_token
from covertops.actions.signing import PASSWORD as PASSWORD_LEVEL
from covertops.config import NotInstalled, Opened, Paths, install, open_installation
from covertops.demo.story import ZONE, Story
from covertops.demo.tale import tell
from covertops.domain.vocabulary import Office
from covertops.storage import account_use, sign_in_store
from covertops.storage.sign_in_store import SignInDigests
from covertops.web.passwords import Passwords

PASSWORD: Final = "worked example, not a secret"
PEOPLE: Final = (
    ("chief", "Chief of Police", Office.CHIEF),
    ("administrator", "Administrator", Office.ADMINISTRATOR),
    ("investigator-1", "Investigator 1", Office.INVESTIGATOR),
    ("investigator-2", "Investigator 2", Office.INVESTIGATOR),
    ("investigator-3", "Investigator 3", Office.INVESTIGATOR),
    ("supervisor-1", "Supervisor 1", Office.SUPERVISOR),
    ("supervisor-2", "Supervisor 2", Office.SUPERVISOR),
    ("prosecutor", "Prosecuting Attorney 1", Office.PROSECUTING_ATTORNEY),
    ("auditor", "Auditor 1", Office.AUDITOR),
)


@dataclass(frozen=True)
class Made:
    """What the worked example left: where it is, how to sign in, the package and its key."""

    instance: Path
    package: Path
    log_key: str

    def as_data(self) -> dict[str, object]:
        """For a script."""
        sign_ins = [{"office": name, "sign_in_name": short} for short, name, _ in PEOPLE]
        return {
            "instance": str(self.instance),
            "package": str(self.package),
            "log_key": self.log_key,
            "sign_ins": sign_ins,
            "password": PASSWORD,
        }

    def as_lines(self, program: str) -> list[str]:
        """For a person; ``program`` is how this program was called."""
        instance, package = _from_here(self.instance), _from_here(self.package)
        return [
            f"The worked example is in {instance}.",
            "",
            f"Sign in with the password “{PASSWORD}” as:",
            *(f"    {short:<16} {name}" for short, name, _ in PEOPLE),
            "",
            "Each sign-in, and each signature ten minutes later, also asks for a code, good once and for a minute.",
            "A phone would show it. Here this does, for the name at its end:",
            f"    {program} person code --instance {instance} chief",
            "",
            f"Serve it:           {program} run --instance {instance}",
            f"A released package: {package}",
            f"Check it:           {program} verify-package {package} --key '{self.log_key}'",
        ]


def _from_here(path: Path) -> Path:
    """The path as somebody in this folder types it."""
    here = Path.cwd()
    return path.absolute().relative_to(here) if path.absolute().is_relative_to(here) else path


def make_demo(paths: Paths, end: datetime) -> Made:
    """Make the worked example at ``paths``, or find the one that is there; it ends at ``end``."""
    package = paths.instance / "example-package.zip"
    fresh = not package.exists()
    if fresh and paths.installed:
        raise NotInstalled(
            f"{paths.instance} holds an installation that is not a finished example: choose another folder"
        )
    if fresh:
        install(paths, "example.invalid/covertops-demo")
    opened = open_installation(paths)
    house = opened.house
    if fresh:
        begin = end - timedelta(days=78)
        people = people_of(opened, begin)
        tell(Story(house, people, begin + timedelta(days=2), end))
        with house.store.write() as unit:
            for person in people.values():
                account_use.note_use(unit, person, end)
        packages.write(house, None, package, end)
    with house.store.read() as unit:
        key = unit.log_key.verifier
    house.store.close()
    return Made(paths.instance, package, key)


def people_of(opened: Opened, now: datetime) -> dict[str, str]:
    """Set the department up and give everybody their account, office and password, by the real acts."""
    house, derive = opened.house, opened.derive
    passwords, digests = Passwords(derive("password")), SignInDigests(derive)
    phc = passwords.phc(PASSWORD)
    first = [department.NewPerson(name, short, phc) for short, name, _ in PEOPLE[:2]]
    token = issue_token(house)
    state = department.set_up(house, derive, token, "Example Police Department", ZONE.key, first[0], first[1], now)
    people = {one.sign_in_name: one.id for one in state.people.values()}
    for short, name, office in PEOPLE[2:]:
        given = {"name": name, "sign_in_name": short}
        invited = department.open_account(house, derive, people["administrator"], given, PASSWORD_LEVEL, now)
        people[short] = _id_of(opened, short)
        appointment = {
            "person": people[short],
            "held": office.value,
            "instrument": "Order of the example",
            "from_on": now.astimezone(ZONE).date().isoformat(),
        }
        department.appoint(house, people["chief"], appointment, PASSWORD_LEVEL, now)
        with house.store.write() as unit:
            code = digests.invitation(invited.code)
            sign_in_store.use_invitation(unit, digests.name(short), code, phc, now)
    give_phones(opened, people, now)
    return people


def give_phones(opened: Opened, people: Mapping[str, str], now: datetime) -> None:
    """Give everybody one-time codes; “covertops person code” is their phone."""
    factors = Factors(opened.house, opened.derive)
    with opened.house.store.write() as unit:
        for person in people.values():
            secret = phone_secret(secrets.token_bytes(20))
            factors.add_phone(unit, person, secret, code_at(secret, step_at(now)), now)


def _id_of(opened: Opened, sign_in_name: str) -> str:
    with opened.house.store.read() as unit:
        people = opened.house.folds.department(unit).people.values()
    return next(one.id for one in people if one.sign_in_name == sign_in_name)
