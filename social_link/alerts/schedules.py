"""Recurring tasks of the social service."""

from datetime import date

from common import clock
from office.access.actor import Actor
from office.jobs.schedules import every_day
from social_link.alerts.services.alerts import SCHEDULE, raise_alerts


@every_day(SCHEDULE, "Alertes vers le service social", at_hour=6)
def alerts(day: date) -> None:
    """New facts become alerts, late ones go up. Only today is played: yesterday's facts are still there."""
    raise_alerts(day=clock.today(), actor=Actor.system())
