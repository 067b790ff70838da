"""The next step that an answer has announced: somebody says that it is done, or that it is to do after all."""

from django.db import transaction

from common import clock
from common.errors import Conflict
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from rent_ledger.arrears.codes import NextStep
from social_link.alerts.models import Alert
from social_link.alerts.services.answers import locked
from social_link.alerts.services.deadlines import refresh_alert_tasks


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def finish_step(*, alert: Alert, actor: Actor) -> Alert:
    """« Fait »: the step that the answer announced is done. Again changes nothing; `resume_step` takes it back.

    `Conflict` where the answer was taken back, or announced nothing.
    """
    row = locked(alert, actor)
    answer = row.answer
    if answer is None or answer.next_step in ("", NextStep.PAID):
        raise Conflict("Aucune étape n’est annoncée ici : rechargez la page.", code="wrong_state")
    if row.step_done_at is None:
        _say(row, actor, is_done=True)
    return row


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def resume_step(*, alert: Alert, actor: Actor) -> Alert:
    """It was not done: it is to do by its day again. Again changes nothing."""
    row = locked(alert, actor)
    if row.step_done_at is not None:
        _say(row, actor, is_done=False)
    return row


def _say(row: Alert, actor: Actor, *, is_done: bool) -> None:
    row.step_done_at, row.step_done_by = (clock.now(), actor.user) if is_done else (None, None)
    row.save(update_fields=["step_done_at", "step_done_by"])
    refresh_alert_tasks([row.pk], actor)
