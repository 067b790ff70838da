"""The credits of households: the list, and what is decided of one."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from common.typography import euros
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow, must
from office.access.requests import HouseRequest
from office.messages.queries import messages_about
from rent_ledger.books.models import Account
from rent_ledger.credits.codes import ABOUT_CREDIT
from rent_ledger.credits.forms import CreditForm
from rent_ledger.credits.looks import STANDINGS, WORDS
from rent_ledger.credits.models import CreditChoice
from rent_ledger.credits.parameters import look_days
from rent_ledger.credits.queries import credits_on, known_ibans, totals_of, trusted_ibans
from rent_ledger.credits.services.credits import credit_of, decide_credit, undo_credit_choice
from rent_ledger.credits.services.telling import tell_household

PER_PAGE = 50


@require_GET
@allow(Read(Data.LEDGER))
def credits(request: HouseRequest) -> HttpResponse:
    """Accounts with a credit (`etat`: those that stand so), with where it comes from; the totals are of all."""
    day = clock.today()
    rows = credits_on(day, days=look_days(day))
    wanted = WORDS.get(request.GET.get("etat", ""))
    shown = rows if wanted is None else [row for row in rows if row.standing == wanted]
    counts = {standing: sum(row.standing == standing for row in rows) for standing in STANDINGS}
    return render(
        request,
        "rent_ledger/credits/list.html",
        {
            "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("p")),
            "totals": totals_of(rows),
            "shown": totals_of(shown),
            "tabs": [
                (
                    link("rent_ledger:credits", etat=word),
                    STANDINGS[standing].label,
                    counts[standing],
                    standing == wanted,
                )
                for word, standing in WORDS.items()
            ],
            "is_all": wanted is None,
            "may_decide": can(request.actor, Write(Data.PAYMENT)),
        },
    )


@require_http_methods(["GET", "POST"])
@allow(Read(Data.LEDGER))
def credit(request: HouseRequest, account_id: int) -> HttpResponse:
    """One credit: its parts, what was decided, and (POST) what is decided now."""
    account = get_object_or_404(Account.objects.select_related("household"), pk=account_id)
    may_decide = can(request.actor, Write(Data.PAYMENT))
    found = credit_of(account.pk)
    choices = account.credit_choices.select_related("author", "undone_by")
    if found is None and not choices:
        raise Http404
    standing = [found.choice_id] if found and found.choice_id else []
    form = None
    if request.method == "POST":
        must(request, Write(Data.PAYMENT))
    if may_decide and found is not None:
        form = CreditForm(request.POST or None, credit=found, known=known_ibans(account.pk))
        decided = attempt(lambda: decide_credit(account=account, actor=request.actor, **form.cleaned_data), form)
        if decided:
            tell_done(request, _said(decided.value), undo=link("rent_ledger:credit_undo", decided.value.pk))
            return redirect("rent_ledger:credit", account.pk)
    return render(
        request,
        "rent_ledger/credits/credit.html",
        {
            "account": account, "credit": found, "form": form, "choices": choices, "may_decide": may_decide,
            "iban_waits": _waits(next((choice for choice in choices if choice.pk in standing), None)),
            "standing_id": found.choice_id if found else None,
            "told": messages_about(ABOUT_CREDIT, standing).get(standing[0]) if standing else None,
            "household_url": household_page(account.household_id),
        },
        status=status_of(form),
    )  # fmt: skip


@require_POST
@allow(Write(Data.PAYMENT))
def credit_undo(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » what was decided of a credit."""
    found = get_object_or_404(CreditChoice, pk=pk)
    attempt(lambda: undo_credit_choice(choice=found, actor=request.actor)).tell(
        request, "Annulé : cette avance attend de nouveau une décision."
    )
    return redirect("rent_ledger:credit", found.account_id)


@require_POST
@allow(Write(Data.PAYMENT))
def credit_tell(request: HouseRequest, pk: int) -> HttpResponse:
    """« Prévenir le ménage » of what was decided."""
    found = get_object_or_404(CreditChoice, pk=pk)
    address = request.POST.get("address", "")[:500]
    attempt(lambda: tell_household(choice=found, actor=request.actor, address=address)).tell(
        request, "Le message au ménage est écrit : il part par le courriel ou par le courrier."
    )
    return redirect("rent_ledger:credit", found.account_id)


def _waits(choice: CreditChoice | None) -> bool:
    """Whether it is a refund whose IBAN no second person confirmed."""
    return choice is not None and choice.is_refund and (
        (choice.account_id, choice.iban) not in trusted_ibans([choice.account_id])
    )  # fmt: skip


def _said(choice: CreditChoice) -> str:
    if _waits(choice):
        return f"Remboursement de {euros(choice.amount)} décidé : son IBAN attend une deuxième personne."
    if choice.is_refund:
        return f"Remboursement de {euros(choice.amount)} préparé : faites le virement à la banque."
    return f"{choice.get_use_display()} : à revoir après le {choice.until:%d/%m/%Y}."
