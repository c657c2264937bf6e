"""A form as a browser sends it: what stands in it, changed by what a test types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Filled:
    """A form of a page: where it leads, and the values it would be sent with."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    """Each question's control: text, textarea, select, radio, checkbox, hidden."""
    options: dict[str, list[str]] = field(default_factory=dict)
    """What can be chosen, by question."""

    def typed(self, changes: Mapping[str, str | Sequence[str] | None]) -> dict[str, list[str]]:
        """The values with these changes; None takes a value away, as unticking does."""
        made = {name: list(values) for name, values in self.values.items()}
        for name, value in changes.items():
            if value is None:
                made.pop(name, None)
            else:
                made[name] = [value] if isinstance(value, str) else list(value)
        return made


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Filled] = []
        self._form: Filled | None = None
        self._name = ""
        self._text: list[str] | None = None
        self._template = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Filled(attributes.get("action", ""))
            self.forms.append(self._form)
        if tag == "template":
            self._template = True
        if self._form is None or self._template:
            return
        name = attributes.get("name", "")
        if tag == "input" and name:
            self._input(name, attributes)
        if tag == "textarea" and name:
            self._name, self._text = name, []
        if tag == "select":
            # One without a name is not sent.
            self._name = name
        if tag == "select" and name:
            self._form.kinds[name] = "select"
            self._form.options[name] = []
        if tag == "option" and self._name:
            self._form.options[self._name].append(attributes.get("value", ""))
            if "selected" in attributes:
                self._form.values[self._name] = [attributes.get("value", "")]

    def _input(self, name: str, attributes: dict[str, str]) -> None:
        assert self._form is not None
        kind = attributes.get("type", "text")
        if kind == "file":
            return
        self._form.kinds[name] = kind
        if kind in ("checkbox", "radio"):
            self._form.options.setdefault(name, []).append(attributes.get("value", ""))
            if "checked" not in attributes:
                return
        self._form.values.setdefault(name, []).append(attributes.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._template = False
        if tag == "select" and self._form is not None and self._name:
            # A browser sends the first option where none is chosen.
            self._form.values.setdefault(self._name, self._form.options[self._name][:1])
        if tag == "textarea" and self._form is not None and self._text is not None:
            self._form.kinds[self._name] = "textarea"
            self._form.values[self._name] = ["".join(self._text).removeprefix("\n")]
            self._text = None
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)


def forms_of(page: str) -> list[Filled]:
    """The forms of a page but for signing out."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return [one for one in reader.forms if one.action != "/sign-out"]


def form_on(page: str) -> Filled:
    """The only form of a page but for signing out."""
    found = forms_of(page)
    assert len(found) == 1, [one.action for one in found]
    return found[0]
