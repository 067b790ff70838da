"""Stops an embedded server whose last user was killed and so could not: `python guard.py LOCK_FILE SERVER_PID`.

Started with each server, out of the terminal's reach, on the standard library alone (some 8 MB). Every two seconds it
asks what a leaving user asks: does anybody hold byte 1 of the lock file? See `cluster` for the two bytes.
"""

import contextlib
import fcntl
import os
import select
import signal
import sys
import time

TURN, PRESENCE = 0, 1
EVERY = 2.0
STOP_SECONDS = 60.0


class Server:
    """A process, not a number: its pid may be reused, its descriptor (Linux) never is."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.descriptor = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    def dies_within(self, seconds: float) -> bool:
        if self.descriptor is not None:
            return bool(select.select([self.descriptor], [], [], seconds)[0])
        time.sleep(seconds)
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.descriptor is not None:
                signal.pidfd_send_signal(self.descriptor, number)
            else:
                os.kill(self.pid, number)


def watch(lock_file: str, server: Server) -> None:
    """Until the server has ended, by us or by others."""
    file = os.open(lock_file, os.O_RDWR)
    while not server.dies_within(EVERY):
        fcntl.lockf(file, fcntl.LOCK_EX, 1, TURN)
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, PRESENCE)
        except OSError:
            fcntl.lockf(file, fcntl.LOCK_UN, 1, TURN)
            continue
        server.send(signal.SIGINT)
        if not server.dies_within(STOP_SECONDS):
            server.send(signal.SIGQUIT)
            server.dies_within(STOP_SECONDS)
        return  # our end drops both locks


if __name__ == "__main__":
    try:
        guarded = Server(int(sys.argv[2]))
    except ProcessLookupError:
        sys.exit()
    if os.fork() == 0:  # the process that started us doesn't wait for a child
        watch(sys.argv[1], guarded)
