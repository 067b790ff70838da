"""The alerts: list, page, and what one does with them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.errors import DomainError, NotAllowed
from maintenance.views.answers import attempt, refuse, said
from office.enums import Role
from office.permissions import allow
from social_link.enums import AlertState
from social_link.forms import AnswerForm, FollowedForm, PassOnForm
from social_link.models import Alert
from social_link.parameters import alert_params
from social_link.selectors import (
    ALERT_FILTERS,
    alerts_for,
    contacts_for,
    debt_now,
    home_of,
    payment_chart,
    phone_of,
    signal_photos,
    social_people,
)
from social_link.services import alerts as services
from social_link.services.contacts import write_note

SOCIAL = (Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL)
PER_PAGE = 25
FILTERS = [
    ("ouvertes", "Ouvertes"),
    ("a_prendre", "À prendre"),
    ("a_repondre", "À répondre"),
    ("remontees", "Remontées"),
    ("repondues", "Répondues"),
]


@require_GET
@allow(*SOCIAL)
def alerts(request: HttpRequest) -> HttpResponse:
    """Own alerts (all for the head), the most pressing first."""
    actor = request.actor  # type: ignore[attr-defined]
    state = request.GET.get("etat", "ouvertes")
    state = state if state in ALERT_FILTERS else "ouvertes"
    rows = alerts_for(actor).filter(ALERT_FILTERS[state])
    who = request.GET.get("a", "")
    if who.isdigit():
        rows = rows.filter(assignee=int(who))
    if state == "repondues":
        rows = rows.order_by("-answered_at", "-id")
    elif state == "a_repondre":
        rows = rows.order_by("answer_due_on", "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    is_head = actor.has_role(Role.HEAD_OF_SOCIAL)
    return render(
        request,
        "social_link/alerts.html",
        {
            "page": page,
            "filters": FILTERS,
            "state": state,
            "who": who,
            "people": social_people() if is_head else [],
            "is_head": is_head,
        },
    )


def _alert(request: HttpRequest, pk: int) -> Alert:
    return get_object_or_404(alerts_for(request.actor).select_related("case"), pk=pk)  # type: ignore[attr-defined]


@require_GET
@allow(*SOCIAL)
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: facts as known then, the clock, the answer."""
    return _page(request, _alert(request, pk))


def _page(request: HttpRequest, row: Alert, form: AnswerForm | None = None, status: int = 200) -> HttpResponse:
    actor, day = request.actor, clock.today()  # type: ignore[attr-defined]
    return render(
        request,
        "social_link/alert.html",
        {
            "alert": row,
            "household": row.household,
            "home": home_of(row.household, day),
            "phone": phone_of(row.household, day),
            "facts": row.facts.all(),
            "chart": payment_chart(row.case) if row.case else None,
            "photos": signal_photos(row),
            "now": debt_now(row.case) if row.case else None,
            "contacts": contacts_for(actor).filter(household=row.household, is_planned=False)[:6],
            "form": form or AnswerForm(initial={"contact_made": "oui"}, has_case=row.case_id is not None),
            "pass_on": PassOnForm(auto_id="passer_%s"),
            "followed": FollowedForm(auto_id="suivi_%s"),
            "is_mine": row.acknowledged_by_id == actor.user_id,
            "hold_hint": f"{alert_params(day).hold_max_days} jours au plus, renouvelable",
        },
        status=status,
    )


@require_POST
@allow(*SOCIAL)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """« Je prends »."""
    row = _alert(request, pk)
    attempt(
        request,
        lambda: services.acknowledge(alert=row, actor=request.actor),  # type: ignore[attr-defined]
        done=f"L’alerte de {row.household} est à vous. Réponse avant le {row.answer_due_on:%d/%m/%Y}.",
    )
    return redirect("social_link:alert", pk=pk)


@require_POST
@allow(*SOCIAL)
def pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """« Réattribuer »."""
    row, form = _alert(request, pk), PassOnForm(request.POST)
    if not form.is_valid():
        messages.error(request, said(form))
        return redirect("social_link:alert", pk=pk)
    to, reason = form.cleaned_data["to"], form.cleaned_data["reason"]
    done = attempt(
        request,
        lambda: services.reassign(alert=row, to=to, reason=reason, actor=request.actor),  # type: ignore[attr-defined]
        done=f"L’alerte de {row.household} est confiée à {to}.",
    )
    # Given away, the household may be out of one's own cases.
    return redirect("social_link:alerts") if done else redirect("social_link:alert", pk=pk)


@require_POST
@allow(*SOCIAL)
def followed(request: HttpRequest, pk: int) -> HttpResponse:
    """« Déjà suivi »: taken and answered in one gesture."""
    row, form = _alert(request, pk), FollowedForm(request.POST)
    if not form.is_valid():
        messages.error(request, said(form))
        return redirect("social_link:alert", pk=pk)
    data = form.cleaned_data
    attempt(
        request,
        lambda: services.already_followed(
            alert=row,
            cause=data["cause"],
            next_step=data["next_step"],
            actor=request.actor,  # type: ignore[attr-defined]
        ),
        done="Réponse envoyée : le ménage est déjà suivi.",
    )
    return redirect("social_link:alert", pk=pk)


@require_POST
@allow(*SOCIAL)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer reaches the debt file; the note stays here."""
    actor = request.actor  # type: ignore[attr-defined]
    row = _alert(request, pk)
    form = AnswerForm(request.POST, has_case=row.case_id is not None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                services.answer(
                    alert=row,
                    contact_made=data["contact_made"],
                    cause=data["cause"],
                    hold_until=data["hold_until"],
                    plan_asked=data["plan_asked"],
                    plan_amount=data["plan_amount"],
                    next_step=data["next_step"],
                    actor=actor,
                )
                if data["note"].strip():
                    write_note(household=row.household, text=data["note"], actor=actor)
        except NotAllowed as error:
            raise PermissionDenied(error.message) from error
        except DomainError as error:
            refuse(form, error)
        else:
            told = "La gestion locative voit votre réponse." if row.case_id else "L’alerte est close."
            messages.success(request, f"Réponse envoyée. {told}")
            return redirect("social_link:alert", pk=pk)
    if row.state == AlertState.ANSWERED:
        messages.error(request, "Cette alerte a déjà sa réponse.")
        return redirect("social_link:alert", pk=pk)
    return _page(request, row, form, status=422)
