"""Every form against everything that can be wrong with it: refused by name, nothing typed is lost, nothing recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from covertops.domain import declaration as spec
from covertops.domain.answers import asked_of
from covertops.domain.decisions import DECISIONS
from covertops.domain.declaration import Entry, Spec
from covertops.domain.entries.request import ProfileDeclared, RequestSubmitted
from covertops.storage.head import read_head
from tests.web.filling import Filled, form_on
from tests.web.scenes import scene_names, scene_of
from tests.web.town import Browser, Pages

KINDS: Mapping[str, type[Entry]] = {
    **{name: one.asks for name, one in DECISIONS.items()},
    "new": RequestSubmitted,
    "declare": ProfileDeclared,
}
DRAWN_AS = {"started_at": "from", "ended_at": "to"}
"""Questions that a page asks under another name."""
STRANGE = {
    "emoji": "Four \U0001f6b2 and a family \U0001f468‍\U0001f469‍\U0001f467",
    "right to left": "‮גנב אופניים‬ مشاهدة",
    "markup": '</textarea><script>alert("x")</script>{{ 7*7 }} <b> & \' "',
    "formula": '=HYPERLINK("https://example.invalid")',
}


@dataclass(frozen=True)
class Bad:
    """One thing that is wrong: what is typed instead, and the question that must say so."""

    what: str
    name: str
    value: str | Sequence[str] | None


def bad_answers(kind: type[Entry]) -> Iterator[Bad]:
    """Everything that can be wrong with one answer of a kind's form."""
    for name, one in asked_of(kind).items():
        drawn = DRAWN_AS.get(name, name)
        if not one.opened_by and one.required and not isinstance(one, spec.Tick):
            yield Bad("missing", drawn, None if one.many or isinstance(one, spec.Choice) else "")
        if isinstance(one, spec.Tick) and one.must:
            yield Bad("not ticked", drawn, None)
        if not one.opened_by:
            yield from (Bad(what, drawn, value) for what, value in _wrong(one, drawn))


def _wrong(one: Spec, drawn: str) -> Iterator[tuple[str, str | Sequence[str]]]:
    match one:
        case spec.Line() | spec.Text():
            yield "too long", "x" * (one.most + 1)
            yield "NUL", "before\x00after"
            if one.no_secret:
                yield "a secret", "the password is heron42"
        case spec.Number():
            yield from (("no number", "many"), ("out of bounds", str(one.most + 1)), ("a fraction", "3.5"))
        case spec.Day():
            yield from (("no date", "soon"), ("no such day", "2026-02-30"), ("another order", "11/20/2026"))
        case spec.Moment() if drawn in DRAWN_AS.values():
            yield from (("no time", "noon"), ("no such hour", "25:61"))
        case spec.Moment():
            yield from (("no moment", "noon"), ("no such day", "2026-02-30T10:00"), ("a day alone", "2026-11-20"))
            yield "an hour that the clocks skipped", "2026-03-08T02:30"
        case spec.Choice() if one.many:
            yield "no such answer", ["surprise"]
        case spec.Choice():
            yield "no such answer", "surprise"
        case spec.Person():
            yield "nobody", ["f" * 32] if one.many else "f" * 32
            yield "no person", ["the boss"] if one.many else "the boss"
        case spec.Reference():
            yield "no such entry", ["99999"] if one.many else "99999"
            yield "no number", ["the first"] if one.many else "the first"


def size(pages: Pages) -> int:
    """How many entries the record has."""
    with pages.town.house.store.read() as unit:
        return read_head(unit.connection).size


@dataclass
class Sender:
    """A page that is open, and its good answers."""

    browser: Browser
    form: Filled
    good: dict[str, list[str]]

    def send(self, changes: Mapping[str, str | Sequence[str] | None]) -> tuple[int, str, dict[str, list[str]]]:
        """Send the good answers with changes; the status, the page, and what was sent."""
        sent = Filled(self.form.action, self.good).typed(changes)
        answer = self.browser.post(self.form.action, sent)
        return answer.status_code, answer.text, sent


