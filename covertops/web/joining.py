"""The form with which an invited person chooses a password."""

from __future__ import annotations

from collections.abc import Mapping

from covertops.web.forms import Form, FormField
from covertops.web.passwords import LEAST, MOST, RECOMMENDED, objection

PASSWORD_HELP = (
    f"{RECOMMENDED} characters or more are best, {LEAST} the least, {MOST} the most. Any characters; spaces too."
)
NAMES = ("name", "code", "password", "again")


def join_form(answers: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """The questions, with what was typed but for the passwords. The error under an empty name is the whole form's."""
    return Form(
        title="Choose your password",
        action="/join",
        submit="Set my password",
        errors=[errors[""]] if "" in errors else [],
        fields=[
            FormField(
                name="name",
                widget="line",
                label="Sign-in name",
                help="The administrator gave it to you with the code.",
                value=answers.get("name", ""),
                error=errors.get("name", ""),
                autocomplete="username",
            ),
            FormField(
                name="code",
                widget="line",
                label="One-time code",
                value=answers.get("code", ""),
                error=errors.get("code", ""),
                width="w-mid",
                autocomplete="off",
            ),
            FormField(
                name="password",
                widget="password",
                label="New password",
                help=PASSWORD_HELP,
                error=errors.get("password", ""),
                autocomplete="new-password",
            ),
            FormField(
                name="again",
                widget="password",
                label="The same password again",
                error=errors.get("again", ""),
                autocomplete="new-password",
            ),
        ],
    )


def read_join(sent: Mapping[str, str], department: str) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed, and what is wrong with it by question."""
    answers = {name: sent.get(name, "") for name in NAMES}
    errors = {name: "Fill this in." for name in ("name", "code") if not answers[name].strip()}
    errors |= password_errors(answers["password"], answers["again"], "password", "again", (department, answers["name"]))
    return answers, errors


def password_errors(
    password: str, again: str, name: str, again_name: str, words: tuple[str, ...] = ()
) -> dict[str, str]:
    """What is wrong with a chosen password, under the names of its two questions."""
    against = objection(password, words)
    if against:
        return {name: against}
    return {} if password == again else {again_name: "The two are not the same."}
