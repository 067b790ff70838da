"""A commission as a meeting: planned, moved, withdrawn; who sits in it."""

from datetime import date, time

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.models import Organisation
from office.tasks.services.tasks import refresh_tasks
from social_link.commissions.codes import CommissionKind
from social_link.commissions.duties import PREPARE
from social_link.commissions.locks import opened
from social_link.commissions.models import Commission, CommissionMember
from social_link.commissions.parameters import commission_params
from social_link.commissions.rules.deadlines import entries_until as until
from social_link.commissions.services.agenda import fill


@needs(Write(Data.COMMISSION))
@transaction.atomic
def plan_commission(
    *, kind: str, held_on: date, actor: Actor, at_time: time | None = None, place: str = "",
    entries_until: date | None = None,
) -> Commission:  # fmt: skip
    """A commission to come, or of today, with the members of the last one of its kind, and what waits for it on its
    agenda. `entries_until`: by default so many days before it (`commission.entry_days`), today where that day is
    past. The same kind and day again gives the one that is there.
    """
    if kind not in CommissionKind.values:
        raise InvalidInput("Choisissez la commission.", field="kind")
    if held_on < clock.today():
        raise InvalidInput("Choisissez aujourd’hui ou un jour à venir.", field="held_on")
    there = Commission.objects.kept().filter(kind=kind, held_on=held_on).first()
    if there is not None:
        return there
    params = commission_params(kind, held_on)
    row = Commission(
        kind=kind, held_on=held_on, at_time=at_time, place=place.strip(), quorum=params.quorum,
        shows_names=params.shows_names, author=actor.user,
        entries_until=entries_until
        or max(until(held_on, params.entry_days, alsace_moselle=params.alsace_moselle), clock.today()),
    )  # fmt: skip
    checked(row)
    with french_refusals(row):
        row.save()
    last = Commission.objects.kept().filter(kind=kind).exclude(pk=row.pk).first()
    if last is not None:
        CommissionMember.objects.bulk_create(
            CommissionMember(commission=row, organisation_id=seat.organisation_id, function=seat.function)
            for seat in last.members.all()
        )
    fill(row, actor)
    return row


@needs(Write(Data.COMMISSION))
@transaction.atomic
def move_commission(
    *, commission: Commission, held_on: date, entries_until: date, actor: Actor, at_time: time | None = None,
    place: str = "",
) -> Commission:  # fmt: skip
    """Another day, hour or place. `Conflict` once a decision is noted: it bears that day."""
    row = opened(commission)
    if held_on != row.held_on:
        if row.items.exclude(decision="").exists():
            raise Conflict("Une décision est notée à ce jour : reprenez-la d’abord.", code="in_use")
        if held_on < clock.today():
            raise InvalidInput("Choisissez aujourd’hui ou un jour à venir.", field="held_on")
    row.held_on, row.at_time, row.place, row.entries_until = held_on, at_time, place.strip(), entries_until
    checked(row)
    with french_refusals(row):
        row.save(update_fields=["held_on", "at_time", "place", "entries_until"])
    _refresh(row, actor)
    return row


@needs(Write(Data.COMMISSION))
@transaction.atomic
def withdraw_commission(*, commission: Commission, actor: Actor) -> Commission:
    """It does not take place. What was asked of it waits for another one. Again changes nothing; `Conflict` once a
    decision is noted."""
    row = Commission.objects.select_for_update(of=("self",)).get(pk=commission.pk)
    if row.withdrawn_at is not None:
        return row
    row = opened(row)
    if row.items.exclude(decision="").exists():
        raise Conflict("Une décision y est notée : reprenez-la d’abord.", code="in_use")
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    _refresh(row, actor)
    return row


@needs(Write(Data.COMMISSION))
@transaction.atomic
def bring_back_commission(*, commission: Commission, actor: Actor) -> Commission:
    """Undo `withdraw_commission`. `Conflict` where another one of its kind was made for its day."""
    row = Commission.objects.select_for_update(of=("self",)).get(pk=commission.pk)
    row.withdrawn_at = None
    with french_refusals():
        row.save(update_fields=["withdrawn_at"])
    _refresh(row, actor)
    return row


def _refresh(row: Commission, actor: Actor) -> None:
    refresh_tasks(PREPARE, ids=list(row.items.values_list("pk", flat=True)), actor=actor)


@needs(Write(Data.COMMISSION))
@transaction.atomic
def add_member(
    *, commission: Commission, function: str, actor: Actor, organisation: Organisation | None = None
) -> CommissionMember:
    """A seat, by organisation (None is ours) and function. The same again gives the one that is there."""
    row = opened(commission)
    seat = CommissionMember(commission=row, organisation=organisation, function=function.strip())
    there = row.members.filter(organisation=organisation, function=seat.function).first()
    if there is not None:
        return there
    checked(seat)
    seat.save()
    return seat


@needs(Write(Data.COMMISSION))
@transaction.atomic
def remove_member(*, commission: Commission, member_id: int, actor: Actor) -> None:
    """Again changes nothing."""
    opened(commission).members.filter(pk=member_id).delete()


@needs(Write(Data.COMMISSION))
@transaction.atomic
def mark_present(*, commission: Commission, member_id: int, is_present: bool, actor: Actor) -> None:
    """Who is in the room, on the day of the commission or later. Again changes nothing."""
    row = opened(commission)
    if row.held_on > clock.today():
        raise Conflict(
            f"La commission est le {row.held_on:%d/%m/%Y} : les présents se notent ce jour-là.", code="wrong_state"
        )
    row.members.filter(pk=member_id).update(is_present=is_present)
