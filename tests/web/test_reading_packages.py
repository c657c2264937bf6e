"""A prosecutor sees the packages released to them and nothing else; each says what it withholds."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

import pytest

from covertops.actions import department
from covertops.actions.signing import PASSWORD as PASSWORD_LEVEL
from covertops.domain.vocabulary import Stage
from covertops.storage.ledger_read import read_stream
from tests.web.client import form_of
from tests.web.town_pages import TownPages

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def package(pages: TownPages) -> str:
    """A released package; the address of its page."""
    operation_id, number = prepare(pages)
    pages.town.act("release-export", operation_id, "chief", {"reason": "The case was filed."})
    return f"/packages/{operation_id}{number:08x}"


def prepare(pages: TownPages) -> tuple[str, int]:
    """A prepared package: its operation and entry."""
    town = pages.town
    operation_id = town.bring(Stage.ACTIVE)
    capture = town.capture(operation_id, b"\x89PNG\r\n\x1a\n" + bytes(3000))
    number = town.act("log-activity", operation_id, "investigator-1", town.activity((capture,))).number
    given = {
        "audience": "prosecutor",
        "recipient": town.people["prosecutor"],
        "case_number": "26-004518",
        "purpose": "Discovery",
        "withheld": [f"{number} counterpart: a person not involved"],
    }
    return operation_id, town.act("prepare-export", operation_id, "supervisor-1", given).number


def test_the_recipient_sees_what_it_holds_withholds_and_how_to_verify_it(pages: TownPages, package: str):
    browser = pages.browser("prosecutor")
    assert "Package released to you" in browser.get("/").text
    assert f'href="{package}"' in browser.get("/packages").text
    text = browser.get(package).text
    assert "Counterpart’s handle, 1 field" in text
    assert "a person not involved" in text
    assert "What the city attorney said" in text
    assert "privileged." not in text
    assert "covertops verify-package" in text


def test_the_download_is_the_package_of_the_fingerprint_and_is_on_record(pages: TownPages, package: str):
    browser = pages.browser("prosecutor")
    shown = re.search(r'<p class="fingerprint fs-6">(.*?)</p>', browser.get(package).text, re.DOTALL)
    answer = browser.send(package, to=f"{package}/download")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=EXP-2026-0001-1")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        name = next(one for one in archive.namelist() if one.endswith("tagmanifest-sha256.txt"))
        digest = hashlib.sha256(archive.read(name)).hexdigest()
    assert shown is not None
    assert re.sub(r"<br>|\s", "", shown[1]) == digest
    with pages.town.house.store.read() as unit:
        kinds = [one.kind for one in read_stream(unit, package.split("/")[-1][:32])]
    assert kinds.count("export.downloaded") == 1


def test_looking_at_the_page_downloads_nothing(pages: TownPages, package: str):
    operation_id = package.split("/")[-1][:32]
    before = pages.town.operation(operation_id).last_number
    browser = pages.browser("prosecutor")
    browser.get(package)
    assert browser.get(f"{package}/download").status_code == 405
    assert pages.town.operation(operation_id).last_number == before


def test_its_receipt_is_confirmed_once_by_the_recipient(pages: TownPages, package: str):
    browser = pages.browser("prosecutor")
    answer = browser.send(f"{package}/receive", {"fingerprint_compared": "yes"})
    assert answer.headers["Location"].startswith(f"{package}?entry=")
    assert "Received" in browser.get(package).text
    assert "Package released to you" not in browser.get("/").text
    assert browser.get(f"{package}/receive").status_code == 404


def test_a_package_that_is_not_released_is_nothing_to_its_recipient(pages: TownPages):
    operation_id, number = prepare(pages)
    browser = pages.browser("prosecutor")
    assert browser.get(f"/packages/{operation_id}{number:08x}").status_code == 404
    assert "There is no package that you may know of." in browser.get("/packages").text


@pytest.mark.parametrize("person", ["investigator-1", "administrator", "auditor"])
def test_packages_are_not_for_those_who_neither_send_nor_receive_them(pages: TownPages, package: str, person: str):
    browser = pages.browser(person)
    for path in ("/packages", package, f"{package}/download"):
        assert (browser.get(path).status_code, browser.get(path).data) == (404, browser.get("/nowhere").data), path


def test_another_prosecutor_sees_nothing_of_it(pages: TownPages, package: str):
    town = pages.town
    other = town.people["auditor"]
    ended = {"person": other, "held": "auditor", "reason": "Moved."}
    department.end_office(town.house, town.people["chief"], ended, PASSWORD_LEVEL, town.clock())
    given = {"person": other, "held": "prosecuting attorney", "instrument": "Order 9", "from_on": town.today()}
    department.appoint(town.house, town.people["chief"], given, PASSWORD_LEVEL, town.clock())
    browser = pages.browser("auditor")
    assert "There is no package that you may know of." in browser.get("/packages").text
    assert "Nothing waits for you." in browser.get("/").text
    unknown = browser.get("/nowhere")
    for path in (package, f"{package}/receive"):
        assert (browser.get(path).status_code, browser.get(path).data) == (404, unknown.data), path
    token = form_of(browser.get("/checkpoint"), "/checkpoint").values["csrf_token"]
    answer = browser.post(f"{package}/download", data={"csrf_token": token}, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.data) == (404, unknown.data)


def test_a_recipient_learns_of_the_package_and_not_of_the_operation(pages: TownPages, package: str):
    operation_id = package.split("/")[-1][:32]
    browser = pages.browser("prosecutor")
    assert browser.get(f"/operations/{operation_id}").status_code == 404
    assert browser.get("/operations").status_code == 404
    assert "operations/" not in browser.get(package).text


def test_the_chief_and_the_supervisors_see_it_from_the_operation(pages: TownPages, package: str):
    operation_id = package.split("/")[-1][:32]
    for person in ("chief", "supervisor-1", "supervisor-2"):
        browser = pages.browser(person)
        assert f'href="{package}"' in browser.get(f"/operations/{operation_id}").text
        assert browser.get(package).status_code == 200
        assert browser.get(f"{package}/receive").status_code == 404
