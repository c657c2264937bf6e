"""The acting pages: from request to active by their forms, and nothing recorded before it is sent."""

from __future__ import annotations

from covertops.domain.vocabulary import Stage
from tests.web.town import Browser, Pages


def ask(acting: Pages, browser: Browser) -> str:
    """Send an ordinary request; the operation's id."""
    answer = browser.send("/operations/new", acting.town.request())  # type: ignore[arg-type]
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].split("/")[2].partition("?")[0]


def test_an_operation_goes_from_request_to_active_by_its_pages(acting: Pages) -> None:
    investigator, chief, supervisor = (acting.browser(one) for one in ("investigator-1", "chief", "supervisor-1"))
    operation_id = ask(acting, investigator)
    base = f"/operations/{operation_id}"
    words = {
        "decides": "grant-authorization",
        "decision": "The serial numbers are enough. I authorize looking and one conversation.",
        "conduct": "Look at the seller’s listings.",
        "prohibitions": "No purchase.",
        "changed": "no",
        "involved": "no",
    }
    assert chief.sign(f"{base}/grant-authorization", words).status_code == 303
    promise = {"device": "department", **dict.fromkeys(PROMISES, "yes")}
    assert investigator.send(f"{base}/make-promise", promise).status_code == 303
    for office in ("prosecuting attorney", "city attorney"):
        answers = acting.town.consultation(office, acting.town.operation(operation_id).grants[0].ref.number)
        form = {name: value for name, value in answers.items() if not name.endswith("_advice") or value}
        done = supervisor.sign(f"{base}/log-consultation?office={office.replace(' ', '+')}", form)  # type: ignore[arg-type]
        assert done.status_code == 303, done.text
    done = supervisor.sign(f"{base}/activate", {"note": ""})
    number = acting.town.operation(operation_id).activation
    assert done.headers["Location"] == f"{base}?entry={number}"
    assert acting.town.operation(operation_id).stage is Stage.ACTIVE


PROMISES = ("policy_read", "not_identified", "nothing_revealed", "no_likeness", "exposure_checked", "scope_understood")
