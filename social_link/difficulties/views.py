"""The difficulties of a household, and their counts without names."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import link
from office.access.matrix import OWN, TOTALS, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.contacts.perms import followed_by
from social_link.difficulties import services
from social_link.difficulties.forms import DifficultiesForm
from social_link.difficulties.parameters import least_count
from social_link.difficulties.queries import difficulty_totals, seen_word


@allow(Write(Data.DIFFICULTY, OWN))
def difficulties(request: HouseRequest, pk: int) -> HttpResponse:
    """What stands, ticked; sent, it is what stands from that day on."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    rows = services.show_difficulties(household=household, actor=request.actor)
    standing = [row for row in rows if row.last_day is None]
    initial = {"kinds": [row.kind for row in standing], "seen": seen_word(standing)}
    form = DifficultiesForm(request.POST or None, initial=initial)
    noted = attempt(
        lambda: services.note_difficulties(household=household, actor=request.actor, **form.cleaned_data), form
    )
    if noted:
        if noted.value is None:
            tell_done(request, f"Rien ne change pour {household}.")
        else:
            undo = link("social_link:difficulties_back", household.pk, noted.value)
            tell_done(request, f"Difficultés notées pour {household}.", undo=undo)
        return redirect("desk:household_social", pk=household.pk)
    if noted.refusal is not None and noted.refusal.code == "changed":
        shown = request.POST.copy()
        shown["seen"] = seen_word(standing)
        form.data = shown
    context = {"household": household, "form": form, "ended": [row for row in rows if row.last_day is not None]}
    return render(request, "social_link/difficulties/form.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.DIFFICULTY, OWN))
def difficulties_back(request: HouseRequest, pk: int, gesture: UUID) -> HttpResponse:
    """What was noted at once is taken back at once."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    back = attempt(lambda: services.take_back_difficulties(household=household, gesture=gesture, actor=request.actor))
    back.tell(request, "Les difficultés sont de nouveau celles d’avant.")
    return redirect("desk:household_social", pk=household.pk)


@require_GET
@allow(Read(Data.DIFFICULTY, TOTALS))
def difficulty_counts(request: HouseRequest) -> HttpResponse:
    """How many households meet what, and what goes together, without any name. A funder reads of those whose measures
    it pays, as on its home."""
    actor, day = request.actor, clock.today()
    funders = None if can(actor, Read(Data.MEASURE, TOTALS)) else actor.organisation_ids
    totals = difficulty_totals(day, least_count(day), funders)
    context = {"totals": totals, "day": day, "is_whole": funders is None}
    return render(request, "social_link/difficulties/totals.html", context)
