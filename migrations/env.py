"""Runs the migrations on one database, in one transaction for each migration.

The caller names the database in the configuration's attributes: "connection", an open connection whose transaction is
the caller's, or "url". The `alembic` command, which has neither, takes COVERTOPS_DATABASE_URL. There is no default: a
migration that went to a database nobody named would be worse than none.
"""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import context
from alembic.util import CommandError

from covertops.storage import tables
from covertops.storage.engine import WRITE, make_engine


def database_url() -> str:
    """Return the address of the database to migrate; raises CommandError where none is named."""
    named = context.config.attributes.get("url") or os.environ.get("COVERTOPS_DATABASE_URL")
    if not named:
        raise CommandError("no database to migrate: set COVERTOPS_DATABASE_URL to its address, or run `covertops init`")
    return str(named)


def migrate(connection: sa.Connection) -> None:
    """Run the migrations asked for over `connection`."""
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        # SQLite alters a table only by copying it, which Alembic does when it works in batches.
        render_as_batch=connection.dialect.name == "sqlite",
        # Both databases undo DDL; Alembic expects that of PostgreSQL only, as Python's SQLite driver used not to.
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Migrate over the caller's connection where there is one, otherwise over one that is closed afterwards."""
    if context.is_offline_mode():
        raise CommandError("migrations read the database they change: there is no offline mode")
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    engine = make_engine(database_url())
    try:
        with engine.connect().execution_options(**{WRITE: True}) as connection:
            migrate(connection)
    finally:
        engine.dispose()


run()
