"""Guarantors: what is to ask of whom by when; a guarantee, its letters and claims; a claim, its answer, what came."""

from collections.abc import Callable
from typing import BinaryIO
from uuid import UUID

from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from common.typography import euros
from leases.models import Guarantee, Lease
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow, must
from office.access.requests import HouseRequest
from office.files.answers import keep_each, serve
from rent_ledger.arrears.forms import SentForm
from rent_ledger.arrears.perms import can_decide, can_read_cases
from rent_ledger.arrears.queries.arrears import cases_for
from rent_ledger.arrears.views.cases import case_of
from rent_ledger.bank.models import BankLine
from rent_ledger.billing.views.papers import pdf_response
from rent_ledger.books.codes import AccountKind
from rent_ledger.books.models import Account
from rent_ledger.guarantees.codes import CallState
from rent_ledger.guarantees.forms import AnswerForm, ClaimForm, ClaimPaperForm, GuarantorPaymentForm
from rent_ledger.guarantees.models import ClaimPaper, ClaimQuerySet, GuaranteeClaim, GuarantorNotice, GuarantorPayment
from rent_ledger.guarantees.queries.calls import with_paid
from rent_ledger.guarantees.queries.lists import for_reader, lines_of, lines_to_place, owed_to_guarantors, readable
from rent_ledger.guarantees.services import claims, notices, papers, payments
from rent_ledger.procedures.queries.facts import is_social

PER_PAGE = 50
FILTERS = {"a-faire": "À faire", "attendus": "Attendus", "payes": "Payés"}


@require_GET
@allow(Read(Data.LEASE))
def guarantees(request: HouseRequest) -> HttpResponse:
    """What is to ask of guarantors, by last day; what was asked, paid, and is awaited. `etat`: those that stand so."""
    must(request, Read(Data.LEDGER))
    day = clock.today()
    rows = lines_of(for_reader(request.actor), day=day)
    stands = {
        "a-faire": [row for row in rows if row.is_to_do],
        "attendus": [row for row in rows if row.left],
        "payes": [row for row in rows if row.paid],
    }
    wanted = request.GET.get("etat", "")
    shown = stands.get(wanted, rows)
    return render(
        request,
        "rent_ledger/guarantees/list.html",
        {
            "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("p")),
            "total": len(shown),
            "to_do": len(stands["a-faire"]),
            "asked": sum(row.asked for row in shown),
            "paid": sum(row.paid for row in shown),
            "left": sum(row.left for row in shown),
            "tabs": [
                (link("rent_ledger:guarantees", etat=word), label, len(stands[word]), word == wanted)
                for word, label in FILTERS.items()
            ],
            "is_all": wanted not in stands,
            "day": day,
        },
    )


@require_GET
@allow(Read(Data.LEASE))
def guarantee(request: HouseRequest, pk: int) -> HttpResponse:
    """One guarantee: what is to do today and why, its letters, its claims."""
    must(request, Read(Data.LEDGER))
    return _page(request, _found(request, pk))


@require_GET
@allow(Read(Data.ARREARS_CAUSE))
def case_guarantees(request: HouseRequest, pk: int) -> HttpResponse:
    """The part of a case that tells of its guarantors."""
    case = case_of(request, pk)
    rows = Guarantee.objects.filter(lease=case.account.lease_id or 0).select_related(
        "lease__household", "person", "body"
    )
    return render(
        request,
        "rent_ledger/guarantees/includes/case.html",
        {
            "rows": lines_of(list(rows), day=clock.today()),
            "owed": owed_to_guarantors(case.account_id),
            "lease_id": case.account.lease_id,
            "may_add": can(request.actor, Write(Data.LEASE)),
            "day": clock.today(),
        },
    )


@require_POST
@allow(Write(Data.ARREARS))
def claim_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Note what was asked of the guarantor."""
    found = _found(request, pk)
    [line] = lines_of([found], day=clock.today())
    form = ClaimForm(request.POST, debts=line.now.debts if line.now else (), of_a_person=found.is_surety)
    account = _account(found)
    asked = attempt(
        lambda: claims.ask_claim(account=account, guarantee=found, actor=request.actor, **form.asked), form
    )  # fmt: skip
    if not asked:
        return _page(request, found, claim_form=form)
    row = asked.value
    late = " Elle est partie après son dernier jour : gardez la preuve de ce qui l’explique." if row.is_late else ""
    tell_done(
        request, f"Appel de {euros(row.amount)} noté.{late}", undo=link("rent_ledger:claim_withdraw", row.pk)
    )  # fmt: skip
    return redirect("rent_ledger:claim", row.pk)


@require_POST
@allow(Write(Data.ARREARS))
def notice_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Prepare the letter to the guarantor."""
    found = _found(request, pk)
    account = _account(found)
    made = attempt(lambda: notices.prepare_notice(account=account, guarantee=found, actor=request.actor))
    made.tell(request, "Lettre prête : relisez-la, envoyez-la, puis notez l’envoi.")
    return redirect("rent_ledger:guarantee", pk)


