"""Sealed boxes and sealed texts, each bound to its meaning.

A *box* holds what the ledger keeps. It has a key of its own, wrapped by its compartment's key, so that destroying the
wrapped key disposes of this one box and leaves its neighbors readable. A *text* is one layer under the compartment's
key: enough for views, drafts and intents, which are rebuilt or deleted and never disposed of one by one.

The meaning names where the sealed bytes belong (for a box: log, entry and part). It is associated data of both
layers: a box or a text that was moved, swapped or renamed does not open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from covertops.vault.envelope import SealBroken, close_envelope, new_cipher_key, open_envelope
from covertops.vault.keys import CompartmentKey

__all__ = ["SealBroken", "SealedBox", "open_box", "open_text", "seal", "seal_text"]

BOX_KEY: Final = b"covertops/box-key/1"
BOX: Final = b"covertops/box/1"
TEXT: Final = b"covertops/text/1"


@dataclass(frozen=True, slots=True)
class SealedBox:
    """A box as it is stored: its own key wrapped by the compartment's (61 bytes), and its content sealed by that."""

    wrapped_key: bytes
    sealed: bytes


def seal(compartment_key: CompartmentKey, plaintext: bytes, meaning: bytes) -> SealedBox:
    """Seal `plaintext` in a box of its own key, bound to the compartment's name and to `meaning`."""
    name = compartment_key.name.encode()
    box_key = new_cipher_key()
    return SealedBox(
        wrapped_key=close_envelope(compartment_key.cipher, box_key, BOX_KEY, name, meaning),
        sealed=close_envelope(AESGCM(box_key), plaintext, BOX, name, meaning),
    )


def open_box(compartment_key: CompartmentKey, box: SealedBox, meaning: bytes) -> bytes:
    """Return what was sealed in this box for this meaning; raise SealBroken for another key, box or meaning."""
    name = compartment_key.name.encode()
    # The box's key is never given a name here: a traceback that prints local variables must not print a key.
    own = AESGCM(open_envelope(compartment_key.cipher, box.wrapped_key, BOX_KEY, name, meaning))
    return open_envelope(own, box.sealed, BOX, name, meaning)


def seal_text(compartment_key: CompartmentKey, text: str, meaning: bytes) -> bytes:
    """Seal a text directly under the compartment's key; raise ValueError for one that UTF-8 cannot hold."""
    try:
        plaintext = text.encode()
    except UnicodeEncodeError:
        # The original error carries the whole text, which would then stand in a log.
        raise ValueError("a text to be sealed holds a lone surrogate, which UTF-8 cannot hold") from None
    return close_envelope(compartment_key.cipher, plaintext, TEXT, compartment_key.name.encode(), meaning)


def open_text(compartment_key: CompartmentKey, sealed: bytes, meaning: bytes) -> str:
    """Return the text that was sealed for this meaning; raise SealBroken for another key, text or meaning."""
    return open_envelope(compartment_key.cipher, sealed, TEXT, compartment_key.name.encode(), meaning).decode()
