"""How somebody wants to be told; what was sent to the people of the house, for who looks after their accounts."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from common.answers import attempt, status_of
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.digests.forms import ChoiceForm
from office.digests.queries import choice_of, staff_messages
from office.digests.services.choices import save_choice

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@never_cache
@allow(Write(Data.SELF, OWN))
def notice_choices(request: HouseRequest) -> HttpResponse:
    user = request.actor.user
    assert user is not None
    form = ChoiceForm(request.POST) if request.method == "POST" else ChoiceForm.of(choice_of(user))
    saved = attempt(lambda: save_choice(actor=request.actor, **form.cleaned_data), form)
    if saved:
        saved.tell(request, "Vos choix sont enregistrés.")
        return redirect("office:notice_choices")
    return render(request, "office/digests/choices.html", {"form": form, "user": user}, status=status_of(form))


@require_GET
@allow(Read(Data.STAFF))
def staff_messages_list(request: HouseRequest) -> HttpResponse:
    """To whom, by which way, and whether it arrived; not what it said."""
    page = Paginator(staff_messages(), PER_PAGE).get_page(request.GET.get("p"))
    return render(request, "office/digests/sent.html", {"page": page})