def sender(name: str, acting: Pages) -> Sender:
    """The page of an act, opened by who does it."""
    scene = scene_of(name, acting.town)
    browser = acting.browser(scene.person)
    form = browser.form(scene.path)
    return Sender(browser, form, form.typed(scene.answers))


def lost(page: str, sent: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """What was sent to a question of the page and does not stand in it any more."""
    form = form_on(page)
    questions = {one: values for one, values in sent.items() if one in form.kinds and form.kinds[one] != "hidden"}
    return {one: values for one, values in questions.items() if any(values) and form.values.get(one) != list(values)}


def test_every_act_has_a_scene() -> None:
    assert set(scene_names()) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_a_bad_answer_is_refused_by_name_and_nothing_typed_is_lost(name: str, acting: Pages) -> None:
    page = sender(name, acting)
    before = size(acting)
    drawn = set(page.form.kinds)
    for bad in bad_answers(KINDS[name]):
        if bad.name not in drawn and bad.name != "captures":
            continue
        status, text, sent = page.send({bad.name: bad.value})
        case = f"{name}: {bad.name} {bad.what}"
        assert status == 422, (case, status)
        assert f'id="f-{bad.name}-error"' in text or bad.name == "captures", case
        assert 'class="error-summary"' in text, case
        assert lost(text, sent) == {}, case
        assert size(acting) == before, case


SERVER_OWNED = ("by", "signature", "reference", "stream", "number", "starts_at")
NO_SUCH = "this form has no such question. Open the page again."


@pytest.mark.parametrize("name", KINDS)
def test_strange_text_unknown_questions_and_a_stale_page_lose_nothing_and_record_nothing(
    name: str, acting: Pages
) -> None:
    page = sender(name, acting)
    before = size(acting)
    texts = [one for one, kind in page.form.kinds.items() if kind in ("text", "textarea") and one in page.good]
    for what, words in STRANGE.items():
        status, text, sent = page.send({**dict.fromkeys(texts, words), "surprise": "1"})
        assert (status, f"Surprise: {NO_SUCH}" in text, lost(text, sent)) == (422, True, {}), (name, what)
    for own in SERVER_OWNED:
        status, text, sent = page.send({own: "1"})
        assert (status, f"{own.capitalize()}: {NO_SUCH}" in text, lost(text, sent)) == (422, True, {}), (name, own)
    if "seen" in page.form.values:
        status, text, sent = page.send({"seen": "1" if page.form.values["seen"] != ["1"] else "0"})
        assert (status, "The record changed: look again." in text, lost(text, sent)) == (409, True, {}), name
    assert size(acting) == before


@pytest.mark.parametrize("name", KINDS)
def test_good_answers_are_recorded_once_however_often_they_are_sent(name: str, acting: Pages) -> None:
    page = sender(name, acting)
    status, text, _ = page.send({})
    assert status == 303, (name, text)
    after = size(acting)
    status, text, _ = page.send({})
    assert status == 303, (name, text)
    assert size(acting) == after


@pytest.mark.parametrize("name", [one for one in KINDS if one not in ("new", "declare")])
def test_the_page_of_somebody_elses_operation_is_no_page(name: str, acting: Pages) -> None:
    scene = scene_of(name, acting.town)
    sent = acting.browser(scene.person).form(scene.path).typed(scene.answers)
    stranger = acting.browser("investigator-2")
    token = stranger.form("/operations/new").values["csrf_token"]
    before = size(acting)
    there = stranger.post(scene.path, {**sent, "csrf_token": token})
    unknown = scene.path.replace(scene.operation_id, "0" * 32)
    nowhere = stranger.post(unknown, {**sent, "csrf_token": token})
    # What was typed comes back with either answer, so that what is only looked at is compared with its like.
    assert (there.status_code, there.data) == (404, nowhere.data)
    assert stranger.client.get(scene.path).data == stranger.client.get(unknown).data
    assert size(acting) == before
