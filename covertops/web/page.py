"""What the templates are given: plain data for the frame of a page and the parts that most pages share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from covertops.web.forms import Rule

Tone = Literal["ok", "wait", "stop", "turn", ""]


@dataclass(frozen=True)
class Tag:
    """A status: always a word with a shape. The tones are met, waiting, missing, your turn, and nothing yet.

    ``icon`` is ``check``, ``wait``, ``stop``, ``warn`` (late), ``ask`` (questioned), ``turn``, ``open`` (nothing yet).
    """

    word: str
    tone: Tone = ""
    icon: str = "open"


@dataclass(frozen=True)
class Crumb:
    """One step of where you are; the last one has no address."""

    label: str
    href: str = ""


@dataclass(frozen=True)
class Turn:
    """Whose turn it is. ``lead`` is bold; filled when it is the reader's own, tinted when it is another's."""

    lead: str
    words: str = ""
    yours: bool = False
    label: str = ""
    href: str = ""


@dataclass(frozen=True)
class Page:
    """The frame of one page. ``current`` is the label of the main navigation's item it belongs to."""

    title: str
    current: str = ""
    crumbs: Sequence[Crumb] = ()
    eyebrow: str = ""
    lead: str = ""
    tag: Tag | None = None
    turn: Turn | None = None
    printed: str = ""
    failed: bool = False
    """Whether answers need another look; the window's title then says so first."""


@dataclass(frozen=True)
class NavItem:
    """An item of the main navigation; ``count`` is what waits for the reader there."""

    label: str
    href: str
    count: int = 0


@dataclass(frozen=True)
class Frame:
    """What every page after sign-in shows around its content."""

    signed_in_as: str
    nav: Sequence[NavItem] = ()
    outside_copy: str = ""
    """For the footer, a sentence: how old the newest outside copy is."""
    rules_in_force: str = ""
    """For the footer, a sentence: which policy is in force since when."""
    settings_href: str = ""


@dataclass(frozen=True)
class Step:
    """One stage of the tracker: ``done``, ``now``, ``halted`` (now, but stopped) or to come (empty)."""

    name: str
    lines: Sequence[str] = ()
    state: Literal["done", "now", "halted", ""] = ""


@dataclass(frozen=True)
class Gate:
    """One thing that must be so: met, unmet or still open, and the remedy if it is not met."""

    state: Literal["met", "unmet", "open"]
    words: str
    note: str = ""
    remedy: str = ""
    href: str = ""


@dataclass(frozen=True)
class Answer:
    """One side of the two-answer box."""

    title: str
    yes: bool
    words: str
    gates: Sequence[Gate] = ()


class Obstacle(Protocol):
    """Why an act is not possible yet. What a refusal of the domain names has this shape."""

    @property
    def message(self) -> str:
        """What is missing."""
        ...

    @property
    def rule(self) -> Rule:
        """Which rule asks for it."""
        ...

    @property
    def remedy(self) -> str:
        """What to do about it, and who."""
        ...


@dataclass(frozen=True)
class Act:
    """Something that can be done, or not yet: then every obstacle is said beside the disabled button."""

    key: str
    label: str
    href: str = ""
    words: str = ""
    missing: Sequence[Obstacle] = ()
    tone: Literal["primary", "quiet", "danger-quiet"] = "quiet"


@dataclass(frozen=True)
class Capture:
    """A file of an activity: stored, on its way, stopped or failed."""

    name: str
    state: Literal["stored", "uploading", "failed"] = "stored"
    size: str = ""
    fingerprint: str = ""
    percent: int = 0
    words: str = ""
    id: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, and a link or a tag when it is one."""

    text: str = ""
    href: str = ""
    tag: Tag | None = None
    small: str = ""


NO_LABEL: Final = "\u00a0"
"""The shorter heading of a column whose cells say themselves what they are."""


@dataclass(frozen=True)
class Column:
    """A column: its heading and, for phones, a shorter one; ``number`` sets its cells to the right."""

    title: str
    short: str = ""
    number: bool = False


@dataclass(frozen=True)
class Table:
    """A plain table, which becomes a list on a phone. The first cell of a row is its heading."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]] = field(default_factory=tuple)
