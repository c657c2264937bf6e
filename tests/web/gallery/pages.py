"""The gallery: the pages of the look, drawn by our own macros. For tests and for looking at, never served."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response

from covertops.web.forms import RuleMark
from covertops.web.page import Act, Answer, Capture, Cell, Column, Crumb, Gate, Page, Step, Table, Tag, Turn
from covertops.web.security import SIGNED_IN, audience
from covertops.web.show import show
from tests.web.gallery.forms import ACTIVITY, CONSULTATION, DECISION, REQUEST

MINE = Crumb("My work", "/")


@dataclass(frozen=True)
class Missing:
    """What stands in the way, in the shape a refusal gives it."""

    message: str
    rule: RuleMark
    remedy: str


LATE = RuleMark("setting", "review every 30 days", "Suspended by itself on Nov 19, 00:00 (entry 15).")

STEPS = (
    Step("Requested", ("Sep 10, Investigator 1",), "done"),
    Step("Authorized", ("Sep 17, Chief of Police", "until Dec 15"), "done"),
    Step("Active: suspended", ("since Nov 19, 00:00", "Missing: one review"), "halted"),
    Step("Ended", ("Not yet",)),
    Step("Destroyed", ("Not before retention ends",)),
)

ANSWERS = (
    Answer(
        "Policy 2.8",
        True,
        "Requirements met",
        (
            Gate("met", "The Chief’s approval in force", "Entry 6, until Dec 15. IV.D.2"),
            Gate("met", "Supervisor assigned", "Supervisor 1, entry 2. IV.D.2"),
            Gate("met", "Prosecuting attorney contacted and determined", "Entry 4. IV.D.3"),
            Gate("met", "City attorney contacted and determined", "Entry 5. IV.D.3"),
        ),
    ),
    Answer(
        "Department rules",
        False,
        "Not met: review 2 days late",
        (
            Gate(
                "unmet",
                "Review held when due",
                "Due Nov 18. Local setting: every 30 days",
                "Supervisor 1 holds the review for Oct 20 to now.",
            ),
            Gate(
                "unmet",
                "Not suspended",
                "Suspended by itself on Nov 19, entry 15",
                "after the review, Supervisor 1 resumes it.",
            ),
            Gate("met", "Officer’s promise made", "Investigator 1, entry 7"),
        ),
    ),
)

ACTS = (
    Act(
        "review",
        "Hold the review",
        "/gallery/review",
        "Two entries and two captures wait to be examined.",
        (),
        "primary",
    ),
    Act(
        "resume",
        "Resume operation",
        missing=(
            Missing(
                "The review due Nov 18 is not on the record.", LATE, "hold the review, with the result “continue”."
            ),
        ),
    ),
    Act(
        "end",
        "End operation",
        "/gallery/end",
        "A duty when grounds or supervision end. Starts the 24 hours for the stop confirmation.",
        (),
        "danger-quiet",
    ),
)

FACTS = (
    (
        "Scope",
        "PhotoMarket, one account, “Casey R.” Look at the seller’s listings; one conversation. No purchase.",
    ),
    ("Until", "Dec 15, 2026, midnight"),
    ("People", "Investigator 1 uses the profile. Supervisor 1 monitors; Supervisor 2 is relief."),
    ("Kept as evidence", "11 captures; nine fingerprints rechecked Oct 19. No hold."),
)

CAPTURES = (
    Capture("conversation-1305.png", "stored", "1.2 MB, PNG image", "4be1 90c7 a2f3 5d08 … 77e0", id="c1"),
    Capture(
        "screen-recording-1312.mp4",
        "uploading",
        "118 of 190 MB, about 1 minute left",
        percent=62,
        words="You can go on writing.",
    ),
    Capture("listing-1338.pdf", "failed", "340 kB", words="The connection was lost and did not come back."),
)

WAITING = Table(
    "Operations waiting for someone else",
    (
        Column("Operation"),
        Column("What waits", "What"),
        Column("Whose turn"),
        Column("Until"),
        Column("Days", number=True),
    ),
    (
        (
            Cell("2026-0007", "/gallery/operation"),
            Cell("Review; suspended until it is held"),
            Cell("Supervisor 1"),
            Cell(tag=Tag("2 days late", "stop", "warn")),
            Cell("2"),
        ),
        (
            Cell("2026-0010", "/gallery/operation"),
            Cell("Contact with both attorneys"),
            Cell("Supervisor 2"),
            Cell("Before activation", small="Policy 2.8, IV.D.3"),
            Cell("14"),
        ),
    ),
)


def gallery() -> Blueprint:
    """A new blueprint with a page for each page of the look."""
    pages = Blueprint("gallery", __name__, template_folder="templates")

    @pages.get("/gallery/operation")
    @audience(SIGNED_IN)
    def operation() -> Response:
        page = Page(
            "2026-0007",
            "Operations",
            (MINE, Crumb("Operations", "/operations"), Crumb("2026-0007")),
            eyebrow="Case 26-004518",
            lead="Bicycles taken from garden sheds, offered on PhotoMarket",
            tag=Tag("Suspended", "stop", "stop"),
            turn=Turn(
                "Your turn, Supervisor 1.",
                "The review due Nov 18 has not been held. Nobody may use the profile until it is.",
                yours=True,
                label="Hold the review",
                href="/gallery/review",
            ),
            printed="Printed by Supervisor 1 on Nov 20, 2026, 14:05 CST. Entries 1 to 15.",
        )
        return show("gallery/operation.html", page, steps=STEPS, answers=ANSWERS, acts=ACTS, facts=FACTS)

    @pages.get("/gallery/request")
    @audience(SIGNED_IN)
    def request() -> Response:
        page = Page(
            REQUEST.title,
            "Operations",
            (MINE, Crumb("New request")),
            lead="Eleven questions. What you type is kept as a draft for you alone.",
            turn=Turn(
                "Your turn, Investigator 1.",
                "After you send it: the Chief decides. Nothing is created or operated before that.",
                yours=True,
            ),
            failed=True,
        )
        return show("gallery/request.html", page, form=REQUEST)

    @pages.get("/gallery/decide")
    @audience(SIGNED_IN)
    def decide() -> Response:
        page = Page(
            "Decide request 2026-0011",
            "My work",
            (MINE, Crumb("2026-0011", "/gallery/operation"), Crumb("Decide")),
            lead="Stolen band instruments offered online",
            tag=Tag("Urgent: start asked tonight, 21:00", "wait", "wait"),
            turn=Turn("Now waiting for Supervisor 1:", "the review due Nov 18."),
        )
        return show("gallery/decide.html", page, form=DECISION, facts=FACTS, gates=ANSWERS[1].gates)

    @pages.get("/gallery/activity")
    @audience(SIGNED_IN)
    def activity() -> Response:
        page = Page(
            "New activity",
            "Operations",
            (MINE, Crumb("2026-0005", "/gallery/operation"), Crumb("New activity")),
            lead="2026-0005 · Lost-pet scam pages",
            tag=Tag("Active", "ok", "check"),
        )
        return show("gallery/activity.html", page, form=ACTIVITY, captures=CAPTURES)

    @pages.get("/gallery/consultation")
    @audience(SIGNED_IN)
    def consultation() -> Response:
        page = Page(
            CONSULTATION.title, "My work", (MINE, Crumb("Attorney contact")), lead="2026-0010 · Concert tickets"
        )
        return show("gallery/consultation.html", page, form=CONSULTATION)

    @pages.get("/gallery/my-work")
    @audience(SIGNED_IN)
    def my_work() -> Response:
        page = Page(
            "My work",
            "My work",
            eyebrow="Friday, November 20, 2026, 14:05",
            lead="Two acts wait for you. One is late; one holds up an officer tonight.",
        )
        return show("gallery/my_work.html", page, table=WAITING)

    return pages
