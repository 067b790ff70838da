"""Files to send, and what is in the storage."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import override_settings


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path) -> Iterator[Path]:
    """Each test begins with an empty storage."""
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


@pytest.fixture
def kept() -> Callable[[], set[str]]:
    """The names of what is in the storage now."""

    def names() -> set[str]:
        if not default_storage.exists("files"):
            return set()
        folders = default_storage.listdir("files")[0]
        return {name for folder in folders for name in default_storage.listdir(f"files/{folder}")[1]}

    return names
