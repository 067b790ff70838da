"""Contacts and notes: the agenda, a visit noted on the phone, reads that are logged."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.errors import InvalidInput
from common.history import deleted
from common.links import link, way_back
from common.typography import sentence, short_day, uncapitalised
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, WITH_REASON, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.confirmations.queries import confirmed
from office.devices.keeping import kept
from office.files.answers import serve
from office.requests.pages import form_sent_once, not_done, sent_once
from social_link.contacts import services
from social_link.contacts.codes import ABOUT_CONTACT, ContactKind, ContactQuestion, is_narrower
from social_link.contacts.forms import (
    ContactForm,
    CorrectContactForm,
    NewNoteForm,
    NoteForm,
    ReasonForm,
    VisitForm,
)
from social_link.contacts.models import Contact, Note
from social_link.contacts.perms import can_change_contact, followed_by
from social_link.contacts.queries import (
    NoteLine,
    changeable_notes,
    contacts_for,
    doors_of,
    expected,
    home_of,
    ids_of_all,
    opened_note,
    phone_of,
    planned_for,
    readings_of,
    search_cases,
)

PER_PAGE = 30
SOON = timedelta(days=14)
# Digits of an id, in an address.
LONGEST_ID = 18
T = TypeVar("T")


@require_GET
@allow(Read(Data.CONTACT, OWN))
@kept
def contacts(request: HouseRequest) -> HttpResponse:
    """What is planned, then what took place, newest first."""
    actor = request.actor
    kind = request.GET.get("genre", "")
    which = {"kind": kind} if kind in ContactKind.values else {}
    page = Paginator(ids_of_all(actor, is_planned=False, **which), PER_PAGE).get_page(request.GET.get("p"))
    followed = Exists(followed_by(actor).filter(pk=OuterRef("household")))
    rows = list(contacts_for(actor).filter(pk__in=[found["pk"] for found in page]).annotate(is_followed=followed))
    for row in rows:
        row.may_change = can_change_contact(actor, row.author_id)  # type: ignore[attr-defined]
    planned = planned_for(actor)
    doors = doors_of([row.household_id for row in planned], clock.today())
    return render(
        request,
        "social_link/contacts/list.html",
        {
            "page": page,
            "contacts": rows,
            "planned": [(row, doors.get(row.household_id)) for row in planned],
            "me": actor.user_id,
            "tomorrow": clock.today() + timedelta(days=1),
            "soon": sum(row.happened_on <= clock.today() + SOON for row in planned),
            "kinds": ContactKind.choices,
            "kind": kind,
        },
    )


def _household(request: HouseRequest, pk: int) -> Household:
    return get_object_or_404(followed_by(request.actor), pk=pk)


def _choose(request: HouseRequest, name: str, title: str) -> HttpResponse:
    """Whose contact: one tap on a name."""
    text = request.GET.get("q", "")
    found = search_cases(request.actor, text, day=clock.today())
    template = "social_link/contacts/includes/cases.html" if request.htmx else "social_link/contacts/who.html"
    return render(request, template, {"q": text, "households": found, "target": name, "title": title})


@allow(Write(Data.CONTACT, OWN))
@kept
@form_sent_once
def contact_new(request: HouseRequest, pk: int | None = None) -> HttpResponse:
    """A visit, a call, an absence: tap the name, the kind, « Enregistrer »."""
    if pk is None:
        return _choose(request, "social_link:contact_new", "Noter un contact")
    actor, household = request.actor, _household(request, pk)
    form = ContactForm(request.POST or None)

    @transaction.atomic
    def log() -> tuple[Contact, Contact | None]:
        """The contact, and the visit that follows it."""
        said = form.cleaned_data.copy()
        following = said.pop("next_on")
        contact = services.log_contact(household=household, actor=actor, **said)
        if following is None:
            return contact, None
        # One send, one visit: its key follows from that of the contact.
        key = uuid5(said["request_key"], "next")
        kind = ContactKind.HOME_VISIT
        visit = services.plan_contact(
            household=household, kind=kind, day=following, request_key=key, actor=actor, answers=None
        )
        return contact, visit

    logged = attempt(log, form)
    if logged:
        contact, visit = logged.value
        told, undo = f"Contact noté pour {household}.", link("social_link:contact_withdraw", contact.pk)
        if visit:
            told += f" {sentence(f'Prochaine visite le {short_day(visit.happened_on, today=clock.today())}')}"
            undo = link("social_link:contact_withdraw", contact.pk, suite=visit.pk)
        tell_done(request, told, undo=undo)
        return redirect(way_back(request, "social_link:contacts"))
    return _form_page(request, "social_link/contacts/new.html", household, form)


@allow(Write(Data.CONTACT, OWN))
@kept
@form_sent_once
def visit_new(request: HouseRequest, pk: int | None = None) -> HttpResponse:
    """A visit or an appointment to come."""
    if pk is None:
        return _choose(request, "social_link:visit_new", "Prévoir une visite")
    actor, household = request.actor, _household(request, pk)
    form = VisitForm(request.POST or None)
    planned = attempt(
        lambda: services.plan_contact(household=household, actor=actor, answers=form.answers, **form.typed()), form
    )
    if planned:
        undo = link("social_link:contact_withdraw", planned.value.pk)
        tell_done(request, f"Prévu pour {household}.", undo=undo)
        return redirect(way_back(request, "social_link:contacts"))
    return _form_page(request, "social_link/contacts/visit_new.html", household, form)


def _form_page(request: HouseRequest, template: str, household: Household, form: Form) -> HttpResponse:
    day = clock.today()
    context = {
        "household": household,
        "home": home_of(household, day, actor=request.actor),
        "phone": phone_of(household, day),
        "form": form,
        "back": way_back(request, "social_link:contacts"),
        "page_url": link("desk:household_social", household.pk),
        "expected": expected(request.actor, day).filter(household=household).first(),
        "last": household.contacts.met().order_by("-happened_on", "-id").first(),
    }
    return render(request, template, context, status=status_of(form))


@require_POST
@allow(Write(Data.CONTACT, OWN))
@sent_once
def contact_done(request: HouseRequest, pk: int) -> HttpResponse:
    """A planned contact took place, or nobody was there (`absent`)."""
    actor = request.actor
    row = get_object_or_404(contacts_for(actor), pk=pk)
    absent, was = "absent" in request.POST, row.kind
    noted = attempt(lambda: services.complete_contact(contact=row, actor=actor, is_absent=absent))
    noted.tell(request)
    agenda = redirect(way_back(request, "social_link:contacts"))
    if not noted:
        return not_done(agenda)
    said = f"Noté : {row.household}, {uncapitalised(noted.value.get_kind_display())}."
    note = format_html('{} <a class="a-link" href="{}">Ajouter une note</a>', said, link("social_link:note_new", pk))
    tell_done(request, note, undo=link("social_link:contact_again", pk, genre=was))
    return agenda


@require_POST
@allow(Write(Data.CONTACT, OWN))
def contact_again(request: HouseRequest, pk: int) -> HttpResponse:
    """What was just noted was a slip: it is planned again, as the `genre` that it was."""
    actor, kind = request.actor, request.GET.get("genre", "")
    row = get_object_or_404(contacts_for(actor), pk=pk)
    again = attempt(lambda: services.plan_again(contact=row, kind=kind, actor=actor))
    again.tell(request, f"De nouveau prévu pour {row.household}.")
    return redirect(way_back(request, "social_link:contacts"))


def _own_or_404(rows: QuerySet[Any], actor: Actor, pk: int) -> None:
    """Of `rows`, or withdrawn by the actor's hand or under the head's eyes: the others do not exist."""
    if rows.filter(pk=pk).exists():
        return
    mine = {} if can(actor, Write(Data.CONTACT)) else {"author_id": actor.user_id}
    if rows.model._default_manager.filter(pk=pk).exists() or not deleted(rows.model, id=pk, **mine).exists():
        raise Http404


def _of_one_send(request: HouseRequest, pk: int) -> list[int]:
    """The contact and, where the address names it, the visit that was planned with it."""
    following = request.GET.get("suite", "")
    written = [pk, int(following)] if following.isdecimal() and len(following) < LONGEST_ID else [pk]
    for one in written:
        _own_or_404(contacts_for(request.actor), request.actor, one)
    return written


@transaction.atomic
def _each(act: Callable[[int], T], ids: list[int]) -> list[T]:
    return [act(one) for one in ids]


@allow(Write(Data.CONTACT, OWN))
def contact_edit(request: HouseRequest, pk: int) -> HttpResponse:
    """Another kind, day or hour: a visit is moved, a contact that took place is corrected. Or it is withdrawn."""
    actor = request.actor
    row = get_object_or_404(contacts_for(actor), pk=pk)
    if not can_change_contact(actor, row.author_id):
        raise Http404
    initial = {"kind": row.kind, "day": row.happened_on, "at": row.at_time}
    initial |= {"outcome": row.outcome, "minutes": row.minutes, "theme": row.theme, "by_partner": row.by_partner}
    form = CorrectContactForm(request.POST or None, initial=initial, is_planned=row.is_planned)
    corrected = attempt(
        lambda: services.correct_contact(contact=row, actor=actor, answers=form.answers, **form.typed()), form
    )
    if corrected and row.is_planned:
        then = short_day(corrected.value.happened_on, today=clock.today())
        former = {"genre": row.kind, "jour": row.happened_on.isoformat()}
        if row.at_time is not None:
            former["heure"] = f"{row.at_time:%H:%M}"
        undo = link("social_link:contact_move_back", pk, **former)
        tell_done(request, f"Rendez-vous avec {row.household} : {then}.", undo=undo)
        return redirect(way_back(request, "social_link:contacts"))
    if corrected:
        corrected.tell(request, f"Contact corrigé : {row.household}.")
        return redirect(way_back(request, "social_link:contacts"))
    back = way_back(request, "social_link:contacts")
    context = {
        "contact": row,
        "household": row.household,
        "form": form,
        "back": back,
        "visit_url": link("social_link:visit", pk) if hasattr(row, "visit") else "",
        "confirmed": confirmed(ABOUT_CONTACT, row.pk, ContactQuestion),
    }
    return render(request, "social_link/contacts/edit.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.CONTACT, OWN))
def contact_move_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The move of a rendez-vous was a slip: it has the kind, the day and the hour of the address again."""
    actor, said = request.actor, request.GET
    row = get_object_or_404(contacts_for(actor), pk=pk)

    def move() -> Contact:
        try:
            day = date.fromisoformat(said.get("jour", ""))
            at = time.fromisoformat(said["heure"]) if "heure" in said else None
        except ValueError as wrong:
            raise InvalidInput("Cette adresse ne dit pas où le remettre : déplacez-le.", field="day") from wrong
        return services.move_back(contact=row, kind=said.get("genre", ""), day=day, at=at, actor=actor)

    back = attempt(move)
    back.tell(request, f"De nouveau prévu comme avant : {row.household}.")
    return redirect(way_back(request, "social_link:contacts"))


