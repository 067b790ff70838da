"""What came of something that a technician saw, by a code; who saw it learns that it was dealt with, and no more."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.typography import short_day, uncapitalised
from maintenance.models import WeakSignal
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write, can
from office.access.permissions import needs
from office.notices.services import NewNotice, notify, over
from social_link.alerts import notices
from social_link.alerts.codes import AlertState, SignalOutcome
from social_link.alerts.models import Alert, AlertFact, SignalAnswer
from social_link.alerts.queries import is_closed_by_outcome, outcomes_of, waiting_signals
from social_link.alerts.services.answers import locked, move, must_be_alone, must_be_open, take
from social_link.alerts.services.deadlines import refresh_alert_tasks
from social_link.alerts.services.recipients import heads_of_service
from social_link.contacts.codes import ContactKind
from social_link.contacts.models import Contact
from social_link.contacts.services import plan_contact, withdraw_contact


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def say_outcome(*, alert: Alert, outcome: str, actor: Actor, back_on: date | None = None) -> Alert:
    """Say what came of all that technicians signalled in the alert and that waits. One that nobody took is taken.

    `NOT_SEEN` plans the actor's visit of `back_on`, and the alert stays open, by the same deadline. The others tell who
    saw it, and answer an alert that tells nothing else; `RESCUE` tells the heads of the service at once. The same again
    by the same person changes nothing; of two people at once the second is told what the first said.

    Raises `InvalidInput` (`outcome`, `back_on`), `Conflict`.
    """
    row = locked(alert, actor)
    said = outcomes_of(row)
    last = said[-1] if said else None
    if last is not None and (last.outcome, last.back_on, last.said_by_id) == (outcome, back_on, actor.user_id):
        return row
    must_be_open(row)
    _check(outcome, back_on)
    facts = waiting_signals(row)
    if not facts and last is not None:
        told = uncapitalised(last.get_outcome_display())
        raise Conflict(f"{last.said_by} a déjà dit ce qu’il en est : {told}.", code="wrong_state")
    if not facts:
        raise Conflict("Aucun signal d’un technicien n’attend ici.", code="wrong_state")
    if last is not None and last.is_not_seen and last.back_on == back_on:
        raise Conflict(f"{last.said_by} repasse déjà ce jour-là : choisissez-en un autre.", code="wrong_state")
    if row.state == AlertState.RAISED:
        take(row, actor)
    now, key = clock.now(), uuid4()
    SignalAnswer.objects.bulk_create(
        SignalAnswer(
            fact=fact, outcome=outcome, back_on=back_on, said_on=clock.today(), said_at=now, said_by=actor.user, key=key
        )
        for fact in facts
    )
    if back_on is not None:
        plan_contact(household=row.household, kind=ContactKind.HOME_VISIT, day=back_on, request_key=key, actor=actor)
    else:
        _tell(row, facts, outcome, str(key), actor)
        if row.tells_a_signal_only:
            move(row, AlertState.ANSWERED)
            row.answered_at = now
            over(*notices.ALL, about_ids=[row.pk])
    row.save()
    refresh_alert_tasks([row.pk], actor)
    return row


def _check(outcome: str, back_on: date | None) -> None:
    if outcome not in SignalOutcome.values:
        raise InvalidInput("Choisissez ce qu’il en est.", field="outcome")
    if outcome != SignalOutcome.NOT_SEEN:
        if back_on is not None:
            raise InvalidInput("Un jour de passage va avec « Pas vu ».", field="back_on")
        return
    if back_on is None:
        raise InvalidInput("Dites quel jour vous repassez, par exemple demain.", field="back_on")
    if back_on <= clock.today():
        raise InvalidInput("Vous repassez un jour à venir : choisissez demain ou plus tard.", field="back_on")


def _signals(facts: Sequence[AlertFact]) -> list[int]:
    """The signals that these facts tell: the end of their key names them."""
    return [int(fact.key.rsplit(":S", 1)[1]) for fact in facts]


def _tell(row: Alert, facts: Sequence[AlertFact], outcome: str, key: str, actor: Actor) -> None:
    authors = WeakSignal.objects.filter(pk__in=_signals(facts)).values_list("pk", "author_id")
    new = [NewNotice(notices.HANDLED, author, pk, f"{pk}:{key}") for pk, author in authors]
    if outcome == SignalOutcome.RESCUE:
        new += [NewNotice(notices.RESCUE, head, row.pk, key, is_urgent=True) for head in heads_of_service()]
    notify(new=new, actor=actor)


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def take_back_outcome(*, alert: Alert, key: UUID, actor: Actor) -> Alert:
    """The last outcome, of this `key`, was a slip: the signals wait again, its visit is planned no more, nobody is told
    of it any longer, and the alert that it closed is to answer. By who said it, who has the alert, or the head. Taken
    back already, nothing changes: the one before it stays.

    `Conflict` where another outcome was said since, where the visit took place meanwhile, where the alert was answered
    since, or where the household has another open one.

    Raises `NotAllowed`.
    """
    row = locked(alert, actor)
    said = outcomes_of(row)
    if not any(one.key == key for one in said):
        return row
    last = said[-1]
    if last.key != key:
        raise Conflict("Autre chose a été dit de ce signal depuis : reprenez-le d’abord.", code="wrong_state")
    if actor.user_id not in (last.said_by_id, row.assignee_id) and not can(actor, Write(Data.ALERT)):
        raise NotAllowed("La personne qui a dit ce qu’il en est le reprend, ou la responsable du service.")
    if row.state == AlertState.ANSWERED:
        if not is_closed_by_outcome(row, said):
            raise Conflict("La réponse est partie depuis : reprenez-la d’abord.", code="wrong_state")
        must_be_alone(row)
        move(row, AlertState.ACKNOWLEDGED)
        row.answered_at = None
        row.save()
    # Under lock: whoever notes it as done now is waited for.
    visit = Contact.objects.select_for_update(of=("self",)).filter(request_key=last.key).first()
    if visit is not None and not visit.is_planned:
        day = short_day(visit.happened_on, today=clock.today())
        raise Conflict(f"La visite du {day} est déjà notée : dites plutôt ce qu’il en est.", code="wrong_state")
    if visit is not None:
        withdraw_contact(contact_id=visit.pk, actor=actor)
    of_gesture = SignalAnswer.objects.standing().filter(key=last.key)
    facts = list(AlertFact.objects.filter(outcomes__in=of_gesture))
    of_gesture.update(withdrawn_at=clock.now())
    over(notices.HANDLED, about_ids=_signals(facts))
    over(notices.RESCUE, about_ids=[row.pk])
    refresh_alert_tasks([row.pk], actor)
    return row
