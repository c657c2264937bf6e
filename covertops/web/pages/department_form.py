"""The form of an act on the department: its questions from the declaration, and the person's password once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from flask import request
from werkzeug.wrappers import Response

from covertops.domain.answers import asked_of
from covertops.domain.declaration import Entry
from covertops.domain.department import Department
from covertops.domain.refusals import Missing, Refusal
from covertops.domain.vocabulary import practice
from covertops.web.form_building import Around, Change, Typed, fields_of, given_of, make_form
from covertops.web.forms import FormField, Option
from covertops.web.identity import Outcome, identity
from covertops.web.page import Crumb, Page, Turn
from covertops.web.pages.asking import Looking, times_of
from covertops.web.security import prove_first
from covertops.web.show import show

Done = TypeVar("Done")
"""What an act returns: its entry, or where it is read back to be signed."""
PASSWORD = "password"
_AGAIN = practice("Who signs proves once more who they are.")
WRONG = Missing("password", "This is not your password", _AGAIN, "Type it again.", PASSWORD)
LOCKED = Missing(
    "locked", "Too many wrong attempts", _AGAIN, "Ask the administrator to release your account.", PASSWORD
)


@dataclass(frozen=True)
class DepartmentForm:
    """An act on the department as a page asks for it. ``layout`` changes single questions."""

    title: str
    kind: type[Entry]
    action: str
    submit: str
    current: str
    crumbs: Sequence[Crumb]
    lead: str = ""
    signed: bool = True
    layout: Mapping[str, Change] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    beside: Sequence[str] = ()
    """Sentences above the questions."""
    turn: Turn | None = None
    hidden: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    """Questions of the kind that this page does not ask."""


def opened(form: DepartmentForm, at: Looking, department: Department) -> Response:
    """The form as it is opened: what the address names is chosen already."""
    typed: dict[str, Sequence[str]] = {name: [value] for name, value in form.defaults.items()}
    typed |= {name: values for name, values in request.args.lists() if name in asked_of(form.kind)}
    return _drawn(form, at, department, typed, (), 200)


def sent(
    form: DepartmentForm,
    at: Looking,
    department: Department,
    act: Callable[[Mapping[str, object]], Done],
) -> Done | Response:
    """Do it and return what came of it, or the form again with everything that was typed but the password."""
    typed = {
        name: values for name, values in request.form.lists() if name not in ("csrf_token", PASSWORD, *form.hidden)
    }
    missing = _proved() if form.signed else None
    if missing is not None:
        return _drawn(form, at, department, typed, (missing,), 429 if missing is LOCKED else 422)
    try:
        return act(given_of(form.kind, typed))
    except Refusal as refusal:
        return _drawn(form, at, department, typed, refusal.missing, 422)


def _proved() -> Missing | None:
    """Whether the person proved once more who they are; otherwise what is wrong."""
    prove_first()
    outcome = identity().password_again(request.form.get(PASSWORD, ""))
    if outcome is Outcome.SIGNED_IN:
        return None
    return LOCKED if outcome is Outcome.LOCKED else WRONG


def _drawn(
    form: DepartmentForm, at: Looking, department: Department, typed: Typed, problems: Sequence[Missing], status: int
) -> Response:
    fields = fields_of(form.kind, Around(department, at.now), typed, problems, form.layout)
    fields = [one for one in fields if one.name not in form.without]
    if form.signed:
        fields.append(_password(problems))
    made = make_form(fields, problems, title=form.title, action=form.action, submit=form.submit, hidden=form.hidden)
    page = Page(form.title, form.current, form.crumbs, lead=form.lead, turn=form.turn, failed=bool(made.all_errors))
    return show("reading/department_form.html", page, status, form=made, beside=form.beside)


def _password(problems: Sequence[Missing]) -> FormField:
    error = next((f"{one.message}. {one.remedy}" for one in problems if one.field == PASSWORD), "")
    return FormField(
        name=PASSWORD,
        widget="password",
        label="Your password, once more",
        help="This act is signed.",
        error=error,
        rule=_AGAIN,
        autocomplete="current-password",
    )


def chosen_from(options: Sequence[Option]) -> Change:
    """A question that is answered from a list."""
    return lambda one: replace(one, widget="select", options=tuple(options), width="w-mid")


def people_of(department: Department, at: Looking, *, closed: bool = False) -> list[Option]:
    """Everybody with an open account, or with a closed one, by name."""
    people = department.people.values()
    members = [one for one in people if (one.closed_at is not None and one.closed_at <= at.now) is closed]
    return [Option(one.id, one.name) for one in sorted(members, key=lambda one: one.name.casefold())]


def done_words(department: Department, at: Looking, number: int) -> str:
    """The notice after an act on the department."""
    if not 1 <= number <= department.last_number:
        return ""
    return f"Put on record as entry {number} of the department’s record, {times_of(department, at.now).stamp(at.now)}."
