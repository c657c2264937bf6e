"""The story of the worked example, told in order over the last ten weeks: one operation in every stage."""

from __future__ import annotations

from covertops.actions import operations
from covertops.demo.story import LARGE_BYTES, Story, file_of, large_file


def tell(story: Story) -> None:
    """Tell the whole story in order; afterwards there is an operation in every stage and a released package."""
    _requests_that_went_no_further(story)
    _bicycles_begin(story)
    _pets_begin(story)
    _tools_begin(story)
    _bicycles_end(story)
    _waiting_today(story)


def _requests_that_went_no_further(story: Story) -> None:
    base = {"conduct": ["look"], "platform": "NeighborPage", "proposed_supervisor": story.people["supervisor-2"]}
    story.day(70, "09:10").request(
        "refused",
        "investigator-3",
        base
        | {
            "matter": "Rude comments about the city council",
            "offense": "None named. Several residents post angry comments about a vote.",
            "need": "To know who writes them.",
            "identity": "“Pat M.”, no photograph",
            "expression": "yes",
            "expression_detail": "No offense apart from what is said.",
        },
    )
    story.day(70, "15:40").act(
        "refuse-request",
        "refused",
        "chief",
        {"reasons": "Speech about a vote is no offense. There are no facts here that a profile could answer."},
    )
    story.day(69, "10:00").request(
        "withdrawn",
        "investigator-2",
        base
        | {
            "matter": "Stolen lawn mower seen in a sale group",
            "case_number": "26-004377",
            "offense": "Theft. The owner recognized the mower in a listing.",
            "need": "The group is closed to non-members.",
            "identity": "“Lee K.”, no photograph",
        },
    )
    story.day(68, "08:20").act(
        "withdraw-request", "withdrawn", "investigator-2", {"reasons": "The seller gave the mower back by himself."}
    )


def _bicycles_begin(story: Story) -> None:
    story.day(66, "09:30").request(
        "bicycles",
        "investigator-1",
        {
            "conduct": ["contact"],
            "matter": "Bicycles taken from garden sheds, offered on PhotoMarket",
            "case_number": "26-004518",
            "offense": "Theft. Four bicycles taken from garden sheds since August 28 were offered within a day "
            "by one seller. Frame numbers in two pictures match reports 26-004402 and 26-004431.",
            "need": "To see the seller’s closed listings and ask for one frame number. The seller removes "
            "listings when asked by unknown or official accounts.",
            "platform": "PhotoMarket",
            "identity": "“Casey R.”, age 30, drawn picture; account to be made",
            "handle": "@casey-r-example",
            "subject": "@garden-bikes",
            "others_affected": "yes",
            "others_affected_detail": "Buyers who comment on listings. Their names are not noted.",
            "why_this_much": "One question to one seller.",
            "proposed_supervisor": story.people["supervisor-1"],
        },
    )
    story.day(66, "11:05").act(
        "assign-supervisor",
        "bicycles",
        "chief",
        {"supervisor": story.people["supervisor-1"], "relief": story.people["supervisor-2"], "reason": ""},
    )
    story.day(65, "09:00").act(
        "check-conflict",
        "bicycles",
        "supervisor-1",
        {"system": "RISSafe", "query_number": "R-2210", "checked_on": story.today(), "result": "nothing"},
    )
    story.day(64, "14:30").consult("bicycles", "supervisor-1", "prosecuting attorney", 1)
    story.day(63, "10:50").act(
        "attempt-attorney",
        "bicycles",
        "supervisor-1",
        {
            "attorney_office": "city attorney",
            "attorney": "City Attorney 1, ext. 0007",
            "attempted_at": story.local(-10),
            "how": "telephone",
            "note": "In court; calls back tomorrow.",
        },
    )
    story.day(62, "11:05").consult("bicycles", "supervisor-1", "city attorney", 1)
    story.day(61, "16:22").grant(
        "bicycles",
        {
            "decision": "Two frame numbers tie this seller to our reports. I authorize looking, and one conversation "
            "to fix a third. No purchase.",
            "platforms": "PhotoMarket; one account as “Casey R.”",
            "conduct": "Look at the listings of @garden-bikes; one conversation about frame numbers.",
            "officers": [story.people["investigator-1"]],
            "supervisor": story.people["supervisor-1"],
            "relief": story.people["supervisor-2"],
            "ends_on": story.today(58),
        },
    )
    story.day(60, "09:40").promise("bicycles", "investigator-1")
    story.day(60, "13:00").act("activate", "bicycles", "supervisor-1", {"note": ""})
    account = story.day(60, "13:30").act(
        "add-account",
        "bicycles",
        "investigator-1",
        {"platform": "PhotoMarket", "handle": "@casey-r-example", "created_on": story.today(), "in_scope": "yes"},
    )
    story.act("keep-access", "bicycles", "investigator-1", {"account": str(account), "where": "Envelope, safe 2"})
    story.day(58, "20:15")
    shot = story.capture("bicycles", "investigator-1", "listing.png", *file_of("listing.png"))
    page = story.capture("bicycles", "investigator-1", "listing.warc.gz", *file_of("listing.warc.gz"))
    story.activity(
        "bicycles",
        "investigator-1",
        "First look at the listings",
        "Three listings seen. One names a frame number. No contact.",
        account=str(account),
        counterpart="@garden-bikes",
        captures=[str(shot), str(page)],
    )


