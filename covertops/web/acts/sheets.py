"""The page of an act, made from its decision: title, questions, what can be chosen, what comes afterwards.

Most acts are drawn by :class:`Sheet` as it stands. One that a plain list of questions serves badly has its own sheet,
which lays the same questions out otherwise and never has other ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from covertops.domain import declaration as spec
from covertops.domain.answers import asked_of
from covertops.domain.decisions import Decision
from covertops.domain.declaration import Entry, Recorded
from covertops.domain.refusals import Missing
from covertops.web.acts.beside import Told, beside
from covertops.web.acts.choices import candidates
from covertops.web.acts.defaults import defaults
from covertops.web.acts.desk import Desk
from covertops.web.acts.layouts import layout
from covertops.web.acts.means import afterwards, meanings
from covertops.web.form_building import (
    Around,
    Change,
    Typed,
    fields_of,
    given_of,
    kind_named,
    make_form,
    typed_default,
)
from covertops.web.forms import Form, FormField
from covertops.web.page import Tag


class Sheet:
    """How one act is asked for and drawn."""

    template: ClassVar[str] = "act.html"
    query_names: ClassVar[tuple[str, ...]] = ("entry",)
    """What may stand in the address beside the path."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision

    # What it says ---------------------------------------------------------------------------------------------------

    def title(self, desk: Desk) -> str:
        """The heading of the page."""
        return self.decision.label

    def lead(self, desk: Desk) -> str:
        """The line under the heading."""
        return " · ".join(one for one in (desk.operation.reference, desk.operation.matter) if one)

    def tag(self, desk: Desk) -> Tag | None:
        """The status beside the heading."""
        return None

    def crumb(self, desk: Desk) -> str:
        """The last step of where you are."""
        return self.decision.label

    def submit(self, desk: Desk) -> str:
        """The words of the main button."""
        return "Read back and sign" if self.decision.signed else self.decision.label

    def afterwards(self, desk: Desk) -> str:
        """What comes after the act, and whose turn it will be."""
        return afterwards(self.decision.name, desk)

    def means(self, desk: Desk) -> Sequence[str]:
        """What the signature will mean; empty for an act that is not signed."""
        return meanings(self.decision.name, desk) if self.decision.signed else ()

    def beside(self, desk: Desk) -> Sequence[Told]:
        """What somebody should have read, above the questions."""
        return beside(self.decision.name, desk)

    def whole_query(self, desk: Desk) -> Mapping[str, str]:
        """What the address should name: what it names, and what the page would choose by itself."""
        return desk.query

    # What it asks ---------------------------------------------------------------------------------------------------

    def asks(self, name: str) -> bool:
        """Whether a name is that of a question on the page; what else is sent is no answer to it."""
        return name in asked_of(self.decision.asks)

    def draft_kind(self, query: Mapping[str, str]) -> str:
        """Under which name what is typed is kept: apart for each entry that a page is about."""
        about = query.get("entry", "")
        return f"{self.decision.name}:{about}" if about.isascii() and about.isdecimal() else self.decision.name

    def defaults(self, desk: Desk) -> Mapping[str, Any]:
        """What stands in the questions when the page is opened: days and choices, never anybody's reasons."""
        return defaults(self.decision.name, desk)

    def entries(self, desk: Desk) -> Mapping[str, Sequence[Recorded]]:
        """The entries that each question about entries offers, the newest first where one is chosen."""
        asked = {name: one for name, one in asked_of(self.decision.asks).items() if isinstance(one, spec.Reference)}
        numbers = {name: candidates(self.decision.name, name, one, desk) for name, one in asked.items()}
        known = desk.read(number for some in numbers.values() for number in some)
        return {
            name: [
                known[number]
                for number in sorted(some, reverse=not asked[name].many)
                if number in known and (not asked[name].kinds or kind_named(known[number]) in asked[name].kinds)
            ]
            for name, some in numbers.items()
        }

    def layout(self, desk: Desk) -> Mapping[str, Change]:
        """How single questions are laid out."""
        return layout(self.decision.asks, desk)

    def fields(self, desk: Desk, typed: Typed, problems: Sequence[Missing]) -> list[FormField]:
        """The questions, as typed."""
        around = Around(desk.department, desk.now, self.entries(desk))
        return fields_of(self.decision.asks, around, typed, problems, self.layout(desk))

    def opened(self, desk: Desk) -> Typed:
        """What stands on a page that is opened anew."""
        found = {name: typed_default(value) for name, value in self.defaults(desk).items() if value is not None}
        number = desk.asked_entry
        for name, one in asked_of(self.decision.asks).items():
            if number is not None and isinstance(one, spec.Reference) and not one.many:
                found[name] = [str(number)]
        return found

    def given(self, desk: Desk, typed: Typed) -> tuple[str, Mapping[str, object]]:
        """Which decision was made, and its answers as the actions take them. Raises Refusal."""
        return self.decision.name, given_of(self.decision.asks, typed)

    def form(self, desk: Desk, typed: Typed, problems: Sequence[Missing], **frame: Any) -> Form:
        """The form of the page."""
        fields = self.fields(desk, typed, problems)
        return make_form(fields, problems, title=self.title(desk), submit=self.submit(desk), **frame)

    def context(self, desk: Desk, form: Form, typed: Typed) -> dict[str, Any]:
        """What the page's own template is given besides."""
        return {}

    # What is read back ----------------------------------------------------------------------------------------------

    def read_with(self, desk: Desk) -> Sequence[Told]:
        """What the person should have in view when signing, besides the entry itself."""
        return ()

    def warnings(self, desk: Desk, entry: Entry) -> Sequence[str]:
        """What the person should think of before signing."""
        return ()
