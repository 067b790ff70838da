"""Incidents with neighbours: those of the service, a new one, what becomes of one."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common.answers import attempt, status_of, tell_done
from common.history import deleted
from common.links import link, way_back
from common.typography import uncapitalised
from office.access.matrix import OWN, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.requests.pages import form_sent_once
from social_link.contacts.perms import followed_by
from social_link.incidents import services
from social_link.incidents.forms import FollowIncidentForm, NewIncidentForm
from social_link.incidents.models import NeighbourIncident
from social_link.incidents.queries import incidents_for

PER_PAGE = 30


@require_GET
@allow(Read(Data.CONTACT, OWN))
def incidents(request: HouseRequest) -> HttpResponse:
    """The incidents of the households that the actor follows: what is open first."""
    rows = incidents_for(request.actor)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    context = {"page": page, "open_count": rows.filter(settled_on=None).count()}
    return render(request, "social_link/incidents/list.html", context)


@allow(Write(Data.CONTACT, OWN))
@form_sent_once
def incident_new(request: HouseRequest, pk: int) -> HttpResponse:
    """An incident of this household."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    form = NewIncidentForm(request.POST or None)
    noted = attempt(lambda: services.note_incident(household=household, actor=request.actor, **form.cleaned_data), form)
    back = way_back(request, "social_link:incidents")
    if noted:
        row = noted.value
        said = f"{household.name} : incident noté, {uncapitalised(row.get_kind_display())}."
        tell_done(request, said, undo=link("social_link:incident_withdraw", row.pk))
        return redirect(back)
    context = {"household": household, "form": form, "back": back}
    return render(request, "social_link/incidents/form.html", context, status=status_of(form))


@allow(Write(Data.CONTACT, OWN))
def incident(request: HouseRequest, pk: int) -> HttpResponse:
    """What was done of it, and whether it is settled; or a mistake is corrected."""
    row = get_object_or_404(incidents_for(request.actor), pk=pk)
    initial = {
        "kind": row.kind, "day": row.happened_on, "reported_by": row.reported_by, "acts": row.acts,
        "settled_on": row.settled_on,
    }  # fmt: skip
    form = FollowIncidentForm(request.POST or None, initial=initial)
    written = attempt(lambda: services.write_incident(incident=row, actor=request.actor, **form.cleaned_data), form)
    back = way_back(request, "social_link:incidents")
    if written:
        state = "réglé" if written.value.is_settled else "en cours"
        written.tell(request, f"{row.household.name} : incident {state}.")
        return redirect(back)
    context = {"incident": row, "household": row.household, "form": form, "back": back}
    return render(request, "social_link/incidents/form.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.CONTACT, OWN))
def incident_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """An incident that was not."""
    _there_or_gone(request, pk)
    gone = attempt(lambda: services.withdraw_incident(incident_id=pk, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Incident retiré.", undo=link("social_link:incident_back", pk))
    return redirect(way_back(request, "social_link:incidents"))


@require_POST
@allow(Write(Data.CONTACT, OWN))
def incident_back(request: HouseRequest, pk: int) -> HttpResponse:
    """What was withdrawn is there again."""
    _there_or_gone(request, pk)
    back = attempt(lambda: services.bring_back_incident(incident_id=pk, actor=request.actor))
    back.tell(request, "L’incident est de nouveau là.")
    return redirect(way_back(request, "social_link:incidents"))


def _there_or_gone(request: HouseRequest, pk: int) -> None:
    """One that the actor sees, or that he withdrew (the head: anybody): the others do not exist."""
    if incidents_for(request.actor).filter(pk=pk).exists():
        return
    mine = {} if can(request.actor, Write(Data.CONTACT)) else {"author_id": request.actor.user_id}
    standing = NeighbourIncident.objects.filter(pk=pk).exists()
    if standing or not deleted(NeighbourIncident, id=pk, **mine).exists():
        raise Http404
