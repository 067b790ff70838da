"""A second process for the load of a large association: a rent run is made of chunks, and a machine has two cores."""

import contextlib
import multiprocessing
from collections.abc import Callable
from datetime import date
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from django.db import connection, connections

from common import clock
from common.memory import settle_heap
from office.jobs import drain
from office.wake import asleep

# How long a helper that is in the middle of a chunk may take to leave; what it does not finish is undone.
LEAVING_SECONDS = 5.0


class Helper:
    """Works on the chunks of a job beside the process that starts it, on the same played day.

    Start it outside a transaction: the connections of this process are closed first, the other one makes its own.
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
        """As `office.jobs.drain`, by both. A helper that was killed leaves its chunk to us."""
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
    # With our copy of the parent's end closed, its death is the end of what we read.
    parents.close()
    settle_heap()
    day: date
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt), asleep():
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        while True:
            job_id, day = pipe.recv()
            with clock.travel(day):
                drain(job_id)
            pipe.send(job_id)
