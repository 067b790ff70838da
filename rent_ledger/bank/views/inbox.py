"""The bank: statements dropped, and the lines that wait for a person."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.answers import attempt, file_page, leads_on, status_of
from common.typography import counted
from office.access.matrix import Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.requests.pages import form_sent_once
from rent_ledger.bank.forms import BankFileForm, WithdrawForm
from rent_ledger.bank.models import BankStatement
from rent_ledger.bank.queries import inbox as read
from rent_ledger.bank.services.bank import ImportReport, confirm_statement, import_bank_file
from rent_ledger.bank.services.withdrawal import stands_on, withdraw_statement

TITLES = {
    "sures": "Sûres",
    "proposees": "Proposées",
    "a-placer": "À placer",
    "hors-loyers": "Hors loyers",
}


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
    months, page = read.statements_page(number=request.GET.get("p"))
    return render(
        request, "rent_ledger/bank/statements.html", {"months": months, "page": page, "aside": read.aside_statements()}
    )


@require_http_methods(["GET", "POST"])
@allow(Write(Data.BANK))
@leads_on
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
    return file_page(request, "rent_ledger/bank/upload.html", {}, form=form, errors=errors)


def _told(request: HouseRequest, report: ImportReport) -> HttpResponse:
    kinds = [counted(report.sure, "sûre"), counted(report.proposed, "proposée"), f"{report.to_place} à placer"]
    if report.other:
        kinds.append(f"{report.other} hors loyers")
    new = counted(report.new, "ligne nouvelle,lignes nouvelles")
    messages.success(request, f"{new}, {report.known} déjà là : {', '.join(kinds)}.")
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
