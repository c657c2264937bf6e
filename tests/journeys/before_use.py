"""From the request to the activation, each step by its own person on the pages."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.joining import AGAIN
from tests.journeys.people import INVESTIGATOR, RELIEF, SUPERVISOR
from tests.journeys.visiting import Visitor, local, moment

MATTER = "Bicycles taken from garden sheds"
PROSECUTOR, CITY = "prosecuting attorney", "city attorney"
SECRET = {PROSECUTOR: "The numbers carry the case.", CITY: "Expect a records request."}
QUESTIONS = {
    "1. Admissibility": PROSECUTOR,
    "2. Preservation for prosecution": PROSECUTOR,
    "3. Open government": CITY,
    "4. Records retention": CITY,
}
REQUEST = {
    "The matter in one line": MATTER,
    "Case": "26-004518",
    "Offense, and the facts that give reasonable suspicion": "Theft. Four bicycles were offered within a day.",
    "What is needed, and why not openly?": "To see closed listings. The seller removes them when asked openly.",
    "Platform": "PhotoMarket",
    "Undercover identity": "“Casey R.”, age 30, drawn picture",
    "Handle, if known": "@casey-r-example",
}


def sign(visitor: Visitor) -> None:
    """Read back and sign, with the password given again."""
    visitor.sees("What will be on record", "What your signature will mean")
    visitor.type(AGAIN, visitor.someone.password)
    visitor.press("Sign and put on record")


def next_task(visitor: Visitor, button: str) -> None:
    """Open the act that waits under My work."""
    visitor.go("/")
    visitor.press(button, role="link", exact=False)


def act(visitor: Visitor, operation: str, name: str) -> None:
    """Open an act from the operation's page."""
    visitor.go(operation)
    visitor.follow(name)


def begin(investigator: Visitor) -> None:
    """Begin a request, leave it, and find it again as it was typed."""
    next_task(investigator, "Request an undercover profile")
    page = investigator.page
    investigator.choose("What will be done?", "Contact people")
    detail = page.get_by_label("Who, and how is it limited?")
    expect(detail).to_be_hidden()
    investigator.tick("Other people affected")
    detail.fill("Buyers who comment on listings.")
    investigator.type("Why this much?", "One question to one seller.")
    investigator.answer(REQUEST)
    expect(page.get_by_text("Draft kept at")).to_be_visible()
    investigator.go("/")
    investigator.sees("Go on with", "Not begun yet")
    investigator.follow("Request an undercover profile")
    expect(page.get_by_label("The matter in one line")).to_have_value(MATTER)
    expect(detail).to_have_value("Buyers who comment on listings.")


def ask(investigator: Visitor) -> str:
    """Send the request, the first time with an answer that cannot be taken; the operation's address."""
    page = investigator.page
    investigator.type("Days asked for", "120")
    investigator.pick("Proposed supervisor", f"^{SUPERVISOR.name}$")
    investigator.press("Send to the Chief", 422)
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("One answer needs another look")
    assert page.title().startswith("Error: ")
    summary.get_by_role("link").click()
    expect(page.get_by_label("Days asked for")).to_be_focused()
    expect(page.get_by_label("The matter in one line")).to_have_value(MATTER)
    investigator.type("Days asked for", "30")
    investigator.press("Send to the Chief")
    investigator.sees("Put on record as entry 1. Now waiting for the Chief.")
    return investigator.path


def give_back(chief: Visitor) -> None:
    """The Chief returns the request with what is missing. A start is asked for on a day, not at its midnight."""
    chief.go("/")
    waiting = chief.page.locator(".when").filter(has_text="Start asked for")
    expect(waiting.locator("time")).to_have_text(f"{local():%b} {local().day}")
    next_task(chief, "Read and decide")
    chief.sees("Ticked", "Buyers who comment on listings.")
    chief.choose("I decide", "Returned")
    chief.type("In your own words", "Say which reports the numbers match.")
    chief.press("Read back and sign")
    chief.sees(f"Now waiting for {INVESTIGATOR.name}.")


def ask_again(investigator: Visitor) -> None:
    """The request comes back with the words it had, is changed, and is sent again."""
    next_task(investigator, "Change and send again")
    offense = investigator.page.get_by_label("Offense, and the facts that give reasonable suspicion")
    expect(offense).to_have_value(REQUEST["Offense, and the facts that give reasonable suspicion"])
    offense.fill("Theft. Two frame numbers match reports 26-004402 and 26-004431.")
    investigator.press("Send to the Chief")
    investigator.sees("Now waiting for the Chief.")


def assign(chief: Visitor, operation: str) -> None:
    """The Chief assigns who monitors, before deciding."""
    act(chief, operation, "Assign a supervisor")
    chief.pick("Supervisor", f"^{SUPERVISOR.name}$")
    chief.pick("Relief supervisor", f"^{RELIEF.name}$")
    chief.press("Read back and sign")
    sign(chief)
    chief.sees("Put on record as entry")


