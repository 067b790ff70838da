"""The embedded server under every ill treatment: real servers, real processes, real signals."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from embedded_postgres.cluster import LONGEST_SOCKET, PORT, Cluster
from embedded_postgres.installation import Runner, _copy_of_wheel, _wheel

pytestmark = pytest.mark.runtime

UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "16MB"}
ROOT = Path(__file__).resolve().parents[2]
# A user of the cluster in a process of its own: says when it has joined, leaves when its standard input closes.
USER = f"""
import signal
import sys
# What a shell starts in the background ignores it, and so would this.
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from embedded_postgres.cluster import cluster_at
cluster = cluster_at(Path(sys.argv[1]), {UNSAFE!r})
cluster.join("ancrage")
print("joined", flush=True)
sys.stdin.read()
"""


def runs(process: psutil.Process) -> bool:
    """Not ended. What ended and was not collected by its parent yet is a zombie."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that the unprivileged user can reach; whatever still runs there at the end is a failure."""
    base = Path(tempfile.mkdtemp(prefix="anc-"))
    base.chmod(0o755)
    folder = base / "pg"
    yield folder
    cluster = Cluster(folder)
    left = cluster._processes() if cluster.home.exists() else []
    until = time.monotonic() + 2
    while (left := [process for process in left if runs(process)]) and time.monotonic() < until:
        time.sleep(0.02)  # one that is ending has no command line any more, and still its folder
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    for place in {cluster.home, cluster.socket_dir} if cluster.home.exists() else ():
        shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(base, ignore_errors=True)
    assert not left, left


@pytest.fixture
def cluster(root: Path) -> Iterator[Cluster]:
    used = Cluster(root, UNSAFE)
    yield used
    used.leave()


