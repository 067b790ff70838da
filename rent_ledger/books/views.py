"""The statement of an account, its print, and « D'où viennent les … ? »."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from common.answers import why
from common.links import household_page, link
from leases.contracts.perms import told_dwelling
from leases.households.models import lives_protected
from office.access.matrix import Data, Read, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.books.codes import DEBT_KINDS
from rent_ledger.books.models import Account
from rent_ledger.books.queries.explain import explain_debt
from rent_ledger.books.queries.plans import next_instalment
from rent_ledger.books.queries.statement import statement as read_statement
from rent_ledger.books.queries.statement_rows import folded_lines, months_of, rows_of


def _account(account_id: int) -> Account:
    """An account of a household's debt; any other is no page."""
    rows = (
        Account.objects.select_related("household", "lease__unit__dwelling", "state")
        .filter(kind__in=DEBT_KINDS)
        .annotate(is_protected=lives_protected("household", clock.today()))
    )
    try:
        return rows.get(pk=account_id)
    except Account.DoesNotExist as error:
        raise Http404 from error


def _year(request: HouseRequest) -> int | None:
    text = request.GET.get("annee", "")
    return int(text) if text.isdecimal() and len(text) == 4 else None


def _context(request: HouseRequest, account_id: int) -> dict[str, Any]:
    account, day = _account(account_id), clock.today()
    lease, household, is_protected = account.lease, account.household, account.is_protected  # type: ignore[attr-defined]
    read = read_statement(account_id, day=day, year=_year(request))
    months, unfolds = list(months_of(rows_of(read.lines))), request.GET.get("tout") == "oui"
    state = getattr(account, "state", None)
    told = lease and household and told_dwelling(request.actor, household, lease, is_protected=is_protected)
    return {
        "account": account,
        "lease": lease,
        "place": told,
        "is_protected": is_protected,
        "state": state,
        "instalment": next_instalment(account_id) if state and state.held else None,
        "household_url": household_page(account.household_id),
        "statement": read,
        "months": months,
        "unfolds": unfolds,
        "folded": 0 if unfolds else folded_lines(months),
        "day": day,
        "reads_papers": can(request.actor, Read(Data.ACCOUNT_PAPERS)),
    }


@require_GET
@allow(Read(Data.LEDGER))
def statement(request: HouseRequest, account_id: int) -> HttpResponse:
    """What was asked, what came in, what is left, line by line."""
    return render(request, "rent_ledger/books/statement.html", _context(request, account_id))


def printed_statement(request: HouseRequest, account_id: int) -> HttpResponse:
    """The same for the household, on paper: oldest first. A protected address is told on none.

    The caller checks who may have this paper: a social worker has those of her own cases, which the layer above knows.
    """
    context = _context(request, account_id)
    place = "" if context["is_protected"] else context["place"]
    return render(request, "rent_ledger/books/statement_print.html", context | {"place": place})


@require_GET
@allow(Read(Data.ACCOUNT_PAPERS))
def statement_print(request: HouseRequest, account_id: int) -> HttpResponse:
    """The statement to print, for who reads the papers of every account."""
    return printed_statement(request, account_id)


@require_GET
@allow(Read(Data.LEDGER))
def why_debt(request: HouseRequest, account_id: int) -> HttpResponse:
    """Body of the popover behind a balance, or a page of its own."""
    account = _account(account_id)
    reason = explain_debt(account.pk, clock.today(), request.actor)
    name = account.household.name if account.household else account.label
    return why(request, reason, back=(name, link("rent_ledger:statement", account.pk)))
