"""One-time codes: those one person reads to another, those a phone makes, and those that are printed on a sheet.

A phone makes six digits every 30 seconds from a secret it shares with us (RFC 6238 with SHA-1, as every app does).
Printed and recovery codes are letters and digits, none easily mistaken.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from typing import Final

import pyotp

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
STEP_SECONDS: Final = 30
DIGITS: Final = 6
ON_A_SHEET: Final = 10


def new_code() -> str:
    """A new code of 100 random bits: ``K7QM2-9XWTB-HJ4RD-E8NVC``."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def as_typed(code: str) -> str:
    """A code as it is compared: the same in any case, with or without spaces and hyphens."""
    return "".join(code.split()).replace("-", "").upper()


# A phone -------------------------------------------------------------------------------------------------------------


def phone_secret(seed: bytes) -> str:
    """A phone's secret, 160 bits of a seed that nobody can guess, in base32 as apps take it (RFC 4226, 4)."""
    if len(seed) < 20:
        raise ValueError(f"expected a seed of at least 20 bytes, found {len(seed)}")
    return base64.b32encode(seed[:20]).decode()


def phone_address(secret: str, name: str, issuer: str) -> str:
    """What the QR code says to the app: ``otpauth://totp/…``."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_at(now: datetime) -> int:
    """The number of the 30 seconds that ``now`` lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of a step."""
    return pyotp.TOTP(secret).generate_otp(step)


def step_that_fits(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is: the present one, or the one before it for a clock that is a little slow."""
    typed, found = as_typed(code).encode("utf-8", "surrogatepass"), None
    for step in range(max(0, step_at(now) - 1), step_at(now) + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed):
            found = step
    return found


# Printed -------------------------------------------------------------------------------------------------------------


def sheet(seed: bytes, *, letters: int = 8) -> tuple[str, ...]:
    """Ten codes of a seed that nobody can guess: ``K7QM-9XWT``. 40 bits each, for five attempts at most."""
    return tuple(
        _grouped(hmac.digest(seed, f"code {place}".encode(), "sha256"), letters) for place in range(ON_A_SHEET)
    )


def _grouped(made: bytes, letters: int) -> str:
    text = "".join(_LETTERS[one % len(_LETTERS)] for one in made[:letters])  # 32 letters: every one as likely
    return f"{text[: letters // 2]}-{text[letters // 2 :]}"
