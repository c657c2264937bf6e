"""Checking entries one by one, in the order of the log: the header and its chain, then what is in the boxes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from covertops.ledger.entry import Body, Header, MalformedEntry, check_body, check_complete, check_next, unpack_fields
from covertops.storage.boxes import Place, WrongBoxes, open_part
from covertops.storage.compartments import ACCESS, BODY, DEPARTMENT, PARTS_OF
from covertops.storage.disposal import TOMBSTONE
from covertops.storage.head import Streams
from covertops.storage.verify_report import Report, shown
from covertops.storage.verify_rows import RawRow
from covertops.vault.envelope import SealBroken
from covertops.vault.keys import CompartmentKey, Keyring
from covertops.vault.sealing import SealedBox

Visit = Callable[[Header, Body, Mapping[str, bytes]], None]
"""Is given an entry that is what was appended: its header, its body, and each part's packed fields."""
_COMPARTMENT: Final = re.compile(r"(?:department|access|operation/([0-9a-f]{32})(?:/(?:prosecutor|city))?)")
_AFTER_SALT: Final = len('["') + 32
"""Where the name begins in a field's bytes, `["salt","name",value]`."""


class Chains:
    """The streams' chains, as far as the walk through the log has come."""

    def __init__(self, report: Report, origin: str | None) -> None:
        self._report = report
        self._origin = origin
        self._last: dict[str, Header] = {}
        self._broken: set[str] = set()
        self.time = ""
        """The time of the last readable header."""

    @property
    def streams(self) -> frozenset[str]:
        """The streams that have an entry."""
        return frozenset(self._last)

    def check(self, row: RawRow) -> Header | None:
        """Check the row of the next entry: its header, the row's own place, the stream's chain and the log's time."""
        index, stream, number, data = row
        try:
            header = _header(data)
        except MalformedEntry as error:
            self._report.add_entry(index, stream, number, f"its header: {error}")
            self._broken.add(stream if isinstance(stream, str) else "")
            return None
        if (header.index, header.stream, header.number) != (index, stream, number) or type(number) is not int:
            place = f"number {header.number} of stream {header.stream} at index {header.index}"
            self._report.add_entry(index, stream, number, f"its header is of entry {place}")
        if self._origin is not None and header.origin != self._origin:
            self._report.add_entry(index, stream, number, f"its header is of the log {shown(header.origin)}")
        self._follow(header)
        return header

    def _follow(self, header: Header) -> None:
        before = self._last.get(header.stream)
        if header.stream in self._broken:
            # The header before could not be read and is a problem already: what follows it cannot be compared.
            self._broken.discard(header.stream)
        else:
            try:
                check_next(before, header)
            except MalformedEntry as error:
                what = f"it does not follow the entry before it in its stream: {error}"
                self._report.add_entry(header.index, header.stream, header.number, what)
        if header.time < self.time:
            what = f"its time {header.time} is before the last entry's, {self.time}"
            self._report.add_entry(header.index, header.stream, header.number, what)
        self._last[header.stream] = header
        self.time = max(self.time, header.time)


def _header(data: object) -> Header:
    if not isinstance(data, bytes):
        raise MalformedEntry(f"expected bytes, found {shown(data)}")
    return Header.from_bytes(data)


class Keys:
    """The compartments' keys, every one of them opened."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._names: set[str] = set()
        self.by_name: dict[str, CompartmentKey] = {}

    def open_all(self, rows: Iterable[RawRow], keyring: Keyring) -> None:
        """Open each compartment's key; one that does not open is a problem."""
        for name, wrapped in rows:
            where = f"compartment {shown(name)}"
            self._report.compartments += 1
            if not isinstance(name, str) or _COMPARTMENT.fullmatch(name) is None:
                self._report.add(where, "no compartment has such a name")
            elif not isinstance(wrapped, bytes):
                self._report.add(where, f"its wrapped key: expected bytes, found {shown(wrapped)}")
            elif name in self._names:
                self._report.add(where, "it is stored twice")
            else:
                self._names.add(name)
                try:
                    self.by_name[name] = keyring.open_compartment(name, wrapped)
                except SealBroken as error:
                    self._report.add(where, f"its wrapped key: {error}")

    def check_streams(self, streams: frozenset[str], disposed: Iterable[str]) -> None:
        """Check that each key belongs to a stream of the log, and that a disposed stream's keys are gone."""
        gone = set(disposed)
        for name in self.by_name:
            matched = _COMPARTMENT.fullmatch(name)
            stream = matched.group(1) if matched else None
            if stream in gone:
                self._report.add(f"compartment {name}", "its stream was disposed of, and the key is still here")
            elif stream is not None and stream not in streams:
                self._report.add(f"compartment {name}", "no entry of the log is in its stream")


