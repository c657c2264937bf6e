"""A department in which everybody of the journeys has joined, made by the acts that their pages call."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from covertops.actions import department
from covertops.actions.installation import Installation
from covertops.actions.one_time_codes import sheet
from covertops.actions.second_factors import Factors
from covertops.actions.set_up_token import issue_token
from covertops.actions.signing import PASSWORD
from covertops.config import Paths, install, open_installation
from covertops.domain.vocabulary import Office
from covertops.storage import sign_in_store
from covertops.storage.sign_in_store import SignInDigests
from covertops.web.app import utc_now
from covertops.web.passwords import Passwords
from tests.journeys.people import ADMINISTRATOR, APPOINTED, CHIEF, DEPARTMENT, Someone
from tests.journeys.visiting import ZONE

ORIGIN: Final = "police.example/covertops"
OFFICES: Final = {office.title: office.value for office in Office}


def settle(instance: Path) -> dict[str, list[str]]:
    """Make the department; everybody's unused one-time codes, by their name for signing in."""
    paths = Paths.at(instance)
    install(paths, ORIGIN)
    opened = open_installation(paths)
    house, derive, now = opened.house, opened.derive, utc_now()
    passwords, digests = Passwords(derive("password")), SignInDigests(derive)

    def new(one: Someone) -> department.NewPerson:
        return department.NewPerson(one.name, one.sign_in_name, passwords.phc(one.password))

    token, today = issue_token(house), now.astimezone(ZONE).date().isoformat()
    department.set_up(house, derive, token, DEPARTMENT, ZONE.key, new(CHIEF), new(ADMINISTRATOR), now)
    ids = ids_of(house)
    for one in APPOINTED:
        given = {"name": one.name, "sign_in_name": one.sign_in_name}
        invited = department.open_account(house, derive, ids[ADMINISTRATOR.sign_in_name], given, PASSWORD, now)
        ids = ids_of(house)
        office = {"person": ids[one.sign_in_name], "held": OFFICES[one.office], "instrument": "Order 2026-14"}
        department.appoint(house, ids[CHIEF.sign_in_name], office | {"from_on": today}, PASSWORD, now)
        with house.store.write() as unit:
            code, phc = digests.invitation(invited.code), passwords.phc(one.password)
            sign_in_store.use_invitation(unit, digests.name(one.sign_in_name), code, phc, now)
    factors, codes = Factors(house, derive), dict[str, list[str]]()
    with house.store.write() as unit:
        for name, person in ids.items():
            given_out = sheet(secrets.token_bytes(32))
            assert factors.add_sheet(unit, person, given_out, given_out[0], now)
            codes[name] = list(given_out[1:])
    house.store.close()
    return codes


def ids_of(house: Installation) -> dict[str, str]:
    """Everybody's id, by their name for signing in."""
    with house.store.read() as unit:
        return {one.sign_in_name: one.id for one in house.folds.department(unit).people.values()}
