"""The form of the first minute: the department and the two people it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covertops.web.forms import Form, FormField
from covertops.web.joining import PASSWORD_HELP, password_errors
from covertops.web.passwords import Passwords
from covertops.web.services import FirstPeople, NewAccount

_LONGEST_NAME: Final = 100
_PEOPLE: Final = (("chief", "Chief of Police"), ("administrator", "Administrator"))


def set_up_form(answers: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """The questions, with what was typed but for the passwords."""
    fields = [
        FormField(
            name="token",
            widget="line",
            label="One-time token",
            help="Printed where the system was installed. It works once.",
            value=answers.get("token", ""),
            error=errors.get("token", ""),
            autocomplete="off",
        ),
        _line("department", "Department", "As it stands on letters.", answers, errors),
    ]
    for key, heading in _PEOPLE:
        fields += _person(key, heading, answers, errors)
    return Form(title="Set up", action="/set-up", submit="Set up the department", fields=fields)


def _line(
    name: str, label: str, hint: str, answers: Mapping[str, str], errors: Mapping[str, str], heading: str = ""
) -> FormField:
    return FormField(
        name=name,
        widget="line",
        label=label,
        help=hint,
        value=answers.get(name, ""),
        error=errors.get(name, ""),
        heading=heading,
        autocomplete="off",
    )


def _person(key: str, heading: str, answers: Mapping[str, str], errors: Mapping[str, str]) -> list[FormField]:
    return [
        _line(f"{key}_name", "Name", "As others see it here.", answers, errors, heading),
        _line(f"{key}_sign_in", "Sign-in name", "Typed at sign-in; known to them alone.", answers, errors),
        _password(f"{key}_password", "Password", PASSWORD_HELP, errors),
        _password(f"{key}_again", "The same password again", "", errors),
    ]


def _password(name: str, label: str, hint: str, errors: Mapping[str, str]) -> FormField:
    return FormField(
        name=name, widget="password", label=label, help=hint, error=errors.get(name, ""), autocomplete="new-password"
    )


def first_people(sent: Mapping[str, str], passwords: Passwords) -> tuple[FirstPeople | None, dict[str, str]]:
    """The department and its two people, or None and what is wrong by question."""
    errors = _line_errors(sent)
    for key, _ in _PEOPLE:
        words = (sent.get("department", ""), sent.get(f"{key}_name", ""), sent.get(f"{key}_sign_in", ""))
        password, again = sent.get(f"{key}_password", ""), sent.get(f"{key}_again", "")
        errors |= password_errors(password, again, f"{key}_password", f"{key}_again", words)
    if _same(sent, "sign_in"):
        errors.setdefault("administrator_sign_in", "The Chief and the administrator are two people: use two names.")
    if _same(sent, "password"):
        errors.setdefault("administrator_password", "The two people need two passwords.")
    if errors:
        return None, errors
    chief, administrator = (_account(sent, key, passwords) for key, _ in _PEOPLE)
    return FirstPeople(sent["department"].strip(), chief, administrator), {}


def _line_errors(sent: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    for name in ("token", "department", *(f"{key}_{part}" for key, _ in _PEOPLE for part in ("name", "sign_in"))):
        typed = sent.get(name, "").strip()
        if not typed:
            errors[name] = "Fill this in."
        elif len(typed) > _LONGEST_NAME:
            errors[name] = f"Use {_LONGEST_NAME} characters or fewer."
        elif not typed.isprintable():
            errors[name] = "Use letters, digits and punctuation only."
    return errors


def _same(sent: Mapping[str, str], part: str) -> bool:
    first, second = (" ".join(sent.get(f"{key}_{part}", "").casefold().split()) for key, _ in _PEOPLE)
    return bool(first) and first == second


def _account(sent: Mapping[str, str], key: str, passwords: Passwords) -> NewAccount:
    return NewAccount(
        sent[f"{key}_name"].strip(), sent[f"{key}_sign_in"].strip(), passwords.phc(sent[f"{key}_password"])
    )
