"""Recurring tasks of the social service."""

from datetime import date

from common import clock
from office.access.actor import Actor
from office.jobs.schedules import every_day, every_minute
from office.jobs.wake import wake
from social_link.alerts.services.raising import SCHEDULE, raise_alerts
from social_link.alerts.services.waiting import has_waiting


@every_day(SCHEDULE, "Alertes vers le service social", at_hour=6)
def alerts(day: date) -> None:
    """New facts become alerts, late ones go up. Only today is played: yesterday's facts are still there."""
    raise_alerts(day=clock.today(), actor=Actor.system())


@every_minute("alerts_waiting", "Signaux, demandes et absences sans alerte")
def waiting(day: date) -> None:
    """Wakes a worker where the wake-up of a commit was lost."""
    if has_waiting(day):
        wake("help_requested")
