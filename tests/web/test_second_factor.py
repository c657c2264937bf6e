"""The second factor through the pages, on a real installation: set up, given, replaced, lost."""

from __future__ import annotations

import re
from datetime import timedelta

from covertops.actions import department, offices
from covertops.actions.one_time_codes import code_at, step_at
from covertops.actions.second_factors import Factors
from covertops.actions.signing import PASSWORD as SIGNED
from covertops.storage import factor_store
from covertops.storage.ledger_read import read_stream
from tests.web.client import PageClient, form_of
from tests.web.department import PASSWORD
from tests.web.town import derive
from tests.web.town_pages import TownPages


def door(pages: TownPages) -> PageClient:
    """A browser in which nobody is signed in."""
    made = pages.app.test_client()
    assert isinstance(made, PageClient)
    return made


def with_password(pages: TownPages, name: str) -> PageClient:
    """A browser in which somebody gave their password."""
    client = door(pages)
    assert client.sign_in(name, PASSWORD, code="").status_code == 303
    return client


def secret_on(text: str) -> str:
    """The secret that a page shows in groups."""
    found = re.search(r'<p class="fingerprint">((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})</p>', text)
    assert found is not None, text
    return found[1].replace(" ", "")


def kinds(pages: TownPages) -> list[str]:
    """What stands on the department's record about second factors."""
    with pages.town.house.store.read() as unit:
        found = [one.kind for one in read_stream(unit, unit.streams.department, after=0, limit=500)]
    return [one for one in found if one.startswith(("factor", "recovery"))]


def test_a_phone_is_set_up_with_a_secret_of_the_server_and_signs_in_from_then_on(pages: TownPages):
    client = with_password(pages, "investigator-1")
    assert client.get("/operations").headers["Location"] == "/second-factor"
    assert "Codes on a phone" in client.get("/second-factor").text
    page = client.get("/second-factor/phone").text
    secret = secret_on(page)
    assert secret_on(client.get("/second-factor/phone").text) == secret  # looking changes nothing
    assert 'src="data:image/svg+xml' in page
    step = step_at(pages.town.clock())
    assert client.send("/second-factor/phone", {"code": code_at(secret, step + 9)}).status_code == 422
    assert kinds(pages) == []
    assert client.send("/second-factor/phone", {"code": code_at(secret, step)}).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    again = door(pages)
    assert again.sign_in("investigator-1", PASSWORD, code_at(secret, step)).status_code == 422  # it was used
    pages.town.clock.advance(timedelta(seconds=30))
    assert again.sign_in("investigator-1", PASSWORD, code_at(secret, step + 1)).status_code == 303
    assert again.get("/").status_code == 200
    assert kinds(pages) == ["factor.added"]


