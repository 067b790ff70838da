"""Dated parameters: what is in force, why, since when, what comes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of
from common.forms import AnsweringForm
from common.history import deleted
from common.params import Parameter, Params, Scope, declared
from common.periods import last_day
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow, must
from office.access.requests import HouseRequest
from office.confirmations.queries import Confirmed, confirmed_of
from office.parameters import services
from office.parameters.codes import ABOUT_VALUE, WithdrawalQuestion
from office.parameters.forms import ValueForm, VerifyForm
from office.parameters.models import ParameterValue
from office.parameters.queries import InForce, in_force, params_on
from office.parameters.words import written
from office.staff.models import User

# By the first part of the key; in the order of the page.
GROUPS = {
    "access": "Accès",
    "house": "Maison",
    "lease": "Baux",
    "rent": "Loyers et charges",
    "billing": "Quittancement",
    "benefit": "Aides au logement",
    "arrears": "Impayés",
    "ccapex": "Signalements à la CCAPEX",
    "alert": "Alertes au service social",
    "commission": "Commissions",
    "contact": "Veille sociale",
    "goal": "Objectifs de la direction",
    "measure": "Mesures d’accompagnement",
    "maintenance": "Technique",
    "message": "Messages",
    "notice": "Notifications",
    "stock": "Parc",
    "task": "Tâches",
}
OTHERS = "Autres"
# The law first: a house has no value of its own there.
SECTIONS = {Scope.NATIONAL: "Ce que la loi fixe", Scope.ASSOCIATION: "Ce que la maison règle"}


@require_GET
@allow(Read(Data.PARAMETER))
def parameters(request: HouseRequest) -> HttpResponse:
    """Every parameter with its value in force today, its source, and whether somebody read it."""
    rows = in_force(clock.today())
    groups: dict[tuple[Scope, str], list[InForce]] = defaultdict(list)
    for row in rows.values():
        groups[row.parameter.scope, GROUPS.get(row.parameter.group, OTHERS)].append(row)
    context = {
        "sections": [
            (
                words,
                [
                    (f"t-{scope.lower()}-{n}", title, groups[scope, title])
                    for n, title in enumerate([*GROUPS.values(), OTHERS])
                    if (scope, title) in groups
                ],
            )
            for scope, words in SECTIONS.items()
        ],
        "count": len(rows),
        "unverified": sum(not row.verified for row in rows.values()),
    }
    return render(request, "office/parameters/list.html", context)


@dataclass(frozen=True, slots=True)
class Line:
    """A value in the history of a parameter; without `id` it is the code's."""

    value: str
    since: date | None
    source: str
    verified: bool
    last_day: date | None = None
    id: int | None = None
    verify_id: str = ""
    withdraw_id: str = ""
    scope: str = "fournie avec Ancrage"
    author: User | None = None
    now: bool = False
    future: bool = False
    may_withdraw: bool = False
    may_verify: bool = False

    @property
    def asks(self) -> str:
        """What its withdrawal asks, where it has served."""
        return str(WithdrawalQuestion.HAS_SERVED if self.since else WithdrawalQuestion.ALWAYS_SERVED).lower()


def _scope(row: ParameterValue) -> str:
    return f"Département {row.territory}, n’a servi à aucun calcul" if row.territory else row.get_scope_display()


def _history(parameter: Parameter, today: date, in_force: Params) -> list[Line]:
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
            verify_id=f"lu-{row.pk}",
            withdraw_id=f"retirer-{row.pk}",
            scope=_scope(row),
            author=row.author,
            now=row.pk == in_force.value_id(parameter.key),
            future=bool(row.period.lower and row.period.lower > today),
            may_withdraw=not row.territory,
            may_verify=not row.territory and not row.is_verified,
        )
        for row in rows
    ]
    changes = sorted(parameter.changes, key=lambda change: change.since, reverse=True)
    code = [Line(written(parameter, parameter.parse(c.value)), c.since, c.source, c.verified) for c in changes]
    default = written(parameter, parameter.parse(parameter.default))
    return [*stored, *code, Line(default, None, parameter.source, parameter.verified)]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A value that was taken back: `asked` is what was confirmed, empty for one that had not begun."""

    value: str
    since: date | None
    at: datetime
    asked: list[Confirmed]


def _withdrawn(parameter: Parameter) -> list[Withdrawn]:
    """The latest first; what was confirmed is read for all at once."""
    events = list(deleted(ParameterValue, key=parameter.key))
    asked = confirmed_of(ABOUT_VALUE, [event.pgh_obj_id for event in events], WithdrawalQuestion)
    return [
        Withdrawn(written(parameter, parameter.parse(event.value)), event.period.lower, event.pgh_created_at,
                  asked.get(event.pgh_obj_id, []))
        for event in events
    ]  # fmt: skip


def _parameter(key: str) -> Parameter:
    found = declared().get(key)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@allow(Read(Data.PARAMETER))
def parameter(request: HouseRequest, key: str) -> HttpResponse:
    """One parameter: its history, and a new dated value."""
    found = _parameter(key)
    form = ValueForm(request.POST or None, parameter=found)
    if request.method == "POST":
        must(request, Write(Data.PARAMETER))
        saved = attempt(lambda: services.set_value(key=key, actor=request.actor, **form.values()), form)
        if saved:
            saved.tell(request, "Nouvelle valeur enregistrée.")
            return redirect("office:parameter", key)
    today = clock.today()
    now = params_on(today)
    context = {
        "parameter": found,
        "value": written(found, now.value(key)),
        "verified": now.verified(key),
        "source": now.source(key),
        "history": _history(found, today, now),
        "withdrawn": _withdrawn(found),
        "form": form,
        "verify_form": VerifyForm(),
        "may_edit": can(request.actor, Write(Data.PARAMETER)),
    }
    return render(request, "office/parameters/parameter.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.PARAMETER))
def parameter_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """Take back a value; with the reason (`because`) where it has served."""
    row, form = get_object_or_404(ParameterValue, pk=pk), AnsweringForm(request.POST)
    attempt(lambda: services.withdraw_value(value_id=pk, actor=request.actor, answers=form.answers), form).tell(
        request, "Valeur retirée : celle d’avant est de nouveau en vigueur."
    )
    return redirect("office:parameter", row.key)


@require_GET
@allow(Read(Data.PARAMETER))
def parameter_value(request: HouseRequest, pk: int) -> HttpResponse:
    """The page of the parameter of a value, in force or withdrawn."""
    key = ParameterValue.objects.filter(pk=pk).values_list("key", flat=True).first()
    if key is None:
        key = get_object_or_404(deleted(ParameterValue, pgh_obj_id=pk)).key
    return redirect("office:parameter", key)


@require_POST
@allow(Write(Data.PARAMETER))
def parameter_verify(request: HouseRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ParameterValue, pk=pk)
    attempt(
        lambda: services.verify_value(value_id=pk, source=request.POST.get("source", ""), actor=request.actor)
    ).tell(request, "Valeur vérifiée.")
    return redirect("office:parameter", row.key)
