"""Who sees which field when a copy leaves the department, class by class and line by line."""

from __future__ import annotations

import pytest

from covertops.domain.declaration import Entry, MalformedEntry, all_kinds, compartment_of, kind_of, specs_of
from covertops.domain.disclosure import (
    ALLOWED,
    ENTRY,
    FILE,
    GROUNDS,
    Withholding,
    decides_authority,
    ground_to_withhold,
    ground_to_withhold_entry,
    may_withhold,
    read_withholding,
)
from covertops.domain.entries.activity import ActivityLogged, EvidencePreserved
from covertops.domain.entries.authority import AuthorizationGranted
from covertops.domain.entries.counsel import CityAttorneyWrote, ConsultationLogged, ProsecutorWrote
from covertops.domain.entries.people import PersonIntroduced
from covertops.domain.evolve import DECIDES
from covertops.domain.vocabulary import Audience, Compartment, Disclosure, Office, StreamKind
from tests.domain.canned import consultation
from tests.domain.playing import make_world, play, preserve
from tests.domain.world import INVESTIGATOR_1, SUPERVISOR_1

ACTIVE = make_world()
KINDS = [one for one in all_kinds().values() if kind_of(one).stream is StreamKind.OPERATION]

# What the prosecutor of the case sees of each class.
PROSECUTOR = {
    Disclosure.OPEN: True,
    Disclosure.INVESTIGATIVE: True,
    Disclosure.IDENTITY: True,
    Disclosure.PROSECUTOR_WORK_PRODUCT: False,
    Disclosure.CITY_ATTORNEY_ADVICE: False,
}


def test_every_class_and_every_audience_is_decided():
    assert set(PROSECUTOR) == set(Disclosure)
    assert set(ALLOWED) == set(Audience)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_field_is_disclosed_to_the_prosecutor_by_its_class(kind: type[Entry]):
    for name, spec in specs_of(kind).items():
        ground = ground_to_withhold(kind, 9, name, Audience.PROSECUTOR, ())
        assert (ground is None) is PROSECUTOR[spec.disclosure]
        assert ground == GROUNDS.get(spec.disclosure)


def test_neither_attorneys_advice_is_in_the_other_compartment_or_in_the_operations():
    specs = specs_of(ConsultationLogged)
    found = {name: compartment_of(spec, StreamKind.OPERATION) for name, spec in specs.items()}
    for name in ("advice", "writings"):
        assert found.pop(f"prosecutor_{name}") is Compartment.PROSECUTOR
        assert found.pop(f"city_attorney_{name}") is Compartment.CITY
    assert set(found.values()) == {Compartment.OPERATION}


def test_no_field_of_the_facts_asks_for_what_counsel_said():
    for name, spec in specs_of(ConsultationLogged).items():
        if spec.disclosure not in GROUNDS:
            assert "advice" not in name
            assert "said" not in spec.label


def test_a_true_name_is_identity_and_how_a_person_is_called_is_open():
    specs = specs_of(PersonIntroduced)
    assert (specs["name"].disclosure, specs["designation"].disclosure) == (Disclosure.IDENTITY, Disclosure.OPEN)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("9 counterpart: a person not involved", Withholding(9, "counterpart", "a person not involved")),
        ("  12   officers/1 :  another agency’s ", Withholding(12, "officers/1", "another agency’s")),
        ("7 sha256: the file of a minor", Withholding(7, "sha256", "the file of a minor")),
        ("8 entry: another case", Withholding(8, "entry", "another case")),
        ("counterpart: no number", None),
        ("9 counterpart", None),
        ("9 counterpart:", None),
        ("9 Counterpart: x", None),
        ("9.1 counterpart: x", None),
        ("12345678901 counterpart: x", None),
    ],
)
def test_a_line_of_the_preparer_is_read_or_refused(line: str, found: Withholding | None):
    assert read_withholding(line) == found


def test_a_preparer_withholds_one_field_of_one_entry():
    more = (Withholding(9, "counterpart", "not involved"),)
    assert ground_to_withhold(ActivityLogged, 9, "counterpart", Audience.PROSECUTOR, more) == "not involved"
    assert ground_to_withhold(ActivityLogged, 8, "counterpart", Audience.PROSECUTOR, more) is None
    assert ground_to_withhold(ActivityLogged, 9, "happened", Audience.PROSECUTOR, more) is None


