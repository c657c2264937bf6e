"""Signed by me: every signature in one's own name, and nothing of operations one may not see."""

from __future__ import annotations

from datetime import timedelta

from covertops.actions.receipts import give_receipt, newest_receipt
from covertops.actions.signed_by import signed_by
from covertops.domain.vocabulary import Stage
from covertops.web.pages.signed import NOBODY_YET
from tests.signing import add_passkey, sign
from tests.web.town_pages import TownPages


def test_each_person_sees_what_stands_in_their_name_and_only_that(pages: TownPages) -> None:
    town = pages.town
    town.bring(Stage.ACTIVE)
    found = {short: signed_by(town.house, person, town.clock()) for short, person in town.people.items()}
    assert [one.act.title for one in found["chief"]] == ["Authorized"]
    assert len(found["supervisor-1"]) == 3
    assert not found["investigator-1"]
    assert NOBODY_YET in pages.browser("chief").get("/signed").text
    assert "Nothing on record bears your signature yet." in pages.browser("investigator-1").get("/signed").text


def test_an_operation_one_is_not_on_any_more_is_not_named(pages: TownPages) -> None:
    town = pages.town
    operation = town.bring(Stage.ACTIVE)
    reference = town.operation(operation).reference
    assert reference in pages.browser("supervisor-1").get("/signed").text
    town.act(
        "assign-supervisor",
        operation,
        "chief",
        {"supervisor": town.people["supervisor-2"], "relief": "", "reason": "Leave."},
    )
    text = pages.browser("supervisor-1").get("/signed").text
    assert (reference in text, operation in text, "an operation you are not on now" in text) == (False, False, True)


def test_a_receipt_that_left_the_house_ends_the_bracket_of_what_it_covers(pages: TownPages) -> None:
    town = pages.town
    authenticator = add_passkey(town, "chief")
    first, second = town.begin(), town.begin({"handle": "@other-example"})
    sign(town, authenticator, "grant-authorization", first, "chief", town.grant())
    with town.house.store.read() as unit:
        receipt = newest_receipt(unit)
    sign(town, authenticator, "grant-authorization", second, "chief", town.grant())
    town.clock.advance(timedelta(hours=1))
    assert receipt is not None
    give_receipt(town.house, town.people["chief"], receipt.size, {"to": "The county"}, town.clock())
    chief = pages.browser("chief")
    place = "/operations/{}/entries/{}"
    texts = [chief.get(place.format(one, town.operation(one).grants[-1].ref.number)).text for one in (first, second)]
    assert ["No outside copy yet." in text for text in texts] == [False, True]
    assert all("Signed not before" in text for text in texts)
    newest, oldest = signed_by(town.house, town.people["chief"], town.clock())
    assert oldest.not_after == town.clock()
    assert newest.not_after is None
    assert (newest.act.level, newest.act.size > oldest.act.size > 0) == ("passkey", True)
