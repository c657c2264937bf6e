"""The headers that every answer carries, added outside the application so that no error can leave without them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
FILE_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""For a stored file that somebody receives: nothing in it may run, load or be framed, whatever it turns out to be."""

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Cache-Control": "no-store",
}


class SecurityHeaders:
    """A WSGI application around another one. A view can choose :data:`FILE_POLICY` for its answer and nothing else."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the inner application does, with the security headers set to their exact values."""

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            return start_response(status, _secured(headers), *rest)  # type: ignore[arg-type]

        return self._application(environ, start)  # type: ignore[arg-type]


def _secured(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    ours = {name.lower() for name in SECURITY_HEADERS} | {"expires", "pragma"}
    kept = [(name, value) for name, value in headers if name.lower() not in ours]
    chosen = dict(SECURITY_HEADERS)
    if ("content-security-policy", FILE_POLICY) in {(name.lower(), value) for name, value in headers}:
        chosen["Content-Security-Policy"] = FILE_POLICY
    return kept + list(chosen.items())
