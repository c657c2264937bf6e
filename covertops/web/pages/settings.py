"""The rules in force: the policy the Chief adopted, and the local settings, which are the department's own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from covertops.actions.department import change_setting
from covertops.actions.signing import PASSWORD
from covertops.domain.department import Changed, Department
from covertops.domain.entries.department import SettingChanged
from covertops.domain.policy import Policy
from covertops.domain.vocabulary import Office
from covertops.web.forms import Option
from covertops.web.page import NO_LABEL, Cell, Column, Crumb, Page, Table
from covertops.web.pages.asking import Looking, looking, number_in, times_of
from covertops.web.pages.department_form import DepartmentForm, chosen_from, done_words, opened, sent
from covertops.web.pages.department_signing import to_sign
from covertops.web.presenting.fields import grouped
from covertops.web.presenting.times import LocalTime
from covertops.web.security import SIGNED_IN, audience
from covertops.web.show import show

TITLE = "Local settings"

pages = Blueprint("settings", __name__)


@pages.get("/settings")
@audience(SIGNED_IN)
def settings() -> Response:
    """What is policy and what is local, never mixed; everyone who is signed in may read it."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    rules, times = department.rules(at.house.policy), times_of(department, at.now)
    number, adopted = number_in("entry"), department.policy_adopted_at
    page = Page(TITLE, "", (Crumb("My work", "/"), Crumb(TITLE)), lead="Set by the Chief, on the record (V.B.3).")
    return show(
        "reading/settings.html",
        page,
        notice=done_words(department, at, number) if number else "",
        table=_table(rules, at.house.policy, department, times, may_change=_is_chief(department, at)),
        policy=rules,
        adopted=times.stamp(adopted) if adopted else "not adopted yet",
        digest=grouped(rules.digest),
        clauses=list(rules.clauses.items()),
    )


@pages.route("/settings/change", methods=["GET", "POST"])
@audience(Office.CHIEF.value)
def change() -> Response:
    """The Chief changes one setting, with a reason."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    # Whoever has a passkey reads back what they sign, and may sign with it.
    read_back = bool(department.passkeys.in_force_of(at.person)) or department.passkeys.only
    form = replace(_form(department.rules(at.house.policy)), signed=not read_back)
    if request.method != "POST":
        return opened(form, at, department)
    if read_back:
        return sent(form, at, department, partial(to_sign, at, "change-setting"))
    act = partial(change_setting, at.house, at.person)
    result = sent(form, at, department, lambda given: act(given, PASSWORD, at.now))
    return result if isinstance(result, Response) else redirect(f"/settings?entry={result.number}", 303)


def _form(rules: Policy) -> DepartmentForm:
    wanted = request.args.get("name", "")
    if wanted and wanted not in rules.settings:
        abort(404)
    options = [
        Option(one.name, f"{one.label}: now {one.value} {one.unit}; from {one.least} to {one.most}")
        for one in rules.settings.values()
    ]
    return DepartmentForm(
        "Change a local setting",
        SettingChanged,
        "/settings/change",
        "Change the setting",
        "",
        (Crumb("My work", "/"), Crumb(TITLE, "/settings"), Crumb("Change")),
        "It applies from now on and undoes nothing. What waits in every operation is reckoned anew.",
        layout={"name": lambda one: replace(chosen_from(options)(one), width="w-text")},
    )


def _is_chief(department: Department, at: Looking) -> bool:
    return Office.CHIEF in department.offices_of(at.person, at.now)


def _table(rules: Policy, shipped: Policy, department: Department, times: LocalTime, *, may_change: bool) -> Table:
    columns = [Column("Setting"), Column("Now"), Column("Default"), Column("Between", "Between"), Column("Changed")]
    if may_change:
        columns.append(Column("Change", NO_LABEL))
    rows = []
    for one in rules.settings.values():
        cells = [
            Cell(one.label, small="Local setting"),
            Cell(f"{one.value} {one.unit}"),
            Cell(f"{shipped.settings[one.name].value} {one.unit}"),
            Cell(f"{one.least} and {one.most}"),
            _changed(department.changed.get(one.name), department, times),
        ]
        if may_change:
            cells.append(Cell("Change", f"/settings/change?name={one.name}"))
        rows.append(tuple(cells))
    return Table("Local settings", columns, rows)


def _changed(newest: Changed | None, department: Department, times: LocalTime) -> Cell:
    """Who changed a setting last, and when; whoever reads sees from that whether it is still the default."""
    if newest is None:
        return Cell("Never")
    return Cell(times.full_day(newest.at), small=f"{department.name_of(newest.by)}, entry {newest.entry}")
