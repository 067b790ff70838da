"""The parent process of the web server, the workers and beat: they start together and stop with it.

Each service runs in its own session, so Ctrl-C reaches only this parent, and stopping a service stops its children too.
If the parent is killed, Linux ends its services. The next start also ends any process that still has the parent's mark
in its environment. Whether a demo is running is decided by the lock on the pid file, not by its content.
"""

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import psutil

MARK = "ANCRAGE_SUPERVISED_IN"
# Give up on a service that dies more often than this within a minute.
MOST_DEATHS = 5
LOG_BYTES = 5_000_000
"""A log that is longer is put aside, in the place of the one before: two files of each service."""
_PR_SET_PDEATHSIG = 1


class AlreadyRunning(Exception):
    """Another demo uses the same files. `address`: its URL, or "" if unknown."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class ServiceFailed(Exception):
    """A service could not be kept alive; the message is French and shows the end of its log."""


@dataclass
class Service:
    """A program to keep alive. The `essential` ones start first; if one dies before it is ready, everything stops."""

    name: str
    command: Sequence[str]
    essential: bool = False
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)


@contextlib.contextmanager
def only_one(path: Path, address: str) -> Iterator[None]:
    """Hold `path` (which tells pid and address to people) or raise AlreadyRunning."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            lines = file.read().splitlines()
            raise AlreadyRunning(lines[1] if len(lines) > 1 else "") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n{address}\n")
        file.flush()
        yield
        file.truncate(0)


def end_orphans(var: Path, grace: float = 10.0) -> int:
    """End the services of a parent that was killed, and return how many there were. Hold the lock first."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(var):
                found.append(process)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    for process in psutil.wait_procs(found, timeout=grace)[1]:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(found, timeout=5)
    return len(found)


class Supervisor:
    """Starts `services`, starts again what dies, stops all at SIGINT, SIGTERM or SIGHUP."""

    def __init__(
        self,
        var: Path,
        services: Sequence[Service],
        *,
        grace: float = 10.0,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.var = var
        self.services = list(services)
        self.grace = grace
        self.env = {**os.environ, **(env or {}), MARK: str(var), "PYTHONUNBUFFERED": "1"}
        self._asked_to_stop = threading.Event()
        self._libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def run(self, ready: Callable[[], bool], announce: Callable[[], None]) -> None:
        """Keep everything alive until asked to stop. Calls `announce` when `ready` returns true.

        Raises ServiceFailed. Whatever happens, no service is left when this returns.
        """
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            for service in self.services:
                if service.essential:
                    self._start(service)
            announced = False
            while not self._asked_to_stop.wait(0.1):
                for service in self.services:
                    self._watch(service, announced)
                    self._trim_log(service)
                if not announced and ready():
                    announced = True
                    announce()
                    for service in self.services:
                        if not service.essential:
                            self._start(service)
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop(self) -> None:
        """Send SIGTERM to the services; after `grace` seconds, kill their whole sessions."""
        alive = [service.process for service in self.services if service.process]
        for process in alive:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + self.grace
        for process in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - time.monotonic()))
        for process in alive:
            _kill_session(process.pid)
            process.wait()
        for service in self.services:
            service.process = None

    def log(self, service: Service) -> Path:
        return self.var / "log" / f"{service.name}.log"

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self._asked_to_stop.is_set():
            self.grace = 0.0  # Asked twice: stop at once.
            for service in self.services:
                if service.process:
                    _kill_session(service.process.pid)
        self._asked_to_stop.set()

    def _start(self, service: Service) -> None:
        with self._open_log(service) as log:
            service.process = subprocess.Popen(
                service.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.env,
                start_new_session=True,
                preexec_fn=self._die_with_parent(os.getpid()),  # noqa: PLW1509  one thread here
            )

    def _die_with_parent(self, parent: int) -> Callable[[], None]:
        def in_child() -> None:
            if self._libc is not None:
                self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
                if os.getppid() != parent:  # it died before we asked
                    os._exit(1)

        return in_child

    def _watch(self, service: Service, announced: bool) -> None:
        process = service.process
        if process is None or process.poll() is None or self._asked_to_stop.is_set():
            return
        _kill_session(process.pid)  # what it left: a worker's children hold its port or its tasks
        now = time.monotonic()
        service.deaths = [*(death for death in service.deaths if death > now - 60), now]
        if (service.essential and not announced) or len(service.deaths) > MOST_DEATHS:
            raise ServiceFailed(
                f"Le service « {service.name} » s’arrête (code {process.returncode}). "
                f"Son journal, {self.log(service)}, finit par :\n{_tail(self.log(service))}"
            )
        time.sleep(0.2 * (len(service.deaths) - 1))
        self._start(service)

    def _open_log(self, service: Service) -> IO[bytes]:
        """For its owner only: a log may name what it should not."""
        path = self.log(service)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        path.touch(mode=0o600)
        path.chmod(0o600)
        return open(path, "ab")

    def _trim_log(self, service: Service) -> None:
        """Put a log that has grown aside, while its service writes: it appends, so it goes on at the start."""
        path = self.log(service)
        with contextlib.suppress(OSError):  # a full disk: the next turn tries again
            if path.stat().st_size > LOG_BYTES:
                former = path.with_suffix(".old.log")
                with open(path, "rb") as source, open(former, "wb", opener=_private) as kept:
                    shutil.copyfileobj(source, kept)
                os.truncate(path, 0)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _kill_session(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _tail(path: Path) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-12:])
    except OSError:
        return ""
