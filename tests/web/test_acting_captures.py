"""Captures: taken as a raw body and kept byte for byte, handed out whole or in part, and every opening on record."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from covertops.actions.captures import MOST_CAPTURE_BYTES
from covertops.domain.vocabulary import Stage
from covertops.web.headers import FILE_POLICY
from covertops.web.pages import captures
from covertops.web.ranges import Span, asked_span
from tests.web.test_bad_input import size
from tests.web.town import Browser, Pages

CONTENT = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9000  # 2.3 MB: three segments
ABOUT = {"name": "conversation-1305.png", "tool": "Chromium 156", "source": "https://photomarket.example/7"}


def about(values: object) -> str:
    """The header that describes a file."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def told(answer: TestResponse) -> dict[str, Any]:
    """What was answered, as JSON."""
    found = answer.json
    assert isinstance(found, dict), answer.data
    return found


class Sending:
    """A browser on an active operation that sends captures."""

    def __init__(self, acting: Pages, stage: Stage = Stage.ACTIVE, person: str = "investigator-1") -> None:
        self.acting = acting
        self.operation_id = acting.town.bring(stage)
        self.browser: Browser = acting.browser(person)
        page = "/operations/new" if person.startswith("investigator") else self.page("end-operation")
        self.token = self.browser.form(page).values["csrf_token"][0]

    def page(self, name: str) -> str:
        """An address of the operation."""
        return f"/operations/{self.operation_id}/{name}"

    def send(self, content: bytes | Any, described: object = ABOUT, to: str = "captures", **more: Any) -> TestResponse:
        """Send a file."""
        headers = {
            "X-CSRFToken": self.token,
            "Accept": "application/json",
            "Sec-Fetch-Site": "same-origin",
            "Covertops-Capture": described if isinstance(described, str) else about(described),
        }
        body = {"data": content} if isinstance(content, bytes) else {"input_stream": content}
        kind = "application/octet-stream"
        return self.browser.client.post(self.page(to), headers=headers, content_type=kind, **body, **more)

    def number_of(self, content: bytes, described: object = ABOUT) -> int:
        """Send a file that is taken; the number of its entry."""
        return int(told(self.send(content, described))["number"])

    def claim(self, stream: io.IOBase, length: int) -> TestResponse:
        """Send a stream that says it has another length than it has."""
        return self.send(stream, environ_overrides={"CONTENT_LENGTH": str(length)})

    def fetch(self, number: object, headers: dict[str, str] | None = None) -> TestResponse:
        """Open a capture, and close it again as a server does."""
        return self.browser.client.get(self.page(f"captures/{number}"), headers=headers, buffered=True)

    def files(self) -> list[Path]:
        """Everything in the file store."""
        folder = self.acting.town.house.files.folder
        return [one for one in folder.rglob("*") if one.is_file()]


