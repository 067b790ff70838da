"""By when an alert is taken and answered, and the tasks that say so."""

from collections.abc import Collection
from datetime import date

from common.workdays import add_working_days
from office.access.actor import Actor
from office.tasks.services.tasks import refresh_tasks
from social_link.alerts.codes import AlertLevel, AlertRule
from social_link.alerts.duties import ANSWER, FOLLOW_UP, TAKE
from social_link.alerts.rules.alerts import AlertParams
from social_link.alerts.services.registry import RULES, Delays
from social_link.contacts.duties import STEP


def take_by(level: str, rule: str, day: date, params: AlertParams, alsace: bool) -> date:
    """By when an alert of the rule, raised on `day`, is taken."""
    return add_working_days(day, params.delays[_delays(level, rule).take], alsace_moselle=alsace)


def answer_by(level: str, rule: str, day: date, params: AlertParams, alsace: bool) -> date:
    """By when it is answered, as its rule says: what a technician saw is looked at within days, whatever else the alert
    tells."""
    return add_working_days(day, params.delays[_delays(level, rule).answer], alsace_moselle=alsace)


def _delays(level: str, rule: str) -> Delays:
    entry = RULES[AlertRule(rule)]
    return entry.urgent if level == AlertLevel.URGENT else entry.delays


def refresh_alert_tasks(alert_ids: Collection[int], actor: Actor) -> None:
    """The tasks of these alerts follow them."""
    refresh_tasks(TAKE, ANSWER, FOLLOW_UP, STEP, ids=alert_ids, actor=actor)
