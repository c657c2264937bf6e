"""Pages of a list: which entries a page shows, and where the others are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paging:
    """Page ``number`` (from 1) of a list of ``total``; ``address`` ends in ``?`` or ``&``."""

    number: int
    size: int
    total: int
    address: str

    @property
    def pages(self) -> int:
        """How many pages there are; one at least."""
        return max(1, -(-self.total // self.size))

    @property
    def newer(self) -> str:
        """The address of the page before this one, or nothing."""
        return f"{self.address}page={self.number - 1}" if self.number > 1 else ""

    @property
    def older(self) -> str:
        """The address of the page after this one, or nothing."""
        return f"{self.address}page={self.number + 1}" if self.number < self.pages else ""

    @property
    def numbers(self) -> range:
        """The numbers of the entries of a stream on this page, the newest page first."""
        last = self.total - self.size * (self.number - 1)
        return range(max(1, last - self.size + 1), max(0, last) + 1)
