"""Reading a copy: what no record of ours holds is refused by the entry's number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from covertops.domain.declaration import Recorded
from covertops.domain.entries.access import OperationViewed
from covertops.domain.entries.department import SettingChanged
from covertops.domain.vocabulary import Office, Stage
from covertops.export.content import CopiedEntry
from covertops.export.record import CannotRead, key_fingerprint, read_item, read_record
from covertops.ledger.entry import Body, Header
from tests.clock import A_MORNING
from tests.domain.playing import make_world
from tests.domain.world import STREAM, recorded
from tests.export.making import Made, copied, make_package, number_of, small_package, written
from tests.ledger.samples import VKEY


def entry_of(made: Made, number: int) -> CopiedEntry:
    """A copied entry by number."""
    return made.package.entries[number - 1]


@pytest.mark.parametrize(
    "entry", [OperationViewed(operation=STREAM), SettingChanged(name="review_days", old="30", new="20", reason="x")]
)
def test_an_entry_of_another_stream_is_no_entry_of_an_operation(entry: OperationViewed | SettingChanged) -> None:
    it = recorded(STREAM, 1, A_MORNING, Office.SYSTEM, entry)
    with pytest.raises(CannotRead, match="is no kind of entry of an operation") as refused:
        read_item(copied(it))
    assert refused.value.number == 1


def with_kind(entry: CopiedEntry, kind: str, version: int = 1) -> CopiedEntry:
    """The entry with a body of another kind, to which its header commits."""
    assert entry.body is not None
    body = Body.from_bytes(entry.body)
    other = Body(kind, version, body.office, body.salt, body.fields)
    header = Header.from_bytes(entry.header)
    renewed = Header(
        header.origin, header.index, header.stream, header.number, header.previous, header.time, other.digest
    )
    return replace(entry, header=renewed.to_bytes(), body=other.to_bytes())


@pytest.mark.parametrize(
    ("kind", "version", "what"),
    [("request.dreamed", 1, "no kind"), ("request.submitted", 99, "no kind"), ("cease.confirmed", 1, "has no field")],
)
def test_a_kind_that_is_not_declared_or_has_other_fields_is_refused(kind: str, version: int, what: str) -> None:
    with pytest.raises(CannotRead, match=what):
        read_item(with_kind(entry_of(small_package(), 1), kind, version))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "/etc/localtime"])
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    made = make_package(make_world(Stage.ACTIVE))
    number = number_of(made, "ExportReleased")
    entry = replace(made.world.entries[number - 1].entry, zone=zone)  # type: ignore[call-arg]
    it = replace(made.world.entries[number - 1], entry=entry)
    package = made.package
    entries = [*package.entries[: number - 1], copied_at(it, made, number)]
    with pytest.raises(CannotRead, match="it names no time zone"):
        read_record(entries, package.policy, package.checkpoint, package.log_key)


def copied_at(it: Recorded, made: Made, number: int) -> CopiedEntry:
    """The entry in the place of the one with this number, referring to what that refers to."""
    world = replace(made.world, entries=(*made.world.entries[: number - 1], it))
    held, _ = written(world)
    last = held[-1]
    return CopiedEntry(last.header.to_bytes(), last.body.to_bytes(), tuple(last.fields.values()), {})


def test_a_release_of_another_reference_than_was_prepared_is_refused() -> None:
    made = make_package(make_world(Stage.ACTIVE))
    number = number_of(made, "ExportReleased")
    entry = replace(made.world.entries[number - 1].entry, reference="EXP-2026-0001-7")  # type: ignore[call-arg]
    it = replace(made.world.entries[number - 1], entry=entry)
    package = made.package
    entries = [*package.entries[: number - 1], copied_at(it, made, number)]
    with pytest.raises(CannotRead, match="it names another package than was prepared"):
        read_record(entries, package.policy, package.checkpoint, package.log_key)


def test_a_release_whose_preparation_is_not_in_the_copy_is_refused() -> None:
    made = make_package(make_world(Stage.ACTIVE))
    prepared = number_of(made, "ExportPrepared")
    package = made.package
    entries = [one for place, one in enumerate(package.entries, start=1) if place != prepared]
    with pytest.raises(CannotRead, match="what it releases was not prepared in this copy"):
        read_record(entries, package.policy, package.checkpoint, package.log_key)


def test_a_fingerprint_of_a_key_is_that_of_its_raw_bytes() -> None:
    assert key_fingerprint(VKEY) == "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889"
    with pytest.raises(ValueError, match="base64"):
        key_fingerprint("no key")
