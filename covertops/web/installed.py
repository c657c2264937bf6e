"""What this application was given: its services, settings and clock, for the views that answer its requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import current_app

from covertops.web.services import Services
from covertops.web.settings import WebSettings


@dataclass
class Installed:
    """One installation, as :func:`covertops.web.app.create_app` was given it."""

    services: Services
    settings: WebSettings
    clock: Callable[[], datetime]
    _set_up: bool = field(default=False, init=False)

    def needs_set_up(self) -> bool:
        """Whether there is nobody yet. Once somebody was seen it is never asked again."""
        if not self._set_up:
            self._set_up = not self.services.set_up.needed()
        return not self._set_up


def installed() -> Installed:
    """The installation that answers this request."""
    return cast("Installed", current_app.extensions["installed"])
