"""Real services under a real parent, stopped, killed and started again."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from demo.supervisor import MARK, AlreadyRunning, end_orphans, only_one

pytestmark = pytest.mark.runtime

ROOT = Path(__file__).resolve().parents[2]
PARENT = """
import sys
from pathlib import Path
from demo.supervisor import Service, ServiceFailed, Supervisor, only_one
var = Path(sys.argv[1])
services = [
    {services}
]
with only_one(var / "demo.pid", "http://localhost:1/"):
    try:
        Supervisor(var, services, grace=1.0).run(lambda: {ready}, lambda: print("ready", flush=True))
    except ServiceFailed as failure:
        sys.exit(str(failure))
"""
# A service with a child; both ignore SIGTERM, as a worker in the middle of a task does.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "a").write("started\\n")
os.fork()
time.sleep(600)
"""

# Those of a demo, which know the tasks of these tests too.
WORKERS = (
    "*(Service(s.name, [*s.command, '--include', 'tests.config.tasks']) "
    "for s in __import__('demo.management.commands.demo', fromlist=['services']).services(1) if 'worker' in s.name),"
)


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="anc-"))
    folder.chmod(0o755)
    yield folder
    left = marked(folder)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    # A server that ends meanwhile takes its last files away by itself.
    shutil.rmtree(folder, ignore_errors=True)
    assert not left, left


def marked(var: Path) -> list[psutil.Process]:
    """Everything that a supervisor of `var` started and that still lives."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == str(var) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


@contextlib.contextmanager
def parent(var: Path, services: str, ready: str = "True") -> Iterator[subprocess.Popen[str]]:
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "CELERY_BROKER_URL"}}
    env |= {"ANCRAGE_VAR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT.format(services=services, ready=ready), str(var)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def stubborn(var: Path, essential: bool = True) -> str:
    return f'Service("web", [sys.executable, "-c", {STUBBORN!r}, "{var}/starts"], essential={essential}),'


def starts(var: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return (var / "starts").read_text().count("started")
    return 0


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_even_what_does_not_listen(var: Path, number: signal.Signals) -> None:
    with parent(var, stubborn(var)) as process:
        wait_until(lambda: len(marked(var)) == 2)
        wait_until(lambda: starts(var) == 1)
        process.send_signal(number)
        assert process.wait() == 0
        assert marked(var) == []


def test_a_busy_worker_does_not_outlive_its_parent(var: Path) -> None:
    with parent(var, WORKERS) as process:
        wait_until(lambda: len(workers(var)) == 2)
        send(var, "tests.stay_busy", str(var / "busy"), 600.0)
        wait_until((var / "busy").exists)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
        assert marked(var) == []


def test_a_killed_process_of_a_worker_silences_nobody(var: Path) -> None:
    """`kill -9` of each process in turn, as the kernel does where memory lacks: what is sent is done."""
    with parent(var, WORKERS) as process:
        for turn in range(2):
            touched(var, f"before-{turn}")
            wait_until(lambda: len(workers(var)) == 2)
            workers(var)[0].kill()
            touched(var, *(f"after-{turn}-{n}" for n in range(3)))
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def test_a_worker_is_one_process(var: Path) -> None:
    """Those of a pool share locks; the product's settings make none, whatever the command says."""
    asked = WORKERS.replace("*s.command,", "*s.command, '--pool', 'prefork', '--concurrency', '2',")
    with parent(var, asked) as process:
        touched(var, "one", "two")
        wait_until(lambda: len(workers(var)) == 2)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def workers(var: Path) -> list[psutil.Process]:
    """The oldest first; the embedded server that one of them started is none."""
    found = []
    for one in marked(var):
        with contextlib.suppress(psutil.Error):
            found += [one] if "celery" in one.cmdline() else []
    return sorted(found, key=lambda one: one.create_time())


def touched(var: Path, *names: str) -> None:
    """Send a message for each name, and wait until each is done."""
    for name in names:
        send(var, "tests.touch", str(var / name))
    wait_until(lambda: all((var / name).exists() for name in names))


def send(var: Path, task: str, *args: object) -> None:
    code = "from config.celery import app; import json, sys; app.send_task(sys.argv[1], args=json.loads(sys.argv[2]))"
    env = {**process_environment(var), "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "-c", code, task, json.dumps(args)], cwd=ROOT, env=env, check=True)


def process_environment(var: Path) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k != "CELERY_BROKER_URL"} | {"ANCRAGE_VAR": str(var)}


