"""What the fork server of `children` imports: every deed, done once on an installation that is thrown away.

What the program reads or works out once in a process, its children have already. Nothing stays open: a connection
that a child shared with others would mix their answers.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.hostile.deeds import begin, keep_capture, look_and_go_on
from tests.hostile.houses import settle


def practise() -> None:
    """Do each deed once."""
    said: list[object] = []
    with TemporaryDirectory() as folder:
        place = settle(Path(folder) / "instance")
        for deed in (begin, keep_capture, look_and_go_on):
            deed(place, said.append)


practise()
