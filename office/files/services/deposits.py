"""Files that wait for their preview to be confirmed: kept some days, without a row, then erased.

Who deposits one knows its digest; the view that shows it decides who may. A file that is refused is not deposited.
"""

import hashlib
import re
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common import clock

KEPT = timedelta(days=7)
"""Nobody confirms a preview later; the file is still with who sent it."""
FOLDER = "deposits"
FORMER_FOLDERS = ("stock-imports", "benefit-files")
"""Where deposits stood before; what is left there ends as they do."""
_NAME = re.compile(r"^[0-9a-f]{64}$")


def deposit(data: bytes) -> str:
    """Keep these bytes; their digest. Deposited again, they are kept from now on."""
    digest = hashlib.sha256(data).hexdigest()
    default_storage.save(f"{FOLDER}/{digest}", ContentFile(data))
    return digest


def deposited(digest: str) -> bytes | None:
    """What was deposited, or None where it is no longer there."""
    if not _NAME.match(digest):
        return None
    try:
        with default_storage.open(f"{FOLDER}/{digest}") as stored:
            return bytes(stored.read())
    except FileNotFoundError:
        return None


def sweep_deposits() -> int:
    """Erase what was deposited long ago. How many."""
    before, gone = clock.now() - KEPT, 0
    for folder in (FOLDER, *FORMER_FOLDERS):
        for name in _names(folder):
            if default_storage.get_modified_time(f"{folder}/{name}") < before:
                default_storage.delete(f"{folder}/{name}")
                gone += 1
    return gone


def _names(folder: str) -> list[str]:
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []
