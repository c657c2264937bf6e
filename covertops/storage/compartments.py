"""The compartments' keys: who has which, made on first use, kept wrapped, opened once in a process.

An operation has three, so that the prosecutor's notes and the city attorney's advice never share a key with each other
or with the rest; the department and the access stream have one each.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from sqlalchemy import Connection, insert, select

from covertops.storage import tables
from covertops.storage.errors import StorageError, Tampered
from covertops.vault.envelope import SealBroken
from covertops.vault.keys import CompartmentKey, Keyring

DEPARTMENT: Final = "department"
ACCESS: Final = "access"
OPERATION: Final = "operation"
PROSECUTOR: Final = "prosecutor"
CITY: Final = "city"

BODY: Final = "body"
"""The part of an entry that holds its body; every other part is named for the compartment that seals its fields."""

PARTS_OF: Final = {
    DEPARTMENT: (DEPARTMENT,),
    ACCESS: (ACCESS,),
    OPERATION: (OPERATION, PROSECUTOR, CITY),
}
"""The parts in which the fields of an entry may lie, by the kind of its stream."""

_AT_ONCE = 500


class NoSuchCompartment(StorageError, LookupError):
    """A compartment has no key: it was never used, or its key was destroyed."""


def compartment_name(kind: str, stream: str, part: str) -> str:
    """The compartment that seals a part of an entry of a stream of this kind; a body's is the stream's first."""
    if part == BODY:
        part = PARTS_OF[kind][0]
    if part not in PARTS_OF[kind]:
        raise ValueError(f"an entry of the {kind} stream has no part {part!r}, only {', '.join(PARTS_OF[kind])}")
    if kind != OPERATION:
        return kind
    return f"operation/{stream}" if part == OPERATION else f"operation/{stream}/{part}"


class OpenKeys:
    """The keys that this process has opened and that are known to be committed; shared by its threads."""

    def __init__(self) -> None:
        self._keys: dict[str, CompartmentKey] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> CompartmentKey | None:
        """The open key of a compartment, or None."""
        with self._lock:
            return self._keys.get(name)

    def add(self, keys: Iterable[CompartmentKey]) -> None:
        """Keep keys whose compartments are committed."""
        with self._lock:
            self._keys.update((key.name, key) for key in keys)

    def forget(self, names: Iterable[str]) -> None:
        """Drop keys that were destroyed."""
        with self._lock:
            for name in names:
                self._keys.pop(name, None)


class Compartments:
    """The compartments as one transaction sees them."""

    def __init__(self, connection: Connection, keyring: Keyring, open_keys: OpenKeys) -> None:
        self._connection = connection
        self._keyring = keyring
        self._open = open_keys
        # Keys made in this transaction. They are not shared before the commit: after a rollback nothing could open
        # what another transaction had sealed with them.
        self._made: dict[str, CompartmentKey] = {}
        self._destroyed: set[str] = set()

    def key(self, name: str) -> CompartmentKey:
        """The key of one compartment; see :meth:`keys`."""
        return self.keys((name,))[name]

    def keys(self, names: Iterable[str]) -> dict[str, CompartmentKey]:
        """The keys of the named compartments, read with one statement where they are not open yet.

        Raises NoSuchCompartment, and Tampered for a wrapped key that does not open under the master key and its name.
        """
        found = self.existing(names)
        for name in names:
            if name not in found:
                raise NoSuchCompartment(f"the compartment {name} has no key")
        return found

    def existing(self, names: Iterable[str]) -> dict[str, CompartmentKey]:
        """As :meth:`keys`, without those that have no key."""
        found: dict[str, CompartmentKey] = {}
        wanted: list[str] = []
        for name in dict.fromkeys(names):
            known = self._made.get(name) or (None if name in self._destroyed else self._open.get(name))
            if known is not None:
                found[name] = known
            else:
                wanted.append(name)
        read = {name: self._opened(name, wrapped) for name, wrapped in self._stored(wanted)}
        self._open.add(read.values())
        return found | read

    def for_writing(self, name: str) -> CompartmentKey:
        """The key of a compartment, made and stored wrapped where it has none. Only under the append lock."""
        known = self.existing((name,)).get(name)
        if known is not None:
            return known
        key, wrapped = self._keyring.new_compartment(name)
        self._connection.execute(insert(tables.compartment).values(name=name, wrapped_key=wrapped))
        self._made[name] = key
        return key

    def destroyed(self, names: Iterable[str]) -> None:
        """Note that this transaction deleted these compartments."""
        self._destroyed.update(names)

    def committed(self) -> None:
        """Share what this transaction made, and drop what it destroyed, now that it is committed."""
        self._open.forget(self._destroyed)
        self._open.add(self._made.values())

    def _stored(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        columns = tables.compartment.c
        remaining = iter(names)
        while some := list(islice(remaining, _AT_ONCE)):
            query = select(columns.name, columns.wrapped_key).where(columns.name.in_(some))
            yield from self._connection.execute(query)

    def _opened(self, name: str, wrapped: bytes) -> CompartmentKey:
        try:
            return self._keyring.open_compartment(name, wrapped)
        except SealBroken as broken:
            raise Tampered(f"the key of compartment {name} does not open: {broken}") from broken
