"""Every table: the ledger, what stands outside it, and the views that are folded from it.

Times are UTC microseconds since 1970 in both databases, ids are 128-bit hex. SQLite's tables are STRICT, so that both
databases refuse a value of the wrong type. Columns hold ids, dates, states, keyed digests and sealed bytes: nothing
else in clear.

A view's table says in its ``info`` what `views` needs to keep it: ``owner`` is the column that holds the operation's
id (None where the department owns every row), and a column marked ``sealed`` is given as JSON and stored sealed.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A STRICT table of SQLite knows INTEGER only, and INTEGER is the type of its row ids.
WHOLE: Final[TypeEngine[int]] = BigInteger().with_variant(Integer(), "sqlite")


def _table(name: str, *items: Any, **more: Any) -> Table:
    return Table(name, metadata, *items, sqlite_strict=True, **more)


def _text(name: str, **more: Any) -> Column[str]:
    return Column(name, Text(), **({"nullable": False} | more))


def _whole(name: str, **more: Any) -> Column[int]:
    return Column(name, WHOLE, **({"nullable": False} | more))


def _bytes(name: str, **more: Any) -> Column[bytes]:
    return Column(name, LargeBinary(), **({"nullable": False} | more))


# The ledger. Triggers let rows be added only (migration 0001, `guards`). ----------------------------------------

ledger_head: Final = _table(
    "ledger_head",
    # One row: locked first by every transaction that writes, it orders them and assigns index and number.
    Column("id", WHOLE, primary_key=True, autoincrement=False),
    _text("origin"),
    _text("department_stream"),
    _text("access_stream"),
    _whole("size"),
    _bytes("frontier"),
    _whole("checkpoints"),
    _whole("last_time"),
    # Over the other columns, under a key made from the log's: who can write here cannot make another head (`head`).
    _bytes("mac"),
    CheckConstraint("id = 1", name="one"),
)

entry: Final = _table(
    "entry",
    Column("index", WHOLE, primary_key=True, autoincrement=False),
    _text("stream"),
    _whole("number"),
    _bytes("header"),
    CheckConstraint('"index" >= 0', name="index"),
    CheckConstraint("number >= 1", name="number"),
    UniqueConstraint("stream", "number"),
)

box: Final = _table(
    "box",
    Column("entry_index", WHOLE, ForeignKey("entry.index"), primary_key=True, autoincrement=False),
    Column("part", Text(), primary_key=True),
    _bytes("wrapped_key"),
    _bytes("sealed"),
)

checkpoint: Final = _table(
    "checkpoint",
    Column("size", WHOLE, primary_key=True, autoincrement=False),
    # Counted from 1 without a gap, so that a row that was taken away leaves one.
    _whole("number", unique=True),
    _text("note"),
)

compartment: Final = _table("compartment", _text("name", primary_key=True), _bytes("wrapped_key"))

disposed: Final = _table(
    # A stream whose keys were destroyed, and the department's entry that says so. Only such a stream may lose boxes
    # and keys.
    "disposed",
    _text("stream", primary_key=True),
    Column("entry_index", WHOLE, ForeignKey("entry.index"), nullable=False),
)

# Outside the ledger --------------------------------------------------------------------------------------------------

secret: Final = _table("secret", _text("name", primary_key=True), _bytes("wrapped"))

session: Final = _table(
    "session",
    _text("id_hmac", primary_key=True),
    _text("person_id", index=True),
    _whole("created_at"),
    _whole("seen_at"),
    _whole("authenticated_at", nullable=True),
    _whole("ended_at", nullable=True),
    _bytes("sealed", nullable=True),
)

sign_in: Final = _table(
    "sign_in",
    _text("person_id", primary_key=True),
    _text("name_hmac", unique=True),
    _text("password_phc", nullable=True),
    _text("invitation_hmac", nullable=True, unique=True),
    _whole("invitation_expires_at", nullable=True),
    _whole("disabled_at", nullable=True),
    _whole("last_signed_in_at", nullable=True),
)

credential: Final = _table(
    "credential",
    _text("id", primary_key=True),
    _text("person_id", index=True),
    _text("kind"),
    _bytes("sealed"),
    # The last accepted step of a one-time code, or a passkey's sign count: an update must make it grow.
    _whole("counter"),
    _whole("used_at", nullable=True),
)

throttle: Final = _table("throttle", _text("key", primary_key=True), _whole("count"), _whole("window_start"))

draft: Final = _table(
    "draft",
    _text("id", primary_key=True),
    _text("person_id"),
    _text("kind"),
    # Empty, and not NULL, for a draft of no operation yet: NULLs differ from each other and escape the uniqueness.
    _text("operation_id"),
    _whole("version"),
    _bytes("sealed"),
    # What an attorney said, each under that attorney's own compartment.
    _bytes("sealed_prosecutor", nullable=True),
    _bytes("sealed_city", nullable=True),
    _whole("updated_at", index=True),
    UniqueConstraint("person_id", "kind", "operation_id"),
)

pending_intent: Final = _table(
    "pending_intent",
    _text("id", primary_key=True),
    _text("person_id"),
    _text("operation_id"),
    _text("act"),
    _bytes("sealed"),
    _bytes("sealed_prosecutor", nullable=True),
    _bytes("sealed_city", nullable=True),
    _whole("expires_at", index=True),
    _whole("stream_number"),
    _text("previous", nullable=True),
)

# Views ---------------------------------------------------------------------------------------------------------------

operation_view: Final = _table(
    "operation_view",
    _text("id", primary_key=True),
    _text("reference", nullable=True, unique=True),
    _text("stage", index=True),
    _text("case_digest", nullable=True, index=True),
    _bytes("sealed", info={"sealed": True}),
    _whole("last_number"),
    _text("last_hash"),
    _whole("updated_at", index=True),
    _whole("lapse_at", nullable=True, index=True),
    info={"owner": "id"},
)

membership_view: Final = _table(
    "membership_view",
    _text("operation_id", primary_key=True),
    _text("person_id", primary_key=True),
    _text("role", primary_key=True),
    Index(None, "person_id", "operation_id"),
    info={"owner": "operation_id"},
)

task_view: Final = _table(
    # Whose turn it is. A task without a person or an office has it empty: NULLs do not belong in a key.
    "task_view",
    _text("operation_id", primary_key=True),
    _text("code", primary_key=True),
    _text("person_id", primary_key=True),
    _text("office", primary_key=True),
    Column("entry", WHOLE, primary_key=True, autoincrement=False),
    _text("decision"),
    _whole("since"),
    _whole("until", nullable=True),
    Index(None, "person_id"),
    Index(None, "office"),
    info={"owner": "operation_id"},
)

package_view: Final = _table(
    "package_view",
    _text("id", primary_key=True),
    _text("operation_id", index=True),
    _text("reference", unique=True),
    _text("state"),
    _text("recipient", nullable=True, index=True),
    _whole("prepared_at"),
    _whole("released_at", nullable=True),
    info={"owner": "operation_id"},
)

lookup_view: Final = _table(
    # The conflict check: which operations hold something whose keyed digest is this one.
    "lookup_view",
    _text("kind", primary_key=True),
    _text("digest", primary_key=True),
    _text("operation_id", primary_key=True),
    Index(None, "operation_id"),
    info={"owner": "operation_id"},
)
