"""A formal notice at the post: its number, what became of it, its proofs."""

from collections.abc import Callable
from typing import BinaryIO
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from office.access.matrix import Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.answers import keep_each, serve
from office.models import Message
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsMessage
from rent_ledger.arrears.forms import OutcomeForm, PostedForm, ProofForm
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.queries.arrears import cases_for
from rent_ledger.arrears.queries.registered import notice_until
from rent_ledger.arrears.registered import RegisteredLetter, RegisteredProof
from rent_ledger.arrears.services import registered as services
from rent_ledger.billing.views.papers import pdf_response


def _found(request: HouseRequest, uuid: UUID) -> tuple[Message, ArrearsCase]:
    """The letter and its case, where the actor may open it; else 404."""
    message = get_object_or_404(
        Message.objects.select_related("document"), uuid=uuid, about=ABOUT_CASE, kind=ArrearsMessage.FORMAL_NOTICE
    )
    try:
        cases = cases_for(request.actor).select_related(
            "account__household", "account__lease__unit__dwelling", "account__lease__agreement__owner"
        )
        return message, cases.get(pk=message.about_id)
    except ArrearsCase.DoesNotExist as error:
        raise Http404 from error


@require_GET
@allow(Write(Data.ARREARS))
def registered(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """One formal notice: its posting, what the post did with it, the proofs."""
    return _page(request, *_found(request, uuid))


def _page(request: HouseRequest, message: Message, case: ArrearsCase, **refused: Form) -> HttpResponse:
    """`refused`: what was typed and refused, by the name that the page gives it."""
    letter = RegisteredLetter.objects.filter(message=message).select_related("author").first()
    account = case.account
    return render(
        request,
        "rent_ledger/arrears/registered.html",
        {
            "message": message,
            "case": case,
            "letter": letter,
            "household": account.household,
            "household_url": household_page(account.household_id),
            "until": notice_until(letter, case) if letter else None,
            "proofs": letter.proofs.select_related("blob", "author") if letter else (),
            "posted_form": PostedForm(),
            "outcome_form": OutcomeForm(),
            "proof_form": ProofForm(),
            **refused,
        },
        status=status_of(*refused.values()),
    )


def _act(request: HouseRequest, uuid: UUID, call: Callable[[], object], done: str) -> HttpResponse:
    tried = attempt(call)
    tried.tell(request)
    if tried:
        tell_done(request, done)
    return redirect("rent_ledger:registered", uuid)


@require_GET
@allow(Write(Data.ARREARS))
def registered_pdf(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """The letter itself."""
    message, case = _found(request, uuid)
    if message.document is None or case.account.lease is None:
        raise Http404
    return pdf_response(message.document, case.account.lease, request.actor)


@require_POST
@allow(Write(Data.ARREARS))
def registered_posted(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """The day and the number of the receipt."""
    (message, case), form = _found(request, uuid), PostedForm(request.POST)
    noted = attempt(lambda: services.note_posted(message=message, actor=request.actor, **form.cleaned_data), form)
    if not noted and not RegisteredLetter.objects.filter(message=message, posted_on__isnull=False).exists():
        return _page(request, message, case, posted_form=form)
    noted.tell(request)
    if noted:
        undo = link("rent_ledger:registered_unposted", uuid)
        tell_done(request, "Dépôt noté. Gardez le reçu ici.", undo=undo)
    return redirect("rent_ledger:registered", uuid)


@require_POST
@allow(Write(Data.ARREARS))
def registered_unposted(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """« Annuler » the posting."""
    message, _ = _found(request, uuid)
    done = "Dépôt annulé : le jour et le numéro sont de nouveau à noter."
    return _act(request, uuid, lambda: services.take_back_posted(message=message, actor=request.actor), done)


@require_POST
@allow(Write(Data.ARREARS))
def registered_outcome(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """What the post did with it."""
    (message, case), form = _found(request, uuid), OutcomeForm(request.POST)
    noted = attempt(lambda: services.note_outcome(message=message, actor=request.actor, **form.cleaned_data), form)
    if not noted and not RegisteredLetter.objects.filter(message=message).exclude(outcome="").exists():
        return _page(request, message, case, outcome_form=form)
    noted.tell(request)
    if noted:
        undo = link("rent_ledger:registered_no_outcome", uuid)
        tell_done(request, "C’est noté. Gardez l’avis de réception ici.", undo=undo)
    return redirect("rent_ledger:registered", uuid)


@require_POST
@allow(Write(Data.ARREARS))
def registered_no_outcome(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """« Annuler » what the post did with it."""
    message, _ = _found(request, uuid)
    done = "Annulé : ce que la poste en fait est de nouveau attendu."
    return _act(request, uuid, lambda: services.take_back_outcome(message=message, actor=request.actor), done)


@require_POST
@allow(Write(Data.ARREARS))
def registered_proofs_add(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """Proofs of the letter. Each good file is kept; of the others the page says what is wrong."""
    message, _ = _found(request, uuid)

    def keep(file: BinaryIO) -> RegisteredProof:
        return services.add_registered_proof(message=message, file=file, actor=request.actor)

    keep_each(request, "proofs", keep, limit=RegisteredProof.kind.per_owner, of="lettre", word="preuve")
    return redirect("rent_ledger:registered", uuid)


@require_GET
@allow(Write(Data.ARREARS))
def registered_proof(request: HouseRequest, uuid: UUID, proof: UUID) -> HttpResponse:
    """A file that proves it."""
    message, _ = _found(request, uuid)
    rows = RegisteredProof.objects.select_related("blob")
    return serve(request, get_object_or_404(rows, letter__message=message, uuid=proof))


@require_POST
@allow(Write(Data.ARREARS))
def registered_proof_remove(request: HouseRequest, uuid: UUID, proof: UUID) -> HttpResponse:
    """Take a proof back."""
    message, _ = _found(request, uuid)
    call = lambda: services.remove_registered_proof(message=message, proof=proof, actor=request.actor)  # noqa: E731
    return _act(request, uuid, call, "Preuve retirée.")
