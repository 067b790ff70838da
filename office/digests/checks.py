"""What Django refuses to start with: an hour at which no digest would ever be written."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from office.digests.services.sending import MORNING_ENDS


@register()
def the_digest_is_of_the_morning(**_: Any) -> list[Error]:
    if 0 <= settings.DIGEST_HOUR < MORNING_ENDS:
        return []
    return [
        Error(
            f"ANCRAGE_DIGEST_HOUR est {settings.DIGEST_HOUR} : le récapitulatif ne partirait jamais.",
            hint=f"Donnez une heure du matin, de 0 à {MORNING_ENDS - 1}.",
            id="digests.E1",
        )
    ]
