"""Second factors on each database: what a code proves, and that it proves it once."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from covertops.actions import passkeys
from covertops.actions.one_time_codes import (
    as_typed,
    code_at,
    phone_address,
    phone_secret,
    sheet,
    step_at,
    step_that_fits,
)
from covertops.actions.second_factors import Factors, Left
from covertops.storage.ledger_read import read_stream
from covertops.storage.tables import credential
from covertops.vault.sealing import SealBroken
from tests.playing import Town
from tests.signing import add_passkey, passkey_of, sign_on_department
from tests.web.town import derive

SECRET = phone_secret(b"12345678901234567890")
"""The secret of RFC 6238, Appendix B."""
NODE = "10.0.0.7"


@pytest.fixture
def factors(town: Town) -> Factors:
    """The second factors of the town."""
    return Factors(town.house, derive)


def accept(town: Town, factors: Factors, code: str, person: str = "chief") -> bool:
    """Use a code up, in a transaction of its own."""
    with town.house.store.write() as unit:
        return factors.accept(unit, town.people[person], code, NODE, town.clock())


def with_phone(town: Town, factors: Factors, person: str = "chief") -> None:
    """Set a phone up; its clock then stands at the next step."""
    with town.house.store.write() as unit:
        code = code_at(SECRET, step_at(town.clock()))
        assert factors.add_phone(unit, town.people[person], SECRET, code, town.clock())
    town.clock.advance(timedelta(seconds=30))


def recorded(town: Town) -> list[str]:
    """The kinds of the department's entries since the founding that concern second factors."""
    with town.house.store.read() as unit:
        stream = unit.streams.department
        return [
            one.kind for one in read_stream(unit, stream, after=0, limit=500) if one.kind.startswith(("fac", "rec"))
        ]


# RFC 6238 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_a_phones_codes_are_those_of_the_standard(seconds: int, code: str):
    # RFC 6238, Appendix B, SHA-1; phones show the last six of its eight digits.
    now = datetime.fromtimestamp(seconds, UTC)
    assert code_at(SECRET, step_at(now)) == code
    assert step_that_fits(SECRET, f" {code[:3]} {code[3:]} ", now) == seconds // 30
    assert step_that_fits(SECRET, code, now + timedelta(seconds=30)) == seconds // 30
    for away in (-30, 60):
        assert step_that_fits(SECRET, code, now + timedelta(seconds=away)) is None


def test_the_address_for_the_app_names_the_person_and_not_what_is_kept_here():
    address = phone_address(SECRET, "Chief of Police", "Records system")
    assert address.startswith("otpauth://totp/Records%20system:Chief%20of%20Police?secret=GEZDGNBV")
    assert "covert" not in address.lower()


def test_a_seed_that_is_too_short_makes_no_secret():
    with pytest.raises(ValueError, match="at least 20 bytes, found 19"):
        phone_secret(b"x" * 19)


@given(st.binary(min_size=32, max_size=32))
def test_the_codes_of_a_sheet_differ_and_are_typed_in_any_case_and_grouping(seed: bytes):
    codes = sheet(seed)
    assert len(set(codes)) == 10
    assert sheet(seed) == codes
    for one in codes:
        assert as_typed(one.lower().replace("-", " ")) == as_typed(one)
        assert not as_typed(one).isdecimal() or len(as_typed(one)) != 6


# A phone -------------------------------------------------------------------------------------------------------------


def test_a_phone_is_set_up_only_with_a_code_made_by_it(town: Town, factors: Factors):
    with town.house.store.write() as unit:
        wrong = code_at(SECRET, step_at(town.clock()) + 7)
        assert not factors.add_phone(unit, town.people["chief"], SECRET, wrong, town.clock())
        assert not factors.is_enrolled(unit, town.people["chief"])
    assert recorded(town) == []
    with_phone(town, factors)
    with town.house.store.read() as unit:
        assert factors.is_enrolled(unit, town.people["chief"])
        assert not factors.is_enrolled(unit, town.people["administrator"])
        assert factors.present_code(unit, town.people["chief"], town.clock()) == code_at(SECRET, step_at(town.clock()))
        assert factors.present_code(unit, town.people["administrator"], town.clock()) is None
    assert recorded(town) == ["factor.added"]


def test_a_code_is_accepted_once_and_never_after_a_later_one(town: Town, factors: Factors):
    with_phone(town, factors)
    a = code_at(SECRET, step_at(town.clock()))
    b = code_at(SECRET, step_at(town.clock()) + 1)
    assert accept(town, factors, a)
    assert not accept(town, factors, a)
    town.clock.advance(timedelta(seconds=30))
    assert accept(town, factors, b)
    assert not accept(town, factors, a)  # of the step before, and older than one that was used
    assert not accept(town, factors, b)


def test_the_code_that_set_a_phone_up_is_used_up(town: Town, factors: Factors):
    with_phone(town, factors)
    assert not accept(town, factors, code_at(SECRET, step_at(town.clock()) - 1))


def test_a_stale_and_a_coming_code_are_refused(town: Town, factors: Factors):
    with_phone(town, factors)
    town.clock.advance(timedelta(minutes=5))
    now = step_at(town.clock())
    for step in (now - 2, now + 1):
        assert not accept(town, factors, code_at(SECRET, step))
    assert accept(town, factors, code_at(SECRET, now - 1))


