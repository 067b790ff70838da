"""The saved views of who is signed in: the chips in the head of a list, and their names."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.answers import attempt, part, status_of, tell_done
from common.links import link
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.saved_views.forms import NameForm
from office.saved_views.models import LIST_LENGTH, SavedView
from office.saved_views.services import put_back_view, remove_view, rename_view, save_view

CHIPS = "office/saved_views/includes/chips.html"


@dataclass(frozen=True, slots=True)
class Place:
    """A list: its url name, its path, and the query with its filters."""

    list: str
    path: str
    query: str

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


def _place(address: str) -> Place | None:
    """The list at an address of this site; None for anything else."""
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return None
    if found.args or found.kwargs or not found.view_name or len(found.view_name) > LIST_LENGTH:
        return None
    return Place(found.view_name, parts.path, parts.query)


def _filters(query: str) -> list[tuple[str, str]]:
    """What a query asks of its list, in whatever order: neither its page, nor a filter that is left empty."""
    return sorted((name, value) for name, value in parse_qsl(query) if name != "p")


def _context(request: HouseRequest, place: Place, form: NameForm) -> dict[str, object]:
    rows = SavedView.objects.visible_to(request.actor).in_use().filter(list=place.list)
    now = _filters(place.query)
    chips = [(row, f"{place.path}?{row.query}", _filters(row.query) == now) for row in rows]
    return {"chips": chips, "address": place.address, "form": form}


@require_GET
@never_cache
@allow(Read(Data.SELF, OWN))
def my_views(request: HouseRequest) -> HttpResponse:
    """The views of the list at the address `de`, with the form that keeps its filters; else all of the actor's, to
    rename or take out."""
    if place := _place(request.GET.get("de", "")):
        context = _context(request, place, NameForm())
        return part(request, CHIPS, context, title="Mes vues", back=("La liste", place.address))
    rows = SavedView.objects.visible_to(request.actor).in_use().order_by("list", "id")
    shown = [(row, f"{link(row.list)}?{row.query}") for row in rows]
    return render(request, "office/saved_views/list.html", {"views": shown})


@require_POST
@allow(Write(Data.SELF, OWN))
def saved_view_new(request: HouseRequest) -> HttpResponse:
    """Keep the filters of the list under a name. The list filters as one types: its address of now is the browser's."""
    now = request.htmx.current_url_abs_path if request.htmx else None
    place = _place(now or request.POST.get("de", ""))
    if place is None:
        return redirect("office:my_views")
    form = NameForm(request.POST)
    saved = attempt(
        lambda: save_view(actor=request.actor, list=place.list, query=place.query, **form.cleaned_data), form
    )
    if request.htmx:
        again = NameForm() if saved else form
        return render(request, CHIPS, _context(request, place, again), status=status_of(again))
    saved.tell(request, lambda row: f"La vue « {row.name} » est gardée.")
    return redirect(place.address)


def _mine(request: HouseRequest, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.visible_to(request.actor), pk=pk)


@require_POST
@allow(Write(Data.SELF, OWN))
def saved_view_rename(request: HouseRequest, pk: int) -> HttpResponse:
    """Another name."""
    row, form = _mine(request, pk), NameForm(request.POST)
    attempt(lambda: rename_view(actor=request.actor, view=row, **form.cleaned_data), form).tell(
        request, lambda renamed: f"La vue s’appelle « {renamed.name} »."
    )
    return redirect("office:my_views")


@require_POST
@allow(Write(Data.SELF, OWN))
def saved_view_remove(request: HouseRequest, pk: int) -> HttpResponse:
    """Take a view out; « Annuler » puts it back."""
    row = _mine(request, pk)
    if attempt(lambda: remove_view(actor=request.actor, view=row)):
        tell_done(request, f"La vue « {row.name} » est retirée.", undo=link("office:saved_view_back", pk))
    return redirect("office:my_views")


@require_POST
@allow(Write(Data.SELF, OWN))
def saved_view_back(request: HouseRequest, pk: int) -> HttpResponse:
    """Take back the removal of a view."""
    row = _mine(request, pk)
    attempt(lambda: put_back_view(actor=request.actor, view=row)).tell(
        request, f"La vue « {row.name} » est de nouveau là."
    )
    return redirect("office:my_views")
