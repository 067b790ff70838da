"""Tasks of these tests only, loaded by `celery --include tests.config.tasks`."""

import time
from pathlib import Path

from config.celery import app


@app.task(name="tests.touch")
def touch(path: str) -> None:
    """Make the file `path`."""
    Path(path).touch()


@app.task(name="tests.stay_busy")
def stay_busy(path: str, seconds: float) -> None:
    """Say so in `path`, then work for `seconds`."""
    Path(path).write_text("busy")
    time.sleep(seconds)
