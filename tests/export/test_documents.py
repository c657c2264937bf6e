"""The readable files: what they say, to whom they say it, and that nothing in them runs."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from covertops.domain.vocabulary import Office, Stage
from covertops.export.coverage import sittings
from covertops.export.facts import package_facts
from covertops.export.record import read_record
from covertops.export.record_html import record_html
from tests.domain.playing import lapsed, make_world, play
from tests.domain.test_offices import acting
from tests.domain.world import INVESTIGATOR_1, SUPERVISOR_1, SUPERVISOR_3, World, a_department
from tests.export.making import Made, make_package, number_of, package_of, released, small_package

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)> =cmd|' /C calc'!A0 \u202egnp.exe"


def text(made: Made, path: str) -> str:
    """A file of the bag."""
    found = next(one for one in made.plan.members if one.path.endswith(path))
    return b"".join(found.chunks()).decode()


def coverage(made: Made) -> Any:
    """The coverage for programs."""
    return json.loads(text(made, "coverage.json"))


class Tags(HTMLParser):
    """Every tag of a page with its attributes; a parser of HTML, not a search for words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def hostile_world() -> World:
    """An operation whose people typed what would run somewhere."""
    world = play(make_world(Stage.ACTIVE), "add-account", INVESTIGATOR_1, {"handle": "=1+1", "platform": HOSTILE})
    answers = {"headline": HOSTILE[:90], "happened": HOSTILE, "counterpart": "@seller\u200b"}
    return play(world, "log-activity", INVESTIGATOR_1, answers)


def test_the_record_runs_nothing_and_loads_nothing() -> None:
    page = text(make_package(hostile_world()), "record.html")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    names = {name for name, _ in tags.found}
    assert names <= {
        *("html", "head", "meta", "title", "style", "body", "p", "h1", "h2", "h3", "dl", "dt", "dd", "ul", "li"),
        *("strong", "table", "thead", "tbody", "tr", "th", "td", "article", "a"),
    }
    attributes = {(name, value) for _, given in tags.found for name, value in given.items()}
    assert {name for name, _ in attributes} <= {
        *("lang", "charset", "content", "name", "http-equiv", "class", "id", "href", "scope"),
    }
    assert all(str(value).startswith("#entry-") for name, value in attributes if name == "href")
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in attributes
    assert "⟨U+202E⟩gnp.exe" in page
    assert "\u202e" not in page
    assert html.escape(HOSTILE[:25]) in page


def test_every_link_in_the_record_leads_to_an_entry() -> None:
    page = text(small_package(), "record.html")
    links = set(re.findall(r'href="#(entry-\d+)"', page))
    assert links
    assert links <= set(re.findall(r'id="(entry-\d+)"', page))


def test_the_record_is_in_order_and_says_who_acted_by_designation() -> None:
    made = small_package()
    page = text(made, "record.html")
    numbers = [int(found) for found in re.findall(r'<article id="entry-(\d+)"', page)]
    assert numbers == list(range(1, len(made.world.entries) + 1))
    assert "Investigator 1, as investigator" in page
    assert "By itself, as system" in page
    assert INVESTIGATOR_1 not in re.sub(r"<style>.*</style>", "", page, flags=re.DOTALL)
    assert SUPERVISOR_1 not in page
    for words in ("What this package proves", "What it does not prove", "CONTINUOUS", "This is not legal advice."):
        assert words in page


def test_true_names_stand_once_in_the_list_of_people_and_can_be_withheld() -> None:
    world = make_world(Stage.ACTIVE)
    number = next(it.number for it in world.entries if type(it.entry).__name__ == "PersonIntroduced")
    shown, hidden = make_package(world), make_package(world, f"{number} name: works undercover elsewhere")
    assert json.loads(text(shown, "record.json"))["people"][0]["name"] == "Investigator 1"
    assert json.loads(text(hidden, "record.json"))["people"][0]["name"] is None
    assert "<td>Withheld</td>" in text(hidden, "record.html")


def test_a_correction_is_printed_beside_what_it_corrects() -> None:
    made = small_package()
    page = text(made, "record.html")
    corrected, by = number_of(made, "ActivityLogged"), number_of(made, "EntryCorrected")
    article = page[page.index(f'id="entry-{corrected}"') : page.index(f'id="entry-{corrected + 1}"')]
    assert f'Corrected by <a href="#entry-{by}">' in article


def test_a_renderer_prints_every_disclosed_text_of_every_entry() -> None:
    made = small_package()
    package = made.package
    record = read_record(package.entries, package.policy, package.checkpoint, package.log_key)
    page = html.unescape(record_html(record, sittings(record)).decode())
    for item in record.items:
        assert item.kind is not None
        for name, value in item.values.items():
            if isinstance(value, str) and item.body and name not in ("by", "person") and " " in value:
                assert value in page, (item.number, name)


def test_an_authorized_activity_is_met_twice() -> None:
    (activity,) = coverage(small_package())["activities"]
    assert (activity["policy"]["met"], activity["department"]["met"]) == (True, True)
    assert activity["officer"] == "Investigator 1"
    assert "Policy 2.8: met" in text(small_package(), "coverage.txt")


