"""What the house asks of the database beside its rows."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from common.db import analyze_new, many_with_history, turn_jit_off


@pytest.mark.django_db
def test_a_table_that_the_server_takes_for_empty_gets_its_statistics():
    def known() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'sized'::regclass")
            return int(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE sized AS SELECT generate_series(1, 3000) AS n")
    assert known() < 1000
    analyze_new(["sized"])
    assert known() == 3000
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO sized SELECT generate_series(1, 3000)")
    analyze_new(["sized"])
    assert known() == 3000  # the server keeps what it knows fresh by itself


def _asked_of_the_database() -> list[tuple[str, list[str]]]:
    """(role or "every role", settings) of this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(rolname, 'every role'), setconfig FROM pg_db_role_setting "
            "LEFT JOIN pg_roles r ON r.oid = setrole JOIN pg_database d ON d.oid = setdatabase "
            "WHERE datname = current_database() ORDER BY 1"
        )
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.parametrize(("owner", "whose"), [(True, "every role"), (False, "ancrage_renter")])
def test_migrate_turns_the_compiler_of_queries_off(owner: bool, whose: str) -> None:
    """For every role of the database where we own it, else for ourselves. No connection asks for it: a pooler would
    refuse that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('ALTER DATABASE %%I RESET ALL', current_database())", [])
        cursor.execute(cursor.fetchone()[0])
        assert _asked_of_the_database() == []
        if not owner:
            cursor.execute("CREATE ROLE ancrage_renter")
            cursor.execute("SET LOCAL ROLE ancrage_renter")
            turn_jit_off(using="default")
        else:
            call_command("migrate", verbosity=0)
        cursor.execute("RESET ROLE")
    assert _asked_of_the_database() == [(whose, ["jit=off"])]


@pytest.mark.django_db(transaction=True)
def test_a_bulk_insert_says_that_no_trigger_is_ignored_until_its_transaction_ends():
    """Else each row fails once to ask, and each failure costs what the transaction has written."""

    def said() -> str | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('pgtrigger.ignore', true)")
            return cursor.fetchone()[0]

    with transaction.atomic():
        many_with_history()
        assert said() == "{}"
    assert not said()
