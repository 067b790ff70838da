"""What pages, API and other layers read of the stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from common.periods import add_months, last_day
from office.models import Association
from stock.models import AgreementDwelling, Dwelling, HeadAgreement, Unit

# Months before the end of an agreement at which its page and the director are told.
END_ALERTS = (6, 3, 1)


def lines_on(day: date) -> QuerySet[AgreementDwelling]:
    """Agreement lines in force on `day`, with who owns, ordered and operates; the one that gives title first."""
    return (
        AgreementDwelling.objects.filter(period__contains=day)
        .select_related("agreement__owner", "agreement__ordered_by", "agreement__operator")
        .order_by("-gives_title", "agreement__reference")
    )


def stock_as_of(day: date) -> "QuerySet[Dwelling, Any]":
    """The dwellings that were in the stock on `day`, each with `lines_then` (its agreement lines of that day)."""
    return (
        Dwelling.objects.in_stock_on(day)
        .select_related("building")
        .prefetch_related(Prefetch("agreement_lines", queryset=lines_on(day), to_attr="lines_then"))
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Who owns, ordered and operates a dwelling on a day, and until when. `until` is the last day included."""

    agreement: HeadAgreement
    owner: str
    ordered_by: str
    operator: str
    until: date | None


def standing_of(lines: Sequence[AgreementDwelling], *, association: str) -> Standing | None:
    """From the lines of one dwelling on one day; a marché beside the title names the ordering body and the operator."""
    if not lines:
        return None
    title = next((line for line in lines if line.gives_title), lines[0])
    named = [line.agreement for line in (title, *lines)]
    ends = [line.period.upper for line in lines if line.period.upper is not None]
    return Standing(
        agreement=title.agreement,
        owner=str(title.agreement.owner),
        ordered_by=next((str(a.ordered_by) for a in named if a.ordered_by_id), ""),
        operator=next((str(a.operator) for a in named if a.operator_id), association),
        until=last_day(next(line.period for line in lines if line.period.upper == min(ends))) if ends else None,
    )


def end_alert(agreement: HeadAgreement, *, today: date) -> int | None:
    """The smallest of 6, 3 and 1 months within which the agreement ends; 0 where it has ended; None else."""
    last = last_day(agreement.period)
    if last is None:
        return None
    if last < today:
        return 0
    return min((months for months in END_ALERTS if last <= add_months(today, months)), default=None)


def agreements_ending(*, today: date) -> "QuerySet[HeadAgreement, Any]":
    """Agreements in force that end within six months, the nearest first."""
    limit = add_months(today, max(END_ALERTS)) + timedelta(days=1)
    return HeadAgreement.objects.filter(period__contains=today, period__endswith__lte=limit).order_by(
        "period__endswith", "reference"
    )


def units_of(dwelling: Dwelling) -> list[Unit]:
    """The units of a dwelling: the whole first, then the rooms by name."""
    return sorted(dwelling.units.all(), key=lambda unit: (not unit.is_whole, unit.label))


def association_name() -> str:
    """Who operates where no other operator is named."""
    association = Association.objects.first()
    return association.short_name if association else "l’association"
