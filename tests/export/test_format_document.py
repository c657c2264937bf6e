"""FORMAT.md lists every file that a package has, and no other."""

from __future__ import annotations

import importlib.resources
import re

from covertops.export.names import department_path, department_proof_path
from tests.export.making import small_package


def listed() -> set[str]:
    """The paths in the layout, those of several files with their numbers as in the example."""
    text = importlib.resources.files("covertops.export").joinpath("FORMAT.md").read_text()
    block = text.split("## Layout")[1].split("## What is shown")[0]
    found: set[str] = set()
    for line in block.splitlines():
        if line.startswith("    ") and not line.startswith("    EXP"):
            first, *more = re.findall(r"\S+", re.split(r"\s{3,}", line.strip())[0])
            folder = first.rpartition("/")[0]
            found |= {first, *(f"{folder}/{name}".lstrip("/") for name in more)}
    return found


def test_the_layout_in_the_document_is_that_of_a_package() -> None:
    paths = {one.path.partition(".bag/")[2] for one in small_package().plan.members}
    numbered = {re.sub(r"\d{6}", "000001", path) for path in paths}
    without_second = {path for path in numbered if "EV-0002" not in path}
    # A package has entries of the department where somebody of it has a passkey.
    department = {department_path(1), department_proof_path(1)}
    assert without_second - {""} | department == listed()
