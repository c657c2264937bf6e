"""Every page's form is sent with every name that the server owns: nothing of it is taken, and nothing changes."""

from __future__ import annotations

import pytest

from covertops.domain.vocabulary import Stage
from tests.actions.test_unknown_fields import OWNED
from tests.web.department import PASSWORD
from tests.web.filling import forms_of
from tests.web.test_looking_changes_nothing import rows_of
from tests.web.town_pages import TownPages

FORMS = {
    "chief": ("/people/appoint", "/people/end-office", "/settings/change", "/concerns/new"),
    "administrator": ("/people/open-account", "/people/invite", "/people/release-account", "/people/close-account"),
    "supervisor-1": ("/checkpoint", "/operations/{}/suspend", "/operations/{}/log-consultation?office=city+attorney"),
    "investigator-1": ("/operations/new", "/operations/declare", "/operations/{}/log-activity"),
}
KEPT_APART = {"throttle", "session"}
"""What counts attempts and uses, and no answer."""


@pytest.mark.parametrize("person", FORMS)
def test_a_form_with_names_that_the_server_owns_changes_nothing(pages: TownPages, person: str):
    operation_id = pages.town.bring(Stage.ACTIVE)
    browser, sent = pages.browser(person), 0
    for path in (one.format(operation_id) for one in FORMS[person]):
        text = browser.get(path).text
        before = rows_of(pages)
        for form in forms_of(text):
            own = {name: ["1"] for name in OWNED - form.kinds.keys()}
            typed = {**form.values, **own, "password": [PASSWORD]}
            answer = browser.post(form.action, data=typed, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code in (400, 404, 405, 409, 422), (path, form.action, answer.status_code)
            sent += 1
        after = rows_of(pages)
        assert {name for name in before if before[name] != after[name]} <= KEPT_APART, path
    assert sent >= len(FORMS[person])
