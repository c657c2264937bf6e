"""While the profile is used: what officers record, what the supervisor asks and reviews, a stop and a start."""

from __future__ import annotations

from importlib.resources import files

from playwright.sync_api import FilePayload, expect

from tests.journeys.before_use import act, next_task, sign
from tests.journeys.people import INVESTIGATOR, SUPERVISOR
from tests.journeys.visiting import Visitor, day, local, moment

PICTURE = files("covertops.demo.files").joinpath("listing.png").read_bytes()
RECORDING = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(range(256)) * 16_384  # a little over 4 MiB
QUESTION = "Was the offer of a price made by you or by the seller?"
SLOWLY = 100_000  # bytes a second, so that the recording is on its way for as long as somebody looks


class Line:
    """The line between a browser and the server, which can be made slow."""

    def __init__(self, visitor: Visitor) -> None:
        self._session = visitor.context.new_cdp_session(visitor.page)
        self._session.send("Network.enable")

    def slow(self) -> None:
        """Send slowly from here on."""
        self._send(SLOWLY)

    def fast(self) -> None:
        """Send as fast as it goes, also what is on its way."""
        self._send(-1)

    def _send(self, upload: int) -> None:
        limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload}
        self._session.send("Network.emulateNetworkConditions", limits)


def add_account(investigator: Visitor, operation: str) -> None:
    """The account made for the profile, and where its access is kept."""
    act(investigator, operation, "Add an account")
    investigator.answer({"Platform": "PhotoMarket", "Handle or address": "@casey-r-example", "Made on": day()})
    investigator.choose("Does the authorization name it?", "Yes")
    investigator.press("Add an account")
    investigator.sees("Account added: @casey-r-example on PhotoMarket")


def log_activity(investigator: Visitor, operation: str) -> str:
    """A sitting with two captures, one of them seen on its way, and a third that was stopped; the entry's address."""
    act(investigator, operation, "Log activity")
    page = investigator.page
    _sitting(investigator, "Looked at three listings", "Three listings seen, one frame number readable.")
    rows, line = page.locator("[data-capture]"), Line(investigator)
    _add(investigator, "listing.png", "image/png", PICTURE)
    expect(rows.filter(has_text="listing.png")).to_contain_text("Stored")
    line.slow()
    _add(investigator, "screen-recording.mp4", "video/mp4", RECORDING)
    expect(page.get_by_role("progressbar", name="Upload of screen-recording.mp4")).to_be_visible()
    button = page.get_by_role("button", name="Put on record")
    expect(button).to_have_attribute("aria-disabled", "true")
    investigator.look()
    line.fast()
    expect(rows.filter(has_text="screen-recording.mp4")).to_contain_text("Stored")
    line.slow()
    _add(investigator, "not-this-one.mp4", "video/mp4", RECORDING)
    expect(page.get_by_role("progressbar", name="Upload of not-this-one.mp4")).to_be_visible()
    page.get_by_role("button", name="Stop not-this-one.mp4").click()
    expect(rows.filter(has_text="not-this-one.mp4")).to_contain_text("Stopped. Nothing of it was kept.")
    line.fast()
    page.get_by_role("button", name="Remove not-this-one.mp4").click()
    expect(button).not_to_have_attribute("aria-disabled", "true")
    investigator.choose("Outside the scope, or other people affected?", "No")
    investigator.press("Put on record")
    investigator.follow("Activity: looked at three listings")
    investigator.sees("EV-0001, listing.png", "EV-0002, screen-recording.mp4", "Was it authorized?")
    assert "not-this-one" not in investigator.words
    return investigator.path


def _sitting(investigator: Visitor, headline: str, happened: str) -> None:
    investigator.answer(
        {"Date": day(), "From": local().strftime("%H:%M"), "To": local().strftime("%H:%M")}
        | {"In one line": headline, "What happened": happened, "Counterpart’s handle": "@seller-example"}
    )


def _add(investigator: Visitor, name: str, kind: str, content: bytes) -> None:
    file = FilePayload(name=name, mimeType=kind, buffer=content)
    investigator.page.get_by_label("Add captures").set_input_files([file])


def correct(investigator: Visitor, entry: str) -> None:
    """A clerical mistake is corrected; the old words stay."""
    investigator.go(entry)
    investigator.follow("Correct a clerical mistake")
    investigator.choose("What should read otherwise?", "In one line")
    investigator.answer({"Should read": "Looked at four listings", "Why": "I had miscounted."})
    investigator.press("Correct an entry")
    investigator.go(entry)
    investigator.sees("Corrections", "Looked at three listings", "“Looked at four listings”")


