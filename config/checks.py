"""What Ancrage refuses to start with, or warns of: what only one of several machines would see, visitors in a crowd."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

_ALONE = "ANCRAGE_MACHINES dit que plusieurs machines servent cette base"


@register()
def shared_by_all_machines(**_: Any) -> list[CheckMessage]:
    """E002 to E005, W001: a queue, a database, counts, a secret or files that each machine would have for itself."""
    if settings.MACHINES < 2:
        return []
    found: list[tuple[bool, Callable[..., CheckMessage], str, str, str]] = [
        (
            settings.CELERY_BROKER_URL.startswith("filesystem:"),
            Error,
            "la file des travaux est faite de fichiers, que les autres ne voient pas.",
            "Donnez CELERY_BROKER_URL : RabbitMQ ou Redis.",
            "config.E002",
        ),
        (
            settings.DATABASES["default"]["ENGINE"] == "embedded_postgres",
            Error,
            "la base est celle que cette machine démarre pour elle seule.",
            "Donnez DATABASE_URL.",
            "config.E003",
        ),
        (
            settings.CACHES["default"]["BACKEND"].endswith(("FileBasedCache", "LocMemCache")),
            Error,
            "les essais de connexion sont comptés par chacune pour elle-même.",
            "Donnez CACHE_URL : « db », ou l’adresse d’un Redis.",
            "config.E004",
        ),
        (
            settings.SECRET_IS_LOCAL,
            Error,
            "le secret est tiré par chacune : une session ouverte sur l’une est perdue sur l’autre.",
            "Donnez le même ANCRAGE_SECRET_KEY à toutes.",
            "config.E005",
        ),
        (
            settings.STORAGES["default"]["BACKEND"] == "office.files.storage.DiskStorage",
            Warning,
            "les fichiers reçus sont dans un dossier.",
            "Donnez ANCRAGE_S3_BUCKET, ou faites de var/media un dossier commun à toutes.",
            "config.W001",
        ),
    ]
    return [kind(f"{_ALONE} : {wrong}", hint=hint, id=name) for applies, kind, wrong, hint, name in found if applies]


@register()
def visitors_are_told_apart(**_: Any) -> list[CheckMessage]:
    """W002: behind a proxy that nobody counted, all visitors have its address, and wrong passwords of one brake all."""
    if not settings.HTTPS or settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return []
    return [
        Warning(
            "ANCRAGE_HTTPS dit qu’un serveur est devant l’application, et ANCRAGE_PROXIES n’en compte aucun : tous les "
            "visiteurs ont son adresse, et les mots de passe faux de l’un freinent tous les autres.",
            hint="Donnez ANCRAGE_PROXIES=1, ou le nombre de serveurs mandataires.",
            id="config.W002",
        )
    ]