def _check_fields(body: Body, packed: Collection[bytes]) -> None:
    """Check that these are the exact bytes of the body's fields, all of them; raise MalformedEntry if not."""
    if not _are_the_preimages(body, packed):
        check_complete(body, [field for data in packed for field in unpack_fields(data)])


def _are_the_preimages(body: Body, packed: Collection[bytes]) -> bool:
    """Whether each digest of the body is that of one line, and the line bears its name.

    Such a line is what was appended, and its value need not be read: reading is most of the work of a verification.
    """
    names = {digest: name for name, digest in body.fields.items()}
    for data in packed:
        for line in data.split(b"\n"):
            name = names.pop(hashlib.sha256(line).hexdigest(), None)
            if name is None or not line.startswith(b'","%s",' % name.encode(), _AFTER_SALT):
                return False
    return not names


class Contents:
    """What is in the entries' boxes."""

    def __init__(
        self,
        report: Report,
        streams: Streams,
        keys: Mapping[str, CompartmentKey],
        disposed: Mapping[str, int],
        visit: Visit | None = None,
    ) -> None:
        self._report = report
        self._visit = visit
        self._streams = streams
        self._keys = keys
        self._disposed = disposed
        self._unsaid = set(disposed)
        """The disposed streams for which no entry of the department was met yet that says so."""
        self._streams_doubted = False

    def check(self, header: Header, rows: Iterable[RawRow]) -> None:
        """Open an entry's boxes and check them down to each field's digest. Every problem is the entry's."""
        try:
            boxes = self._boxes(rows)
            if header.stream not in self._disposed:
                self._open(Place.of(header, self._streams.kind_of(header.stream)), header, boxes)
            elif boxes:
                raise WrongBoxes(f"its stream was disposed of, and its boxes {', '.join(sorted(boxes))} are still here")
        except (MalformedEntry, WrongBoxes, SealBroken) as error:
            self._report.add_entry(header.index, header.stream, header.number, str(error))

    def finish(self) -> None:
        """Note each disposed stream for which no entry of the department says that it was."""
        for stream in sorted(self._unsaid):
            what = f"the entry at index {self._disposed[stream]} is not one of the department that names this stream"
            self._report.add(f"disposed stream {stream}", what)

    def _boxes(self, rows: Iterable[RawRow]) -> dict[str, SealedBox]:
        boxes: dict[str, SealedBox] = {}
        for _, part, wrapped_key, sealed in rows:
            if not isinstance(part, str) or not isinstance(wrapped_key, bytes) or not isinstance(sealed, bytes):
                raise WrongBoxes(f"its box {shown(part)} does not hold a key and sealed bytes")
            if part in boxes:
                raise WrongBoxes(f"its box {shown(part)} is stored twice")
            boxes[part] = SealedBox(wrapped_key, sealed)
            self._report.boxes += 1
            self._report.bytes += len(wrapped_key) + len(sealed)
        return boxes

    def _open(self, place: Place, header: Header, boxes: Mapping[str, SealedBox]) -> None:
        self._doubt_streams(place, boxes)
        place.check_parts(boxes)
        opened = {part: open_part(place, part, box, self._keys) for part, box in boxes.items()}
        body = check_body(header, opened.pop(BODY))
        _check_fields(body, opened.values())
        if self._visit is not None:
            self._visit(header, body, opened)
        if self._unsaid and place.kind == DEPARTMENT and body.kind == TOMBSTONE:
            said = {
                one
                for one in self._unsaid
                if self._disposed[one] == header.index and one.encode() in opened[DEPARTMENT]
            }
            self._unsaid -= said

    def _doubt_streams(self, place: Place, boxes: Mapping[str, SealedBox]) -> None:
        """Name the head row once where an entry's boxes say that it is of a stream the head row knows otherwise."""
        for kind in (DEPARTMENT, ACCESS):
            if kind in boxes and kind not in PARTS_OF[place.kind] and not self._streams_doubted:
                self._streams_doubted = True
                self._report.add("ledger_head", f"it names another {kind} stream than {place.stream}")
