"""A worker knows what every subject declares: a task that it does not know is thrown away, and nobody is told."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from config.wakes import DRAIN, QUEUES, TOPICS
from office.apps import DECLARING

ROOT = Path(settings.BASE_DIR)
# What a worker does before its first message. A process of its own: this one has read modules that a worker has not.
WORKER = """
import json, sys
from config.celery import app

app.loader.import_default_modules()
print(json.dumps({"tasks": sorted(app.tasks), "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def worker() -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.fixture
def known(worker: dict[str, list[str]]) -> set[str]:
    return set(worker["tasks"])


def _nodes(*words: str) -> Iterator[tuple[Path, ast.AST]]:
    """Of the modules in which one of the words stands."""
    for app in settings.INSTALLED_APPS:
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text()
            if any(word in text for word in words):
                yield from ((path, node) for node in ast.walk(ast.parse(text)))


def declared() -> set[str]:
    """Names that `@shared_task(name=…)` gives, in any module of the house."""
    found = set()
    for _, node in _nodes("shared_task"):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "shared_task":
            found |= {word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)}
    return found


def test_a_worker_knows_each_task_that_is_declared(known: set[str]) -> None:
    assert {"office.drain", "office.tick", "rent_ledger.detect_arrears", "social_link.raise_alerts"} <= declared()
    assert declared() - known == set()


def test_a_worker_knows_what_is_sent_to_it(known: set[str]) -> None:
    from config.celery import app

    sent = {name for names in (*TOPICS.values(), DRAIN) for name in names}
    sent |= {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert sent - known == set()


def test_each_task_names_its_queue() -> None:
    """`office.drain` has the queue of the jobs that it works on. An entry of beat is not sent by `enqueue`."""
    from config.celery import app

    assert set(QUEUES) == declared() - set(DRAIN)
    assert {entry["options"]["queue"] for entry in app.conf.beat_schedule.values()} == {QUEUES["office.tick"]}


def test_only_enqueue_sends_a_task() -> None:
    """A task sent by its own method would go to the queue of all that say none. A delay that is read is a number."""
    sending = {
        path.relative_to(ROOT).as_posix()
        for path, node in _nodes("send_task", "apply_async", "delay")
        if (isinstance(node, ast.Attribute) and node.attr in ("send_task", "apply_async"))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "delay")
    }
    assert sending == {"config/wakes.py"}


@pytest.mark.parametrize("room", DECLARING)
def test_a_worker_has_read_what_each_subject_declares(room: str, worker: dict[str, list[str]]) -> None:
    paths = [path.relative_to(ROOT) for app in settings.INSTALLED_APPS for path in (ROOT / app).rglob(f"{room}.py")]
    written = {".".join(path.with_suffix("").parts) for path in paths}
    assert written
    assert written - set(worker["modules"]) == set()
