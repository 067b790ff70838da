"""What pages and API read of the measures. Only for actors who may: each list starts from `visible_to`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from common import clock
from common.history import deleted
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, can, roles_with
from office.models import RoleGrant, User
from social_link.measures.codes import MeasureKind
from social_link.measures.models import (
    Absence,
    Measure,
    MeasureQuerySet,
    Referent,
    StandIn,
    kind_on,
)
from social_link.measures.own_cases import own_cases
from social_link.measures.parameters import measure_rule
from social_link.measures.rules.kinds import KINDS
from social_link.measures.rules.measures import MeasureRule, Span, last_day


def ended_by_commission(measure: Measure) -> date | None:
    """The day of the commission that ended it as it stands ended; None where somebody closed it, or it runs."""
    if measure.ended_on is None:
        return None
    rows = measure.commission_items.that_ended().filter(day=measure.ended_on)
    return rows.values_list("commission__held_on", flat=True).first()


def social_people(day: date | None = None) -> QuerySet[User]:
    """Who may be given an alert or a measure on `day` (today)."""
    held = RoleGrant.objects.filter(
        user=OuterRef("pk"), role__in=roles_with(Write(Data.ALERT, OWN)), period__contains=day or clock.today()
    )
    return User.objects.filter(Exists(held), is_active=True)


def absences_from(day: date) -> QuerySet[Absence]:
    """Those that run or are to come, the next first, with who is away and who stands in."""
    rows = Absence.objects.kept().filter(period__endswith__gt=day)
    return rows.select_related("user", "stand_in").prefetch_related("named__user", "named__household")


def absences_of(user_id: int, day: date) -> list[Absence]:
    """What one has to know of absences: one's own that run or are to come, and those in which one stands in."""
    mine = (
        Q(user=user_id) | Q(stand_in=user_id) | Q(Exists(StandIn.objects.filter(absence=OuterRef("pk"), user=user_id)))
    )
    rows = Absence.objects.kept().filter(mine, period__endswith__gt=day)
    return list(rows.select_related("user", "stand_in"))


def accompanied(user_id: int) -> QuerySet[Household]:
    """The households that somebody accompanies today: as their referent or by a measure, his own, and those of a
    colleague for whom he stands in."""
    return Household.objects.filter(own_cases(user_id, "pk"))


def households_by_worker(day: date) -> Counter[int]:
    """How many households each worker (id) accompanies on `day`: as their referent, or by a measure. One query."""
    referents = Referent.objects.filter(period__contains=day).order_by().values_list("user", "household")
    measures = Measure.objects.running_on(day).order_by().values_list("referent", "household")
    return Counter(user for user, _ in referents.union(measures))


def caseload(user: User, day: date) -> QuerySet[Household]:
    """The households that somebody accompanies on `day`: as their referent, or by a measure."""
    referents = Referent.objects.filter(user=user, period__contains=day).values("household")
    measures = Measure.objects.running_on(day).filter(referent=user).values("household")
    return Household.objects.filter(Q(pk__in=referents) | Q(pk__in=measures)).order_by("sort_key", "pk")


def referents_seen(household: Household) -> str:
    """Who accompanies the household now and later, as one word: it changes when somebody names another."""
    is_to_come = Q(period__endswith=None) | Q(period__endswith__gt=clock.today())
    rows = Referent.objects.filter(is_to_come, household=household)
    return ",".join(f"{row.pk}:{row.user_id}" for row in rows.order_by("pk"))


def measures_for(actor: Actor) -> MeasureQuerySet:
    return Measure.objects.visible_to(actor).select_related("household", "funder", "referent")


def withdrawn_for(actor: Actor, measure_id: int) -> QuerySet[Any]:
    """The events that withdrew this measure, if the actor was its referent or may read it."""
    events = deleted(Measure, id=measure_id)
    if can(actor, Read(Data.MEASURE)):
        return events
    return events.filter(Q(referent_id=actor.user_id) | own_cases(actor.user_id or 0, "household"))


def measure_totals(day: date) -> list[tuple[str, int, int]]:
    """(kind, running on `day`, ended in its year): what a director sees, without names."""
    first = date(day.year, 1, 1)
    rows = (
        Measure.objects.annotate(kind_then=kind_on(day))
        .values_list("kind_then")
        .annotate(
            running=Count("pk", filter=Q(pk__in=Measure.objects.running_on(day).values("pk"))),
            ended=Count("pk", filter=Q(ended_on__gte=first, ended_on__lte=day)),
        )
    )
    counts = {kind: (running, ended) for kind, running, ended in rows}
    return [(kind.label, *counts.get(kind, (0, 0))) for kind in MeasureKind]


def earlier_spans(household: Household, kind: str, but: Measure | None = None) -> list[Span]:
    """The measures of this family that the household had, or has, but one."""
    rows = Measure.objects.filter(household=household, kind__in=KINDS[MeasureKind(kind)].family)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return [Span(row.period.lower, row.ended_on or row.planned_end) for row in rows]


@dataclass(frozen=True, slots=True)
class MeasureSpan:
    """Where a measure stands within its bounds. `limit` is its last possible day, None without a bound.

    `done`, `planned` and `now` are lengths out of 976 for the strip.
    """

    rule: MeasureRule
    last: date
    limit: date | None
    months_done: int
    done: int
    planned: int
    now: int


def measure_span(measure: Measure, day: date) -> MeasureSpan:
    """Two queries: the dated bounds, and the earlier contracts of the kind."""
    start = measure.period.lower
    rule = measure_rule(measure.kind, start)
    earlier: Sequence[Span] = [
        Span(row.period.lower, row.ended_on or row.planned_end)
        for row in Measure.objects.filter(
            household=measure.household_id,
            kind__in=KINDS[MeasureKind(measure.kind)].family,
            period__startswith__lt=start,
        )
    ]
    last = measure.ended_on or measure.planned_end
    limit = last_day(rule, start, earlier)
    end = max(limit or last, last, min(day, last))
    whole = max((end - start).days, 1)
    seen = min(max((min(day, last) - start).days, 0), whole)
    return MeasureSpan(
        rule=rule,
        last=last,
        limit=limit,
        months_done=Span(start, min(day, last)).length[0],
        done=976 * seen // whole,
        planned=976 * (last - start).days // whole,
        now=976 * min(max((day - start).days, 0), whole) // whole,
    )
