"""Two processes that work on a job as the two workers of an installation do, started before the clock."""

import multiprocessing
from datetime import date
from multiprocessing.connection import Connection

from django.db import connections

from common import clock
from common.memory import settle_heap
from office.jobs.worker import drain


def _work(pipe: Connection) -> None:
    settle_heap()
    while (order := pipe.recv()) is not None:
        job_id, day = order
        with clock.travel(day):
            drain(job_id)
        pipe.send(job_id)
    connections.close_all()


class Workers:
    """`count` processes; `drain` waits for all of them."""

    def __init__(self, count: int = 2) -> None:
        # A connection is of one process.
        connections.close_all()
        context = multiprocessing.get_context("fork")
        self.count = count
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs,), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)

    def drain(self, job_id: int | None) -> None:
        """As `office.jobs.worker.drain`, by all the workers at once, on the day of the caller."""
        day: date = clock.today()
        for pipe in self._pipes:
            pipe.send((job_id, day))
        for pipe in self._pipes:
            pipe.recv()

    def stop(self) -> None:
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(None)
            process.join()
