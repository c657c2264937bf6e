"""A short request, for journeys that are about something else."""

from __future__ import annotations

from tests.journeys.people import SUPERVISOR
from tests.journeys.visiting import Visitor

ANSWERS = {
    "Offense, and the facts that give reasonable suspicion": "Theft. Two reports name this seller.",
    "What is needed, and why not openly?": "To see closed listings.",
    "Platform": "NeighborPage",
    "Undercover identity": "“Pat M.”, no photograph",
    "Days asked for": "30",
}


def send_request(investigator: Visitor, matter: str) -> str:
    """Send a request; the operation's address."""
    investigator.go("/operations/new")
    investigator.choose("What will be done?", "Look only")
    investigator.answer({"The matter in one line": matter} | ANSWERS)
    investigator.pick("Proposed supervisor", f"^{SUPERVISOR.name}$")
    investigator.press("Send to the Chief")
    return investigator.path
