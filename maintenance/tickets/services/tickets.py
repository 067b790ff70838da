"""Tickets: opened at the desk, given to a technician, done at the door.

Every action takes what the caller saw of the ticket (`Ticket.seen`). If somebody changed it meanwhile, `Conflict` says
who did what.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import BinaryIO
from uuid import UUID

from django.db import IntegrityError, transaction

from common import clock
from common.copy import draw_ids
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import deleted
from common.text import LONGEST_TEXT
from common.typography import hour, short_day
from leases.models import Household
from maintenance.tickets import notices, perms
from maintenance.tickets.codes import (
    TICKET_FLOW,
    HoldReason,
    Outcome,
    PaidBy,
    Priority,
    SignalKind,
    Source,
    TicketState,
    Trade,
)
from maintenance.tickets.duties import CLOSE, PLAN
from maintenance.tickets.models import Intervention, Photo, Ticket, WeakSignal
from maintenance.tickets.parameters import PART_DAYS, delays_on
from maintenance.tickets.queries import is_protected
from maintenance.tickets.rules.priority import BY_CODE, urgency
from maintenance.tickets.services.attaching import attached, sole_occupant
from maintenance.tickets.services.photos import clean_photos, keep, keep_with_signal, remove_with_signal
from office.access.actor import Actor
from office.access.matrix import ASK, OWN, Data, Write, roles_with
from office.access.people import people_who
from office.access.permissions import needs
from office.files.services.cleaning import clean_file
from office.jobs.wake import wake
from office.models import User
from office.notices.kinds import NoticeKind
from office.notices.services import NewNotice, notify, over
from office.parameters.queries import params_on
from office.tasks.services.tasks import refresh_tasks
from stock.models import Dwelling

S = TicketState
DONE_WORDS = {S.DONE: "est déjà faite", S.CANCELLED: "est annulée", S.STARTED: "est en cours"}
# A visit found nobody, waits for a part, or needs somebody else: where the ticket goes.
AFTER = {Outcome.DONE: S.DONE, Outcome.PART_MISSING: S.ASSIGNED, Outcome.OTHER_TRADE: S.OPEN}


def _locked(ticket: Ticket, *, seen: str | None = None) -> Ticket:
    """The ticket, locked. `Conflict` if it is no longer what the caller saw."""
    # No join in the locking query: after waiting for a lock, PostgreSQL would join the new row with old related rows.
    row = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if row.seen != (seen or ticket.seen):
        word = DONE_WORDS.get(TicketState(row.state))
        if word:
            raise Conflict(f"La demande {row.reference} {word} : rien n’a été changé.", code="stale")
        who = f"est maintenant à {row.assignee}" if row.assignee else "n’est plus attribuée"
        planned = f", prévue le {short_day(row.planned_on, today=clock.today())}" if row.planned_on else ""
        raise Conflict(
            f"La demande {row.reference} a changé entre-temps : elle {who}{planned}. Rien n’a été enregistré, "
            "vérifiez et recommencez.",
            code="stale",
        )
    return row


def _asks(rows: Iterable[Ticket], actor: Actor) -> None:
    """The tasks of these tickets follow them."""
    refresh_tasks(PLAN, CLOSE, ids=[row.pk for row in rows], actor=actor)


def _move(row: Ticket, state: TicketState) -> None:
    now = DONE_WORDS.get(TicketState(row.state), f"est « {row.get_state_display()} »")
    message = f"La demande {row.reference} {now} : cette action n’est plus possible."
    if row.state == S.DONE:
        # The flow leads back for who takes back what he noted, and for nobody else.
        raise Conflict(message, code="wrong_state")
    TICKET_FLOW.check(row.state, state, message=message)
    row.state = state


def _not_started(row: Ticket) -> None:
    if row.state == S.STARTED:
        raise Conflict(f"La demande {row.reference} est en cours : {row.assignee} est sur place.", code="wrong_state")


def _technician(user: User) -> User:
    day = clock.today()
    if (
        not user.is_active
        or not user.grants.filter(role__in=roles_with(Write(Data.ROUND)), period__contains=day).exists()
    ):
        raise InvalidInput(f"{user} n’est pas technicien aujourd’hui.", field="assignee")
    return user


def tell_desk(kind: NoticeKind, row: Ticket, key: str, actor: Actor) -> None:
    """An emergency is told at once to who gives the jobs and their days."""
    if row.is_emergency:
        people = people_who(Write(Data.TICKET)).values_list("pk", flat=True)
        notify(new=[NewNotice(kind, user, row.pk, key, is_urgent=True) for user in people], actor=actor)


def _tell_given(rows: Sequence[Ticket], actor: Actor) -> None:
    """An emergency is told at once to who gets it, and waits for nobody else. `rows`: those that change hands."""
    for row in rows:
        if row.is_emergency and row.assignee_id is not None:
            over(notices.REPORTED, notices.GIVEN, notices.MISSED, about_ids=[row.pk], but=row.assignee_id)
            # Taken away and given back, it is told again.
            key = f"{row.pk}:{clock.now().isoformat()}"
            notify(new=[NewNotice(notices.GIVEN, row.assignee_id, row.pk, key, is_urgent=True)], actor=actor)


def _planned(row: Ticket) -> None:
    """It has a day again."""
    if row.is_emergency:
        over(notices.MISSED, about_ids=[row.pk])


def _told(row: Ticket) -> None:
    """Somebody is at work on it, or was; or it is over."""
    if row.is_emergency:
        over(notices.REPORTED, notices.GIVEN, notices.MISSED, about_ids=[row.pk])


def _drop_hold(row: Ticket, *, extend: bool) -> None:
    """End a hold, and move the due date by the days waited."""
    if row.held_since is None:
        return
    if extend:
        row.due_on += max(clock.today() - row.held_since, timedelta())
    row.held_since = row.held_until = None
    row.hold_reason = ""


@needs(Write(Data.TICKET, ASK))
@transaction.atomic
def open_ticket(
    *,
    dwelling: Dwelling | None,
    trade: str,
    actor: Actor,
    request_key: UUID,
    problem: str = "",
    title: str = "",
    description: str = "",
    priority: str = "",
    household: Household | None = None,
    source: str = Source.DESK,
    contact_name: str = "",
    contact_phone: str = "",
) -> Ticket:
    """Open a request for a repair. The same `request_key` again gives the first ticket; with another content,
    `Conflict`. Without `household`, the one that lives alone in the dwelling today, if the actor may know it
    (`attached`). Without `dwelling`, that of the household.
    """
    known = BY_CODE.get(problem)
    if problem and known is None:
        raise InvalidInput("Ce problème n’est pas dans la liste.", field="problem")
    trade = known.trade if known else trade
    if trade not in Trade.values:
        raise InvalidInput("Choisissez le métier.", field="trade")
    if priority and priority not in Priority.values:
        raise InvalidInput("Choisissez une priorité de la liste.", field="priority")
    title = title.strip() or (known.label if known else "")
    if not title:
        raise InvalidInput("Dites en quelques mots ce qui ne va pas.", field="title")
    day = clock.today()
    dwelling, household = attached(actor, dwelling, household)
    due = urgency(trade=trade, problem=problem, opened_on=day, delays=delays_on(day), chosen=priority)
    number = draw_ids(Ticket, 1)[0]
    content = {
        "dwelling_id": dwelling.pk,
        "household_id": household.pk if household else None,
        "trade": trade,
        "problem": problem,
        "title": title,
        "description": description.strip(),
    }
    try:
        with transaction.atomic():
            made = Ticket.objects.create(
                id=number,
                reference=f"D{number:05d}",
                source=source,
                priority=due.priority,
                due_on=due.due_on,
                contact_name=contact_name,
                contact_phone=contact_phone,
                author=actor.user,
                request_key=request_key,
                **content,
            )
        tell_desk(notices.REPORTED, made, str(made.pk), actor)
        _asks([made], actor)
        return made
    except IntegrityError:
        first = Ticket.objects.filter(request_key=request_key).first()
        if first is None:
            raise
    if any(getattr(first, name) != value for name, value in content.items()):
        raise Conflict(
            f"Cette saisie a déjà ouvert la demande {first.reference}, avec un autre contenu. "
            "Ouvrez une nouvelle demande.",
            code="key_reused",
        )
    return first


@needs(Write(Data.TICKET))
@transaction.atomic
def assign(*, ticket: Ticket, to: User, actor: Actor, seen: str | None = None) -> Ticket:
    """Give the ticket to a technician. A planned day stays. Given again to who has it, nobody is told again."""
    row = _locked(ticket, seen=seen)
    _not_started(row)
    is_given = to.pk != row.assignee_id
    row.assignee = _technician(to)
    _move(row, S.ASSIGNED)
    row.save(update_fields=["assignee", "state"])
    if is_given:
        _tell_given([row], actor)
    _asks([row], actor)
    return row


@dataclass(frozen=True, slots=True)
class Given:
    """A ticket that changed hands: who had it before, and the version (`Ticket.seen`) that it has since."""

    ticket_id: int
    former_id: int | None
    seen: str


@needs(Write(Data.TICKET))
@transaction.atomic
def assign_many(*, tickets: Sequence[Ticket], to: User, actor: Actor, planned_on: date | None = None) -> list[Given]:
    """Give several tickets to a technician, all or none. What it returns is for `take_back_given`."""
    technician = _technician(to)
    wanted = {ticket.pk: ticket for ticket in tickets}
    given, done = [], []
    for pk in sorted(wanted):  # one order of locks
        row = _locked(wanted[pk])
        _not_started(row)
        former = row.assignee_id
        if technician.pk != row.assignee_id:
            given.append(row)
        row.assignee = technician
        _move(row, S.ASSIGNED)
        if planned_on:
            row.planned_on = planned_on
        row.save(update_fields=["assignee", "state", "planned_on"])
        if planned_on:
            _planned(row)
        done.append(Given(pk, former, row.seen))
    _tell_given(given, actor)
    _asks(wanted.values(), actor)
    return done


@needs(Write(Data.TICKET))
@transaction.atomic
def plan(
    *, ticket: Ticket, on: date, actor: Actor, at: time | None = None, to: User | None = None, seen: str | None = None
) -> Ticket:
    """Set the day (and hour) of the visit, and its technician where none is named. Planning ends a hold."""
    row = _locked(ticket, seen=seen)
    _not_started(row)
    if on < clock.today():
        raise InvalidInput("Choisissez aujourd’hui ou un jour à venir.", field="planned_on")
    is_given = to is not None and to.pk != row.assignee_id
    if to is not None:
        row.assignee = _technician(to)
    if row.assignee is None:
        raise InvalidInput("Choisissez le technicien.", field="assignee")
    _move(row, S.ASSIGNED)
    _drop_hold(row, extend=True)
    row.planned_on, row.planned_at = on, at
    row.save()
    _planned(row)
    if is_given:
        _tell_given([row], actor)
    _asks([row], actor)
    return row


@needs(Write(Data.TICKET, OWN))
@transaction.atomic
def hold(*, ticket: Ticket, reason: str, until: date, actor: Actor, seen: str | None = None) -> Ticket:
    """Put the ticket on hold until a day, with its reason. Its due date is moved by the days waited when it resumes."""
    row = _locked(ticket, seen=seen)
    perms.must_work(actor, row)
    if reason not in HoldReason.values:
        raise InvalidInput("Choisissez le motif de l’attente.", field="reason")
    if row.state not in {S.OPEN, S.ASSIGNED}:
        raise Conflict(f"La demande {row.reference} ne peut plus être mise en attente.", code="wrong_state")
    today = clock.today()
    if until <= today:
        raise InvalidInput("Choisissez un jour à venir.", field="until")
    row.held_since = row.held_since or today
    row.held_until, row.hold_reason = until, reason
    row.planned_on = row.planned_at = None
    row.save()
    _asks([row], actor)
    return row


@needs(Write(Data.TICKET, OWN))
@transaction.atomic
def resume(*, ticket: Ticket, actor: Actor, seen: str | None = None) -> Ticket:
    """End a hold: the due date is moved by the days waited."""
    row = _locked(ticket, seen=seen)
    perms.must_work(actor, row)
    if not row.is_held:
        raise Conflict(f"La demande {row.reference} n’est pas en attente.", code="wrong_state")
    _drop_hold(row, extend=True)
    row.save()
    _asks([row], actor)
    return row


@needs(Write(Data.TICKET, OWN))
@transaction.atomic
def start(*, ticket: Ticket, actor: Actor, seen: str | None = None) -> Intervention:
    """The technician starts work. `Conflict` if somebody has started already, and on another day than planned where the
    address is protected: it is told on that day only."""
    current = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if current.state == S.STARTED:
        running = current.interventions.filter(ended_at__isnull=True).select_related("technician").first()
        since = f" par {running.technician} à {hour(running.started_at)}" if running else ""
        raise Conflict(f"Cette intervention est déjà commencée{since}.", code="already_started")
    row = _locked(ticket, seen=seen)
    perms.must_work(actor, row)
    if not perms.can_plan(actor) and row.planned_on != clock.today() and is_protected(row.household_id):
        raise Conflict(
            "L’adresse est protégée : l’intervention commence le jour où elle est prévue. "
            "Demandez ce jour à la gestion.",
            code="wrong_state",
        )
    _move(row, S.STARTED)
    _drop_hold(row, extend=True)
    row.save()
    _told(row)
    passage = Intervention.objects.create(ticket=row, technician=_assignee(row))
    _asks([row], actor)
    return passage


def _assignee(row: Ticket) -> User:
    if row.assignee is None:
        raise Conflict(f"Attribuez d’abord la demande {row.reference} à un technicien.", code="wrong_state")
    return row.assignee


def _passage(row: Ticket) -> Intervention:
    """The running intervention, or one that begins and ends now (noted afterwards, or nobody at the door)."""
    technician = _assignee(row)
    running = row.interventions.select_for_update().filter(ended_at__isnull=True).first()
    return running or Intervention(ticket=row, technician=technician)


def _end(passage: Intervention, outcome: Outcome, report: str) -> None:
    passage.outcome, passage.report, passage.ended_at = outcome, report.strip(), clock.now()
    passage.save()


@needs(Write(Data.TICKET, OWN))
@transaction.atomic
def mark_absent(*, ticket: Ticket, actor: Actor, seen: str | None = None) -> Intervention:
    """Nobody at the door: keep the passage; the ticket waits for a new day. Repeated absences become a social alert."""
    row = _locked(ticket, seen=seen)
    perms.must_work(actor, row)
    passage = _passage(row)
    _move(row, S.ASSIGNED)
    row.planned_on = row.planned_at = None
    row.save()
    _end(passage, Outcome.ABSENT, "")
    _told(row)
    # The technician can't set another day.
    tell_desk(notices.MISSED, row, f"{row.pk}:{passage.pk}", actor)
    _asks([row], actor)
    wake("signal_sent")
    return passage


@needs(Write(Data.TICKET, OWN))
@transaction.atomic
def close(
    *,
    ticket: Ticket,
    actor: Actor,
    outcome: str = Outcome.DONE,
    paid_by: str = "",
    report: str = "",
    before: Sequence[BinaryIO] = (),
    after: Sequence[BinaryIO] = (),
    other_trade: str = "",
    part: str = "",
    part_until: date | None = None,
    seen: str | None = None,
) -> Intervention:
    """End a passage. Done: says who pays. A part is missing: which (the report begins with it), and the ticket is held
    until it comes. Another trade: which, what remains to do, and the ticket is to assign again.
    `before` and `after` are photos of the dwelling: all are kept, or the passage does not end.
    """
    row = _locked(ticket, seen=seen)
    perms.must_work(actor, row)
    if outcome not in AFTER:
        raise InvalidInput("Choisissez l’issue de l’intervention.", field="outcome")
    if outcome == Outcome.DONE and paid_by not in PaidBy.values:
        raise InvalidInput("Dites qui paie l’intervention.", field="paid_by")
    if outcome == Outcome.OTHER_TRADE:
        # Who shares out the work has nothing else to go by.
        if other_trade not in Trade.values:
            raise InvalidInput("Dites quel métier est nécessaire.", field="other_trade")
        if not report.strip():
            raise InvalidInput("Dites en quelques mots ce qui reste à faire.", field="report")
    if outcome == Outcome.PART_MISSING:
        if not part.strip():
            raise InvalidInput("Dites quelle pièce il faut.", field="part")
        report = f"Pièce à commander : {part.strip()}\n{report}"
        if len(report) > LONGEST_TEXT:
            raise InvalidInput("C’est trop long : abrégez le travail fait.", field="report")
    taken = clean_photos(before=before, after=after)
    today = clock.today()
    passage = _passage(row)
    _move(row, AFTER[Outcome(outcome)])
    if outcome == Outcome.DONE:
        row.closed_at, row.paid_by = clock.now(), paid_by
        _drop_hold(row, extend=True)
    elif outcome == Outcome.PART_MISSING:
        until = part_until or today + timedelta(days=params_on(today).integer(PART_DAYS))
        if until <= today:
            raise InvalidInput("La pièce est attendue pour un jour à venir.", field="part_until")
        row.held_since, row.held_until, row.hold_reason = row.held_since or today, until, HoldReason.PART
        row.planned_on = row.planned_at = None
    else:
        passage.trade_before, row.trade = row.trade, other_trade
        row.assignee = row.planned_on = row.planned_at = None
    row.save()
    _end(passage, Outcome(outcome), report)
    _told(row)
    if outcome == Outcome.OTHER_TRADE:
        tell_desk(notices.REPORTED, row, f"{row.pk}:{passage.pk}", actor)
    keep(taken, intervention=passage, author=actor.user)
    _asks([row], actor)
    return passage


@needs(Write(Data.TICKET))
@transaction.atomic
def cancel(*, ticket: Ticket, reason: str, actor: Actor, seen: str | None = None) -> Ticket:
    """Cancel a ticket that nobody started, with the reason (a duplicate, solved by itself…)."""
    row = _locked(ticket, seen=seen)
    if not reason.strip():
        raise InvalidInput("Dites pourquoi en quelques mots.", field="reason")
    _move(row, S.CANCELLED)
    row.closed_at = clock.now()
    _drop_hold(row, extend=False)
    row.description = f"{row.description}\nAnnulée : {reason.strip()}".strip()
    row.save()
    _told(row)
    _asks([row], actor)
    return row


@needs(Write(Data.TICKET, OWN))
@transaction.atomic
def send_signal(
    *, ticket: Ticket, kind: str, actor: Actor, request_key: UUID, photo: BinaryIO | None = None
) -> WeakSignal:
    """« J'ai vu quelque chose »: one of five things, no text. The same key again gives the first signal. Where the
    ticket names nobody, it is about who lives there alone; its author is not told who. Who was there today sends it
    after the job went on to somebody else, too."""
    row = Ticket.objects.select_related("household", "dwelling").get(pk=ticket.pk)
    perms.must_signal(actor, row)
    if kind not in SignalKind.values:
        raise InvalidInput("Choisissez ce que vous avez vu.", field="kind")
    household = row.household or sole_occupant(row.dwelling)
    if household is None:
        raise InvalidInput(
            "Ce logement est vide, ou plusieurs ménages y vivent : appelez le service social.", field="kind"
        )
    if actor.user is None:
        raise NotAllowed("Un signal vient d’une personne.")
    if deleted(WeakSignal, request_key=request_key).exists():
        raise Conflict("Ce signal a été retiré : envoyez-le de nouveau.", code="key_reused")
    clean = clean_file(photo, Photo.kind, field="photo") if photo else None
    try:
        with transaction.atomic():
            signal = WeakSignal.objects.create(
                ticket=row, household=household, kind=kind, author=actor.user, request_key=request_key
            )
    except IntegrityError:
        first = WeakSignal.objects.filter(request_key=request_key).first()
        if first is None:
            raise
        if (first.ticket_id, first.kind, first.author_id) != (row.pk, kind, actor.user_id):
            raise Conflict("Ce signal est déjà parti avec un autre contenu.", code="key_reused") from None
        return first
    if clean:
        keep_with_signal(clean, signal=signal)
    wake("signal_sent")
    return signal


@needs(Write(Data.TICKET, OWN))
@transaction.atomic
def withdraw_signal(*, signal_id: int, actor: Actor) -> None:
    """A signal that was a slip, by who sent it, with its photo. An alert that somebody took meanwhile says that it was
    withdrawn. Again changes nothing."""
    row = WeakSignal.objects.select_for_update().filter(pk=signal_id).first()
    if row is None:
        return
    if row.author_id != actor.user_id:
        raise NotAllowed("Ce signal a été envoyé par quelqu’un d’autre.")
    remove_with_signal(row)
    row.delete()
    wake("signal_sent")
