"""People, offices, settings and concerns are on the department's record, and what they end, they end everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from covertops.actions import concerns, department, receipts
from covertops.actions.department import NewPerson, WrongToken
from covertops.actions.installation import Installation
from covertops.actions.operations import NotFound
from covertops.actions.set_up_token import issue_token, set_up_needed
from covertops.actions.signing import PASSWORD
from covertops.config import policy_bytes
from covertops.domain.declaration import kind_of
from covertops.domain.policy import parse_policy
from covertops.domain.refusals import NotYours, Refusal
from covertops.domain.vocabulary import Office, Stage
from covertops.storage import sign_in_store, tables
from covertops.storage.files import FileStore
from covertops.storage.ledger_read import read_stream
from covertops.storage.log_key import found
from covertops.storage.queries import Viewer, tasks_for
from covertops.storage.sign_in_store import SignInDigests
from covertops.storage.unit_of_work import Store
from covertops.vault.keys import Keyring
from tests.clock import A_MORNING
from tests.playing import Town

CHIEF = NewPerson("Chief", "chief", "$argon2id$chief")
ADMINISTRATOR = NewPerson("Administrator 1", "admin", "$argon2id$administrator")


def derive(purpose: str) -> bytes:
    """Keys of the pages, the same in every test."""
    return purpose.encode().ljust(32, b".")[:32]


@pytest.fixture
def empty_house(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    """An installation in which nobody has been set up."""
    store = Store.open(database_url, Keyring(b"k" * 32))
    found(store, "example.invalid/record")
    yield Installation(store, FileStore(tmp_path / "files"), parse_policy(policy_bytes()), b"l" * 32)
    store.close()


def set_up(house: Installation, token: str, *people: NewPerson) -> None:
    """Set an example department up."""
    chief, administrator = people or (CHIEF, ADMINISTRATOR)
    name = "Example Police Department"
    department.set_up(house, derive, token, name, "America/Chicago", chief, administrator, A_MORNING)


def kinds_of_department(house: Installation) -> list[str]:
    """The kinds on the department's stream, in order."""
    with house.store.read() as unit:
        return [one.kind for one in read_stream(unit, "department")]


# The first minute ----------------------------------------------------------------------------------------------------


def test_set_up_begins_the_record_with_two_people_and_the_adopted_policy(empty_house: Installation):
    assert set_up_needed(empty_house)
    set_up(empty_house, issue_token(empty_house))
    assert kinds_of_department(empty_house) == [
        "department.established",
        "account.opened",
        "account.opened",
        "office.appointed",
        "office.appointed",
        "policy.adopted",
    ]
    with empty_house.store.read() as unit:
        made = empty_house.folds.department(unit)
        stored = sign_in_store.account(unit, SignInDigests(derive).name("Chief"))
    assert made.policy_digest == empty_house.policy.digest
    assert [one.name for one in made.holding(Office.CHIEF, A_MORNING)] == ["Chief"]
    assert [one.name for one in made.holding(Office.ADMINISTRATOR, A_MORNING)] == ["Administrator 1"]
    assert stored is not None
    assert stored.password_phc == CHIEF.password_phc


def test_names_are_kept_in_their_composed_form_however_they_were_typed(empty_house: Installation):
    chief = NewPerson("Ju\u0308rgen", "ju\u0308rgen", "$phc")
    set_up(empty_house, issue_token(empty_house), chief, ADMINISTRATOR)
    with empty_house.store.read() as unit:
        members = empty_house.folds.department(unit).people.values()
        stored = sign_in_store.account(unit, SignInDigests(derive).name("JÜRGEN"))
    assert "Jürgen" in {one.name for one in members}
    assert stored is not None


def test_the_token_is_good_once_and_a_wrong_one_sets_nothing_up(empty_house: Installation):
    token = issue_token(empty_house)
    with pytest.raises(WrongToken):
        set_up(empty_house, token[:-1] + ("A" if token[-1] != "A" else "B"))
    assert kinds_of_department(empty_house) == []
    set_up(empty_house, token.lower().replace("-", " "))
    with pytest.raises(WrongToken):
        set_up(empty_house, token)


def test_a_department_is_set_up_once(empty_house: Installation):
    set_up(empty_house, issue_token(empty_house))
    with pytest.raises(Refusal, match="set up already"):
        set_up(empty_house, issue_token(empty_house))


def test_chief_and_administrator_are_two_people_from_the_first_minute(empty_house: Installation):
    twice = NewPerson("Chief", "CHIEF", "$argon2id$another")
    with pytest.raises(Refusal, match="two people"):
        set_up(empty_house, issue_token(empty_house), CHIEF, twice)
    assert set_up_needed(empty_house)


# Accounts ------------------------------------------------------------------------------------------------------------


def open_account(town: Town, name: str = "Investigator 3", person: str = "administrator") -> department.Invited:
    """Open an account for somebody."""
    given = {"name": name, "sign_in_name": name.lower()}
    return department.open_account(town.house, derive, town.people[person], given, PASSWORD, town.clock())


