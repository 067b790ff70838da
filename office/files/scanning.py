"""The port for a search of malware: the setting `FILE_SCANNER` names a function, or nothing is searched.

The function takes the bytes as they came and gives the name of what it found, or None. If it can't tell, it raises.
"""

import logging
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from common.errors import InvalidInput

logger = logging.getLogger(__name__)

Scanner = Callable[[bytes], str | None]


def scanner() -> Scanner | None:
    """The function that the setting names. `ImportError` where there is none of that name."""
    found: Scanner | None = import_string(settings.FILE_SCANNER) if settings.FILE_SCANNER else None
    return found


def scan(data: bytes, *, name: str, field: str) -> None:
    """`InvalidInput` if something was found, or if the scanner does not answer: what nobody looked at stays out."""
    search = scanner()
    if search is None:
        return
    try:
        found = search(data)
    except Exception as error:
        logger.exception("the scan of a file failed")
        raise InvalidInput(
            f"L’antivirus ne répond pas : « {name} » n’a pas été enregistré. Réessayez dans quelques minutes.",
            code="scan_failed",
            field=field,
        ) from error
    if found:
        raise InvalidInput(
            f"L’antivirus refuse « {name} » ({found}). Ce fichier n’a pas été enregistré.", code="malware", field=field
        )
