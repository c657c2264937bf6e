"""Settings that cannot be right are refused, and those that can change what is believed and written."""

from __future__ import annotations

import json
import os
import pathlib
from dataclasses import replace

import pytest

from covertops.web.app import create_app
from covertops.web.log import open_log
from tests.clock import FixedClock
from tests.web.client import PageClient
from tests.web.department import SETTINGS, Department


@pytest.mark.parametrize(
    "origin", ["localhost:8000", "http://localhost/", "ftp://localhost", "http://", "http://localhost/path", ""]
)
def test_an_origin_that_is_none_is_refused(origin: str):
    with pytest.raises(ValueError, match="expected an origin"):
        replace(SETTINGS, origin=origin)


def test_a_short_secret_key_is_refused():
    with pytest.raises(ValueError, match="at least 32 bytes, found 31"):
        replace(SETTINGS, secret_key=b"x" * 31)


@pytest.mark.parametrize(("proxies", "node"), [(0, "127.0.0.1"), (1, "10.0.0.9")])
def test_a_forwarded_address_is_believed_from_a_trusted_proxy_only(department: Department, proxies: int, node: str):
    settings = replace(SETTINGS, trusted_proxies=proxies)
    app = create_app(settings, services=department.services(), log=department.log, clock=department.clock)
    app.test_client_class = PageClient
    forwarded = {"X-Forwarded-For": "192.0.2.1, 10.0.0.9", "X-Forwarded-Host": "evil.example"}
    answer = app.test_client().get("/sign-in", headers=forwarded)
    assert answer.headers["Location"] == "/system-use?next=/sign-in"
    assert department.logged("request")[0]["node"] == node


def test_the_log_is_a_file_for_its_owner_alone_and_is_added_to(tmp_path: pathlib.Path, clock: FixedClock):
    path = tmp_path / "application.jsonl"
    for result in ("first", "second"):
        log = open_log(path, clock)
        log.event("sign_in", result=result)
        log.close()
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert [json.loads(line)["result"] for line in path.read_text().splitlines()] == ["first", "second"]