def authorize(chief: Visitor) -> None:
    """The Chief authorizes; a wrong password signs nothing."""
    next_task(chief, "Read and decide")
    chief.choose("I decide", "Authorized")
    chief.answer(
        {
            "In your own words": "Two frame numbers tie this seller to our reports. I authorize one conversation.",
            "May do, and about whom": "Look at the seller’s listings; one conversation about frame numbers.",
            "May not do": "No purchase. No meeting.",
        }
    )
    chief.choose("Does your decision change what the request says?", "No")
    chief.choose("Are you directly involved in this investigation?", "No")
    chief.press("Read back and sign")
    chief.sees("I authorize one conversation.", "No purchase. No meeting.")
    chief.type(AGAIN, "not the password")
    chief.press("Sign and put on record", 422)
    chief.sees("This is not your password. Type it again.")
    sign(chief)
    chief.sees("Authorized, not active")


def cannot_activate_yet(supervisor: Visitor, operation: str) -> None:
    """Activation says everything that is missing, each with its rule and remedy."""
    supervisor.go(operation)
    row = supervisor.page.locator(".act-row").filter(has=supervisor.page.get_by_role("button", name="Activate"))
    button = row.get_by_role("button", name="Activate")
    expect(button).to_have_attribute("aria-disabled", "true")
    for words in (
        "Not yet possible",
        "Prosecuting attorney",
        "City attorney",
        "Officer’s promise made",
        "Remedy: Supervisor 2 ",
    ):
        expect(row).to_contain_text(words)
    supervisor.go(f"{operation}/activate", 409)
    supervisor.sees("Not yet possible")


def promise(investigator: Visitor) -> None:
    """The officer makes the promise."""
    next_task(investigator, "Read and promise")
    for box in investigator.page.get_by_role("group", name="I promise").get_by_role("checkbox").all():
        box.check()
    investigator.choose("Device", "A department device")
    investigator.press("Make the officer’s promise")
    investigator.sees("Officer’s promise made")


def try_to_reach(supervisor: Visitor, operation: str) -> None:
    """An attorney who was called and not reached."""
    act(supervisor, operation, "Record an attempt to reach an attorney")
    supervisor.choose("Office", "City attorney")
    supervisor.answer({"Attorney, and how to reach them": "City Attorney 1, ext. 0007", "When": moment(-30)})
    supervisor.pick("How", "By telephone")
    supervisor.type("What came of it", "In court; calls back.")
    supervisor.press("Record an attempt to reach an attorney")
    supervisor.sees("City attorney tried, no answer")


def consult(supervisor: Visitor, operation: str, office: str) -> str:
    """The contact with the attorney of one office, who determines what is theirs; the address of the entry."""
    act(supervisor, operation, "Record the contact with an attorney")
    expect(supervisor.page.get_by_role("heading", name=f"Record the contact with the {office}")).to_be_visible()
    supervisor.answer({"Attorney, and how to reach them": "Attorney 1, ext. 0142", "When": moment(-5)})
    supervisor.pick("How", "telephone")
    for box in supervisor.page.get_by_role("group", name="What was shown").get_by_role("checkbox").all():
        box.check()
    supervisor.choose("Answer", "Given")
    for question, whose in QUESTIONS.items():
        supervisor.choose(question, "Determined" if whose == office else "Referred")
    for box in supervisor.page.get_by_label("Instruction", exact=True).filter(visible=True).all():
        box.fill("Keep the original file of every capture.")
    if office == CITY:
        supervisor.type("Retention series, and period", "Two years after the case is closed")
    supervisor.type("What counsel said", SECRET[office])
    supervisor.press("Read back and sign")
    supervisor.sees("Privileged", SECRET[office])
    sign(supervisor)
    supervisor.follow(f"{office.capitalize()} contacted")
    supervisor.sees(SECRET[office])
    return supervisor.path


def does_not_see_advice(investigator: Visitor, entry: str, office: str) -> None:
    """The officer reads the facts of a contact, and nothing of what counsel said."""
    investigator.go(entry)
    investigator.sees("Keep the original file of every capture.")
    for words in (SECRET[office], "Privileged"):
        assert words not in investigator.page.content()


def activate(supervisor: Visitor) -> None:
    """Every gate is met: the supervisor activates."""
    next_task(supervisor, "Check and activate")
    supervisor.press("Read back and sign")
    sign(supervisor)
    expect(supervisor.page.locator("h1 .tag")).to_have_text("Active")
    answers(supervisor, "Requirements met", "Met")


def is_told_by_name(visitor: Visitor, operation: str, elsewhere: str) -> None:
    """The page names the officer as the department does, and not as copies do, where that is another's name."""
    visitor.go(operation)
    visitor.sees(INVESTIGATOR.name)
    assert elsewhere not in visitor.words


def answers(visitor: Visitor, policy: str, department: str) -> None:
    """The two answers to "Was it authorized?" on the operation's page that is open."""
    found = visitor.page.locator(".two-answers > div")
    expect(found.nth(0)).to_contain_text("Policy 2.8")
    expect(found.nth(0).locator(".answer")).to_have_text(policy)
    expect(found.nth(1)).to_contain_text("Department rules")
    expect(found.nth(1).locator(".answer")).to_have_text(department)
