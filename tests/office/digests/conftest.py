"""A folder for what leaves, and an address of the house."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def outbox(tmp_path: Path, settings: Any) -> Path:
    settings.MESSAGE_FOLDER = tmp_path / "outbox"
    settings.MAIL_PROVIDER = settings.SMS_PROVIDER = "file"
    settings.PUBLIC_URL = "https://ancrage.test/"
    return settings.MESSAGE_FOLDER
