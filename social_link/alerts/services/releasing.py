"""« Je prends » was a slip: the alert is to take again, by who had it."""

from django.db import transaction

from common import clock
from common.errors import Conflict, NotAllowed
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write, can
from office.access.permissions import needs
from office.notices.services import NewNotice, notify
from social_link.alerts import notices
from social_link.alerts.codes import AlertLevel, AlertState
from social_link.alerts.models import Alert
from social_link.alerts.services.answers import locked, move, must_be_open
from social_link.alerts.services.deadlines import refresh_alert_tasks
from social_link.alerts.services.following import follow
from social_link.alerts.services.recipients import heads_of_service


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def release(*, alert: Alert, actor: Actor) -> Alert:
    """Undo `acknowledge`: the alert is to take again, by the same deadline, and waits for who had it. By who took it,
    or the head. Again changes nothing.

    An urgent one is told again. One of which nothing stands is dropped, as if nobody had taken it. `Conflict` once it
    was given to a colleague, or answered.

    Raises `NotAllowed`.
    """
    row = locked(alert, actor)
    must_be_open(row)
    if row.state == AlertState.RAISED:
        return row
    if actor.user_id != row.acknowledged_by_id and not can(actor, Write(Data.ALERT)):
        raise NotAllowed("La personne qui a pris cette alerte la rend, ou la responsable du service.")
    if row.assignee_id != row.acknowledged_by_id:
        raise Conflict(f"Cette alerte est passée à {row.assignee} : réattribuez-la plutôt.", code="wrong_state")
    move(row, AlertState.RAISED)
    row.assignee_id = row.taken_from_id or row.assignee_id
    row.taken_from, row.acknowledged_at, row.acknowledged_by = None, None, None
    row.save()
    if not row.standing:
        follow(row)
    if row.state == AlertState.RAISED and row.level == AlertLevel.URGENT:
        key = f"{row.pk}:{clock.now().isoformat()}"
        told = dict.fromkeys([row.assignee_id, *heads_of_service()])
        notify(new=[NewNotice(notices.URGENT, user, row.pk, key, is_urgent=True) for user in told], actor=actor)
    refresh_alert_tasks([row.pk], actor)
    return row
