"""The golden package: one of format 1, as it was handed over once, so that it can be verified and rebuilt forever.

Once packages of this format have left a department, it never changes. Written anew before that, from the project's
folder, where the words of a document or a label of a declaration changed::

    python -m tests.export.golden_package
"""

from __future__ import annotations

import pathlib
import zipfile
from typing import Final

from covertops.domain.vocabulary import Stage
from tests.domain.playing import make_world, play
from tests.domain.world import INVESTIGATOR_1, refs
from tests.export.attacking import files_of
from tests.export.making import PNG, capture, make_package

PATH: Final = pathlib.Path(__file__).parent / "golden" / "EXP-2026-0001-1.zip"


def write() -> None:
    """Write the golden package, compressed, which makes no difference to what it is."""
    world = capture(make_world(Stage.ACTIVE), PNG, "image/png")
    world = play(world, "log-activity", INVESTIGATOR_1, {"captures": tuple(refs(world, "EvidencePreserved"))})
    made = make_package(world, "1 subject: not charged", "6 name: works undercover elsewhere", "8 entry: another case")
    with zipfile.ZipFile(PATH, "w") as archive:
        for path, data in files_of(made.plan).items():
            archive.writestr(zipfile.ZipInfo(path), data, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    write()
