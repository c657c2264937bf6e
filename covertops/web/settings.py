"""What the pages need to know about the installation they run in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """Settings of the pages.

    ``origin`` is the only address they answer to: ``http://localhost:8000``, or ``https://records.example.gov`` behind
    a proxy that speaks TLS. Never a bare address such as 127.0.0.1, which a passkey cannot be bound to. ``secret_key``
    (at least 32 bytes) signs form tokens. ``trusted_proxies`` counts the proxies whose forwarded address is believed.
    ``secure_cookies`` is switched off only for a browser that keeps no secure cookie for ``http://localhost``.
    """

    origin: str
    secret_key: bytes
    product_name: str = "Covert profile record"
    entry_name: str = "Records system"
    policy_name: str = "Policy 2.8"
    zone: str = "America/Chicago"
    zone_name: str = "Central Time"
    secure_cookies: bool = True
    trusted_proxies: int = 0
    form_bytes: int = MEGABYTE

    def __post_init__(self) -> None:
        parts = urlsplit(self.origin)
        if (
            parts.scheme not in ("http", "https")
            or not parts.netloc
            or self.origin != f"{parts.scheme}://{parts.netloc}"
        ):
            raise ValueError(f"expected an origin such as http://localhost:8000, found {self.origin!r}")
        if len(self.secret_key) < 32:
            raise ValueError(f"expected a secret key of at least 32 bytes, found {len(self.secret_key)}")

    def local(self, moment: datetime) -> datetime:
        """A moment in the department's zone, for showing."""
        return moment.astimezone(ZoneInfo(self.zone))

    @property
    def host(self) -> str:
        """The host of the origin, with its port if it has one."""
        return urlsplit(self.origin).netloc

    @property
    def session_cookie(self) -> str:
        """The name of the cookie that holds the session's id. It says nothing of what is kept here."""
        return "__Host-session" if self.secure_cookies else "session"

    @property
    def form_cookie(self) -> str:
        """The name of the cookie that holds the form token and when the notice was accepted."""
        return "__Host-form" if self.secure_cookies else "form"
