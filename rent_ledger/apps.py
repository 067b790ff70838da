from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def _sync_chart(*, using: str, apps: Any, **_: Any) -> None:
    from rent_ledger.books.services.accounts import sync_chart

    try:
        apps.get_model("rent_ledger", "Account")
    except LookupError:
        return  # Migrated back to before the accounts.
    sync_chart(using=using)


def _forget_answers(*, using: str, apps: Any, **_: Any) -> None:
    """Another version of Ancrage may answer otherwise from the same books."""
    try:
        apps.get_model("rent_ledger", "KeptAnswer")
    except LookupError:
        return  # Migrated back to before it.
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT ancrage_books_changed()")


class RentLedgerApp(AppConfig):
    name = "rent_ledger"

    def ready(self) -> None:
        # A database of any age gets the accounts that the registry names, without a migration of its own.
        post_migrate.connect(_sync_chart, sender=self)
        post_migrate.connect(_forget_answers, sender=self)
