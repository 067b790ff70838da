"""The chart of accounts: what the registry names is in the database after `migrate`, whatever its age."""

import pytest
from django.core.management import call_command
from django.db import connection

from leases.contracts.natures import Nature
from rent_ledger.books.codes import General, chart
from rent_ledger.models import Account

pytestmark = pytest.mark.django_db


def _general() -> dict[int, tuple[str, str]]:
    rows = Account.objects.filter(kind="GENERAL").values_list("pk", "code", "label")
    return {pk: (code, label) for pk, code, label in rows}


def _migrate() -> None:
    call_command("migrate", verbosity=0)


def test_a_new_database_has_the_chart():
    assert _general() == chart()
    assert chart()[10] == ("7083", "Loyers")
    assert chart()[41] == ("6541", "Créances éteintes")


def test_an_older_database_gets_the_account_that_it_lacks():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rent_ledger_account WHERE id = %s", [Nature.PARKING.income.id])
    _migrate()
    assert _general() == chart()


def test_a_label_changed_in_the_registry_is_changed_in_the_database_and_nothing_else():
    Account.objects.filter(pk=General.CASH).update(code="530", label="Caisse")
    own = Account.objects.create(pk=90, kind="GENERAL", code="758", label="Produits divers")
    _migrate()
    assert _general() == chart() | {90: ("758", "Produits divers")}
    own.refresh_from_db()
    assert own.label == "Produits divers"


def test_accounts_that_are_right_are_not_written_again():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, xmin::text FROM rent_ledger_account WHERE kind = 'GENERAL' ORDER BY id")
        before = cursor.fetchall()
        _migrate()
        cursor.execute("SELECT id, xmin::text FROM rent_ledger_account WHERE kind = 'GENERAL' ORDER BY id")
        assert cursor.fetchall() == before
