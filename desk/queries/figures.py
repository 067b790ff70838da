"""Figures without any name, for the direction and the funders: each carries its definition and what it is made of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, DateField, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate

from common import clock
from common.codes import with_codes
from common.money import ZERO
from common.params import declared
from common.periods import Month, contains
from common.reasons import Reason
from common.typography import NOTHING, counted, euros, month, number
from desk.codes import FigureWhy
from leases.contracts.natures import Nature
from leases.models import Lease
from maintenance.models import Ticket
from maintenance.tickets.codes import TicketState
from office.access.codes import Role
from office.jobs.codes import JobState
from office.models import AccessLog, Job, ParameterValue, RoleGrant, User
from rent_ledger.arrears.codes import CauseCode
from rent_ledger.arrears.looks import LANES, lane_order
from rent_ledger.arrears.queries.arrears import lane_totals
from rent_ledger.bank.codes import StatementState
from rent_ledger.billing.codes import DemandState
from rent_ledger.books.codes import Lane
from rent_ledger.books.services.kept import kept
from rent_ledger.models import AccountState, ArrearsCase, BankStatement, SocialAnswer
from social_link.alerts.codes import AlertRule, AlertState
from social_link.contacts.codes import ContactKind
from social_link.measures.codes import MeasureKind
from social_link.models import Alert, Contact, Measure
from stock.agreements.parameters import end_alerts_on
from stock.agreements.queries import agreements_ending
from stock.models import HeadAgreement

SPANS = {"mois": "Mois", "trimestre": "Trimestre", "annee": "Année"}
_MONTHS = {"mois": 1, "trimestre": 3, "annee": 12}


@dataclass(frozen=True, slots=True)
class Figure:
    """`text` is what stands in large; its definition and parts are in `reason`."""

    label: str
    text: str
    note: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    text: str
    share: Decimal
    hue: str = "rent"
    meaning: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class RuleRow:
    label: str
    raised: int
    taken_in_time: int
    answered_in_time: int


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Days lost between `start` and `end` (excluded), and what the owners were owed for them where it is known."""

    empty_now: int
    days: int
    cost: Decimal
    dwellings: int
    unknown_cost: int


@dataclass(slots=True)
class DirectorHome:
    start: date
    end: date
    span: str
    dwellings: int
    leases: int
    bank_until: date | None
    figures: list[Figure]
    recovery: list[Bar]
    lanes: list[Bar]
    debt: Decimal
    causes: list[Bar]
    cases: int
    vacancy: Vacancy
    alerts: list[RuleRow]
    decisions: list[HeadAgreement]
    measures: list[tuple[str, int]]


def span_before(day: date, span: str) -> tuple[date, date]:
    """`[start, end)`: the last full month, quarter of three months or twelve months before `day`."""
    end = Month.of(day)
    return end.plus(-_MONTHS[span]).first, end.first


def director_home(*, day: date, span: str = "mois") -> DirectorHome:
    """About twenty queries, all of them sums."""
    start, end = span_before(day, span)
    dwellings, occupied = occupancy(day)
    vacancy = vacancy_between(start, end, dwellings - occupied)
    recovered = _kept_recovery(span, start, end, day)
    alerts = _alerts(start, end)
    totals = lane_totals()
    debt = sum((total.amount for total in totals), ZERO)
    causes, cases = _causes()
    bank_until = (
        BankStatement.objects.filter(state=StatementState.ACCEPTED)
        .order_by("-last_day")
        .values_list("last_day", flat=True)
    )
    return DirectorHome(
        start=start,
        end=end,
        span=span,
        dwellings=dwellings,
        leases=Lease.objects.active_on(day).count(),
        bank_until=bank_until.first(),
        figures=[
            _recovery_figure(recovered[0]),
            _occupancy_figure(dwellings, occupied),
            _vacancy_figure(vacancy),
            _contact_figure(start, end),
            _alerts_figure(alerts),
            _tickets_figure(start, end, day),
        ],
        recovery=[_recovery_bar(row) for row in recovered if row.asked],
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
        measures=_measures(day),
    )  # fmt: skip


# ---------- stock ----------


