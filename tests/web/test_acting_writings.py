"""What an attorney wrote, in the privileged frame: attached by the supervisor, read by few, found by nobody else."""

from __future__ import annotations

import pytest

from covertops.domain.vocabulary import Stage
from covertops.web.headers import FILE_POLICY
from tests.actions.test_writings import with_letters
from tests.web.test_acting_captures import Sending, told
from tests.web.town import Pages
from tests.web.town_pages import TownPages


def test_a_writing_is_attached_to_the_advice_and_shown_to_those_only_who_may_read_it(acting: Pages) -> None:
    supervisor = Sending(acting, Stage.AUTHORIZED, "supervisor-1")
    page = "log-consultation?office=city+attorney"
    assert "Attach a writing" in supervisor.browser.client.get(supervisor.page(page)).text
    letter = b"%PDF-1.7 For the city only."
    described = {"id": "one", "name": "Letter from the city attorney.pdf"}
    kept = told(supervisor.send(letter, described, to="writings/city"))
    assert kept["words"] == "PDF document"
    assert supervisor.send(letter, {"name": "x"}, to="writings/city").status_code == 400
    grant = acting.town.operation(supervisor.operation_id).grant
    assert grant is not None
    answers = acting.town.consultation("city attorney", grant.ref.number) | {"city_attorney_writings": [kept["id"]]}
    acting.town.act("log-consultation", supervisor.operation_id, "supervisor-1", answers)
    for reader in ("supervisor-1", "chief"):
        client = acting.browser(reader).client
        with client.get(supervisor.page(f"writings/{kept['id']}")) as answer:
            assert (answer.data, answer.headers["Content-Security-Policy"]) == (letter, FILE_POLICY)
    officer = acting.browser("investigator-1").client
    assert officer.get(supervisor.page(f"writings/{kept['id']}")).status_code == 404
    assert officer.get(supervisor.page(f"captures/{kept['id']}")).status_code == 404


def test_a_writing_that_the_form_refers_to_comes_back_with_it(acting: Pages) -> None:
    supervisor = Sending(acting, Stage.AUTHORIZED, "supervisor-1")
    kept = told(supervisor.send(b"%PDF-1.7", {"id": "one", "name": "a.pdf"}, to="writings/prosecutor"))
    page = supervisor.page("log-consultation?office=prosecuting+attorney")
    form = supervisor.browser.form(page)
    answer = supervisor.browser.post(page, form.typed({"attorney": "", "prosecutor_writings": [kept["id"]]}))
    assert answer.status_code == 422
    assert f'<input type="hidden" name="prosecutor_writings" value="{kept["id"]}">' in answer.text


@pytest.mark.parametrize(("person", "to"), [("investigator-1", "writings/city"), ("supervisor-1", "writings/nobody")])
def test_a_writing_is_taken_from_the_assigned_supervisor_and_for_an_attorney_only(
    acting: Pages, person: str, to: str
) -> None:
    sending = Sending(acting, Stage.AUTHORIZED, person)
    assert sending.send(b"x", {"id": "one", "name": "a.pdf"}, to=to).status_code == 404


def test_an_entrys_page_shows_a_writing_in_the_privileged_frame_and_to_nobody_else(pages: TownPages) -> None:
    operation_id, numbers = with_letters(pages.town)
    contacts = [one.ref.number for one in pages.town.operation(operation_id).contacts]
    for number in (*numbers.values(), *contacts):
        page = f"/operations/{operation_id}/entries/{number}"
        for reader in ("supervisor-1", "supervisor-2", "chief"):
            text = pages.browser(reader).get(page).text
            frame = text[text.index('class="privileged"') :].partition("</section>")[0]
            assert "Letter of the " in frame
            assert "Letter of the " not in text.replace(frame, "")
        assert "Letter of the " not in pages.browser("investigator-1").get(page).text
