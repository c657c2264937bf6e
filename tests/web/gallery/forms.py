"""The forms of the gallery: every widget there is, filled as the pages of the look are."""

from __future__ import annotations

from covertops.web.forms import TICKED, Form, FormField, Option, RuleMark

CHIEF_ONLY = RuleMark("policy", "IV.D.2", "A profile, or postings to other sites, needs the Chief’s approval.")
SUPERVISED = RuleMark("policy", "IV.D.2", "A supervisor is assigned to monitor.")
PEOPLE = (Option("s1", "Supervisor 1"), Option("s2", "Supervisor 2"))


def ticks(
    *names_and_labels: tuple[str, str], ticked: tuple[str, ...] = (), rules: dict[str, RuleMark]
) -> list[FormField]:
    """The ticks under "Any of these?"."""
    return [
        FormField(
            name=name,
            widget="tick",
            label=label,
            group="Any of these?",
            value=TICKED if name in ticked else "",
            rule=rules.get(name),
            required=False,
        )
        for name, label in names_and_labels
    ]


REQUEST = Form(
    title="Request an undercover profile",
    action="/gallery/request",
    submit="Send to the Chief",
    draft_url="/gallery/draft",
    draft_kept="14:05",
    group_help={"Any of these?": "Each tick opens what is asked about it. None is a common answer."},
    fields=[
        FormField(
            name="conduct",
            widget="ticks",
            label="What will be done?",
            help="Looking only keeps this form short; the gates are the same.",
            options=(
                Option("look", "Look only"),
                Option("contact", "Contact people"),
                Option("post", "Post on others’ sites"),
            ),
            value=("contact",),
            rule=CHIEF_ONLY,
        ),
        FormField(
            name="case",
            widget="line",
            label="Case",
            help="Not assigned yet? Leave it empty and describe the matter below.",
            value="26-004518",
            width="w-mid",
            required=False,
        ),
        FormField(
            name="facts",
            widget="text",
            label="Offense, and the facts that give reasonable suspicion",
            help="What you know and how you know it.",
            rows=4,
            value="Theft. Four bicycles taken from garden sheds since August 28 were offered within a day by the same "
            "seller name on PhotoMarket. Serial numbers in two pictures match reports 26-004402 and 26-004431.",
            rule=RuleMark("practice", "", "Asked so that the decision can stand on facts."),
        ),
        FormField(
            name="need",
            widget="text",
            label="What is needed, and why not openly?",
            help="Say what less intrusive means were tried or would fail.",
            value="To see the seller’s closed listings and ask for one serial number. The seller removes listings when "
            "asked by unknown or official accounts.",
            rule=RuleMark("practice", "", "Need, and less intrusive means."),
        ),
        FormField(name="platform", widget="line", label="Platform", value="PhotoMarket", width="w-mid"),
        FormField(
            name="identity",
            widget="text",
            rows=2,
            label="Undercover identity",
            help="Display name, claimed age, e-mail, photograph; handle if known. Never a password.",
            value="“Casey R.”, age 30, photograph of Officer 5; account to be made",
        ),
        *ticks(
            ("minor", "A minor may be involved"),
            ("confidential", "Privileged or confidential matters"),
            ("press", "Press, clergy, a lawyer or an elected official"),
            ("protest", "Protest, religious or political activity"),
            ("real_person", "A real person’s photograph, name or account"),
            ("device", "A personally owned device"),
            ("others", "Other people affected"),
            ("risk", "A risk to the officer"),
            ticked=("real_person", "device", "others"),
            rules={
                "device": RuleMark("setting", "IV.B.5 applied here", "Personal device."),
                "others": RuleMark("practice", "", "Other people affected; why this much."),
            },
        ),
        FormField(
            name="whose",
            widget="line",
            label="Whose is it, and how was it obtained?",
            value="Photograph of Officer 5, taken at the department for this use",
            opened_by="real_person",
        ),
        FormField(
            name="consent",
            widget="select",
            label="Consent",
            options=(
                Option("written", "Written consent attached"),
                Option("spoken", "Spoken consent, dated"),
                Option("none", "No consent: explain"),
            ),
            value="written",
            opened_by="real_person",
        ),
        FormField(
            name="why_device",
            widget="line",
            label="Why no department device?",
            help="The Chief’s express written permission is part of the decision.",
            value="The department phone is out for repair until Nov 25",
            opened_by="device",
        ),
        FormField(
            name="who_else",
            widget="text",
            rows=2,
            label="Who, and how is it limited?",
            value="Other buyers who comment on listings. Their names are not noted; only the seller’s own posts are "
            "captured.",
            opened_by="others",
        ),
        FormField(
            name="why_this_much",
            widget="text",
            rows=2,
            label="Why this much?",
            value="One question to one seller, ten days of looking.",
            opened_by="others",
        ),
        FormField(
            name="officers", widget="line", label="Officers who will use it", value="Investigator 1", width="w-mid"
        ),
        FormField(name="start", widget="date", label="Start", value="2026-11-23"),
        FormField(
            name="duration",
            widget="number",
            label="Days asked for",
            unit="days",
            value="120",
            error="Enter 90 or fewer. Longer takes a renewal, with fresh facts.",
            rule=RuleMark("setting", "90 days at most", "The Chief may renew."),
        ),
        FormField(
            name="supervisor",
            widget="person",
            label="Proposed supervisor",
            help="Not you, and not an officer using the profile.",
            options=PEOPLE,
            value="s1",
            rule=SUPERVISED,
        ),
    ],
)

