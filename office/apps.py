from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

DECLARING = (
    "parameters",
    "jobs",
    "schedules",
    "letters",
    "gates",
    "duties",
    "notices",
    "checks",
    "asides",
    "questions",
)


def _settle_database(*, using: str, **_: Any) -> None:
    from common.db import turn_jit_off

    turn_jit_off(using=using)


class OfficeApp(AppConfig):
    name = "office"

    def ready(self) -> None:
        """Load what each app and each of its subjects declares: dated parameters, handlers of jobs, scheduled tasks,
        messages and what holds them, kinds of task, notices, checks at start, columns of lists, questions."""
        post_migrate.connect(_settle_database, sender=self)
        autodiscover_modules(*DECLARING, *(f"{subject}.{room}" for subject in _subjects() for room in DECLARING))


def _subjects() -> list[str]:
    """Names of the packages that hold a declaring room, in any app of the house."""
    house = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    return sorted({room.parent.name for app in house for name in DECLARING for room in app.glob(f"*/{name}.py")})