@require_POST
@allow(Write(Data.CONTACT, OWN))
def contact_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """A contact that was not, or a visit that will not be; both, where one send wrote both (`suite`)."""
    written = _of_one_send(request, pk)
    gone = attempt(lambda: _each(lambda one: services.withdraw_contact(contact_id=one, actor=request.actor), written))
    gone.tell(request)
    if gone:
        follows = {"suite": written[1]} if written[1:] else {}
        undo = link("social_link:contact_back", pk, **follows)
        tell_done(request, "Retiré. Plus rien ne le compte.", undo=undo)
    return redirect(way_back(request, "social_link:contacts"))


@require_POST
@allow(Write(Data.CONTACT, OWN))
def contact_back(request: HouseRequest, pk: int) -> HttpResponse:
    """What was withdrawn is there again."""
    written = _of_one_send(request, pk)
    attempt(lambda: _each(lambda one: services.bring_back_contact(contact_id=one, actor=request.actor), written)).tell(
        request, lambda rows: f"De nouveau là : {rows[0]}, {rows[0].household}."
    )
    return redirect(way_back(request, "social_link:contacts"))


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
    return _notes(request, household, services.show_notes(household=household, actor=request.actor))


@allow(Write(Data.CONTACT, OWN))
@form_sent_once
def note_new(request: HouseRequest, pk: int) -> HttpResponse:
    """The note of a contact that was noted without one: it is added to that contact."""
    actor = request.actor
    contact = get_object_or_404(contacts_for(actor).filter(is_planned=False), pk=pk)
    household = _household(request, contact.household_id)
    form = NewNoteForm(request.POST or None)

    def write() -> Note:
        data = form.cleaned_data
        return services.write_note(
            household=household, contact=contact, text=data["note"], level=data["level"],
            readers=list(data["readers"]), actor=actor,
        )  # fmt: skip

    written = attempt(write, form)
    if written:
        undo = link("social_link:note_withdraw", written.value.pk)
        tell_done(request, f"Note écrite pour {household}.", undo=undo)
        return redirect("social_link:notes", pk=household.pk)
    context = {"contact": contact, "household": household, "form": form}
    return render(request, "social_link/contacts/note_new.html", context, status=status_of(form))


