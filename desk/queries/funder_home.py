"""The home of a funder: totals of the dwellings under its own agreements."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Coalesce

from common.money import ZERO
from common.periods import ONE_DAY
from common.reasons import Reason
from common.typography import counted, euros, short_day
from desk.codes import FigureWhy
from desk.queries.delays import measures_on
from desk.queries.figures import Figure, span_before
from desk.queries.measure_flow import MeasureFlow, measure_flow
from desk.queries.stock_figures import occupancy, occupancy_figure, vacancy_between, vacancy_figure
from rent_ledger.books.codes import Lane
from rent_ledger.models import AccountState
from social_link.funding.queries import Funded, funded, total_amount, total_months
from stock.models import HeadAgreement


@dataclass(slots=True)
class FunderHome:
    """Totals of one's own organisations, over `[start, end)`. `agreements`: reference and last day only."""

    organisations: list[str]
    start: date
    end: date
    span: str
    flow: list[MeasureFlow]
    figures: list[Figure]
    measures: list[tuple[str, int]]
    funding: list[Funded]
    agreements: list[HeadAgreement]

    @property
    def months(self) -> Decimal:
        return total_months(self.funding)

    @property
    def amount(self) -> Decimal:
        return total_amount(self.funding)

    @property
    def eve(self) -> date:
        return self.start - ONE_DAY

    @property
    def last(self) -> date:
        return self.end - ONE_DAY


def funded_of(organisation_ids: Collection[int], day: date) -> list[Funded]:
    """Places and months of these organisations in the year of `day`, as the page of the house has them."""
    return funded(date(day.year, 1, 1), day + ONE_DAY, day=day, funders=organisation_ids)


def funder_home(*, organisation_ids: Collection[int], day: date, span: str = "mois") -> FunderHome:
    """Eight queries. Only dwellings under an agreement that the organisation owns, ordered or funds."""
    start, end = span_before(day, span)
    agreements = list(
        HeadAgreement.objects.filter(
            Q(owner__in=organisation_ids) | Q(ordered_by__in=organisation_ids), period__contains=day
        )
        .select_related("owner", "ordered_by")
        .order_by("reference")
    )
    ids = [agreement.pk for agreement in agreements]
    dwellings, occupied = occupancy(day, ids)
    vacancy = vacancy_between(start, end, dwellings - occupied, ids)
    debt = (
        AccountState.objects.filter(account__lease__agreement__in=ids)
        .exclude(lane=Lane.NONE)
        .aggregate(total=Coalesce(Sum("debt"), ZERO), n=Count("pk"), on=Min("as_of"))
    )
    of_day = f", au {short_day(debt['on'], today=day)}" if debt["on"] and debt["on"] != day else ""
    why = Reason(FigureWhy.FUNDED_DEBT, amount=debt["total"], rule=Reason(FigureWhy.FUNDED_DEBT_RULE))
    names = {a.owner_id: str(a.owner) for a in agreements} | {
        a.ordered_by_id: str(a.ordered_by) for a in agreements if a.ordered_by_id
    }
    return FunderHome(
        organisations=[name for pk, name in names.items() if pk in organisation_ids],
        start=start,
        end=end,
        span=span,
        flow=measure_flow(start, end, organisation_ids),
        figures=[
            occupancy_figure(dwellings, occupied, day),
            vacancy_figure(vacancy),
            Figure("Dette des ménages", euros(debt["total"]), counted(debt["n"], "compte") + of_day, why),
        ] if agreements else [],
        measures=measures_on(day, organisation_ids),
        funding=funded_of(organisation_ids, day),
        agreements=agreements,
    )  # fmt: skip
