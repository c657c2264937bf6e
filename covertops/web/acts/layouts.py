"""How single questions of a form are laid out; what they ask is in their declaration and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from covertops.domain.declaration import Entry
from covertops.domain.entries.activity import ActivityLogged, ActivityNone
from covertops.domain.entries.authority import (
    AuthorizationGranted,
    AuthorizationRenewed,
    OperatorAdded,
    OperatorRemoved,
    PromiseMade,
    RenewalRequested,
)
from covertops.domain.entries.counsel import AttorneyAttempted, ConsultationLogged
from covertops.domain.entries.request import RequestSubmitted
from covertops.domain.entries.review import ReviewHeld
from covertops.domain.vocabulary import Rule, practice, setting
from covertops.web.acts.desk import Desk
from covertops.web.form_building import Change
from covertops.web.forms import FormField, Option

Layout = Mapping[str, Change]
ANY: Final = "Any of these?"
PROMISE: Final = "I promise"
GROUP_HELP: Final = {ANY: "Each tick opens what is asked about it. None is a common answer."}


def layout(kind: type[Entry], desk: Desk) -> Layout:
    """The changes to a kind's questions, by name."""
    made = _LAYOUTS.get(kind)
    return made(desk) if made else {}


def changed(**values: Any) -> Change:
    """A change that gives a question these values."""
    return lambda one: replace(one, **values)


def both(*changes: Change) -> Change:
    """Several changes, one after the other."""

    def change(one: FormField) -> FormField:
        for each in changes:
            one = each(one)
        return one

    return change


def only_people(people: Iterable[str]) -> Change:
    """Offer only these of the people."""
    kept = set(people)
    return lambda one: replace(one, options=tuple(option for option in one.options if option.value in kept))


def without_people(people: Iterable[str]) -> Change:
    """Offer everybody but these."""
    gone = set(people)
    return lambda one: replace(one, options=tuple(option for option in one.options if option.value not in gone))


def named(people: Iterable[str], desk: Desk) -> Change:
    """Offer these people, whatever office they hold now."""
    options = tuple(Option(one, desk.name(one)) for one in dict.fromkeys(people))
    return changed(options=options)


def _most_days(desk: Desk, words: str = "") -> Rule:
    return setting(f"{desk.it.facts.rules.number('authorization_days')} days at most", words)


def _most_review(desk: Desk) -> Rule:
    return setting(f"{desk.it.facts.rules.number('review_days')} days at most")


def _request(desk: Desk) -> Layout:
    ticks = ("minor", "privileged", "protected_person", "expression", "real_person", "personal_device")
    made: dict[str, Change] = dict.fromkeys((*ticks, "others_affected", "officer_risk"), changed(group=ANY))
    practised = changed(rule=practice("Other people affected; why this much."))
    return {
        **made,
        "minor_detail": changed(rule=None),
        "privileged_detail": changed(rule=None),
        "others_affected_detail": practised,
        "why_this_much": changed(rule=None),
        "days": changed(rule=_most_days(desk, "The Chief may renew.")),
        "proposed_supervisor": without_people([desk.me]),
    }


def _grant(desk: Desk) -> Layout:
    return {
        "platforms": changed(heading="Scope"),
        "starts_on": changed(rule=_most_days(desk)),
        "ends_on": changed(beside=True, rule=None, help=""),
        "review_days": changed(rule=_most_review(desk)),
    }


def _renewed(desk: Desk) -> Layout:
    return {"ends_on": changed(rule=_most_days(desk)), "review_days": changed(rule=_most_review(desk))}


def _promise(desk: Desk) -> Layout:
    ticks = ("policy_read", "not_identified", "nothing_revealed", "no_likeness", "exposure_checked", "scope_understood")
    return dict.fromkeys(ticks, changed(group=PROMISE))


def _consultation(desk: Desk) -> Layout:
    return {"how": changed(beside=True)}


def _activity(desk: Desk) -> Layout:
    users = named([one.person for one in desk.operation.operators], desk)
    return {"keyboard": both(changed(widget="radios"), users)}


_LAYOUTS: Final[Mapping[type[Entry], Callable[[Desk], Layout]]] = {
    RequestSubmitted: _request,
    AuthorizationGranted: _grant,
    AuthorizationRenewed: _renewed,
    RenewalRequested: lambda desk: {"days": changed(rule=_most_days(desk))},
    PromiseMade: _promise,
    ConsultationLogged: _consultation,
    AttorneyAttempted: _consultation,
    ActivityLogged: _activity,
    ActivityNone: lambda desk: {"to_on": changed(beside=True)},
    ReviewHeld: lambda desk: {"period_to": changed(beside=True)},
    OperatorAdded: lambda desk: {"officer": without_people(desk.operation.officers)},
    OperatorRemoved: lambda desk: {"officer": named(desk.operation.officers, desk)},
}
