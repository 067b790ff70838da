"""A write that can be sent twice is done once: by a key that the sender draws."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils.crypto import salted_hmac
from psycopg.errors import LockNotAvailable

from common import clock, typography
from common.errors import Busy, Conflict
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
    """The hex digest of a content. The length of each part counts: ("ab", "c") is not ("a", "bc").

    By a key of the installation: a copy of the database alone does not let guess what a note said.
    """
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return salted_hmac("office.requests", whole.hexdigest(), algorithm="sha256").hexdigest()


PATIENCE = "4s"
"""How long a send waits for the earlier one that holds its key. Each holds a thread of the web server meanwhile."""

# The patience is for this statement only: what the write itself locks is waited for as ever.
_CLAIM = """
WITH usual AS MATERIALIZED (SELECT current_setting('lock_timeout') AS patience),
    brief AS MATERIALIZED (SELECT patience, set_config('lock_timeout', %s, true) FROM usual)
INSERT INTO office_sentrequest (user_id, key, operation, digest, answer, sent_at)
SELECT %s, %s, %s, %s, '', %s FROM brief
ON CONFLICT (user_id, key) DO NOTHING
RETURNING id, set_config('lock_timeout', (SELECT patience FROM brief), true)
"""


def once(*, user_id: int, key: UUID, operation: str, digest: str, write: Callable[[], Answer | None]) -> Answer | None:
    """Run `write` and keep its answer, or give the answer of the first send.

    Two sends at the same moment: the second waits for the transaction of the first, `PATIENCE` at most. `write` answers
    None where it wrote nothing (a form to correct): the key stays free. What it raises goes on, and the key stays free
    too.

    `Conflict`: `key_reused` where the key came with another content; `already_sent` where the first answer is erased.
    `Busy`: the first send is still at work.
    """
    with transaction.atomic():
        row = _claim([PATIENCE, user_id, key, operation, digest, clock.now()])
        if row is None:
            return _first(SentRequest.objects.get(user_id=user_id, key=key), operation, digest)
        answer = write()
        own = SentRequest.objects.filter(pk=row[0])
        if answer is None:
            own.delete()
        else:
            own.update(status=answer.status, answer=answer.text)
        return answer


def _claim(parameters: list[Any]) -> tuple[int, str] | None:
    """The row of a key that nobody had used. `Busy` where somebody is using it; the transaction is then lost."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, parameters)
            row: tuple[int, str] | None = cursor.fetchone()
            return row
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise Busy("Cet envoi est déjà en cours. Attendez quelques secondes, puis recommencez.") from error


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
