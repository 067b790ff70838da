"""The tests' databases: one template migrated once, one clone per xdist worker.

The template's name carries a digest of everything that shapes it, so it outlives a run and a changed migration makes a
new one. A test that commits (`transaction=True`, `live_server`) is undone by a new clone, not by TRUNCATE: rows that
migrations wrote and triggers that refuse TRUNCATE stay as they are in production.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper

# Any constant: makes two processes that prepare at once take turns.
_LOCK = 7_203_115
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
    found = []
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


class TestDatabase:
    """The database of this process. `base`: its name in the settings; `suffix`: the xdist worker or empty."""

    __test__ = False

    def __init__(self, base: str, suffix: str) -> None:
        prefix = f"test_{base}"[:40]
        self.template_prefix = f"{prefix}_tpl_"
        self.template = self.template_prefix + digest()
        self.name = f"{prefix}_{suffix}" if suffix else prefix

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
        with past_the_pooler(), connection._nodb_cursor() as cursor:
            self._clone(cursor)

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
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        finally:
            connections.close_all()
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{self.template}"')

    def _clone(self, cursor: CursorWrapper) -> None:
        cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        # The settings of a database (`common.db.turn_jit_off`) are not copied.
        cursor.execute(f'ALTER DATABASE "{self.name}" SET jit = off')

    @staticmethod
    def _exists(cursor: CursorWrapper, name: str) -> bool:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None
