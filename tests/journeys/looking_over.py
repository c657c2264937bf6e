"""What is wrong with a page to whoever cannot see it, or sees it on a phone: axe, and the width of the page."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RUN: Final = "async () => (await axe.run({resultTypes: ['violations']})).violations"
SHAPE: Final = """() => {
  const kinds = new Set(), ids = new Set(), twice = [], headings = [];
  for (const one of document.querySelectorAll("body, body *")) {
    const of = one.parentElement, names = [...one.attributes].map(each => each.name).join();
    kinds.add([of.tagName, of.getAttribute("class"), one.tagName, one.getAttribute("class"), names].join("|"));
    if (one.id && ids.has(one.id)) twice.push(one.id);
    ids.add(one.id);
    if (/^H[1-6]$/.test(one.tagName) && headings.at(-1) !== one.tagName) headings.push(one.tagName);
  }
  return [...[...kinds].sort(), "", ...twice, "", ...headings].join("\\n");
}"""
_examined: set[tuple[int, str]] = set()


def faults(page: Page) -> list[Any]:
    """What is wrong, as rule and places. A page built of the same parts at the same width is examined by axe once."""
    viewport = page.viewport_size
    assert viewport is not None
    width = viewport["width"]
    found: list[Any] = []
    if (wide := page.evaluate("document.scrollingElement.scrollWidth")) > width:
        found.append(f"{wide} wide in a window of {width}")
    shape = re.sub(r"[0-9a-f]*[0-9][0-9a-f]*", "0", page.evaluate(SHAPE))
    key = width, hashlib.sha256(shape.encode()).hexdigest()
    if key in _examined:
        return found
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found += [(one["id"], [node["target"] for node in one["nodes"]]) for one in page.evaluate(RUN)]
    if not found:
        _examined.add(key)
    return found
