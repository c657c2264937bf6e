"""Stylesheets, scripts and icons: ours, and Bootstrap's stylesheet from its installed package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final

from flask import Flask, abort
from werkzeug.wrappers import Response

from covertops.web.security import ANYONE, SIGNED_IN, audience

FOLDER: Final = Path(__file__).parent / "static"
OPEN_FILES: Final = frozenset({"bootstrap.min.css", "look.css", "favicon.svg", "passkey.js"})
"""What a page before sign-in may load. A file that says what is kept here is for people who signed in."""
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def add_static_files(app: Flask) -> None:
    """Serve the open files to anyone and every other one to people who signed in."""
    app.add_url_rule("/static/<filename>", "static", closed_file)
    for name in sorted(OPEN_FILES):
        app.add_url_rule(f"/static/{name}", "open_file", open_file, defaults={"filename": name})


@audience(ANYONE)
def open_file(filename: str) -> Response:
    """One of the open files."""
    return _send(_bootstrap() if filename == "bootstrap.min.css" else FOLDER / filename)


@audience(SIGNED_IN)
def closed_file(filename: str) -> Response:
    """Any file of the folder by its name. What is not there looks like any other path."""
    file = FOLDER / filename
    if filename != file.name or file.suffix not in _TYPES or not file.is_file():
        abort(404)
    return _send(file)


def _send(file: Path) -> Response:
    return Response(file.read_bytes(), mimetype=_TYPES[file.suffix])


def _bootstrap() -> Path:
    return Path(str(resources.files("flask_bootstrap"))) / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
