"""Passwords: what is accepted as one, and how it is kept and checked.

15 characters and more are recommended and 8 are the floor, up to 128, any character, no rule of composition; common
ones and words of the department are refused (CJIS Security Policy 6.0, IA-5; OWASP ASVS 5.0, 6.2). Kept as Argon2id,
64 MiB and three passes, keyed besides by the installation, so that stolen rows alone cannot be searched.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

LEAST: Final = 8
RECOMMENDED: Final = 15
MOST: Final = 128
_MEMORY_KIB: Final = 64 * 1024
_PASSES: Final = 3

# What people put around a common word: digits and punctuation, and letters written as the digits they resemble.
_LOOKALIKES: Final = str.maketrans("01345$@!7", "oleassait")


def _normal(password: str) -> bytes:
    # The same characters can reach us composed or decomposed, depending on the keyboard's system.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _common() -> frozenset[str]:
    text = resources.files("covertops.web").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.split() if not line.startswith("#"))


def _core(text: str) -> str:
    """The letters that carry a password once case, look-alikes, digits and punctuation around them are gone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    stripped = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    return re.sub(r"[\W\d_]", "", stripped.translate(_LOOKALIKES))


def objection(password: str, words: Iterable[str] = ()) -> str:
    """Why this may not be a password, as a sentence for the person who chose it; empty when it may.

    ``words`` are words that a stranger would try first: the department's name, the person's own.
    """
    count = len(unicodedata.normalize("NFC", password))
    if count < LEAST:
        return f"Use at least {LEAST} characters; {RECOMMENDED} or more are better."
    if count > MOST:
        return f"Use {MOST} characters or fewer: this one has {count}."
    if len(set(password)) < 4:
        return "Use more than three different characters."
    folded = password.casefold()
    if folded in _common() or _core(password) in _common():
        return "This is one of the passwords that are tried first. Choose another, for example four unrelated words."
    if _is_made_of(password, words):
        return "Choose something that does not rest on names of the department or on your own."
    return ""


def _is_made_of(password: str, words: Iterable[str]) -> bool:
    """Whether nothing but a few characters is left once the given words are taken out."""
    rest = _core(password)
    parts = {part for word in words for part in (_core(piece) for piece in word.split()) if len(part) >= 3}
    for part in sorted(parts, key=len, reverse=True):
        rest = rest.replace(part, "")
    return bool(parts) and len(rest) < 4 and rest != _core(password)


class Passwords:
    """Makes and checks what is stored of a password. ``key`` is the installation's own, 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        # Checked in place of a password that does not exist, so that an unknown name takes as long as a known one.
        self._nobody = self.phc(secrets.token_hex(16))

    def phc(self, password: str) -> str:
        """What is stored, in the PHC string format. The whole password counts; nothing is cut off."""
        kdf = Argon2id(
            salt=secrets.token_bytes(16),
            length=32,
            iterations=_PASSES,
            lanes=1,
            memory_cost=_MEMORY_KIB,
            secret=self._key,
        )
        return kdf.derive_phc_encoded(_normal(password))

    def is_right(self, password: str, phc: str | None) -> bool:
        """Whether this is the password; without a stored one the same work is done and the answer is no."""
        try:
            Argon2id.verify_phc_encoded(_normal(password), phc or self._nobody, secret=self._key)
        except InvalidKey:
            return False
        return phc is not None