def test_a_new_account_has_a_one_time_code_of_which_only_the_digest_is_kept(town: Town):
    invited = open_account(town)
    digests = SignInDigests(derive)
    with town.house.store.write() as unit:
        row = unit.connection.execute(
            select(tables.sign_in).where(tables.sign_in.c.person_id == invited.member.id)
        ).one()
        assert invited.code.replace("-", "").lower() not in str(tuple(row)).lower()
        used = sign_in_store.use_invitation(
            unit, digests.name("investigator 3"), digests.invitation(invited.code), "$phc", town.clock()
        )
    assert used == invited.member.id
    assert invited.member.offices(town.clock()) == frozenset()


def test_only_the_administrator_opens_accounts_and_no_sign_in_name_is_given_twice(town: Town):
    with pytest.raises(NotYours):
        open_account(town, person="chief")
    open_account(town, "Müller")
    with pytest.raises(Refusal, match="taken"):
        open_account(town, "MU\u0308LLER")
    with pytest.raises(Refusal, match="taken"):
        open_account(town, " Ｍüller")


def test_what_the_administrator_does_is_signed(town: Town):
    open_account(town)
    with town.house.store.read() as unit:
        newest = read_stream(unit, "department", newest_first=True, limit=1)[0]
    assert newest.kind == "account.opened"
    signature = newest.fields["signature"]
    assert isinstance(signature, dict)
    assert signature["level"] == PASSWORD


def test_a_new_code_ends_the_earlier_one_and_is_on_record(town: Town):
    first = open_account(town)
    given = {"person": first.member.id}
    administrator = town.people["administrator"]
    second = department.invite(town.house, derive, administrator, given, PASSWORD, town.clock())
    digests = SignInDigests(derive)
    with town.house.store.write() as unit:
        name = digests.name("investigator 3")
        old = sign_in_store.use_invitation(unit, name, digests.invitation(first.code), "$phc", town.clock())
        new = sign_in_store.use_invitation(unit, name, digests.invitation(second.code), "$phc", town.clock())
    assert (old, new) == (None, first.member.id)
    assert kinds_of_department(town.house)[-1] == "account.invited"


def test_closing_an_account_ends_its_offices_in_every_operation(town: Town):
    operation_id = town.bring(Stage.ACTIVE)
    given = {"person": town.people["supervisor-1"], "reason": "Left the department."}
    department.close_account(town.house, town.people["administrator"], given, PASSWORD, town.clock())
    operation = town.operation(operation_id)
    assert operation.supervisor is None
    assert operation.stage is Stage.SUSPENDED


# Offices -------------------------------------------------------------------------------------------------------------


def end_office(town: Town, person: str, office: Office, by: str = "chief") -> None:
    """End an office."""
    given = {"person": town.people[person], "held": office.value, "reason": "Transferred."}
    department.end_office(town.house, town.people[by], given, PASSWORD, town.clock())


def test_ending_an_office_is_recorded_in_every_operation_it_affects_and_in_no_other(town: Town):
    active, requested = town.bring(Stage.ACTIVE), town.bring(Stage.REQUESTED)
    before = town.operation(requested).last_number
    end_office(town, "supervisor-1", Office.SUPERVISOR)
    operation = town.operation(active)
    assert (operation.stage, operation.supervisor) == (Stage.SUSPENDED, None)
    with town.house.store.read() as unit:
        newest = [one.kind for one in read_stream(unit, active, after=operation.last_number - 2)]
    assert newest == ["appointment.ended", "operation.suspended"]
    assert town.operation(requested).last_number == before


def test_a_relief_whose_office_ends_is_no_longer_relief(town: Town):
    operation_id = town.bring(Stage.ACTIVE)
    end_office(town, "supervisor-2", Office.SUPERVISOR)
    operation = town.operation(operation_id)
    assert (operation.relief, operation.stage) == (None, Stage.ACTIVE)


def test_an_officer_whose_office_ends_may_not_use_the_profile(town: Town):
    operation_id = town.bring(Stage.ACTIVE)
    end_office(town, "investigator-1", Office.INVESTIGATOR)
    operation = town.operation(operation_id)
    assert (operation.officers, operation.stage) == ((), Stage.SUSPENDED)


def test_sessions_end_with_an_office(town: Town):
    person = town.people["supervisor-1"]
    digests = SignInDigests(derive)
    with town.house.store.write() as unit:
        sign_in_store.add_account(unit, person, digests.name("supervisor-1"), "$phc")
        sign_in_store.open_session(unit, digests.session("s"), person, town.clock(), town.clock())
    end_office(town, "supervisor-1", Office.SUPERVISOR)
    with town.house.store.read() as unit:
        assert sign_in_store.find_session(unit, digests.session("s"), town.clock()) is None


