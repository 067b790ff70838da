"""What runs by itself each day in the office."""

from datetime import date

from office.jobs.schedules import every_day
from office.notices.services import forget_seen
from office.requests.services import forget_answers


@every_day("forget_answers", "Réponses des envois", at_hour=4)
def forget(day: date) -> None:
    """The answers of old sends are erased."""
    forget_answers()


@every_day("forget_notices", "Effacement des notifications vues", at_hour=4)
def forget_notices(day: date) -> None:
    """What was seen long ago."""
    forget_seen()
