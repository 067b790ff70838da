"""The log of who read what is sensitive."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models

from common.errors import InvalidInput
from office.access.actor import Actor
from office.access.matrix import Data
from office.access.models import AccessLog

Reads = dict[tuple[int, str, str, int], AccessLog]
_reads: ContextVar[Reads | None] = ContextVar("reads", default=None)


@contextmanager
def gathered_reads() -> Iterator[Reads]:
    """What is told while an answer is made (`note_read`). The caller writes it, where the answer is given."""
    found: Reads = {}
    token = _reads.set(found)
    try:
        yield found
    finally:
        _reads.reset(token)


def note_read(*, actor: Actor, subject: Data, obj: models.Model, household_id: int | None = None) -> None:
    """The answer that is being made tells `obj` to the actor: once in the log, however often the page says it.

    For gates that many pages pass, on each row of a list: the rows of the log are written together, at the end of the
    request. Where no answer is made (a job), nobody reads.
    """
    reads = _reads.get()
    if reads is None or actor.user_id is None:
        return
    label = obj._meta.label_lower
    reads[actor.user_id, subject, label, obj.pk] = AccessLog(
        user_id=actor.user_id, subject=subject, object_type=label, object_id=obj.pk, household_id=household_id
    )


def log_access(
    *, actor: Actor, subject: Data, obj: models.Model, household_id: int | None = None, reason: str = ""
) -> AccessLog:
    """Record that the actor reads `obj` (a note, a protected address). Only people read; the system is refused.

    Raises `InvalidInput` (`nobody`).
    """
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
    """`log_access` for a page that shows several: (subject, object, household id) each, in one write.

    Raises `InvalidInput` (`nobody`).
    """
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
