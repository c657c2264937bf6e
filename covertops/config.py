"""Where an installation keeps what it has, and how a process opens it.

An instance folder holds the keys, the sealed files and, unless ``COVERTOPS_DATABASE_URL`` names another, the database:

    covertops.sqlite · keys/master.key · files/<first two digits>/<id> · covertops.log
"""

from __future__ import annotations

import hmac
import importlib.resources
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from covertops.actions.installation import Installation
from covertops.domain.policy import parse_policy
from covertops.storage.errors import AlreadyFounded
from covertops.storage.files import FileStore
from covertops.storage.kept_secrets import NoSuchSecret, keep_secret, kept_secret
from covertops.storage.log_key import found
from covertops.storage.migrate import is_current, upgrade
from covertops.storage.unit_of_work import Store
from covertops.vault.keys import FileKeyProvider, Keyring

LOOKUP_SECRET: Final = "lookup-key"
WEB_SECRET: Final = "web-key"
DEFAULT_PORT: Final = 8000


class NotInstalled(Exception):
    """There is no installation at this place, or one that this program cannot serve as it stands."""


@dataclass(frozen=True)
class Paths:
    """The places of one installation. ``key_file`` may lie outside the data (a mounted secret)."""

    instance: Path
    database_url: str
    key_file: Path
    passphrase: str | None = None

    @classmethod
    def at(cls, instance: Path | str | None = None) -> Paths:
        """The places under ``instance``, or COVERTOPS_INSTANCE, or ``instance/``; the environment may move parts."""
        folder = Path(instance or os.environ.get("COVERTOPS_INSTANCE") or "instance").absolute()
        url = os.environ.get("COVERTOPS_DATABASE_URL") or f"sqlite:///{folder / 'covertops.sqlite'}"
        key_file = Path(os.environ.get("COVERTOPS_KEY_FILE") or folder / "keys" / "master.key")
        return cls(folder, url, key_file, os.environ.get("COVERTOPS_KEY_PASSPHRASE"))

    @property
    def files(self) -> Path:
        """The folder of the sealed files."""
        return self.instance / "files"

    @property
    def log(self) -> Path:
        """The application log."""
        return self.instance / "covertops.log"

    @property
    def installed(self) -> bool:
        """Whether a master key stands where this installation looks for it."""
        return self.key_file.exists()


def policy_bytes() -> bytes:
    """The policy file this program ships with, or the one COVERTOPS_POLICY names."""
    other = os.environ.get("COVERTOPS_POLICY")
    if other:
        return Path(other).read_bytes()
    return importlib.resources.files("covertops.domain").joinpath("palacios-2.8.toml").read_bytes()


def install(paths: Paths, origin: str | None = None) -> None:
    """Make the keys, the database and the log; safe to run again, and after a run that was cut off.

    Raises KeyFileError, and NotInstalled where a database is there and its key is not.
    """
    if not paths.installed:
        _refuse_orphans(paths)
        for folder in (paths.instance, paths.key_file.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        FileKeyProvider(paths.key_file, paths.passphrase).create()
    upgrade(paths.database_url)
    store = _open_store(paths)
    try:
        with suppress(AlreadyFounded):
            found(store, origin or f"covertops.invalid/{secrets.token_hex(8)}")
        for name in (LOOKUP_SECRET, WEB_SECRET):
            _keep_if_new(store, name)
    finally:
        store.close()


def _refuse_orphans(paths: Paths) -> None:
    database = paths.instance / "covertops.sqlite"
    if database.exists():
        message = f"{database} is there, but no key at {paths.key_file}: bring the key back, never make another"
        raise NotInstalled(message)


def _open_store(paths: Paths) -> Store:
    return Store.open(paths.database_url, Keyring(FileKeyProvider(paths.key_file, paths.passphrase).master()))


def _keep_if_new(store: Store, name: str) -> None:
    with store.write() as unit:
        try:
            kept_secret(unit.connection, store.keyring, name)
        except NoSuchSecret:
            keep_secret(unit.connection, store.keyring, name, secrets.token_bytes(32))


@dataclass(frozen=True)
class Opened:
    """An installation open in this process, with the key of its pages."""

    house: Installation
    web_key: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose of the pages (HMAC-SHA256 of its name under the web key)."""
        return hmac.digest(self.web_key, purpose.encode(), "sha256")


def open_installation(paths: Paths) -> Opened:
    """Open an installation in this process, after any fork.

    Raises NotInstalled where there is none, where the schema is another version's, or where the policy file is not the
    one that the Chief adopted on the record.
    """
    if not paths.installed:
        raise NotInstalled(f"no installation at {paths.instance}: run “covertops init” first")
    store = _open_store(paths)
    if not is_current(store.engine):
        raise NotInstalled("the database has another version’s schema: run “covertops init” to bring it up to date")
    with store.read() as unit:
        lookup_key = kept_secret(unit.connection, store.keyring, LOOKUP_SECRET)
        web_key = kept_secret(unit.connection, store.keyring, WEB_SECRET)
    house = Installation(store, FileStore(paths.files), parse_policy(policy_bytes()), lookup_key)
    with store.read() as unit:
        adopted = house.folds.department(unit).policy_digest
    if adopted and adopted != house.policy.digest:
        message = (
            f"the policy file has fingerprint {house.policy.digest[:16]}…, the Chief adopted {adopted[:16]}…: "
            "put the adopted file back"
        )
        raise NotInstalled(message)
    return Opened(house, web_key)
