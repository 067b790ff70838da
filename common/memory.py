"""The garbage collector: of a long-lived process, of a bulk job."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def settle_heap() -> None:
    """Leave the modules out of every collection to come, and collect seldom: called once, when a process is ready.

    A run makes some hundred thousand short-lived rows. With the usual thresholds, looking through all of Django's heap
    again and again for cycles costs more than the run's own rules.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@contextmanager
def no_collection() -> Iterator[None]:
    """Inside, nobody looks for cycles of dead objects.

    What a big import builds lives until its end: looking through it again and again, and through all of Django each
    time, finds nothing and takes a tenth of its time. Objects without cycles are freed at once, as always.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
