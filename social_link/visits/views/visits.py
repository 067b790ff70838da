"""A visit on the phone: before the door, what was seen, what follows; and as it was noted."""

from collections.abc import Iterable
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import link, way_back
from common.typography import sentence, short_day, uncapitalised
from leases.models import Household
from maintenance.tickets.perms import can_open
from office.access.matrix import OWN, Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.devices.keeping import keep_until, kept
from office.requests.pages import form_sent_once, not_done, sent_once
from social_link.contacts.codes import ContactKind
from social_link.contacts.models import Contact
from social_link.contacts.perms import can_change_contact, followed_by
from social_link.contacts.queries import contacts_for, expected
from social_link.objectives.models import Objective
from social_link.objectives.queries import open_objectives
from social_link.visits.forms import VisitNoteForm
from social_link.visits.models import Observation, Reminder, Visit
from social_link.visits.queries import following_of, home_on, last_observed, visit_of
from social_link.visits.services.before import before_visit, last_met
from social_link.visits.services.taking_back import mark_reminder, take_back_visit
from social_link.visits.services.visits import note_visit

OBJECTIVES = 3
"""Objectives that a visit asks of."""
LONGEST_ID = 18


@allow(Write(Data.CONTACT, OWN))
@kept
@form_sent_once
def visit_begin(request: HouseRequest, pk: int) -> HttpResponse:
    """A visit that was not planned. One that is expected today is that one."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    awaited = expected(request.actor, clock.today()).filter(household=household, kind=ContactKind.HOME_VISIT).first()
    return _note(request, household, awaited if request.method == "GET" else None)


@allow(Write(Data.CONTACT, OWN))
@kept
@form_sent_once
def visit(request: HouseRequest, pk: int) -> HttpResponse:
    """A planned contact: what one knows before, and the form that notes it. Once noted: what was written, and the way
    back."""
    row = get_object_or_404(contacts_for(request.actor), pk=pk)
    household = get_object_or_404(followed_by(request.actor), pk=row.household_id)
    if not can_change_contact(request.actor, row.author_id):
        raise Http404
    if row.is_planned:
        return _note(request, household, row)
    noted = visit_of(pk, request.actor)
    if request.method == "POST":
        # Sent by a phone whose answer was lost, or noted by another hand meanwhile: the service says which.
        return _note(request, household, row)
    return _noted(request, noted) if noted else redirect("social_link:contact_edit", pk=pk)


def _note(request: HouseRequest, household: Household, planned: Contact | None) -> HttpResponse:
    actor, today = request.actor, clock.today()
    on = planned.happened_on if planned else today
    before = last_observed(household, actor)
    former = next(iter(before.values())).visit if before else None
    form = VisitNoteForm(
        request.POST or None,
        request.FILES or None,
        on=on,
        objectives=_objectives(request, household),
        initial={"as_before": former.pk if former else None},
    )
    noted = attempt(
        lambda: note_visit(
            household=household, visit=form.said(), request_key=form.cleaned_data["request_key"], planned=planned,
            actor=actor,
        ),
        form,
    )  # fmt: skip
    if noted:
        _tell(request, noted.value)
        return redirect(way_back(request, "social_link:contacts"))
    context = {
        "household": household,
        "planned": planned,
        "action": link("social_link:visit", planned.pk) if planned else request.path,
        "form": form,
        "before": before_visit(household=household, day=on, actor=actor),
        "last": last_met(household),
        "observed": _words(before.values()),
        "observed_on": former.contact.happened_on if former else None,
        "has_home": home_on(household, today) is not None and can_open(actor),
        "back": way_back(request, "social_link:contacts"),
        "page_url": link("desk:household_social", household.pk),
    }
    page = render(request, "social_link/visits/note.html", context, status=status_of(form))
    return keep_until(page, max(on, today))


def _objectives(request: HouseRequest, household: Household) -> list[Objective]:
    """The open ones that the form asks of. Of a form that was sent: those that stood on it, whatever they are now."""
    if request.method != "POST":
        return open_objectives(household)[:OBJECTIVES]
    named = [name.removeprefix("objective_") for name in request.POST if name.startswith("objective_")]
    ids = [int(name) for name in named if name.isdecimal() and len(name) < LONGEST_ID]
    return list(Objective.objects.filter(pk__in=ids, measure__household=household))


def _words(rows: Iterable[Observation]) -> str:
    """« entretien RAS, humidité ou danger à surveiller »."""
    return ", ".join(f"{uncapitalised(row.get_line_display())} {uncapitalised(row.look.label)}" for row in rows)


def _tell(request: HouseRequest, noted: Visit) -> None:
    """What was written, and the way to take it back whole."""
    row, today = noted.contact, clock.today()
    words = [f"{uncapitalised(row.kind_words)} notée"]
    words += [f"demande {seen.ticket.reference} ouverte" for seen in noted.observations.select_related("ticket")
              if seen.ticket and seen.ticket.request_key == noted.key_of(seen.line)]  # fmt: skip
    if following := following_of(noted):
        words.append(f"prochaine visite le {short_day(following.happened_on, today=today)}")
    said = sentence(f"{row.household.name} : {', '.join(words)}")
    see = format_html('{} <a class="a-link" href="{}">Voir</a>', said, link("social_link:visit", row.pk))
    tell_done(request, see, undo=link("social_link:visit_take_back", row.pk))


def _noted(request: HouseRequest, noted: Visit) -> HttpResponse:
    reminder = Reminder.objects.filter(visit=noted).first()
    context = {
        "visit": noted,
        "contact": noted.contact,
        "household": noted.contact.household,
        "observations": noted.observations.all(),
        "reviews": noted.contact.reviews.select_related("objective"),
        "reminder": reminder,
        "following": following_of(noted),
        "back": way_back(request, "social_link:contacts"),
        "page_url": link("desk:household_social", noted.contact.household_id),
    }
    return render(request, "social_link/visits/visit.html", context)


@require_POST
@allow(Write(Data.CONTACT, OWN))
def visit_take_back(request: HouseRequest, pk: int) -> HttpResponse:
    """All that the visit wrote is undone. It needs no key: again changes nothing."""
    row = get_object_or_404(contacts_for(request.actor), pk=pk)
    back = attempt(lambda: take_back_visit(contact=row, actor=request.actor))
    back.tell(request, lambda planned: _taken_back(row.household.name, planned))
    return redirect(way_back(request, "social_link:contacts"))


def _taken_back(name: str, planned: Contact | None) -> str:
    if planned is None:
        return f"{name} : visite annulée, avec tout ce qu’elle avait noté."
    return f"{name} : visite annulée. Elle est de nouveau prévue {_on(planned.happened_on)}."


def _on(day: date) -> str:
    return f"le {short_day(day, today=clock.today())}"


@require_POST
@allow(Write(Data.CONTACT, OWN))
@sent_once
def visit_reminder(request: HouseRequest, pk: int) -> HttpResponse:
    """The reminder is done, or (`refaire`) to do again."""
    row = get_object_or_404(contacts_for(request.actor), pk=pk)
    reminder = get_object_or_404(Reminder, visit__contact=row)
    is_done = "refaire" not in request.POST
    marked = attempt(lambda: mark_reminder(reminder=reminder, actor=request.actor, is_done=is_done))
    marked.tell(request, "Rappel fait." if is_done else "Le rappel est de nouveau à faire.")
    page = redirect("social_link:visit", pk=pk)
    return page if marked else not_done(page)
