"""The rules of this code base that no off-the-shelf tool checks; each function returns what breaks its rule.

They read source text and nothing else, so that `test_house_rules.py` can show each a sample which must be refused.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
EMPTY_NAMES = {"utils", "helpers", "common", "manager", "base"}

# Reading any of these gives a test and a court a different answer each time.
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
CLOCKS |= {("time", "time_ns"), ("time", "localtime"), ("time", "gmtime")}
UNPREDICTABLE = {"os", "random", "secrets", "tempfile", "time", "uuid"}

# What counts as a test having checked something besides a bare `assert`.
CHECKS = re.compile(r"^(raises|warns|fail|expect|(check|assert|expect|verify|refuse)_\w+)$")

REGISTRIES = re.compile(
    r"pypi\.(org|python)|pythonhosted\.|registry\.(npmjs|yarnpkg)|(deb|security)\.debian\.|crates\.io"
    r"|https?://\S*(/simple\b|packages\.|registry)|--(extra-)?index-url|--find-links",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(r"(?<![\w.$}])/(work|root|home)/\w")


def broad_excepts(source: str) -> list[str]:
    """An error is caught by its own name, or it is not understood."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and (
            node.type is None or _names(node.type) & {"Exception", "BaseException"}
        ):
            found.append(f"line {node.lineno}: a broad except")
        if isinstance(node, ast.Call) and _last_name(node.func) == "suppress":
            broad = [argument for argument in node.args if _names(argument) & {"Exception", "BaseException"}]
            found.extend(f"line {argument.lineno}: a broad suppress" for argument in broad)
    return found


def commits(source: str) -> list[str]:
    """What makes a transaction lasting: `.commit()`, COMMIT itself, and `.begin()`, whose block commits at its end."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"commit", "begin"}
        ):
            found.append(f"line {node.lineno}: .{node.func.attr}(")
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch(r"(?i)\s*commit\W*", node.value)
        ):
            found.append(f"line {node.lineno}: {node.value!r}")
    return found


def clock_reads(source: str) -> list[str]:
    """The present moment is an argument; a clock is named, called or not, only where the program begins."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in CLOCKS:
            found.append(f"line {node.lineno}: {_last_name(node.value)}.{node.attr}")
        if isinstance(node, ast.ImportFrom) and any((node.module, name.name) in CLOCKS for name in node.names):
            found.append(f"line {node.lineno}: a clock imported by name")
    return found


def impure_imports(source: str) -> list[str]:
    """The domain imports itself and the predictable part of the standard library."""
    found = []
    for line, module in _imports(source):
        top = module.partition(".")[0]
        ours = module == "covertops.domain" or module.startswith("covertops.domain.")
        if not ours and (top not in sys.stdlib_module_names or top in UNPREDICTABLE):
            found.append(f"line {line}: imports {module}")
    return found


def long_functions(source: str) -> list[str]:
    """The names of functions that are too long to be read at once."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]


def long_file(source: str) -> list[str]:
    """A file past the limit has two subjects."""
    lines = len(source.splitlines())
    return [f"{lines} lines"] if lines > LONGEST_FILE else []


def unfinished(source: str) -> list[str]:
    """Nothing is left to be written later, and no check vanishes under `python -O`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            found.append(f"line {node.lineno}: assert, which python -O removes")
        if isinstance(node, ast.Name) and node.id == "NotImplementedError":
            found.append(f"line {node.lineno}: NotImplementedError")
    return found


def tests_without_a_check(source: str) -> list[str]:
    """The names of test functions that cannot fail on what they find."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not any(_checks(inside) for inside in ast.walk(node))
    ]


def timed_assertions(source: str) -> list[str]:
    """A test compares no measured time: how fast a busy machine is says nothing about a rule."""
    clocks = {"perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time", "timeit"}
    return [
        f"line {node.lineno}: {_last_name(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute | ast.Name) and _last_name(node) in clocks
    ]


def registry_addresses(text: str) -> list[str]:
    """Where packages come from is each installation's own business."""
    return [f"line {number}: {line.strip()}" for number, line in _lines(text) if REGISTRIES.search(line)]


def machine_paths(text: str) -> list[str]:
    """A path of the machine a file was written on means nothing on the next."""
    return [f"line {number}: {line.strip()}" for number, line in _lines(text) if MACHINE_PATHS.search(line)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return enumerate(text.splitlines(), start=1)


def _imports(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _names(node: ast.expr) -> set[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return {_last_name(part) for part in parts}


def _checks(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return CHECKS.match(_last_name(node.func)) is not None
    return isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant)
