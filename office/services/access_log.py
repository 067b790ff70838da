"""The log of who read what is sensitive."""

from django.db import models

from common.errors import InvalidInput
from office.access import Data
from office.actor import Actor
from office.models import AccessLog


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
