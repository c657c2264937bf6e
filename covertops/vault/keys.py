"""The master key, where it comes from, and the keys it wraps.

A `KeyProvider` hands over the 32 bytes of the master key and does nothing else with them; a `Keyring` derives from
them what wraps the compartments' keys and the server's own secrets (HKDF-SHA256, RFC 5869, one label a purpose). No
key is ever part of a message, a `repr` or an exception.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from covertops.vault.envelope import KEY_BYTES, close_envelope, new_cipher_key, open_envelope
from covertops.vault.key_file import KeyFileError, WrongPassphrase, create_key_file, read_key_file

__all__ = ["CompartmentKey", "FileKeyProvider", "KeyFileError", "KeyProvider", "Keyring", "WrongPassphrase"]

COMPARTMENT: Final = b"covertops/compartment/1"
SECRET: Final = b"covertops/secret/1"
DERIVED: Final = "covertops/derived/1 "


class KeyProvider(Protocol):
    """Whatever can hand over the master key: a file, a mounted secret, a device."""

    def master(self) -> bytes:
        """Return the 32 bytes of the master key; raise KeyFileError (or its like) when they cannot be had."""


@dataclass(frozen=True)
class FileKeyProvider:
    """The master key in a file of mode 0600 or narrower, wrapped with Argon2id where a passphrase is given.

    A file outside the data (a systemd credential, a mounted secret) is the same class with another path.
    """

    path: Path
    passphrase: str | None = field(default=None, repr=False)

    def create(self) -> None:
        """Write a new random master key, durably, where no file stands yet; raise KeyFileError otherwise."""
        create_key_file(self.path, new_cipher_key(), self.passphrase)

    def master(self) -> bytes:
        """Return the key in the file; raise KeyFileError, or WrongPassphrase, and say what was found."""
        return read_key_file(self.path, self.passphrase)


@dataclass(frozen=True)
class CompartmentKey:
    """The key (32 bytes) of one compartment, under the compartment's name. Its `repr` shows the name only."""

    name: str
    key: bytes = field(repr=False)
    cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _require_key(self.key)
        object.__setattr__(self, "cipher", AESGCM(self.key))


class Keyring:
    """What the master key opens. Holds ciphers and a derivation, and shows none of them."""

    def __init__(self, master: bytes) -> None:
        _require_key(master)
        self._master = master
        self._compartments = AESGCM(_hkdf(master, COMPARTMENT))
        self._secrets = AESGCM(_hkdf(master, SECRET))

    def __repr__(self) -> str:
        return "Keyring(…)"

    def new_compartment(self, name: str) -> tuple[CompartmentKey, bytes]:
        """Make a random key for the compartment and return it with its wrapped form, which is what is stored."""
        key = CompartmentKey(name, new_cipher_key())
        return key, self.wrap_compartment(key)

    def wrap_compartment(self, key: CompartmentKey) -> bytes:
        """Wrap a compartment's key under this master key; a rotation opens with the old keyring and wraps here."""
        return close_envelope(self._compartments, key.key, COMPARTMENT, key.name.encode())

    def open_compartment(self, name: str, wrapped: bytes) -> CompartmentKey:
        """Return the compartment's key; raise SealBroken for another master key, another name or altered bytes."""
        return CompartmentKey(name, open_envelope(self._compartments, wrapped, COMPARTMENT, name.encode()))

    def wrap_secret(self, name: str, secret: bytes) -> bytes:
        """Wrap a secret of the server (a signing key, a lookup key) under this master key and the secret's name."""
        return close_envelope(self._secrets, secret, SECRET, name.encode())

    def open_secret(self, name: str, wrapped: bytes) -> bytes:
        """Return the secret of this name; raise SealBroken for another master key, another name or altered bytes."""
        return open_envelope(self._secrets, wrapped, SECRET, name.encode())

    def derive(self, purpose: str) -> bytes:
        """Return the 32 bytes that belong to this purpose, the same each time, for HMACs and the like.

        They change when the master key is rotated. What must outlive a rotation is a wrapped secret instead.
        """
        return _hkdf(self._master, (DERIVED + purpose).encode())


def _hkdf(master: bytes, label: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label).derive(master)


def _require_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes; this one has {len(key)}")
