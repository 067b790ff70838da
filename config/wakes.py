"""Which tasks each topic of `office.wake` starts. Tasks are named, not imported: the broker finds them."""

from collections.abc import Callable

from django.core.cache import cache

from office.wake import register

# A task named twice is taken by two workers, where two are free.
TOPICS: dict[str, tuple[str, ...]] = {
    "jobs": ("office.drain", "office.drain"),
    "arrears_changed": ("rent_ledger.detect_arrears", "social_link.raise_alerts"),
    "help_requested": ("social_link.raise_alerts",),
    "signal_sent": ("social_link.raise_alerts",),
}
PAUSES = {"arrears_changed": 4}
"""Seconds between a commit and its tasks, for what looks at every account: the commits of that time share one look.
Balances and lists don't wait, they are of the commit itself."""


def _sender(topic: str, names: tuple[str, ...]) -> Callable[[], None]:
    pause = PAUSES.get(topic, 0)

    def send() -> None:
        from config.celery import app

        # The mark goes before the tasks start: a commit that finds it is seen by them.
        if pause and not cache.add(f"wake:{topic}", True, timeout=pause - 1):
            return
        for name in names:
            app.send_task(name, countdown=pause or None)

    return send


def connect() -> None:
    """Called once, when the apps are ready."""
    for topic, names in TOPICS.items():
        register(topic, _sender(topic, names))