def test_a_capture_is_kept_byte_for_byte_and_its_fingerprint_answered(acting: Pages) -> None:
    sending = Sending(acting)
    answer = sending.send(CONTENT, {**ABOUT, "captured_at": "2026-11-21T08:30", "original": "working copy"})
    found = told(answer)
    assert (answer.status_code, found["name"], found["size"]) == (201, ABOUT["name"], len(CONTENT))
    assert found["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert (found["reference"], found["id"]) == ("EV-0001", str(found["number"]))
    handed = sending.fetch(found["number"])
    assert handed.data == CONTENT


def test_an_activity_takes_the_captures_that_arrived(acting: Pages) -> None:
    sending = Sending(acting)
    number = sending.number_of(CONTENT)
    answers = {"on": acting.town.today(), "from": "00:05", "to": "00:40", "headline": "Looked", "happened": "Looked."}
    page = sending.page("log-activity")
    refused = sending.browser.send(page, {**answers, "captures": [str(number)]})
    assert (refused.status_code, f'name="captures" value="{number}"' in refused.text) == (422, True)
    assert ABOUT["name"] in refused.text
    done = sending.browser.send(page, {**answers, "captures": [str(number)], "outside": "no"})
    assert done.status_code == 303


def test_a_file_that_is_sent_again_after_a_lost_answer_is_one_capture(acting: Pages) -> None:
    sending = Sending(acting)
    described = {**ABOUT, "id": "5d" * 16, "size": len(CONTENT), "modified": "2026-11-20T10:00:00Z"}
    first, second = sending.send(CONTENT, described), sending.send(CONTENT, described)
    assert (first.status_code, second.status_code, first.json) == (201, 201, second.json)
    other = sending.send(CONTENT, {**described, "id": "6e" * 16})
    assert told(other)["number"] != told(first)["number"]
    assert len(acting.town.operation(sending.operation_id).captures) == 2


@pytest.mark.parametrize(
    ("described", "status", "words"),
    [
        ("", 400, "Its description is missing or cannot be read"),
        ("not base64!", 400, "Its description is missing or cannot be read"),
        (about(["no object"]), 400, "Its description is missing or cannot be read"),
        (base64.urlsafe_b64encode(b"{" * 3000).decode(), 400, "Its description is missing or cannot be read"),
        (about({}), 422, "Original file name: nothing entered. Fill it in."),
        (about({"name": "a.png", "surprise": "1"}), 422, "Surprise: this form has no such question."),
        (about({"name": "a.png", "sha256": "0" * 64}), 422, "Sha256: this form has no such question."),
        (about({"name": "a\x00.png"}), 422, "holds a character that cannot be kept"),
        (about({"name": "a" * 256}), 422, "255 at most"),
        (about({"name": ["a.png"]}), 422, "Original file name: "),
        (about({"name": "a.png", "captured_at": "noon"}), 422, "is not a date and time"),
        (about({"name": "a.png", "original": "surprise"}), 422, "is none of the answers offered"),
        (about({"name": "a.png", "account": "1"}), 422, "no such entry"),
    ],
)
def test_a_bad_description_is_refused_in_words_and_leaves_nothing(
    described: str, status: int, words: str, acting: Pages
) -> None:
    sending = Sending(acting)
    before = size(acting)
    answer = sending.send(b"content", described)
    assert (answer.status_code, words in told(answer)["error"]["message"]) == (status, True), answer.json
    assert size(acting) == before


def test_what_is_not_yet_possible_is_told_with_rule_and_remedy_before_a_byte_is_read(acting: Pages) -> None:
    sending = Sending(acting, Stage.AUTHORIZED)
    answer = sending.claim(Unreadable(), 5)
    assert (answer.status_code, told(answer)["error"]["title"]) == (409, "Not yet possible")
    (missing,) = told(answer)["missing"]
    assert missing["message"] == "The operation has not been activated"
    assert missing["remedy"] == "The supervisor activates it once every gate is met."
    assert missing["rule"]["mark"] in ("policy", "setting", "practice")
    assert sending.files() == []


class Unreadable(io.BytesIO):
    """A body nobody may read."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("the body was read")


def test_a_file_that_says_it_is_too_large_is_refused_before_a_byte_is_read(acting: Pages) -> None:
    sending = Sending(acting)
    answer = sending.claim(Unreadable(), MOST_CAPTURE_BYTES + 1)
    assert (answer.status_code, told(answer)["error"]["message"]) == (413, captures.TOO_LARGE[1])
    assert sending.files() == []


def test_a_file_that_turns_out_too_large_is_refused_and_leaves_nothing(
    acting: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captures, "MOST_CAPTURE_BYTES", 1000)
    sending = Sending(acting)
    body = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = sending.send(io.BytesIO(b"x" * 2000), environ_overrides=body)
    assert (answer.status_code, sending.files()) == (413, [])


def test_a_line_that_breaks_leaves_nothing(acting: Pages) -> None:
    sending = Sending(acting)
    before = size(acting)
    answer = sending.claim(io.BytesIO(b"x" * 1000), 5000)
    assert (answer.status_code, sending.files(), size(acting)) == (400, [], before)


def test_a_full_disk_is_told_as_one_and_leaves_nothing(acting: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    sending = Sending(acting)
    before, real = size(acting), os.write

    def write(descriptor: int, data: Any) -> int:
        if len(data) > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    answer = sending.send(CONTENT)
    assert (answer.status_code, told(answer)["error"]["message"]) == (507, captures.NO_ROOM[1])
    assert (sending.files(), size(acting)) == ([], before)


def test_nobody_else_sends_or_receives_captures(acting: Pages) -> None:
    sending = Sending(acting)
    number = sending.number_of(b"content")
    stranger = Sending(acting, Stage.REQUESTED, "investigator-2")
    stranger.operation_id = sending.operation_id
    for path in (f"captures/{number}", "captures/1", "captures/99999"):
        assert stranger.browser.client.get(stranger.page(path)).status_code == 404
    assert stranger.send(b"content").status_code == 404
    assert len(acting.town.operation(sending.operation_id).captures) == 1


def test_an_entry_that_is_no_capture_is_none(acting: Pages) -> None:
    sending = Sending(acting)
    assert sending.browser.client.get(sending.page("captures/1")).status_code == 404
    assert sending.browser.client.get(sending.page("captures/99999")).status_code == 404


def test_a_capture_is_handed_out_as_bytes_and_nothing_else(acting: Pages) -> None:
    sending = Sending(acting)
    name = '..\\..//‮gnp.exe\t"quoted" é\U0001f6b2.html'
    number = sending.number_of(b"<script>alert(1)</script>", {"name": name})
    answer = sending.fetch(number)
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Security-Policy"] == FILE_POLICY
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert not any(one in disposition for one in ("/", "\\", "‮", "\t"))
    # A server refuses to send a header that is not ASCII; the name still arrives whole.
    assert disposition.isascii()
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == "gnp.exequoted é\U0001f6b2.html"
    assert answer.headers["Content-Length"] == "25"


def test_every_opening_is_on_record_once_an_hour(acting: Pages) -> None:
    sending = Sending(acting)
    number = sending.number_of(CONTENT)
    before = size(acting)
    for _ in range(3):
        assert sending.fetch(number).status_code == 200
    assert size(acting) == before + 1


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-99", 206, 0, 100),
        ("bytes=1048570-1048585", 206, 1_048_570, 1_048_586),
        ("bytes=2304000-", 206, 2_304_000, len(CONTENT)),
        ("bytes=-10", 206, len(CONTENT) - 10, len(CONTENT)),
        ("bytes=0-99999999", 206, 0, len(CONTENT)),
        ("bytes=0-0,5-6", 200, 0, len(CONTENT)),
        ("lines=1-2", 200, 0, len(CONTENT)),
        ("bytes=9-3", 200, 0, len(CONTENT)),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
def test_a_part_is_handed_out_where_one_is_asked_for(
    asked: str, status: int, start: int, end: int, acting: Pages
) -> None:
    sending = Sending(acting)
    number = sending.number_of(CONTENT)
    answer = sending.fetch(number, {"Range": asked})
    assert (answer.status_code, answer.data == CONTENT[start:end]) == (status, True)
    expected = {206: f"bytes {start}-{end - 1}/{len(CONTENT)}", 416: f"bytes */{len(CONTENT)}"}
    assert answer.headers.get("Content-Range") == expected.get(status)


def test_whoever_asks_only_for_the_headers_gets_no_byte_of_it(acting: Pages) -> None:
    sending = Sending(acting)
    number = sending.number_of(CONTENT)
    answer = sending.browser.client.head(sending.page(f"captures/{number}"), buffered=True)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(CONTENT))


def test_a_part_of_another_content_is_the_whole_of_this_one(acting: Pages) -> None:
    sending = Sending(acting)
    found = told(sending.send(CONTENT))
    number = found["number"]
    etag = sending.fetch(number).headers["ETag"]
    assert etag == f'"{found["sha256"]}"'
    same = sending.fetch(number, {"Range": "bytes=0-9", "If-Range": etag})
    other = sending.fetch(number, {"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


def test_an_empty_content_has_no_part() -> None:
    assert asked_span(Headers({"Range": "bytes=0-"}), 0, '"x"') is None
    assert asked_span(Headers(), 0, '"x"') == Span(0, 0, False)


def test_a_capture_that_is_not_what_was_stored_is_not_handed_out(acting: Pages) -> None:
    sending = Sending(acting)
    number = sending.number_of(CONTENT)
    (file,) = sending.files()
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)
    answer = sending.fetch(number)
    assert (answer.status_code, CONTENT[:50] in answer.data) == (500, False)
    file.write_bytes(bytes(content[:1000]) + bytes([content[1000] ^ 1]) + bytes(content[1001:]))
