"""A form as the field macros draw it: plain data, free of the rules that made it.

Values are what the person typed, character for character, so that a refused form comes back exactly as it was sent.
Nothing here checks a value; the schemas of the actions do, and say what was wrong in ``error``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Widget = Literal[
    "line",  # one line of text
    "text",  # several lines of text
    "lines",  # several short texts, one to a line
    "radios",  # one of a few, all in view
    "select",  # one of many
    "ticks",  # any number of options
    "tick",  # yes or no
    "number",  # a whole number, with its unit
    "date",
    "time",
    "moment",  # date and time of day
    "person",  # one person, as a select
    "people",  # several people, as ticks
    "entry",  # one entry of the record, as a select
    "entries",  # several entries of the record, as ticks
    "password",
    "code",  # a one-time code
    "file",  # received by the capture script, never by the form itself
]

_GROUPS: frozenset[str] = frozenset({"radios", "ticks", "people", "entries"})
_OPENERS: frozenset[str] = frozenset({"radios", "ticks", "tick"})
TICKED = "yes"
"""What a ticked box sends. A box that is not ticked sends nothing."""


class Rule(Protocol):
    """Which rule asks for something. The rules of the domain have this shape, and so has :class:`RuleMark`."""

    @property
    def mark(self) -> str:
        """``policy``, ``setting`` or ``practice``."""
        ...

    @property
    def clause(self) -> str:
        """The clause of the policy, or the setting in a few words."""
        ...

    @property
    def words(self) -> str:
        """What it says, in one sentence."""
        ...


@dataclass(frozen=True)
class RuleMark:
    """A rule for the margin: a full line for the policy, a broken one for a setting, a dotted one for practice."""

    mark: str
    clause: str = ""
    words: str = ""


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen: the value sent, the words shown and, smaller, what it means."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One question of a form.

    ``opened_by`` is the name of the tick, or ``name=value`` of the choice, under which the question appears.
    ``group`` is the legend under which ticks that follow each other are drawn as one question.
    ``beside`` puts the question in one row with the one before it.
    """

    name: str
    widget: Widget
    label: str
    help: str = ""
    value: str | Sequence[str] = ""
    error: str = ""
    options: Sequence[Option] = ()
    rule: Rule | None = None
    required: bool = True
    unit: str = ""
    opened_by: str = ""
    group: str = ""
    beside: bool = False
    heading: str = ""
    heading_help: str = ""
    rows: int = 3
    width: str = ""
    autocomplete: str = ""

    @property
    def id(self) -> str:
        """The id of the control, or of the first one of a group: where an error summary leads."""
        return f"f-{self.name}"

    @property
    def described_by(self) -> str:
        """The ids of help and error, in reading order; empty when there is neither."""
        parts = [f"{self.id}-help"] * bool(self.help) + [f"{self.id}-error"] * bool(self.error)
        return " ".join(parts)

    @property
    def typed(self) -> str:
        """The single value as it was typed."""
        if isinstance(self.value, str):
            return self.value
        return self.value[0] if self.value else ""

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen values of a question with several answers."""
        if isinstance(self.value, str):
            return (self.value,) if self.value else ()
        return tuple(self.value)

    @property
    def is_group(self) -> bool:
        """Whether it is drawn as a fieldset of several controls."""
        return self.widget in _GROUPS

    def option_id(self, place: int) -> str:
        """The id of the option at ``place``, counted from 0. The first one carries the id of the question."""
        return self.id if place == 0 else f"{self.id}-{place + 1}"


@dataclass(frozen=True)
class Row:
    """What stands on one line of the form: a question, questions beside each other, or a group of ticks."""

    fields: tuple[FormField, ...]
    legend: str = ""
    help: str = ""
    below: tuple[FormField, ...] = ()
    """The questions its ticks and options open. Their rules stand in the margin of the row."""

    @property
    def first(self) -> FormField:
        """The question that gives the row its heading."""
        return self.fields[0]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of its questions, each once, in order."""
        found: list[Rule] = []
        for one in self.fields + self.below:
            if one.rule is not None and one.rule not in found:
                found.append(one.rule)
        return tuple(found)


@dataclass(frozen=True)
class FormError:
    """One line of the error summary; without ``target`` it concerns the whole form."""

    message: str
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form with its questions in order.

    ``errors`` are messages about the form as a whole; those of a question stand in the question. ``stale`` says that
    the record changed since the form was opened. ``draft_url`` is where what is typed is kept, and ``draft_kept`` says
    when it last was. ``hidden`` is sent along unseen. ``group_help`` is the help under a group's legend.
    """

    title: str
    fields: Sequence[FormField]
    action: str = ""
    submit: str = "Continue"
    errors: Sequence[str] = ()
    stale: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)
    group_help: Mapping[str, str] = field(default_factory=dict)
    draft_url: str = ""
    draft_kept: str = ""
    level: Literal[2, 3] = 2

    def __post_init__(self) -> None:
        names = [one.name for one in self.fields]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.title}: two questions have the same name")

    def __getitem__(self, name: str) -> FormField:
        """The question of that name; raises ``KeyError``."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)

    @property
    def all_errors(self) -> tuple[FormError, ...]:
        """Every error for the summary: the form's own first, then those of the questions in their order."""
        own = tuple(FormError(message) for message in self.errors)
        labels, heading, wrong = [one.label for one in self.fields], "", []
        for one in self.fields:
            heading = one.heading or heading
            # Where two people are asked for, "Name" alone would not say whose.
            of = f"{heading}, " if heading and labels.count(one.label) > 1 else ""
            if one.error:
                wrong.append(FormError(f"{of}{one.label.rstrip('?')}: {one.error}", one.id))
        return own + tuple(wrong)

    @property
    def error_title(self) -> str:
        """What the error summary says first."""
        count = sum(1 for one in self.all_errors if one.target)
        if count == 0:
            return "This was not accepted"
        return "One answer needs another look" if count == 1 else f"{count} answers need another look"

    def details(self, opener: str) -> tuple[FormField, ...]:
        """The questions that a tick (``name``) or an option (``name=value``) opens."""
        return tuple(one for one in self.fields if one.opened_by == opener)

    def rows(self, names: Sequence[str] | None = None) -> Iterator[Row]:
        """The rows in order; with ``names`` only those questions, for a page that places parts of a form itself."""
        gathered: list[FormField] = []
        for one in self._standing(names):
            if gathered and not self._joins(gathered[-1], one):
                yield self._row(gathered)
                gathered = []
            gathered.append(one)
        if gathered:
            yield self._row(gathered)

    def _standing(self, names: Sequence[str] | None) -> list[FormField]:
        """The questions that no other question opens. One whose opener is not drawn stands by itself, never lost."""
        wanted = [one for one in self.fields if names is None or one.name in names]
        openers = {one.name for one in wanted if one.widget in _OPENERS}
        return [one for one in wanted if one.opened_by.partition("=")[0] not in openers]

    def _joins(self, before: FormField, one: FormField) -> bool:
        if one.heading:
            return False
        return one.beside or (bool(one.group) and one.group == before.group)

    def _row(self, fields: Sequence[FormField]) -> Row:
        legend = fields[0].group
        below = tuple(detail for one in fields for detail in self._below(one))
        return Row(tuple(fields), legend, self.group_help.get(legend, ""), below)

    def _below(self, opener: FormField) -> Iterator[FormField]:
        for one in self.fields:
            if one.opened_by.partition("=")[0] == opener.name:
                yield one
                yield from self._below(one)
