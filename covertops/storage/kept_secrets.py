"""The server's own secrets, wrapped by the master key: the log's signing key, keys of lookups, and the like.

Unlike what a keyring derives, they stay the same when the master key is rotated.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from covertops.storage import tables
from covertops.storage.errors import StorageError, Tampered
from covertops.vault.envelope import SealBroken
from covertops.vault.keys import Keyring


class NoSuchSecret(StorageError):
    """No secret of this name was kept."""


def keep_secret(connection: Connection, keyring: Keyring, name: str, secret: bytes) -> None:
    """Store a new secret under its name; a second one of the same name is refused by the table."""
    connection.execute(insert(tables.secret).values(name=name, wrapped=keyring.wrap_secret(name, secret)))


def kept_secret(connection: Connection, keyring: Keyring, name: str) -> bytes:
    """The secret of this name. Raises NoSuchSecret, and Tampered where it does not open under the master key."""
    wrapped = connection.execute(select(tables.secret.c.wrapped).where(tables.secret.c.name == name)).scalar()
    if wrapped is None:
        raise NoSuchSecret(f"no secret {name!r} was kept in this database")
    try:
        return keyring.open_secret(name, wrapped)
    except SealBroken as broken:
        raise Tampered(f"the secret {name!r} does not open: it was altered, or the master key is another") from broken


def replace_secret(connection: Connection, keyring: Keyring, name: str, secret: bytes) -> None:
    """Store a secret in the place of any earlier one of its name."""
    drop_secret(connection, name)
    keep_secret(connection, keyring, name, secret)


def drop_secret(connection: Connection, name: str) -> None:
    """Take a secret away; one that is not there is no error."""
    connection.execute(delete(tables.secret).where(tables.secret.c.name == name))
