"""Settings of Python's garbage collector for a long-lived process and for a bulk job."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def settle_heap() -> None:
    """Exclude loaded modules from future collections (`gc.freeze`), and collect less often. Call once, after start-up.

    A run creates some hundred thousand short-lived rows. With the default thresholds the collector would scan all of
    Django's objects again and again, which takes longer than the run's own rules.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@contextmanager
def no_collection() -> Iterator[None]:
    """Turn the garbage collector off inside the block.

    The objects of a big import live until its end, so collecting finds nothing and takes a tenth of its time. Objects
    outside reference cycles are still freed at once.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