def test_another_persons_code_is_nobodys(town: Town, factors: Factors):
    with_phone(town, factors)
    assert not accept(town, factors, code_at(SECRET, step_at(town.clock())), "administrator")
    for odd in ("", " ", "１２３４５６", "\x00" * 6, "9" * 5000, "\ud800"):
        assert not accept(town, factors, odd)


def test_of_sixteen_who_send_one_code_at_once_one_succeeds(town: Town, factors: Factors):
    with_phone(town, factors)
    codes = [code_at(SECRET, step_at(town.clock()))] * 16
    assert sum(_at_once(town, factors, codes)) == 1


def _at_once(town: Town, factors: Factors, codes: Iterable[str]) -> list[bool]:
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda one=one: answers.append(accept(town, factors, one))) for one in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_secret_is_sealed_and_belongs_to_its_person(town: Town, factors: Factors):
    with_phone(town, factors)
    with town.house.store.read() as unit:
        (row,) = unit.connection.execute(select(credential)).all()
    assert SECRET.encode() not in row.sealed
    with town.house.store.write() as unit:
        unit.connection.execute(credential.update().values(person_id=town.people["administrator"]))
    with pytest.raises(SealBroken):
        accept(town, factors, code_at(SECRET, step_at(town.clock())), "administrator")


# Printed and recovery codes -------------------------------------------------------------------------------------------


def test_printed_codes_are_good_once_each_and_a_new_sheet_replaces_the_old(town: Town, factors: Factors):
    chief, codes = town.people["chief"], sheet(b"s" * 32)
    with town.house.store.write() as unit:
        assert not factors.add_sheet(unit, chief, codes, "ABCD-EFGH", town.clock())
        assert factors.add_sheet(unit, chief, codes, codes[0].lower(), town.clock())
        assert factors.left(unit, chief) == Left(phone=False, printed=9, recovery=0)
    assert [accept(town, factors, one) for one in (codes[0], codes[1], codes[1])] == [False, True, False]
    with town.house.store.read() as unit:
        ids = set(unit.connection.execute(select(credential.c.id)).scalars())
    assert len(ids) == 10
    assert not any(as_typed(one) in str(ids) for one in codes)
    other = sheet(b"t" * 32)
    with town.house.store.write() as unit:
        assert factors.add_sheet(unit, chief, other, other[0], town.clock())
    assert not accept(town, factors, codes[2])
    assert not accept(town, factors, other[1], "administrator")
    assert accept(town, factors, other[1])


def test_of_sixteen_who_send_one_printed_code_at_once_one_succeeds(town: Town, factors: Factors):
    codes = sheet(b"s" * 32)
    with town.house.store.write() as unit:
        factors.add_sheet(unit, town.people["chief"], codes, codes[0], town.clock())
    assert sum(_at_once(town, factors, [codes[1]] * 16)) == 1


def test_a_recovery_code_lets_in_once_and_stands_on_the_record(town: Town, factors: Factors):
    chief = town.people["chief"]
    with town.house.store.write() as unit:
        codes = factors.new_recovery_codes(unit, chief, town.clock())
        assert not factors.is_enrolled(unit, chief)  # they are the way back in, not a factor of their own
    assert accept(town, factors, codes[3])
    assert not accept(town, factors, codes[3])
    assert recorded(town) == ["factor.added", "recovery.used"]
    (told,) = town.department().recoveries
    assert (told.person, told.how, told.seen_by) == (chief, "signed in with a recovery code", frozenset())


def test_what_was_taken_away_proves_nothing(town: Town, factors: Factors):
    with_phone(town, factors)
    chief = town.people["chief"]
    with town.house.store.write() as unit:
        codes = factors.new_recovery_codes(unit, chief, town.clock())
        factors.drop(unit, chief)
        assert not factors.is_enrolled(unit, chief)
    assert not accept(town, factors, codes[0])
    assert not accept(town, factors, code_at(SECRET, step_at(town.clock())))


def enrolled(town: Town, factors: Factors, person: str) -> bool:
    """Whether somebody has to give a second factor."""
    with town.house.store.read() as unit:
        return factors.is_enrolled(unit, town.people[person])


def test_a_passkey_is_a_second_factor_while_it_is_in_force_and_not_once_it_is_revoked(town: Town, factors: Factors):
    key = add_passkey(town, "chief")
    assert enrolled(town, factors, "chief")
    number, given = passkey_of(town, key).ref.number, {"reason": "Lost."}
    revoke = partial(passkeys.revoke, town.house, town.people["chief"], number, given)
    sign_on_department(key, lambda how: revoke(how, town.clock()))
    assert not enrolled(town, factors, "chief")  # or nobody who lost everything could ever set up another


def test_a_passkey_that_waits_for_others_is_no_second_factor(town: Town, factors: Factors):
    for person in ("chief", "administrator", "supervisor-1"):
        add_passkey(town, person)
    assert [enrolled(town, factors, one) for one in ("administrator", "supervisor-1")] == [True, False]
