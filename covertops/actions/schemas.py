"""Schemas, made from the declarations: what a form or a JSON body may hold, and what its text means.

Unknown fields are refused, and so is everything the server makes itself. A schema turns text into values; whether the
values will do is for the rules (`domain.answers` and the decisions). Every problem names its field and the remedy.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from covertops.domain import declaration as spec
from covertops.domain.answers import ASKED, asked_of, kept, missing_answers
from covertops.domain.declaration import Entry, Recorded, Spec, class_of, kind_of
from covertops.domain.refusals import Missing, Refusal

YES = {"yes", "on", "true", "1"}


class Words(fields.String):
    """Text as typed, in Unicode's composed form (NFC), with line ends as in the record."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **more)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValidationError("holds a character that is none (half of a pair). Type it anew.") from error
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())


class Yes(fields.Field[bool]):
    """A tick: what a ticked box sends, or true."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in YES | {"", "no", "off", "false", "0"}:
            return value.lower() in YES
        raise ValidationError("is a tick: send yes or leave it out.")


class Whole(fields.Integer):
    """A whole number as text or as a number, with spaces around it forgiven."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        text = value.strip() if isinstance(value, str) else value
        if isinstance(text, bool) or (isinstance(text, str) and not (text.isascii() and text.isdecimal())):
            raise ValidationError("is not a whole number. Enter digits only, such as 14.")
        if len(str(text)[:14]) > 12:
            raise ValidationError("is too large a number.")
        return int(super()._deserialize(text, attr, data, **more) or 0)


YEARS: Final = range(1970, 2200)
"""A year outside these is a slip of the keyboard, and at the far ends no moment in another zone."""


def _in_a_likely_year(found: date) -> None:
    if found.year not in YEARS:
        raise ValidationError(f"names the year {found.year}. Correct the year.")


class LocalDay(fields.Date):
    """A calendar day as 2026-11-20."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> date:
        found: date = super()._deserialize(value, attr, data, **more)
        _in_a_likely_year(found)
        return found


_NO_MOMENT: Final = "is not a date and time. Enter it as 2026-11-20T13:10."


class LocalMoment(fields.Field[datetime]):
    """A moment: local text without a zone means the department's; one with a zone means what it says."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> datetime:
        text = str(value).strip()
        try:
            found = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(_NO_MOMENT) from error
        if ":" not in text:
            raise ValidationError(_NO_MOMENT)  # a day alone is no moment, and must not become its midnight
        _in_a_likely_year(found)
        return (found if found.tzinfo else self._as_the_clock_showed(found)).astimezone(UTC)

    def _as_the_clock_showed(self, found: datetime) -> datetime:
        """Local time with its zone. Where the clock showed it twice, the first; where it never did, it is refused."""
        local = found.replace(tzinfo=self.context_zone)
        if local.astimezone(UTC).astimezone(self.context_zone).replace(tzinfo=None) != found:
            raise ValidationError("names an hour that the clocks skipped that night. Enter the hour they showed.")
        return local

    @property
    def context_zone(self) -> ZoneInfo:
        """The zone the schema was made for."""
        root = self.root
        return root.zone if isinstance(root, Answers) else ZoneInfo("UTC")


class Answers(Schema):
    """The schema of one kind's answers in one zone."""

    zone: ZoneInfo = ZoneInfo("UTC")

    class Meta:
        unknown = RAISE


def _field(one: Spec) -> fields.Field[Any]:
    made: fields.Field[Any]
    match one:
        case spec.Tick():
            made = Yes(allow_none=True)
        case spec.Number() | spec.Reference():
            made = Whole(allow_none=True)
        case spec.Day():
            made = LocalDay(
                format="iso", allow_none=True, error_messages={"invalid": "is not a date. Enter it as 2026-11-20."}
            )
        case spec.Moment():
            made = LocalMoment(allow_none=True)
        case spec.Choice():
            made = Words(allow_none=True, validate=_one_of(one))
        case spec.Person():
            made = Words(allow_none=True, validate=_id)
        case _:
            made = Words(allow_none=True)
    return fields.List(made, allow_none=True) if one.many else made


