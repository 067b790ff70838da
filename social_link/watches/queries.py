"""What pages and API read of what follows an end. Each list starts from `visible_to`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from common import clock
from office.access.actor import Actor
from social_link.measures.models import Measure
from social_link.watches.codes import Found, StepState
from social_link.watches.models import Orientation, Reopening, Watch, WatchQuerySet
from social_link.watches.parameters import window_on
from social_link.watches.rules.after import Window, state_of

# How far ahead a step to come is listed, how far back one may be open still, how many noted ones are shown.
SOON, PAST, NOTED = timedelta(days=120), timedelta(days=400), 20


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step, where it stands today, and the days in which it is noted."""

    watch: Watch
    state: StepState
    first: date
    last: date

    @property
    def is_open(self) -> bool:
        return self.state == StepState.OPEN

    @property
    def is_to_come(self) -> bool:
        return self.state == StepState.TO_COME

    @property
    def is_back(self) -> bool:
        return self.state == StepState.BACK

    @property
    def is_dead(self) -> bool:
        return self.state == StepState.DEAD

    @property
    def is_late(self) -> bool:
        return self.is_open and self.watch.due_on < clock.today()


def standing(rows: QuerySet[Watch]) -> QuerySet[Watch]:
    """Each with `back_on` (from when on another measure accompanies the household, after the end) and `is_dead`
    (another step after that end found that the household died)."""
    others = Measure.objects.filter(household=OuterRef("measure__household")).exclude(pk=OuterRef("measure"))
    others = others.annotate(last=Coalesce("ended_on", "planned_end")).filter(last__gt=OuterRef("ended_on"))
    back = others.order_by().values("household").annotate(on=Min(Lower("period"))).values("on")
    deaths = Watch.objects.filter(
        measure__household=OuterRef("measure__household"), found=Found.DEAD, seen_on__gt=OuterRef("ended_on")
    ).exclude(pk=OuterRef("pk"))
    return rows.annotate(back_on=Subquery(back), is_dead=Exists(deaths))


def state_on(watch: Watch, *, window: Window, today: date) -> StepState:
    """Of a row of `standing`."""
    return state_of(
        watch.due_on, seen_on=watch.seen_on, is_dead=watch.is_dead, back_on=watch.back_on,  # type: ignore[attr-defined]
        window=window, today=today,
    )  # fmt: skip


def step_lines(rows: QuerySet[Watch], day: date) -> list[StepLine]:
    """Two queries, one of them for the parameters."""
    window = window_on(day)
    return [
        StepLine(row, state_on(row, window=window, today=day), *window.around(row.due_on)) for row in standing(rows)
    ]


def open_steps(day: date, *, ids: Collection[int] | None = None) -> list[Watch]:
    """The steps that are to note on `day`, among `ids` or (None) all, the first due first."""
    window = window_on(day)
    rows = Watch.objects.filter(
        seen_on=None,
        due_on__gte=day - timedelta(days=window.after),
        due_on__lte=day + timedelta(days=window.before),
    )
    asked = standing(rows if ids is None else rows.filter(pk__in=ids)).select_related("measure")
    return [row for row in asked if state_on(row, window=window, today=day) == StepState.OPEN]


def watches_for(actor: Actor) -> WatchQuerySet:
    return Watch.objects.visible_to(actor).select_related("measure__household", "measure__referent", "noted_by")


def requests_for(actor: Actor) -> QuerySet[Reopening]:
    rows = Reopening.objects.visible_to(actor)
    return rows.select_related("former__household", "former__referent", "partner", "organisation", "measure")


def lines_for(actor: Actor, day: date) -> dict[str, Any]:
    """What the page of the ends lists: steps to note and to come, requests that wait, what was noted of late."""
    rows = watches_for(actor)
    lines = step_lines(rows.filter(seen_on=None, due_on__lte=day + SOON, due_on__gte=day - PAST), day)
    return {
        "to_note": [line for line in lines if line.is_open],
        "to_come": [line for line in lines if line.is_to_come],
        "requests": list(requests_for(actor).filter(service="", withdrawn_at=None).order_by("asked_on", "id")),
        "noted": list(rows.exclude(seen_on=None).order_by("-seen_on", "-id")[:NOTED]),
    }


@dataclass(frozen=True, slots=True)
class After:
    """What follows the end of a measure."""

    steps: list[StepLine]
    orientations: list[Orientation]
    requests: list[Reopening]


def after_of(measure: Measure, day: date) -> After:
    """Of a measure that the caller may read: four queries."""
    requests = measure.reopenings.filter(withdrawn_at=None).select_related("partner", "organisation", "measure")
    return After(
        step_lines(measure.watches.select_related("noted_by"), day),
        list(measure.orientations.select_related("organisation")),
        list(requests),
    )
