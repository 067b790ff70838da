"""The home of the direction: figures of the house, without any name."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from common.links import link
from common.money import ZERO
from common.periods import add_months
from common.typography import counted, euros
from desk.parameters import goals_between
from desk.queries.cured import Cured, cured_between
from desk.queries.delays import (
    RuleRow,
    alerts_between,
    alerts_figure,
    all_rules,
    contact_figure,
    measures_on,
    tickets_figure,
)
from desk.queries.figures import Bar, Figure, aimed, compared, span_before
from desk.queries.recovery import Recovery, RecoveryYear, kept_recovery, recovery_bar, recovery_figure, recovery_year
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
    """Figures of `[start, end)`, compared with those that the page had on the day `before`."""

    before: date
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
    spread: Decimal
    """What the plans that run ask later."""
    causes: list[Bar]
    cases: int
    vacancy: Vacancy
    alerts: list[RuleRow]
    cured: list[Cured]
    decisions: list[HeadAgreement]
    ending: int
    measures: list[tuple[str, int]]

    @property
    def all_alerts(self) -> RuleRow:
        return all_rules(self.alerts)


def director_home(*, day: date, span: str = "mois") -> DirectorHome:
    """About thirty queries, all of them sums."""
    before = add_months(day, -1)
    recovered, past = kept_recovery(span, day, before)
    now = _reading(day, span, recovered)
    figures = [
        compared(figure, then, on=before, today=day)
        for figure, then in zip(now.figures, _reading(before, span, past).figures, strict=True)
    ]
    totals = lane_totals()
    debt = sum((total.amount for total in totals), ZERO)
    causes, cases = _causes()
    ending = list(agreements_ending(today=day, alerts=end_alerts_on(day)))
    bank_until = [known.until for known in bank_knowledge(day=day).accounts if known.until]
    return DirectorHome(
        before=before,
        start=now.start,
        end=now.end,
        span=span,
        dwellings=now.dwellings,
        leases=Lease.objects.active_on(day).count(),
        bank_until=max(bank_until, default=None),
        states_on=totals_day(totals),
        figures=_opened(_with_goals(figures, now), now, span),
        recovery=[recovery_bar(row, span) for row in recovered if row.asked],
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
        spread=sum((total.spread for total in totals), ZERO),
        causes=causes,
        cases=cases,
        vacancy=now.vacancy,
        alerts=now.alerts,
        cured=cured_between(span, day),
        decisions=ending[:5],
        ending=len(ending),
        measures=measures_on(day),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reading:
    """The figures that the page has on a day, and what else it says of them."""

    start: date
    end: date
    dwellings: int
    vacancy: Vacancy
    alerts: list[RuleRow]
    figures: list[Figure]


def _reading(day: date, span: str, recovered: list[Recovery]) -> _Reading:
    """The same queries for each day: of its own last full period, with what was done by then."""
    start, end = span_before(day, span)
    dwellings, occupied = occupancy(day)
    vacancy = vacancy_between(start, end, dwellings - occupied)
    alerts = alerts_between(start, end, day)
    figures = [
        recovery_figure(recovered[0]),
        occupancy_figure(dwellings, occupied, day),
        vacancy_figure(vacancy),
        contact_figure(start, end, day),
        alerts_figure(alerts),
        tickets_figure(start, end, day),
    ]
    return _Reading(start, end, dwellings, vacancy, alerts, figures)


def _with_goals(figures: list[Figure], now: _Reading) -> list[Figure]:
    recovered, occupied, empty, contact, *others = figures
    goals = goals_between(now.start, now.end)
    return [
        aimed(recovered, goals.recovery, at_most=False),
        occupied,
        aimed(empty, goals.vacancy, at_most=True),
        aimed(contact, goals.contact, at_most=True),
        *others,
    ]


def _opened(figures: list[Figure], now: _Reading, span: str) -> list[Figure]:
    """The occupation opens the dwellings that are empty on the day, the vacancy those of the period: as many rows as
    the figure counts. The others open their totals by month, and by commune or team."""
    recovered, occupied, lost, *others = figures
    recovered = _by(recovered, "desk:recovery", span, "commune")
    contact, alerts, tickets = others
    if empty := now.vacancy.empty_now:
        more = counted(empty, "logement vide,logements vides")
        occupied = replace(occupied, url=link("stock:dwellings", etat="vide"), more=more)
    if n := now.vacancy.dwellings:
        address = f"{link('desk:vacancy')}?periode={span}"
        lost = replace(lost, url=address, more=f"Voir {counted(n, 'logement')}")
    return [
        recovered, occupied, lost,
        _by(contact, "desk:contact_delays", span, "équipe"),
        _by(alerts, "desk:alerts_in_time", span, "équipe"),
        _by(tickets, "desk:tickets_in_time", span, "commune"),
    ]  # fmt: skip


def _by(figure: Figure, page: str, span: str, group: str) -> Figure:
    """With the address of its lines; as it is where it has nothing to divide."""
    if figure.value is None:
        return figure
    return replace(figure, url=f"{link(page)}?periode={span}", more=f"Par mois et par {group}")


def _causes() -> tuple[list[Bar], int]:
    """The debt of the accounts in a lane, so the same as by situation, by the cause of the latest answer of their case.
    « Cause non connue » is an answer, « sans réponse » is none yet."""
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
            str(CauseCode(cause).label) if cause else "Sans réponse du service social",
            euros(amount),
            amount * 100 / total if total else ZERO,
        )
        for cause, amount in sorted(sums.items(), key=lambda item: (item[0] == "", -item[1]))
    ]
    return bars, cases
