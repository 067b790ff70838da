"""What a person does with an alert: takes it, passes it on, answers, takes the answer back."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.typography import counted, instant, uncapitalised
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write, can, roles_with
from office.access.permissions import needs
from office.models import User
from office.notices.services import over
from rent_ledger.arrears.codes import CauseCode, NextStep
from rent_ledger.arrears.services.social import record_social_answer, withdraw_social_answer
from social_link.alerts import notices
from social_link.alerts.codes import ALERT_FLOW, AlertState
from social_link.alerts.models import Alert
from social_link.alerts.parameters import alert_params
from social_link.alerts.queries import is_closed_by_outcome, outcomes_of, settled_debts, waiting_signals
from social_link.alerts.services.deadlines import refresh_alert_tasks
from social_link.alerts.services.giving import give


def locked(alert: Alert, actor: Actor) -> Alert:
    """The alert under lock, if the actor may act on it."""
    # No join under the lock: after a wait, PostgreSQL would compare the new row with the people of the old one.
    row = Alert.objects.select_for_update().get(pk=alert.pk)
    if not Alert.objects.visible_to(actor).filter(pk=row.pk).exists():
        raise NotAllowed("Cette alerte concerne un ménage que vous ne suivez pas.")
    return row


def must_be_open(row: Alert) -> None:
    if row.state == AlertState.ANSWERED:
        when = instant(row.answered_at, today=clock.today()) if row.answered_at else ""
        raise Conflict(f"Cette alerte a déjà sa réponse, {when}.", code="answered")
    if row.state == AlertState.DROPPED:
        raise Conflict("Cette alerte est sans objet : ce qu’elle disait était une erreur.", code="answered")


def must_be_alone(row: Alert) -> None:
    """One that is to be answered again: the household has no other open one."""
    if Alert.objects.open().filter(household=row.household_id).exists():
        raise Conflict(
            "Ce ménage a une autre alerte ouverte depuis, que voici : répondez à celle-ci, sa réponse compte seule.",
            code="already_open",
        )


def move(row: Alert, state: AlertState) -> None:
    now = uncapitalised(AlertState(row.state).label)
    ALERT_FLOW.check(row.state, state, message=f"Cette alerte est {now} : cette action n’est plus possible.")
    row.state = state


def take(row: Alert, actor: Actor) -> None:
    """The alert, locked, is taken by the actor."""
    assert actor.user is not None
    move(row, AlertState.ACKNOWLEDGED)
    row.taken_from_id = row.assignee_id
    row.acknowledged_at, row.acknowledged_by, row.assignee = clock.now(), actor.user, actor.user
    over(*notices.ALL, about_ids=[row.pk])


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def acknowledge(*, alert: Alert, actor: Actor) -> Alert:
    """« Je prends ». `Conflict` names the colleague who took it first; one's own that is taken stays as it is."""
    row = locked(alert, actor)
    must_be_open(row)
    if row.state == AlertState.ACKNOWLEDGED:
        if actor.user_id in (row.acknowledged_by_id, row.assignee_id):
            return row
        when = instant(row.acknowledged_at, today=clock.today()) if row.acknowledged_at else ""
        raise Conflict(f"{row.acknowledged_by} a déjà pris cette alerte, {when}.", code="taken")
    take(row, actor)
    row.save()
    refresh_alert_tasks([row.pk], actor)
    return row


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def reassign(*, alert: Alert, to: User, actor: Actor, reason: str = "") -> Alert:
    """Give the alert to a colleague. One that was taken stays taken, by whom and when, and waits for his answer;
    another is his to take. The deadlines stay, but nobody is given one to take by a day that is past: he has the
    delay anew. A delay stays with who had the alert then (`late_with`).

    He is told, at once if it is urgent or asks something by the next working day; so is who had it until now.

    Raises `InvalidInput` (`to`).
    """
    row = locked(alert, actor)
    must_be_open(row)
    today = clock.today()
    if (
        not to.is_active
        or not to.grants.filter(role__in=roles_with(Write(Data.ALERT, OWN)), period__contains=today).exists()
    ):
        raise InvalidInput(f"{to} ne fait pas partie du service social.", field="to")
    if to.pk == row.assignee_id:
        raise InvalidInput(f"Cette alerte est déjà à {to}.", field="to")
    row.absence = None
    give(row, to, actor=actor, reason=reason)
    return row


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def answer(
    *,
    alert: Alert,
    contact_made: bool,
    cause: str = "",
    hold_until: date | None = None,
    plan_asked: bool = False,
    plan_amount: Decimal | None = None,
    next_step: str = "",
    next_step_on: date | None = None,
    actor: Actor,
) -> Alert:
    """Answer: the debt file learns the cause code, the hold, the plan asked and the next step, and nothing else.

    An alert that nobody took is taken by who answers. Without a debt file, the answer only ends the alert.

    `Conflict` while a technician's signal waits for what came of it (`services.signals`).

    Raises `InvalidInput` (`hold_until`, `cause`).
    """
    row = locked(alert, actor)
    must_be_open(row)
    if waiting_signals(row):
        raise Conflict(
            "Un technicien a signalé quelque chose ici : dites d’abord, sur la page de l’alerte, ce qu’il en est.",
            code="signal_waits",
        )
    today = clock.today()
    if hold_until is not None:
        longest = alert_params(today).hold_max_days
        if not today <= hold_until <= today + timedelta(days=longest):
            within = counted(longest, "jour")
            raise InvalidInput(f"Une pause va d’aujourd’hui à {within}, et se renouvelle.", field="hold_until")
    if row.state == AlertState.RAISED:
        take(row, actor)
    if row.case is not None:
        if not cause:
            raise InvalidInput("Choisissez la cause dans la liste.", field="cause")
        row.answer = record_social_answer(
            case=row.case,
            contact_made=contact_made,
            cause=cause,
            hold_until=hold_until,
            plan_asked=plan_asked,
            plan_amount=plan_amount,
            next_step=next_step,
            next_step_on=next_step_on,
            actor=actor,
        )
    move(row, AlertState.ANSWERED)
    row.answered_at = clock.now()
    row.save()
    over(*notices.ALL, about_ids=[row.pk])
    refresh_alert_tasks([row.pk], actor)
    return row


