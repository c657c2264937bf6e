"""Bring a database to the newest schema, from code and wherever the program was started."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from covertops.storage.errors import understanding

_MIGRATIONS = Path(__file__).parents[2] / "migrations"


def _configuration() -> Config:
    config = Config()
    # The option is interpolated, so that a percent sign in the installation's path has to be doubled.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def upgrade(url: str) -> None:
    """Run the migrations that the database at ``url`` lacks, each in one transaction: killed half-way, it starts again.

    Raises alembic's CommandError where the database is newer than this program, StorageError where it fails.
    """
    config = _configuration()
    config.attributes["url"] = url
    with understanding():
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the schema that this program was written for. Raises StorageError."""
    newest = set(ScriptDirectory.from_config(_configuration()).get_heads())
    with understanding(), engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == newest