_OCCUPIED = """
SELECT count(*), count(*) FILTER (
    WHERE stock.dwelling_id IN (SELECT o.dwelling_id FROM leases_occupancy o WHERE o.period @> %(day)s::date)
)
FROM (
    SELECT DISTINCT l.dwelling_id FROM stock_agreementdwelling l WHERE l.period @> %(day)s::date AND {scope}
) stock
"""


def occupancy(day: date, agreements: Collection[int] | None = None) -> tuple[int, int]:
    """Dwellings in the stock on `day` (of these agreements), and how many of them somebody holds."""
    with connection.cursor() as cursor:
        cursor.execute(_OCCUPIED.format(scope=_scope(agreements)), {"day": day, "agreements": _listed(agreements)})
        dwellings, occupied = cursor.fetchone()
    return dwellings, occupied


def _scope(agreements: Collection[int] | None) -> str:
    return "true" if agreements is None else "l.agreement_id = ANY(%(agreements)s)"


def _listed(agreements: Collection[int] | None) -> list[int] | None:
    return None if agreements is None else list(agreements)


# Days in the stock without an occupant: multiranges are subtracted. Dwellings occupied by one stay for the whole time
# (nearly all of them) are skipped first.
_VACANCY = """
WITH span AS (SELECT daterange(%(start)s, %(end)s) AS days),
stock AS (
    SELECT l.dwelling_id, range_agg(l.period * span.days) AS days, max(l.upstream_rent) AS rent
    FROM stock_agreementdwelling l, span
    WHERE l.period && span.days AND l.gives_title AND {scope}
      AND l.dwelling_id NOT IN (
          SELECT o.dwelling_id FROM leases_occupancy o WHERE o.period @> daterange(%(start)s, %(end)s)
      )
    GROUP BY l.dwelling_id
), held AS (
    SELECT o.dwelling_id, range_agg(o.period * span.days) AS days
    FROM leases_occupancy o, span
    WHERE o.period && span.days AND o.dwelling_id IN (SELECT dwelling_id FROM stock) GROUP BY o.dwelling_id
), empty AS (
    SELECT s.dwelling_id, s.rent, coalesce(s.days - h.days, s.days) AS days
    FROM stock s LEFT JOIN held h USING (dwelling_id)
), counted AS (
    SELECT e.dwelling_id, e.rent, (SELECT coalesce(sum(upper(d) - lower(d)), 0) FROM unnest(e.days) d) AS days
    FROM empty e
)
SELECT coalesce(sum(days), 0), count(*) FILTER (WHERE days > 0),
    coalesce(round(sum(days * rent) / (%(length)s), 2), 0), count(*) FILTER (WHERE days > 0 AND rent IS NULL)
FROM counted
"""


def vacancy_between(start: date, end: date, empty_now: int, agreements: Collection[int] | None = None) -> Vacancy:
    """Cost: the rent owed to the owner, prorated on a month of 365/12 days, where the agreement says it."""
    length = Decimal(365) / 12
    params: dict[str, Any] = {"start": start, "end": end, "length": length, "agreements": _listed(agreements)}
    with connection.cursor() as cursor:
        cursor.execute(_VACANCY.format(scope=_scope(agreements)), params)
        days, dwellings, cost, unknown = cursor.fetchone()
    return Vacancy(empty_now, int(days), cost, dwellings, unknown)


def _count(code: FigureWhy, n: int) -> Reason:
    """A part that is a number, not an amount."""
    return Reason(code, detail=Reason(FigureWhy.COUNT, {"n": n}))


def _occupancy_figure(dwellings: int, occupied: int) -> Figure:
    share = Decimal(occupied * 100) / dwellings if dwellings else None
    parts = (_count(FigureWhy.STOCK, dwellings), _count(FigureWhy.WITH_KEYS, occupied))
    why = Reason(FigureWhy.OCCUPIED, parts=parts, rule=Reason(FigureWhy.BY_ROOM))
    return Figure("Occupation", _percent(share), f"{number(occupied)} sur {counted(dwellings, 'logement')}", why)


