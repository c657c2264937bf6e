"""The supervisor records the contact with one attorney: facts and determinations, and apart from them the advice.

Each office has a page, a draft and a privileged frame of its own, so that the two counsels' advice never meets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from covertops.actions.captures import MOST_CAPTURE_BYTES
from covertops.actions.writings import PART
from covertops.domain.decisions.counsel import offices_without_answer
from covertops.domain.entries.counsel import ANSWERED
from covertops.domain.policy import DETERMINATIONS
from covertops.domain.vocabulary import Office, setting
from covertops.web.acts.desk import Desk
from covertops.web.acts.layouts import changed
from covertops.web.acts.sheets import Sheet
from covertops.web.acts.writings import shown_writings
from covertops.web.form_building import Change, Typed
from covertops.web.forms import Form, FormField, Option
from covertops.web.page import Capture
from covertops.web.presenting.reading import listed

PROSECUTOR: Final = Office.PROSECUTING_ATTORNEY
CITY: Final = Office.CITY_ATTORNEY
ADVICE: Final = {PROSECUTOR: "prosecutor_advice", CITY: "city_attorney_advice"}
WRITINGS: Final = {PROSECUTOR: "prosecutor_writings", CITY: "city_attorney_writings"}
FRAME: Final = {
    PROSECUTOR: (
        "the prosecutor’s advice",
        (
            "Kept in its own compartment. Seen by you and the Chief, and by the prosecutor’s own office. "
            "Not part of a package as a matter of course."
        ),
    ),
    CITY: (
        "the city attorney’s advice",
        "Kept in its own compartment. Seen by you and the Chief. Never part of a package.",
    ),
}


def office_of(desk: Desk) -> Office:
    """The attorney's office of this page: what the address names, else the first that has not answered."""
    wanted = desk.query.get("office", "")
    if wanted in (PROSECUTOR.value, CITY.value):
        return Office(wanted)
    return next(iter(offices_without_answer(desk.operation, desk.it.facts)), PROSECUTOR)


class ConsultationSheet(Sheet):
    """The contact with the attorney of one office."""

    template: ClassVar[str] = "consultation.html"
    query_names: ClassVar[tuple[str, ...]] = ("office",)

    def title(self, desk: Desk) -> str:
        return f"Record the contact with the {office_of(desk).value}"

    def crumb(self, desk: Desk) -> str:
        return "Attorney contact"

    def whole_query(self, desk: Desk) -> Mapping[str, str]:
        return {"office": office_of(desk).value}

    def draft_kind(self, query: Mapping[str, str]) -> str:
        return f"{self.decision.name}:{query.get('office', '')}"

    def defaults(self, desk: Desk) -> Mapping[str, Any]:
        return {"attorney_office": office_of(desk).value}

    def layout(self, desk: Desk) -> Mapping[str, Change]:
        office = office_of(desk)
        other = CITY if office is PROSECUTOR else PROSECUTOR
        options = tuple(
            Option(value, f"Referred to the {other.value}" if value == "referred" else words)
            for value, words in ANSWERED.items()
        )
        made: dict[str, Change] = dict(super().layout(desk))
        made["attorney_office"] = changed(options=(Option(office.value, office.title),))
        holders = desk.department.holding(office, desk.now)
        made["counsel"] = changed(options=tuple(Option(one.id, one.name) for one in holders))
        for name in DETERMINATIONS:
            made[name] = changed(opened_by="", options=options, required=True)
        made[ADVICE[office]] = changed(opened_by="", label="What counsel said")
        return made

    def fields(self, desk: Desk, typed: Typed, problems: Sequence[Any]) -> list[FormField]:
        other = CITY if office_of(desk) is PROSECUTOR else PROSECUTOR
        apart = (ADVICE[other], *WRITINGS.values())
        return [one for one in super().fields(desk, typed, problems) if one.name not in apart]

    def context(self, desk: Desk, form: Form, typed: Typed) -> dict[str, Any]:
        office = office_of(desk)
        other = CITY if office is PROSECUTOR else PROSECUTOR
        advice = ADVICE[office]
        details = [one.name for one in form.fields if one.opened_by.partition("=")[0] in DETERMINATIONS]
        names = [
            one.name for one in form.fields if one.name not in (*DETERMINATIONS, *details, advice, "attorney_office")
        ]
        title, words = FRAME[office]
        return {
            "facts_names": names,
            "determinations": [(name, _own_rule(name, desk)) for name in DETERMINATIONS],
            "advice": advice,
            "advice_title": title,
            "advice_words": words,
            "writings": _attached(desk, office, typed),
            "writings_name": WRITINGS[office],
            "writings_url": f"/operations/{desk.operation.id}/writings/{PART[office].value}",
            "most": str(MOST_CAPTURE_BYTES),
            "other_office": other.value,
            "other_href": f"/operations/{desk.operation.id}/{self.decision.name}?{urlencode({'office': other.value})}",
        }


def _attached(desk: Desk, office: Office, typed: Typed) -> list[Capture]:
    """The writings of this office that the form refers to already."""
    own = {one.ref.number for one in desk.operation.writings if one.office is office}
    named = {int(one) for one in typed.get(WRITINGS[office], ()) if one.isascii() and one.isdecimal() and len(one) < 10}
    return [one for one, _ in shown_writings(desk.unit, desk.operation.id, own & named)]


def _own_rule(name: str, desk: Desk) -> Any:
    """Which office must answer a question itself, as the margin says it."""
    for required in desk.it.facts.rules.consultations:
        if name in required.must_answer:
            places = [str(DETERMINATIONS.index(one) + 1) for one in required.must_answer]
            return setting("", f"The {required.office.value} must answer {listed(places)}.")
    return None
