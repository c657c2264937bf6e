"""What signing in costs beside its password hash: both factors over HTTP, and a bare Argon2id of the same parameters.

python -m benchmarks.sign_in
"""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

from benchmarks.pages import ORIGIN, Silent
from benchmarks.rig.table import Figure, publish
from benchmarks.rig.town import a_town
from covertops.actions.people_list import present_code
from covertops.config import Opened
from covertops.demo.making import PASSWORD
from covertops.web.assembly import application
from covertops.web.passwords import Passwords
from tests.playing import Town

TIMES = 21


def sign_in(town: Town, opened: Opened) -> float:
    """Seconds of one sign-in with password and code, from the form sent to the answer that opens the pages."""
    town.clock.advance(timedelta(seconds=30))  # a code is good once
    client = application(opened, ORIGIN, Silent(), clock=town.clock).test_client()
    answers = {"name": "supervisor-1", "password": PASSWORD}
    answers["code"] = present_code(opened.house, opened.derive, "supervisor-1", town.clock())
    taken = 0.0
    for path, given in (("/system-use", {}), ("/sign-in", answers)):
        text = client.get(path, base_url=ORIGIN).get_data(as_text=True)
        token = text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        begun = time.perf_counter()
        sent = {"csrf_token": token, **given}
        answer = client.post(path, data=sent, base_url=ORIGIN, headers={"Origin": ORIGIN})
        taken = time.perf_counter() - begun
        if answer.status_code != 303:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return taken


def main() -> None:
    """Measure, print, and put the figure into the README."""
    with a_town() as (town, _):
        opened = Opened(town.house, town.web_key or b"")
        passwords = Passwords(opened.derive("password"))
        stored = passwords.phc(PASSWORD)
        signed, bare = [], []
        for _ in range(TIMES):  # one after the other, so that what else the machine does falls on both
            begun = time.perf_counter()
            passwords.is_right(PASSWORD, stored)
            bare.append(time.perf_counter() - begun)
            signed.append(sign_in(town, opened))
    ratio = statistics.median(signed) / statistics.median(bare)
    measured = f"{ratio:.2f} × ({statistics.median(signed) * 1000:.0f} ms)"
    publish(
        Figure(
            "signing in with both factors", "its password hash alone (Argon2id)", "≤ 1.10 ×", measured, ratio <= 1.10
        )
    )


if __name__ == "__main__":
    main()
