"""The home of the direction: figures of the house, without any name."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from common.money import ZERO
from common.typography import euros
from desk.queries.delays import (
    RuleRow,
    alerts_between,
    alerts_figure,
    all_rules,
    contact_figure,
    measures_on,
    tickets_figure,
)
from desk.queries.figures import Bar, Figure, span_before
from desk.queries.recovery import RecoveryYear, kept_recovery, recovery_bar, recovery_figure, recovery_year
from desk.queries.stock_figures import Vacancy, occupancy, occupancy_figure, vacancy_between, vacancy_figure
from leases.models import Lease
from rent_ledger.arrears.codes import CauseCode
from rent_ledger.arrears.looks import LANES, lane_order
from rent_ledger.arrears.queries.arrears import lane_totals, totals_day
from rent_ledger.bank.queries.bank_known import bank_knowledge
from rent_ledger.books.codes import Lane
from rent_ledger.models import AccountState, SocialAnswer
from stock.agreements.parameters import end_alerts_on
from stock.agreements.queries import agreements_ending
from stock.models import HeadAgreement


@dataclass(slots=True)
class DirectorHome:
    start: date
    end: date
    span: str
    dwellings: int
    leases: int
    bank_until: date | None
    states_on: date
    figures: list[Figure]
    recovery: list[Bar]
    year: RecoveryYear
    lanes: list[Bar]
    debt: Decimal
    causes: list[Bar]
    cases: int
    vacancy: Vacancy
    alerts: list[RuleRow]
    decisions: list[HeadAgreement]
    measures: list[tuple[str, int]]

    @property
    def all_alerts(self) -> RuleRow:
        return all_rules(self.alerts)


def director_home(*, day: date, span: str = "mois") -> DirectorHome:
    """About twenty queries, all of them sums."""
    start, end = span_before(day, span)
    dwellings, occupied = occupancy(day)
    vacancy = vacancy_between(start, end, dwellings - occupied)
    recovered = kept_recovery(span, start, end, day)
    alerts = alerts_between(start, end)
    totals = lane_totals()
    debt = sum((total.amount for total in totals), ZERO)
    causes, cases = _causes()
    bank_until = [known.until for known in bank_knowledge(day=day).accounts if known.until]
    return DirectorHome(
        start=start,
        end=end,
        span=span,
        dwellings=dwellings,
        leases=Lease.objects.active_on(day).count(),
        bank_until=max(bank_until, default=None),
        states_on=totals_day(totals),
        figures=[
            recovery_figure(recovered[0]),
            occupancy_figure(dwellings, occupied, day),
            vacancy_figure(vacancy),
            contact_figure(start, end),
            alerts_figure(alerts),
            tickets_figure(start, end, day),
        ],
        recovery=[recovery_bar(row) for row in recovered if row.asked],
        year=recovery_year(day),
        lanes=[
            Bar(
                Lane(t.lane).label, euros(t.amount), t.amount * 100 / debt if debt else ZERO,
                LANES[t.lane].hue, LANES[t.lane].meaning, t.count,
            )
            for t in sorted(totals, key=lambda t: lane_order(t.lane))
            if t.count
        ],
        debt=debt,
        causes=causes,
        cases=cases,
        vacancy=vacancy,
        alerts=alerts,
        decisions=list(agreements_ending(today=day, alerts=end_alerts_on(day))[:5]),
        measures=measures_on(day),
    )  # fmt: skip


def _causes() -> tuple[list[Bar], int]:
    """The debt of the accounts in a lane, so the same as by situation, by the cause of the latest answer of their case;
    « non renseignée » is a bar like the others."""
    latest = (
        SocialAnswer.objects.filter(case__account=OuterRef("account"), case__closed_on=None)
        .order_by("-id")
        .values("cause")[:1]
    )
    rows = (
        AccountState.objects.exclude(lane=Lane.NONE)
        .annotate(cause=Subquery(latest))
        .order_by()
        .values_list("cause", "debt")
    )
    sums: dict[str, Decimal] = {}
    cases = 0
    for cause, debt in rows:
        cases += 1
        sums[cause or ""] = sums.get(cause or "", ZERO) + (debt or ZERO)
    total = max(sums.values(), default=ZERO)
    bars = [
        Bar(
            str(CauseCode(cause).label) if cause else "Non renseignée",
            euros(amount),
            amount * 100 / total if total else ZERO,
        )
        for cause, amount in sorted(sums.items(), key=lambda item: (item[0] == "", -item[1]))
    ]
    return bars, cases