def _pets_begin(story: Story) -> None:
    story.day(50, "08:45").request(
        "pets",
        "investigator-2",
        {
            "conduct": ["contact"],
            "matter": "Lost-pet scam pages",
            "case_number": "26-004602",
            "offense": "Fraud. Four owners paid a fee for a dog that was never found.",
            "need": "The pages answer only members of the group.",
            "platform": "NeighborPage",
            "identity": "“Sam L.”, age 41, drawn picture",
            "handle": "@sam-l-example",
            "subject": "@pet-finder-example",
            "proposed_supervisor": story.people["supervisor-2"],
        },
    )
    grant = story.day(49, "10:15").grant(
        "pets",
        {
            "decision": "Four reports name one page. I authorize looking at it and asking how to pay; no payment.",
            "platforms": "NeighborPage; one account as “Sam L.”",
            "conduct": "Look at four pages named in the request; ask how to pay.",
            "officers": [story.people["investigator-2"]],
            "supervisor": story.people["supervisor-2"],
            "relief": story.people["supervisor-1"],
            "ends_on": story.today(80),
        },
    )
    story.day(48, "09:20").consult("pets", "supervisor-2", "prosecuting attorney", 1, grant)
    story.day(48, "15:05").consult("pets", "supervisor-2", "city attorney", 1, grant)
    story.day(47, "08:10").promise("pets", "investigator-2")
    story.day(47, "10:00").act("activate", "pets", "supervisor-2", {"note": ""})
    account = story.day(47, "11:00").act(
        "add-account",
        "pets",
        "investigator-2",
        {"platform": "NeighborPage", "handle": "@sam-l-example", "created_on": story.today(), "in_scope": "yes"},
    )
    story.day(44, "13:40")
    recording = story.capture("pets", "investigator-2", "screen-recording.mp4", large_file(), LARGE_BYTES)
    story.activity(
        "pets",
        "investigator-2",
        "Asked how to pay",
        "Looked at four posts offering to return lost dogs for a fee. Sent one message asking how to pay. The "
        "other side named a gift card.",
        account=str(account),
        counterpart="@pet-finder-example",
        captures=[str(recording)],
    )


def _tools_begin(story: Story) -> None:
    story.day(42, "09:00").request(
        "tools",
        "investigator-3",
        {
            "conduct": ["look"],
            "matter": "Power tools taken from building sites",
            "case_number": "26-004655",
            "offense": "Theft. Serial numbers in one listing match two reports.",
            "need": "The sale group shows nothing to visitors.",
            "platform": "ToolSwap",
            "identity": "“Jo D.”, age 35, no photograph",
            "proposed_supervisor": story.people["supervisor-1"],
        },
    )
    grant = story.day(41, "14:00").grant(
        "tools",
        {
            "decision": "The serial numbers in the listing match two reports. I authorize looking, and no contact.",
            "platforms": "ToolSwap; one account",
            "conduct": "Look at the listings of the group named in the request.",
            "officers": [story.people["investigator-3"]],
            "supervisor": story.people["supervisor-1"],
            "ends_on": story.today(75),
        },
    )
    story.day(40, "09:30").consult("tools", "supervisor-1", "prosecuting attorney", 1, grant)
    story.day(40, "10:30").consult("tools", "supervisor-1", "city attorney", 1, grant)
    story.day(39, "08:15").promise("tools", "investigator-3")
    story.day(39, "09:00").act("activate", "tools", "supervisor-1", {"note": ""})


