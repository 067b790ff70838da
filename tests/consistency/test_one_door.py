"""What leaves the house passes one door: only the providers of `office.messages` know how to send."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from office.messages.providers import PROVIDERS
from office.messages.worker import ABANDONED_AFTER

ROOT = Path(settings.BASE_DIR)
APPS = ("common", "office", "stock", "leases", "rent_ledger", "maintenance", "social_link", "desk", "config", "demo")
DOOR = "office/messages/providers/"
# What carries a text out of the machine. `socket` too: whoever opens one sends past all of these.
SENDERS = {
    "smtplib", "django.core.mail", "http.client", "urllib.request", "requests", "httpx", "urllib3", "aiohttp",
    "socket", "ftplib", "imaplib", "poplib", "xmlrpc.client", "asyncio",
}  # fmt: skip

NOT_SENDING = {"demo/management/commands/demo.py": "socket"}
"""It looks for a free port."""


@cache
def _imports(path: Path) -> tuple[str, ...]:
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_the_providers_send() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): name
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        for name in _imports(path)
        if name in SENDERS or any(name.startswith(f"{sender}.") for sender in SENDERS)
    }
    outside = {path: name for path, name in found.items() if not path.startswith(DOOR)}
    assert outside == NOT_SENDING
    assert found, "the providers themselves were not seen"


def test_only_the_worker_asks_a_provider_to_send() -> None:
    named = {
        path.relative_to(ROOT).as_posix()
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if {"office.messages.providers.provider_of", "office.messages.providers.PROVIDERS"} & set(_imports(path))
    }
    assert named == {"office/messages/worker.py", "office/messages/checks.py"}


# What a person carries: no machine hands it over.
BY_HAND = {"paper", "call"}


def test_each_provider_has_its_folder_and_says_how_long_it_knows_a_key() -> None:
    folders = sorted(path.name for path in (ROOT / DOOR).iterdir() if path.is_dir() and path.name != "__pycache__")
    assert folders == sorted({*PROVIDERS, *BY_HAND})
    for name, make in PROVIDERS.items():
        assert make().name == name
        life = make().key_life
        assert life is None or life > ABANDONED_AFTER