@allow(Write(Data.CONTACT, OWN))
def note_edit(request: HouseRequest, pk: int) -> HttpResponse:
    """Its author corrects a note, or adds to it; the former texts stay, for who reads it."""
    actor = request.actor
    note = get_object_or_404(Note.objects.filter(author=actor.user_id).select_related("household", "key"), pk=pk)
    said = attempt(lambda: note.text)
    if not said:  # nobody opens it: its key is missing
        said.tell(request)
        return redirect("social_link:notes", pk=note.household_id)
    readers = list(note.readers.values_list("user_id", flat=True))
    was = note.level
    form = NoteForm(request.POST or None, initial={"note": said.value, "level": note.level, "readers": readers})

    def correct() -> Note:
        data = form.cleaned_data
        return services.edit_note(
            note=note, text=data["note"], level=data["level"], readers=list(data["readers"]), actor=actor
        )

    corrected = attempt(correct, form)
    if corrected:
        corrected.tell(request, lambda row: f"Note corrigée.{_still_known(was, row, actor)}")
        return redirect("social_link:notes", pk=note.household_id)
    context = {"note": note, "household": note.household, "form": form}
    return render(request, "social_link/contacts/note.html", context, status=status_of(form))


def _still_known(was: str, note: Note, actor: Actor) -> str:
    """Of a note that fewer people read from now on: who has read it already, since that can't be taken back."""
    readings = readings_of(note.household, actor).get(note.pk, []) if is_narrower(note.level, was) else []
    names = [str(user) for user in dict.fromkeys(reading.user for reading in readings)]
    if not names:
        return ""
    return f" L’{'a' if len(names) == 1 else 'ont'} déjà lue : {', '.join(names)}."


