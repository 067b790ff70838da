"""The installation of a household: its list, its furniture."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import Attempt, attempt, status_of, tell_done
from common.links import link
from leases.models import Household
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.contacts.perms import followed_by
from social_link.settling import services
from social_link.settling.codes import SettlingStep
from social_link.settling.forms import DayForm, FurnitureForm
from social_link.settling.models import FurnitureItem
from social_link.settling.queries import settling_of

ACTS = {"fait": "réglé", "sans": "sans objet", "rouvrir": "de nouveau ouvert", "refaire": "de nouveau réglé"}


@require_GET
@allow(Read(Data.CONTACT, OWN))
def settling(request: HouseRequest, pk: int) -> HttpResponse:
    """The list of points, each with its buttons, and the furniture."""
    return _page(request, get_object_or_404(followed_by(request.actor), pk=pk), DayForm())


def _page(request: HouseRequest, household: Household, form: DayForm) -> HttpResponse:
    context = {"household": household, "settling": settling_of(household, clock.today()), "form": form}
    return render(request, "social_link/settling/settling.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.CONTACT, OWN))
def settling_step(request: HouseRequest, pk: int, step: str, act: str) -> HttpResponse:
    """A point is done (`fait`, on the day of the form, today without one), of no use (`sans`), open again (`rouvrir`),
    or settled again as it was (`refaire`)."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    if step not in SettlingStep.values or act not in ACTS:
        raise Http404
    form = DayForm(request.POST)
    facts: dict[str, Any] = {"household": household, "step": step, "actor": request.actor}
    if act in ("rouvrir", "refaire"):
        write: Callable[..., object] = services.untick if act == "rouvrir" else services.tick_again
        done: Attempt[object] = attempt(lambda: write(**facts))
    else:
        done = attempt(lambda: services.tick(**facts, needless=act == "sans", **form.cleaned_data), form)
        if not done and form.errors:
            return _page(request, household, form)
    done.tell(request)
    if done:
        undo = link("social_link:settling_step", pk, step, "refaire" if act == "rouvrir" else "rouvrir")
        tell_done(request, f"{SettlingStep(step).label} : {ACTS[act]}.", undo=undo)
    return redirect("social_link:settling", pk=pk)


def _furniture(request: HouseRequest, pk: int, item: FurnitureItem | None) -> HttpResponse:
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    initial = {}
    if item is not None:
        names = ("kind", "quantity", "aid_file", "scheme", "asked", "asked_on", "obtained", "received_on")
        initial = {name: getattr(item, name) for name in names}
    form = FurnitureForm(request.POST or None, household=household, initial=initial)
    done = attempt(
        lambda: services.write_furniture(household=household, item=item, actor=request.actor, **form.cleaned_data), form
    )
    if done:
        undo = "" if item else link("social_link:furniture_remove", pk, done.value.pk)
        tell_done(request, f"{done.value} : {'corrigé' if item else 'dans la liste'}.", undo=undo)
        return redirect("social_link:settling", pk=pk)
    context = {"household": household, "item": item, "form": form}
    return render(request, "social_link/settling/furniture.html", context, status=status_of(form))


@allow(Write(Data.CONTACT, OWN))
def furniture_new(request: HouseRequest, pk: int) -> HttpResponse:
    """A piece of furniture that is wanted, or that came."""
    return _furniture(request, pk, None)


@allow(Write(Data.CONTACT, OWN))
def furniture_edit(request: HouseRequest, pk: int, item: int) -> HttpResponse:
    """What was asked, obtained, when it came."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    return _furniture(request, pk, get_object_or_404(FurnitureItem, pk=item, household=household))


@require_POST
@allow(Write(Data.CONTACT, OWN))
def furniture_remove(request: HouseRequest, pk: int, item: int) -> HttpResponse:
    """It is wanted no more, or was a mistake."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    gone = attempt(lambda: services.remove_furniture(household=household, item_id=item, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Meuble retiré de la liste.", undo=link("social_link:furniture_back", pk, item))
    return redirect("social_link:settling", pk=pk)


@require_POST
@allow(Write(Data.CONTACT, OWN))
def furniture_back(request: HouseRequest, pk: int, item: int) -> HttpResponse:
    """It is in the list again."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    back = attempt(lambda: services.bring_back_furniture(household=household, item_id=item, actor=request.actor))
    back.tell(request, "Le meuble est de nouveau dans la liste.")
    return redirect("social_link:settling", pk=pk)
