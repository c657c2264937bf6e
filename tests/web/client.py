"""A client that looks at every answer: headers to the letter, and each page as a browser reads it."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from covertops.web.headers import FILE_POLICY
from tests.web.department import PASSWORD, fresh_code
from tests.web.page_check import Form, PageReader, problems_of

# Written out here and not imported: a change of the application's own list must fail.
EXACT_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Cache-Control": "no-store",
}


class PageClient(FlaskClient):
    """Use it as any test client; :meth:`send` fills a form of a page as a person does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request, and check what every answer must be."""
        answer = super().open(*args, **kwargs)
        check_headers(answer)
        is_page = answer.mimetype == "text/html" and not 300 <= answer.status_code < 400
        if is_page and answer.data:
            assert problems_of(answer.text) == [], answer.text
        return answer

    def send(self, page: str, values: dict[str, Any] | None = None, *, to: str | None = None) -> TestResponse:
        """Open a page and send its form (the one to ``to``, or its only one after sign-out's) with these values."""
        answer = self.get(page)
        assert answer.status_code == 200, f"{page}: {answer.status} {answer.headers.get('Location')}"
        form = form_of(answer, to)
        data = {**form.values, **(values or {})}
        return self.post(form.attributes["action"], data=data, headers={"Sec-Fetch-Site": "same-origin"})

    def accept_notice(self) -> None:
        """Accept the system-use notice."""
        assert self.send("/system-use").status_code == 303

    def sign_in(self, name: str, password: str = PASSWORD, code: str | None = None) -> TestResponse:
        """Accept the notice and sign in, with both factors unless the code is given as empty."""
        self.accept_notice()
        return self.send(
            "/sign-in", {"name": name, "password": password, "code": fresh_code() if code is None else code}
        )

    def first_sign_in(self, name: str, password: str = PASSWORD) -> list[str]:
        """Sign in with the password alone and set up a printed sheet; the codes of it that are unused."""
        assert self.sign_in(name, password, code="").status_code == 303
        codes = re.findall(r"<li>([A-Z2-9]{4}-[A-Z2-9]{4})</li>", self.get("/second-factor/printed").text)
        assert len(codes) == 10
        assert self.send("/second-factor/printed", {"code": codes[0]}).status_code in (200, 303)
        return codes[1:]

    def own_cookie(self, name: str = "__Host-session") -> str | None:
        """The value of a cookie the browser holds for us."""
        cookie = self.get_cookie(name)
        return None if cookie is None else cookie.value


BESIDE = {"/sign-out", "/sign-in/passkey"}
"""Forms that stand beside the one of a page."""


def form_of(answer: TestResponse, to: str | None = None) -> Form:
    """The form of a page that leads to ``to``, or the only one that is not sign-out's or the passkey's."""
    forms = [one for one in PageReader(answer.text).forms if one.attributes["action"] not in BESIDE - {to}]
    found = [one for one in forms if to is None or one.attributes["action"] == to]
    assert len(found) == 1, [one.attributes for one in forms]
    return found[0]


def check_headers(answer: TestResponse) -> None:
    """Every security header once, with its exact value; a stored file may be sandboxed."""
    for name, value in EXACT_HEADERS.items():
        values = answer.headers.getlist(name)
        if name == "Content-Security-Policy" and values == [FILE_POLICY]:
            continue
        assert values == [value], f"{answer.status} {name}: {values}"
    # What else a header could hold no server sends: gunicorn answers with an error of its own.
    assert all(value.isascii() and value.isprintable() for _, value in answer.headers), answer.headers
