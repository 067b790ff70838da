"""Celery tasks of the alerts. Losing a message loses nothing: the daily schedule finds the same facts."""

from celery import shared_task

from common import clock
from office.access.actor import Actor
from social_link.alerts.services.raising import raise_alerts


@shared_task(name="social_link.raise_alerts")
def raise_new() -> int:
    """What is new now. Sent by `wake("arrears_changed")`, `wake("help_requested")` and `wake("signal_sent")`."""
    return len(raise_alerts(day=clock.today(), actor=Actor.system()).lines)
