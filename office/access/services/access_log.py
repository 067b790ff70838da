"""The log of who read what is sensitive."""

from collections.abc import Iterable

from django.db import models

from common.errors import InvalidInput
from office.access.actor import Actor
from office.access.matrix import Data
from office.access.models import AccessLog


def log_access(
    *, actor: Actor, subject: Data, obj: models.Model, household_id: int | None = None, reason: str = ""
) -> AccessLog:
    """Record that the actor reads `obj` (a note, a protected address). Only people read; the system is refused."""
    if actor.user is None:
        raise InvalidInput("Seule une personne connectée consulte une donnée.", code="nobody")
    return AccessLog.objects.create(
        user=actor.user,
        subject=subject,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        household_id=household_id,
        reason=reason.strip(),
    )


def log_reads(*, actor: Actor, reads: Iterable[tuple[Data, models.Model, int | None]]) -> None:
    """`log_access` for a page that shows several: (subject, object, household id) each, in one write."""
    if actor.user is None:
        raise InvalidInput("Seule une personne connectée consulte une donnée.", code="nobody")
    AccessLog.objects.bulk_create(
        AccessLog(
            user=actor.user,
            subject=subject,
            object_type=obj._meta.label_lower,
            object_id=obj.pk,
            household_id=household_id,
        )
        for subject, obj, household_id in reads
    )
