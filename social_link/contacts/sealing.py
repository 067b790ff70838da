"""Texts of notes, sealed: a copy of the database alone tells none of them (ADR 47).

Each note has a key of its own, under which stand its text and every former one. That key is kept wrapped by one of
`settings.NOTE_KEYS`, which are not in the database: the first wraps, each of them opens. What is sealed is bound to its
place: the number of the note and of the version.
"""

import logging
from functools import lru_cache

from django.conf import settings

from common.envelope import NotOpened, derived, opened, sealed
from common.errors import Conflict

logger = logging.getLogger(__name__)
NO_KEY = "Une note ne peut pas être écrite : cette installation n’a pas de clé pour elles. Prévenez l’administration."
LONGEST_NAME = 32


class Unopened(Conflict):
    """A text that nobody opens here: its key is not among those of the installation, or it was changed past us."""

    code = "note_unopened"


@lru_cache(maxsize=16)
def _bits(word: str) -> bytes:
    return derived(word, "ancrage note keys")


def current_name() -> str:
    """The name of the key that wraps. `Conflict` where there is none."""
    name = next(iter(settings.NOTE_KEYS), None)
    if name is None:
        raise Conflict(NO_KEY, code="no_note_key")
    return str(name)


def wrapped(key: bytes, *, key_id: int, name: str) -> bytes:
    """The key of a note, under the key `name` of the installation."""
    return sealed(key, key=_bits(settings.NOTE_KEYS[name]), about=f"note key {key_id}")


def unwrapped(box: bytes | memoryview, *, key_id: int, name: str) -> bytes:
    """Raises `Unopened`."""
    if name in settings.NOTE_KEYS:
        try:
            return opened(bytes(box), key=_bits(settings.NOTE_KEYS[name]), about=f"note key {key_id}")
        except NotOpened:
            logger.error("the key %r of ANCRAGE_NOTE_KEYS is another than the one that wrapped", name)
    raise Unopened(
        f"Ce texte ne peut pas être ouvert : la clé « {name} » manque à cette installation. Rien n’est perdu tant que "
        "cette clé est gardée quelque part : prévenez l’administration."
    )


def sealed_text(text: str, *, key: bytes, note_id: int, version: int) -> bytes:
    return sealed(text.encode(), key=key, about=f"note {note_id} {version}")


def opened_text(box: bytes | memoryview, *, key: bytes, note_id: int, version: int) -> str:
    """Raises `Unopened`."""
    try:
        return opened(bytes(box), key=key, about=f"note {note_id} {version}").decode()
    except NotOpened:
        logger.error("the text of note %s, version %s, is not the one that was sealed there", note_id, version)
        raise Unopened(
            "Ce texte ne peut pas être ouvert : il n’est plus celui qui a été écrit. Prévenez l’administration."
        ) from None
