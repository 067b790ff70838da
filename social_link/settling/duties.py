"""What an installation asks of the referent once its first month is over: what is open of a list that was begun.

A list that nobody began asks nothing: a household that moved in by itself is not late with anything."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from common import clock
from common.links import link
from common.periods import add_months
from common.typography import counted
from leases.models import Household, Occupancy
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.measures.models import Referent
from social_link.settling.codes import SettlingDuty, SettlingStep
from social_link.settling.models import FurnitureItem, SettlingTick
from social_link.settling.parameters import settling_params
from social_link.settling.rules.stages import is_asked

ABOUT_SETTLING = "settling"
"""What these tasks are about: the id is the household's."""


def _open(ids: Collection[int] | None) -> dict[int, tuple[int, int | None]]:
    """By household: how much is open of an installation that is asked for, and its referent today. Three queries."""
    today = clock.today()
    params = settling_params(today)
    ticks, items = (model.objects.filter(stay=OuterRef("pk")) for model in (SettlingTick, FurnitureItem))
    referent = Referent.objects.filter(household=OuterRef("household"), period__contains=today)
    rows = Occupancy.objects.filter(
        Exists(ticks) | Exists(items), main_period__contains=today,
        main_period__startswith__gte=add_months(today, -params.months - 1),
    ).annotate(referent=Subquery(referent.values("user")[:1])).order_by("pk")  # fmt: skip
    stays = {
        row.pk: row
        for row in (rows if ids is None else rows.filter(household__in=ids))
        if is_asked(row.main_period.lower, today, params)
    }
    left: defaultdict[int, int] = defaultdict(lambda: len(SettlingStep))
    for stay in SettlingTick.objects.filter(stay__in=stays).values_list("stay", flat=True):
        left[stay] -= 1
    for stay in FurnitureItem.objects.filter(stay__in=stays, received_on=None).values_list("stay", flat=True):
        left[stay] += 1
    return {row.household_id: (left[pk], row.referent) for pk, row in stays.items() if left[pk]}


def _asking(ids: Collection[int] | None) -> Iterable[Cause]:
    """Of the delay of the house from the first day on which it is asked."""
    return [Cause(pk, household_id=pk, assignee_id=who) for pk, (_, who) in _open(ids).items()]


def _ended(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """Something was settled since, so that it is done; else its first months are over, or it was taken back."""
    settled = set(SettlingTick.objects.filter(household__in=raised).values_list("household", flat=True))
    running = {
        stay.household_id
        for stay in Occupancy.objects.filter(household__in=raised, main_period__contains=clock.today())
        if is_asked(stay.main_period.lower, clock.today(), settling_params(clock.today()))
    }
    return {pk: Ending() if pk in settled & running else Ending("L’installation n’est plus suivie") for pk in raised}


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    left = _open(ids)
    return {
        row.pk: TaskLine(
            f"Installation à finir : {row.name}",
            counted(left[row.pk][0], "point ouvert,points ouverts") if row.pk in left else "",
            row.name,
            link("social_link:settling", row.pk),
        )
        for row in Household.objects.filter(pk__in=ids)
    }


OPEN = declare(
    TaskKind(
        code=SettlingDuty.OPEN, about=ABOUT_SETTLING, reveals=Data.CONTACT, falls_to=Write(Data.CONTACT),
        causes=_asking, endings=_ended, show=_shown, locks=lambda ids: Household.objects.filter(pk__in=ids),
        look=TaskLook(
            "home-check", "social", "Ouvrir", "installation à finir,installations à finir",
            lambda: link("leases:households"),
        ),
    )
)  # fmt: skip
