"""What Django refuses to start with: a storage or a scanner that is not there."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.files.storage import InvalidStorageError, storages

from office.files.scanning import scanner


@register()
def files_are_kept_and_scanned(**kwargs: Any) -> list[CheckMessage]:
    """The storage and the scanner that the settings name can be imported."""
    found: list[CheckMessage] = []
    try:
        storages["default"]
    except (ImportError, InvalidStorageError) as error:
        hint = "An S3 bucket needs the packages of requirements-s3.txt."
        found.append(Error(f"The storage of files can't be used: {error}", hint=hint, id="office.files.E001"))
    try:
        scanner()
    except ImportError as error:
        found.append(Error(f"FILE_SCANNER names no function: {error}", id="office.files.E002"))
    return found
