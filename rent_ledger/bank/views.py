"""The bank: statements dropped, lines in three columns, what a person decides about them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.answers import Attempt, attempt, status_of
from common.errors import InvalidInput
from common.forms import AmountField
from common.links import way_back
from common.typography import counted, euros
from office.access.matrix import Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.requests.pages import form_sent_once
from rent_ledger.bank.codes import Outgoing
from rent_ledger.bank.forms import BankFileForm, WithdrawForm
from rent_ledger.bank.models import BankLine, BankStatement, Match
from rent_ledger.bank.queries import inbox as read
from rent_ledger.bank.services import inbox as services
from rent_ledger.bank.services.bank import ImportReport, confirm_statement, import_bank_file
from rent_ledger.bank.services.benefit_credits import tie_credit
from rent_ledger.bank.services.withdrawal import stands_on, withdraw_statement
from rent_ledger.books.queries.payers import Payee, find_payees, payee
from rent_ledger.books.services.accounts import tenant_accounts

TITLES = {
    "sures": "Sûres",
    "proposees": "Proposées",
    "a-placer": "À placer",
    "hors-loyers": "Hors loyers",
}
MOST_SHARES = 20

T = TypeVar("T")


def _statement(pk: int | None) -> BankStatement | None:
    if pk is None:
        return None
    return get_object_or_404(BankStatement.objects.select_related("bank_account", "file").defer("raw"), pk=pk)


@require_GET
@allow(Read(Data.BANK))
def inbox(request: HouseRequest, pk: int | None = None) -> HttpResponse:
    """One statement, or all that waits with the newest statement at its head. `?etat=` shows one column whole."""
    chosen = _statement(pk)
    if chosen is not None and not chosen.is_accepted:
        return redirect("rent_ledger:bank_statements")
    statement = chosen or read.latest_statement()
    key = request.GET.get("etat", "")
    figures = read.figures(statement) if statement else None
    context: dict[str, Any] = {
        "statement": statement,
        "chosen": chosen,
        "figures": figures,
        "titles": TITLES,
        "aside": read.aside_statements().count(),
    }
    if key in TITLES:
        only, page = read.column_page(key, statement=chosen, number=request.GET.get("p"))
        return render(
            request, "rent_ledger/bank/column.html", {**context, "column": only, "page": page, "title": TITLES[key]}
        )
    context |= {
        "sure": read.sure_column(figures) if figures else None,
        "proposed": read.column("proposees", statement=chosen),
        "to_place": read.column("a-placer", statement=chosen),
        "without_doubt": read.proposals_without_doubt().count(),
    }
    return render(request, "rent_ledger/bank/inbox.html", context)


@require_GET
@allow(Read(Data.BANK))
def statements(request: HouseRequest) -> HttpResponse:
    """All the statements, and those that wait because of a gap."""
    rows, page = read.statements_page(number=request.GET.get("p"))
    return render(
        request, "rent_ledger/bank/statements.html", {"rows": rows, "page": page, "aside": read.aside_statements()}
    )


@require_http_methods(["GET", "POST"])
@allow(Write(Data.BANK))
@form_sent_once
def upload(request: HouseRequest) -> HttpResponse:
    """Drop a file of the bank: what can't be taken is told line by line."""
    form = BankFileForm(request.POST or None, request.FILES or None)
    errors: list[str] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        left = form.cleaned_data["leave_unknown"]
        brought = attempt(
            lambda: import_bank_file(data=file.read(), name=file.name or "", actor=request.actor, leave_unknown=left)
        )
        if brought:
            return _told(request, brought.value)
        errors = brought.errors
    status = 422 if form.is_bound and (errors or form.errors) else 200
    return render(request, "rent_ledger/bank/upload.html", {"form": form, "errors": errors}, status=status)


