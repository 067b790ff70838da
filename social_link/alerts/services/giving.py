"""Giving an open alert to another person: its deadlines, whose a delay is, and who is told."""

from django.db import connection

from common import clock
from common.workdays import add_working_days
from office.access.actor import Actor
from office.house.parameters import ALSACE_MOSELLE
from office.models import User
from office.notices.services import NewNotice, notify, over
from office.parameters.queries import params_on
from social_link.alerts import notices
from social_link.alerts.codes import AlertLevel, AlertState
from social_link.alerts.models import Alert
from social_link.alerts.parameters import alert_params
from social_link.alerts.services.deadlines import refresh_alert_tasks, take_by

# One pass at a time: "ALER" in ASCII.
_LOCK = 0x414C4552


def one_pass() -> None:
    """Wait until no other pass runs, and keep others waiting until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def give(row: Alert, to: User, *, actor: Actor, reason: str) -> None:
    """What `reassign` does to a locked, open alert, once it is known that `to` may have it."""
    today = clock.today()
    former = row.assignee_id
    # The delay is of who had it then, not of who takes it over.
    if (row.ack_due_on if row.state == AlertState.RAISED else row.answer_due_on) < today:
        row.late_with_id = row.late_with_id or former
    row.assignee, row.reassigned_by, row.reassign_reason = to, actor.user, reason.strip()[:120]
    alsace = params_on(today).flag(ALSACE_MOSELLE)
    if row.state == AlertState.RAISED and row.ack_due_on < today:
        row.ack_due_on = take_by(row.level, row.rule, today, alert_params(today), alsace)
    row.save()
    over(*notices.ALL, about_ids=[row.pk])
    # Given away and back again, it is told again.
    key = f"{row.pk}:{clock.now().isoformat()}"
    due = row.ack_due_on if row.state == AlertState.RAISED else row.answer_due_on
    is_urgent = row.level == AlertLevel.URGENT or due <= add_working_days(today, 1, alsace_moselle=alsace)
    notify(
        new=[
            NewNotice(notices.GIVEN, to.pk, row.pk, key, is_urgent=is_urgent),
            NewNotice(notices.LOST, former, row.pk, key),
        ],
        actor=actor,
    )
    refresh_alert_tasks([row.pk], actor)