def _one_of(one: spec.Choice) -> Callable[[str], None]:
    def check(value: str) -> None:
        if value and value not in one.options:
            raise ValidationError("is none of the answers offered. Choose one of the list.")

    return check


def _id(value: str) -> None:
    if value and (len(value) != 32 or not set(value) <= set("0123456789abcdef")):
        raise ValidationError("is nobody on the list. Choose a person of the list.")


def schema_of(cls: type[Entry], zone_name: str) -> Answers:
    """The schema of a kind's answers."""
    kind = kind_of(cls)
    return _schema(kind.name, kind.version, zone_name)


@cache
def _schema(kind: str, version: int, zone_name: str) -> Answers:
    made = {name: _field(one) for name, one in asked_of(class_of(kind, version)).items()}
    schema: type[Answers] = type("KindAnswers", (Answers,), {**made, "zone": ZoneInfo(zone_name)})
    return schema()


def _blank_is_none(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, list | tuple):
        return [one for one in value if not (isinstance(one, str) and not one.strip())]
    return value


def read_answers(cls: type[Entry], given: Mapping[str, object], zone_name: str) -> dict[str, Any]:
    """The answers of a form or JSON body as values; entry numbers are not references yet.

    Raises Refusal that names every field that is unknown, of the wrong type, missing or does not fit.
    """
    specs = asked_of(cls)
    blank = {name: _blank_is_none(value) for name, value in given.items()}
    try:
        loaded: dict[str, Any] = schema_of(cls, zone_name).load(blank, unknown=RAISE)
    except ValidationError as error:
        found = [_problem(specs, str(name), text) for name, text in _flat(error.messages)]
        rest = {
            name: value for name, value in blank.items() if name in specs and name not in {one.field for one in found}
        }
        fine = schema_of(cls, zone_name).load(rest, unknown=EXCLUDE, partial=True)
        more = [one for one in missing_answers(cls, fine) if one.field not in {two.field for two in found}]
        raise Refusal(*_in_order(specs, [*found, *more])) from error
    problems = missing_answers(cls, loaded)
    if problems:
        raise Refusal(*problems)
    return kept(cls, loaded)


def _in_order(specs: Mapping[str, Spec], found: list[Missing]) -> list[Missing]:
    places = {name: place for place, name in enumerate(specs)}
    return sorted(found, key=lambda one: places.get(one.field or "", -1))


def _flat(messages: Any) -> list[tuple[str, str]]:
    return [(name, _first(text)) for name, text in messages.items()]


def _first(text: Any) -> str:
    while isinstance(text, dict):
        text = next(iter(text.values()))
    return str(text[0] if isinstance(text, list) else text)


def _problem(specs: Mapping[str, Spec], name: str, text: str) -> Missing:
    if name not in specs:
        return Missing("unknown", f"{name}: this form has no such question", ASKED, "Open the page again.", None)
    return Missing("type", f"{specs[name].label}: {text}", ASKED, "Correct this answer.", name)


def numbers_in(cls: type[Entry], answers: Mapping[str, Any]) -> set[int]:
    """The entry numbers that the answers refer to."""
    found: set[int] = set()
    for name, one in asked_of(cls).items():
        if isinstance(one, spec.Reference) and answers[name]:
            found |= set(answers[name]) if one.many else {answers[name]}
    return found


def with_refs(cls: type[Entry], answers: Mapping[str, Any], found: Mapping[int, Recorded]) -> dict[str, Any]:
    """The answers with entry numbers turned into references.

    Raises Refusal for a number that is no entry, or one of a kind the question does not offer.
    """
    made = dict(answers)
    for name, one in asked_of(cls).items():
        if not isinstance(one, spec.Reference) or not answers[name]:
            continue
        numbers = answers[name] if one.many else (answers[name],)
        for number in numbers:
            entry = found.get(number)
            if entry is None or (one.kinds and kind_of(entry.entry).name not in one.kinds):
                raise Refusal(Missing("entry", f"{one.label}: no such entry", ASKED, "Choose one of the list.", name))
        made[name] = tuple(found[number].ref for number in numbers) if one.many else found[answers[name]].ref
    return made
