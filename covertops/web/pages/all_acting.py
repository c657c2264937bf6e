"""Every page on which somebody acts, for whoever puts the application together."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from covertops.web.pages import (
    acting,
    beginning,
    captures,
    department_signing,
    drafts,
    paper_sheets,
    passkey_sign_in,
    passkeys,
    signing,
    writings,
)

ACTING_PAGES: Final[tuple[Blueprint, ...]] = (
    acting.pages,
    beginning.pages,
    captures.pages,
    drafts.pages,
    signing.pages,
    department_signing.pages,
    passkeys.pages,
    passkey_sign_in.pages,
    writings.pages,
    paper_sheets.pages,
)
