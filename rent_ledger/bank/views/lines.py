"""One line of the bank: accept what is proposed, place, share, leave, take back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reselect, reswap, retarget

from common.answers import Attempt, attempt, tell_done
from common.errors import Conflict, InvalidInput
from common.forms import AmountField
from common.links import link, way_back
from common.money import ZERO
from common.typography import agree, counted, euros
from office.access.matrix import Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.bank.codes import Outgoing
from rent_ledger.bank.models import BankLine, Match
from rent_ledger.bank.queries import inbox as read
from rent_ledger.bank.services import inbox as services
from rent_ledger.bank.services.benefit_credits import tie_credit
from rent_ledger.books.queries.payers import Payee, find_payees, payee
from rent_ledger.books.services.accounts import tenant_accounts

MOST_SHARES = 20
# Lines that one « Annuler » takes back: their ids are in its address.
MOST_TOGETHER = 100
ACCEPTED = "proposition acceptée,propositions acceptées"
# In the address of the panel: the line is for one household, who receives all of it.
ONE = "un"

T = TypeVar("T")


def _back(request: HouseRequest) -> str:
    return way_back(request, "rent_ledger:bank")


def _line(pk: int) -> BankLine:
    return get_object_or_404(BankLine.objects.select_related("statement"), pk=pk)


def _decided(request: HouseRequest, pk: int, tried: Attempt[T], done: str | Callable[[T], str]) -> HttpResponse:
    """Back to the list, which says what was done to the line and how to take it back, or why it was not done."""
    if tried:
        said = done if isinstance(done, str) else done(tried.value)
        tell_done(request, said, undo=link("rent_ledger:bank_undo", pk) if read.card(_line(pk)).can_undo else "")
    else:
        tried.tell(request)
    return redirect(_back(request))


@require_POST
@allow(Write(Data.BANK))
def accept(request: HouseRequest, pk: int) -> HttpResponse:
    """Accept the line's proposal."""
    match = Match.objects.filter(line_id=_line(pk).pk, undone_at=None).order_by("is_accepted", "id").first()

    def take() -> Match:
        if match is None:
            raise InvalidInput("Cette ligne n’a plus de proposition. Rechargez la page.")
        services.accept_match(match_id=match.pk, actor=request.actor)
        return match

    def said(taken: Match) -> str:
        return f"{euros(taken.amount)} placés sur {taken.account.household or taken.account.label}."

    return _decided(request, pk, attempt(take), said)


@require_POST
@allow(Write(Data.BANK))
def accept_all(request: HouseRequest) -> HttpResponse:
    """Accept all the proposals against which nothing speaks."""
    ids = list(read.proposals_without_doubt().values_list("pk", flat=True))
    done = attempt(lambda: services.accept_matches(match_ids=ids, actor=request.actor))
    if done and (lines := done.value):
        together = link("rent_ledger:bank_undo_all", d=",".join(map(str, lines))) if len(lines) <= MOST_TOGETHER else ""
        tell_done(request, f"{counted(len(lines), ACCEPTED)}.", undo=together)
    else:
        done.tell(request, "Ces propositions ont été décidées entre-temps : il n’en reste aucune sans réserve.")
    return redirect(_back(request))


@require_POST
@allow(Write(Data.BANK))
def undo_all(request: HouseRequest) -> HttpResponse:
    """« Annuler » what was accepted together (`?d=12,13`), as far as nothing has followed."""
    asked = [int(pk) for pk in request.GET.get("d", "").split(",")[:MOST_TOGETHER] if pk.isdecimal()]
    back = attempt(lambda: services.undo_matches(line_ids=asked, actor=request.actor))
    if back and (n := len(back.value.done)):
        tell_done(request, f"{counted(n, 'ligne')} {agree(n, 'attend,attendent')} de nouveau votre accord.")
    for text in dict.fromkeys(back.value.refused if back else back.errors):
        messages.warning(request, text)
    return redirect(_back(request))


