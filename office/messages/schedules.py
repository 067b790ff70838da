"""What messages do by themselves: each minute, those that are due leave."""

from datetime import date

from office.jobs.schedules import after_clock_ahead, every_day, every_minute
from office.jobs.wake import wake
from office.messages.providers.smtp.bounces import new_keys
from office.messages.services.calls import review_calls
from office.messages.services.outbox import TOPIC
from office.messages.services.reports import forget_unknown
from office.messages.worker import has_work, look_again


@every_minute("messages", "Départ des messages")
def send_due(day: date) -> None:
    """Wakes a worker; the sending needs transactions of its own."""
    if has_work():
        wake(TOPIC)


@every_minute("bounces", "Retours de courriels")
def bounces(day: date) -> None:
    """Wakes a worker for what mail servers report: it keeps each in a transaction of its own, then moves it."""
    if new_keys():
        wake(TOPIC)


@every_day("unknown_reports", "Accusés de remise de messages inconnus", at_hour=3)
def unknown_reports(day: date) -> None:
    """What providers reported of messages that are not ours is kept for a week."""
    forget_unknown()


@every_minute("calls", "Appels à passer : ce qui les retient")
def calls(day: date) -> None:
    """The sheet asks the gate whenever it is shown; each minute the states, which the counts read, say the same."""
    review_calls()


after_clock_ahead(look_again)
