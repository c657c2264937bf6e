"""Reads a page as a browser would and names everything that no page of ours may have."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
NO_BLOCKS_INSIDE = {"p", "h1", "h2", "h3", "h4", "label", "span", "b", "small", "legend", "button"}
BLOCKS = {"address", "article", "aside", "blockquote", "div", "dl", "fieldset", "figure", "footer", "form", "h1", "h2"}
BLOCKS |= {"h3", "h4", "header", "main", "nav", "ol", "p", "section", "table", "ul"}
NAMED_BY_THEMSELVES = {"hidden", "submit", "button"}


@dataclass
class Control:
    """An input, select or textarea."""

    tag: str
    attributes: dict[str, str]


@dataclass
class Form:
    """A form and the names and values a browser would send with it."""

    attributes: dict[str, str]
    controls: list[Control] = field(default_factory=list)

    @property
    def values(self) -> dict[str, str]:
        """The hidden values, which a test sends along as a browser does."""
        hidden = (one.attributes for one in self.controls if one.attributes.get("type") == "hidden")
        return {one["name"]: one.get("value", "") for one in hidden}


class PageReader(HTMLParser):
    """Collects what :func:`problems_of` judges."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.ids: list[str] = []
        self.counts: dict[str, int] = {}
        self.title = ""
        self.labels: set[str] = set()
        self.controls: list[Control] = []
        self.forms: list[Form] = []
        self.pointers: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._legends: list[bool] = []
        self.feed(text)
        self.close()
        if self._open:
            self.problems.append(f"never closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if len(attributes) != len(attrs):
            self.problems.append(f"<{tag}> has an attribute twice")
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self._look_for_inline(tag, attributes)
        self._look_at_nesting(tag)
        self._collect(tag, attributes)
        if tag not in VOID and not (tag == "path" and self.get_starttag_text().endswith("/>")):  # type: ignore[union-attr]
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self._open[-1:] or 'nothing'} at {self.getpos()}")
            return
        self._open.pop()
        if tag == "fieldset" and not self._legends.pop():
            self.problems.append("a fieldset without a legend")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self.title += data

    def _look_for_inline(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style" or "style" in attributes:
            self.problems.append(f"inline style in <{tag}>")
        if tag == "script" and not attributes.get("src", "").startswith("/"):
            self.problems.append("a script that is not a file of ours")
        if handlers := [name for name in attributes if name.startswith("on")]:
            self.problems.append(f"inline script: {handlers}")
        for name in ("href", "src", "action", "formaction"):
            ours = r"(/(?!/)|#|$|data:image/svg\+xml)" if (tag, name) == ("img", "src") else r"(/(?!/)|#|$)"
            if name in attributes and not re.match(ours, attributes[name]):
                self.problems.append(f"{name}={attributes[name]!r} leads elsewhere")

    def _look_at_nesting(self, tag: str) -> None:
        inside = [one for one in self._open if one in NO_BLOCKS_INSIDE]
        if tag in BLOCKS and inside:
            self.problems.append(f"<{tag}> inside <{inside[-1]}> at {self.getpos()}")
        if tag == "form" and "form" in self._open:
            self.problems.append("a form inside a form")
        if tag in ("a", "button") and {"a", "button"} & set(self._open):
            self.problems.append(f"<{tag}> inside another control")
        parent = self._open[-1] if self._open else ""
        if tag == "li" and parent not in ("ul", "ol"):
            self.problems.append(f"<li> inside <{parent}>")
        if parent in ("ul", "ol") and tag != "li":
            self.problems.append(f"<{tag}> directly inside <{parent}>")

    def _collect(self, tag: str, attributes: dict[str, str]) -> None:
        if "template" in self._open:
            return
        if "id" in attributes:
            self.ids.append(attributes["id"])
        for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
            self.pointers += [(name, one) for one in attributes.get(name, "").split()]
        if tag == "a" and attributes.get("href", "").startswith("#"):
            self.pointers.append(("href", attributes["href"][1:]))
        if tag == "label":
            self.labels.add(attributes.get("for", ""))
        if tag == "fieldset":
            self._legends.append(False)
        if tag == "legend" and self._legends:
            self._legends[-1] = True
        if tag == "form":
            self.forms.append(Form(attributes))
        if tag in ("input", "select", "textarea"):
            control = Control(tag, attributes)
            self.controls.append(control)
            if "form" in self._open:
                self.forms[-1].controls.append(control)


def problems_of(text: str) -> list[str]:
    """Everything about the page that no page of ours may have; empty when there is nothing."""
    page = PageReader(text)
    found = list(page.problems)
    if not text.startswith("<!doctype html>\n<html lang="):
        found.append("the page does not begin with a doctype and its language")
    for tag in ("title", "h1", "main"):
        if page.counts.get(tag) != 1:
            found.append(f"{page.counts.get(tag, 0)} <{tag}>, expected one")
    if not page.title.strip():
        found.append("the title is empty")
    twice = sorted({one for one in page.ids if page.ids.count(one) > 1})
    found += [f"the id {one} stands twice" for one in twice]
    found += [f"{name} points to {one}, which is not there" for name, one in page.pointers if one not in page.ids]
    found += [f"a label for {one!r}, which is not there" for one in page.labels if one not in page.ids]
    found += [_unnamed(one) for one in page.controls if not _is_named(one, page.labels)]
    found += [f"a form to {form.attributes.get('action')} without a token" for form in page.forms if not _is_safe(form)]
    return found


def _is_named(control: Control, labels: set[str]) -> bool:
    kind = control.attributes.get("type", "")
    return kind in NAMED_BY_THEMSELVES or control.attributes.get("id") in labels or "aria-label" in control.attributes


def _unnamed(control: Control) -> str:
    return f"<{control.tag} name={control.attributes.get('name')}> has no label"


def _is_safe(form: Form) -> bool:
    if form.attributes.get("method", "get").lower() == "get":
        return True
    return bool(form.values.get("csrf_token")) and bool(form.attributes.get("action"))