@require_POST
@allow(Write(Data.BANK))
def undo(request: HouseRequest, pk: int) -> HttpResponse:
    """Take a line back."""
    line = _line(pk)
    undone = attempt(lambda: services.undo_match(line_id=pk, actor=request.actor))
    undone.tell(request, f"Rapprochement défait : {euros(line.amount)} attendent de nouveau un nom.")
    return redirect(_back(request))


@require_POST
@allow(Write(Data.BANK))
def leave(request: HouseRequest, pk: int) -> HttpResponse:
    """Say that a line is no rent."""
    line = _line(pk)
    left = attempt(lambda: services.leave_line(line_id=pk, actor=request.actor, reason=request.POST.get("motif", "")))
    return _decided(request, pk, left, f"{euros(line.amount)} : la ligne est mise hors loyers.")


@require_POST
@allow(Write(Data.BANK))
def tie(request: HouseRequest, pk: int) -> HttpResponse:
    """Say that the line is the credit of a bordereau."""
    line, typed = _line(pk), request.POST.get("bordereau", "")
    number = int(typed) if typed.isdecimal() else 0
    tied = attempt(lambda: tie_credit(line_id=line.pk, statement_id=number, actor=request.actor))
    return _decided(
        request, pk, tied, lambda row: f"{euros(line.amount)} : virement du bordereau du {row.paid_on:%d/%m/%Y}."
    )


# -- who it is for --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What a household receives of a line. `amount` as typed; `without`: the choice without this household."""

    payee: Payee
    amount: str
    without: str


@require_http_methods(["GET", "POST"])
@allow(Write(Data.BANK))
def place(request: HouseRequest, pk: int) -> HttpResponse:
    """Choose one household, or share between several: those chosen (`?vers=`), what each receives (`montant`).

    `?plus=` adds one, `?choix=un` is for a line that one household receives whole. In its card for htmx, else a page.
    """
    line = _line(pk)
    if request.method == "POST":
        return _place(request, line)
    return _choice(request, line)


def _chosen(request: HouseRequest) -> list[Payee]:
    asked = request.POST if request.method == "POST" else request.GET
    values = [*asked.getlist("vers"), *asked.getlist("plus")][:MOST_SHARES]
    found = [payee(value=value, actor=request.actor) for value in dict.fromkeys(values)]
    if request.method == "POST" and None in found:
        raise Http404
    return [p for p in found if p is not None]


def _proposed(request: HouseRequest, line: BankLine) -> list[Payee]:
    """Whom the line was proposed for, or laid on before: the last one first."""
    found = [payee(value=f"compte-{account}", actor=request.actor) for account in read.accounts_tried(line)]
    return list({p.value: p for p in found if p is not None}.values())


def _choice(request: HouseRequest, line: BankLine, *, error: str = "", asks: bool = False) -> HttpResponse:
    """`asks`: which of `Outgoing` the debit is."""
    asked = request.POST if request.method == "POST" else request.GET
    chosen, is_one = _chosen(request), asked.get("choix") == ONE and not error
    card, before = read.card(line), _proposed(request, line)
    if card.proposal and not chosen and not is_one and "sans" not in asked:
        chosen = before[:1]
    amounts = _amounts(line, chosen, asked.getlist("montant"))
    back, query = asked.get("retour", ""), asked.get("q", "")
    taken = [one.value for one in chosen]
    found = find_payees(query=query, actor=request.actor) if query else before
    context = {
        "line": line,
        "card": card,
        "is_one": is_one,
        "parts": [
            Part(one, amount, _without(taken, one.value, back)) for one, amount in zip(chosen, amounts, strict=True)
        ],
        "left": _left(line, amounts),
        "query": query,
        "bordereaux": read.bordereaux_for(line) if line.amount > 0 else [],
        "found": [p for p in found if p.value not in taken],
        "error": error,
        "outgoing": Outgoing.choices if asks else (),
        "back": back,
        "is_page": not getattr(request, "htmx", False),
    }
    status = 422 if error else 200
    if context["is_page"]:
        answer = render(request, "rent_ledger/bank/place.html", context, status=status)
    else:
        answer = render(request, "rent_ledger/bank/includes/choice.html", context, status=status)
        # Sent from the list, whose place the answer would take: what was refused stays in its card.
        answer = retarget(reselect(reswap(answer, "outerHTML"), f"#choix-{line.pk}"), f"#choix-{line.pk}")
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _without(taken: Sequence[str], value: str, back: str) -> str:
    """The address of the choice without one of its households. `sans`: nor is what was proposed put there again."""
    return urlencode({"vers": [other for other in taken if other != value], "retour": back, "sans": 1}, doseq=True)


