"""Who accompanies a household: referents, one after another."""

from datetime import date

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import period
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.models import User
from office.notices.services import NewNotice, notify
from social_link.contacts.services import hand_over_visits
from social_link.measures import notices
from social_link.measures.models import Measure, Referent
from social_link.measures.perms import require_social
from social_link.measures.queries import referents_seen


@needs(Write(Data.REFERENT))
@transaction.atomic
def set_referent(
    *,
    household: Household,
    user: User,
    from_day: date,
    actor: Actor,
    seen: str | None = None,
    with_visits: bool = True,
) -> Referent:
    """Name the referent from `from_day` on, after the one before, whose last day is the day before. Naming the same
    person again changes nothing. The visits that the one before has planned from that day on are the new one's, unless
    `with_visits` is false.

    `seen`: the referents that the caller saw (`referents_seen`); `Conflict` where somebody named another since.
    """
    require_social(user, from_day, "user")
    Household.objects.select_for_update().get(pk=household.pk)
    if seen is not None and seen != referents_seen(household):
        raise Conflict("Quelqu’un a changé le référent entre-temps : relisez qui suit ce ménage.", code="seen")
    later = Referent.objects.filter(household=household, period__startswith__gt=from_day).order_by("period").first()
    end = later.period.lower if later else None
    current = Referent.objects.select_for_update().filter(household=household, period__contains=from_day).first()
    if current and current.user_id == user.pk:
        return current
    if current and with_visits:
        hand_over_visits(household=household, former=current.user, to=user, from_day=from_day, actor=actor)
    if current and current.period.lower == from_day:
        current.user, current.measure = user, None
        current.save(update_fields=["user", "measure"])
        _tell_referent(current, actor)
        return current
    if current:
        current.period = period(current.period.lower, from_day)
        current.save(update_fields=["period"])
    named = Referent.objects.create(household=household, user=user, period=period(from_day, end))
    _tell_referent(named, actor)
    return named


def name_by_measure(measure: Measure, actor: Actor) -> None:
    """The household that has no referent, today or later, gets that of a measure that is open, from its first day on,
    today at the earliest: so its alerts have a reader. For the services of measures."""
    from_day = max(measure.period.lower, clock.today())
    if measure.ended_on is not None or measure.planned_end < from_day:
        return
    if Referent.objects.filter(household=measure.household_id, period__overlap=period(from_day, None)).exists():
        return
    row = Referent.objects.create(
        household_id=measure.household_id, user_id=measure.referent_id, period=period(from_day, None), measure=measure
    )
    if measure.referent_id != actor.user_id:
        _tell_referent(row, actor)


def unname_by_measure(measure: Measure) -> None:
    """Undo `name_by_measure`; who was named otherwise since, or has left, stays."""
    Referent.objects.filter(measure=measure, user=measure.referent_id, period__endswith=None).delete()
    Referent.objects.filter(measure=measure).update(measure=None)


def _tell_referent(named: Referent, actor: Actor) -> None:
    key = f"{named.pk}:{named.user_id}"
    notify(new=[NewNotice(notices.REFERENT, named.user_id, named.household_id, key)], actor=actor)


@needs(Write(Data.REFERENT))
@transaction.atomic
def end_referent(*, household: Household, on: date, actor: Actor) -> Referent | None:
    """The household has no referent from `on` on: it left, or needs none any more. Calling it again changes nothing."""
    Household.objects.select_for_update().get(pk=household.pk)
    current = Referent.objects.select_for_update().filter(household=household, period__contains=on).first()
    if current is None:
        return None
    if current.period.upper is not None:
        raise Conflict(f"{current.user} laisse déjà la place le {current.period.upper:%d/%m/%Y}.")
    if current.period.lower == on:
        raise InvalidInput(f"{current.user} suit ce ménage depuis ce jour-là.", field="on")
    current.period = period(current.period.lower, on)
    current.save(update_fields=["period"])
    return current
