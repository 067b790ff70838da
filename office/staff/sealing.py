"""Secrets of second factors, sealed: a copy of the database alone opens no account.

`settings.MFA_KEYS`: the first seals, each of them opens, so that a key is changed while everybody keeps his factor
(`seal_again`; docs/running.md says how).
"""

import base64
import logging
from functools import lru_cache

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from common.envelope import derived
from common.errors import Conflict

logger = logging.getLogger(__name__)
LOST = (
    "Votre deuxième facteur ne peut plus être lu : la clé de cette installation a changé. "
    "Prévenez l’administration d’Ancrage."
)
NO_KEY = (
    "Un deuxième facteur n’est ouvert par aucune des clés : ajoutez l’ancienne à la fin de ANCRAGE_MFA_KEYS. "
    "Rien n’a changé."
)


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived(key, "ancrage second factor"))) for key in keys])


def seal(text: str) -> str:
    return _box(tuple(settings.MFA_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed. A `ValidationError`, for the form that asks a code, where no key opens it: a text in clear is
    refused too, since whoever writes it into the database would sign in by it."""
    try:
        return _box(tuple(settings.MFA_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as wrong:
        logger.error("a second factor can't be opened: ANCRAGE_MFA_KEYS lacks the key that sealed it")
        raise ValidationError(LOST, code="wrong_key") from wrong


@transaction.atomic
def seal_again() -> int:
    """Seal every secret with the first key, after which the others serve no more. How many."""
    box, count = _box(tuple(settings.MFA_KEYS)), 0
    for row in Authenticator.objects.select_for_update().order_by("pk"):
        for name in ("secret", "seed"):
            if name in row.data:
                try:
                    row.data[name] = box.rotate(row.data[name].encode()).decode()
                except InvalidToken as wrong:
                    raise Conflict(NO_KEY, code="wrong_key") from wrong
                count += 1
        row.save(update_fields=["data"])
    return count
