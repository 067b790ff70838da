"""A write that can be sent twice is done once: by a key that the sender draws."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction

from common import clock, typography
from common.errors import Conflict
from office.requests.models import SentRequest

ANSWER_DAYS = 7
"""How long the first answer is kept. A phone without network sends within a few days."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers. `is_again`: it had been done by an earlier send."""

    status: int
    text: str
    is_again: bool = False


def digest_of(parts: Iterable[bytes]) -> str:
    """The hex digest of a content. The length of each part counts: ("ab", "c") is not ("a", "bc")."""
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


_CLAIM = """
INSERT INTO office_sentrequest (user_id, key, operation, digest, answer, sent_at) VALUES (%s, %s, %s, %s, '', %s)
ON CONFLICT (user_id, key) DO NOTHING RETURNING id
"""


def once(*, user_id: int, key: UUID, operation: str, digest: str, write: Callable[[], Answer | None]) -> Answer | None:
    """Run `write` and keep its answer, or give the answer of the first send.

    Two sends at the same moment: the second waits for the transaction of the first. `write` answers None where it wrote
    nothing (a form to correct): the key stays free. What it raises goes on, and the key stays free too.

    `Conflict`: `key_reused` where the key came with another content; `already_sent` where the first answer is erased.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [user_id, key, operation, digest, clock.now()])
            row = cursor.fetchone()
        if row is None:
            return _first(SentRequest.objects.get(user_id=user_id, key=key), operation, digest)
        answer = write()
        own = SentRequest.objects.filter(pk=row[0])
        if answer is None:
            own.delete()
        else:
            own.update(status=answer.status, answer=answer.text)
        return answer


def _first(sent: SentRequest, operation: str, digest: str) -> Answer:
    if (sent.operation, sent.digest) != (operation, digest):
        raise Conflict("Ce formulaire a déjà servi à un autre envoi. Rouvrez la page, recommencez.", code="key_reused")
    if sent.status is None:
        moment = typography.instant(sent.sent_at, today=clock.today())
        raise Conflict(f"Cet envoi a déjà été reçu le {moment}. Il n’y a rien à refaire.", code="already_sent")
    return Answer(sent.status, sent.answer, is_again=True)


def forget_answers() -> int:
    """Erase the answers older than `ANSWER_DAYS`: they may hold names. Returns how many."""
    old = clock.now() - timedelta(days=ANSWER_DAYS)
    return SentRequest.objects.filter(status__isnull=False, sent_at__lt=old).update(status=None, answer="")
