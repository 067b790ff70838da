from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _sync_chart(*, using: str, apps: Any, **_: Any) -> None:
    from rent_ledger.books.services.accounts import sync_chart

    try:
        apps.get_model("rent_ledger", "Account")
    except LookupError:
        return  # Migrated back to before the accounts.
    sync_chart(using=using)


class RentLedgerApp(AppConfig):
    name = "rent_ledger"

    def ready(self) -> None:
        # A database of any age gets the accounts that the registry names, without a migration of its own.
        post_migrate.connect(_sync_chart, sender=self)
