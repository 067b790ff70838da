"""Referents and measures of support."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import period
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write, roles_with
from office.access.permissions import needs
from office.models import Organisation, User
from office.notices.services import NewNotice, notify
from social_link.contacts.perms import require_follows
from social_link.measures import notices
from social_link.measures.codes import MeasureEnd, MeasureKind
from social_link.measures.models import Measure, Referent
from social_link.measures.parameters import ENDING_DAYS, measure_rule
from social_link.measures.rules.measures import Span, refusals

DAY = timedelta(days=1)


def _social(user: User, day: date, field: str) -> None:
    if not user.grants.filter(role__in=roles_with(Write(Data.MEASURE, OWN)), period__contains=day).exists():
        raise InvalidInput(f"{user} ne fait pas partie du service social le {day:%d/%m/%Y}.", field=field)


@needs(Write(Data.REFERENT))
@transaction.atomic
def set_referent(*, household: Household, user: User, from_day: date, actor: Actor) -> Referent:
    """Name the referent from `from_day` on, after the one before. Naming the same person again changes nothing."""
    _social(user, from_day, "user")
    Household.objects.select_for_update().get(pk=household.pk)
    later = Referent.objects.filter(household=household, period__startswith__gt=from_day).order_by("period").first()
    end = later.period.lower if later else None
    current = Referent.objects.select_for_update().filter(household=household, period__contains=from_day).first()
    if current and current.user_id == user.pk:
        return current
    if current and current.period.lower == from_day:
        current.user = user
        current.save(update_fields=["user"])
        _tell_referent(current, actor)
        return current
    if current:
        current.period = period(current.period.lower, from_day)
        current.save(update_fields=["period"])
    named = Referent.objects.create(household=household, user=user, period=period(from_day, end))
    _tell_referent(named, actor)
    return named


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


def earlier_spans(household: Household, kind: str) -> list[Span]:
    """The contracts of this kind that the household had, or has."""
    rows = Measure.objects.filter(household=household, kind=kind)
    return [Span(row.period.lower, row.ended_on or row.planned_end) for row in rows]


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def open_measure(
    *,
    household: Household,
    kind: str,
    start: date,
    planned_end: date,
    referent: User,
    actor: Actor,
    funder: Organisation | None = None,
    signed_on: date | None = None,
    is_lead: bool = True,
) -> Measure:
    """Open a measure within the bounds of its kind, `planned_end` included; one lead at a time (`Conflict`)."""
    if not actor.is_system:
        require_follows(actor, household)
    if kind not in MeasureKind.values:
        raise InvalidInput("Choisissez la mesure.", field="kind")
    _social(referent, max(start, clock.today()), "referent")
    Household.objects.select_for_update().get(pk=household.pk)
    if Measure.objects.filter(household=household, kind=kind, ended_on=None).exists():
        raise Conflict(
            f"{MeasureKind(kind).label} est déjà ouverte pour ce ménage : renouvelez-la, ou terminez-la d’abord.",
            code="already_open",
        )
    if signed_on is not None and signed_on > clock.today():
        raise InvalidInput("La signature est aujourd’hui ou plus tôt.", field="signed_on")
    rule = measure_rule(kind, start)
    refused = refusals(rule, start=start, end=planned_end, earlier=earlier_spans(household, kind))
    if refused:
        raise InvalidInput(refused[0], field="planned_end", code="out_of_bounds")
    try:
        with transaction.atomic():
            return Measure.objects.create(
                household=household, kind=kind, funder=funder, referent=referent, is_lead=is_lead, signed_on=signed_on,
                period=period(start, planned_end + DAY), planned_end=planned_end, author=actor.user,
            )  # fmt: skip
    except IntegrityError as error:
        raise _second_lead(household, start, planned_end) from error


def _second_lead(household: Household, start: date, end: date) -> Conflict:
    other = Measure.objects.filter(household=household, is_lead=True, period__overlap=(start, end + DAY)).first()
    which = f" : {other.get_kind_display()} jusqu’au {other.period.upper - DAY:%d/%m/%Y}" if other else ""
    return Conflict(
        f"Ce ménage a déjà un accompagnement principal sur cette période{which}. Terminez-le d’abord, ou ouvrez "
        "celui-ci en complément.",
        code="second_lead",
    )


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def renew_measure(*, measure: Measure, planned_end: date, actor: Actor, signed_on: date | None = None) -> Measure:
    """The contract that follows: the measure ends on its term, and another of its kind begins the day after, with the
    same referent and funder. From `ENDING_DAYS` before the term on; within the bounds of the kind."""
    row = Measure.objects.select_for_update(of=("self",)).select_related("household", "referent").get(pk=measure.pk)
    if not actor.is_system and row.referent_id != actor.user_id:
        require_follows(actor, row.household)
    if row.ended_on is not None:
        raise Conflict(f"Cette mesure est terminée depuis le {row.ended_on:%d/%m/%Y}.", code="wrong_state")
    if row.planned_end > clock.today() + timedelta(days=ENDING_DAYS):
        raise InvalidInput(f"Elle court jusqu’au {row.planned_end:%d/%m/%Y} : il est trop tôt pour la renouveler.")
    row.ended_on, row.end_reason = row.planned_end, MeasureEnd.TERM
    row.save(update_fields=["ended_on", "end_reason"])
    return open_measure(
        household=row.household, kind=row.kind, start=row.planned_end + DAY, planned_end=planned_end,
        referent=row.referent, funder=row.funder, signed_on=signed_on, is_lead=row.is_lead, actor=actor,
    )  # fmt: skip


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def close_measure(*, measure: Measure, reason: str, on: date, actor: Actor) -> Measure:
    """End a measure on `on` (its last day) with its reason. Ended twice: `Conflict`."""
    row = Measure.objects.select_for_update(of=("self",)).select_related("household").get(pk=measure.pk)
    if not actor.is_system and row.referent_id != actor.user_id:
        require_follows(actor, row.household)
    if row.ended_on is not None:
        raise Conflict(f"Cette mesure est terminée depuis le {row.ended_on:%d/%m/%Y}.", code="wrong_state")
    if reason not in MeasureEnd.values:
        raise InvalidInput("Choisissez le motif de fin.", field="reason")
    if on < row.period.lower:
        raise InvalidInput("La fin suit le début de la mesure.", field="on")
    if on > clock.today():
        raise InvalidInput("La mesure se termine aujourd’hui ou plus tôt.", field="on")
    row.ended_on, row.end_reason, row.period = on, reason, period(row.period.lower, on + DAY)
    try:
        with transaction.atomic():
            row.save(update_fields=["ended_on", "end_reason", "period"])
    except IntegrityError as error:
        follows = Measure.objects.filter(
            household=row.household, is_lead=True, period__startswith__gt=row.period.lower
        ).order_by("period").first()  # fmt: skip
        raise Conflict(
            f"{follows.get_kind_display()} a commencé le {follows.period.lower:%d/%m/%Y} : cette mesure finit au plus "
            "tard la veille."
            if follows
            else "Un autre accompagnement principal court ce jour-là.",
            code="second_lead",
        ) from error
    return row
