"""What leaves by itself for the people of the house."""

from datetime import date

from django.conf import settings

from office.digests.services.sending import moved, set_apart, waiting, write_digests
from office.jobs.schedules import after_clock_ahead, every_day, every_minute
from office.jobs.wake import wake
from office.notices.services import TOPIC


@every_day("digest", "Récapitulatif du matin", at_hour=settings.DIGEST_HOUR)
def digest(day: date) -> None:
    """What waits for each person, once a day."""
    write_digests(day=day)


@every_minute("urgent_notices", "Alertes urgentes à l’équipe")
def urgent(day: date) -> None:
    """Wakes a worker for what is new, and for what waited until the pause was over."""
    if waiting().exists() or moved().exists():
        wake(TOPIC)


after_clock_ahead(set_apart)
