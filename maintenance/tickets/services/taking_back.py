"""What was noted of a passage by mistake, taken back on the same day."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from common import clock
from common.errors import Conflict, NotAllowed
from maintenance.tickets import perms
from maintenance.tickets.codes import TICKET_FLOW, Outcome, TicketState
from maintenance.tickets.duties import CLOSE, PLAN
from maintenance.tickets.models import Intervention, Ticket
from maintenance.tickets.notices import GIVEN, MISSED, REPORTED
from maintenance.tickets.queries import is_untouched
from maintenance.tickets.services.tickets import Given, assign, tell_desk
from office.access.actor import Actor
from office.access.matrix import ASK, OWN, Data, Write
from office.access.permissions import needs
from office.files.services.blobs import forget
from office.models import User
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


@needs(Write(Data.TICKET, ASK))
@transaction.atomic
def take_back_request(*, ticket: Ticket, actor: Actor) -> Ticket:
    """A request that its author asked by mistake is cancelled, with its photos gone, as long as nobody has taken it in
    hand. Again changes nothing.

    `Conflict` (`wrong_state`) where it has a technician, a day, a wait or a passage: who shares out the work says then
    what becomes of it. Raises `NotAllowed`.
    """
    row = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if row.author_id != actor.user_id and not perms.can_plan(actor):
        raise NotAllowed("Cette demande a été faite par quelqu’un d’autre.")
    if row.state == TicketState.CANCELLED:
        return row
    if row.state != TicketState.OPEN or row.planned_on or row.is_held or row.interventions.exists():
        raise Conflict(
            f"La demande {row.reference} est déjà prise en charge : appelez la gestion pour l’annuler.",
            code="wrong_state",
        )
    for photo in row.photos.all():
        photo.delete()
        forget(photo.blob_id)
    row.state, row.closed_at = TicketState.CANCELLED, clock.now()
    row.description = f"{row.description}\nAnnulée : demandée par erreur".strip()
    row.save(update_fields=["state", "closed_at", "description"])
    over(REPORTED, about_ids=[row.pk])
    refresh_tasks(PLAN, CLOSE, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.TICKET))
@transaction.atomic
def take_back_given(*, given: Sequence[Given], actor: Actor) -> int:
    """Tickets that were given together are again with who had them, or with nobody: all or none. Returns how many.

    `Conflict` (`stale`) where one of them was changed since: another technician, a day, a passage, a wait.
    """
    for one in sorted(given, key=lambda one: one.ticket_id):  # one order of locks
        row = Ticket.objects.select_for_update().filter(pk=one.ticket_id).first()
        if row is None or row.seen != one.seen or row.state != TicketState.ASSIGNED:
            name = f"La demande {row.reference}" if row else "Une de ces demandes"
            raise Conflict(f"{name} a changé depuis : rien n’a été annulé. Changez-les une à une.", code="stale")
        if one.former_id is not None:
            assign(ticket=row, to=User.objects.get(pk=one.former_id), actor=actor)
            continue
        row.assignee, row.state = None, TicketState.OPEN
        row.save(update_fields=["assignee", "state"])
        if row.is_emergency:
            over(GIVEN, about_ids=[row.pk])
        tell_desk(REPORTED, row, f"{row.pk}:{clock.now().isoformat()}", actor)
        refresh_tasks(PLAN, CLOSE, ids=[row.pk], actor=actor)
    return len(given)
