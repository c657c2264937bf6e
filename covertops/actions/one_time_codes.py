"""One-time codes that one person reads to another: four groups of five letters and digits, none easily mistaken."""

from __future__ import annotations

import secrets
from typing import Final

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_code() -> str:
    """A new code of 100 random bits: ``K7QM2-9XWTB-HJ4RD-E8NVC``."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
