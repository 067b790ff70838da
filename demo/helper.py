"""A second process that works on the chunks of a rent run: a large association then loads on two cores."""

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from datetime import date
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from django.db import connection, connections

from common import clock
from common.memory import settle_heap
from office.jobs.wake import asleep
from office.jobs.worker import drain

# How long to wait for a helper in the middle of a chunk. A chunk that it does not finish is rolled back.
LEAVING_SECONDS = 5.0


@contextlib.contextmanager
def unsafe_commits() -> Iterator[None]:
    """Connections opened inside don't wait for the disk. For the load of the demo: an interrupted one starts again.

    On the embedded server only. Another one may be reached by a pooler, which takes no options and would lend the
    connection to somebody who wants his commits to stay.
    """
    if connection.settings_dict["ENGINE"] != "embedded_postgres":
        yield
        return
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    options["options"] = "-c synchronous_commit=off"
    try:
        yield
    finally:
        del options["options"]
        connection.close()


class Helper:
    """Works on the chunks of a job beside the process that starts it, on the same played day.

    Start it outside a transaction: it closes the connections of this process, and the helper opens its own.
    """

    def __init__(self) -> None:
        connections.close_all()
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        self._pipe: Connection | None = ours
        self.process = context.Process(target=_work, args=(theirs, ours), daemon=True)
        self.process.start()
        theirs.close()

    def drain(self, job_id: int) -> None:
        """`office.jobs.worker.drain` in both processes. If the helper is killed, its chunk is done here."""
        day = clock.today()
        self._ask(lambda pipe: pipe.send((job_id, day)))
        drain(job_id)
        self._ask(lambda pipe: pipe.recv())
        drain(job_id)

    def _ask(self, talk: Callable[[Connection], object]) -> None:
        if self._pipe is None:
            return
        try:
            talk(self._pipe)
        except (EOFError, OSError):
            self._pipe = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pipe:
            self._pipe.close()
        self.process.join(LEAVING_SECONDS)
        self.process.terminate()
        self.process.join()


def _work(pipe: Connection, parents: Connection) -> None:
    # Close our copy of the parent's end of the pipe, so that reading ends when the parent dies.
    parents.close()
    settle_heap()
    day: date
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt), asleep(), unsafe_commits():
        while True:
            job_id, day = pipe.recv()
            with clock.travel(day):
                drain(job_id)
            pipe.send(job_id)
