"""Settings of an installation of several machines, or behind a pooler; what is refused there."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as product
from django.core.cache import caches
from django.core.management import call_command
from django.db import close_old_connections, connection
from django.urls import reverse

from config.checks import shared_by_all_machines, visitors_are_told_apart

DISK = {"default": {"BACKEND": "office.files.storage.DiskStorage"}}
BUCKET = {"default": {"BACKEND": "storages.backends.s3.S3Storage"}}
FILES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "/nowhere"}}
TABLE = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "ancrage_cache"}}
ALL_APART = {
    "MACHINES": 2,
    "CELERY_BROKER_URL": "filesystem://localhost/",
    "DATABASES": {"default": {"ENGINE": "embedded_postgres"}},
    "CACHES": FILES,
    "SECRET_IS_LOCAL": True,
    "STORAGES": DISK,
}
SHARED = {
    "CELERY_BROKER_URL": "amqp://broker/",
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "CACHES": TABLE,
    "SECRET_IS_LOCAL": False,
    "STORAGES": BUCKET,
}
NAMES = {
    "CELERY_BROKER_URL": "config.E002",
    "DATABASES": "config.E003",
    "CACHES": "config.E004",
    "SECRET_IS_LOCAL": "config.E005",
    "STORAGES": "config.W001",
}


def _found(monkeypatch: pytest.MonkeyPatch, values: dict[str, Any]) -> list[str | None]:
    # The check reads names only: `override_settings` would close the database that these name.
    with monkeypatch.context() as patch:
        for name, value in values.items():
            patch.setattr(product, name, value)
        return [message.id for message in shared_by_all_machines()]


def test_what_each_machine_has_for_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _found(monkeypatch, ALL_APART) == sorted(NAMES.values())


@pytest.mark.parametrize(("name", "refusal"), NAMES.items())
def test_each_thing_shared_is_one_refusal_less(name: str, refusal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal not in _found(monkeypatch, {**ALL_APART, name: SHARED[name]})
    assert _found(monkeypatch, {**ALL_APART, **SHARED, name: ALL_APART[name]}) == [refusal]


def test_one_machine_may_keep_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _found(monkeypatch, {**ALL_APART, "MACHINES": 1}) == []


def _settings(**environment: str) -> dict[str, Any]:
    """Settings of a process with this environment."""
    show = """
import json
from config import settings

database = settings.DATABASES["default"]
print(json.dumps({
    "cache": settings.CACHES["default"], "machines": settings.MACHINES, "local": settings.SECRET_IS_LOCAL,
    "cursors": not database["DISABLE_SERVER_SIDE_CURSORS"], "options": database.get("OPTIONS", {}),
}, default=str))
"""
    ours = ("CACHE_URL", "DATABASE_URL", "ANCRAGE_POOLER", "ANCRAGE_MACHINES", "ANCRAGE_SECRET_KEY")
    clean = {key: value for key, value in os.environ.items() if key not in ours}
    clean |= {"DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    done = subprocess.run(
        [sys.executable, "-c", show], cwd=product.BASE_DIR, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_without_a_setting_one_machine_has_all_to_itself() -> None:
    found = _settings()
    assert found["cache"]["BACKEND"].endswith("FileBasedCache")
    assert (found["machines"], found["local"], found["cursors"]) == (1, True, True)


def test_behind_a_pooler_no_connection_asks_for_options_or_keeps_a_cursor() -> None:
    found = _settings(DATABASE_URL="postgresql://ancrage@pooler:6432/ancrage", ANCRAGE_POOLER="1")
    assert not found["cursors"]
    assert found["options"] == {}  # PgBouncer refuses a connection with options


@pytest.mark.parametrize(
    ("url", "backend", "location"),
    [("db", "db.DatabaseCache", "ancrage_cache"), ("redis://cache/1", "redis.RedisCache", "redis://cache/1")],
)
def test_the_cache_of_sign_ins_is_shared_by_a_setting(url: str, backend: str, location: str) -> None:
    found = _settings(CACHE_URL=url, ANCRAGE_MACHINES="3", ANCRAGE_SECRET_KEY="secret")
    assert found["cache"] == {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": location}
    assert (found["machines"], found["local"]) == (3, False)


@pytest.mark.django_db
def test_sign_ins_are_counted_once_for_all_who_share_the_database(settings: Any, client: Any) -> None:
    """Two objects of one cache, as two processes have: what one counted, the other knows."""
    settings.CACHES = TABLE
    call_command("createcachetable", verbosity=0)
    assert caches["default"].add("wake:arrears_changed", True, timeout=3)
    other = type(caches["default"])("ancrage_cache", {})
    assert not other.add("wake:arrears_changed", True, timeout=3)
    answers = [client.post(reverse("account_login"), {"login": "a@example.org", "password": "faux"})
                for _ in range(12)]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ancrage_cache WHERE cache_key LIKE '%login%'")
        assert cursor.fetchone()[0] > 0
    assert "Trop de tentatives" in answers[-1].content.decode()


@pytest.mark.django_db
def test_no_statement_is_prepared_on_a_connection() -> None:
    """psycopg would prepare a statement that it sends for the sixth time; behind a pooler, somebody else's is there."""
    connection.ensure_connection()
    assert connection.connection.prepare_threshold is None


@pytest.mark.parametrize(("https", "proxies", "told"), [(True, 0, ["config.W002"]), (True, 1, []), (False, 0, [])])
def test_a_proxy_that_nobody_counted_is_told(settings: Any, https: bool, proxies: int, told: list[str]) -> None:
    settings.HTTPS, settings.ALLAUTH_TRUSTED_PROXY_COUNT = https, proxies
    assert [message.id for message in visitors_are_told_apart()] == told


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_costs_nobody_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when PostgreSQL starts again between two pages: what a request begins with finds it, and opens another."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)
    connection.close()
    connection.ensure_connection()
    former = connection.connection.info.backend_pid
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [former])
    other.close()
    close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != former
