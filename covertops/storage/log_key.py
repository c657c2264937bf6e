"""The key that signs the log's checkpoints, and the founding of a ledger."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from covertops.ledger.checkpoint import verifier_key
from covertops.ledger.merkle import Frontier
from covertops.storage import tables
from covertops.storage.errors import AlreadyFounded
from covertops.storage.head import Head, Streams, head_mac
from covertops.storage.kept_secrets import keep_secret, kept_secret
from covertops.vault.keys import Keyring

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import Store

_NAME: Final = "log-key"


@dataclass(frozen=True)
class LogKey:
    """The log's signing key, and the public line by which anybody checks its signatures (C2SP vkey)."""

    private: Ed25519PrivateKey = field(repr=False)
    verifier: str
    head: bytes = field(repr=False)
    """The key of the head row's code, made from the log's own."""


def open_log_key(connection: Connection, keyring: Keyring, origin: str) -> LogKey:
    """The log's key. Raises NoSuchSecret, and Tampered where it does not open under the master key."""
    private = Ed25519PrivateKey.from_private_bytes(kept_secret(connection, keyring, _NAME))
    return _log_key(private, origin)


def _log_key(private: Ed25519PrivateKey, origin: str) -> LogKey:
    head = hmac.digest(private.private_bytes_raw(), b"covertops/head/1", "sha256")
    return LogKey(private, verifier_key(origin, private.public_key()), head)


def found(store: Store, origin: str) -> str:
    """Begin the one ledger of a migrated database under ``origin``, with a new signing key; return its verifier line.

    ``origin`` names the log for ever (C2SP tlog-checkpoint: a name like ``police.example.gov/covertops``). Raises
    AlreadyFounded and ValueError for a name that cannot be an origin.
    """
    private = Ed25519PrivateKey.generate()
    key = _log_key(private, origin)
    head = Head(origin, Streams(secrets.token_hex(16), secrets.token_hex(16)), Frontier(), 0, 0)
    try:
        with store.founding() as connection:
            keep_secret(connection, store.keyring, _NAME, private.private_bytes_raw())
            connection.execute(
                insert(tables.ledger_head).values(
                    id=1,
                    origin=origin,
                    department_stream=head.streams.department,
                    access_stream=head.streams.access,
                    size=0,
                    frontier=head.frontier.to_bytes(),
                    checkpoints=0,
                    last_time=0,
                    mac=head_mac(head, key.head),
                )
            )
    except IntegrityError as error:
        raise AlreadyFounded("this database has a ledger already") from error
    return key.verifier