@require_GET
@allow(Read(Data.ARREARS_CAUSE))
def notice_pdf(request: HouseRequest, pk: int) -> HttpResponse:
    """The letter, with what it told on its day."""
    found = _notice(request, pk)
    if found.document is None:
        raise Http404
    return pdf_response(found.document, found.guarantee.lease, request.actor)


@require_POST
@allow(Write(Data.ARREARS))
def notice_sent(request: HouseRequest, pk: int) -> HttpResponse:
    """The letter left, on a day and by a way."""
    found, form = _notice(request, pk), SentForm(request.POST)
    sent = attempt(lambda: notices.note_sent(notice=found, actor=request.actor, **form.cleaned_data), form)
    if not sent:
        return _page(request, found.guarantee, sent_form=form)
    tell_done(request, "Envoi noté.", undo=link("rent_ledger:notice_unsent", pk))
    return redirect("rent_ledger:guarantee", found.guarantee_id)


@require_POST
@allow(Write(Data.ARREARS))
def notice_unsent(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » the sending."""
    found = _notice(request, pk)
    attempt(lambda: notices.take_back_sent(notice=found, actor=request.actor)).tell(
        request, "Envoi annulé : la lettre est de nouveau à envoyer."
    )
    return redirect("rent_ledger:guarantee", found.guarantee_id)


@require_POST
@allow(Write(Data.ARREARS))
def notice_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """« Écarter » a letter that has not left."""
    found = _notice(request, pk)
    attempt(lambda: notices.withdraw_notice(notice=found, actor=request.actor)).tell(request, "Lettre écartée.")
    return redirect("rent_ledger:guarantee", found.guarantee_id)


@require_GET
@allow(Read(Data.LEASE))
def claim(request: HouseRequest, pk: int) -> HttpResponse:
    """One claim: the debts that it names, the answer, what came, the papers."""
    must(request, Read(Data.LEDGER))
    return _claim_page(request, _claim(request, pk))


@require_POST
@allow(Write(Data.ARREARS))
def claim_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » a claim."""
    call = lambda found: claims.withdraw_claim(claim=found, actor=request.actor)  # noqa: E731
    return _act(request, pk, call, "Appel retiré : ces dettes peuvent être demandées de nouveau.")


@require_POST
@allow(Write(Data.ARREARS))
def claim_answer(request: HouseRequest, pk: int) -> HttpResponse:
    """What the guarantor answers."""
    found, form = _claim(request, pk), AnswerForm(request.POST)
    noted = attempt(lambda: claims.note_answer(claim=found, actor=request.actor, **form.cleaned_data), form)
    if not noted:
        return _claim_page(request, found, answer_form=form)
    tell_done(request, "Réponse notée.", undo=link("rent_ledger:claim_unanswer", pk))
    return redirect("rent_ledger:claim", pk)


@require_POST
@allow(Write(Data.ARREARS))
def claim_unanswer(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » the answer."""
    call = lambda found: claims.take_back_answer(claim=found, actor=request.actor)  # noqa: E731
    return _act(request, pk, call, "Réponse annulée : elle est de nouveau attendue.")


@require_POST
@allow(Write(Data.ARREARS))
def claim_pay(request: HouseRequest, pk: int) -> HttpResponse:
    """Note what the guarantor paid."""
    found = _claim(request, pk)
    form = GuarantorPaymentForm(request.POST, claim=found, lines=_lines(request, found))
    paid = attempt(lambda: payments.note_payment(claim=found, actor=request.actor, **form.paid), form)
    if not paid:
        return _claim_page(request, found, payment_form=form)
    undo = link("rent_ledger:guarantor_payment_undo", paid.value.pk)
    tell_done(request, f"{euros(paid.value.amount)} payés par le garant : le ménage les lui doit.", undo=undo)
    return redirect("rent_ledger:claim", pk)


@require_POST
@allow(Write(Data.ARREARS))
def guarantor_payment_undo(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » a payment of a guarantor."""
    rows = GuarantorPayment.objects.filter(claim__in=_claims(request)).select_related("claim")
    found = get_object_or_404(rows, pk=pk)
    attempt(lambda: payments.undo_payment(payment=found, actor=request.actor)).tell(
        request, "Paiement annulé : ces dettes sont de nouveau dues à l’association."
    )
    return redirect("rent_ledger:claim", found.claim_id)


@require_POST
@allow(Write(Data.ARREARS))
def claim_papers_add(request: HouseRequest, pk: int) -> HttpResponse:
    """Papers of a claim. Each good file is kept; of the others the page says what is wrong."""
    found = _claim(request, pk)

    def keep(file: BinaryIO) -> ClaimPaper:
        return papers.add_claim_paper(claim=found, file=file, actor=request.actor)

    keep_each(request, "papers", keep, limit=ClaimPaper.kind.per_owner, of="appel", word="pièce")
    return redirect("rent_ledger:claim", pk)


@require_GET
@allow(Read(Data.ARREARS_CAUSE))
def claim_paper(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """A paper of a claim."""
    rows = ClaimPaper.objects.select_related("blob")
    return serve(request, get_object_or_404(rows, claim=_claim(request, pk), uuid=uuid))


@require_POST
@allow(Write(Data.ARREARS))
def claim_paper_remove(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """Take a paper back."""
    call = lambda found: papers.remove_claim_paper(claim=found, paper=uuid, actor=request.actor)  # noqa: E731
    return _act(request, pk, call, "Pièce retirée.")


def _found(request: HouseRequest, pk: int) -> Guarantee:
    return get_object_or_404(readable(request.actor), pk=pk)


def _account(found: Guarantee) -> Account:
    """The account of the contract; 404 before it is in force."""
    return get_object_or_404(Account, lease=found.lease_id, kind=AccountKind.TENANT)


def _notice(request: HouseRequest, pk: int) -> GuarantorNotice:
    rows = GuarantorNotice.objects.filter(guarantee__lease__in=Lease.objects.visible_to(request.actor))
    rows = rows.select_related("guarantee__lease__household", "guarantee__person", "guarantee__body", "document")
    return get_object_or_404(rows, pk=pk)


def _claims(request: HouseRequest) -> ClaimQuerySet:
    return GuaranteeClaim.objects.filter(guarantee__lease__in=Lease.objects.visible_to(request.actor))


def _claim(request: HouseRequest, pk: int) -> GuaranteeClaim:
    rows = _claims(request).select_related(
        "account__household", "guarantee__lease", "guarantee__person", "guarantee__body", "author"
    )
    return get_object_or_404(with_paid(rows), pk=pk)


def _lines(request: HouseRequest, found: GuaranteeClaim) -> list[BankLine]:
    """Who may not place money at the bank is offered none."""
    return lines_to_place(found) if can(request.actor, Write(Data.BANK)) else []


def _act(request: HouseRequest, pk: int, call: Callable[[GuaranteeClaim], object], done: str) -> HttpResponse:
    found = _claim(request, pk)
    attempt(lambda: call(found)).tell(request, done)
    return redirect("rent_ledger:claim", pk)


def _page(request: HouseRequest, found: Guarantee, **refused: Form) -> HttpResponse:
    """The page of a guarantee. `refused`: what was typed and refused, by the name that the page gives it."""
    day = clock.today()
    [line] = lines_of([found], day=day)
    now = line.now
    case = cases_for(request.actor).filter(account__lease=found.lease_id).order_by("-pk").first()
    written = found.notices.select_related("author", "withdrawn_by").order_by("-pk")
    return render(
        request,
        "rent_ledger/guarantees/guarantee.html",
        {
            "row": found,
            "line": line,
            "now": now,
            "is_claim": now is not None and now.call.state == CallState.CLAIM,
            "account_id": now.account_id if now else None,
            "case": case,
            "owed": owed_to_guarantors(now.account_id) if now else None,
            # Who reads totals of the alerts is not told of one.
            "is_social": now is not None and can_read_cases(request.actor) and is_social(now.account_id, day),
            "notices": written,
            "to_send": next((one for one in written if one.sent_on is None and one.withdrawn_at is None), None),
            "may_decide": can_decide(request.actor),
            "reads_papers": can_read_cases(request.actor),
            "claim_form": ClaimForm(debts=now.debts if now else (), of_a_person=found.is_surety),
            "sent_form": SentForm(),
            "household_url": household_page(found.lease.household_id),
            "day": day,
            **refused,
        },
        status=status_of(*refused.values()),
    )


def _claim_page(request: HouseRequest, found: GuaranteeClaim, **refused: Form) -> HttpResponse:
    case = cases_for(request.actor).filter(account=found.account_id).order_by("-pk").first()
    lines = _lines(request, found) if found.awaited else []
    return render(
        request,
        "rent_ledger/guarantees/claim.html",
        {
            "claim": found,
            "row": found.guarantee,
            "case": case,
            "items": found.items.select_related("posting").order_by("id"),
            "payments": found.payments.select_related("author", "undone_by", "bank_line"),
            "papers": found.papers.select_related("blob"),
            "may_decide": can_decide(request.actor),
            "reads_papers": can_read_cases(request.actor),
            "answer_form": AnswerForm(claim=found),
            "payment_form": GuarantorPaymentForm(claim=found, lines=lines),
            "paper_form": ClaimPaperForm(),
            "household_url": household_page(found.account.household_id),
            "day": clock.today(),
            **refused,
        },
        status=status_of(*refused.values()),
    )