def _vacancy_figure(v: Vacancy) -> Figure:
    parts = [_count(FigureWhy.EMPTY_DAYS, v.days), _count(FigureWhy.EMPTY_DWELLINGS, v.dwellings)]
    if v.cost:
        parts.append(Reason(FigureWhy.EMPTY_COST, amount=v.cost))
    if v.unknown_cost:
        parts.append(Reason(FigureWhy.EMPTY_UNKNOWN, detail=Reason(FigureWhy.DWELLINGS, {"n": v.unknown_cost})))
    why = Reason(FigureWhy.VACANCY, parts=tuple(parts), rule=Reason(FigureWhy.EMPTY_RULE))
    note = f"{counted(v.dwellings, 'logement')}, {euros(v.cost, 0)}" if v.cost else counted(v.dwellings, "logement")
    return Figure("Vacance", counted(v.days, "j,j"), note, why)


# ---------- recovery ----------

# What households were asked, and the money (not benefit) that came for it so many days after the due day. By the entry
# of the demand: what a settlement adds to the month was not asked, what a demand asks for other months was.
_RECOVERED = with_codes(
    """
WITH asked AS (
    SELECT d.entry_id, d.due_on, d.month, d.net FROM rent_ledger_rentdemand d
    WHERE d.state = DemandState.ISSUED AND d.month >= %(start)s AND d.month < %(end)s AND d.due_on <= %(last)s
)
SELECT month, due_on, NULL, sum(net) FROM asked GROUP BY month, due_on
UNION ALL
SELECT asked.month, asked.due_on, c.effective_on - asked.due_on, sum(a.amount)
FROM asked JOIN rent_ledger_posting p ON p.entry_id = asked.entry_id
JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
WHERE c.nature = Nature.PAYMENT
GROUP BY 1, 2, 3
""",
    DemandState,
    Nature,
)
DELAYS = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Of the demands of the months `[start, end)`: asked of households, and paid within `days`."""

    days: int
    start: date
    end: date
    asked: Decimal
    paid: Decimal

    @property
    def share(self) -> Decimal | None:
        return self.paid * 100 / self.asked if self.asked else None

    @property
    def months(self) -> str:
        last = Month.of(self.end).plus(-1)
        first = Month.of(self.start)
        return month(first, "court") if first == last else f"{month(first, 'court')} à {month(last, 'court')}"


def recovery(start: date, end: date, day: date) -> list[Recovery]:
    """For each delay, of the demands of `[start, end)` that are old enough to be judged on `day` (one query).

    A longer delay can only be judged on older months: one month back per thirty days.
    """
    spans = {}
    for days in DELAYS:
        back = 1 - days // 30
        spans[days] = (Month.of(start).plus(back).first, Month.of(end).plus(back).first)
    params = {
        "start": min(first for first, _ in spans.values()),
        "end": max(after for _, after in spans.values()),
        "last": day - timedelta(days=min(DELAYS)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECOVERED, params)
        rows = cursor.fetchall()
    found = []
    for days, (first, after) in spans.items():
        judged = [row for row in rows if first <= row[0] < after and row[1] <= day - timedelta(days=days)]
        asked = sum((amount for *_, late, amount in judged if late is None), ZERO)
        paid = sum((amount for *_, late, amount in judged if late is not None and late <= days), ZERO)
        found.append(Recovery(days, first, after, asked, min(paid, asked)))
    return found


def _kept_recovery(span: str, start: date, end: date, day: date) -> list[Recovery]:
    """`recovery`, kept: a year is a quarter of a million rows."""

    def read() -> list[list[Any]]:
        return [
            [row.days, row.start.isoformat(), row.end.isoformat(), str(row.asked), str(row.paid)]
            for row in recovery(start, end, day)
        ]

    return [
        Recovery(days, date.fromisoformat(first), date.fromisoformat(after), Decimal(asked), Decimal(paid))
        for days, first, after, asked, paid in kept(f"recovery:{span}", day=day, read=read)
    ]


def _recovery_figure(row: Recovery) -> Figure:
    days = {"days": row.days}
    why = Reason(
        FigureWhy.RECOVERED,
        days,
        row.paid,
        (
            Reason(FigureWhy.ASKED, {}, row.asked, detail=Reason(FigureWhy.AIDS_LEFT_OUT_OF, {"months": row.months})),
            Reason(FigureWhy.PAID_WITHIN, days, row.paid),
        ),
        rule=Reason(FigureWhy.RECOVERED_RULE),
    )
    note = f"sur {euros(row.asked, 0)}" if row.asked else "échéances trop récentes"
    return Figure(f"Recouvrement à {row.days} j", _percent(row.share, 1), note, why)


def _recovery_bar(row: Recovery) -> Bar:
    return Bar(f"À {row.days} jours", _percent(row.share, 1), row.share or ZERO, meaning=row.months)


def _percent(share: Decimal | None, places: int = 0) -> str:
    return NOTHING if share is None else f"{number(share, places)} %"


def _causes() -> tuple[list[Bar], int]:
    """Debt of the open cases by the cause of the latest answer; « non renseignée » is a bar like the others."""
    latest = SocialAnswer.objects.filter(case=OuterRef("pk")).order_by("-id").values("cause")[:1]
    debts = AccountState.objects.filter(account=OuterRef("account")).values("debt")[:1]
    rows = (
        ArrearsCase.objects.filter(closed_on=None)
        .annotate(cause=Subquery(latest), debt=Subquery(debts))
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


# ---------- social and technical delays ----------


def _alerts(start: date, end: date) -> list[RuleRow]:
    """Alerts raised in the period by rule, with those taken and answered by their deadline."""
    raised_on = TruncDate("raised_at", tzinfo=clock.PARIS)
    taken = Q(acknowledged_at__isnull=False, taken_on__lte=F("ack_due_on"))
    answered = Q(state=AlertState.ANSWERED, done_on__lte=F("answer_due_on"))
    rows = (
        Alert.objects.annotate(
            raised_on=raised_on,
            taken_on=TruncDate("acknowledged_at", tzinfo=clock.PARIS),
            done_on=TruncDate("answered_at", tzinfo=clock.PARIS),
        )
        .filter(raised_on__gte=start, raised_on__lt=end)
        .order_by()
        .values("rule")
        .annotate(n=Count("pk"), taken=Count("pk", filter=taken), answered=Count("pk", filter=answered))
    )
    return [RuleRow(str(AlertRule(r["rule"]).label), r["n"], r["taken"], r["answered"]) for r in rows]


def _alerts_figure(rows: list[RuleRow]) -> Figure:
    raised = sum(r.raised for r in rows)
    answered = sum(r.answered_in_time for r in rows)
    taken = sum(r.taken_in_time for r in rows)
    parts = (
        _count(FigureWhy.ALERTS_SENT, raised),
        _count(FigureWhy.ALERTS_TAKEN, taken),
        _count(FigureWhy.ALERTS_ANSWERED, answered),
    )
    why = Reason(FigureWhy.ALERTS, parts=parts, rule=Reason(FigureWhy.ALERTS_RULE))
    text = f"{number(answered)} sur {number(raised)}" if raised else NOTHING
    return Figure("Alertes à temps", text, f"{number(taken)} prises à temps" if raised else "aucune alerte", why)


def _contact_figure(start: date, end: date) -> Figure:
    """Median delay, in days, between the first default and the first contact made by a person."""
    first = (
        Contact.objects.filter(
            household=OuterRef("account__household"), is_planned=False, happened_on__gte=OuterRef("first_default_on")
        )
        .exclude(kind=ContactKind.ABSENCE)
        .order_by("happened_on")
        .values("happened_on")[:1]
    )
    rows = (
        ArrearsCase.objects.filter(first_default_on__gte=start, first_default_on__lt=end)
        .annotate(met_on=Subquery(first, output_field=DateField()))
        .values_list("first_default_on", "met_on")
    )
    pairs = list(rows)
    delays = sorted((met - default).days for default, met in pairs if met)
    text = counted(delays[(len(delays) - 1) // 2], "j,j") if delays else NOTHING
    parts = (_count(FigureWhy.CASES_OPENED, len(pairs)), _count(FigureWhy.CASES_MET, len(delays)))
    why = Reason(FigureWhy.CONTACT, parts=parts, rule=Reason(FigureWhy.CONTACT_RULE))
    return Figure(
        "Du défaut au contact", text, f"médiane, {number(len(delays))} sur {counted(len(pairs), 'dossier')}", why
    )


def _tickets_figure(start: date, end: date, day: date) -> Figure:
    closed_on = TruncDate("closed_at", tzinfo=clock.PARIS)
    found = (
        Ticket.objects.exclude(state=TicketState.CANCELLED)
        .filter(due_on__gte=start, due_on__lt=min(end, day))
        .annotate(done_on=closed_on)
        .aggregate(n=Count("pk"), in_time=Count("pk", filter=Q(done_on__lte=F("due_on"))))
    )
    n, in_time = found["n"], found["in_time"]
    parts = (_count(FigureWhy.TICKETS_DUE, n), _count(FigureWhy.TICKETS_DONE, in_time))
    why = Reason(FigureWhy.TICKETS, parts=parts, rule=Reason(FigureWhy.TICKETS_RULE))
    share = Decimal(in_time * 100) / n if n else None
    return Figure(
        "Demandes à temps", _percent(share), f"{number(in_time)} sur {number(n)}" if n else "aucune échéance", why
    )


def _measures(day: date, funders: Collection[int] | None = None) -> list[tuple[str, int]]:
    rows = Measure.objects.filter(ended_on=None, period__contains=day)
    if funders is not None:
        rows = rows.filter(funder__in=funders)
    found = rows.order_by().values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    return [(str(MeasureKind(kind).label), n) for kind, n in found]


# ---------- funders ----------


@dataclass(slots=True)
class FunderHome:
    """Totals of one's own organisations. `agreements`: reference and last day only."""

    organisations: list[str]
    start: date
    end: date
    figures: list[Figure]
    measures: list[tuple[str, int]]
    agreements: list[HeadAgreement]