def _bicycles_end(story: Story) -> None:
    story.day(34, "18:40").activity(
        "bicycles",
        "investigator-1",
        "Asked the seller for a frame number",
        "One conversation. The seller sent one picture; the number matches report 26-004431.",
        counterpart="@garden-bikes",
    )
    _review_everything(story, "bicycles", "supervisor-1", 32, "In scope, still necessary. Fingerprints match.")
    asked = story.act(
        "question-entry",
        "bicycles",
        "supervisor-1",
        {
            "questioned": str(_last(story, "bicycles")),
            "question": "Was the offer of a price made by you or by the seller?",
            "answer_by": story.today(5),
        },
    )
    story.day(30, "08:30").act(
        "answer-question", "bicycles", "investigator-1", {"question": str(asked), "answer": "By the seller, unasked."}
    )
    _review_everything(story, "pets", "supervisor-2", 20, "The page asks for gift cards. In scope, still necessary.")
    story.day(14, "19:10").activity(
        "tools",
        "investigator-3",
        "Looked at three listings",
        "A second seller’s page opened from a link. Closed at once, nothing captured.",
        outside="yes",
        outside_detail="Another seller’s page, for a few seconds.",
    )
    story.day(12, "10:00").act(
        "end-operation",
        "bicycles",
        "supervisor-1",
        {"ground": "The case is filed.", "stop_instruction": "Sign out of the account. Delete nothing."},
    )
    story.day(12, "16:00").act("confirm-cease", "bicycles", "investigator-1", {"stopped_at": story.local(-30)})
    story.day(11, "09:00").act(
        "settle-account",
        "bicycles",
        "investigator-1",
        {
            "account": str(_accounts(story, "bicycles")[0]),
            "became": "dormant",
            "proof": "Screen print in envelope, safe 2",
        },
    )
    story.day(10, "09:30").act(
        "prepare-export",
        "bicycles",
        "supervisor-1",
        {
            "audience": "prosecutor",
            "recipient": story.people["prosecutor"],
            "case_number": "26-004518",
            "purpose": "Filing of the case",
            "withheld": [],
        },
    )
    story.day(9, "11:00").act(
        "release-export", "bicycles", "chief", {"reason": "The case is filed; the prosecutor needs the whole record."}
    )
    story.day(8, "00:05")
    operations.record_lapse(story.house, story.ids["tools"], story.now)


def _last(story: Story, name: str) -> int:
    with story.house.store.read() as unit:
        return story.house.folds.operation(unit, story.ids[name]).activities[-1].entry


def _accounts(story: Story, name: str) -> list[int]:
    with story.house.store.read() as unit:
        return [one.ref.number for one in story.house.folds.operation(unit, story.ids[name]).accounts]


def _review_everything(story: Story, name: str, person: str, days_ago: int, findings: str) -> None:
    with story.house.store.read() as unit:
        operation = story.house.folds.operation(unit, story.ids[name])
    entries = [one.entry for one in operation.activities]
    captures = [one.ref.number for one in operation.captures]
    story.day(days_ago, "10:15").review(name, person, 28, findings, entries, captures)


def _waiting_today(story: Story) -> None:
    story.day(6, "09:00").declare(
        "declared",
        "investigator-1",
        {
            "matter": "A profile kept since the spring",
            "platform": "PhotoMarket",
            "identity": "“Alex T.”, age 26",
            "handle": "@alex-t-example",
            "in_use_since": story.today(-200),
            "earlier_approval": "not shown",
        },
    )
    story.day(5, "10:00").request(
        "returned",
        "investigator-2",
        {
            "conduct": ["look"],
            "matter": "Copper cable offered by the meter",
            "offense": "Theft. Cable was cut at two sites.",
            "need": "To look at the listings.",
            "platform": "ToolSwap",
            "identity": "“Kim B.”, no photograph",
            "proposed_supervisor": story.people["supervisor-1"],
        },
    )
    story.day(4, "09:15").act(
        "return-request", "returned", "chief", {"reasons": "Say which facts tie the listings to the two sites."}
    )
    story.day(3, "13:00").request(
        "tickets",
        "investigator-3",
        {
            "conduct": ["contact"],
            "matter": "Counterfeit concert tickets",
            "case_number": "26-004711",
            "offense": "Fraud. Six buyers were turned away at the door.",
            "need": "The seller answers private messages only.",
            "platform": "PhotoMarket",
            "identity": "“Toni W.”, age 23, drawn picture",
            "proposed_supervisor": story.people["supervisor-2"],
        },
    )
    story.day(2, "10:00").grant(
        "tickets",
        {
            "decision": "Six buyers name one account. I authorize one conversation to learn how tickets are delivered.",
            "platforms": "PhotoMarket; one account as “Toni W.”",
            "conduct": "One conversation with the seller named in the request. No payment.",
            "officers": [story.people["investigator-3"]],
            "supervisor": story.people["supervisor-2"],
            "relief": story.people["supervisor-1"],
        },
    )
    story.day(1, "11:00").consult("tickets", "supervisor-2", "prosecuting attorney", 1)
    story.day(0, "07:30").request(
        "instruments",
        "investigator-2",
        {
            "conduct": ["contact"],
            "matter": "Stolen band instruments offered online",
            "case_number": "26-004733",
            "offense": "Theft from Example High School. A case sticker in one picture carries inventory number 0417.",
            "need": "Listings are visible to members only, and were taken down twice after the school wrote itself.",
            "platform": "PhotoMarket",
            "identity": "“Robin T.”, age 28, drawn picture",
            "urgent": "yes",
            "urgent_detail": "From 21:00 tonight: the seller names a pick-up for tomorrow.",
            "proposed_supervisor": story.people["supervisor-1"],
            "days": "14",
        },
    )
    story.day(0, "08:00").act(
        "prepare-export",
        "pets",
        "supervisor-2",
        {
            "audience": "prosecutor",
            "recipient": story.people["prosecutor"],
            "case_number": "26-004602",
            "purpose": "Charging decision",
            "withheld": [],
        },
    )
