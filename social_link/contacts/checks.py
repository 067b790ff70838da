"""The keys of the notes, before anything is written (`manage.py check`)."""

import re
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from common.typography import counted
from social_link.contacts import sealing
from social_link.contacts.models import NoteKey
from social_link.contacts.rewrapping import keys_in_use

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
SHORTEST = 32
_KEEP = "Une clé perdue est perdue avec les notes qu’elle protège : gardez-la hors de la base et de ses sauvegardes."


@register()
def keys_are_named(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """E006: no key. E007: a key without a name, or too short."""
    if not settings.NOTE_KEYS:
        return [
            Error(
                "ANCRAGE_NOTE_KEYS est vide : aucune note ne peut être écrite ni lue.",
                hint=f"Donnez ANCRAGE_NOTE_KEYS=nom:clé, par exemple 2026:… de {SHORTEST} signes au moins. {_KEEP}",
                id="social_link.E006",
            )
        ]
    wrong = [
        name
        for name, word in settings.NOTE_KEYS.items()
        if not _NAME.fullmatch(name) or len(name) > sealing.LONGEST_NAME or len(word) < SHORTEST
    ]
    return [
        Error(
            f"ANCRAGE_NOTE_KEYS : la clé « {name} » n’a pas la forme nom:clé, ou sa clé a moins de {SHORTEST} signes.",
            hint="Le nom est fait de minuscules, de chiffres et de tirets. La clé n’a ni « : » ni virgule.",
            id="social_link.E007",
        )
        for name in wrong
    ]


@register(Tags.database)
def keys_in_use_are_known(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """W006: notes whose key is not among those of the installation, or is another one under its name (`manage.py check
    --database default`, and `migrate`)."""
    # A base that is not yet of this version has none.
    if not databases or NoteKey._meta.db_table not in connections[databases[0]].introspection.table_names():
        return []
    used = keys_in_use()
    samples = {row.name: row for row in NoteKey.objects.order_by("name", "pk").distinct("name")}
    return [
        Warning(
            f"{counted(used[name], 'note ne s’ouvre pas,notes ne s’ouvrent pas')} : la clé « {name} » manque à "
            "ANCRAGE_NOTE_KEYS, ou n’est plus la même.",
            hint="Ajoutez-la à la fin de ANCRAGE_NOTE_KEYS. Rien n’est perdu tant qu’elle est gardée quelque part.",
            id="social_link.W006",
        )
        for name, row in samples.items()
        if not _opens(row)
    ]


def _opens(row: NoteKey) -> bool:
    try:
        row.open()
    except sealing.Unopened:
        return False
    return True