def test_a_service_that_was_killed_is_started_again(var: Path) -> None:
    with parent(var, stubborn(var)) as process:
        wait_until(lambda: len(marked(var)) == 2)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        leader = min(marked(var), key=lambda one: one.create_time())
        wait_until(lambda: starts(var) == 1)
        leader.kill()
        wait_until(lambda: starts(var) == 2 and len(marked(var)) == 2)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def test_a_server_that_can_not_start_says_why(var: Path) -> None:
    dies = "Service('web', [sys.executable, '-c', 'raise SystemExit(\"port pris\")'], essential=True),"
    with parent(var, dies, ready="False") as process:
        _, errors = process.communicate()
        assert process.returncode == 1
        assert "« web » s’arrête" in errors
        assert "port pris" in errors


def test_a_service_that_always_dies_ends_everything(var: Path) -> None:
    dies = "Service('worker', [sys.executable, '-c', 'raise SystemExit(3)']),"
    with parent(var, stubborn(var) + dies) as process:
        _, errors = process.communicate()
        assert process.returncode == 1
        assert "« worker » s’arrête (code 3)" in errors
        assert marked(var) == []


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_services_follow_a_parent_that_was_killed(var: Path) -> None:
    sleeps = 'Service("web", [sys.executable, "-c", "import time; time.sleep(600)"], essential=True),'
    with parent(var, sleeps) as process:
        wait_until(lambda: len(marked(var)) == 1)
        process.kill()
        process.wait()
        wait_until(lambda: marked(var) == [])


def test_the_next_start_ends_what_a_killed_parent_left(var: Path) -> None:
    with parent(var, stubborn(var)) as process:
        wait_until(lambda: starts(var) == 1 and len(marked(var)) == 2)
        process.kill()
        process.wait()
    assert len(marked(var)) == 2, "these ignore SIGTERM"
    assert end_orphans(var, grace=0.2) == 2
    assert marked(var) == []


def test_a_second_one_is_told_where_the_first_is(var: Path) -> None:
    with parent(var, stubborn(var)) as process:
        wait_until(lambda: starts(var) == 1)
        with pytest.raises(AlreadyRunning) as caught, only_one(var / "demo.pid", "http://localhost:2/"):
            pass
        assert caught.value.address == "http://localhost:1/"
        process.send_signal(signal.SIGINT)
        process.wait()
    with only_one(var / "demo.pid", "http://localhost:2/"):
        pass


@pytest.mark.parametrize("content", ["", "1", "1\nhttp://localhost:9/\n", "\0\0\0", "no pid"])
def test_a_pid_file_without_its_lock_stops_nobody(var: Path, content: str) -> None:
    """Truncated by a power cut, or naming a pid that another program has now (1 always lives)."""
    (var / "demo.pid").write_text(content)
    with only_one(var / "demo.pid", "http://localhost:2/"):
        assert (var / "demo.pid").read_text() == f"{os.getpid()}\nhttp://localhost:2/\n"


def test_the_lock_of_a_demo_ends_with_its_process(var: Path) -> None:
    with parent(var, stubborn(var)) as process:
        wait_until(lambda: starts(var) == 1)
        process.kill()
        process.wait()
    with open(var / "demo.pid", "a") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # its services, still there, do not hold it
    end_orphans(var, grace=0.2)


def test_a_log_is_private_and_put_aside_while_its_service_writes(var: Path) -> None:
    talks = "import sys, time\nwhile True:\n    print('x' * 999, flush=True)\n    time.sleep(0.001)\n"
    (var / "talks.py").write_text(talks)
    (var / "log").mkdir(mode=0o755)
    small = PARENT.replace("var = Path", "import demo.supervisor\ndemo.supervisor.LOG_BYTES = 50_000\nvar = Path")
    command = f"Service('web', [sys.executable, {str(var / 'talks.py')!r}], essential=True)"
    process = subprocess.Popen(
        [sys.executable, "-c", small.format(services=command, ready="True"), str(var)],
        cwd=ROOT, env=os.environ | {"ANCRAGE_VAR": str(var)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    log, former = var / "log" / "web.log", var / "log" / "web.old.log"
    until = time.monotonic() + 30
    while not former.exists() or log.stat().st_size < 2_000:
        assert time.monotonic() < until
        time.sleep(0.05)
    process.terminate()
    process.wait(20)
    assert log.stat().st_size < 1_000_000
    assert {oct(path.stat().st_mode & 0o777) for path in (log, former)} == {"0o600"}
    assert oct(log.parent.stat().st_mode & 0o777) == "0o700"
    assert set(log.read_text().splitlines()) == {"x" * 999}
