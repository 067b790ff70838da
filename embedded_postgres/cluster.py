"""The life of one embedded server: it starts with its first user and stops with its last.

A user is a process. Each holds a shared POSIX lock on byte 1 of `var/<name>/lock`: a fork does not inherit it, and the
kernel drops it at death, however that comes. Byte 0 is a mutex: a process holds it while it starts or stops the server.
A leaving process that can lock byte 1 exclusively is the last, and stops the server; where the last one was killed, the
server's guard does (`guard`). "Running" means that a connection succeeds; what a pid file says is never believed.
"""

import atexit
import contextlib
import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import psycopg

from embedded_postgres import guard
from embedded_postgres.installation import ClusterError, Runner, binaries, runner_for

ROLE = "ancrage"
PORT = 5432
START_SECONDS = 120.0
STOP_SECONDS = 60.0
# sun_path holds 108 bytes on Linux, 104 on macOS, with the closing zero.
LONGEST_SOCKET = 103
_TURN, _PRESENCE = guard.TURN, guard.PRESENCE


class Cluster:
    """One server: its files under `root` (or where `root/location` says), its socket in `socket_dir`."""

    def __init__(self, root: Path, options: Mapping[str, str] | None = None) -> None:
        self.root = root.absolute()
        self.options = dict(options or {})
        self._file: int | None = None
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """Forget the parent's state after a fork: the child must join by itself."""
        self._thread_lock = threading.RLock()
        self._joined = False

    # -- users ------------------------------------------------------------------------------------------------------

    def join(self, database: str, *, again: bool = False) -> Path:
        """Register this process as a user of a running server with `database`. Returns the folder of its socket.

        `again` after a connection failed: the server is looked at anew. Raises ClusterError after 120 s.
        """
        with self._thread_lock:
            if again or not self._joined:
                self._lock_file()
                self._lock(fcntl.LOCK_SH, _PRESENCE)
                with self._turn():
                    self._start()
                    self._create_database(database)
                if not self._joined:
                    self._joined = True
                    atexit.register(self._at_exit, os.getpid())
            return self.socket_dir

    def _at_exit(self, pid: int) -> None:
        if pid == os.getpid():
            self.leave()

    def leave(self) -> None:
        """Unregister this process; the last one stops the server."""
        with self._thread_lock:
            if not self._joined:
                return
            self._joined = False
            self._lock(fcntl.LOCK_UN, _PRESENCE)
            with self._turn():
                try:
                    self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB, _PRESENCE)
                except OSError:
                    return  # somebody else uses it
                try:
                    self._stop()
                finally:
                    self._lock(fcntl.LOCK_UN, _PRESENCE)

    def _lock_file(self) -> None:
        # Opened once and never closed: closing any descriptor of a file drops all POSIX locks a process has on it.
        if self._file is None:
            self.root.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _lock(self, how: int, byte: int) -> None:
        assert self._file is not None
        fcntl.lockf(self._file, how, 1, byte)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        self._lock(fcntl.LOCK_EX, _TURN)
        try:
            yield
        finally:
            self._lock(fcntl.LOCK_UN, _TURN)

    # -- places -----------------------------------------------------------------------------------------------------

    @property
    def home(self) -> Path:
        """Where the server's files are: under `root`, unless its user can't reach that."""
        location = self.root / "location"
        return Path(location.read_text().strip()) if location.exists() else self.root / "server"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket_dir(self) -> Path:
        record = self.root / "socket"
        return Path(record.read_text().strip()) if record.exists() else self.home / "run"

    def _make_places(self) -> Runner:
        runner = runner_for(self.data)
        if not self.home.exists():
            home = self.root / "server"
            if runner.uid is not None:
                self.root.chmod(0o711)
                if not runner.can("x", self.root):
                    # /root/ancrage: nobody may enter, and its mode is not ours to change.
                    home = Path(tempfile.mkdtemp(prefix="ancrage-postgres-", dir="/var/tmp"))
                    _write(self.root / "location", f"{home}\n")
            home.mkdir(mode=0o700, exist_ok=True)
            runner.own(home)
        record = self.root / "socket"
        run = self.home / "run"
        if len(os.fsencode(run / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET:
            if not (record.exists() and self.socket_dir.is_dir()):
                run = Path(tempfile.mkdtemp(prefix="ancrage-", dir="/tmp"))
                runner.own(run)
                _write(record, f"{run}\n")
        else:
            record.unlink(missing_ok=True)
            if not run.exists():
                run.mkdir(mode=0o700)
                runner.own(run)
        return runner

    # -- server -----------------------------------------------------------------------------------------------------

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A bare connection of the server's owner, autocommitting."""
        return psycopg.connect(
            host=str(self.socket_dir), port=PORT, user=ROLE, dbname=database, connect_timeout=5, autocommit=True
        )

    def running(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _start(self) -> None:
        if self.home.exists() and self.running():
            return
        runner = self._make_places()
        major = self._major()
        programs, version = binaries(runner, home=self.home, major=major)
        if major is None:
            self._initialise(runner, programs, version)
        deadline = time.monotonic() + START_SECONDS
        attempts = 0
        while not self.running():
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"PostgreSQL embarqué ne répond pas après {START_SECONDS:.0f} s. Son journal : "
                    f"{self.home / 'server.log'}\n{self._log_tail()}"
                )
            if self._postmasters():
                time.sleep(0.05)  # it starts, recovers or shuts down
                continue
            if attempts == 3:
                raise ClusterError(f"PostgreSQL embarqué s’arrête dès son démarrage :\n{self._log_tail()}")
            attempts += 1
            self._launch(runner, programs)
            self._guard()

    def _initialise(self, runner: Runner, programs: Path, version: int) -> None:
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The same order of texts on every machine; the other LC_* must not depend on what the machine has installed.
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if version >= 17
            else ["--locale=C.UTF-8"]
        )
        sync = ["--no-sync"] if self.options.get("fsync") == "off" else []
        # Trust is safe: only the owner of the socket's folder reaches the socket, and there is no other way in.
        words = ["--encoding=UTF8", f"--username={ROLE}", "--auth=trust", "--no-instructions", *locale, *sync]
        runner.run(programs / "initdb", "-D", unfinished, *words, cwd=self.home)
        unfinished.rename(self.data)

    def _launch(self, runner: Runner, programs: Path) -> None:
        """Start the server's first process; it may still fail or take its time."""
        for orphan in self._processes():  # backends of a postmaster that was killed: they still hold its memory
            with contextlib.suppress(psutil.Error):
                orphan.kill()
                orphan.wait(5)
        # No postgres works in this folder, so its pid files are stale: their pid may belong to anything by now.
        for name in (self.data / "postmaster.pid", *self.socket_dir.glob(".s.PGSQL.*")):
            name.unlink(missing_ok=True)
        log = self.home / "server.log"
        if log.exists() and log.stat().st_size > 10_000_000:
            log.replace(log.with_suffix(".old.log"))
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": f'"{self.socket_dir}"',
            "unix_socket_permissions": "0700",
            "jit": "off",
            "log_line_prefix": "%m [%p] ",
            # Neither the row that is refused nor the statement with its values: who reads the log reads no household.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            **self.options,
        }
        words = " ".join(f"-c {shlex.quote(f'{key}={value}')}" for key, value in settings.items())
        runner.run(programs / "pg_ctl", "start", "-W", "-s", "-D", self.data, "-l", log, "-o", words, cwd=self.home)
        until = time.monotonic() + 2
        while not self._postmasters() and time.monotonic() < until:
            time.sleep(0.02)

    def _guard(self) -> None:
        for server in self._postmasters():
            # Nothing of our environment: a supervisor's mark would have the guard ended with the services.
            words = [sys.executable, "-I", "-S", guard.__file__, str(self.root / "lock"), str(server.pid)]
            subprocess.run(
                words,
                cwd="/",
                env={},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                check=False,
            )

    def _stop(self) -> None:
        for how, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            for process in self._postmasters():
                with contextlib.suppress(psutil.Error):
                    process.send_signal(how)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                if not self._postmasters():
                    return
                time.sleep(0.02)

    def _create_database(self, name: str) -> None:
        with self.connect() as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
            if found is None:
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))

    def _processes(self) -> list[psutil.Process]:
        """Every postgres that works in this data folder (each one's current folder is its data)."""
        folder = os.path.realpath(self.data)
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.name() == "postgres" and process.cwd() == folder:
                    found.append(process)
        return found

    def _postmasters(self) -> list[psutil.Process]:
        """The first process of a server, here one or none. The others say `postgres: what they do` of themselves."""
        found = []
        for process in self._processes():
            with contextlib.suppress(psutil.Error, IndexError):
                if not process.cmdline()[0].startswith("postgres:"):
                    found.append(process)
        return found

    def _major(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    def _log_tail(self) -> str:
        try:
            return "\n".join((self.home / "server.log").read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return ""


def _write(path: Path, text: str) -> None:
    """Write atomically: a power cut leaves no half-written path."""
    unfinished = path.with_suffix(".new")
    unfinished.write_text(text)
    unfinished.replace(path)


_clusters: dict[Path, Cluster] = {}


def cluster_at(root: Path, options: Mapping[str, str] | None = None) -> Cluster:
    """The one object of this process for the server under `root` (locks belong to processes, not objects)."""
    root = root.absolute()
    if root not in _clusters:
        _clusters[root] = Cluster(root, options)
    return _clusters[root]