def funder_home(*, organisation_ids: Collection[int], day: date) -> FunderHome:
    """Six queries. Only dwellings under an agreement that the organisation owns, ordered or funds."""
    start, end = span_before(day, "mois")
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
    debt = AccountState.objects.filter(account__lease__agreement__in=ids, debt__gt=0).aggregate(
        total=Coalesce(Sum("debt"), ZERO), n=Count("pk")
    )
    why = Reason(FigureWhy.FUNDED_DEBT, amount=debt["total"], rule=Reason(FigureWhy.FUNDED_DEBT_RULE))
    names = {a.owner_id: str(a.owner) for a in agreements} | {
        a.ordered_by_id: str(a.ordered_by) for a in agreements if a.ordered_by_id
    }
    return FunderHome(
        organisations=[name for pk, name in names.items() if pk in organisation_ids],
        start=start,
        end=end,
        figures=[
            _occupancy_figure(dwellings, occupied),
            _vacancy_figure(vacancy),
            Figure("Dette des ménages", euros(debt["total"]), counted(debt["n"], "compte"), why),
        ] if agreements else [],
        measures=_measures(day, organisation_ids),
        agreements=agreements,
    )  # fmt: skip


# ---------- the administrator ----------


@dataclass(slots=True)
class AdminHome:
    """The house, never a household."""

    running: list[Job]
    failed: list[Job]
    people: int
    by_role: list[tuple[str, int]]
    without_role: int
    unverified: int
    parameters: int
    reads: int


def admin_home(*, day: date) -> AdminHome:
    """Six queries."""
    jobs = list(Job.objects.exclude(state=JobState.DONE).order_by("-id")[:20])
    grants = RoleGrant.objects.filter(period__contains=day, user__is_active=True)
    roles = dict(grants.order_by().values_list("role").annotate(n=Count("user", distinct=True)))
    active = User.objects.filter(is_active=True)
    known = declared()
    valued = {
        row.key: row.is_verified
        for row in ParameterValue.objects.all()
        if row.key in known and contains(row.period, day)
    }
    since = clock.now() - timedelta(days=7)
    return AdminHome(
        running=[job for job in jobs if job.state == JobState.RUNNING],
        failed=[job for job in jobs if job.state == JobState.FAILED],
        people=active.count(),
        by_role=[(str(role.label), roles[role]) for role in Role if role in roles],
        without_role=active.filter(~Exists(grants.filter(user=OuterRef("pk")))).count(),
        unverified=sum(not valued.get(key, parameter.verified) for key, parameter in known.items()),
        parameters=len(known),
        reads=AccessLog.objects.filter(at__gte=since).count(),
    )
