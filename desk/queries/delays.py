"""What was done in time: alerts, contacts, tickets; and the measures of a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DateField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import TruncDate

from common import clock
from common.figures import median
from common.reasons import Reason
from common.typography import NOTHING, counted, number
from desk.codes import FigureWhy
from desk.queries.figures import Figure, count_of, percent, rounded
from maintenance.models import Ticket
from maintenance.tickets.codes import TicketState
from rent_ledger.models import ArrearsCase
from social_link.alerts.codes import AlertRule, AlertState
from social_link.measures.codes import MeasureKind
from social_link.measures.models import kind_on
from social_link.models import Alert, Contact, Measure


@dataclass(frozen=True, slots=True)
class RuleRow:
    label: str
    raised: int
    taken_in_time: int
    answered_in_time: int


def all_rules(rows: list[RuleRow]) -> RuleRow:
    """The sum of the rows."""
    return RuleRow(
        "Total", sum(row.raised for row in rows), sum(row.taken_in_time for row in rows),
        sum(row.answered_in_time for row in rows),
    )  # fmt: skip


IN_TIME = {"taken": Count("pk", filter=Q(in_hand=True)), "answered": Count("pk", filter=Q(is_said=True))}


def alerts_of(start: date, end: date, day: date) -> QuerySet[Alert]:
    """Alerts raised in the period, with `raised_on`; `in_hand`, `is_said`: taken, answered by its deadline, as known on
    `day`."""
    taken = Q(acknowledged_at__isnull=False, taken_on__lte=F("ack_due_on")) & Q(taken_on__lte=day)
    answered = Q(state=AlertState.ANSWERED, done_on__lte=F("answer_due_on")) & Q(done_on__lte=day)
    return (
        Alert.objects.exclude(state=AlertState.DROPPED)
        .annotate(
            raised_on=TruncDate("raised_at", tzinfo=clock.PARIS),
            taken_on=TruncDate("acknowledged_at", tzinfo=clock.PARIS),
            done_on=TruncDate("answered_at", tzinfo=clock.PARIS),
        )
        .annotate(
            in_hand=Case(When(taken, then=True), default=False), is_said=Case(When(answered, then=True), default=False)
        )
        .filter(raised_on__gte=start, raised_on__lt=end)
    )


def alerts_between(start: date, end: date, day: date) -> list[RuleRow]:
    """Alerts raised in the period by rule, with those taken and answered by their deadline, as known on `day`."""
    rows = (
        alerts_of(start, end, day)
        .order_by()
        .values("rule")
        .annotate(
            n=Count("pk"), taken=Count("pk", filter=Q(in_hand=True)), answered=Count("pk", filter=Q(is_said=True))
        )
    )
    return [RuleRow(str(AlertRule(r["rule"]).label), r["n"], r["taken"], r["answered"]) for r in rows]


def alerts_figure(rows: list[RuleRow]) -> Figure:
    whole = all_rules(rows)
    raised, answered, taken = whole.raised, whole.answered_in_time, whole.taken_in_time
    parts = (
        count_of(FigureWhy.ALERTS_SENT, raised),
        count_of(FigureWhy.ALERTS_TAKEN, taken),
        count_of(FigureWhy.ALERTS_ANSWERED, answered),
    )
    why = Reason(FigureWhy.ALERTS, parts=parts, rule=Reason(FigureWhy.ALERTS_RULE))
    text = f"{number(answered)} sur {number(raised)}" if raised else NOTHING
    share = rounded(Decimal(answered * 100) / raised) if raised else None
    return Figure("Alertes à temps", text, f"{number(taken)} prises à temps" if raised else "aucune alerte", why, share)


def contact_pairs(start: date, end: date, day: date) -> QuerySet[Any]:
    """The cases whose first default is in the period, with `met_on`, the first contact made by a person up to `day`."""
    first = (
        Contact.objects.met()
        .filter(
            household=OuterRef("account__household"),
            happened_on__gte=OuterRef("first_default_on"),
            happened_on__lte=day,
        )
        .order_by("happened_on")
        .values("happened_on")[:1]
    )
    return ArrearsCase.objects.filter(first_default_on__gte=start, first_default_on__lt=end).annotate(
        met_on=Subquery(first, output_field=DateField())
    )


def contact_figure(start: date, end: date, day: date) -> Figure:
    """Median delay, in days, between the first default and the first contact made by a person up to `day`."""
    pairs = list(contact_pairs(start, end, day).values_list("first_default_on", "met_on"))
    delays = [(met - default).days for default, met in pairs if met]
    middle = median(delays)
    text = NOTHING if middle is None else counted(middle, "j,j")
    parts = (count_of(FigureWhy.CASES_OPENED, len(pairs)), count_of(FigureWhy.CASES_MET, len(delays)))
    why = Reason(FigureWhy.CONTACT, parts=parts, rule=Reason(FigureWhy.CONTACT_RULE))
    return Figure(
        "Du défaut au contact", text, f"médiane, {number(len(delays))} sur {counted(len(pairs), 'dossier')}", why,
        middle, "j,j",
    )  # fmt: skip


def tickets_due(start: date, end: date, day: date) -> QuerySet[Ticket]:
    """The tickets whose deadline is in the period and before `day`, with `done_on`."""
    rows = Ticket.objects.exclude(state=TicketState.CANCELLED).filter(due_on__gte=start, due_on__lt=min(end, day))
    return rows.annotate(done_on=TruncDate("closed_at", tzinfo=clock.PARIS))


def tickets_figure(start: date, end: date, day: date) -> Figure:
    found = tickets_due(start, end, day).aggregate(
        n=Count("pk"), in_time=Count("pk", filter=Q(done_on__lte=F("due_on")))
    )
    n, in_time = found["n"], found["in_time"]
    parts = (count_of(FigureWhy.TICKETS_DUE, n), count_of(FigureWhy.TICKETS_DONE, in_time))
    why = Reason(FigureWhy.TICKETS, parts=parts, rule=Reason(FigureWhy.TICKETS_RULE))
    share = Decimal(in_time * 100) / n if n else None
    return Figure(
        "Demandes à temps", percent(share), f"{number(in_time)} sur {number(n)}" if n else "aucune échéance", why,
        rounded(share),
    )  # fmt: skip


def measures_on(day: date, funders: Collection[int] | None = None) -> list[tuple[str, int]]:
    rows = Measure.objects.running_on(day)
    if funders is not None:
        rows = rows.filter(funder__in=funders)
    kinds = rows.order_by().annotate(kind_then=kind_on(day)).values_list("kind_then")
    found = kinds.annotate(n=Count("pk")).order_by("-n", "kind_then")
    return [(str(MeasureKind(kind).label), n) for kind, n in found]
