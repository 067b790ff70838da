"""`kill -9` of the worker, then of PostgreSQL, inside a run and an import: the books of an undisturbed life."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from django.conf import settings

pytestmark = [pytest.mark.runtime, pytest.mark.long]


def environment(var: Path, hang: Path | None = None, database: str = "ancrage") -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "HANG", "PYTEST_XDIST_WORKER")}
    clean |= {"ANCRAGE_VAR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings", "KILL_DATABASE": database}
    return clean | ({"HANG": str(hang)} if hang else {})


def life(var: Path, *steps: str, database: str = "ancrage") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.config.kill_world", *steps],
        cwd=settings.BASE_DIR, env=environment(var, database=database), capture_output=True, text=True, check=False,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def postmaster(var: Path) -> int:
    """Process id of the cluster's server, wherever its data had to go."""
    home = var / "postgres"
    elsewhere = home / "location"
    data = Path(elsewhere.read_text().strip()) if elsewhere.exists() else home
    [pid_file] = data.rglob("postmaster.pid")
    return int(pid_file.read_text().split()[0])


def kill_inside(var: Path, step: str, tmp_path: Path, *, postgres: bool) -> None:
    """Start `step`, wait until it stands inside its transaction, and kill it; or kill the server under it."""
    hang = tmp_path / f"{step}-{postgres}"
    hang.touch()
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.config.kill_world", step],
        cwd=settings.BASE_DIR, env=environment(var, hang), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not Path(f"{hang}.here").exists():
        assert worker.poll() is None, f"{step} ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    if postgres:
        server = psutil.Process(postmaster(var))
        for process in (server, *server.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        hang.unlink()
        worker.wait(60)
    else:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()


def test_killed_in_a_run_and_in_an_import_the_books_are_those_of_an_undisturbed_life(tmp_path: Path) -> None:
    var = tmp_path / "var"
    life(var, "build", "copy")
    undisturbed = life(var, "run", "bank", "digest", database="calm")
    assert undisturbed.split()[1:] == ["0", "6"]
    for step in ("run", "bank"):
        kill_inside(var, step, tmp_path, postgres=False)
        kill_inside(var, step, tmp_path, postgres=True)
        life(var, step)
    assert life(var, "digest") == undisturbed
