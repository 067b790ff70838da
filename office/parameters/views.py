"""Dated parameters: what is in force, why, since when, what comes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock, typography
from common.params import Kind, Parameter, declared
from common.periods import contains, last_day
from office.access import Access, Data, can
from office.actor import actor_on
from office.forms import ValueForm, VerifyForm
from office.models import ParameterValue, User
from office.parameters import params_on
from office.permissions import allow_data, must
from office.services import parameters as services
from office.views.answers import done, submitted

# By the first part of the key; in the order of the page.
GROUPS = {
    "house": "Maison",
    "rent": "Loyers et charges",
    "deposit": "Dépôt de garantie",
    "benefit": "Aides au logement",
    "arrears": "Impayés",
    "alert": "Alertes au service social",
    "measure": "Mesures d’accompagnement",
    "maintenance": "Technique",
    "stock": "Parc",
}
OTHERS = "Autres"


def written(parameter: Parameter, value: Any) -> str:
    """A typed value as people read it: `450,00 €`, `2 mois`, `oui`."""
    if parameter.kind == Kind.BOOL:
        return "oui" if value else "non"
    if parameter.kind == Kind.JSON:
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    places = max(2, -value.as_tuple().exponent) if parameter.unit == "€" else None
    number = typography.number(value, places)
    return f"{number}{typography.NBSP}{parameter.unit}" if parameter.unit else number


def _coming(parameter: Parameter, rows: list[ParameterValue], today: date) -> date | None:
    """The next day on which the value changes."""
    days = [row.period.lower for row in rows if row.period.lower and row.period.lower > today]
    days += [change.since for change in parameter.changes if change.since > today]
    return min(days, default=None)


@require_GET
@allow_data(Data.HOUSE, Access.FULL, Access.READ)
def parameters(request: HttpRequest) -> HttpResponse:
    """Every parameter with its value in force today, its source, and whether somebody read it."""
    today = clock.today()
    now = params_on(today)
    stored: dict[str, list[ParameterValue]] = defaultdict(list)
    for row in ParameterValue.objects.all():
        stored[row.key].append(row)
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for key, parameter in declared().items():
        groups[GROUPS.get(parameter.group, OTHERS)].append(
            {
                "parameter": parameter,
                "value": written(parameter, now.value(key)),
                "source": now.source(key),
                "verified": now.verified(key),
                "own": now.value_id(key) is not None,
                "local": any(row.territory for row in stored[key]),
                "coming": _coming(parameter, stored[key], today),
            }
        )
    context = {
        "groups": [(title, groups[title]) for title in [*GROUPS.values(), OTHERS] if groups[title]],
        "count": len(declared()),
        "unverified": sum(not now.verified(key) for key in declared()),
    }
    return render(request, "office/parameters.html", context)


@dataclass(frozen=True, slots=True)
class Line:
    """A value in the history of a parameter; without `id` it is the code's."""

    value: str
    since: date | None
    source: str
    verified: bool
    last_day: date | None = None
    id: int | None = None
    dom_id: str = ""
    scope: str = "fournie avec Ancrage"
    author: User | None = None
    now: bool = False
    future: bool = False


def _history(parameter: Parameter, today: date) -> list[Line]:
    """Stored values, then what the code says, the latest first."""
    rows = ParameterValue.objects.filter(key=parameter.key).select_related("author").order_by("-period")
    stored = [
        Line(
            value=written(parameter, parameter.parse(row.value)),
            since=row.period.lower,
            last_day=last_day(row.period),
            source=row.source,
            verified=row.is_verified,
            id=row.pk,
            dom_id=f"lu-{row.pk}",
            scope=f"Département {row.territory}" if row.territory else row.get_scope_display(),
            author=row.author,
            now=contains(row.period, today),
            future=bool(row.period.lower and row.period.lower > today),
        )
        for row in rows
    ]
    changes = sorted(parameter.changes, key=lambda change: change.since, reverse=True)
    code = [Line(written(parameter, parameter.parse(c.value)), c.since, c.source, c.verified) for c in changes]
    default = written(parameter, parameter.parse(parameter.default))
    return [*stored, *code, Line(default, None, parameter.source, parameter.verified)]


def _parameter(key: str) -> Parameter:
    found = declared().get(key)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@allow_data(Data.HOUSE, Access.FULL, Access.READ)
def parameter(request: HttpRequest, key: str) -> HttpResponse:
    """One parameter: its history, and a new dated value."""
    found = _parameter(key)
    form = ValueForm(request.POST or None, parameter=found)
    if request.method == "POST":
        must(request, Data.HOUSE, Access.FULL)
        saved = submitted(
            form,
            lambda: services.set_value(key=key, actor=actor_on(request), **form.values()),
        )
        if saved:
            messages.success(request, "Nouvelle valeur enregistrée.")
            return redirect("office:parameter", key)
    today = clock.today()
    now = params_on(today)
    context = {
        "parameter": found,
        "value": written(found, now.value(key)),
        "verified": now.verified(key),
        "source": now.source(key),
        "history": _history(found, today),
        "form": form,
        "verify_form": VerifyForm(),
        "may_edit": can(actor_on(request), Data.HOUSE, Access.FULL),
    }
    return render(request, "office/parameter.html", context)


@require_POST
@allow_data(Data.HOUSE, Access.FULL)
def parameter_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ParameterValue, pk=pk)
    return done(
        request,
        lambda: services.withdraw_value(value_id=pk, actor=actor_on(request)),
        "Valeur retirée.",
        "office:parameter",
        row.key,
    )


@require_POST
@allow_data(Data.HOUSE, Access.FULL)
def parameter_verify(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ParameterValue, pk=pk)
    return done(
        request,
        lambda: services.verify_value(
            value_id=pk,
            source=request.POST.get("source", ""),
            actor=actor_on(request),
        ),
        "Valeur vérifiée.",
        "office:parameter",
        row.key,
    )
