"""A database whose migrations are not those of this version: said in plain words, before anything is touched."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

FORMER = "Cette base de démonstration a été faite par une version antérieure d’Ancrage"
LATER = "Cette base a été faite par une version plus récente d’Ancrage"
# No other base can have a former history: Ancrage was installed nowhere before migrations were made to stay.
MAKE_ANEW = "Rien n’a été touché. « make demo-reset » efface cette base de démonstration et la refait à neuf."
UPDATE = "Rien n’a été touché. Mettez Ancrage à jour, ou choisissez une autre base."


def other_history(connection: BaseDatabaseWrapper) -> tuple[str, str] | None:
    """What is wrong and what to do, in French, where the base has migrations of ours that this version doesn't have.

    A base of a later version has all of this version's beside them; one of a former version does not.
    """
    loader = MigrationLoader(connection)
    ours = {app.label for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    # A squashed migration's name stays known through the one that replaces it.
    known = set(loader.disk_migrations).union(*(m.replaces for m in loader.disk_migrations.values()))
    applied = set(loader.applied_migrations)
    unknown = sorted(key for key in applied - known if key[0] in ours)
    if not unknown:
        return None
    missing = {key for key in loader.graph.nodes if key[0] in ours} - applied
    others = f" et {len(unknown) - 1} de plus" if len(unknown) > 1 else ""
    wrong = f"{FORMER if missing else LATER} (migration inconnue : {'.'.join(unknown[0])}{others})."
    return wrong, MAKE_ANEW if missing else UPDATE


@register(Tags.database)
def check_history(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """E001: `migrate` on a base of another history. Other commands name no database and ask nothing."""
    found = [other_history(connections[alias]) for alias in databases or ()]
    return [Error(wrong, hint=hint, id="config.E001") for wrong, hint in filter(None, found)]
