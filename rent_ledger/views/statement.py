"""The statement of an account, its print, and « D'où viennent les … ? »."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from common.links import household_page
from office.access import Access, Data
from office.permissions import allow_data
from rent_ledger.enums import DEBT_KINDS
from rent_ledger.models import Account
from rent_ledger.selectors.explain import explain_debt
from rent_ledger.selectors.statement import statement as read_statement


def _account(account_id: int) -> Account:
    """An account of a household's debt; any other is no page."""
    rows = Account.objects.select_related("household", "lease__unit__dwelling", "state").filter(kind__in=DEBT_KINDS)
    try:
        return rows.get(pk=account_id)
    except Account.DoesNotExist as error:
        raise Http404 from error


def _year(request: HttpRequest) -> int | None:
    text = request.GET.get("annee", "")
    return int(text) if text.isdecimal() and len(text) == 4 else None


def _context(request: HttpRequest, account_id: int) -> dict[str, Any]:
    account, day = _account(account_id), clock.today()
    return {
        "account": account,
        "lease": account.lease,
        "state": getattr(account, "state", None),
        "household_url": household_page(account.household_id),
        "statement": read_statement(account_id, day=day, year=_year(request)),
        "day": day,
    }


@require_GET
@allow_data(Data.LEDGER, Access.FULL)
def statement(request: HttpRequest, account_id: int) -> HttpResponse:
    """What was asked, what came in, what is left, line by line."""
    return render(request, "rent_ledger/statement.html", _context(request, account_id))


@require_GET
@allow_data(Data.LEDGER, Access.FULL)
def statement_print(request: HttpRequest, account_id: int) -> HttpResponse:
    """The same for the household, on paper: oldest first."""
    return render(request, "rent_ledger/statement_print.html", _context(request, account_id))


@require_GET
@allow_data(Data.LEDGER, Access.FULL)
def why_debt(request: HttpRequest, account_id: int) -> HttpResponse:
    """Body of the popover behind a balance, or a page of its own without script."""
    explanation = explain_debt(_account(account_id).pk, clock.today(), request.actor)  # type: ignore[attr-defined]
    return render(request, "common/includes/why.html", {"explanation": explanation})
