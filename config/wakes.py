"""Which tasks each topic of `office.jobs.wake` starts. Tasks are named, not imported: the broker finds them."""

from collections.abc import Callable

from django.core.cache import cache

from office.jobs.wake import register

# Listed twice on purpose: the task is sent twice, so that two free workers share the chunks.
TOPICS: dict[str, tuple[str, ...]] = {
    "jobs": ("office.drain", "office.drain"),
    "arrears_changed": ("rent_ledger.detect_arrears", "social_link.raise_alerts"),
    "messages": ("office.send_messages",),
    "help_requested": ("social_link.raise_alerts",),
    "signal_sent": ("social_link.raise_alerts",),
}
PAUSES = {"arrears_changed": 4}
"""Seconds between a commit and its tasks, where a task reads every account: these commits share one task.
Balances and lists are written by the commit itself and don't wait."""


def _sender(topic: str, names: tuple[str, ...]) -> Callable[[], None]:
    pause = PAUSES.get(topic, 0)

    def send() -> None:
        from config.celery import app

        # The debounce key expires before the delayed task starts, so that task sees every commit that found the key.
        if pause and not cache.add(f"wake:{topic}", True, timeout=pause - 1):
            return
        for name in names:
            app.send_task(name, countdown=pause or None)

    return send


def connect() -> None:
    """Called once, when the apps are ready."""
    for topic, names in TOPICS.items():
        register(topic, _sender(topic, names))