def test_a_list_is_withheld_as_a_whole_or_item_by_item():
    whole, item = Withholding(9, "officers", "x"), Withholding(9, "officers/1", "y")
    for name, more, found in [
        ("officers/0", whole, "x"),
        ("officers/1", whole, "x"),
        ("officers/0", item, None),
        ("officers/1", item, "y"),
    ]:
        assert ground_to_withhold(AuthorizationGranted, 9, name, Audience.PROSECUTOR, (more,)) == found


def test_privilege_comes_before_what_the_preparer_wrote():
    more = (Withholding(9, "prosecutor_advice", "another ground"),)
    ground = ground_to_withhold(ConsultationLogged, 9, "prosecutor_advice", Audience.PROSECUTOR, more)
    assert ground == GROUNDS[Disclosure.PROSECUTOR_WORK_PRODUCT]


@pytest.mark.parametrize("field", sorted(FILE))
def test_a_withheld_file_shows_neither_hash_nor_size_nor_type_nor_name(field: str):
    more = (Withholding(9, field, "a minor"),)
    for name in (*FILE, "name"):
        assert ground_to_withhold(EvidencePreserved, 9, name, Audience.PROSECUTOR, more) == "a minor"
    assert ground_to_withhold(EvidencePreserved, 9, "reference", Audience.PROSECUTOR, more) is None


def test_a_whole_entry_is_withheld_by_its_number():
    more = (Withholding(8, ENTRY, "another case"),)
    assert ground_to_withhold_entry(8, more) == "another case"
    assert ground_to_withhold_entry(9, more) is None


def test_an_unknown_field_is_an_error_and_not_a_disclosure():
    with pytest.raises(MalformedEntry, match="has no field 'secret'"):
        ground_to_withhold(ActivityLogged, 9, "secret", Audience.PROSECUTOR, ())


def test_who_acted_and_how_people_are_called_cannot_be_withheld():
    for it in preserve(ACTIVE, INVESTIGATOR_1).entries:
        assert not may_withhold(it.entry, "by")
        assert not may_withhold(it.entry, "signature")
        assert not may_withhold(it.entry, "no_such_field")
    introduced = ACTIVE.last(PersonIntroduced).entry
    assert may_withhold(introduced, "name")
    assert not any(may_withhold(introduced, one) for one in ("person", "designation", "held", ENTRY))
    assert not may_withhold(preserve(ACTIVE, INVESTIGATOR_1).entries[-1].entry, "reference")


def test_any_other_entry_and_field_that_stands_there_can_be_withheld():
    granted = ACTIVE.last(AuthorizationGranted).entry
    assert all(may_withhold(granted, one) for one in (ENTRY, "decision", "officers", "officers/1", "ends_at"))
    assert not may_withhold(granted, "officers/2")
    assert not may_withhold(granted, "decision/0")


def test_withholding_what_decides_authority_is_known_beforehand():
    assert decides_authority(AuthorizationGranted, "ends_at")
    assert not decides_authority(AuthorizationGranted, "decision")
    assert not decides_authority(ActivityLogged, "started_at")
    assert decides_authority(ActivityLogged, ENTRY)
    assert all(any(decides_authority(kind, name) for name in specs_of(kind)) for kind in DECIDES)


def test_advice_stays_with_those_who_may_read_it_in_a_played_record():
    answers = {**consultation(ACTIVE, Office.PROSECUTING_ATTORNEY), "prosecutor_advice": "Fine with me."}
    it = play(ACTIVE, "log-consultation", SUPERVISOR_1, answers).entries[-1]
    withheld = {
        name
        for name in specs_of(type(it.entry))
        if ground_to_withhold(type(it.entry), it.number, name, Audience.PROSECUTOR, ())
    }
    assert withheld == {f"{one}_{what}" for one in ("prosecutor", "city_attorney") for what in ("advice", "writings")}


@pytest.mark.parametrize(
    ("kind", "own"), [(ProsecutorWrote, Compartment.PROSECUTOR), (CityAttorneyWrote, Compartment.CITY)]
)
def test_of_what_an_attorney_wrote_nothing_but_that_it_is_there_leaves_the_attorneys_compartment(
    kind: type[Entry], own: Compartment
):
    apart = {name for name, spec in specs_of(kind).items() if compartment_of(spec, StreamKind.OPERATION) is own}
    assert set(specs_of(kind)) - apart == {"by", "signature"}
    assert all(ground_to_withhold(kind, 1, name, Audience.PROSECUTOR, ()) for name in apart)