DECISION = Form(
    title="Your decision",
    action="/gallery/decide",
    submit="Read back and sign",
    draft_url="/gallery/draft",
    level=3,
    fields=[
        FormField(
            name="decision",
            widget="radios",
            label="I decide",
            options=(
                Option("authorized", "Authorized"),
                Option("returned", "Returned", "With what is missing; it comes back to you"),
                Option("denied", "Denied", "With reasons; kept on record"),
            ),
            value="authorized",
            rule=RuleMark("policy", "IV.D.2", "Only the Chief; nobody below may change it (V.B.3)."),
        ),
        FormField(
            name="words",
            widget="text",
            rows=5,
            label="In your own words",
            help="Must stand alone: what you rely on and why it is needed.",
            value="The inventory number ties this listing to the school. Open inquiry failed twice. I authorize "
            "looking at the seller’s listings and one conversation to fix a serial number, and nothing beyond it.",
        ),
        FormField(
            name="accounts",
            widget="line",
            label="Platform and accounts",
            heading="Scope",
            value="PhotoMarket; one account as “Robin T.”",
        ),
        FormField(
            name="may_not",
            widget="lines",
            rows=2,
            label="May not do",
            value="No purchase.\nNo contact with other members.",
        ),
        FormField(
            name="from_day",
            widget="date",
            label="From",
            value="2026-11-20",
            rule=RuleMark("setting", "90 days at most"),
        ),
        FormField(name="until_day", widget="date", label="Until midnight of", value="2026-12-04", beside=True),
        FormField(
            name="interval",
            widget="number",
            label="Review at least every",
            unit="days",
            value="7",
            rule=RuleMark("setting", "30 days at most"),
        ),
        FormField(
            name="relief",
            widget="person",
            label="Relief supervisor",
            help="Takes over by a signed act after reading the attorneys’ answers.",
            options=PEOPLE,
            value="s2",
            required=False,
            rule=RuleMark("practice", "", "Supervision without a gap."),
        ),
        FormField(
            name="involved",
            widget="radios",
            label="Are you directly involved in this investigation?",
            options=(Option("no", "No"), Option("yes", "Yes: say how")),
            value="no",
            rule=RuleMark("practice", "", "The decider stands outside the case where possible."),
        ),
        FormField(name="how_involved", widget="line", label="How?", opened_by="involved=yes"),
    ],
)

