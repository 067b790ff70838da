"""The association that the browser visits: a small demo, played up to the real today, cloned before each test.

Its template outlives a run like the migrated one (`tests.databases`): made again on another day or when a source of the
product changed. The day is the machine's, for the pages are served by threads that no played clock reaches.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from common import clock
from tests.databases import TestDatabase, digest

SIZE, MONTHS = 24, 3
_LOCK = 7_203_116


def _sources() -> bytes:
    content = hashlib.sha256(f"{clock.today()} {SIZE} {MONTHS} {digest()}".encode())
    for app in ("common", "config", "leases", "maintenance", "office", "rent_ledger", "social_link", "stock"):
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            with suppress(FileNotFoundError):  # an editor saves by renaming
                content.update(path.as_posix().encode() + b"\0" + path.read_bytes())
    return content.hexdigest().encode()


class DemoDatabase:
    """The template of the demo and what becomes of it before a test."""

    def __init__(self, database: TestDatabase) -> None:
        self.database = database
        self.prefix = f"{database.template_prefix}demo_"
        self.template = self.prefix + _sources().decode()[:8]

    def prepare(self) -> None:
        """Play the demo where the template lacks; another process that asks meanwhile waits."""
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            if self.database._exists(cursor, self.template):
                return
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.prefix])
            for (old,) in cursor.fetchall():
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
            self.database.restore()
            self._play()
            connections.close_all()
            cursor.execute(f'ALTER DATABASE "{self.database.name}" RENAME TO "{self.template}"')
            self.database._clone(cursor)

    def clone(self) -> None:
        """This process's database becomes the demo."""
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.database.name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{self.database.name}" TEMPLATE "{self.template}"')

    @staticmethod
    def _play() -> None:
        from config.demo import generator

        generator.load(size=SIZE, months=MONTHS)