def test_only_the_chief_ends_offices_and_the_administrator_appoints_investigators_only(town: Town):
    with pytest.raises(NotYours):
        end_office(town, "supervisor-1", Office.SUPERVISOR, by="administrator")
    person = open_account(town).member.id
    given = {"person": person, "held": "supervisor", "instrument": "Order 2", "from_on": town.today()}
    with pytest.raises(Refusal, match="investigators only"):
        department.appoint(town.house, town.people["administrator"], given, PASSWORD, town.clock())
    given |= {"held": "investigator"}
    department.appoint(town.house, town.people["administrator"], given, PASSWORD, town.clock())
    assert town.department().offices_of(person, town.clock()) == {Office.INVESTIGATOR}


def test_an_act_that_is_refused_leaves_nothing_behind(town: Town):
    before = kinds_of_department(town.house)
    with pytest.raises(Refusal):
        end_office(town, "investigator-2", Office.SUPERVISOR)
    assert kinds_of_department(town.house) == before


# Settings ------------------------------------------------------------------------------------------------------------


def test_a_changed_setting_moves_what_waits_in_every_operation(town: Town):
    operation_id = town.begin()
    town.authorize(operation_id)
    attempt = {
        "attorney_office": "city attorney",
        "attorney": "On call",
        "attempted_at": town.local(),
        "how": "telephone",
    }
    town.act("attempt-attorney", operation_id, "supervisor-1", attempt)
    chief = Viewer(town.people["chief"], frozenset({Office.CHIEF}))
    town.clock.advance(timedelta(days=5))

    def silent() -> bool:
        with town.house.store.read() as unit:
            return any(one.code.startswith("silent") for one in tasks_for(unit, chief, town.clock()))

    assert silent()
    given = {"name": "attempt_working_days", "new": "12", "reason": "The office is small."}
    department.change_setting(town.house, town.people["chief"], given, PASSWORD, town.clock())
    assert not silent()


def test_nobody_below_the_chief_changes_a_setting(town: Town):
    given = {"name": "review_days", "new": "20", "reason": "Closer."}
    for person in ("supervisor-1", "administrator", "auditor"):
        with pytest.raises(NotYours):
            department.change_setting(town.house, town.people[person], given, PASSWORD, town.clock())


# Concerns and receipts -----------------------------------------------------------------------------------------------


def raise_concern(town: Town, goes_to: str = "supervisor", person: str = "investigator-2") -> int:
    """Raise a concern; its number."""
    given = {"concern": "A profile is used at night.", "goes_to": goes_to}
    return concerns.raise_concern(town.house, town.people[person], given, town.clock()).number


def answer(town: Town, number: int, person: str) -> None:
    """Answer a concern."""
    concerns.answer_concern(town.house, number, town.people[person], {"answer": "Looked into."}, town.clock())


def test_a_concern_is_answered_by_someone_it_goes_to_and_not_by_who_raised_it(town: Town):
    number = raise_concern(town, person="supervisor-1")
    with pytest.raises(NotYours):
        answer(town, number, "supervisor-1")
    with pytest.raises(NotYours):
        answer(town, number, "investigator-1")
    answer(town, number, "supervisor-2")
    with pytest.raises(Refusal, match="answered"):
        answer(town, number, "chief")


def test_a_concern_about_a_supervisor_goes_to_the_chief_alone(town: Town):
    number = raise_concern(town, "chief")
    with pytest.raises(NotYours):
        answer(town, number, "supervisor-2")
    answer(town, number, "chief")


def test_an_unknown_concern_is_not_found(town: Town):
    with pytest.raises(NotFound):
        answer(town, 3, "chief")


def test_who_reads_a_concern_is_who_raised_it_and_who_it_goes_to_and_the_auditor_sees_that_it_waits(town: Town):
    number = raise_concern(town, "chief")
    seen = {}
    for person in ("investigator-2", "chief", "supervisor-1", "auditor", "investigator-1"):
        with town.house.store.read() as unit:
            made = town.department()
            actor, _ = department.actor_and_facts(town.house, made, town.people[person], town.clock())
            found_ = concerns.read_concerns(unit, made, actor)
        seen[person] = [(one.concern.ref.number, one.raised is not None) for one in found_]
    assert seen == {
        "investigator-2": [(number, True)],
        "chief": [(number, True)],
        "supervisor-1": [],
        "auditor": [(number, False)],
        "investigator-1": [],
    }


def test_a_receipt_that_was_handed_over_is_on_record_with_its_size_and_root(town: Town):
    with town.house.store.read() as unit:
        receipt = receipts.newest_receipt(unit)
    assert receipt is not None
    entry = receipts.give_receipt(
        town.house, town.people["supervisor-1"], receipt.size, {"to": "City Secretary"}, town.clock()
    )
    assert kind_of(entry.entry).name == "checkpoint.given"
    assert (getattr(entry.entry, "size", ""), getattr(entry.entry, "root", "")) == (str(receipt.size), receipt.root)
    assert town.department().receipt_given_at == entry.at
    with pytest.raises(NotFound):
        receipts.give_receipt(town.house, town.people["chief"], 10**9, {"to": "Nobody"}, town.clock())
