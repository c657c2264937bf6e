"""The application: everything it needs is given to :func:`create_app`, and nothing of it is global."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType

from flask import Blueprint, Flask, request
from flask.wrappers import Response
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from covertops.web import entry, second_factor
from covertops.web.audited import act_of, result_of, what_of
from covertops.web.errors import attach_errors, request_number
from covertops.web.headers import SecurityHeaders
from covertops.web.identity import Identity, identity
from covertops.web.installed import Installed
from covertops.web.log import Log
from covertops.web.security import check_routes, guard
from covertops.web.services import Services
from covertops.web.settings import WebSettings
from covertops.web.static_files import add_static_files

_QUIET = frozenset({"static", "open_file", "entry.health", "entry.paper"})
"""Endpoints whose success is not worth a line of the log."""


class Application(Flask):
    """Flask, but an error's message and trace stay out of the log: they could quote what somebody typed."""

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        """Write nothing: `attach_errors` writes the number, the type and the places."""


def utc_now() -> datetime:
    """The present moment. The only clock of the pages, used when none is given."""
    return datetime.now(UTC)


def create_app(
    settings: WebSettings,
    *,
    services: Services,
    log: Log,
    clock: Callable[[], datetime] = utc_now,
    blueprints: Sequence[Blueprint] = (),
) -> Application:
    """An application for one installation, with the pages of ``blueprints``.

    Raises :class:`~covertops.web.security.UndeclaredRoute` when a route names no audience.
    """
    app = Application("covertops.web", static_folder=None)
    _configure(app, settings)
    app.extensions["installed"] = Installed(services, settings, clock)
    # The order is the order in which a request is asked: the gate first, then the set-up.
    guard(app, settings)
    Identity(services, settings, clock, log).attach(app)
    attach_errors(app, log)
    _log_requests(app, log)
    add_static_files(app)
    for blueprint in (entry.pages, second_factor.pages, *blueprints):
        app.register_blueprint(blueprint)
    check_routes(app)
    _prepare_templates(app, settings, services)
    return app


def _configure(app: Application, settings: WebSettings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=settings.form_cookie,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        # A form token lives as long as the browser session: a long form must not fail after an hour of writing.
        WTF_CSRF_TIME_LIMIT=None,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    # An address has one form. Werkzeug would answer the others by a redirect, before anyone asked for permission.
    app.url_map.merge_slashes = False
    app.wsgi_app = SecurityHeaders(app.wsgi_app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0)  # type: ignore[method-assign]


def _prepare_templates(app: Application, settings: WebSettings, services: Services) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(
        csrf_token=generate_csrf,
        product_name=settings.product_name,
        entry_name=settings.entry_name,
        policy_name=settings.policy_name,
        zone_name=settings.zone_name,
        department_name=services.department_name,
    )


def _log_requests(app: Application, log: Log) -> None:
    @app.after_request
    def note(response: Response) -> Response:
        if request.endpoint in _QUIET and response.status_code < 400:
            return response
        # Asking who it was must not fail a second time where the database just did.
        who = identity().current() if response.status_code < 500 else None
        route = request.url_rule.rule if request.url_rule is not None else None
        log.event(
            "request",
            number=request_number(),
            method=request.method if request.method in _METHODS else "other",
            route=route,
            what=what_of(route, request.method),
            act=act_of(route, request.view_args, response.status_code),
            status=response.status_code,
            result=result_of(response.status_code),
            person=None if who is None else who.person.id,
            node=request.remote_addr,
        )
        return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
