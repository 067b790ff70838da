"""The end of a referent."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from common.answers import attempt, status_of
from office.access.matrix import Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.contacts.perms import followed_by
from social_link.measures.forms import EndReferentForm
from social_link.measures.services.referents import end_referent


@allow(Write(Data.REFERENT))
def referent_end(request: HouseRequest, pk: int) -> HttpResponse:
    """Nobody accompanies a household any more."""
    actor, household = request.actor, get_object_or_404(followed_by(request.actor), pk=pk)
    form = EndReferentForm(request.POST or None)
    ended = attempt(lambda: end_referent(household=household, actor=actor, **form.cleaned_data), form)
    if ended and ended.value is None:
        form.add_error("on", "Personne n’accompagne ce ménage ce jour-là : il n’y a rien à terminer.")
    elif ended:
        day = form.cleaned_data["on"]
        ended.tell(request, f"Plus personne n’accompagne {household} à partir du {day:%d/%m/%Y}.")
        return redirect("social_link:referent", pk=pk)
    context = {"form": form, "household": household}
    return render(request, "social_link/measures/referent_end.html", context, status=status_of(form))
