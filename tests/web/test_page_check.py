"""The reader of pages sees what it is there to see: each fault in turn on a page that has no other."""

from __future__ import annotations

import pytest

from tests.web.page_check import problems_of

PAGE = '<!doctype html>\n<html lang="en"><head><title>T</title></head><body><main><h1>H</h1>{}</main></body></html>'


def test_a_page_without_a_fault_has_none():
    form = (
        '<form method="post" action="/a"><input type="hidden" name="csrf_token" value="x">'
        '<label for="q">Q</label><input id="q" name="q" type="text"><button type="submit">Go</button></form>'
    )
    assert problems_of(PAGE.format(form)) == []


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ("<p><div>x</div></p>", "<div> inside <p>"),
        ("<p>x", "closes"),
        ("</div>", "closes"),
        ('<p style="color:red">x</p>', "inline style"),
        ("<style>p{}</style>", "inline style"),
        ("<script>x</script>", "a script that is not a file"),
        ('<script src="https://evil.example/x.js"></script>', "a script that is not a file"),
        ('<p onclick="x">x</p>', "inline script"),
        ('<a href="https://evil.example/">x</a>', "leads elsewhere"),
        ('<a href="javascript:x">x</a>', "leads elsewhere"),
        ('<a href="//evil.example">x</a>', "leads elsewhere"),
        ('<a href="#nowhere">x</a>', "href points to nowhere"),
        ('<p id="a">x</p><p id="a">y</p>', "stands twice"),
        ("<h1>x</h1>", "2 <h1>"),
        ('<input type="text" name="q">', "has no label"),
        ('<label for="q">Q</label>', "a label for 'q'"),
        ('<p aria-describedby="q">x</p>', "aria-describedby points to q"),
        ("<fieldset></fieldset>", "without a legend"),
        ('<form method="post" action="/a"></form>', "without a token"),
        ('<form method="post" action=""><input type="hidden" name="csrf_token" value="x"></form>', "without a token"),
        ("<ul><p>x</p></ul>", "directly inside <ul>"),
        ("<li>x</li>", "<li> inside <main>"),
        ('<a href="/"><button type="button">x</button></a>', "inside another control"),
    ],
)
def test_each_fault_is_named(fault: str, named: str):
    found = problems_of(PAGE.format(fault))
    assert any(named in one for one in found), found


@pytest.mark.parametrize(
    "page", ["<p>x</p>", PAGE.format("").replace(' lang="en"', ""), PAGE.format("").replace("T", "")]
)
def test_a_page_has_a_language_and_a_title(page: str):
    assert problems_of(page) != []