def _told(request: HouseRequest, report: ImportReport) -> HttpResponse:
    messages.success(
        request,
        f"{counted(report.new, 'ligne nouvelle,lignes nouvelles')}, {report.known} déjà là : "
        f"{counted(report.sure, 'sûre')}, {counted(report.proposed, 'proposée')}, {report.to_place} à placer.",
    )
    for warning in report.warnings:
        messages.warning(request, warning)
    if report.aside:
        messages.warning(request, "Un relevé ne tombe pas juste : il est mis de côté jusqu’à votre accord.")
        return redirect("rent_ledger:bank_statements")
    if len(report.statements) == 1 and report.statements[0].id is not None:
        return redirect("rent_ledger:bank_statement", pk=report.statements[0].id)
    return redirect("rent_ledger:bank")


@require_POST
@allow(Write(Data.BANK))
def confirm(request: HouseRequest, pk: int) -> HttpResponse:
    """Take a statement with its gap."""
    _statement(pk)
    taken = attempt(lambda: confirm_statement(statement_id=pk, actor=request.actor))
    if taken:
        return _told(request, taken.value)
    taken.tell(request)
    return redirect("rent_ledger:bank_statements")


@require_http_methods(["GET", "POST"])
@allow(Write(Data.BANK))
def withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """Take out a statement that was wrong: what goes with it, what stands on it, and why."""
    statement = _statement(pk)
    assert statement is not None
    form = WithdrawForm(request.POST or None)

    def take_out() -> BankStatement:
        return withdraw_statement(statement_id=pk, reason=form.cleaned_data["reason"], actor=request.actor)

    gone = attempt(take_out, form)
    if gone:
        gone.tell(request, "Relevé retiré : rien de lui ne compte plus, et son fichier peut être déposé de nouveau.")
        return redirect("rent_ledger:bank_statements")
    context = {
        "statement": statement,
        "form": form,
        "figures": read.figures(statement) if statement.is_accepted else None,
        "obstacles": stands_on(statement) if statement.is_accepted else [],
        "receipts": read.receipts_on(statement) if statement.is_accepted else 0,
    }
    return render(request, "rent_ledger/bank/withdraw.html", context, status=status_of(form))


# -- one line -------------------------------------------------------------------------------------------------------


def _back(request: HouseRequest) -> str:
    return way_back(request, "rent_ledger:bank")


def _line(pk: int) -> BankLine:
    return get_object_or_404(BankLine.objects.select_related("statement"), pk=pk)


def _decided(request: HouseRequest, pk: int, tried: Attempt[T], done: str | Callable[[T], str]) -> HttpResponse:
    """The card in its new state for htmx, else back to the list with a message."""
    tried.tell(request, done)
    if not getattr(request, "htmx", False):
        return redirect(_back(request))
    back = _back(request)
    context = {"card": read.card(_line(pk)), "back": back, "oob": True, **_counters(back)}
    return render(request, "rent_ledger/bank/includes/card_answer.html", context, status=200 if tried else 409)


def _counters(back: str) -> dict[str, Any]:
    """The figures of the page that `back` is the address of, after one of its lines moved. At most six queries."""
    try:
        pk = resolve(back.partition("?")[0]).kwargs.get("pk")
    except Resolver404:
        pk = None
    chosen = BankStatement.objects.filter(pk=pk).first() if pk else None
    statement = chosen or read.latest_statement()
    return {
        "figures": read.figures(statement) if statement else None,
        "proposed": read.head("proposees", statement=chosen),
        "to_place": read.head("a-placer", statement=chosen),
        "without_doubt": read.proposals_without_doubt().count(),
        "waiting": read.waiting(),
    }


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

    return _decided(request, pk, attempt(take), lambda row: f"{euros(row.amount)} placés.")


@require_POST
@allow(Write(Data.BANK))
def accept_all(request: HouseRequest) -> HttpResponse:
    """Accept all the proposals against which nothing speaks."""
    ids = list(read.proposals_without_doubt().values_list("pk", flat=True))
    attempt(lambda: services.accept_matches(match_ids=ids, actor=request.actor)).tell(
        request, lambda done: f"{counted(done, 'proposition acceptée,propositions acceptées')}."
    )
    return redirect(_back(request))


