"""Kinds of entries: declared once, stored by name, and read forever."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from covertops.domain.declaration import (
    WITHHELD,
    Choice,
    Day,
    Entry,
    EntryRef,
    Json,
    Line,
    MalformedEntry,
    Moment,
    NamedCheckpoint,
    Number,
    Reference,
    Signature,
    Signed,
    SignedBytes,
    Spec,
    Tick,
    all_kinds,
    class_of,
    compartment_of,
    entry_from,
    kind_of,
    recorded,
    specs_of,
    utc_moment,
    utc_text,
    values_of,
)
from covertops.domain.entries.activity import ActivityLogged
from covertops.domain.entries.authority import AuthorizationGranted
from covertops.domain.evolve import DECIDES
from covertops.domain.vocabulary import Compartment, Disclosure, StreamKind
from tests.domain.golden_entries import FOLDER, MODULES, examples_of, path_of

KINDS = sorted(all_kinds().items())
each_kind = pytest.mark.parametrize(("kind", "cls"), KINDS, ids=lambda one: one[0] if isinstance(one, tuple) else "")


SIGNED = SignedBytes("ZGF0YQ==", "e30=", "c2lnbmVk")
SIGNATURE: dict[str, Json] = {
    "level": "passkey",
    "intent": "b",
    "policy": "c",
    "checkpoint": None,
    "credential": None,
    "assertion": None,
}


def golden(name: str, version: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(path_of(name, version).read_text(encoding="utf-8"))
    return found


@each_kind
def test_every_kind_and_version_has_a_golden_file(kind: tuple[str, int], cls: type[Entry]):
    assert path_of(*kind).exists(), f"{kind} is new: python -m tests.domain.golden_entries"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_what_was_ever_stored_can_be_read_and_stands_there_again(path: Any):
    found = json.loads(path.read_text(encoding="utf-8"))
    for values in found["examples"]:
        entry = entry_from(found["kind"], found["version"], list(values), values)
        assert values_of(entry) == values


@each_kind
def test_no_stored_name_disappears_and_none_is_added_to_a_version(kind: tuple[str, int], cls: type[Entry]):
    for values in golden(*kind)["examples"]:
        assert {name.split("/")[0] for name in values} == set(specs_of(cls))


@each_kind
def test_an_entry_goes_to_names_and_values_and_comes_back(kind: tuple[str, int], cls: type[Entry]):
    for entry in examples_of(cls):
        values = values_of(entry)
        assert entry_from(*kind, list(values), values) == entry


@each_kind
def test_any_field_can_be_missing_from_a_copy_and_reads_as_withheld(kind: tuple[str, int], cls: type[Entry]):
    full, bare = examples_of(cls)
    for entry in (full, bare):
        values = values_of(entry)
        for name in values:
            shown = {one: value for one, value in values.items() if one != name}
            field, _, place = name.partition("/")
            value = getattr(entry_from(*kind, list(values), shown), field)
            assert (value[int(place)] if place else value) is WITHHELD


@each_kind
def test_a_name_that_is_missing_unknown_or_repeated_is_refused(kind: tuple[str, int], cls: type[Entry]):
    values = values_of(examples_of(cls)[0])
    names = list(values)
    for name in names:
        rest = [one for one in names if one != name]
        if name.endswith("/1"):
            continue
        with pytest.raises(MalformedEntry, match=r"missing|without a gap"):
            entry_from(*kind, rest, {one: values[one] for one in rest})
    with pytest.raises(MalformedEntry, match="has no field 'password'"):
        entry_from(*kind, [*names, "password"], values)
    with pytest.raises(MalformedEntry, match="is repeated"):
        entry_from(*kind, [*names, names[0]], values)


def test_a_value_without_a_name_in_the_body_is_refused():
    entry = examples_of(ActivityLogged)[0]
    values = values_of(entry)
    with pytest.raises(MalformedEntry, match="does not commit to"):
        entry_from("activity.logged", 1, [one for one in values if one != "headline"], values)


def test_a_list_is_empty_or_numbered_without_a_gap():
    values = values_of(examples_of(AuthorizationGranted)[0])
    assert [name for name in values if name.startswith("officers")] == ["officers/0", "officers/1"]
    gap = {("officers/2" if name == "officers/1" else name): value for name, value in values.items()}
    with pytest.raises(MalformedEntry, match="not numbered without a gap"):
        entry_from("authorization.granted", 1, list(gap), gap)
    both = {**values, "officers": None}
    with pytest.raises(MalformedEntry, match="both empty and as a list"):
        entry_from("authorization.granted", 1, list(both), both)
    single = {**values, "decision/0": "x"}
    with pytest.raises(MalformedEntry, match="has no field 'decision/0'"):
        entry_from("authorization.granted", 1, list(single), single)


def test_a_kind_nobody_declared_is_refused():
    with pytest.raises(MalformedEntry, match=r"no kind 'password\.kept' version 1"):
        class_of("password.kept", 1)


def test_a_kind_is_declared_once():
    with pytest.raises(TypeError, match=r"activity\.logged version 1 is declared twice"):
        recorded("activity.logged", "Again")(ActivityLogged)


def test_a_field_without_exactly_one_spec_is_refused():
    @dataclass(frozen=True, kw_only=True)
    class Bare(Entry):
        text: str

    with pytest.raises(TypeError, match=r"Bare\.text needs exactly one Spec"):
        recorded("test.bare", "Bare")(Bare)
    assert ("test.bare", 1) not in all_kinds()


def a_spec(cls: type[Spec], **more: Any) -> Spec:
    return cls(label="Field", **more)


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (a_spec(Line), 5),
        (a_spec(Line), b"bytes"),
        (a_spec(Choice, options={"a": "A"}), "b"),
        (a_spec(Choice, options={"a": "A"}), 1),
        (a_spec(Tick), "yes"),
        (a_spec(Tick), 1),
        (a_spec(Number), True),
        (a_spec(Number), "7"),
        (a_spec(Number), 7.0),
        (a_spec(Day), "2026-11-20"),
        (a_spec(Day), datetime(2026, 11, 20, tzinfo=UTC)),
        (a_spec(Moment), date(2026, 11, 20)),
        (a_spec(Moment), datetime(2026, 11, 20)),  # noqa: DTZ001 - a moment without a zone is what is refused
        (a_spec(Reference), 7),
        (a_spec(Signed), "passkey"),
    ],
)
def test_a_value_of_another_type_is_not_stored(spec: Spec, value: object):
    with pytest.raises(MalformedEntry):
        spec.to_json(value)


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (a_spec(Line), None),
        (a_spec(Choice, options={"a": "A"}), "b"),
        (a_spec(Tick), "yes"),
        (a_spec(Number), "7"),
        (a_spec(Day), "20.11.2026"),
        (a_spec(Day), "2026-11-31"),
        (a_spec(Moment), "2026-11-20T13:40:12Z"),
        (a_spec(Moment), "2026-11-20 13:40:12.345678"),
        (a_spec(Reference), {"stream": "a", "number": 1}),
        (a_spec(Reference), {"stream": "a", "number": "1", "hash": "b"}),
        (a_spec(Reference), {"stream": "a", "number": True, "hash": "b"}),
        (a_spec(Reference), {"stream": "a", "number": 1, "hash": "b", "more": 1}),
        (a_spec(Signed), {"level": "passkey"}),
        (a_spec(Signed), {"level": 1, "intent": "b"}),
        (a_spec(Signed), SIGNATURE | {"level": 1}),
        (a_spec(Signed), SIGNATURE | {"more": "b"}),
        (a_spec(Signed), SIGNATURE | {"checkpoint": {"size": True, "root": "b"}}),
        (a_spec(Signed), SIGNATURE | {"checkpoint": {"size": 7}}),
        (a_spec(Signed), SIGNATURE | {"credential": {"stream": "a", "number": 1, "hash": "b", "more": 1}}),
        (a_spec(Signed), SIGNATURE | {"credential": {"stream": "a", "number": True, "hash": "b"}}),
        (a_spec(Signed), SIGNATURE | {"assertion": {"signature": "b"}}),
    ],
)
def test_a_stored_value_of_another_form_is_not_read(spec: Spec, value: Json):
    with pytest.raises(MalformedEntry):
        spec.from_json(value)


def test_values_of_every_spec_come_back():
    for spec, value in [
        (a_spec(Reference), EntryRef("a", 1, "b")),
        (a_spec(Signed), Signature("password", "c")),
        (a_spec(Signed), Signature("passkey", "c", "d", NamedCheckpoint(7, "e"), EntryRef("a", 1, "b"), SIGNED)),
        (a_spec(Day), date(2028, 2, 29)),
        (a_spec(Moment), datetime(2026, 11, 20, 13, 40, 12, 345678, tzinfo=UTC)),
    ]:
        assert spec.from_json(spec.to_json(value)) == value


def test_a_moment_is_stored_in_utc_with_microseconds():
    west = timezone(timedelta(hours=-6))
    assert utc_text(datetime(2026, 11, 20, 7, 40, 12, 345678, tzinfo=west)) == "2026-11-20T13:40:12.345678Z"
    assert utc_moment("2026-11-20T13:40:12.345678Z").tzinfo is UTC


def test_a_withheld_field_is_one_and_never_true():
    assert type(WITHHELD)() is WITHHELD
    assert not WITHHELD
    assert repr(WITHHELD) == "WITHHELD"


def test_what_the_fold_relies_on_is_open():
    """Authority is read from open fields only; a tick or text of another class never decides it."""
    for cls in DECIDES:
        decisive = {name for name in specs_of(cls) if name in {"by", "starts_at", "ends_at", "officers", "supervisor"}}
        assert all(specs_of(cls)[name].disclosure is Disclosure.OPEN for name in decisive)


def test_counsels_classes_have_compartments_of_their_own_and_all_else_follows_the_stream():
    line = a_spec(Line)
    assert [compartment_of(line, one).value for one in StreamKind] == [one.value for one in StreamKind]
    prosecutor = a_spec(Line, disclosure=Disclosure.PROSECUTOR_WORK_PRODUCT)
    city = a_spec(Line, disclosure=Disclosure.CITY_ATTORNEY_ADVICE)
    for stream in StreamKind:
        assert compartment_of(prosecutor, stream) is Compartment.PROSECUTOR
        assert compartment_of(city, stream) is Compartment.CITY


@each_kind
def test_a_kind_is_told_in_words_and_its_fields_are_labeled(kind: tuple[str, int], cls: type[Entry]):
    assert kind_of(cls).title
    assert cls.__doc__ is not None
    assert dataclasses.fields(cls)
    for name, spec in specs_of(cls).items():
        assert spec.label
        assert name.isidentifier()
        assert name.islower()


def test_no_field_is_a_place_for_a_password():
    names = {name for cls in all_kinds().values() for name in specs_of(cls)}
    assert not [one for one in names if any(word in one for word in ("password", "passcode", "secret", "pin", "otp"))]


def test_every_module_of_entries_is_loaded_with_the_room():
    assert len(MODULES) == len({cls.__module__ for cls in all_kinds().values()})
