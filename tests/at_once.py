"""Two people who act at the same moment."""

import threading
from collections.abc import Callable

from django.db import connection

from common.errors import Conflict


def both_at_once(*works: Callable[[], object]) -> list[object]:
    """Run `works` in one thread and one connection each, started together; results or the `Conflict` told."""
    results: list[object] = [None] * len(works)
    barrier = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait()
            results[place] = work()
        except Conflict as told:
            results[place] = told
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i, work)) for i, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
