"""`manage.py demo` as a user runs it: a process, a port, Ctrl-C. The data are those of the test's own database."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from demo.supervisor import MARK

ROOT = Path(__file__).resolve().parents[2]
UNSET = {"CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE"}
pytestmark = [pytest.mark.runtime, pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="anc-") as folder:
        yield Path(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(var: Path, port: int | str) -> dict[str, str]:
    connection.ensure_connection()
    info = connection.connection.info
    password = f":{quote(info.password)}" if info.password else ""
    url = f"postgresql://{info.user}{password}@{quote(info.host, safe='')}:{info.port}/{info.dbname}"
    ours = {
        "ANCRAGE_VAR": str(var),
        "DATABASE_URL": url,
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return {k: v for k, v in os.environ.items() if k not in UNSET} | ours


def demo(var: Path, port: int | str, *options: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "manage.py", "demo", *options]
    return subprocess.run(words, cwd=ROOT, env=environment(var, port), capture_output=True, text=True, check=False)


def left(var: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == str(var) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def test_it_serves_until_ctrl_c_and_leaves_nothing(var: Path, port: int) -> None:
    get_user_model()._default_manager.create_user("someone@example.org", "long-enough-for-us")
    words = [sys.executable, "manage.py", "demo"]
    with subprocess.Popen(words, cwd=ROOT, env=environment(var, port), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = ""
            for line in process.stdout:
                told += line
                if "Ctrl-C" in line:
                    break
            assert f"Ancrage est ouvert : http://localhost:{port}/" in told
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/compte/login/") as page:
                assert page.status == 200
                shown = page.read().decode()
            assert "</form>" in shown
            # No other command made them, and the folder was empty.
            for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', shown):
                wanted = urllib.request.Request(f"http://127.0.0.1:{port}{address}", headers={"Accept-Encoding": "br"})
                with urllib.request.urlopen(wanted) as file:
                    assert "immutable" in file.headers["Cache-Control"], address
                    assert file.headers["Content-Encoding"] == (None if address.endswith(".png") else "br"), address
            second = demo(var, port)
            assert second.returncode == 1
            assert f"tourne déjà à l’adresse http://localhost:{port}/" in second.stderr
            process.send_signal(signal.SIGINT)
            assert "Arrêté." in process.stdout.read()
            assert process.wait() == 0
            assert left(var) == []
        finally:
            process.kill()
            for orphan in left(var):
                orphan.kill()


def test_a_port_in_use_is_named(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = demo(var, port)
    assert result.returncode == 1
    assert f"Le port {port} est déjà utilisé" in result.stderr
    assert f"PORT={port + 1} make demo" in result.stderr


@pytest.mark.parametrize("port", ["http", "65536"])
def test_a_port_that_is_none_is_refused(var: Path, port: str) -> None:
    result = demo(var, port, "--no-serve")
    assert result.returncode == 1
    assert f"PORT=« {port} » n’est pas un port" in result.stderr


def test_a_database_that_is_not_the_demos_is_never_wiped(var: Path, port: int) -> None:
    get_user_model()._default_manager.create_user("someone@example.org", "long-enough-for-us")
    result = demo(var, port, "--reset", "--no-serve")
    assert result.returncode == 1
    assert "DATABASE_URL désigne une base que la démonstration n’a pas créée" in result.stderr
    assert get_user_model()._default_manager.exists()


def test_a_load_cut_short_in_such_a_database_is_not_wiped_either(var: Path, port: int) -> None:
    (var / "demo.loading").touch()
    get_user_model()._default_manager.create_user("someone@example.org", "long-enough-for-us")
    assert demo(var, port, "--no-serve").returncode == 1
    assert get_user_model()._default_manager.exists()


def test_a_base_of_a_former_version_is_named_and_left_as_it_is(var: Path, port: int) -> None:
    get_user_model()._default_manager.create_user("someone@example.org", "long-enough-for-us")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET name = '0002_of_former_days' WHERE name = '0002_append_only'")
    result = demo(var, port, "--no-serve")
    assert result.returncode == 1
    assert "a été faite par une version antérieure" in result.stderr
    assert "« make demo-reset »" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Préparation" not in result.stdout
    assert get_user_model()._default_manager.exists()


def test_from_nothing_to_a_loaded_base(var: Path) -> None:
    """As the first `make demo` of a machine: its own server, a base that is kept, the migrations since, the days."""
    usual = {key: value for key, value in environment(var, "8000").items() if key != "DATABASE_URL"}
    words = [sys.executable, "manage.py", "demo", "--no-serve", "--size", "4", "--months", "2"]
    result = subprocess.run(words, cwd=ROOT, env=usual, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "Préparation de la base de données…" in result.stdout
    assert "Les jours : 100 %" in result.stdout
    assert not (var / "demo.loading").exists()
    again = subprocess.run([*words[:4]], cwd=ROOT, env=usual, capture_output=True, text=True, check=False)
    assert "Base existante conservée" in again.stdout
    assert left(var) == []
