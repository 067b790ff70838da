"""Households of ours that nobody accompanies though their home goes with a support, and the reverse (S0-03)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, Func, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from common.periods import ONE_DAY
from leases.contracts.codes import LeaseKind
from leases.households.codes import SupportType
from leases.models import Occupancy
from social_link.measures.codes import MeasureKind
from social_link.measures.models import Measure, Referent
from social_link.measures.parameters import gap_days
from social_link.measures.rules.gaps import gap_since, is_asked

HOUSED_KINDS = (MeasureKind.TYPE_1, MeasureKind.TYPE_2, MeasureKind.IML)
"""Of a household in a dwelling of ours: types 1 and 2 from their first day, an IML once it is signed with the
contract."""


@dataclass(frozen=True, slots=True)
class Gap:
    """`about`: the household without a support, or the measure without a dwelling; `since` when."""

    about: int
    household: int
    assignee: int | None
    since: date


def _upper(field: str) -> Func:
    return Func(F(field), function="UPPER")


def without_measure(households: Collection[int] | None, day: date) -> list[Gap]:
    """Of the CCAS stock (type 1 or 2) or under a sliding lease, in their dwelling on `day`. Two queries."""
    after = gap_days(day)
    running = Measure.objects.running_on(day).filter(household=OuterRef("household"))
    before = Measure.objects.filter(household=OuterRef("household")).order_by().values("household")
    last = before.annotate(last=Max(Coalesce("ended_on", "planned_end"))).values("last")
    referent = Referent.objects.filter(household=OuterRef("household"), period__contains=day).values("user")
    rows = Occupancy.objects.filter(
        Q(household__support_type__in=SupportType.values) | Q(lease__kind=LeaseKind.SLIDING),
        ~Exists(running), main_period__contains=day,
    )  # fmt: skip
    found = (rows if households is None else rows.filter(household__in=households)).annotate(
        last=Subquery(last), referent=Subquery(referent[:1])
    )
    gaps = [
        Gap(row.household_id, row.household_id, row.referent, gap_since(row.main_period.lower, row.last))
        for row in found.order_by("pk")
    ]
    return [gap for gap in gaps if is_asked(gap.since, day, after)]


def without_home(measures: Collection[int] | None, day: date) -> list[Gap]:
    """Measures that suppose a dwelling of ours, of households that have none on `day` nor later. Two queries."""
    after = gap_days(day)
    kept = Q(main_period__contains=day) | Q(main_period__startswith__gt=day)
    stays = Occupancy.objects.filter(household=OuterRef("household"), main_period__isnull=False)
    left = stays.order_by().values("household").annotate(last=Max(_upper("main_period"))).values("last")
    signed = ~Q(kind=MeasureKind.IML) | Q(signed_on__isnull=False)
    rows = Measure.objects.running_on(day).filter(
        signed, ~Exists(stays.filter(kept)), kind__in=HOUSED_KINDS, ended_on=None
    )
    found = (rows if measures is None else rows.filter(pk__in=measures)).annotate(left=Subquery(left))
    gaps = [
        Gap(
            row.pk, row.household_id, row.referent_id,
            gap_since(row.period.lower, row.left - ONE_DAY if row.left else None),
        )
        for row in found.order_by("pk")
    ]  # fmt: skip
    return [gap for gap in gaps if is_asked(gap.since, day, after)]
