"""How a measure is carried, and what a household declined."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import link
from common.typography import short_day, uncapitalised
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.carrying import services
from social_link.carrying.forms import CarrierForm, IntensityForm, RefusalForm
from social_link.carrying.models import Refusal
from social_link.contacts.perms import followed_by
from social_link.measures.models import Measure
from social_link.measures.queries import measures_for


def _measure(pk: int, actor: Actor) -> Measure:
    return get_object_or_404(measures_for(actor), pk=pk)


def _form(request: HouseRequest, form: forms.Form, row: Measure, verb: str) -> HttpResponse:
    context = {"form": form, "household": row.household, "measure": row, "verb": verb}
    return render(request, "social_link/carrying/form.html", context, status=status_of(form))


@allow(Write(Data.MEASURE, OWN))
def intensity_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Another intensity from a day on."""
    row, form = _measure(pk, request.actor), IntensityForm(request.POST or None)
    made = attempt(lambda: services.set_intensity(measure=row, actor=request.actor, **form.cleaned_data), form)
    if made:
        words = uncapitalised(made.value.get_level_display())
        day = short_day(made.value.from_day, today=clock.today())
        undo = link("social_link:intensity_remove", pk, made.value.pk)
        tell_done(request, f"Intensité {words} à partir du {day}.", undo=undo)
        return redirect("social_link:measure", pk=pk)
    return _form(request, form, row, "Changer l’intensité")


@allow(Write(Data.MEASURE, OWN))
def carrier_new(request: HouseRequest, pk: int) -> HttpResponse:
    """An organisation carries the measure, beside us or as a service of the grouping."""
    row = _measure(pk, request.actor)
    form = CarrierForm(request.POST or None, initial={"first": row.period.lower})
    made = attempt(lambda: services.add_carrier(measure=row, actor=request.actor, **form.cleaned_data), form)
    if made:
        undo = link("social_link:carrier_remove", pk, made.value.pk)
        tell_done(request, f"{made.value.organisation} porte la mesure.", undo=undo)
        return redirect("social_link:measure", pk=pk)
    return _form(request, form, row, "Ajouter un porteur")


def _act(request: HouseRequest, pk: int, act: Callable[..., None], words: str, undo: str, **which: Any) -> HttpResponse:
    """Do it to the measure, say so, and go back to its page."""
    row = _measure(pk, request.actor)
    done = attempt(lambda: act(measure=row, actor=request.actor, **which))
    done.tell(request)
    if done:
        tell_done(request, words, undo=undo)
    return redirect("social_link:measure", pk=pk)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def intensity_remove(request: HouseRequest, pk: int, intensity: int) -> HttpResponse:
    """A change of intensity that was a mistake."""
    undo = link("social_link:intensity_back", pk, intensity)
    return _act(request, pk, services.remove_intensity, "Intensité retirée.", undo, intensity_id=intensity)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def intensity_back(request: HouseRequest, pk: int, intensity: int) -> HttpResponse:
    """The intensity that was removed is there again."""
    undo = link("social_link:intensity_remove", pk, intensity)
    words = "L’intensité est de nouveau là."
    return _act(request, pk, services.bring_back_intensity, words, undo, intensity_id=intensity)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def carrier_remove(request: HouseRequest, pk: int, carrier: int) -> HttpResponse:
    """A carrier that was a mistake."""
    undo = link("social_link:carrier_back", pk, carrier)
    return _act(request, pk, services.remove_carrier, "Porteur retiré.", undo, carrier_id=carrier)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def carrier_back(request: HouseRequest, pk: int, carrier: int) -> HttpResponse:
    """The carrier that was removed is there again."""
    undo = link("social_link:carrier_remove", pk, carrier)
    return _act(request, pk, services.bring_back_carrier, "Le porteur est de nouveau là.", undo, carrier_id=carrier)


@allow(Write(Data.MEASURE, OWN))
def refusals(request: HouseRequest, pk: int) -> HttpResponse:
    """What the household declined, by code and day; nobody asks why."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    form = RefusalForm(request.POST or None)
    made = attempt(lambda: services.note_refusal(household=household, actor=request.actor, **form.cleaned_data), form)
    if made:
        undo = link("social_link:refusal_remove", pk, made.value.pk)
        words = uncapitalised(made.value.get_what_display())
        tell_done(request, f"Noté : le ménage décline {words}.", undo=undo)
        return redirect("social_link:refusals", pk=pk)
    rows = Refusal.objects.filter(household=household).select_related("author")
    context = {"form": form, "household": household, "rows": rows}
    return render(request, "social_link/carrying/refusals.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.MEASURE, OWN))
def refusal_remove(request: HouseRequest, pk: int, refusal: int) -> HttpResponse:
    """A refusal that was noted by mistake."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    gone = attempt(lambda: services.remove_refusal(household=household, refusal_id=refusal, actor=request.actor))
    gone.tell(request, "Ce refus n’est plus noté.")
    return redirect("social_link:refusals", pk=pk)
