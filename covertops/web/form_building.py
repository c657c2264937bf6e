"""From the declaration of an entry to the form that asks for it.

Labels, help, rules, limits and what opens what are read from the declaration and from nowhere else. Here is only how
it is laid out: which questions stand beside each other, under which heading, and what can be chosen now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from covertops.domain import declaration as spec
from covertops.domain.answers import ASKED, asked_of
from covertops.domain.declaration import Entry, Recorded, Spec, kind_of
from covertops.domain.department import Department
from covertops.domain.entries.activity import AccountAdded, ActivityLogged, EvidencePreserved
from covertops.domain.entries.review import EntryQuestioned
from covertops.domain.refusals import Missing
from covertops.web.forms import TICKED, Form, FormField, Option, Widget
from covertops.web.plain_words import PlainWords
from covertops.web.presenting.times import LocalTime

Typed = Mapping[str, Sequence[str]]
"""What a form sent or a draft kept, by name, character for character."""

Change = Callable[[FormField], FormField]
_SHORT = 60


@dataclass(frozen=True)
class Around:
    """What the questions are asked in: the department now, and the entries that can be named, by question."""

    department: Department
    now: datetime
    entries: Mapping[str, Sequence[Recorded]] = field(default_factory=dict)

    @property
    def words(self) -> PlainWords:
        """How entries are called."""
        known = {it.number: it for some in self.entries.values() for it in some}
        return PlainWords(self.department, LocalTime(self.department.zone, self.now), known)


def typed_default(value: Any) -> list[str]:
    """A default as the browser would send it: dates in ISO form, ticks as ``yes``."""
    items = value if isinstance(value, list | tuple) else [value]
    return [TICKED if one is True else one.isoformat() if isinstance(one, date) else str(one) for one in items]


def given_of(kind: type[Entry], typed: Typed) -> dict[str, object]:
    """What was typed as the actions take it: text, or a list where a question has several answers.

    A single question that was answered twice stays a list, and so is refused.
    """
    specs = asked_of(kind)
    given: dict[str, object] = {}
    for name, values in typed.items():
        one = specs.get(name)
        if isinstance(one, spec.Lines):
            given[name] = [line for value in values for line in value.splitlines()]
        elif (one is not None and one.many) or len(values) != 1:
            given[name] = list(values)
        else:
            given[name] = values[0]
    return given


def fields_of(
    kind: type[Entry], around: Around, typed: Typed, problems: Sequence[Missing], layout: Mapping[str, Change]
) -> list[FormField]:
    """The questions of a kind in their order, as typed, each with what is wrong with it."""
    made = []
    for name, one in asked_of(kind).items():
        drawn = _field(name, one, around, typed.get(name, ()))
        drawn = layout[name](drawn) if name in layout else drawn
        made.append(with_problems(_with_strays(drawn), problems))
    return made


def with_problems(one: FormField, problems: Sequence[Missing]) -> FormField:
    """The question with what is wrong with it, and in the margin the rule that says so."""
    mine = [problem for problem in problems if problem.field == one.name]
    if not mine:
        return one
    error = " ".join(problem_words(problem, one.label) for problem in mine)
    rule = next((problem.rule for problem in mine if problem.rule != ASKED and problem.rule.clause), one.rule)
    return replace(one, error=error, rule=rule)


def problem_words(problem: Missing, label: str = "") -> str:
    """What is wrong and the remedy, as sentences; the label, which stands beside it, is not said again."""
    message = problem.message.removeprefix(f"{label}: ") if label else problem.message
    sentences = [one.strip().rstrip(".") for one in (message, problem.remedy) if one.strip()]
    return " ".join(f"{one[0].upper()}{one[1:]}." for one in sentences)


def loose_problems(problems: Sequence[Missing], fields: Sequence[FormField]) -> list[str]:
    """What is wrong with the form as a whole, or with a question that is not on it."""
    names = {one.name for one in fields}
    return [problem_words(one) for one in problems if one.field not in names]


def make_form(fields: Sequence[FormField], problems: Sequence[Missing], **frame: Any) -> Form:
    """A form of these questions; ``frame`` is the rest of :class:`Form`."""
    return Form(fields=fields, errors=loose_problems(problems, fields), **frame)


def _with_strays(one: FormField) -> FormField:
    """What was sent and is not on the list stays on the page, so that nothing chosen is changed in silence."""
    known = {option.value for option in one.options}
    strays = [value for value in one.chosen if value not in known]
    if one.widget not in ("radios", "select", "ticks", "person", "people", "entry", "entries") or not strays:
        return one
    return replace(one, options=(*one.options, *(Option(value, f"Not on the list: {value}") for value in strays)))


def _field(name: str, one: Spec, around: Around, values: Sequence[str]) -> FormField:
    common: dict[str, Any] = {
        "name": name,
        "label": one.label,
        "help": one.help,
        "rule": one.rule,
        "required": one.required,
        "opened_by": one.opened_by,
        "value": tuple(values) if one.many else "".join(values[:1]),
    }
    match one:
        case spec.Lines():
            return FormField(widget="lines", **common | {"value": "\n".join(values)})
        case spec.Line():
            return FormField(widget="line", width=f"w-{one.width}" if one.width else "", **common)
        case spec.Text():
            return FormField(widget="text", rows=one.rows, **common)
        case spec.Tick():
            return FormField(widget="tick", **common | {"required": one.must})
        case spec.Number():
            return FormField(widget="number", unit=one.unit, **common)
        case spec.Choice():
            options = tuple(Option(value, words, one.hints.get(value, "")) for value, words in one.options.items())
            return FormField(widget=_choice_widget(one), options=options, **common)
        case spec.Person():
            return FormField(widget="people" if one.many else "person", options=_people(one, around), **common)
        case spec.Reference():
            alone, entries = len(one.kinds) == 1, around.entries.get(name, ())
            options = tuple(Option(str(it.number), entry_label(it, around.words, alone=alone)) for it in entries)
            return FormField(widget="entries" if one.many else "entry", options=options, **common)
    widgets: Mapping[type[Spec], Widget] = {spec.Day: "date", spec.Moment: "moment"}
    return FormField(widget=widgets[type(one)], **common)


def _choice_widget(one: spec.Choice) -> Widget:
    if one.many:
        return "ticks"
    return "radios" if len(one.options) < 3 or one.hints else "select"


def _people(one: spec.Person, around: Around) -> tuple[Option, ...]:
    members = {member.id: member for office in one.offices for member in around.department.holding(office, around.now)}
    return tuple(Option(member.id, member.name) for member in members.values())


def entry_label(it: Recorded, words: PlainWords, *, alone: bool = False) -> str:
    """An entry as it is offered for choosing, with enough of its content to know it by.

    ``alone`` says that only entries of its kind are offered, so that its number and kind need not be said.
    """
    said = _content(it.entry)
    if alone and said:
        return said
    flag = " (flagged)" if isinstance(it.entry, ActivityLogged) and it.entry.outside == "yes" else ""
    return f"{words.entry(it.number)}{f': {said}' if said else ''}{flag}"


def _content(entry: Entry) -> str:
    match entry:
        case AccountAdded():
            return f"{entry.platform}, “{entry.handle}”"
        case EvidencePreserved():
            return f"{entry.reference}, {entry.name}"
        case ActivityLogged():
            return entry.headline
        case EntryQuestioned():
            return _cut(entry.question)
    return ""


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()}…"


def kind_named(it: Recorded) -> str:
    """The stored name of an entry's kind."""
    return kind_of(it.entry).name
