"""The command line: install, serve, verify, and hand over; it asks nothing when its options are given."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from covertops.actions import checking, packages, set_up_token
from covertops.actions.housekeeping import put_away
from covertops.actions.people_list import invite_at_the_machine, people_rows, present_code
from covertops.config import DEFAULT_PORT, NotInstalled, Opened, Paths, install, open_installation
from covertops.demo.making import make_demo
from covertops.domain.refusals import Refusal
from covertops.ledger.checkpoint import read_unverified
from covertops.serving import serve
from covertops.storage.errors import StorageError
from covertops.vault.envelope import VaultError
from covertops.web.app import utc_now

P = ParamSpec("P")
R = TypeVar("R")

instance_option = click.option(
    "--instance",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="COVERTOPS_INSTANCE",
    default=Path("instance"),
    show_default=True,
    help="The folder of the installation.",
)
ENVIRONMENT = """\b
Settings in the environment:
  COVERTOPS_INSTANCE        the folder of the installation, as --instance
  COVERTOPS_DATABASE_URL    PostgreSQL instead of SQLite in that folder
  COVERTOPS_KEY_FILE        where the master key is, if not in that folder
  COVERTOPS_KEY_PASSPHRASE  opens a master key that is locked
  COVERTOPS_PORT            where “run” answers, as --port
"""
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for a script to read.")


def clear_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Say what went wrong in one line and exit with status 1, instead of a trace."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Refusal as refusal:
            for one in refusal.missing:
                click.echo(f"Not yet possible: {one.message}. {one.remedy}", err=True)
        except (NotInstalled, StorageError, VaultError, LookupError) as error:
            click.echo(f"covertops: {error}", err=True)
        sys.exit(1)

    return wrapped


def finish(ok: bool) -> NoReturn:
    """Exit with status 0 only when all is well."""
    sys.exit(0 if ok else 1)


def opened(instance: Path) -> Opened:
    """The installation at a folder."""
    return open_installation(Paths.at(instance))


def say(as_json: bool, data: dict[str, Any], lines: list[str]) -> None:
    """Print for a script or for a person."""
    click.echo(json.dumps(data, indent=2, sort_keys=True) if as_json else "\n".join(lines))


def called_here(program: Path) -> str:
    """How this program is called again from this folder: by its name where that finds it, else by the shorter path."""
    if shutil.which(program.name) == str(program.absolute()):
        return program.name
    here = Path.cwd()
    return str(program.absolute().relative_to(here)) if program.absolute().is_relative_to(here) else str(program)


class InOrder(click.Group):
    """Lists its commands in the order in which they are needed, and not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        """The names as they were added."""
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"]}, epilog=ENVIRONMENT)
@click.version_option(package_name="covertops")
def main() -> None:
    """The record of every covert social-media profile a department used.

    It never operates a profile and keeps no password to one. A new installation begins with “init”, then “run”.
    Every command ends with status 0 only when all is well and, where it checks, something was checked.
    """


@main.command(short_help="Make keys, database and record.")
@instance_option
@json_option
@click.option("--origin", help="The log's name for ever, such as police.example.gov/covertops; random if left out.")
@clear_errors
def init(instance: Path, as_json: bool, origin: str | None) -> None:
    """Make keys, database and record in the instance folder; safe to run again.

    It prints the log's key. Keep a copy of that line elsewhere: with it anybody can tell this department's packages
    from others. The master key (keys/master.key) opens everything: keep a copy of it away from the data.
    """
    install(Paths.at(instance), origin)
    house = opened(instance).house
    with house.store.read() as unit:
        verifier = unit.log_key.verifier
    data = {"instance": str(instance), "log_key": verifier}
    lines = [f"Installed in {instance}.", f"Log key (keep a copy elsewhere): {verifier}"]
    say(as_json, data, lines)


@main.command(short_help="Make a worked example to look at.")
@click.option(
    "--instance",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="COVERTOPS_INSTANCE",
    default=Path("instance/demo"),
    show_default=True,
    help="The folder to make the example in.",
)
@json_option
@clear_errors
def demo(instance: Path, as_json: bool) -> None:
    """Make a worked example: one operation in every stage and a released package.

    It does not serve: the last lines it prints say how to, who can sign in, and how to check the package. An example
    that is there already is found again; an installation in use is never made into one.
    """
    made = make_demo(Paths.at(instance), utc_now())
    say(as_json, made.as_data(), made.as_lines(called_here(Path(sys.argv[0]))))


@main.command(short_help="Serve the pages on this machine.")
@instance_option
@click.option(
    "--port",
    default=DEFAULT_PORT,
    show_default=True,
    envvar="COVERTOPS_PORT",
    help="Where it answers, here alone.",
)
@click.option("--workers", default=2, show_default=True, help="Processes; each has four threads.")
@clear_errors
def run(instance: Path, port: int, workers: int) -> None:
    """Serve the pages on this machine, at http://localhost:PORT, until Ctrl-C.

    Nobody can reach it from elsewhere: other machines come by a proxy on this one that speaks TLS. As long as nobody
    is set up, it prints the one-time token that the set-up page asks for.
    """
    paths = Paths.at(instance)
    house = open_installation(paths).house
    if set_up_token.set_up_needed(house):
        click.echo("Nobody is set up yet. Open the address below; the page asks for this one-time token:")
        click.echo(f"\n    {set_up_token.issue_token(house)}\n")
    for alarm in put_away(house, utc_now()).alarms:
        click.echo(f"ALARM: something among the sealed files is not ours: {alarm}", err=True)
    house.store.close()
    click.echo(f"Serving http://localhost:{port} (stop with Ctrl-C)")
    serve(paths, port, workers)


