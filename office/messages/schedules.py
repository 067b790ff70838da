"""What messages do by themselves: each minute, those that are due leave."""

from datetime import date

from office.jobs.schedules import every_minute
from office.jobs.wake import wake
from office.messages.services.outbox import TOPIC
from office.messages.worker import has_work


@every_minute("messages", "Départ des messages")
def send_due(day: date) -> None:
    """Wakes a worker; the sending needs transactions of its own."""
    if has_work():
        wake(TOPIC)