@needs(Write(Data.ALERT, OWN))
def already_followed(
    *,
    alert: Alert,
    cause: str = "",
    hold_until: date | None = None,
    next_step: str = "",
    next_step_on: date | None = None,
    actor: Actor,
) -> Alert:
    """« Déjà suivi »: the household is already followed for this. Takes and answers the alert in one step."""
    return answer(
        alert=alert, contact_made=True, cause=cause, hold_until=hold_until, next_step=next_step,
        next_step_on=next_step_on, actor=actor,
    )  # fmt: skip


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def close_paid(*, alert: Alert, actor: Actor) -> Alert:
    """« Clore : payé le … »: what the alert tells has been paid, so nobody has to be asked why.

    The debt file learns that the debt is settled, and no cause. `Conflict` where something is still due, or where the
    alert tells something else than a debt.
    """
    row = locked(alert, actor)
    must_be_open(row)
    settled = settled_debts([row]).get(row.pk)
    if settled is None:
        raise Conflict("Cette alerte attend une réponse : sa dette n’est pas soldée, ou elle dit autre chose.")
    return answer(
        alert=row, contact_made=False, cause=CauseCode.UNKNOWN, next_step=NextStep.PAID, next_step_on=settled.paid_on,
        actor=actor,
    )  # fmt: skip


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def take_back_answer(*, alert: Alert, actor: Actor) -> Alert:
    """The answer was a mistake, or « payé » was: the alert is to answer again, and the debt file as it was before, with
    the holds that waited. By who answered, who has the alert, or the head. Again changes nothing.

    `Conflict` once something stands on the answer (`withdraw_social_answer`), or the household has another open one.

    Raises `NotAllowed`.
    """
    row = locked(alert, actor)
    if row.state != AlertState.ANSWERED:
        return row
    told = row.answer
    by = told.author_id if told else row.acknowledged_by_id
    if actor.user_id not in (by, row.assignee_id) and not can(actor, Write(Data.ALERT)):
        raise NotAllowed("La personne qui a répondu reprend sa réponse, ou la responsable du service.")
    if is_closed_by_outcome(row, outcomes_of(row)):
        raise Conflict("Cette alerte est close par ce que vous avez dit du signal : reprenez-le.", code="wrong_state")
    must_be_alone(row)
    move(row, AlertState.ACKNOWLEDGED)
    row.answer, row.answered_at, row.step_done_at, row.step_done_by = None, None, None, None
    row.save()
    if told is not None:
        withdraw_social_answer(answer=told, actor=actor)
    refresh_alert_tasks([row.pk], actor)
    return row
