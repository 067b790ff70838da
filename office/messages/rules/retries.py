"""When a message that could not leave is tried again: soon at first, ever later, then no more. Usage of the house."""

from datetime import timedelta

DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)


def next_delay(attempts: int) -> timedelta | None:
    """How long to wait after `attempts` tries that failed (1 or more); None: it is given up."""
    if attempts < 1:
        raise ValueError("nothing was tried")
    return DELAYS[attempts - 1] if attempts <= len(DELAYS) else None
