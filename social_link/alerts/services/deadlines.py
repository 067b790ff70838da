"""By when an alert is taken and answered, and the tasks that say so."""

from collections.abc import Collection
from datetime import date

from common.workdays import add_working_days
from office.access.actor import Actor
from office.tasks.services.tasks import refresh_tasks
from social_link.alerts.codes import AlertLevel, AlertRule
from social_link.alerts.duties import ANSWER, FOLLOW_UP, TAKE
from social_link.alerts.rules.alerts import AlertParams


def take_by(level: str, day: date, params: AlertParams, alsace: bool) -> date:
    days = params.urgent_ack_days if level == AlertLevel.URGENT else params.ack_days
    return add_working_days(day, days, alsace_moselle=alsace)


def answer_by(level: str, rule: str, day: date, params: AlertParams, alsace: bool) -> date:
    """What a technician saw is looked at within days, whatever else the alert tells."""
    urgent = level == AlertLevel.URGENT
    if rule == AlertRule.WEAK_SIGNAL:
        days = params.urgent_signal_answer_days if urgent else params.signal_answer_days
    else:
        days = params.urgent_answer_days if urgent else params.answer_days
    return add_working_days(day, days, alsace_moselle=alsace)


def refresh_alert_tasks(alert_ids: Collection[int], actor: Actor) -> None:
    """The tasks of these alerts follow them."""
    refresh_tasks(TAKE, ANSWER, FOLLOW_UP, ids=alert_ids, actor=actor)
