"""What runs by itself each day in the office."""

from datetime import date

from office.jobs.schedules import every_day
from office.requests.services import forget_answers


@every_day("forget_answers", "Réponses des envois", at_hour=4)
def forget(day: date) -> None:
    """The answers of old sends are erased."""
    forget_answers()
