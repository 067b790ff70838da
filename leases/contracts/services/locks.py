"""Contracts that a service is about to change."""

from collections.abc import Iterable

from django.db import models

from leases.contracts.models import Lease


def locked(lease: Lease) -> Lease:
    """The row as it is now, held until the transaction ends."""
    return _to_lock().get(pk=lease.pk)


def locked_all(leases: Iterable[Lease]) -> dict[int, Lease]:
    """Lock in id order, so that two people who end the same contracts don't deadlock."""
    wanted = {lease.pk for lease in leases}
    return {lease.pk: lease for lease in _to_lock().filter(pk__in=wanted).order_by("pk")}


def _to_lock() -> models.QuerySet[Lease]:
    return Lease.objects.select_for_update(of=("self",)).select_related("unit__dwelling", "household")