@contextlib.contextmanager
def user(root: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(root)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def joined(process: subprocess.Popen[str]) -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == "joined\n"


def ends(process: subprocess.Popen[str]) -> None:
    process.communicate()
    assert process.returncode == 0


def servers(root: Path) -> list[int]:
    return [process.pid for process in Cluster(root)._postmasters()]


def test_the_order_of_texts_is_the_same_on_every_machine(cluster: Cluster) -> None:
    cluster.join("ancrage")
    with cluster.connect("ancrage") as connection:
        rows = connection.execute("SELECT x FROM unnest(ARRAY['é', 'z', 'a', 'Z']) x ORDER BY x").fetchall()
    assert [x for (x,) in rows] == ["Z", "a", "z", "é"]


def test_the_last_user_stops_the_server(root: Path) -> None:
    with user(root) as first, user(root) as second:
        assert joined(first)
        assert joined(second)
        ends(first)
        assert len(servers(root)) == 1
        assert Cluster(root).running()
        ends(second)
        assert servers(root) == []


def test_two_processes_that_start_at_once_share_one_server(root: Path) -> None:
    with user(root) as a, user(root) as b, user(root) as c:
        assert all(joined(process) for process in (a, b, c))
        assert len(servers(root)) == 1
        for process in (a, b, c):
            ends(process)


def test_a_killed_user_counts_no_more(root: Path) -> None:
    with user(root) as killed, user(root) as other:
        assert joined(killed)
        assert joined(other)
        killed.kill()
        killed.wait()
        assert len(servers(root)) == 1
        ends(other)
        assert servers(root) == []


def test_a_server_whose_last_user_was_killed_stops_by_itself(root: Path) -> None:
    with user(root) as only:
        assert joined(only)
        only.kill()
        only.wait()
        wait_until(lambda: servers(root) == [])


def test_a_guard_spares_a_server_in_use(root: Path) -> None:
    """It asks at once and often here; the lock of a user, not the time, is what it respects."""
    with user(root) as only:
        assert joined(only)
        (pid,) = servers(root)
        script = "from embedded_postgres import guard; guard.EVERY = 0.05; guard.watch(sys.argv[1], guard.Server({}))"
        words = [sys.executable, "-c", "import sys; " + script.format(pid), str(root / "lock")]
        with subprocess.Popen(words, cwd=ROOT) as eager:
            with pytest.raises(subprocess.TimeoutExpired):
                eager.wait(3)
            assert Cluster(root).running()
            ends(only)
            assert eager.wait(10) == 0


def test_a_forked_child_is_a_user_of_its_own(root: Path) -> None:
    script = USER.replace(
        "sys.stdin.read()",
        "import os\n"
        "reading, writing = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    os.close(0)\n"
        "    cluster.join('ancrage')\n"
        "    os.write(writing, b'x')\n"
        "    os.setsid()\n"
        "    open(sys.argv[2]).read()\n"  # a named pipe: until the test writes
        "    sys.exit()\n"
        "os.read(reading, 1)",
    )
    gate = root.parent / "gate"
    os.mkfifo(gate)
    subprocess.run(
        [sys.executable, "-c", script, str(root), str(gate)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    assert Cluster(root).running(), "the parent stopped a server that its child uses"
    gate.write_text("end")
    wait_until(lambda: servers(root) == [])


def test_a_child_that_never_connects_holds_nothing(root: Path) -> None:
    script = USER.replace(
        "sys.stdin.read()", "import os, time\nif os.fork() == 0:\n    time.sleep(60)\n    os._exit(0)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(root)], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        children: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            parent = psutil.Process(process.pid)
            while process.poll() is None and not children:
                children = parent.children()
        process.wait()
        assert servers(root) == []
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()


def test_django_connects_again_after_the_server_was_killed(root: Path) -> None:
    script = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE kept (n int)")
    cursor.execute("INSERT INTO kept VALUES (7)")
(server,) = connection.cluster._postmasters()
server.kill()
connection.close()
with connection.cursor() as cursor:
    cursor.execute("SELECT n, current_database() FROM kept")
    assert cursor.fetchone() == (7, "ancrage")
"""
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    env |= {"DJANGO_SETTINGS_MODULE": "config.settings", "ANCRAGE_VAR": str(root)}
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, check=True)
    assert servers(root / "postgres") == []


def test_a_backend_that_outlives_its_killed_server_is_no_obstacle(cluster: Cluster) -> None:
    cluster.join("ancrage")
    with contextlib.suppress(psycopg.OperationalError), cluster.connect() as busy:
        (server,) = cluster._postmasters()
        backend = psutil.Process(busy.info.backend_pid)
        backend.suspend()  # it can't notice that its server is gone
        server.kill()
        cluster.join("ancrage", again=True)
        assert cluster.running()
        assert not backend.is_running()


def test_a_pid_file_is_never_believed(cluster: Cluster) -> None:
    """Empty, truncated, not a number, a block of zeros, the pid of a stranger, all of it plausible."""
    with subprocess.Popen(["sleep", "60"]) as stranger:
        pid = stranger.pid
        cluster.join("ancrage")
        contents = ["", str(pid)[:2], "no number\n", "\0" * 200, f"{pid}\n", f"{pid}\n{cluster.data}\n1\n{PORT}\n"]
        for content in contents:
            cluster._postmasters()[0].kill()
            wait_until(lambda: not cluster._postmasters())
            (cluster.data / "postmaster.pid").write_text(content)
            next(cluster.socket_dir.glob("*.lock")).write_text(content)
            cluster.join("ancrage", again=True)
            assert cluster.running()
        assert stranger.poll() is None
        stranger.kill()


def test_a_truncated_pid_file_of_a_living_server_starts_no_second_one(cluster: Cluster) -> None:
    cluster.join("ancrage")
    (server,) = cluster._postmasters()
    (cluster.data / "postmaster.pid").write_text("")
    server.suspend()  # alive, but no connection succeeds: the worst moment to remove its pid file
    resumed_at: list[int] = []

    class Watched(Cluster):
        def running(self) -> bool:
            if resumed_at:
                return super().running()
            resumed_at.append(len(self._postmasters()))
            server.resume()
            return False

    second = Watched(cluster.root, UNSAFE)
    second._start()
    assert resumed_at == [1]
    assert servers(cluster.root) == [server.pid]


def test_a_half_made_cluster_is_made_anew(cluster: Cluster) -> None:
    """Power went off during initdb."""
    cluster.root.mkdir()
    cluster._make_places()
    (cluster.home / "data.new").mkdir()
    (cluster.home / "data.new" / "PG_VERSION").write_text("18\n")
    cluster.join("ancrage")
    assert cluster.running()


def test_the_server_is_out_of_the_terminals_reach(cluster: Cluster) -> None:
    cluster.join("ancrage")
    (server,) = cluster._postmasters()
    assert os.getsid(server.pid) != os.getsid(0)
    assert os.getpgid(server.pid) != os.getpgid(0)


def test_a_long_path_has_its_socket_elsewhere(root: Path) -> None:
    deep = root / ("d" * 60) / ("e" * 60)
    cluster = Cluster(deep, UNSAFE)
    try:
        socket_dir = cluster.join("ancrage")
        assert len(os.fsencode(socket_dir / ".s.PGSQL.5432")) <= LONGEST_SOCKET
        assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
        # /tmp is emptied at a reboot: the next start makes another one.
        cluster.leave()
        shutil.rmtree(socket_dir)
        assert cluster.join("ancrage") != socket_dir
        assert cluster.running()
    finally:
        cluster.leave()
        shutil.rmtree(cluster.socket_dir, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server to another user")
def test_root_changes_no_mode_of_what_was_there(root: Path) -> None:
    root.mkdir()
    root.chmod(0o700)
    cluster = Cluster(root / "postgres", UNSAFE)
    try:
        cluster.join("ancrage")
        assert cluster.running()
        assert stat.S_IMODE(root.stat().st_mode) == 0o700
        assert root.stat().st_uid == 0
        assert cluster.home.parent == Path("/var/tmp")
        assert stat.S_IMODE(cluster.home.stat().st_mode) == 0o700
        assert cluster._postmasters()[0].uids().effective != 0
    finally:
        cluster.leave()
        shutil.rmtree(cluster.home)


@pytest.mark.skipif(_wheel() is None, reason="no wheel for this platform")
def test_a_wheel_out_of_reach_is_copied(root: Path) -> None:
    root.mkdir()
    folder = _wheel()
    assert folder is not None
    copied = _copy_of_wheel(folder, Runner(), root)
    told = subprocess.run([copied / "initdb", "--version"], capture_output=True, text=True, check=True).stdout
    assert "PostgreSQL" in told
    assert _copy_of_wheel(folder, Runner(), root) == copied


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_signal_to_the_group_spares_the_server(root: Path) -> None:
    """Ctrl-C in the terminal reaches every process of the group, but not the server of another user."""
    with user(root) as other:
        assert joined(other)
        with subprocess.Popen(
            [sys.executable, "-c", USER, str(root)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        ) as process:
            assert joined(process)
            os.killpg(process.pid, signal.SIGINT)
            process.wait(30)
        assert Cluster(root).running()
        ends(other)
