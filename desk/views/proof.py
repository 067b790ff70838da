"""What stands behind a line of an account: a panel beside the page, or a page of its own."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from common.answers import panel
from common.links import link
from desk.queries.proof import proof_of
from office.access.matrix import Data, Read
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.books.codes import DEBT_KINDS
from rent_ledger.models import Account


@require_safe
@allow(Read(Data.LEDGER))
def proof(request: HouseRequest, account_id: int, entry_id: int) -> HttpResponse:
    """The avis, receipt, bank line or bordereau of a line of the statement, and what it settled."""
    rows = Account.objects.filter(kind__in=DEBT_KINDS).select_related("household", "lease")
    account = get_object_or_404(rows, pk=account_id)
    found = proof_of(account, entry_id, request.actor)
    if found is None:
        raise Http404
    name = account.household.name if account.household else account.label
    return panel(
        request,
        "desk/includes/proof.html",
        {"proof": found, "name": name},
        title=found.line.title,
        back=(name, link("rent_ledger:statement", account.pk)),
    )
