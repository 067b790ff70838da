"""A person asks to read her file: what is decided of each note, the paper, its handing over."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common.answers import attempt, paper, status_of, tell_done
from common.links import link
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.requests.pages import form_sent_once
from social_link.contacts.models import Note
from social_link.contacts.perms import followed_by
from social_link.contacts.queries import NoteLine
from social_link.contacts.services import show_notes
from social_link.file_requests import services
from social_link.file_requests.codes import KeptFor
from social_link.file_requests.forms import AnswerForm, FileRequestForm
from social_link.file_requests.models import FileRequest
from social_link.file_requests.perms import can_answer, can_hand_over
from social_link.file_requests.queries import request_of, to_answer, unanswered


def _request(pk: int, actor: Actor) -> FileRequest:
    rows = FileRequest.objects.filter(household__in=followed_by(actor)).select_related("household", "person")
    return get_object_or_404(rows, pk=pk)


@allow(Write(Data.CONTACT, OWN))
@form_sent_once
def file_request(request: HouseRequest, pk: int) -> HttpResponse:
    """What the household asked, and what is decided of each note; else the form that notes a request."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    waiting = request_of(household)
    if waiting is not None:
        return _page(request, household, waiting)
    form = FileRequestForm(request.POST or None, household=household)
    noted = attempt(lambda: services.note_request(household=household, actor=request.actor, **form.cleaned_data), form)
    if noted:
        undo = link("social_link:file_request_withdraw", noted.value.pk)
        tell_done(request, f"Demande notée pour {household}.", undo=undo)
        return redirect("social_link:file_request", pk=household.pk)
    return _page(request, household, None, form=form, status=status_of(form))


def _page(
    request: HouseRequest,
    household: Household,
    waiting: FileRequest | None,
    *,
    form: FileRequestForm | None = None,
    opened: NoteLine | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    context: dict[str, Any] = {"household": household, "waiting": waiting, "form": form, "reasons": KeptFor.choices}
    context["may_hand_over"] = can_hand_over(actor)
    if waiting is not None:
        lines = show_notes(household=household, actor=actor)
        context |= {
            "notes": to_answer(waiting, lines, actor, opened=opened),
            "left": len(unanswered(waiting)) if can_hand_over(actor) else None,
        }
    former = FileRequest.objects.filter(household=household).exclude(given_on=None)
    context["former"] = former.select_related("person", "given_by")
    return render(request, "social_link/file_requests/request.html", context, status=status)


@require_POST
@allow(Write(Data.CONTACT, OWN))
def file_request_note(request: HouseRequest, pk: int, note: int) -> HttpResponse:
    """Read a note for the request (`lire`), or decide what becomes of it."""
    actor, waiting = request.actor, _request(pk, request.actor)
    row = get_object_or_404(Note.objects.select_related("key"), pk=note, household=waiting.household_id)
    if not can_answer(actor, row):
        raise Http404  # even that it exists is secret
    page = redirect(f"{reverse('social_link:file_request', args=[waiting.household_id])}#n{note}")
    if "lire" in request.POST:
        read = attempt(lambda: services.read_for(request=waiting, note=row, actor=actor))
        read.tell(request)
        return _page(request, waiting.household, waiting, opened=read.value) if read else page
    form = AnswerForm(request.POST)
    struck = [int(number) for number in request.POST.getlist("struck") if number.isdecimal() and len(number) < 6]
    answered = attempt(
        lambda: services.answer_note(request=waiting, note=row, struck=struck, actor=actor, **form.cleaned_data), form
    )
    answered.tell(request, lambda answer: f"{answer.words}.")
    return page


@require_GET
@allow(Write(Data.CONTACT))
def file_request_paper(request: HouseRequest, pk: int) -> HttpResponse:
    """What is handed over, for the printer; nothing keeps it."""
    row = _request(pk, request.actor)
    printed = attempt(lambda: services.print_file(request=row, actor=request.actor))
    if not printed:
        printed.tell(request)
        return redirect("social_link:file_request", pk=row.household_id)
    return paper(*printed.value)


@require_POST
@allow(Write(Data.CONTACT))
def file_request_give(request: HouseRequest, pk: int) -> HttpResponse:
    """The paper was handed over today."""
    row = _request(pk, request.actor)
    given = attempt(lambda: services.hand_over(request=row, actor=request.actor))
    given.tell(request)
    if given:
        tell_done(request, f"Dossier remis à {row.person}.", undo=link("social_link:file_request_again", pk))
    return redirect("social_link:file_request", pk=row.household_id)


@require_POST
@allow(Write(Data.CONTACT))
def file_request_again(request: HouseRequest, pk: int) -> HttpResponse:
    """It was not handed over after all."""
    row = _request(pk, request.actor)
    attempt(lambda: services.take_back_hand_over(request=row, actor=request.actor)).tell(
        request, "La demande attend de nouveau."
    )
    return redirect("social_link:file_request", pk=row.household_id)


@require_POST
@allow(Write(Data.CONTACT, OWN))
def file_request_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """The person asks no more, or it was noted by mistake."""
    row = _request(pk, request.actor)
    gone = attempt(lambda: services.withdraw_request(request=row, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Demande retirée.", undo=link("social_link:file_request_back", pk))
    return redirect("social_link:file_request", pk=row.household_id)


@require_POST
@allow(Write(Data.CONTACT, OWN))
def file_request_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The request that was withdrawn waits again."""
    row = _request(pk, request.actor)
    attempt(lambda: services.bring_back_request(request=row, actor=request.actor)).tell(
        request, "La demande attend de nouveau."
    )
    return redirect("social_link:file_request", pk=row.household_id)