@require_POST
@allow(Write(Data.CONTACT, OWN))
def note_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """A note that should not be there."""
    _own_or_404(changeable_notes(request.actor), request.actor, pk)
    household_id = Note.objects.filter(pk=pk).values_list("household_id", flat=True).first()
    gone = attempt(lambda: services.withdraw_note(note_id=pk, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Note retirée : personne ne la lit plus.", undo=link("social_link:note_back", pk))
    return redirect("social_link:notes", pk=household_id) if household_id else redirect("social_link:contacts")


@require_POST
@allow(Write(Data.CONTACT, OWN))
def note_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The note that was withdrawn is there again."""
    _own_or_404(changeable_notes(request.actor), request.actor, pk)
    back = attempt(lambda: services.bring_back_note(note_id=pk, actor=request.actor))
    back.tell(request, "La note est de nouveau là.")
    return redirect("social_link:notes", pk=back.value.household_id) if back else redirect("social_link:contacts")


@allow(Read(Data.PRIVATE_NOTE, WITH_REASON))
def note_open(request: HouseRequest, pk: int) -> HttpResponse:
    """The head of the service reads a private or sealed note, with a reason that is logged. The address alone,
    when the page is read again, shows the notes, where the reason is asked."""
    actor = request.actor
    note = get_object_or_404(Note.objects.select_related("household"), pk=pk)
    if request.method != "POST":
        return notes(request, note.household_id)
    form = ReasonForm(request.POST)
    lines = services.show_notes(household=note.household, actor=actor)
    if not form.is_valid():
        messages.error(request, "Dites pourquoi vous lisez cette note : le motif est tracé.")
        return _notes(request, note.household, lines, status=422)
    read = attempt(lambda: services.open_note(note=note, actor=actor, reason=form.cleaned_data["reason"]))
    if not read:
        read.tell(request)
        return _notes(request, note.household, lines, status=422)
    opened = [opened_note(line.note) if line.note.pk == note.pk else line for line in lines]
    return _notes(request, note.household, opened)


def _notes(request: HouseRequest, household: Household, lines: list[NoteLine], status: int = 200) -> HttpResponse:
    readings = readings_of(household, request.actor)
    context = {
        "household": household,
        "lines": [(line, readings.get(line.note.pk, [])) for line in lines],
        "page_url": link("desk:household_social", household.pk),
    }
    return render(request, "social_link/contacts/notes.html", context, status=status)
