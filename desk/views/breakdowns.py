"""What the figures of the direction are made of, by month and by commune or team: totals, no name."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from common.columns import Column
from common.sheets import sheet
from common.typography import month
from desk.queries.breakdown import (
    Breakdown,
    alerts_by_team,
    contacts_by_team,
    recovery_by_commune,
    tickets_by_commune,
)
from desk.queries.cured import cured_by_contact, cured_span
from desk.queries.figures import SPANS, span_before, span_of
from desk.queries.recovery import DELAYS, judged_span
from office.access.matrix import TOTALS, Data, Read
from office.access.permissions import allow
from office.access.requests import HouseRequest

PER_PAGE = 60


@dataclass(frozen=True, slots=True)
class _Page:
    """`lede` says what is counted, `small` how, `file` names its spreadsheet; `days` is what was chosen of `DELAYS`."""

    title: str
    lede: str
    small: str
    file: str
    start: date
    span: str
    days: int | None = None

    def query(self, span: str = "", days: int | None = None, group: str = "") -> str:
        asked = {"periode": span or self.span, "delai": days or self.days, "groupe": group}
        return urlencode({name: value for name, value in asked.items() if value})


def _answer(request: HouseRequest, shown: _Page, found: Breakdown) -> HttpResponse:
    """The lines, or those of one commune or team (`?groupe=`); as a spreadsheet with `export`."""
    asked = request.GET.get("groupe", "")
    group = asked if asked in found.groups else ""
    lines = [line for line in found.lines if not group or line.group == group]
    if "export" in request.GET:
        rows = [(f"{line.month.first:%m/%Y}", line.group, *line.plain) for line in lines]
        return sheet(f"{shown.file}-{shown.start:%Y-%m-%d}", ("Mois", found.by, *found.heads), rows)
    context = {
        "shown": shown,
        "query": shown.query(),
        "spans": [(label, f"?{shown.query(span, group=group)}", span == shown.span) for span, label in SPANS.items()],
        "choices": [
            (f"À {days} jours", f"?{shown.query(days=days, group=group)}", days == shown.days)
            for days in DELAYS
            if shown.days
        ],
        "found": found,
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("p")),
        "group": group,
        "columns": [Column("Mois"), Column(found.by), *(Column(head, num=True) for head in found.heads)],
        "total": None if group else found.total,
    }
    return render(request, "desk/figures/breakdown.html", context)


def _delay(request: HouseRequest) -> int:
    asked = request.GET.get("delai", "")
    return next((one for one in DELAYS if str(one) == asked), DELAYS[0])


def _since(start: date, span: str) -> str:
    return f"en {month(start)}" if span == "mois" else f"depuis {month(start)}"


@require_GET
@allow(Read(Data.LEDGER))
def recovery(request: HouseRequest) -> HttpResponse:
    """What households were asked and what they paid within 30, 60 or 90 days (`?delai=`)."""
    day, span = clock.today(), span_of(request.GET.get("periode"))
    days = _delay(request)
    start, end = judged_span(*span_before(day, span), days)
    shown = _Page(
        "Recouvrement", f"Payé par les ménages dans les {days} jours de l’échéance, {_since(start, span)}",
        "Aides exclues, échéances assez anciennes. Les communes de moins de cinq contrats dans le mois sont ensemble.",
        f"recouvrement-{days}-j", start, span, days,
    )  # fmt: skip
    return _answer(request, shown, recovery_by_commune(start, end, days=days, last=day - timedelta(days=days)))


@require_GET
@allow(Read(Data.TICKET))
def tickets(request: HouseRequest) -> HttpResponse:
    """The deadlines of the requests, and how many were kept."""
    day, span = clock.today(), span_of(request.GET.get("periode"))
    start, end = span_before(day, span)
    shown = _Page(
        "Demandes à temps", f"Demandes techniques dont l’échéance était {_since(start, span)}",
        "Closes au plus tard le jour prévu pour leur priorité, annulées exclues.", "demandes-a-temps", start, span,
    )  # fmt: skip
    return _answer(request, shown, tickets_by_commune(start, end, day))


@require_GET
@allow(Read(Data.LEDGER))
@allow(Read(Data.ALERT, TOTALS))
def alerts(request: HouseRequest) -> HttpResponse:
    """The alerts by team, with those taken and answered in time; of the whole house: a funder has not its ledger."""
    day, span = clock.today(), span_of(request.GET.get("periode"))
    start, end = span_before(day, span)
    shown = _Page(
        "Alertes à temps", f"Alertes envoyées au service social {_since(start, span)}",
        "Délais en jours ouvrés, écrits sur chaque alerte ; par équipe de la personne qui a l’alerte.",
        "alertes-a-temps", start, span,
    )  # fmt: skip
    return _answer(request, shown, alerts_by_team(start, end, day))


@require_GET
@allow(Read(Data.LEDGER))
@allow(Read(Data.ALERT, TOTALS))
def contacts(request: HouseRequest) -> HttpResponse:
    """The days from the first default to the first contact, by team."""
    day, span = clock.today(), span_of(request.GET.get("periode"))
    start, end = span_before(day, span)
    shown = _Page(
        "Du défaut au contact", f"Dossiers dont le premier défaut est {_since(start, span)}",
        "Appel, visite ou rendez-vous par une personne ; une absence ne compte pas. Par équipe du référent au jour du "
        "premier défaut.",
        "du-defaut-au-contact", start, span,
    )  # fmt: skip
    return _answer(request, shown, contacts_by_team(start, end, day))


@require_GET
@allow(Read(Data.LEDGER))
@allow(Read(Data.ALERT, TOTALS))
def cured(request: HouseRequest) -> HttpResponse:
    """The debts that were paid within 30, 60 or 90 days (`?delai=`), with a contact and without."""
    day, span = clock.today(), span_of(request.GET.get("periode"))
    days = _delay(request)
    start, end = cured_span(*span_before(day, span), days)
    shown = _Page(
        "Dettes soldées", f"Soldées dans les {days} jours du premier défaut, {_since(start, span)}",
        "Soldée le jour où l’argent est venu. Contact : appel, visite ou rendez-vous par une personne, dans ces jours "
        "et avant que la dette soit soldée.",
        f"dettes-soldees-{days}-j", start, span, days,
    )  # fmt: skip
    return _answer(request, shown, cured_by_contact(start, end, days=days, day=day))
