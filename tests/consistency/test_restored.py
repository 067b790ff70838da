"""What a test committed is gone for the next one, whatever it was; only what is more than rows costs a new clone."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from tests.databases import TestDatabase
from tests.factories import make_let, owe

pytestmark = pytest.mark.django_db(transaction=True)


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _found() -> tuple[int, dict[str, list[str]]]:
    """Which database it is; its rows, by table, its triggers and its columns."""
    with connection.cursor() as cursor:

        def column(sql: str) -> list[str]:
            cursor.execute(sql)
            return [value for (value,) in cursor.fetchall()]

        [database] = column("SELECT oid::int FROM pg_database WHERE datname = current_database()")
        tables = column("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        found = {table: column(f'SELECT t::text FROM "{table}" t ORDER BY 1') for table in tables}
        found["triggers"] = column("SELECT tgrelid::regclass || tgname || tgenabled::text FROM pg_trigger ORDER BY 1")
        found["columns"] = column(
            "SELECT relname || ' ' || attname || attnotnull FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
    return int(database), found


def _books() -> None:
    """Rows that point to each other, in tables that refuse to lose any."""
    owe(lease=make_let(), due_on=make_let().period.lower)


CHANGES: dict[str, tuple[Callable[[], object], bool]] = {
    "rows that others point to": (_books, False),
    "a row of a migration is changed": (lambda: _execute("UPDATE auth_permission SET name = name || ' bis'"), False),
    "a row of a migration is gone": (lambda: Permission.objects.order_by("pk")[:1].get().delete(), False),
    "all rows of a table are gone": (lambda: _execute("DELETE FROM django_migrations"), False),
    "a table more": (lambda: _execute("CREATE TABLE essai (id int)"), True),
    "a trigger that is asleep": (lambda: _execute("ALTER TABLE rent_ledger_posting DISABLE TRIGGER USER"), True),
    "a column that may be empty": (
        lambda: _execute("ALTER TABLE leases_lease ALTER COLUMN reference DROP NOT NULL"),
        True,
    ),
    "very many rows": (
        lambda: _execute(
            "INSERT INTO django_session SELECT n::text, repeat(n::text, 20), now() FROM generate_series(1, 100000) n"
        ),
        True,
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_committed_is_gone(what: str, django_db_setup: TestDatabase) -> None:
    change, is_cloned = CHANGES[what]
    django_db_setup.restore()
    before, clean = _found()
    change()
    assert _found()[1] != clean
    django_db_setup.restore()
    after, restored = _found()
    assert restored == clean
    # Dropped and made anew, it is another one.
    assert (after != before) == is_cloned


def test_who_was_connected_commits_no_more(django_db_setup: TestDatabase) -> None:
    django_db_setup.restore()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE django_content_type SET model = model || ' bis'")
        django_db_setup.restore()
        with pytest.raises(Exception, match="terminating connection|closed"), other.cursor() as cursor:
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert " bis" not in str(_found()[1]["django_content_type"])
