"""Every kind of entry the record can hold, one module per part of an operation's life."""

from covertops.domain.entries import (
    access,
    activity,
    authority,
    counsel,
    department,
    ending,
    package,
    paper,
    passkeys,
    people,
    request,
    review,
    sign_in,
)

__all__ = [
    "access",
    "activity",
    "authority",
    "counsel",
    "department",
    "ending",
    "package",
    "paper",
    "passkeys",
    "people",
    "request",
    "review",
    "sign_in",
]
