"""My work: what waits for the reader, the most urgent first, and what waits for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from flask import Blueprint
from werkzeug.wrappers import Response

from covertops.actions.clock import Behind, clock_behind, notice_clock
from covertops.actions.concerns import waiting_concerns
from covertops.actions.department import actor_and_facts
from covertops.actions.recoveries import untold
from covertops.domain.decisions import Actor
from covertops.domain.department import Concern, Conflict, Department
from covertops.domain.office_turns import office_tasks
from covertops.domain.vocabulary import Office
from covertops.storage.queries import (
    ConsultationRow,
    DraftRow,
    PackageRow,
    TaskRow,
    Viewer,
    consultations_waiting,
    count_tasks,
    drafts_of,
    live_references,
    packages_received_by,
    tasks_for,
)
from covertops.web.page import Page
from covertops.web.pages.asking import Looking, looking, times_of, viewer_of
from covertops.web.presenting.offices import CLOCK_BEHIND, CLOCK_WAITS, chief_words, office_rows
from covertops.web.presenting.times import LocalTime
from covertops.web.presenting.work import (
    concern_row,
    consultation_row,
    draft_table,
    lead_of,
    meeting_words,
    others_table,
    package_row,
    rows_of,
    still_meet,
    waiting_of,
)
from covertops.web.security import SIGNED_IN, audience
from covertops.web.show import show

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import ReadUnit

MOST: Final = 50
MEETINGS: Final = 5
CONFLICTS_SHOWN: Final = timedelta(days=30)

pages = Blueprint("my_work", __name__)


@dataclass(frozen=True)
class Work:
    """What was read for one page, in a fixed number of statements."""

    department: Department
    viewer: Viewer
    mine: list[TaskRow]
    others: list[TaskRow]
    mine_total: int
    others_total: int
    packages: list[PackageRow]
    consultations: list[ConsultationRow]
    concerns: list[Concern]
    drafts: list[DraftRow]
    meetings: list[Conflict]
    references: Mapping[str, str]
    behind: Behind | None


@pages.get("/")
@audience(SIGNED_IN)
def my_work() -> Response:
    """What waits for whoever is looking."""
    at = looking()
    with at.house.store.read() as unit:
        work = _read(unit, at)
    if work.behind is not None and not work.behind.told:
        notice_clock(at.house, at.now)
    department, times = work.department, times_of(work.department, at.now)
    rules = department.rules(at.house.policy)
    rows = rows_of([waiting_of(one, department) for one in work.mine], times, rules)
    rows += [package_row(one, times, rules) for one in work.packages]
    rows += [consultation_row(one, times, rules) for one in work.consultations]
    rows += [concern_row(one, department, times) for one in work.concerns]
    rows += office_rows(office_tasks(*actor_and_facts(at.house, department, at.person, at.now)), times)
    left_out = work.mine_total - len(work.mine)
    page = Page("My work", "My work", eyebrow=times.heading(at.now), lead=lead_of(rows, len(rows) + left_out))
    unread = untold(department, Actor(at.person, work.viewer.offices))
    return show(
        "reading/my_work.html",
        page,
        told=[*_clock_words(work.behind, times), *chief_words(department, at.now, times)],
        rows=rows,
        left_out=left_out,
        meetings=[meeting_words(one, work.references, department, at.person) for one in work.meetings[:MEETINGS]],
        meetings_left_out=max(0, len(work.meetings) - MEETINGS),
        others=others_table([waiting_of(one, department) for one in work.others], times, rules),
        others_left_out=work.others_total - len(work.others),
        begins=_begins(work.viewer) or _first_steps(department, work.viewer, at.now),
        drafts=draft_table(work.drafts, times),
        recoveries=[(one.ref.number, department.name_of(one.person), one.how, times.stamp(one.at)) for one in unread],
    )


def _read(unit: ReadUnit, at: Looking) -> Work:
    department = at.house.folds.department(unit)
    viewer = viewer_of(department, at.person, at.now)
    receives = Office.PROSECUTING_ATTORNEY in viewer.offices
    released = packages_received_by(unit, at.person) if receives else []
    told = [one for one in department.conflicts if at.person in one.told and at.now - one.at < CONFLICTS_SHOWN]
    references = live_references(unit, viewer, {id_ for one in told for id_ in one.operations})
    meetings = [one for one in reversed(told) if still_meet(one, references, sees_all=Office.CHIEF in viewer.offices)]
    return Work(
        department,
        viewer,
        tasks_for(unit, viewer, at.now, limit=MOST),
        tasks_for(unit, viewer, at.now, mine=False, limit=MOST),
        count_tasks(unit, viewer, at.now),
        count_tasks(unit, viewer, at.now, mine=False),
        [one for one in released if one.state == "released"],
        consultations_waiting(unit, viewer),
        waiting_concerns(department, Actor(at.person, viewer.offices)),
        drafts_of(unit, viewer),
        meetings,
        references,
        clock_behind(unit, department, at.now),
    )


def _clock_words(behind: Behind | None, times: LocalTime) -> list[str]:
    """What everybody is told of a clock that fell behind the record."""
    return [] if behind is None else [CLOCK_BEHIND.format(last=times.stamp(behind.record_at)), CLOCK_WAITS]


def _begins(viewer: Viewer) -> list[tuple[str, str, str]]:
    """What the reader can begin: the button's words, where it leads, and what it is."""
    if Office.INVESTIGATOR not in viewer.offices:
        return []
    return [
        ("Request an undercover profile", "/operations/new", "One profile, or one authority to post on others’ sites."),
        ("Declare an earlier profile", "/operations/declare", "In use before this system. Nothing is backdated."),
    ]


def _first_steps(department: Department, viewer: Viewer, now: datetime) -> list[tuple[str, str, str]]:
    """What a new department needs first: without an investigator and a supervisor nothing can be asked for."""
    if department.holding(Office.INVESTIGATOR, now) and department.holding(Office.SUPERVISOR, now):
        return []
    steps = {
        Office.ADMINISTRATOR: (
            "Open an account",
            "/people/open-account",
            "For everybody who will work here. You hand them the one-time code it shows; then the Chief appoints them.",
        ),
        Office.CHIEF: (
            "Appoint",
            "/people/appoint",
            "An investigator and a supervisor, whose accounts the administrator opens. Without both nothing begins.",
        ),
    }
    return [step for office, step in steps.items() if office in viewer.offices]