ACTIVITY = Form(
    title="New activity",
    action="/gallery/activity",
    submit="Put on record",
    draft_url="/gallery/draft",
    draft_kept="14:05",
    stale="Supervisor 1 added entry 9 while you were writing. What you typed is below, as it was.",
    fields=[
        FormField(
            name="day",
            widget="date",
            label="Date",
            value="2026-11-20",
            rule=RuleMark("policy", "IV.D.2", "What the supervisor monitors."),
        ),
        FormField(name="begun", widget="time", label="From", value="13:05", beside=True),
        FormField(name="done", widget="time", label="To", value="13:40", beside=True),
        FormField(
            name="account",
            widget="select",
            label="Account",
            options=(Option("a1", "NeighborPage, “Sam L.”"),),
            value="a1",
        ),
        FormField(
            name="operator",
            widget="radios",
            label="Who was at the keyboard",
            options=(Option("i1", "Investigator 1"), Option("i4", "Investigator 4")),
            value="i1",
        ),
        FormField(
            name="happened",
            widget="text",
            rows=4,
            label="What happened",
            help="Facts in order. No password or code, ever.",
            value="Looked at four posts offering to return lost dogs for a fee. Sent one message asking how to pay. "
            "The other side named a gift card and sent one picture.",
        ),
        FormField(
            name="counterpart", widget="line", label="Counterpart’s handle", value="@pet-finder-example", width="w-mid"
        ),
        FormField(
            name="outside",
            widget="radios",
            label="Outside the scope, or other people affected?",
            help="Scope: four pages named in entry 6; asking how to pay; no payment.",
            options=(
                Option("no", "No"),
                Option("yes", "Yes", "It is saved all the same, flagged, and comes to your supervisor"),
            ),
            value="no",
        ),
    ],
)

CONSULTATION = Form(
    title="Record the contact with the prosecuting attorney",
    action="/gallery/consultation",
    submit="Read back and sign",
    draft_url="/gallery/draft",
    fields=[
        FormField(
            name="office",
            widget="radios",
            label="Office",
            options=(Option("prosecutor", "Prosecuting attorney"), Option("city", "City attorney")),
            value="prosecutor",
            rule=RuleMark("policy", "IV.D.3", "The supervisor contacts both before operating."),
        ),
        FormField(
            name="attorney",
            widget="line",
            label="Attorney, and how to reach them",
            value="Assistant County Attorney 1, Example County, ext. 0142",
        ),
        FormField(name="contacted", widget="moment", label="When", value="2026-11-20T13:10"),
        FormField(
            name="how",
            widget="select",
            label="How",
            options=(Option("telephone", "By telephone; declined to write"), Option("writing", "In writing")),
            value="telephone",
            beside=True,
        ),
        FormField(
            name="shown",
            widget="entries",
            label="What was shown",
            help="By reference. What changes later is shown again before activation.",
            options=(Option("1", "Request, entry 1"), Option("4", "Authorization, entry 4")),
            value=("1", "4"),
        ),
        FormField(
            name="admissibility",
            widget="radios",
            label="1. Admissibility",
            heading="Four determinations",
            heading_help="Write each as your own instruction to the operation, not as counsel’s words.",
            options=(Option("determined", "Determined"), Option("referred", "Referred to the city attorney")),
            value="determined",
            rule=RuleMark("policy", "IV.D.3"),
        ),
        FormField(
            name="admissibility_words",
            widget="text",
            rows=2,
            label="Instruction",
            opened_by="admissibility=determined",
            value="Capture whole conversations, never single messages. Note who was at the keyboard each time.",
        ),
        FormField(
            name="present",
            widget="people",
            label="Who else took part",
            options=PEOPLE,
            required=False,
        ),
        FormField(
            name="advice",
            widget="text",
            rows=4,
            label="What counsel said",
            help="Optional. Nothing written here appears in the facts above.",
            required=False,
        ),
        FormField(name="earlier", widget="entry", label="Earlier attempt", options=(), required=False),
    ],
)