def test_who_has_a_factor_sets_up_another_only_with_it(pages: TownPages):
    codes = door(pages).first_sign_in("investigator-1")
    thief = with_password(pages, "investigator-1")
    for path in ("/second-factor/phone", "/second-factor/printed"):
        assert thief.get(path).headers["Location"] == "/second-factor"
        token = form_of(thief.get("/second-factor")).values["csrf_token"]
        sent = {"csrf_token": token, "code": "123456"}
        answer = thief.post(path, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.headers["Location"] == "/second-factor"
    owner = door(pages)
    assert owner.sign_in("investigator-1", PASSWORD, codes[0]).status_code == 303
    other = door(pages)
    assert other.sign_in("investigator-1", PASSWORD, codes[1]).status_code == 303
    secret = secret_on(owner.get("/second-factor/phone").text)
    pages.town.clock.advance(timedelta(minutes=11))
    stale = owner.get("/second-factor/phone")
    assert "more than ten minutes ago" in stale.text
    back = owner.send("/again?next=/second-factor/phone", {"password": PASSWORD, "code": codes[2]})
    assert back.headers["Location"] == "/second-factor/phone"
    renewed = secret_on(owner.get("/second-factor/phone").text)
    assert renewed != secret
    code = code_at(renewed, step_at(pages.town.clock()))
    assert owner.send("/second-factor/phone", {"code": code}).status_code == 303
    assert owner.get("/").status_code == 200
    assert other.get("/").status_code == 303  # every other sign-in of theirs ended


def test_the_action_that_keeps_a_factor_asks_again_whether_the_person_has_one(pages: TownPages):
    thief = with_password(pages, "investigator-1")
    codes = re.findall(r"<li>([A-Z2-9]{4}-[A-Z2-9]{4})</li>", thief.get("/second-factor/printed").text)
    values = form_of(thief.get("/second-factor/printed")).values
    door(pages).first_sign_in("investigator-1")  # the owner was faster, and ended what the thief had begun
    answer = thief.post(
        "/second-factor/printed", data={**values, "code": codes[0]}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code in (303, 401)
    assert thief.get("/").status_code == 303
    assert kinds(pages) == ["factor.added"]


def test_the_chief_is_shown_recovery_codes_once_and_their_use_is_shown_to_supervisors_and_auditors(pages: TownPages):
    chief = with_password(pages, "chief")
    sheet = re.findall(r"<li>([A-Z2-9]{4}-[A-Z2-9]{4})</li>", chief.get("/second-factor/printed").text)
    shown = chief.send("/second-factor/printed", {"code": sheet[0]}).text
    recovery = re.findall(r"<li>([A-Z2-9]{5}-[A-Z2-9]{5})</li>", shown)
    assert len(recovery) == 10
    assert recovery[0] not in chief.get("/second-factor/printed").text
    supervisor = pages.browser("supervisor-1")
    assert "recovery code" not in supervisor.get("/").text
    lost = door(pages)
    assert lost.sign_in("chief", PASSWORD, recovery[0]).status_code == 303
    assert lost.get("/").status_code == 200
    told = supervisor.get("/").text
    assert "signed in with a recovery code" in told
    assert "recovery code" not in pages.browser("investigator-1").get("/").text
    number = re.search(r"/recoveries/(\d+)/seen", told)
    assert number is not None
    assert supervisor.send("/", {}, to=f"/recoveries/{number[1]}/seen").status_code == 303
    assert "recovery code" not in supervisor.get("/").text
    assert "signed in with a recovery code" in pages.browser("supervisor-2").get("/").text
    assert door(pages).sign_in("chief", PASSWORD, recovery[0]).status_code == 422
    assert kinds(pages) == ["factor.added", "factor.added", "recovery.used", "recovery.seen"]


def test_ones_own_sign_ins_are_listed_and_each_other_one_can_be_signed_out(pages: TownPages):
    here, there = pages.browser("supervisor-1"), door(pages)
    with pages.town.house.store.write() as unit:
        pages_factors = Factors(pages.town.house, derive)
        codes = pages_factors.new_recovery_codes(unit, pages.town.people["supervisor-1"], pages.town.clock())
    there.environ_base["REMOTE_ADDR"] = "10.0.0.9"
    assert there.sign_in("supervisor-1", PASSWORD, codes[0]).status_code == 303
    text = here.get("/sign-ins").text
    assert (text.count("This browser"), "from 10.0.0.9" in text) == (1, True)
    (handle,) = re.findall(r"/sign-ins/([0-9a-f]+)/end", text)
    stranger = pages.browser("supervisor-2")
    token = form_of(stranger.get("/sign-ins"), "/sign-ins/recovery-codes").values["csrf_token"]
    sent = {"csrf_token": token}
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert stranger.post(f"/sign-ins/{handle}/end", data=sent, headers=headers).status_code == 404
    assert there.get("/").status_code == 200
    assert here.send("/sign-ins", {}, to=f"/sign-ins/{handle}/end").status_code == 303
    assert there.get("/").status_code == 303
    assert here.get("/").status_code == 200


def test_everybody_makes_recovery_codes_of_their_own_with_both_factors(pages: TownPages):
    browser = pages.browser("investigator-2")
    made = browser.send("/sign-ins", {}, to="/sign-ins/recovery-codes").text
    assert len(re.findall(r"<li>([A-Z2-9]{5}-[A-Z2-9]{5})</li>", made)) == 10
    pages.town.clock.advance(timedelta(minutes=11))
    late = browser.send("/sign-ins", {}, to="/sign-ins/recovery-codes")
    assert (late.status_code, "Prove once more" in late.text) == (401, True)


def joined(pages: TownPages, person: str, name: str) -> PageClient:
    """A browser in which somebody used a code that the administrator made, and gave the password they chose."""
    given = {"person": person}
    administrator, now = pages.town.people["administrator"], pages.town.clock()
    invited = department.invite(pages.town.house, derive, administrator, given, SIGNED, now)
    newcomer = door(pages)
    newcomer.accept_notice()
    chosen = "wide meadow copper nine"
    values = {"name": name, "code": invited.code, "password": chosen, "again": chosen}
    assert newcomer.send("/join", values).status_code == 303
    assert newcomer.send("/sign-in", {"name": name, "password": chosen}).status_code == 303
    return newcomer


def test_an_invitation_takes_nobodys_second_factor_away_and_the_chief_does(pages: TownPages):
    name, person = "investigator-1", pages.town.people["investigator-1"]
    door(pages).first_sign_in(name)
    newcomer = joined(pages, person, name)
    asked = newcomer.get("/second-factor").text
    assert ("Codes on a phone" in asked, "Ask the Chief" in asked) == (False, True)
    assert newcomer.get("/second-factor/phone").headers["Location"] == "/second-factor"
    values = {"person": person, "reason": "The phone fell into the bay.", "password": PASSWORD}
    assert pages.browser("chief").send("/people/reset-factor", values).status_code == 303
    newcomer.send("/sign-in", {"name": name, "password": "wide meadow copper nine"})
    assert "Codes on a phone" in newcomer.get("/second-factor").text


def test_an_invitation_takes_none_away_from_whoever_holds_no_office_yet_and_is_chief_tomorrow(pages: TownPages):
    town, given = pages.town, {"name": "Deputy Chief", "sign_in_name": "deputy"}
    administrator, now = town.people["administrator"], town.clock()
    person = department.open_account(town.house, derive, administrator, given, SIGNED, now).member.id
    term = {"person": person, "instrument": "Order 2026-20", "from_on": town.today(1), "until_on": town.today(5)}
    term["city_attorney_view"] = "City Attorney 1, today: this person may."
    offices.name_acting_chief(town.house, town.people["chief"], term, SIGNED, now)
    with town.house.store.write() as unit:
        factor_store.keep_codes(unit, person, factor_store.PRINTED, ["a" * 64])
    assert "Codes on a phone" not in joined(pages, person, "deputy").get("/second-factor").text


def test_the_chief_takes_a_lost_factor_away_from_another_and_never_their_own(pages: TownPages):
    door(pages).first_sign_in("supervisor-1")
    chief = pages.browser("chief")
    given = {"reason": "The phone fell into the bay.", "password": PASSWORD}
    own = chief.send("/people/reset-factor", given | {"person": pages.town.people["chief"]})
    assert (own.status_code, "cannot take away your own" in own.text) == (422, True)
    done = chief.send("/people/reset-factor", given | {"person": pages.town.people["supervisor-1"]})
    assert done.status_code == 303
    assert pages.browser("administrator").get("/people/reset-factor").status_code == 404
    assert "may set up another second factor" in pages.browser("supervisor-2").get("/").text
    assert "Codes on a phone" in with_password(pages, "supervisor-1").get("/second-factor").text


def test_a_password_signs_nothing_more_than_ten_minutes_after_both_factors(pages: TownPages):
    chief = door(pages)
    codes = chief.first_sign_in("chief")
    page, reason = "/people/end-office", "Moved on, with nine herons."
    values = {"person": pages.town.people["supervisor-2"], "held": "supervisor", "reason": reason}
    opened = form_of(chief.get(page), page).values
    pages.town.clock.advance(timedelta(minutes=11))
    sent = {**opened, **values, "password": PASSWORD}
    asked = chief.post(page, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert asked.status_code == 401
    held = form_of(asked, "/again").values
    proved = {**held, "password": PASSWORD, "code": codes[0]}
    back = chief.post("/again", data=proved, headers={"Sec-Fetch-Site": "same-origin"})
    again = form_of(back, page).values
    assert again["reason"] == reason
    assert "password" not in again
    refused = chief.post(page, data=again, headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 422  # signed with the password, which nothing carries along


def test_a_package_is_downloaded_within_ten_minutes_of_both_factors(pages: TownPages):
    browser = pages.browser("prosecutor")
    path = f"/packages/{'0' * 32}00000001/download"
    values = {"csrf_token": form_of(browser.get("/sign-ins"), "/sign-ins/recovery-codes").values["csrf_token"]}
    assert browser.post(path, data=values, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 404
    pages.town.clock.advance(timedelta(minutes=11))
    assert browser.post(path, data=values, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 401
