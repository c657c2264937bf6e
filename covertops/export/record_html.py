"""The record to read and to print: one page without script, picture or address, every word of the record escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from covertops.domain.declaration import Entry, EntryRef, Spec, Tick, specs_of
from covertops.domain.disclosure import ENTRY
from covertops.domain.entries.activity import ActivityLogged, EntryCorrected
from covertops.domain.entries.people import PersonIntroduced
from covertops.domain.vocabulary import Office
from covertops.export.coverage import Sitting, answer_lines
from covertops.export.facts import package_facts
from covertops.export.record import CopiedRecord, Item, is_shown, moment_of
from covertops.export.statements import CONTINUOUS, DOES_NOT_PROVE, LEGAL, PROVES
from covertops.export.words import local_words, rule_words, value_words, visible

_STYLE: Final = """
body { font: 11pt/1.45 Georgia, "Times New Roman", serif; color: #1b2430; background: #fff; margin: 2rem auto;
 max-width: 46rem; padding: 0 1rem; }
h1, h2, h3, .when, .rule { break-after: avoid; } h1, h2, h3 { line-height: 1.2; } h3 { margin: 0 0 .2rem; }
.marking { border: 2px solid #9c211d; padding: .3rem .6rem; font-weight: bold; }
article { border-top: 1px solid #757d86; padding: .7rem 0; }
article.turning { border-top: 3px solid #1b2430; }
dl { display: grid; grid-template-columns: 13rem 1fr; gap: .2rem 1rem; margin: .4rem 0; }
dt { color: #4a5562; grid-column: 1; } dd { margin: 0; grid-column: 2; white-space: pre-wrap; overflow-wrap: anywhere;
 break-inside: avoid; }
.when, .rule { color: #4a5562; margin: 0; } .withheld { font-style: italic; }
table { border-collapse: collapse; } th, td { border: 1px solid #757d86; padding: .2rem .5rem; text-align: left; }
@media print { body { margin: 0; max-width: none; } a { color: inherit; text-decoration: none; } }
@page { margin: 2cm; }
"""

_ALONE: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""The page may load nothing at all: opening it tells nobody that it was opened."""

_BESIDE: Final = ("by",)
_BESIDE_PERSON: Final = ("by", "person", "signature")
"""What is printed above the fields, or says only whom the entry is about, which the next line does in words."""


def record_html(record: CopiedRecord, found: Sequence[Sitting]) -> bytes:
    """The whole record as one HTML file."""
    return ("\n".join(_page(record, found)) + "\n").encode()


def _page(record: CopiedRecord, found: Sequence[Sitting]) -> Iterator[str]:
    title = f"Record of operation {record.operation.reference}, package {record.release.reference}"
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield '<head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(_ALONE)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_safe(title)}</title>"
    yield f"<style>{_STYLE}</style></head>"
    yield "<body>"
    yield '<p class="marking">Law enforcement sensitive. Contains undercover identities.</p>'
    yield f"<h1>{_safe(title)}</h1>"
    yield from _facts(record)
    yield from _reading()
    yield from _people(record)
    yield "<h2>The record, in order</h2>"
    answers = {one.it.number: one for one in found}
    corrections = _corrections(record)
    for item in record.items:
        yield from _article(item, record, answers.get(item.number), corrections.get(item.number, []))
    yield "</body></html>"


def _safe(text: str) -> str:
    return escape(visible(text))


def _facts(record: CopiedRecord) -> Iterator[str]:
    yield "<dl>"
    for label, words in package_facts(record):
        yield f"<dt>{_safe(label)}</dt><dd>{_safe(words)}</dd>"
    yield "</dl>"


def _reading() -> Iterator[str]:
    yield "<h2>How to read it</h2>"
    yield f"<p><strong>{_safe(CONTINUOUS)}</strong> {_safe(LEGAL)}</p>"
    yield "<p>Fields left empty are not printed here; record.json has every field. A field that is withheld is printed"
    yield "with the ground. Times are the department’s local time; entries show when they were recorded, and where it"
    yield "applies when the thing itself happened. Nothing is edited: a correction is an entry of its own.</p>"
    for heading, statements in (("What this package proves", PROVES), ("What it does not prove", DOES_NOT_PROVE)):
        yield f"<h3>{heading}</h3><ul>"
        yield from (f"<li>{_safe(one)}</li>" for one in statements)
        yield "</ul>"


def _people(record: CopiedRecord) -> Iterator[str]:
    yield "<h2>People in this record</h2>"
    yield '<table><thead><tr><th scope="col">Called here</th><th scope="col">Office</th>'
    yield '<th scope="col">Name</th></tr></thead><tbody>'
    for entry in record.introduced.values():
        name = entry.name if is_shown(entry.name) else "Withheld"
        yield f"<tr><td>{_safe(entry.designation)}</td><td>{_office(entry.held)}</td><td>{_safe(name)}</td></tr>"
    yield "</tbody></table>"


def _office(held: str) -> str:
    return _safe(Office(held).title)


def _corrections(record: CopiedRecord) -> dict[int, list[int]]:
    """Which entries correct an entry."""
    found: dict[int, list[int]] = {}
    for item in record.items:
        if item.it and isinstance(item.it.entry, EntryCorrected) and is_shown(item.it.entry.corrected):
            found.setdefault(item.it.entry.corrected.number, []).append(item.number)
    return found


def _article(item: Item, record: CopiedRecord, sitting: Sitting | None, corrected_by: list[int]) -> Iterator[str]:
    when = local_words(moment_of(item.header), record.zone)
    if item.it is None or item.kind is None or item.body is None:
        yield f'<article id="entry-{item.number}"><h3>{item.number}. Withheld entry</h3>'
        yield f'<p class="when">{_safe(when)}</p>'
        yield f'<p class="withheld">Withheld: {_safe(item.withheld[ENTRY])}</p></article>'
        return
    turning = ' class="turning"' if item.kind.turning else ""
    yield f'<article id="entry-{item.number}"{turning}><h3>{item.number}. {_safe(item.kind.title)}</h3>'
    who = record.called.get(item.it.entry.by or "", "By itself" if item.it.entry.by is None else "")
    yield f'<p class="when">{_safe(when)} · {_safe(who)}, as {_safe(item.body.office)}</p>'
    rules = "; ".join(rule_words(rule, record.rules.title) for rule in item.kind.rules)
    if rules:
        yield f'<p class="rule">{_safe(rules)}</p>'
    yield "<dl>"
    yield from _fields(item, item.it.entry, record)
    yield "</dl>"
    if isinstance(item.it.entry, ActivityLogged):
        yield from _authorized(sitting, record)
    for number in corrected_by:
        yield f'<p>Corrected by <a href="#entry-{number}">entry {number}</a>.</p>'
    yield "</article>"


def _fields(item: Item, entry: Entry, record: CopiedRecord) -> Iterator[str]:
    """Every field with a value or a ground; what was asked and not ticked on one line, or it would fill the page."""
    specs = specs_of(type(entry))
    left_off = [spec.label for name, spec in specs.items() if isinstance(spec, Tick) and getattr(entry, name) is False]
    beside = _BESIDE_PERSON if isinstance(entry, PersonIntroduced) else _BESIDE
    for name, spec in specs.items():
        value = getattr(entry, name)
        if name not in beside and not (isinstance(spec, Tick) and value is False):
            yield from _field(name, spec, value, item, record)
    if left_off:
        yield f"<dt>Asked and not ticked</dt><dd>{_safe('; '.join(left_off))}</dd>"


def _field(name: str, spec: Spec, value: object, item: Item, record: CopiedRecord) -> Iterator[str]:
    shown = value if isinstance(value, tuple) else (value,)
    lines = [_words(spec, one, record) for one in shown if one is not None and is_shown(one)]
    grounds = dict.fromkeys(ground for stored, ground in item.withheld.items() if stored.split("/")[0] == name)
    if lines or grounds:
        yield f"<dt>{_safe(spec.label)}</dt>"
    yield from (f"<dd>{line}</dd>" for line in lines)
    yield from (f'<dd class="withheld">Withheld: {_safe(ground)}</dd>' for ground in grounds)


def _words(spec: Spec, value: object, record: CopiedRecord) -> str:
    words = escape(value_words(spec, value, record.called, record.zone))
    if isinstance(value, EntryRef) and value.stream == record.operation.id:
        return f'<a href="#entry-{value.number}">{words}</a>'
    return words


def _authorized(sitting: Sitting | None, record: CopiedRecord) -> Iterator[str]:
    yield "<p><strong>Was it authorized?</strong></p><ul>"
    if sitting is None or sitting.answer is None:
        yield "<li>Not determinable from this copy.</li>"
    else:
        for answer in (sitting.answer.policy, sitting.answer.department):
            yield f"<li>{_safe(' '.join(line.strip() for line in answer_lines(answer, record.rules.title)))}</li>"
    yield "</ul>"