def record_no_activity(investigator: Visitor, operation: str) -> None:
    """A period in which nothing happened."""
    act(investigator, operation, "Record no activity")
    investigator.answer({"From": day(), "To": day()})
    investigator.press("Record no activity")
    investigator.sees("No activity, ")


def log_outside(investigator: Visitor, operation: str) -> str:
    """What was outside the scope is saved and flagged; the entry's address."""
    act(investigator, operation, "Log activity")
    _sitting(investigator, "Another seller’s page", "A link led to another seller’s page.")
    investigator.choose("Outside the scope, or other people affected?", "Yes")
    investigator.type("What, who, and what was done about it", "Another seller. Closed at once.")
    investigator.press("Put on record")
    investigator.sees("Flagged: outside scope", f"Now waiting for {SUPERVISOR.name}.")
    investigator.follow("Activity: another seller’s page")
    return investigator.path


def question(supervisor: Visitor, entry: str) -> None:
    """The supervisor asks about an entry."""
    supervisor.go(entry)
    supervisor.follow("Ask about it")
    supervisor.type("Question", QUESTION)
    supervisor.press("Ask about an entry")
    supervisor.sees(QUESTION, "Questioned")


def answer(investigator: Visitor) -> None:
    """The officer answers."""
    next_task(investigator, "Answer the question")
    investigator.sees(QUESTION)
    investigator.type("Answer", "By the seller, unasked.")
    investigator.press("Answer the question")
    investigator.sees("By the seller, unasked.")


def review_one(supervisor: Visitor, entry: str) -> None:
    """A single entry is marked as reviewed, from the flag under My work."""
    next_task(supervisor, "Read and mark reviewed")
    supervisor.press("Mark an entry reviewed")
    supervisor.go(entry)
    supervisor.sees("Reviewed")


def review(supervisor: Visitor, operation: str) -> None:
    """The period is reviewed."""
    act(supervisor, operation, "Hold the review")
    for name in ("Entries examined", "Captures examined"):
        for box in supervisor.page.get_by_role("group", name=name).get_by_role("checkbox").all():
            box.check()
    supervisor.pick("Fingerprints rechecked", "^Yes, and they match")
    supervisor.choose("Still necessary, and no more than needed?", "Yes")
    supervisor.choose("Inside the scope?", "Yes")
    supervisor.type("What you found", "In scope and still necessary. One page outside it was closed at once.")
    supervisor.pick("Result", "^Continue$")
    supervisor.press("Read back and sign")
    sign(supervisor)
    supervisor.sees("Review held: continue", f"Reviewed {local():%b} {local().day}")


def suspend(supervisor: Visitor, investigator: Visitor, operation: str) -> None:
    """Use stops; the officer's page says so."""
    act(supervisor, operation, "Suspend now")
    supervisor.type("Ground", "The account was named in public.")
    supervisor.press("Suspend now")
    expect(supervisor.page.locator("h1 .tag")).to_have_text("Suspended")
    investigator.go(operation)
    investigator.sees(f"Now waiting for {SUPERVISOR.name}:", "Do not use the profile until then.")
    investigator.sees("Only to enter late what was done before")


def resume(supervisor: Visitor, operation: str) -> None:
    """Use may go on."""
    next_task(supervisor, "Resume operation")
    supervisor.type("What was put right", "The naming was a mistake and was taken down.")
    supervisor.press("Resume operation")
    expect(supervisor.page.locator("h1 .tag")).to_have_text("Active")


def end(supervisor: Visitor, operation: str) -> None:
    """The supervisor ends the operation."""
    act(supervisor, operation, "End operation")
    supervisor.answer(
        {"Ground": "The case is filed.", "Stop instruction to each officer": "Sign out of the account. Delete nothing."}
    )
    supervisor.press("Read back and sign")
    sign(supervisor)
    expect(supervisor.page.locator("h1 .tag")).to_have_text("Ended")


def cease(investigator: Visitor) -> None:
    """The officer confirms having stopped."""
    next_task(investigator, "Confirm")
    investigator.type("Stopped when", moment())
    investigator.press("Confirm that you have stopped")
    investigator.sees("Stopping confirmed")


def settle(investigator: Visitor) -> None:
    """What became of the account is on record."""
    next_task(investigator, "Record what became of it")
    investigator.pick("What became of it", "^Left dormant")
    investigator.type("Proof, and where it is kept", "Screen print in envelope, safe 2")
    investigator.press("Record what became of an account")
    investigator.sees("Account settled")
    assert INVESTIGATOR.name in investigator.words
