"""The pages on which somebody reads, and those about the department itself, together."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from covertops.web.pages import (
    checkpoint,
    concerns,
    consultations,
    entries,
    my_work,
    offices,
    operation_page,
    operations,
    packages,
    people,
    people_review,
    reasoned_reading,
    settings,
    sign_ins,
    signed,
    viewers,
)

READING: Final[tuple[Blueprint, ...]] = (
    my_work.pages,
    operations.pages,
    operation_page.pages,
    entries.pages,
    packages.pages,
    viewers.pages,
    people.pages,
    people_review.pages,
    offices.pages,
    settings.pages,
    signed.pages,
    concerns.pages,
    checkpoint.pages,
    sign_ins.pages,
    reasoned_reading.pages,
    consultations.pages,
)
"""What :func:`covertops.web.app.create_app` is given of this room."""
