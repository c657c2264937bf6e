"""The table of figures in the README: each benchmark replaces its own lines and leaves the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
HEAD = ["| measure | yardstick in the same run | to reach | measured |", "|---|---|---|---|"]


@dataclass(frozen=True)
class Figure:
    """One measure against its yardstick."""

    measure: str
    yardstick: str
    reach: str
    measured: str

    @property
    def line(self) -> str:
        """The row of the table."""
        return f"| {self.measure} | {self.yardstick} | {self.reach} | {self.measured} |"


def publish(*figures: Figure) -> None:
    """Print the figures and put them into the README's table."""
    text = README.read_text()
    before, rest = text.split(BEGIN)
    inside, after = rest.split(END)
    kept = [line for line in inside.splitlines() if line.startswith("| ") and line not in HEAD]
    for one in figures:
        print(f"{one.measure}: {one.measured} (to reach {one.reach}; yardstick: {one.yardstick})")
        kept = [line for line in kept if not line.startswith(f"| {one.measure} |")] + [one.line]
    README.write_text(before + "\n".join([BEGIN, *HEAD, *sorted(kept), END]) + after)
