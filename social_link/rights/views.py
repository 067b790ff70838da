"""The rights of a household: the twelve on one screen, one with its history, those to watch, the totals."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.address import number_in
from common.answers import attempt, status_of, tell_done
from common.links import link
from common.typography import counted
from leases.models import Household
from office.access.matrix import OWN, TOTALS, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.contacts.perms import followed_by
from social_link.funding.views import asked_year
from social_link.rights import services
from social_link.rights.codes import RightKind
from social_link.rights.forms import RightForm, RunThroughForm
from social_link.rights.parameters import usual_months
from social_link.rights.perms import kinds_for
from social_link.rights.queries import RightNow, history_of, rights_for, rights_of, situation_of, to_watch
from social_link.rights.totals import euros_by_worker, euros_of, states_by_kind
from social_link.rights.withdrawn import withdrawn_for


def _household(request: HouseRequest, pk: int) -> Household:
    household: Household = get_object_or_404(followed_by(request.actor), pk=pk)
    return household


@allow(Read(Data.RIGHT, OWN, TOTALS))
@require_GET
def rights(request: HouseRequest) -> HttpResponse:
    """What is to renew or to contest, of one's own households; the year without names for who reads totals."""
    today, actor = clock.today(), request.actor
    start, end, day = asked_year(request.GET.get("annee", ""), today)
    context: dict[str, Any] = {"year": start.year, "day": day, "last_year": start.year - 1, "today": today}
    context["next_year"] = start.year + 1 if start.year < today.year else None
    if can(actor, Read(Data.RIGHT, OWN)):
        context["watched"] = to_watch(actor, day=today)
    if can(actor, Read(Data.RIGHT, TOTALS)):
        context |= {"kinds": states_by_kind(today), "euros": euros_of(start, end)}
    if can(actor, Read(Data.RIGHT)):
        context["workers"] = euros_by_worker(start, end)
    return render(request, "social_link/rights/list.html", context)


@allow(Read(Data.RIGHT, OWN))
def household_rights(request: HouseRequest, pk: int) -> HttpResponse:
    """The twelve, gone through with the keyboard or the thumb: what was changed is noted at once."""
    household, today, actor = _household(request, pk), clock.today(), request.actor
    rows = rights_of(household, actor, day=today, situation=situation_of(household, day=today))
    form = RunThroughForm(request.POST or None, rows=rows, months=usual_months(today))
    done = attempt(lambda: services.note_rights(household=household, said=form.said, actor=actor), form)
    if done:
        made = done.value
        undo = link("social_link:right_withdraw", made[0].pk) if made else ""
        text = f"{counted(len(made), 'droit noté,droits notés')} pour {household}." if made else "Rien n’a changé."
        tell_done(request, text, undo=undo)
        return redirect("desk:household_social", household.pk)
    first, last = today.replace(month=1, day=1), today
    context = {
        "household": household, "form": form, "euros": euros_of(first, last, household=household), "year": today.year,
    }  # fmt: skip
    return render(request, "social_link/rights/run.html", context, status=status_of(form))


@allow(Read(Data.RIGHT, OWN))
def right(request: HouseRequest, pk: int, kind: str) -> HttpResponse:
    """One right (of the person `personne`, where each has his own): what is known, what was said before."""
    household, today, actor = _household(request, pk), clock.today(), request.actor
    row = _row(request, household, kind)
    form = RightForm.of(row, request.POST, months=usual_months(today).get(row.kind), today=today)
    done = attempt(
        lambda: services.note_rights(household=household, said=[form.said(row.kind, row.person)], actor=actor), form
    )
    if done:
        undo = link("social_link:right_withdraw", done.value[0].pk) if done.value else ""
        tell_done(request, f"{row.label} : noté pour {household}." if done.value else "Rien n’a changé.", undo=undo)
        return redirect("social_link:household_rights", household.pk)
    context = {
        "household": household, "row": row, "form": form, "history": history_of(household, row.kind, row.person),
    }  # fmt: skip
    return render(request, "social_link/rights/right.html", context, status=status_of(form))


def _row(request: HouseRequest, household: Household, kind: str) -> RightNow:
    if kind not in kinds_for(request.actor, household.pk):
        raise Http404
    rows = [row for row in rights_of(household, request.actor, day=clock.today()) if row.kind == RightKind(kind)]
    wanted = number_in(request.GET.get("personne"))
    for row in rows:
        if wanted is None or row.person is None or row.person.pk == wanted:
            return row
    raise Http404


@require_POST
@allow(Write(Data.RIGHT, OWN))
def right_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler »: what was noted with this fact is taken back."""
    fact = rights_for(request.actor).filter(pk=pk).first()
    if fact is None and not withdrawn_for(request.actor, pk).exists():
        raise Http404
    gone = attempt(lambda: services.withdraw_rights(fact_id=pk, actor=request.actor))
    gone.tell(request)
    if gone and gone.value:
        tell_done(request, "C’est retiré : l’état d’avant compte de nouveau.", undo=link("social_link:right_back", pk))
    household = fact.household_id if fact else None
    return redirect("social_link:household_rights", household) if household else redirect("social_link:rights")


@require_POST
@allow(Write(Data.RIGHT, OWN))
def right_back(request: HouseRequest, pk: int) -> HttpResponse:
    """What was taken back stands again."""
    if not rights_for(request.actor).filter(pk=pk).exists() and not withdrawn_for(request.actor, pk).exists():
        raise Http404
    back = attempt(lambda: services.bring_back_rights(fact_id=pk, actor=request.actor))
    back.tell(request, "L’état noté est de nouveau là.")
    return redirect("social_link:household_rights", back.value) if back else redirect("social_link:rights")
