"""The garbage collector of a long-lived process."""

import gc


def settle_heap() -> None:
    """Leave the modules out of every collection to come, and collect seldom: called once, when a process is ready.

    A run makes some hundred thousand short-lived rows. With the usual thresholds, looking through all of Django's heap
    again and again for cycles costs more than the run's own rules.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
