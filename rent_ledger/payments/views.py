"""The desk: find a household, take money, print the receipt."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from common.money import ZERO
from common.typography import euros
from office.access.actor import Actor
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.confirmations.queries import confirmed
from office.confirmations.services import Answers
from office.documents.services import file_name
from office.documents.services import render as render_pdf
from office.requests.pages import form_sent_once
from rent_ledger.books.models import Account, AccountState
from rent_ledger.books.queries.payers import Payee, find_payees, payee, payees_of_household
from rent_ledger.books.queries.statement import owed_months
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.payments.codes import ABOUT_PAYMENT, PaymentQuestion
from rent_ledger.payments.forms import PaymentForm
from rent_ledger.payments.models import Payment
from rent_ledger.payments.queries import months_paid, payments_for, taken_on
from rent_ledger.payments.services.payment_receipts import payment_receipt
from rent_ledger.payments.services.payments import cancel_payment, take_payment

PER_PAGE = 30


def _chosen(request: HouseRequest, actor: Actor) -> tuple[Payee | None, list[Payee]]:
    """The payee that the address names, else those among which to choose."""
    if value := request.GET.get("pour", ""):
        return payee(value=value, actor=actor), []
    if (account := request.GET.get("compte", "")).isdecimal():
        return payee(value=f"compte-{account}", actor=actor), []
    if (household := request.GET.get("menage", "")).isdecimal():
        found = payees_of_household(household_id=int(household), actor=actor)
        return (found[0], []) if len(found) == 1 else (None, found)
    return None, find_payees(query=request.GET.get("q", ""), actor=actor)


@require_http_methods(["GET", "POST"])
@allow(Read(Data.PAYMENT))
@form_sent_once
def payments(request: HouseRequest) -> HttpResponse:
    """Search (GET `q`), choose (`pour`), take (POST), for who takes payments; the last payments below.

    A search that finds one place only leads to it. As one types (htmx), what is found comes alone.
    """
    actor = request.actor
    may_take = can(actor, Write(Data.PAYMENT))
    if request.method == "POST" and not may_take:
        raise PermissionDenied
    chosen, found = _chosen(request, actor) if may_take else (None, [])
    query, sum_ = request.GET.get("q", ""), request.GET.get("montant", "")
    if request.htmx and request.htmx.target == "trouves":
        return _vary(render(request, "rent_ledger/payments/includes/found.html", {"found": found, "query": query}))
    if chosen is None and len(found) == 1:
        return redirect(link("rent_ledger:payments", pour=found[0].value, **({"montant": sum_} if sum_ else {})))
    # What « encaisser sarr 120 » says of the sum, else what is due. A word in its place is refused by the form.
    wanted = chosen.wanted if chosen and chosen.wanted > ZERO else None
    initial = {"amount": sum_ or wanted}
    form = PaymentForm(request.POST or None, initial=initial, quick=chosen.chips) if chosen else None
    if chosen and form is not None:
        taken = attempt(lambda: _take(chosen, form.cleaned_data, form.answers, actor), form)
        if taken:
            row = taken.value
            tell_done(
                request,
                f"{euros(row.amount)} encaissés pour {chosen.household}, reçu n° {row.number}. {_owes(row)}",
                undo=link("rent_ledger:payment_cancel", row.pk),
            )
            return redirect("rent_ledger:payment", pk=row.pk)
    page = Paginator(payments_for(actor=actor), PER_PAGE).get_page(request.GET.get("p"))
    reads_ledger = can(actor, Read(Data.LEDGER))
    account = chosen.account_id if chosen and reads_ledger else None
    context = {
        "may_take": may_take,
        "query": query,
        "chosen": chosen,
        "found": found,
        "form": form,
        "owed": owed_months(account, day=clock.today()) if account is not None else [],
        "reads_ledger": reads_ledger,
        "household_url": household_page(chosen.household_id) if chosen else "",
        "page": page,
        "is_open": not may_take or "p" in request.GET,
        "totals": taken_on(clock.today(), actor=actor),
    }
    return _vary(render(request, "rent_ledger/payments/list.html", context, status=status_of(form)))


def _vary(answer: HttpResponse) -> HttpResponse:
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _owes(row: Payment) -> str:
    """What the account of a payment owes now, in a sentence."""
    state = AccountState.objects.filter(pk=row.account_id).first()
    debt, credit = (state.debt, state.credit) if state else (ZERO, ZERO)
    spread = f" Le plan étale encore {euros(state.spread)}." if state and state.spread else ""
    if debt > ZERO:
        return f"Le ménage doit encore {euros(debt)}.{spread}"
    if spread:
        return f"Rien d’autre n’est dû aujourd’hui.{spread}"
    ahead = f", et a {euros(credit)} d’avance" if credit > ZERO else ""
    return f"Le ménage ne doit plus rien{ahead}."


def _take(chosen: Payee, data: dict[str, Any], answers: Answers, actor: Actor) -> Payment:
    account_id = chosen.account_id
    if account_id is None:
        lease_id = int(chosen.value.partition("-")[2])
        account_id = tenant_accounts([lease_id])[lease_id]
    return take_payment(
        account=Account.objects.get(pk=account_id),
        method=data["method"],
        amount=data["amount"],
        received_on=data["received_on"],
        payer=data["payer"],
        note=data["note"],
        answers=answers,
        request_key=data["request_key"],
        actor=actor,
    )


def _payment(request: HouseRequest, pk: int) -> Payment:
    return get_object_or_404(payments_for(actor=request.actor), pk=pk)


@require_GET
@allow(Read(Data.PAYMENT))
def payment(request: HouseRequest, pk: int) -> HttpResponse:
    """One payment: what was taken, its receipt, undo."""
    actor = request.actor
    found, today = _payment(request, pk), clock.today()
    reads_ledger = can(actor, Read(Data.LEDGER))
    months = months_paid(found, day=today) if reads_ledger else []
    context = {
        "payment": found,
        "may_take": can(actor, Write(Data.PAYMENT)),
        "reads_ledger": reads_ledger,
        "months": months,
        "ahead": found.amount - sum((month.amount for month in months), ZERO),
        "state": AccountState.objects.filter(pk=found.account_id).first() if reads_ledger else None,
        "confirmed": confirmed(ABOUT_PAYMENT, found.pk, PaymentQuestion),
        "household_url": household_page(found.account.household_id),
        "today": today,
    }
    return render(request, "rent_ledger/payments/payment.html", context)


@require_POST
@allow(Write(Data.PAYMENT))
def payment_receipt_pdf(request: HouseRequest, pk: int) -> HttpResponse:
    """The receipt as a PDF, made the first time."""
    found = _payment(request, pk)

    def make() -> tuple[bytes, str]:
        document = payment_receipt(payment=found, actor=request.actor)
        return render_pdf(document), file_name(document)

    made = attempt(make)
    if not made:
        made.tell(request)
        return redirect("rent_ledger:payment", pk=pk)
    pdf, name = made.value
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_POST
@allow(Write(Data.PAYMENT))
def payment_cancel(request: HouseRequest, pk: int) -> HttpResponse:
    """Undo a payment typed wrong."""
    found = _payment(request, pk)
    undone = attempt(lambda: cancel_payment(payment_id=found.pk, actor=request.actor))
    undone.tell(
        request,
        lambda _: f"Le reçu n° {found.number} est annulé : {euros(found.amount)} ne sont plus comptés. {_owes(found)}",
    )
    return redirect("rent_ledger:payment", pk=pk)
