"""What a person must answer before an act can be decided, for every form alike."""

from __future__ import annotations

from typing import Any

import pytest

from covertops.domain.answers import asked_of, kept, missing_answers
from covertops.domain.decisions import DECISIONS
from covertops.domain.declaration import Entry, Line, Number, Text, Tick, all_kinds
from covertops.domain.entries.activity import AccountAccessKept, ActivityLogged
from covertops.domain.entries.authority import PromiseMade
from covertops.domain.entries.counsel import ConsultationLogged
from covertops.domain.entries.package import ExportPrepared
from covertops.domain.entries.request import CaseNumbered, RequestReturned, RequestSubmitted
from covertops.domain.refusals import Missing
from covertops.domain.vocabulary import Mark, Office
from tests.domain.canned import canned, consultation
from tests.domain.playing import make_world
from tests.domain.world import INVESTIGATOR_1, World

FORMS = [one.asks for one in DECISIONS.values()]


def problems(cls: type[Entry], **given: Any) -> list[tuple[str, str | None]]:
    return [(one.code, one.field) for one in missing_answers(cls, given)]


def request(**answers: Any) -> dict[str, Any]:
    return {**canned(World(), "submit-request", INVESTIGATOR_1), **answers}


@pytest.mark.parametrize("cls", FORMS, ids=lambda cls: cls.__name__)
def test_an_empty_form_names_every_required_field_once_and_in_order(cls: type[Entry]):
    found = [one.field for one in missing_answers(cls, {})]
    wanted = [
        name
        for name, spec in asked_of(cls).items()
        if not spec.opened_by and (spec.must if isinstance(spec, Tick) else spec.required)
    ]
    assert found == wanted


@pytest.mark.parametrize("cls", FORMS, ids=lambda cls: cls.__name__)
def test_everything_missing_has_a_remedy(cls: type[Entry]):
    assert all(one.remedy and one.message for one in missing_answers(cls, {}))


@pytest.mark.parametrize("blank", ["", " ", "\n\t ", None])
def test_a_blank_text_is_no_answer(blank: str | None):
    assert problems(RequestReturned, reasons=blank) == [("missing", "reasons")]
    assert kept(RequestReturned, {"reasons": blank}) == {"reasons": None}


def test_a_blank_line_of_a_list_is_left_out():
    assert kept(ExportPrepared, {"withheld": ("1 start_on: x", " ", "")})["withheld"] == ("1 start_on: x",)


def test_a_tick_left_off_is_recorded_as_no():
    assert kept(PromiseMade, {})["policy_read"] is False


def test_a_closed_field_is_emptied_whatever_was_typed():
    found = kept(RequestSubmitted, request(minor=False, minor_detail="Typed and then closed"))
    assert found["minor_detail"] is None


def test_an_opened_field_is_asked():
    assert problems(RequestSubmitted, **request(minor=True)) == [("missing", "minor_detail")]
    assert problems(RequestSubmitted, **request(minor=True, minor_detail="No contact with anyone under 18.")) == []


def test_a_field_opened_by_a_closed_field_is_closed_too():
    awaited = consultation(make_world(), Office.PROSECUTING_ATTORNEY, answer="awaited")
    found = kept(ConsultationLogged, awaited)
    assert (found["admissibility"], found["admissibility_instruction"]) == (None, None)
    assert missing_answers(ConsultationLogged, awaited) == []


@pytest.mark.parametrize("cls", all_kinds().values(), ids=lambda cls: cls.__name__)
def test_what_opens_a_field_is_declared_before_it(cls: type[Entry]):
    names = list(asked_of(cls))
    for place, name in enumerate(names):
        opener = asked_of(cls)[name].opened_by.partition("=")[0]
        assert not opener or opener in names[:place]


def test_a_choice_opens_a_field_by_its_value():
    given = {**canned(World(), "submit-request", INVESTIGATOR_1), "real_person": True, "real_person_detail": "Hers"}
    assert problems(RequestSubmitted, **given) == [("missing", "consent")]


@pytest.mark.parametrize("cls", FORMS, ids=lambda cls: cls.__name__)
def test_every_text_has_a_limit_that_is_told_with_how_much_to_shorten(cls: type[Entry]):
    for name, spec in asked_of(cls).items():
        if isinstance(spec, Line | Text) and not spec.opened_by and not spec.many:
            (said,) = [one for one in missing_answers(cls, {name: "x" * (spec.most + 3)}) if one.field == name]
            assert (said.code, said.remedy, said.rule.mark) == ("long", "Shorten it by 3.", Mark.PRACTICE)
            assert name not in [one.field for one in missing_answers(cls, {name: "x" * spec.most})]


@pytest.mark.parametrize("text", ["a\x00b", "a\x08b", "\x1b[31mred", "half a pair \ud800"])
def test_characters_that_cannot_be_kept_are_refused(text: str):
    assert problems(RequestReturned, reasons=text) == [("character", "reasons")]


@pytest.mark.parametrize("text", ["כתב מימין לשמאל", "نص من اليمين", "naïve café", "two\nlines\tand a tab", "👮🏽‍♀️"])
def test_any_script_is_kept_as_it_is(text: str):
    assert problems(RequestReturned, reasons=text) == []
    assert kept(RequestReturned, {"reasons": text}) == {"reasons": text}


@pytest.mark.parametrize("text", ["26-1\n234", "26-1\r234"])
def test_a_line_has_no_line_break(text: str):
    assert problems(CaseNumbered, case_number=text) == [("line", "case_number")]


@pytest.mark.parametrize("days", [0, 3661])
def test_a_number_stays_within_its_bounds(days: int):
    (said,) = missing_answers(RequestSubmitted, request(days=days))
    assert (said.code, said.field, said.remedy) == ("bounds", "days", "Enter a whole number from 1 to 3660.")


SECRETS = [
    "password: hunter2",
    "Password is hunter2",
    "pw=abc",
    "PWD : x",
    "The PIN is 4711.",
    "passphrase: correct horse",
    "one-time code: 123456",
    "2FA=123456",
    "otp is 99",
]


@pytest.mark.parametrize("text", SECRETS)
def test_text_that_looks_like_a_password_is_refused_where_accounts_are_spoken_of(text: str):
    (said,) = [one for one in missing_answers(AccountAccessKept, {"where": text}) if one.field == "where"]
    assert (said.code, said.rule.mark) == ("secret", Mark.PRACTICE)
    assert ("secret", "happened") in problems(ActivityLogged, happened=text)


@pytest.mark.parametrize("text", ["Envelope, safe 2", "He forgot his password.", "A pinned post"])
def test_talk_of_passwords_is_no_password(text: str):
    assert [one for one in missing_answers(AccountAccessKept, {"where": text}) if one.field == "where"] == []


def test_a_password_is_never_repeated_in_what_is_said_about_it():
    found = missing_answers(AccountAccessKept, {"where": "password: hunter2"})
    assert not any("hunter2" in one.message + one.remedy for one in found)


def test_only_numbers_are_bounded_as_numbers():
    bounded = [spec for cls in FORMS for spec in asked_of(cls).values() if isinstance(spec, Number)]
    assert all(spec.least <= spec.most and spec.unit for spec in bounded)


def test_everything_missing_is_told_at_once():
    found = missing_answers(RequestSubmitted, request(matter="", need="", days=0))
    assert [one.code for one in found] == ["missing", "missing", "bounds"]
    assert all(isinstance(one, Missing) for one in found)