def test_an_activity_during_a_suspension_is_not_met_by_the_department_and_says_why() -> None:
    world = play(make_world(Stage.ACTIVE), "suspend", SUPERVISOR_1).after(timedelta(minutes=5))
    made = make_package(play(world, "log-activity", INVESTIGATOR_1))
    (activity,) = coverage(made)["activities"]
    assert (activity["policy"]["met"], activity["department"]["met"]) == (True, False)
    words = text(made, "coverage.txt")
    assert "Policy 2.8: met\n  Department rules: NOT MET\n    - Not suspended: NOT MET (suspended by hand" in words
    assert "[Local setting: lapse suspends]" in words


def test_an_activity_after_the_authorization_ended_is_not_met_by_the_policy() -> None:
    world = lapsed(make_world(Stage.ACTIVE).after(timedelta(days=70)))
    made = make_package(play(world, "log-activity", INVESTIGATOR_1))
    (activity,) = coverage(made)["activities"]
    assert activity["policy"]["met"] is False
    assert "    - The Chief’s approval in force: NOT MET (it has ended) [Policy 2.8, IV.D.2]" in text(
        made, "coverage.txt"
    )


@pytest.mark.parametrize("line", ["5 ends_at: sealed by the court", "5 entry: another case", "10 answer: with counsel"])
def test_what_a_withheld_open_field_decides_is_not_determinable_from_this_copy(line: str) -> None:
    world = play(make_world(Stage.ACTIVE), "log-activity", INVESTIGATOR_1)
    made = make_package(world, line)
    (activity,) = coverage(made)["activities"]
    assert activity["determinable"] is False
    assert (activity["policy"]["met"], activity["department"]["met"]) == (None, None)
    assert "Policy 2.8: not determinable from this copy" in text(made, "coverage.txt")


def test_an_activity_whose_time_is_withheld_is_not_determinable() -> None:
    world = play(make_world(Stage.ACTIVE), "log-activity", INVESTIGATOR_1)
    number = next(it.number for it in world.entries if type(it.entry).__name__ == "ActivityLogged")
    made = make_package(world, f"{number} started_at: another case")
    (activity,) = coverage(made)["activities"]
    assert activity == {
        "entry": number,
        "recorded_at": activity["recorded_at"],
        "determinable": False,
    }
    assert "not determinable from this copy: when it was" in text(made, "coverage.txt")
    assert "Not determinable from this copy." in text(made, "record.html")


def test_a_withheld_entry_may_be_an_activity_and_the_paper_says_so() -> None:
    world = play(make_world(Stage.ACTIVE), "log-activity", INVESTIGATOR_1)
    number = next(it.number for it in world.entries if type(it.entry).__name__ == "ActivityLogged")
    made = make_package(world, f"{number} entry: another case")
    assert coverage(made)["activities"] == []
    assert coverage(made)["entries_withheld_as_a_whole"] == [number]
    assert f"whether they are activities: {number}." in text(made, "coverage.txt")
    assert "Withheld: another case" in text(made, "record.html")


def test_the_dictionary_describes_the_kinds_in_the_package_and_no_others() -> None:
    made = small_package()
    kinds = json.loads(text(made, "dictionary.json"))["kinds"]
    present = {item["kind"] for item in json.loads(text(made, "record.json"))["entries"]}
    assert {kind["name"] for kind in kinds} == present
    fields = {kind["name"]: {field["name"]: field for field in kind["fields"]} for kind in kinds}
    assert fields["authorization.granted"]["ends_at"]["class"] == "open"
    assert fields["request.submitted"]["conduct"]["options"]["look"] == "Look only"
    assert fields["request.submitted"]["days"]["unit"] == "days"


def test_the_inventory_tells_who_had_a_capture() -> None:
    item = json.loads(text(small_package(), "inventory.json"))["items"][0]
    assert [(one["what"], one["by"]) for one in item["custody"]] == [("received and sealed", "Investigator 1")]
    assert item == json.loads(text(small_package(), "EV-0001/intake.json"))


def test_a_chief_who_first_appears_by_the_release_is_named_after_it_and_in_the_package() -> None:
    acting = a_department(((SUPERVISOR_3, Office.CHIEF),))
    world = released(replace(make_world(Stage.ACTIVE), department=acting), chief=SUPERVISOR_3)
    package, _ = package_of(world, {})
    record = read_record(package.entries, package.policy, package.checkpoint, package.log_key)
    assert record.release.number == len(record.items) - 1
    assert record.called[SUPERVISOR_3] == "Chief of Police 2"
    assert ("Released by", "Chief of Police 2") in package_facts(record)


def test_what_an_acting_chief_did_is_printed_as_an_acting_chiefs() -> None:
    world = replace(make_world(Stage.ACTIVE), department=acting(person=SUPERVISOR_3))
    made = make_package(play(world, "suspend", SUPERVISOR_3))
    page = text(made, "record.html")
    assert "Acting Chief, as acting chief" in page
    assert "Chief of Police, as chief" in page
    suspended = next(one for one in json.loads(text(made, "record.json"))["entries"] if one["office"] == "acting chief")
    assert suspended["kind"] == "operation.suspended"
