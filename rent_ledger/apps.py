from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate

if TYPE_CHECKING:
    from leases.models import Lease


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


def _renew_states(*, using: str, plan: Sequence[tuple[Any, bool]], **_: Any) -> None:
    """A state has what its columns meant when it was computed: after a migration of the books it is computed anew."""
    from rent_ledger.books.services.projections import renew

    moved = [is_backwards for migration, is_backwards in plan if migration.app_label == "rent_ledger"]
    if using == DEFAULT_DB_ALIAS and moved and not any(moved):
        renew()


class RentLedgerApp(AppConfig):
    name = "rent_ledger"

    def ready(self) -> None:
        # A database of any age gets the accounts that the registry names, without a migration of its own.
        post_migrate.connect(_sync_chart, sender=self)
        post_migrate.connect(_renew_states, sender=self)
        post_migrate.connect(_forget_answers, sender=self)
        _follow_leases()


def _follow_leases() -> None:
    """The account of a household begins with its contract: a first run finds it. Its right to benefit goes on with
    it, and what is proposed for its debt follows its stay."""
    from leases.contracts.signals import household_stays, lease_withdrawn, leases_began, stays_changed
    from rent_ledger.arrears.services.cases import refresh_departures
    from rent_ledger.books.services import projections
    from rent_ledger.books.services.accounts import close_unused, tenant_accounts
    from rent_ledger.rights.services import restore_rights

    def began(*, lease_ids: Collection[int], **_: Any) -> None:
        tenant_accounts(lease_ids)

    def withdrawn(*, lease_id: int, **_: Any) -> None:
        close_unused(lease_id=lease_id)

    def stays(*, lease: "Lease", **_: Any) -> list[str]:
        return restore_rights(lease)

    def changed(*, lease_ids: Collection[int], **_: Any) -> None:
        projections.follow_leases(lease_ids)
        refresh_departures(lease_ids)

    leases_began.connect(began, weak=False, dispatch_uid="rent_ledger")
    lease_withdrawn.connect(withdrawn, weak=False, dispatch_uid="rent_ledger")
    household_stays.connect(stays, weak=False, dispatch_uid="rent_ledger")
    stays_changed.connect(changed, weak=False, dispatch_uid="rent_ledger")
