"""Pages on a large record against the same pages on a small one, and the number of queries each takes.

python benchmarks/pages.py [--entries 10000] [--operations 1000]
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import event

from benchmarks.rig.table import Figure, publish
from benchmarks.rig.town import a_town
from covertops.actions import operations
from covertops.actions.folding import Folds
from covertops.actions.people_list import present_code
from covertops.actions.recording import record
from covertops.config import Opened
from covertops.demo.making import PASSWORD
from covertops.domain.decisions import DECISIONS
from covertops.domain.vocabulary import Stage
from covertops.web.assembly import application
from tests.playing import Town

ORIGIN = "http://localhost:8000"
TOGETHER = 500
FEW = 10


class Silent:
    """A log that keeps nothing."""

    def event(self, name: str, **values: object) -> None:
        """Nothing."""


def client_of(town: Town, opened: Opened, name: str) -> FlaskClient:
    """Somebody signed in to the assembled application, in this process."""
    client = application(opened, ORIGIN, Silent(), clock=town.clock).test_client()
    code = present_code(opened.house, opened.derive, name, town.clock())
    for path, answers in (("/system-use", {}), ("/sign-in", {"name": name, "password": PASSWORD, "code": code})):
        text = client.get(path, base_url=ORIGIN).get_data(as_text=True)
        token = text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        client.post(path, data={"csrf_token": token, **answers}, base_url=ORIGIN, headers={"Origin": ORIGIN})
    return client


def log_many(town: Town, operation_id: str, count: int) -> None:
    """So many activities on one operation, by its rules; many in a transaction, which no page can tell."""
    house, person, decision = town.house, town.people["investigator-1"], DECISIONS["log-activity"]
    for _ in range(0, count, TOGETHER):
        now, answers = town.clock.advance(timedelta(minutes=1)), town.activity()
        with house.store.write() as unit:
            it = operations.scene(house, unit, operation_id, person, now)
            decided = operations.decide(unit, decision, it, answers, None)
            record(house, unit, it.operation, decided * TOGETHER, it.department, now)


def begin_many(town: Town, count: int) -> None:
    """So many requests, each an operation; none shares anything with another, so that no conflict is told of."""
    for _ in range(count):
        now = town.clock.advance(timedelta(seconds=1))
        town.begin({"handle": f"@profile-{now.timestamp():.0f}", "subject": "", "case_number": ""})


class Measured:
    """Seconds (median of several) and queries of one page."""

    def __init__(self, town: Town, client: FlaskClient, path: str, times: int = 15) -> None:
        queries = []
        engine = town.house.store.engine

        def count(*_: object) -> None:
            queries.append(1)

        self.get(client, path)
        event.listen(engine, "before_cursor_execute", count)
        self.get(client, path)
        event.remove(engine, "before_cursor_execute", count)
        self.queries = len(queries)
        taken = []
        for _ in range(times):
            begun = time.perf_counter()
            self.get(client, path)
            taken.append(time.perf_counter() - begun)
        self.seconds = statistics.median(taken)

    @staticmethod
    def get(client: FlaskClient, path: str) -> None:
        answer = client.get(path, base_url=ORIGIN)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")


def main() -> None:
    """Measure, print, and put the figures into the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--operations", type=int, default=1000)
    chosen = parser.parse_args()
    with a_town() as (town, paths):
        del paths
        small, large = town.bring(Stage.ACTIVE), town.bring(Stage.ACTIVE)
        opened = Opened(town.house, bytes(32) if town.web_key is None else town.web_key)
        begin_many(town, FEW - 2)
        few = _lists(town, opened)
        log_many(town, large, chosen.entries)
        supervisor = client_of(town, opened, "supervisor-1")
        one = Measured(town, supervisor, f"/operations/{small}")
        many = Measured(town, supervisor, f"/operations/{large}")
        fresh = Opened(replace(town.house, folds=Folds()), opened.web_key)
        town.clock.advance(timedelta(seconds=30))  # a code is good once
        cold_client = client_of(town, fresh, "supervisor-1")
        begun = time.perf_counter()
        Measured.get(cold_client, f"/operations/{large}")
        cold = time.perf_counter() - begun
        publish(
            Figure(
                f"operation page with {chosen.entries} entries, 50 shown",
                "the same with about 10",
                "≤ 2 ×, fixed number of queries",
                f"{many.seconds / one.seconds:.1f} × ({many.seconds * 1000:.0f} ms), {many.queries} and {one.queries} "
                f"queries; cold {cold:.1f} s",
                many.seconds <= 2 * one.seconds and many.queries == one.queries,
                "the page walks the whole fold to count and to find what is open; counts kept in the fold would do.",
            )
        )
        begin_many(town, chosen.operations - FEW)
        lots = _lists(town, opened)
        publish(
            Figure(
                f"list of {chosen.operations} operations, 50 shown",
                f"the same with {FEW}",
                "≤ 2 ×, fixed number of queries",
                f"{lots.seconds / few.seconds:.1f} × ({lots.seconds * 1000:.0f} ms), {lots.queries} and {few.queries} "
                "queries",
                lots.seconds <= 2 * few.seconds and lots.queries == few.queries,
                f"fifty rows are opened and drawn where there were {FEW}, each at the same cost.",
            )
        )


def _lists(town: Town, opened: Opened) -> Measured:
    return Measured(town, client_of(town, opened, "chief"), "/operations")


if __name__ == "__main__":
    main()
