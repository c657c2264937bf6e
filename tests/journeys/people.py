"""Who is in the department of the journeys. What they are called differs from what copies call them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Someone:
    """A person with the office they are appointed to, as a list of the pages names it."""

    name: str
    sign_in_name: str
    office: str = ""
    chosen: str = ""
    """The password, where it was chosen elsewhere."""

    @property
    def password(self) -> str:
        """Long, and different for everybody."""
        return self.chosen or f"herons above the water at {len(self.name) * 31 + sum(map(ord, self.sign_in_name))}"


CHIEF = Someone("Chief of Police", "chief")
ADMINISTRATOR = Someone("Administrator", "administrator")
INVESTIGATOR = Someone("Investigator 3", "investigator-3", "Investigator")
OTHER = Someone("Investigator 4", "investigator-4", "Investigator")
SUPERVISOR = Someone("Supervisor 2", "supervisor-2", "Supervisor")
RELIEF = Someone("Supervisor 4", "supervisor-4", "Supervisor")
PROSECUTOR = Someone("Prosecuting Attorney 1", "prosecutor", "Prosecuting attorney")
APPOINTED = (INVESTIGATOR, OTHER, SUPERVISOR, RELIEF, PROSECUTOR)
DEPARTMENT = "Example Police Department"
