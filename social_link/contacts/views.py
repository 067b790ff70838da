"""Contacts and notes: the agenda, a visit noted on the phone, reads that are logged."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, status_of
from common.links import link
from leases.models import Household
from office.access.matrix import OWN, WITH_REASON, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.answers import serve
from social_link.contacts import services
from social_link.contacts.codes import ContactKind
from social_link.contacts.forms import ContactForm, ReasonForm, VisitForm
from social_link.contacts.models import Note
from social_link.contacts.perms import followed_by
from social_link.contacts.queries import (
    NoteLine,
    contacts_for,
    home_of,
    notes_of,
    phone_of,
    planned_for,
    search_cases,
)

PER_PAGE = 30
JUST_NOTED = "contact_just_noted"
"""In the session: what was just noted and the kind that it had, until the page has offered to take it back."""


@require_GET
@allow(Read(Data.CONTACT, OWN))
def contacts(request: HouseRequest) -> HttpResponse:
    """What is planned, then what took place, newest first. What was just noted is offered back once."""
    actor = request.actor
    rows = contacts_for(actor).filter(is_planned=False)
    kind = request.GET.get("genre", "")
    if kind in ContactKind.values:
        rows = rows.filter(kind=kind)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    noted, was = request.session.pop(JUST_NOTED, (None, ""))
    return render(
        request,
        "social_link/contacts/list.html",
        {
            "page": page,
            "planned": planned_for(actor),
            "kinds": ContactKind.choices,
            "kind": kind,
            "noted": contacts_for(actor).filter(pk=noted, is_planned=False).first() if noted else None,
            "was": was,
        },
    )


def _household(request: HouseRequest, pk: int) -> Household:
    return get_object_or_404(followed_by(request.actor), pk=pk)


def _choose(request: HouseRequest, name: str, title: str) -> HttpResponse:
    """Whose contact: one tap on a name."""
    text = request.GET.get("q", "")
    found = search_cases(request.actor, text)
    template = "social_link/contacts/includes/cases.html" if request.htmx else "social_link/contacts/who.html"
    return render(request, template, {"q": text, "households": found, "target": name, "title": title})


@allow(Write(Data.CONTACT, OWN))
def contact_new(request: HouseRequest, pk: int | None = None) -> HttpResponse:
    """A visit, a call, an absence: tap the name, the kind, « Enregistrer »."""
    if pk is None:
        return _choose(request, "social_link:contact_new", "Noter un contact")
    actor, household = request.actor, _household(request, pk)
    form = ContactForm(request.POST or None)
    logged = attempt(lambda: services.log_contact(household=household, actor=actor, **form.cleaned_data), form)
    if logged:
        logged.tell(request, f"Contact noté pour {household}.")
        return redirect("social_link:contacts")
    return _form_page(request, "social_link/contacts/new.html", household, form)


@allow(Write(Data.CONTACT, OWN))
def visit_new(request: HouseRequest, pk: int | None = None) -> HttpResponse:
    """A visit or an appointment to come."""
    if pk is None:
        return _choose(request, "social_link:visit_new", "Prévoir une visite")
    actor, household = request.actor, _household(request, pk)
    form = VisitForm(request.POST or None)
    planned = attempt(lambda: services.plan_contact(household=household, actor=actor, **form.cleaned_data), form)
    if planned:
        planned.tell(request, f"Prévu pour {household}.")
        return redirect("social_link:contacts")
    return _form_page(request, "social_link/contacts/visit_new.html", household, form)


def _form_page(request: HouseRequest, template: str, household: Household, form: Form) -> HttpResponse:
    day = clock.today()
    context = {
        "household": household,
        "home": home_of(household, day, actor=request.actor),
        "phone": phone_of(household, day),
        "form": form,
        "page_url": link("desk:household_social", household.pk),
        "last": household.contacts.filter(is_planned=False).order_by("-happened_on", "-id").first(),
    }
    return render(request, template, context, status=status_of(form))


@require_POST
@allow(Write(Data.CONTACT, OWN))
def contact_done(request: HouseRequest, pk: int) -> HttpResponse:
    """A planned contact took place, or nobody was there (`absent`)."""
    actor = request.actor
    row = get_object_or_404(contacts_for(actor), pk=pk)
    absent = "absent" in request.POST
    noted = attempt(lambda: services.complete_contact(contact=row, actor=actor, is_absent=absent))
    noted.tell(request)
    if noted:
        request.session[JUST_NOTED] = [row.pk, row.kind]
    return redirect("social_link:contacts")


@require_POST
@allow(Write(Data.CONTACT, OWN))
def contact_again(request: HouseRequest, pk: int) -> HttpResponse:
    """What was just noted was a slip: it is planned again, as the `genre` that it was."""
    actor, kind = request.actor, request.POST.get("genre", "")
    row = get_object_or_404(contacts_for(actor), pk=pk)
    again = attempt(lambda: services.plan_again(contact=row, kind=kind, actor=actor))
    again.tell(request, f"De nouveau prévu pour {row.household}.")
    return redirect("social_link:contacts")


@require_GET
@allow(Read(Data.CONTACT, OWN))
def signal_photo(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """The picture that came with a technician's signal: for who follows the household."""
    row = services.open_signal_photo(photo=uuid, actor=request.actor)
    if row is None:
        raise Http404
    return serve(request, row)


# ---------- notes ----------


@require_GET
@allow(Read(Data.PRIVATE_NOTE, OWN, WITH_REASON))
def notes(request: HouseRequest, pk: int) -> HttpResponse:
    """The notes of a household, each at its level. Every text of somebody else that is shown is logged."""
    household = _household(request, pk)
    lines = notes_of(household, request.actor)
    for line in lines:
        if line.text is not None:
            services.open_note(note=line.note, actor=request.actor)
    return _notes(request, household, lines)


@require_POST
@allow(Read(Data.PRIVATE_NOTE, WITH_REASON))
def note_open(request: HouseRequest, pk: int) -> HttpResponse:
    """The head of the service reads a private or sealed note, with a reason that is logged."""
    actor = request.actor
    note = get_object_or_404(Note.objects.select_related("household"), pk=pk)
    form = ReasonForm(request.POST)
    lines = notes_of(note.household, actor)
    if not form.is_valid():
        messages.error(request, "Dites pourquoi vous lisez cette note : le motif est tracé.")
        return _notes(request, note.household, lines, status=422)
    read = attempt(lambda: services.open_note(note=note, actor=actor, reason=form.cleaned_data["reason"]))
    if not read:
        read.tell(request)
        return _notes(request, note.household, lines, status=422)
    opened = [NoteLine(line.note, line.note.text) if line.note.pk == note.pk else line for line in lines]
    return _notes(request, note.household, opened)


def _notes(request: HouseRequest, household: Household, lines: list[NoteLine], status: int = 200) -> HttpResponse:
    context = {"household": household, "lines": lines, "page_url": link("desk:household_social", household.pk)}
    return render(request, "social_link/contacts/notes.html", context, status=status)
