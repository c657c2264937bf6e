"""The first schema: the ledger with its append-only guards, what stands outside it, and the views.

The definitions are written out and not imported, because what a later version makes of them must not change what
this one did.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, **more: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), **({"nullable": False} | more))


def whole(name: str, **more: Any) -> sa.Column[int]:
    return sa.Column(name, WHOLE, **({"nullable": False} | more))


def data(name: str, **more: Any) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), **({"nullable": False} | more))


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def create(table: str, *items: Any, indexes: tuple[tuple[str, ...], ...] = ()) -> None:
    op.create_table(table, *items, sqlite_strict=True)
    for columns in indexes:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def create_the_ledger() -> None:
    create(
        "ledger_head",
        whole("id", autoincrement=False),
        text("origin"),
        text("department_stream"),
        text("access_stream"),
        whole("size"),
        data("frontier"),
        whole("checkpoints"),
        whole("last_time"),
        data("mac"),
        check("ledger_head", "one", "id = 1"),
        key("ledger_head", "id"),
    )
    create(
        "entry",
        whole("index", autoincrement=False),
        text("stream"),
        whole("number"),
        data("header"),
        check("entry", "index", '"index" >= 0'),
        check("entry", "number", "number >= 1"),
        key("entry", "index"),
        unique("entry", "stream", "number"),
    )
    create(
        "box",
        whole("entry_index", autoincrement=False),
        text("part"),
        data("wrapped_key"),
        data("sealed"),
        refers("box", "entry_index", "entry.index"),
        key("box", "entry_index", "part"),
    )
    create(
        "checkpoint",
        whole("size", autoincrement=False),
        whole("number"),
        text("note"),
        key("checkpoint", "size"),
        unique("checkpoint", "number"),
    )
    create("compartment", text("name"), data("wrapped_key"), key("compartment", "name"))
    create(
        "disposed",
        text("stream"),
        whole("entry_index"),
        refers("disposed", "entry_index", "entry.index"),
        key("disposed", "stream"),
    )


def create_what_stands_outside() -> None:
    create("secret", text("name"), data("wrapped"), key("secret", "name"))
    create(
        "session",
        text("id_hmac"),
        text("person_id"),
        whole("created_at"),
        whole("seen_at"),
        whole("authenticated_at", nullable=True),
        whole("ended_at", nullable=True),
        data("sealed", nullable=True),
        key("session", "id_hmac"),
        indexes=(("person_id",),),
    )
    create(
        "sign_in",
        text("person_id"),
        text("name_hmac"),
        text("password_phc", nullable=True),
        text("invitation_hmac", nullable=True),
        whole("invitation_expires_at", nullable=True),
        whole("disabled_at", nullable=True),
        whole("last_signed_in_at", nullable=True),
        key("sign_in", "person_id"),
        unique("sign_in", "name_hmac"),
        unique("sign_in", "invitation_hmac"),
    )
    create(
        "credential",
        text("id"),
        text("person_id"),
        text("kind"),
        data("sealed"),
        whole("counter"),
        whole("used_at", nullable=True),
        key("credential", "id"),
        indexes=(("person_id",),),
    )
    create("throttle", text("key"), whole("count"), whole("window_start"), key("throttle", "key"))
    create(
        "draft",
        text("id"),
        text("person_id"),
        text("kind"),
        text("operation_id"),
        whole("version"),
        data("sealed"),
        data("sealed_prosecutor", nullable=True),
        data("sealed_city", nullable=True),
        whole("updated_at"),
        key("draft", "id"),
        unique("draft", "person_id", "kind", "operation_id"),
        indexes=(("updated_at",),),
    )
    create(
        "pending_intent",
        text("id"),
        text("person_id"),
        text("operation_id"),
        text("act"),
        data("sealed"),
        data("sealed_prosecutor", nullable=True),
        data("sealed_city", nullable=True),
        whole("expires_at"),
        whole("stream_number"),
        text("previous", nullable=True),
        key("pending_intent", "id"),
        indexes=(("expires_at",),),
    )


def create_the_views() -> None:
    create(
        "operation_view",
        text("id"),
        text("reference", nullable=True),
        text("stage"),
        text("case_digest", nullable=True),
        data("sealed"),
        whole("last_number"),
        text("last_hash"),
        whole("updated_at"),
        whole("lapse_at", nullable=True),
        key("operation_view", "id"),
        unique("operation_view", "reference"),
        indexes=(("stage",), ("case_digest",), ("updated_at",), ("lapse_at",)),
    )
    create(
        "membership_view",
        text("operation_id"),
        text("person_id"),
        text("role"),
        key("membership_view", "operation_id", "person_id", "role"),
        indexes=(("person_id", "operation_id"),),
    )
    create(
        "task_view",
        text("operation_id"),
        text("code"),
        text("person_id"),
        text("office"),
        whole("entry", autoincrement=False),
        text("decision"),
        whole("since"),
        whole("until", nullable=True),
        key("task_view", "operation_id", "code", "person_id", "office", "entry"),
        indexes=(("person_id",), ("office",)),
    )
    create(
        "package_view",
        text("id"),
        text("operation_id"),
        text("reference"),
        text("state"),
        text("recipient", nullable=True),
        whole("prepared_at"),
        whole("released_at", nullable=True),
        key("package_view", "id"),
        unique("package_view", "reference"),
        indexes=(("operation_id",), ("recipient",)),
    )
    create(
        "lookup_view",
        text("kind"),
        text("digest"),
        text("operation_id"),
        key("lookup_view", "kind", "digest", "operation_id"),
        indexes=(("operation_id",),),
    )


# The guards. Only a row of `disposed` lets go of a stream's boxes and keys. -----------------------------------------

HEAD_GROWS = (
    "NEW.id = OLD.id AND NEW.origin = OLD.origin AND NEW.department_stream = OLD.department_stream"
    " AND NEW.access_stream = OLD.access_stream AND NEW.size > OLD.size AND NEW.checkpoints = OLD.checkpoints + 1"
    " AND NEW.last_time >= OLD.last_time"
)
BOX_IS_DISPOSED = (
    'EXISTS (SELECT 1 FROM disposed JOIN entry ON entry.stream = disposed.stream WHERE entry."index" = OLD.entry_index)'
)
COMPARTMENT_IS_DISPOSED = (
    "EXISTS (SELECT 1 FROM disposed WHERE OLD.name = 'operation/' || disposed.stream"
    " OR OLD.name LIKE 'operation/' || disposed.stream || '/%')"
)
# Table, statement, what allows the statement (nothing where it is None), and the trigger's name.
GUARDS: tuple[tuple[str, str, str | None, str], ...] = (
    ("ledger_head", "UPDATE", HEAD_GROWS, "ledger_head_only_grows"),
    ("ledger_head", "DELETE", None, "ledger_head_no_delete"),
    ("entry", "UPDATE", None, "entry_no_update"),
    ("entry", "DELETE", None, "entry_no_delete"),
    ("box", "UPDATE", None, "box_no_update"),
    ("box", "DELETE", BOX_IS_DISPOSED, "box_no_delete"),
    ("checkpoint", "UPDATE", None, "checkpoint_no_update"),
    ("checkpoint", "DELETE", None, "checkpoint_no_delete"),
    ("compartment", "UPDATE", "NEW.name = OLD.name", "compartment_no_rename"),
    ("compartment", "DELETE", COMPARTMENT_IS_DISPOSED, "compartment_no_delete"),
    ("disposed", "UPDATE", None, "disposed_no_update"),
    ("disposed", "DELETE", None, "disposed_no_delete"),
)
# What an INSERT must not find: SQLite's REPLACE would delete it, and past the DELETE trigger on a connection that has
# not set recursive_triggers.
TAKEN = {
    "ledger_head": "id > 0",
    "entry": '"index" = NEW."index" OR (stream = NEW.stream AND number = NEW.number)',
    "box": "entry_index = NEW.entry_index AND part = NEW.part",
    "checkpoint": "size = NEW.size OR number = NEW.number",
    "compartment": "name = NEW.name",
    "disposed": "stream = NEW.stream",
}


def refused(table: str, statement: str) -> str:
    return f"covertops keeps {table} append-only and refuses this {statement}"


def guard_sqlite() -> None:
    for table, statement, allowed, name in GUARDS:
        condition = f"WHEN NOT ({allowed})" if allowed else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {statement} ON {table} {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{refused(table, statement)}'); END"
        )
    for table, taken in TAKEN.items():
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})"
            f" BEGIN SELECT RAISE(ABORT, '{refused(table, 'second INSERT')}'); END"
        )


def guard_postgresql() -> None:
    for table, statement, allowed, name in GUARDS:
        row = "OLD" if statement == "DELETE" else "NEW"
        let_go = f"IF {allowed} THEN RETURN {row}; END IF;" if allowed else ""
        guard_with_a_function(
            table, name, f"BEFORE {statement} ON {table} FOR EACH ROW", let_go, refused(table, statement)
        )
    for table in TAKEN:
        timing = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        guard_with_a_function(table, f"{table}_no_truncate", timing, "", refused(table, "TRUNCATE"))


def guard_with_a_function(table: str, name: str, timing: str, let_go: str, words: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $guard$ BEGIN {let_go} RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation'; END $guard$"
    )
    op.execute(f"CREATE TRIGGER {name} {timing} EXECUTE FUNCTION {name}()")
    # ALWAYS, so that a session that plays a replica does not pass by it.
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def upgrade() -> None:
    create_the_ledger()
    create_what_stands_outside()
    create_the_views()
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


def downgrade() -> None:
    raise RuntimeError("nothing comes before the first schema: going back would destroy the record")
