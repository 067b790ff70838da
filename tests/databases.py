"""The tests' databases: one template migrated once, one clone per xdist worker.

The template's name carries a digest of everything that shapes it, so it outlives a run and a changed migration makes a
new one. A test that commits (`transaction=True`, `live_server`) is undone row by row, not by TRUNCATE: rows that
migrations wrote and triggers that refuse TRUNCATE stay as they are in production. What was changed otherwise (a table,
a trigger, very many rows) is undone by a new clone, which costs ten times as much.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.backends.utils import CursorWrapper

from demo import empty
from tests.upgrade.states import quick_states

# Any constant: makes two processes that prepare at once take turns.
_LOCK = 7_203_115
# More than this beyond a fresh clone is copied anew: bytes.
_MUCH = 8 * 2**20
# Each change of a definition writes its row of the catalogue anew.
_SCHEMA = """
WITH ours AS (SELECT oid, xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace)
SELECT (SELECT (count(*), sum(xmin::text::bigint)) FROM ours)::text,
    (SELECT (count(*), sum(a.xmin::text::bigint)) FROM pg_attribute a JOIN ours ON ours.oid = a.attrelid)::text,
    (SELECT (count(*), sum(t.xmin::text::bigint)) FROM pg_trigger t JOIN ours ON ours.oid = t.tgrelid)::text,
    (SELECT (count(*), sum(k.xmin::text::bigint)) FROM pg_constraint k JOIN ours ON ours.oid = k.conrelid)::text,
    (SELECT (count(*), sum(i.xmin::text::bigint)) FROM pg_index i JOIN ours ON ours.oid = i.indrelid)::text,
    (SELECT (count(*), sum(xmin::text::bigint)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)::text,
    (SELECT (count(*), sum(xmin::text::bigint)) FROM pg_type WHERE typnamespace = 'public'::regnamespace)::text,
    (SELECT array_agg(nspname ORDER BY 1) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp')::text,
    (SELECT array_agg(setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
     WHERE d.datname = current_database())::text
"""
_COLUMNS = """
SELECT c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY c.oid ORDER BY 1
"""
_WRITTEN = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""
# Whoever is connected still may commit once more.
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_PROJECT = ("config", "desk", "social_link", "maintenance", "rent_ledger", "leases", "stock", "office", "common")


@contextmanager
def past_the_pooler() -> Iterator[None]:
    """Connections made inside go to the server itself (`TEST_SERVER`, set by `tests.pooler`).

    A pooler would keep one to the template, which can then be neither renamed nor cloned, and the lock of who prepares.
    """
    server = os.environ.get("TEST_SERVER")
    if not server:
        yield
        return
    host, _, port = server.rpartition(":")
    pooler = {key: connection.settings_dict[key] for key in ("HOST", "PORT")}
    connections.close_all()
    connection.settings_dict.update(HOST=host, PORT=port)
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict.update(pooler)


def _sources() -> list[Path]:
    """What decides the content of a freshly migrated database."""
    found = [empty.BASE] if empty.BASE.exists() else []
    for app in apps.get_app_configs():
        root = Path(app.path)
        found += root.glob("migrations/*.py")
        if app.name in _PROJECT:
            found += [*root.glob("**/models.py"), *root.glob("**/models/*.py")]
            found += [*root.glob("**/codes.py"), *root.glob("**/natures.py")]
            found += [*root.glob("apps.py"), *root.glob("**/*parameter*.py"), *root.glob("**/*.sql")]
    return sorted(set(found))


def digest() -> str:
    """Twelve hexadecimal digits, other ones when a migration, a model or a declared parameter changes."""
    content = hashlib.sha256()
    for path in _sources():
        content.update(path.as_posix().encode() + b"\0" + path.read_bytes())
    return content.hexdigest()[:12]


@dataclass(frozen=True)
class Fresh:
    """A clone as it was made. `columns`: those that are written, by table. `rows`: of the tables that have some."""

    schema: Any
    size: int
    columns: dict[str, str]
    rows: dict[str, bytes]

    @classmethod
    def read(cls, cursor: CursorWrapper) -> "Fresh":
        schema, size = _schema_and_size(cursor)
        cursor.execute(_COLUMNS)
        columns = dict(cursor.fetchall())
        cursor.execute(_WRITTEN)
        written = [table for (table,) in cursor.fetchall()]
        rows = {table: found for table in written if (found := _rows(cursor, table, columns[table]))}
        return cls(schema, size, columns, rows)

    def restore(self, cursor: CursorWrapper) -> bool:
        """Take out what was written since, past the triggers that would refuse or record it. False: there is more than
        rows, or too many."""
        schema, size = _schema_and_size(cursor)
        if schema != self.schema or size > self.size + _MUCH:
            return False
        cursor.execute("BEGIN")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_WRITTEN)
        for table in {table for (table,) in cursor.fetchall()} | self.rows.keys():
            kept, columns = self.rows.get(table), self.columns[table]
            if kept is None:
                cursor.execute(f"DELETE FROM {table}")
            elif _rows(cursor, table, columns) != kept:
                cursor.execute(f"DELETE FROM {table}")
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    copy.write(kept)
        cursor.execute("COMMIT")
        return True


def _schema_and_size(cursor: CursorWrapper) -> tuple[Any, int]:
    cursor.execute(_SCHEMA)
    schema = cursor.fetchone()
    cursor.execute("SELECT pg_database_size(current_database())")
    return schema, cursor.fetchone()[0]


def _rows(cursor: CursorWrapper, table: str, columns: str) -> bytes:
    """All rows of a table, in the form and order in which they are compared."""
    with cursor.copy(f"COPY (SELECT {columns} FROM {table} ORDER BY {table}::text) TO STDOUT") as copy:
        return b"".join(copy)


class TestDatabase:
    """The database of this process. `base`: its name in the settings; `suffix`: the xdist worker or empty."""

    __test__ = False

    def __init__(self, base: str, suffix: str) -> None:
        prefix = f"test_{base}"[:40]
        self.template_prefix = f"{prefix}_tpl_"
        self.template = self.template_prefix + digest()
        self.name = f"{prefix}_{suffix}" if suffix else prefix
        self._fresh: Fresh | None = None

    def prepare(self, *, rebuild: bool = False) -> None:
        """Make the template where it lacks, then this process's clone, and connect Django to it."""
        connections.close_all()
        with past_the_pooler(), connection._nodb_cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            if rebuild or not self._exists(cursor, self.template):
                self._build_template(cursor)
            self._clone(cursor)
        settings.DATABASES["default"]["NAME"] = self.name
        connection.settings_dict["NAME"] = self.name

    def restore(self) -> None:
        """Undo everything that was committed."""
        connections.close_all()
        with past_the_pooler():
            if self._fresh and self._restore_rows(self._fresh):
                return
            with connection._nodb_cursor() as cursor:
                self._clone(cursor)
            if self._fresh is None:
                with self._connected() as cursor:
                    self._fresh = Fresh.read(cursor)

    def _restore_rows(self, fresh: Fresh) -> bool:
        """False too where the database is gone, or its role may not pass the triggers: it is cloned then."""
        try:
            with self._connected() as cursor:
                cursor.execute(_END_OTHERS)
                return fresh.restore(cursor)
        except DatabaseError:
            return False

    @contextmanager
    def _connected(self) -> Iterator[CursorWrapper]:
        """A cursor on this database, whatever the settings name."""
        other = connection.copy()
        other.settings_dict["NAME"] = self.name
        try:
            with other.cursor() as cursor:
                yield cursor
        finally:
            other.close()

    def drop(self) -> None:
        connections.close_all()
        with past_the_pooler(), connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _build_template(self, cursor: CursorWrapper) -> None:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.template_prefix])
        for (old,) in cursor.fetchall():
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
        name = connection.settings_dict["NAME"]
        unfinished = self.template_prefix + "unfinished"
        connection.settings_dict["TEST"]["NAME"] = unfinished
        try:
            self._load_empty_base(cursor, unfinished)
            with quick_states():
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=True)
        finally:
            connections.close_all()
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{self.template}"')

    @staticmethod
    def _load_empty_base(cursor: CursorWrapper, name: str) -> None:
        """Django renders its models anew at each operation of a migration: all of them take most of a minute.

        `tests.upgrade` compares what comes of it with what all migrations write.
        """
        from tests.upgrade import bases  # it needs this module

        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        usual = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = name
        try:
            if empty.BASE.exists():
                bases.load(empty.BASE)
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = usual

    def _clone(self, cursor: CursorWrapper) -> None:
        cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        # The settings of a database (`common.db.turn_jit_off`) are not copied.
        cursor.execute(f'ALTER DATABASE "{self.name}" SET jit = off')

    @staticmethod
    def _exists(cursor: CursorWrapper, name: str) -> bool:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None
