"""What pages, API and other layers read of the agreements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from common.periods import add_months, last_day
from office.house.queries import this_association
from stock.agreements.models import AgreementDwelling, HeadAgreement


def lines_on(day: date) -> QuerySet[AgreementDwelling]:
    """Agreement lines in force on `day`, with owner, ordering body and operator. The one that gives the right to let
    comes first."""
    return (
        AgreementDwelling.objects.filter(period__contains=day)
        .select_related("agreement__owner", "agreement__ordered_by", "agreement__operator")
        .order_by("-gives_title", "agreement__reference")
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
    """Standing from the lines of one dwelling on one day. A marché, if any, gives ordering body and operator."""
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


@dataclass(frozen=True, slots=True)
class EndAlert:
    """An agreement that ends soon or has ended. `rank`: 0 ended, 1 within the last reminder, 2 and 3 the earlier ones.

    `months`: it ends within that many months; 0 if it has ended.
    """

    rank: int
    months: int

    @property
    def label(self) -> str:
        if not self.rank:
            return "finie"
        return "Finit dans le mois" if self.months == 1 else f"Finit dans {self.months} mois"

    @property
    def meaning(self) -> str:
        """The look of the badge: the nearer, the stronger."""
        return ("gone", "late", "attention", "due")[min(self.rank, 3)]


def end_alert(agreement: HeadAgreement, *, today: date, alerts: Sequence[int]) -> EndAlert | None:
    """The reminder to show for an agreement, or None. `alerts`: months before its end (`parameters.end_alerts_on`)."""
    last = last_day(agreement.period)
    if last is None:
        return None
    if last < today:
        return EndAlert(0, 0)
    near = ((rank, months) for rank, months in enumerate(sorted(alerts), start=1) if last <= add_months(today, months))
    return next((EndAlert(rank, months) for rank, months in near), None)


def agreements_ending(*, today: date, alerts: Sequence[int]) -> "QuerySet[HeadAgreement, Any]":
    """Agreements in force that end within the longest of `alerts`, in months; the nearest first."""
    limit = add_months(today, max(alerts)) + timedelta(days=1)
    return HeadAgreement.objects.filter(period__contains=today, period__endswith__lte=limit).order_by(
        "period__endswith", "reference"
    )


def association_name() -> str:
    """Name of the association, which operates every agreement that names no other operator."""
    association = this_association()
    return association.short_name if association else "l’association"