@main.command(short_help="Check the whole record and every file.")
@instance_option
@json_option
@click.option(
    "--checkpoint",
    "receipts",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A record receipt kept elsewhere; the record must have grown from it.",
)
@clear_errors
def verify(instance: Path, as_json: bool, receipts: tuple[Path, ...]) -> None:
    """Check the whole record: every entry, checkpoint, signature, view row and file.

    Whatever is wrong is named: which entry, row or file, and what was found there. With --checkpoint it also checks
    that the record has only grown since that receipt was handed out; give it again for several receipts.
    """
    house = opened(instance).house
    with _progress("entries") as tick:
        report = checking.check(house, [one.read_text() for one in receipts], tick)
    say(as_json, report.as_data(), report.as_lines())
    finish(report.ok)


class _progress:  # noqa: N801 - reads as a statement
    """Counts on standard error while something long runs, where somebody is watching."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.shown = sys.stderr.isatty()

    def __enter__(self) -> Callable[[int, int], None]:
        return self._tick

    def _tick(self, done: int, total: int) -> None:
        if self.shown and (done == total or done % 500 == 0):
            click.echo(f"\r{done} of {total} {self.noun}", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if self.shown:
            click.echo("", err=True)


@main.command(short_help="Make the lists anew from the record.")
@instance_option
@json_option
@clear_errors
def rebuild(instance: Path, as_json: bool) -> None:
    """Make every row that lists are drawn from anew. The record itself is never touched.

    Use it when “verify” names a row that differs from the record.
    """
    done = checking.rebuild(opened(instance).house)
    say(as_json, done, [f"{done['operations']} operations folded, {done['rows']} rows written."])


@main.command(short_help="Print the newest record receipt.")
@instance_option
@json_option
@clear_errors
def checkpoint(instance: Path, as_json: bool) -> None:
    """Print the newest record receipt: whoever holds it can hold the record to it.

    Give it to somebody outside, on paper or as a file. If an entry it covers is ever changed, taken out or put in,
    “verify --checkpoint FILE” says so.
    """
    note, verifier = checking.newest_checkpoint(opened(instance).house)
    found = read_unverified(note)
    data = {"checkpoint": note, "log_key": verifier, "size": found.size, "root": found.root.hex()}
    say(as_json, data, [note.rstrip("\n")])
    if not as_json:
        # Beside the receipt and not in it, so that what is kept in a file is the receipt and nothing else.
        click.echo(f"\nLog key: {verifier}", err=True)


@main.command(short_help="Write a released package.")
@instance_option
@json_option
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The ZIP file to write.")
@click.argument("reference", required=False)
@clear_errors
def package(instance: Path, as_json: bool, output: Path, reference: str | None) -> None:
    """Write a released package: the newest one, or the one with REFERENCE, such as EXP-2026-0003-1.

    What is not released yet is refused, and who has to release it is named. That a copy was written is put on record.
    """
    house = opened(instance).house
    written = packages.write(house, reference, output, utc_now())
    say(
        as_json,
        written,
        [
            f"{written['reference']} written to {output} ({written['size']} bytes).",
            f"Fingerprint: {written['manifest_sha256']}",
            f"Check it with: covertops verify-package {output}",
        ],
    )


@main.command(name="verify-package", short_help="Check a package, offline.")
@json_option
@click.option("--key", help="The log's key, as the department published it; without it the identity stays unproven.")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@clear_errors
def verify_package(path: Path, as_json: bool, key: str | None) -> None:
    """Check a package, as ZIP or folder, offline and without an installation.

    It checks every file and digest, the signed log, that no entry is missing, each signature, and the rules: for every
    activity whether the policy's and the department's requirements were met at that minute.
    """
    report = packages.verify(path, key)
    say(as_json, report.as_data(), report.as_lines())
    finish(report.ok)


@main.group(cls=InOrder, short_help="People with an account.")
def person() -> None:
    """People with an account; offices are given on the pages, by the Chief."""


@person.command(name="list", short_help="List everybody and their offices.")
@instance_option
@json_option
@clear_errors
def person_list(instance: Path, as_json: bool) -> None:
    """List everybody with an account, and the offices they hold now."""
    rows = people_rows(opened(instance).house, utc_now())
    lines = [f"{one['name']}  ({one['sign_in_name']})  {', '.join(one['offices']) or 'no office'}" for one in rows]
    say(as_json, {"people": rows}, lines or ["Nobody is set up yet: run “covertops run” and open the page it prints."])


@person.command(name="code", short_help="Print a present code, in a worked example.")
@instance_option
@json_option
@click.argument("sign_in_name")
@clear_errors
def person_code(instance: Path, as_json: bool, sign_in_name: str) -> None:
    """Print the one-time code of SIGN_IN_NAME, as a phone would show it; in a worked example only."""
    open_here = opened(instance)
    code = present_code(open_here.house, open_here.derive, sign_in_name, utc_now())
    say(as_json, {"code": code}, [f"{code}   good once, for a minute at most"])


@person.command(name="invite", short_help="Print a new one-time code.")
@instance_option
@json_option
@click.argument("sign_in_name")
@clear_errors
def person_invite(instance: Path, as_json: bool, sign_in_name: str) -> None:
    """Print a new one-time code with which SIGN_IN_NAME chooses a password (it ends their sessions)."""
    open_here = opened(instance)
    code, expires = invite_at_the_machine(open_here.house, open_here.derive, sign_in_name, utc_now())
    lines = [f"One-time code for {sign_in_name}: {code}", "Good for 7 days, on the page /join."]
    say(as_json, {"code": code, "expires_at": expires.isoformat()}, lines)