def _amounts(line: BankLine, chosen: Sequence[Payee], typed: list[str]) -> list[str]:
    """What each receives, as it is typed: what was typed stays; a household more receives what is left of the line.

    Where nothing is left for it, each receives what it owes, in order, and the last one the rest.
    """
    if len(typed) == len(chosen):
        return typed
    left = _left(line, typed)
    if len(typed) == len(chosen) - 1 and left is not None and ZERO < left < line.amount:
        return [*typed, _typed(left)]
    left, shown = line.amount, []
    for i, one in enumerate(chosen):
        share = left if i == len(chosen) - 1 or line.amount < 0 else min(left, one.wanted or left)
        left -= share
        shown.append(_typed(share) if share else "")
    return shown


def _typed(amount: Decimal) -> str:
    return str(AmountField().prepare_value(amount))


def _left(line: BankLine, typed: Sequence[str]) -> Decimal | None:
    """What the parts leave of the line; None where one of them is no amount."""
    parts = [_read(text) for text in typed]
    return None if None in parts else line.amount - sum((part for part in parts if part is not None), ZERO)


def _place(request: HouseRequest, line: BankLine) -> HttpResponse:
    chosen = _chosen(request)
    typed = request.POST.getlist("montant")
    if not typed and request.POST.get("choix") == ONE:
        typed = [_typed(line.amount)]

    @transaction.atomic
    def put() -> None:
        if len(typed) != len(chosen):
            raise InvalidInput("Écrivez un montant pour chaque ménage choisi.")
        amounts = [_amount(text) for text in typed]
        new = [int(p.value.partition("-")[2]) for p in chosen if p.account_id is None]
        made = tenant_accounts(new)
        shares = [
            (p.account_id if p.account_id is not None else made[int(p.value.partition("-")[2])], amount)
            for p, amount in zip(chosen, amounts, strict=True)
        ]
        outgoing = request.POST.get("sens", "")
        services.place_line(
            line_id=line.pk, shares=shares, actor=request.actor,
            outgoing=outgoing if outgoing in Outgoing.values else "",
        )  # fmt: skip

    placed = attempt(put)
    if not placed and (not getattr(request, "htmx", False) or not isinstance(placed.refusal, Conflict)):
        asks = placed.refusal is not None and placed.refusal.code == "return_or_refund"
        return _choice(request, line, error=placed.error, asks=asks)
    who = chosen[0].household if len(chosen) == 1 else counted(len(chosen), "ménage")
    return _decided(request, line.pk, placed, f"{euros(line.amount)} placés sur {who}.")


def _amount(text: str) -> Decimal:
    try:
        amount = AmountField().clean(text)
    except ValidationError as error:
        raise InvalidInput(error.messages[0], field="amount") from error
    assert isinstance(amount, Decimal)
    return amount


def _read(text: str) -> Decimal | None:
    try:
        return AmountField(required=False).clean(text) or ZERO
    except ValidationError:
        return None


@require_GET
@allow(Read(Data.BANK))
def payees(request: HouseRequest, pk: int) -> HttpResponse:
    """Households that a line may be for, as one types (htmx)."""
    line, query = _line(pk), request.GET.get("q", "")
    context = {
        "line": line,
        "found": find_payees(query=query, actor=request.actor) if query else _proposed(request, line),
        "query": query,
        "is_one": request.GET.get("choix") == ONE,
        "back": request.GET.get("retour", ""),
    }
    return render(request, "rent_ledger/bank/includes/payees.html", context)
