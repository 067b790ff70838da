"""What was noted of a passage by mistake, taken back on the same day."""

from datetime import timedelta

from django.db import transaction

from common import clock
from common.errors import Conflict
from maintenance.tickets import perms
from maintenance.tickets.codes import TICKET_FLOW, Outcome, TicketState
from maintenance.tickets.duties import CLOSE, PLAN
from maintenance.tickets.models import Intervention, Ticket
from maintenance.tickets.notices import MISSED, REPORTED
from maintenance.tickets.queries import is_untouched
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.notices.services import over
from office.tasks.services.tasks import refresh_tasks

AT_ONCE = timedelta(seconds=1)
"""A passage that ended as it began was noted afterwards: nobody had started."""


@needs(Write(Data.TICKET, OWN))
@transaction.atomic
def take_back(*, ticket: Ticket, actor: Actor) -> Ticket:
    """Take back the end of the last passage: done, a part that is missing, another trade, or nobody at the door. It
    stays in the history as taken back and counts no more; work that was going on goes on, with its report and its
    photos, today.

    `Conflict` (`wrong_state`) where another day has begun, or something followed: a day, another technician, a passage.
    """
    row = Ticket.objects.select_for_update().get(pk=ticket.pk)
    passage = row.interventions.select_for_update(of=("self",)).order_by("-id").first()
    if passage is None or passage.outcome != Outcome.OTHER_TRADE or passage.technician_id != actor.user_id:
        perms.must_work(actor, row)
    if passage is None or not is_untouched(row, passage):
        raise Conflict(
            f"La demande {row.reference} a changé depuis, ou ce n’est plus le même jour : rien n’a été annulé. "
            "Appelez la gestion.",
            code="wrong_state",
        )
    was_running = passage.ended_at is not None and passage.ended_at - passage.started_at > AT_ONCE
    if passage.outcome == Outcome.OTHER_TRADE:
        # His again, for the trade that it was.
        row.assignee, row.trade, row.state = passage.technician, passage.trade_before, TicketState.ASSIGNED
        row.save(update_fields=["assignee", "trade", "state"])
        over(REPORTED, about_ids=[row.pk])
    state = TicketState.STARTED if was_running else TicketState.ASSIGNED
    TICKET_FLOW.check(row.state, state, message=f"La demande {row.reference} ne peut pas être rouverte.")
    row.state, row.closed_at, row.paid_by = state, None, ""
    row.held_since = row.held_until = None
    row.hold_reason = ""
    row.planned_on = row.planned_on or clock.today()
    row.save()
    passage.outcome = Outcome.TAKEN_BACK
    passage.save(update_fields=["outcome"])
    if was_running:
        again = Intervention.objects.create(
            ticket=row, technician=passage.technician, started_at=passage.started_at, report=passage.report
        )
        passage.photos.update(intervention=again)
    if row.is_emergency:
        over(MISSED, about_ids=[row.pk])
    refresh_tasks(PLAN, CLOSE, ids=[row.pk], actor=actor)
    return row
