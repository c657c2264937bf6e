"""A form comes back exactly as it was typed, and shows what belongs together."""

from __future__ import annotations

from html.parser import HTMLParser

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from covertops.web.forms import Form, FormField, Option, RuleMark

POLICY, SETTING = RuleMark("policy", "IV.D.2", "Monitoring."), RuleMark("setting", "90 days at most")


@pytest.fixture(scope="module")
def draw() -> jinja2.Template:
    """Draws a whole form."""
    loader = jinja2.PackageLoader("covertops.web")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    environment.globals.update(csrf_token=lambda: "token", policy_name="Policy 2.8")
    return environment.from_string('{% from "macros/form.html" import whole_form %}{{ whole_form(form) }}')


def form(*fields: FormField, **more: object) -> Form:
    """A form with these questions."""
    return Form(title="A form", action="/act", fields=fields, **more)  # type: ignore[arg-type]


class Sent(HTMLParser):
    """What a browser would send of a form that nobody touched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: list[tuple[str, str]] = []
        self._area: tuple[str, list[str]] | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self._area = (found["name"], [])
        elif tag == "select":
            self._select = found["name"]
        elif tag == "option" and "selected" in found:
            self.values.append((self._select, found["value"]))
        elif tag == "input" and found["name"] != "csrf_token" and _is_sent(found):
            self.values.append((found["name"], found.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            text = "".join(self._area[1])
            self.values.append((self._area[0], text.removeprefix("\n")))  # HTML drops the first line break only
            self._area = None


def _is_sent(attributes: dict[str, str]) -> bool:
    return attributes["type"] not in ("checkbox", "radio") or "checked" in attributes


# What a form can carry: HTML turns a lone carriage return into a line break, and NUL cannot be sent.
TYPED = st.text(st.characters(exclude_characters="\r\x00", codec="utf-8"), max_size=60)


@given(line=TYPED, text=TYPED)
def test_whatever_was_typed_is_put_back_exactly(draw: jinja2.Template, line: str, text: str):
    shown = form(
        FormField(name="line", widget="line", label="Line", value=line, error="Look again."),
        FormField(name="text", widget="text", label="Text", value=text),
        FormField(name="number", widget="number", label="Number", value=line),
        FormField(name="moment", widget="moment", label="Moment", value=line),
    )
    sent = Sent(draw.render(form=shown)).values
    assert sent == [("line", line), ("text", text), ("number", line), ("moment", line)]


def test_a_text_that_begins_with_an_empty_line_keeps_it(draw: jinja2.Template):
    shown = form(FormField(name="text", widget="text", label="Text", value="\n\nthird line"))
    assert Sent(draw.render(form=shown)).values == [("text", "\n\nthird line")]


def test_choices_and_ticks_are_put_back(draw: jinja2.Template):
    options = (Option("a", "A"), Option("b", "B", "hint"), Option("c", "C"))
    shown = form(
        FormField(name="one", widget="radios", label="One", options=options, value="b"),
        FormField(name="pick", widget="select", label="Pick", options=options, value="c"),
        FormField(name="some", widget="ticks", label="Some", options=options, value=("a", "c")),
        FormField(name="who", widget="people", label="Who", options=options, value=("b",)),
        FormField(name="yes", widget="tick", label="Yes", value="yes"),
        FormField(name="no", widget="tick", label="No", value=""),
    )
    sent = Sent(draw.render(form=shown)).values
    assert sent == [("one", "b"), ("pick", "c"), ("some", "a"), ("some", "c"), ("who", "b"), ("yes", "yes")]


def test_a_password_is_never_put_back(draw: jinja2.Template):
    shown = form(FormField(name="secret", widget="password", label="Password", value="tidy lamp river moss"))
    assert "tidy lamp" not in draw.render(form=shown)


def test_hidden_values_go_along(draw: jinja2.Template):
    text = draw.render(form=form(hidden={"seen": "14"}))
    assert '<input type="hidden" name="seen" value="14">' in text


def test_a_question_stands_below_the_tick_or_option_that_opens_it():
    tick = FormField(name="device", widget="tick", label="Device")
    radios = FormField(name="how", widget="radios", label="How", options=(Option("x", "X"), Option("y", "Y")))
    below = FormField(name="why", widget="line", label="Why", opened_by="device", rule=POLICY)
    deeper = FormField(name="more", widget="line", label="More", opened_by="how=y")
    made = form(tick, radios, below, deeper)
    assert [row.first.name for row in made.rows()] == ["device", "how"]
    assert made.details("device") == (below,)
    assert (made.details("how=x"), made.details("how=y")) == ((), (deeper,))


def test_a_question_whose_opener_is_not_drawn_is_never_lost():
    select = FormField(name="how", widget="select", label="How", options=(Option("y", "Y"),))
    made = form(select, FormField(name="more", widget="line", label="More", opened_by="how=y"))
    assert [row.first.name for row in made.rows()] == ["how", "more"]
    other = form(FormField(name="alone", widget="line", label="Alone", opened_by="nowhere"))
    assert [row.first.name for row in other.rows()] == ["alone"]


def test_every_question_is_drawn_once_in_whatever_way_the_form_is_cut(draw: jinja2.Template):
    names = ["a", "b", "c", "d", "e"]
    made = form(
        FormField(name="a", widget="tick", label="A", group="Any of these?"),
        FormField(name="b", widget="tick", label="B", group="Any of these?"),
        FormField(name="c", widget="line", label="C", opened_by="b"),
        FormField(name="d", widget="date", label="D"),
        FormField(name="e", widget="date", label="E", beside=True),
    )
    text = draw.render(form=made)
    assert [text.count(f'name="{name}"') for name in names] == [1] * 5
    assert [len(row.fields) for row in made.rows()] == [2, 2]
    assert [row.first.name for row in made.rows(["d", "e"])] == ["d"]


def test_the_margin_shows_every_rule_of_a_row_once():
    made = form(
        FormField(name="a", widget="tick", label="A", group="Any?", rule=POLICY),
        FormField(name="b", widget="tick", label="B", group="Any?", rule=POLICY),
        FormField(name="c", widget="line", label="C", opened_by="b", rule=SETTING),
    )
    (row,) = made.rows()
    assert row.rules == (POLICY, SETTING)


def test_a_setting_and_a_practice_are_never_worded_as_the_policy(draw: jinja2.Template):
    practice = RuleMark("practice", "", "A wise thing.")
    marks = {"policy": POLICY, "setting": SETTING, "practice": practice}
    text = draw.render(
        form=form(*(FormField(name=name, widget="line", label=name, rule=rule) for name, rule in marks.items()))
    )
    assert '<p class="rule"><b>Policy 2.8, IV.D.2</b><br>Monitoring.</p>' in text
    assert '<p class="rule rule-setting"><b>Local setting</b> &middot; 90 days at most</p>' in text
    assert '<p class="rule rule-practice"><b>Good practice</b><br>A wise thing.</p>' in text
    assert text.count("Policy 2.8") == 1


def test_errors_are_summed_up_in_the_order_of_the_questions(draw: jinja2.Template):
    made = form(
        FormField(name="a", widget="line", label="First", error="Fill this in."),
        FormField(name="b", widget="radios", label="Second", options=(Option("x", "X"),), error="Choose one."),
        errors=("The whole of it is too late.",),
    )
    assert [(one.message, one.target) for one in made.all_errors] == [
        ("The whole of it is too late.", ""),
        ("First: Fill this in.", "f-a"),
        ("Second: Choose one.", "f-b"),
    ]
    text = draw.render(form=made)
    assert "2 answers need another look" in text
    assert text.count('id="f-a"') == text.count('id="f-b"') == 1
    assert 'aria-describedby="f-a-error" aria-invalid="true"' in text


def test_only_one_of_the_options_carries_the_id_of_the_question():
    options = tuple(Option(one, one) for one in "xyz")
    field = FormField(name="q", widget="radios", label="Q", options=options)
    assert [field.option_id(place) for place in range(3)] == ["f-q", "f-q-2", "f-q-3"]


def test_two_questions_of_one_name_are_refused():
    with pytest.raises(ValueError, match="same name"):
        form(FormField(name="a", widget="line", label="A"), FormField(name="a", widget="text", label="B"))


def test_a_select_asks_before_it_answers(draw: jinja2.Template):
    options = (Option("a", "A"),)
    asked = draw.render(form=form(FormField(name="s", widget="select", label="S", options=options)))
    assert '<option value="">Choose</option>' in asked
    answered = draw.render(form=form(FormField(name="s", widget="select", label="S", options=options, value="a")))
    assert "Choose" not in answered
    free = FormField(name="s", widget="select", label="S", options=options, value="a", required=False)
    assert '<option value="">None</option>' in draw.render(form=form(free))


def test_the_error_summary_says_whose_name_is_missing_where_two_are_asked_for():
    name = FormField(name="one_name", widget="line", label="Name", heading="Chief of Police", error="Fill this in.")
    other = FormField(name="two_name", widget="line", label="Name", heading="Administrator", error="Fill this in.")
    alone = FormField(name="department", widget="line", label="Department", error="Fill this in.")
    form = Form(title="Set up", action="/set-up", submit="Set up", fields=[alone, name, other])
    assert [one.message for one in form.all_errors] == [
        "Department: Fill this in.",
        "Chief of Police, Name: Fill this in.",
        "Administrator, Name: Fill this in.",
    ]
