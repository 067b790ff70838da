"""API of the accounts and their statement."""

from typing import Any

from django.db.models import QuerySet
from ninja import Query

from common import clock
from leases.contracts.codes import LeaseState
from leases.models import Household, Lease
from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import Data, Read
from office.access.requests import HouseRequest
from office.api_base import (
    Day,
    HouseRouter,
    Page,
    Year,
    found,
    paged,
    ref,
    referred,
)
from rent_ledger.books.codes import DEBT_KINDS
from rent_ledger.books.models import Account
from rent_ledger.books.queries.explain import explain_debt
from rent_ledger.books.queries.statement import statement
from rent_ledger.books.schemas import (
    AccountQuery,
    AccountShown,
    AccountStatementShown,
    ExplanationShown,
)
from rent_ledger.books.services.accounts import tenant_accounts

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)


def account_meant(actor: Actor, *, account_id: int | None, lease_id: int | None) -> int:
    """The id of the account meant; a lease that was never billed gets its account."""
    if lease_id is not None:
        lease = referred(Lease.objects.visible_to(actor).exclude(state=LeaseState.DRAFT), lease_id, field="lease_id")
        return tenant_accounts([lease.pk])[lease.pk]
    assert account_id is not None
    return int(referred(Account.objects.filter(kind__in=DEBT_KINDS), account_id, field="account_id").pk)


def _accounts() -> "QuerySet[Account, Account]":
    return Account.objects.filter(kind__in=DEBT_KINDS).select_related("household", "state")


def _account(row: Account) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "label": row.label,
        "household": ref(row.household),
        "lease_id": row.lease_id,
        "state": getattr(row, "state", None),
    }


@router.reads("/accounts", response=Page[AccountShown], needs=Read(Data.LEDGER))
def list_accounts(request: HouseRequest, query: Query[AccountQuery]) -> Any:
    """Accounts of what households owe, of a lease or a household where asked."""
    rows = _accounts()
    if query.lease_id is not None:
        rows = rows.filter(lease_id=query.lease_id)
    if query.household_id is not None:
        rows = rows.filter(household__in=Household.objects.visible_to(request.actor), household_id=query.household_id)
    return paged(rows.order_by("id"), query, lambda page: [_account(row) for row in page])


@router.reads("/accounts/{account_id}", response=AccountShown, needs=Read(Data.LEDGER))
def read_account(request: HouseRequest, account_id: int) -> Any:
    """One account, with what it owes today."""
    return _account(found(_accounts(), account_id))


@router.reads("/accounts/{account_id}/statement", response=AccountStatementShown, needs=Read(Data.LEDGER))
def read_account_statement(
    request: HouseRequest, account_id: int, year: Year | None = None, on: Day | None = None
) -> Any:
    """The lines of an account, oldest first, up to a day (today), of one year or all."""
    return statement(found(_accounts(), account_id).pk, day=on or clock.today(), year=year)


@router.reads("/accounts/{account_id}/debt-explanation", response=ExplanationShown, needs=Read(Data.LEDGER))
def explain_account_debt(request: HouseRequest, account_id: int, on: Day | None = None) -> Any:
    """Where the debt of a day (today) comes from: each unpaid month, what was billed, what paid for it and why."""
    reason = explain_debt(found(_accounts(), account_id).pk, on or clock.today(), request.actor)
    return ExplanationShown.of(reason)
