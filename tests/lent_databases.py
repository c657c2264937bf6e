"""Databases of PostgreSQL that are lent to one test after the other.

To make one costs more than most tests that use it. One that comes back is emptied and lent again, but only where its
schema is what its template's was: a test that took a guard or a table away leaves a database that is thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from tests.databases import PostgresServer

OFTEN = 40
"""So often one is lent before another is made: rows that were taken away still lie in its pages."""

# Everything that the schema of a test can differ in, a line each, as one digest; and the settings of the database.
_SCHEMA = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
  SELECT concat_ws(' ', 'relation', relname, relkind, relpersistence, relreplident, relrowsecurity, reloptions, relacl)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL
  SELECT concat_ws(' ', 'column', attrelid::regclass, attnum, attname, format_type(atttypid, atttypmod), attnotnull,
                   attisdropped, attoptions)
    FROM pg_attribute WHERE attnum > 0 AND attrelid IN (
      SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
  UNION ALL
  SELECT concat_ws(' ', 'default', adrelid::regclass, adnum, pg_get_expr(adbin, adrelid)) FROM pg_attrdef
  UNION ALL
  SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL
  SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgisinternal OR tgname IS NULL, tgenabled,
                   CASE WHEN tgisinternal THEN '' ELSE pg_get_triggerdef(oid) END) FROM pg_trigger
  UNION ALL
  SELECT concat_ws(' ', 'function', proname, pronargs, prosrc, proconfig)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL
  SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL
  SELECT concat_ws(' ', 'rule', tablename, rulename, definition) FROM pg_rules WHERE schemaname = 'public'
  UNION ALL
  SELECT concat_ws(' ', 'schema', nspname) FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'
  UNION ALL
  SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS lines (line)
"""
_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@dataclass
class LentDatabases:
    """The databases of one server that are copies of one template."""

    server: PostgresServer
    template: str
    _waiting: list[str] = field(default_factory=list)
    _lent: dict[str, int] = field(default_factory=dict)
    _schema: str = ""

    def lend(self) -> str:
        """A database as the template is; its name."""
        name = self._waiting.pop() if self._waiting else self.server.create(self.template)
        self._lent[name] = self._lent.get(name, 0) + 1
        return name

    def take_back(self, name: str) -> None:
        """Empty a database that a test is done with, ending whatever still uses it; or drop it."""
        if self._lent[name] < OFTEN and self._emptied(name):
            self._waiting.append(name)
        else:
            self.server.drop(name)

    def _emptied(self, name: str) -> bool:
        with self._connected(name) as connection:
            connection.execute(_OTHERS)
            tables, schema = _state(connection)
        if schema != self._schema_of_the_template():
            return False
        # A new connection has not read the triggers of any table yet: it reads them as it leaves them, switched off.
        with self._connected(name) as connection, connection.transaction():
            kept = connection.execute("SELECT oid, tgenabled FROM pg_trigger").fetchall()
            connection.execute("UPDATE pg_trigger SET tgenabled = 'D'")
            for table in tables:
                if table != "alembic_version":
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for how in sorted({str(enabled) for _, enabled in kept}):
                those = [oid for oid, enabled in kept if enabled == how]
                connection.execute("UPDATE pg_trigger SET tgenabled = %s WHERE oid = ANY(%s)", (how, those))
        return True

    def _schema_of_the_template(self) -> str:
        if not self._schema:
            with self._connected(self.template) as connection:
                self._schema = _state(connection)[1]
        return self._schema

    def _connected(self, name: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self.server.sockets), user="covertops", dbname=name, autocommit=True)


def _state(connection: psycopg.Connection[tuple[object, ...]]) -> tuple[list[str], str]:
    """The tables, and one digest of the whole schema and of the version that Alembic says it is of."""
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    schema = connection.execute(_SCHEMA).fetchall()
    names = [str(row[0]) for row in tables]
    version = connection.execute("SELECT * FROM alembic_version").fetchall() if "alembic_version" in names else ()
    return names, f"{schema[0][0]} {version}"
