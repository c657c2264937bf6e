"""The table of figures in the README: each benchmark replaces its own lines and leaves the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
HEAD = ["| measure | yardstick in the same run | to reach | measured |", "|---|---|---|---|"]


@dataclass(frozen=True)
class Figure:
    """One measure against its yardstick. ``why`` says what the profile shows and what would reach it, if it did not."""

    measure: str
    yardstick: str
    reach: str
    measured: str
    reached: bool
    why: str = ""

    @property
    def verdict(self) -> str:
        """In a word or two."""
        return "reached" if self.reached else "**not reached**"

    @property
    def line(self) -> str:
        """The row of the table."""
        return f"| {self.measure} | {self.yardstick} | {self.reach} | {self.measured}: {self.verdict} |"

    @property
    def note(self) -> str:
        """The line below the table for a figure that was not reached."""
        return f"- *{self.measure}*: {self.why}"

    def names(self, line: str) -> bool:
        """Whether a line of the README is one of this measure."""
        return line.startswith((f"| {self.measure} |", f"- *{self.measure}*:"))


def publish(*figures: Figure) -> None:
    """Print the figures and put them into the README's table."""
    before, rest = README.read_text().split(BEGIN)
    inside, after = rest.split(END)
    kept = [line for line in inside.splitlines() if line.startswith(("| ", "- *")) and line not in HEAD]
    for one in figures:
        print(f"{one.measure}: {one.measured} (to reach {one.reach}; yardstick: {one.yardstick}): {one.verdict}")
        kept = [line for line in kept if not one.names(line)] + [one.line]
        if one.why and not one.reached:
            print(f"  {one.why}")
            kept.append(one.note)
    rows = sorted(line for line in kept if line.startswith("| "))
    notes = sorted(line for line in kept if line.startswith("- *"))
    lines = [*HEAD, *rows, *(["", *notes] if notes else [])]
    README.write_text(before + "\n".join([BEGIN, *lines, END]) + after)
