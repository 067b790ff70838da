"""API of write-offs and remissions: read only. They are asked and decided on the site."""

from typing import Any

from ninja import Query

from office.access.codes import TokenScope
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, found, paged, ref
from rent_ledger.write_offs.models import WriteOffItem
from rent_ledger.write_offs.perms import READERS
from rent_ledger.write_offs.queries import for_list
from rent_ledger.write_offs.schemas import WriteOffListed, WriteOffQuery, WriteOffShown

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)

_AS_KEPT = (
    "account_id", "kind", "why", "note", "amount", "lessened", "recovered", "of_two", "state", "asked_at", "first_at",
    "decided_at", "answer", "undone_at", "undone_why",
)  # fmt: skip


def _listed(row: Any) -> dict[str, Any]:
    account = row.account
    return {name: getattr(row, name) for name in _AS_KEPT} | {
        "id": row.pk,
        "household": ref(account.household),
        "lease_reference": account.lease.reference if account.lease else None,
        "left": row.amount - row.lessened - row.recovered if row.stands else None,
        "asked_by": ref(row.asked_by),
        "first_by": ref(row.first_by),
        "decided_by": ref(row.decided_by),
    }


def _item(row: WriteOffItem) -> dict[str, Any]:
    posting = row.posting
    return {
        "posting_id": row.posting_id,
        "nature": posting.nature,
        "due_on": posting.due_on,
        "for_month": posting.for_month,
        "amount": row.amount,
    }


@router.reads("/write-offs", response=Page[WriteOffListed], needs=READERS)
def list_write_offs(request: HouseRequest, query: Query[WriteOffQuery]) -> Any:
    """What was asked to be given up, whatever became of it, the latest first; `ASKED` waits for a signature."""
    rows = for_list()
    if query.state:
        rows = rows.filter(state=query.state)
    if query.account_id is not None:
        rows = rows.filter(account=query.account_id)
    return paged(rows, query, lambda page: [_listed(row) for row in page])


@router.reads("/write-offs/{write_off_id}", response=WriteOffShown, needs=READERS)
def read_write_off(request: HouseRequest, write_off_id: int) -> Any:
    """One: its debts, who asked and who decided, what came back of it."""
    row = found(for_list(), write_off_id)
    return _listed(row) | {
        "items": [_item(item) for item in row.items.select_related("posting")],
        "recoveries": list(row.recoveries.all()),
    }