@require_POST
@allow(Write(Data.BANK))
def undo(request: HouseRequest, pk: int) -> HttpResponse:
    """Take a line back."""
    _line(pk)
    undone = attempt(lambda: services.undo_match(line_id=pk, actor=request.actor))
    return _decided(request, pk, undone, "Rapprochement défait : la ligne attend de nouveau.")


@require_POST
@allow(Write(Data.BANK))
def leave(request: HouseRequest, pk: int) -> HttpResponse:
    """Say that a line is no rent."""
    _line(pk)
    left = attempt(lambda: services.leave_line(line_id=pk, actor=request.actor, reason=request.POST.get("motif", "")))
    return _decided(request, pk, left, "La ligne est mise hors loyers.")


@require_http_methods(["GET", "POST"])
@allow(Write(Data.BANK))
def place(request: HouseRequest, pk: int) -> HttpResponse:
    """Choose one household, or share between several: those chosen (`?vers=`), what each receives."""
    line = _line(pk)
    if request.method == "POST":
        return _place(request, line)
    return _place_page(request, line)


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


def _chosen(request: HouseRequest) -> list[Payee]:
    values = (request.POST if request.method == "POST" else request.GET).getlist("vers")[:MOST_SHARES]
    found = [payee(value=value, actor=request.actor) for value in dict.fromkeys(values)]
    if request.method == "POST" and None in found:
        raise Http404
    return [p for p in found if p is not None]


def _place_page(
    request: HouseRequest,
    line: BankLine,
    *,
    amounts: list[str] | None = None,
    error: str = "",
    asks: bool = False,
) -> HttpResponse:
    """`asks`: which of `Outgoing` the debit is."""
    chosen = _chosen(request)
    query = request.GET.get("q", "")
    left, parts = line.amount, []
    for i, one in enumerate(chosen):
        last = i == len(chosen) - 1
        share = left if last or line.amount < 0 else min(left, one.wanted or left)
        left -= share
        parts.append((one, amounts[i] if amounts and i < len(amounts) else AmountField().prepare_value(share)))
    taken = {one.value for one in chosen}
    context = {
        "line": line,
        "card": read.card(line),
        "parts": parts,
        "query": query,
        "bordereaux": read.bordereaux_for(line) if line.amount > 0 else [],
        "found": [p for p in find_payees(query=query, actor=request.actor) if p.value not in taken],
        "error": error,
        "outgoing": Outgoing.choices if asks else (),
        "back": request.GET.get("retour", "") or request.POST.get("retour", ""),
    }
    return render(request, "rent_ledger/bank/place.html", context, status=422 if error else 200)


def _place(request: HouseRequest, line: BankLine) -> HttpResponse:
    chosen = _chosen(request)
    typed = request.POST.getlist("montant")

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
    if not placed and not getattr(request, "htmx", False):
        asks = placed.refusal is not None and placed.refusal.code == "return_or_refund"
        return _place_page(request, line, amounts=typed, error=placed.error, asks=asks)
    who = chosen[0].household if len(chosen) == 1 else counted(len(chosen), "ménage")
    return _decided(request, line.pk, placed, f"{euros(line.amount)} placés sur {who}.")


def _amount(text: str) -> Decimal:
    try:
        amount = AmountField().clean(text)
    except ValidationError as error:
        raise InvalidInput(error.messages[0], field="amount") from error
    assert isinstance(amount, Decimal)
    return amount


@require_GET
@allow(Read(Data.BANK))
def payees(request: HouseRequest, pk: int) -> HttpResponse:
    """Households that a line may be for, as one types (htmx)."""
    line = _line(pk)
    found = find_payees(query=request.GET.get("q", ""), actor=request.actor)
    context = {
        "line": line, "found": found, "query": request.GET.get("q", ""), "back": request.GET.get("retour", ""),
    }  # fmt: skip
    return render(request, "rent_ledger/bank/includes/payees.html", context)
