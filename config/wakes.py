"""Which tasks each topic of `office.wake` starts. Tasks are named, not imported: the broker finds them."""

from collections.abc import Callable

from office.wake import register

# A task named twice is taken by two workers, where two are free.
TOPICS: dict[str, tuple[str, ...]] = {
    "jobs": ("office.drain", "office.drain"),
    "arrears_changed": ("rent_ledger.detect_arrears", "social_link.raise_alerts"),
    "help_requested": ("social_link.raise_alerts",),
    "signal_sent": ("social_link.raise_alerts",),
}


def _sender(names: tuple[str, ...]) -> Callable[[], None]:
    def send() -> None:
        from config.celery import app

        for name in names:
            app.send_task(name)

    return send


def connect() -> None:
    """Called once, when the apps are ready."""
    for topic, names in TOPICS.items():
        register(topic, _sender(names))
