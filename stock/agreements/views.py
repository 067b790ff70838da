"""Head agreements: the list with what ends soon, an agreement and its dwellings on a day, its form."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, status_of
from common.columns import Column
from common.forms import DayField
from common.listing import PER_PAGE, page_of
from common.periods import last_day
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from stock.agreements.filters import AgreementFilter
from stock.agreements.forms import AgreementForm, LineEndForm, LineForm
from stock.agreements.models import AgreementDwelling, HeadAgreement
from stock.agreements.parameters import end_alerts_on
from stock.agreements.queries import association_name, end_alert
from stock.agreements.services import (
    add_dwelling,
    create_agreement,
    remove_dwelling,
    update_agreement,
)

SORTS = {
    "reference": ("reference",),
    "proprietaire": ("owner__sort_key", "reference"),
    "fin": ("period__endswith", "reference"),
    "logements": ("dwellings_now", "reference"),
}
COLUMNS = [
    Column("Convention", "reference"),
    Column("Propriétaire", "proprietaire"),
    Column("Commande"),
    Column("Logements", "logements", num=True, first="desc"),
    Column("Fin", "fin"),
]
_NAMES = ("kind", "reference", "title", "owner", "ordered_by", "operator", "rent_collected_for", "is_conventioned",
          "notice_months", "fee_percent", "from_day", "last_day")  # fmt: skip


@require_GET
@allow(Read(Data.AGREEMENT))
def agreements(request: HouseRequest) -> HttpResponse:
    """The list: search, kind, state, sort, paging; a banner for agreements that end soon."""
    actor = request.actor
    today = clock.today()
    filters = AgreementFilter(request.GET, queryset=HeadAgreement.objects.visible_to(actor), request=request)
    rows = filters.qs.select_related("owner", "ordered_by").annotate(
        dwellings_now=Count("lines", filter=Q(lines__period__contains=today))
    )
    page = page_of(request, rows, sorts=SORTS, default="reference")
    alerts = end_alerts_on(today)
    for row in page:
        row.alert = end_alert(row, today=today, alerts=alerts)
    return render(
        request,
        "stock/agreements/list.html",
        {"filters": filters, "page": page, "columns": COLUMNS, "may_write": can(actor, Write(Data.AGREEMENT))},
    )


@require_GET
@allow(Read(Data.AGREEMENT))
def agreement(request: HouseRequest, pk: int) -> HttpResponse:
    """An agreement and its dwellings on a day (`?au=`), with their entry and exit."""
    return _page(request, pk)


def _page(request: HouseRequest, pk: int, **forms: Any) -> HttpResponse:
    actor = request.actor
    row = get_object_or_404(
        HeadAgreement.objects.visible_to(actor).select_related("owner", "ordered_by", "operator"), pk=pk
    )
    today = clock.today()
    alerts = end_alerts_on(today)
    day, refused = _day(request)
    lines = row.lines.select_related("dwelling__building").order_by("dwelling__reference", "period", "id")
    others = lines.exclude(period__contains=day)
    present = Paginator(lines.filter(period__contains=day), PER_PAGE).get_page(request.GET.get("p"))
    return render(
        request,
        "stock/agreements/agreement.html",
        {
            "agreement": row,
            "association_name": association_name(),
            "day": day,
            "is_past": day != clock.today(),
            "refused_day": refused,
            "present": present,
            "others": list(others[:PER_PAGE]),
            "other_count": others.count(),
            "alert": end_alert(row, today=today, alerts=alerts),
            "alerts": sorted(alerts, reverse=True),
            "may_write": can(actor, Write(Data.AGREEMENT)),
            "line_form": forms.get("line_form") or LineForm(),
            "end_form": LineEndForm(),
        },
        status=422 if forms else 200,
    )


def _day(request: HouseRequest) -> tuple[date, str]:
    text = request.GET.get("au", "")
    try:
        return DayField(required=False).clean(text) or clock.today(), ""
    except ValidationError as error:
        return clock.today(), error.messages[0]


@allow(Write(Data.AGREEMENT))
def agreement_new(request: HouseRequest) -> HttpResponse:
    """A new agreement."""
    actor = request.actor
    form = AgreementForm(request.POST or None)
    made = attempt(lambda: create_agreement(actor=actor, **{name: form.cleaned_data[name] for name in _NAMES}), form)
    if made:
        made.tell(request, lambda row: f"La convention {row.reference} est créée. Ajoutez-y ses logements.")
        return redirect("stock:agreement", pk=made.value.pk)
    return render(request, "stock/agreements/form.html", {"form": form}, status=status_of(form))


@allow(Write(Data.AGREEMENT))
def agreement_edit(request: HouseRequest, pk: int) -> HttpResponse:
    """Change an agreement; dwellings in it to its end follow a new end."""
    actor = request.actor
    row = get_object_or_404(HeadAgreement.objects.visible_to(actor), pk=pk)
    form = AgreementForm(request.POST or None, instance=row)
    changed = attempt(
        lambda: update_agreement(actor=actor, agreement=row, **{name: form.cleaned_data[name] for name in _NAMES}), form
    )
    if changed:
        changed.tell(request, lambda agreement: f"La convention {agreement.reference} est à jour.")
        return redirect("stock:agreement", pk=pk)
    return render(
        request,
        "stock/agreements/form.html",
        {"form": form, "agreement": row},
        status=status_of(form),
    )


@require_POST
@allow(Write(Data.AGREEMENT))
def line_new(request: HouseRequest, pk: int) -> HttpResponse:
    """A dwelling enters the agreement."""
    actor = request.actor
    row = get_object_or_404(HeadAgreement.objects.visible_to(actor), pk=pk)
    form = LineForm(request.POST)
    entered = attempt(lambda: add_dwelling(actor=actor, agreement=row, **form.cleaned_data), form)
    if entered:
        entered.tell(request, lambda line: f"Le logement {line.dwelling.reference} entre dans la convention.")
        return redirect("stock:agreement", pk=pk)
    return _page(request, pk, line_form=form)


@require_POST
@allow(Write(Data.AGREEMENT))
def line_end(request: HouseRequest, pk: int) -> HttpResponse:
    """A dwelling leaves the agreement."""
    actor = request.actor
    line = get_object_or_404(
        AgreementDwelling.objects.filter(agreement__in=HeadAgreement.objects.visible_to(actor)), pk=pk
    )
    form = LineEndForm(request.POST)
    attempt(lambda: remove_dwelling(actor=actor, line=line, last_day=form.cleaned_data["last_day"]), form).tell(
        request,
        lambda gone: (
            f"Le logement {gone.dwelling.reference} sort de la convention le {last_day(gone.period):%d/%m/%Y}."
        ),
    )
    return redirect("stock:agreement", pk=line.agreement_id)
