"""A database of another history: `migrate` and `demo` say so in French, and nothing is touched."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from config.history import FORMER, LATER, MAKE_ANEW, UPDATE, other_history

pytestmark = pytest.mark.django_db
# Names that the apps had before migrations were made to stay.
OLD = [("rent_ledger", "0003_bank_line_facts"), ("leases", "0003_household_manager")]
NEW_SINCE = ("office", "0002_append_only")


def apply(*keys: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", key)


def forget(app: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, name])


def applied() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, app, name, applied FROM django_migrations ORDER BY id")
        return cursor.fetchall()


def a_former_base() -> None:
    apply(*OLD)
    forget(*NEW_SINCE)


def test_a_base_of_this_version_is_not_stopped():
    assert other_history(connection) is None


def test_a_base_without_tables_is_not_stopped():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO elsewhere")
    assert other_history(connection) is None


def test_a_base_that_waits_for_new_migrations_is_not_stopped():
    forget(*NEW_SINCE)
    assert other_history(connection) is None


def test_what_other_packages_have_applied_is_their_own():
    apply(("sessions", "0099_of_another_day"))
    assert other_history(connection) is None


def test_a_base_of_a_former_version_is_made_anew():
    a_former_base()
    wrong = f"{FORMER} (migration inconnue : leases.0003_household_manager et 1 de plus)."
    assert other_history(connection) == (wrong, MAKE_ANEW)
    assert "make demo-reset" in MAKE_ANEW


def test_a_base_of_a_later_version_waits_for_it():
    apply(("stock", "0999_of_tomorrow"))
    assert other_history(connection) == (f"{LATER} (migration inconnue : stock.0999_of_tomorrow).", UPDATE)


def test_migrate_refuses_a_former_base_and_touches_nothing():
    a_former_base()
    before = applied()
    with pytest.raises(SystemCheckError) as refused:
        call_command("migrate", verbosity=0, skip_checks=False)
    assert FORMER in str(refused.value)
    assert MAKE_ANEW in str(refused.value)
    assert applied() == before
