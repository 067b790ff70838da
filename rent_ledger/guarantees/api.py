"""API of the guarantees: read only. What is asked of a guarantor is noted on the site."""

from typing import Any

from django.db.models import prefetch_related_objects
from ninja import Query

from common import clock
from office.access.codes import TokenScope
from office.access.matrix import Data, Read
from office.access.permissions import must
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, found, paged, ref, span_of
from rent_ledger.arrears.perms import can_read_cases
from rent_ledger.guarantees.models import ClaimItem, GuaranteeClaim, GuarantorPayment
from rent_ledger.guarantees.queries.lists import GuaranteeLine, for_reader, lines_of, owed_to_guarantors, readable
from rent_ledger.guarantees.schemas import GuaranteeListed, GuaranteeQuery, GuaranteeShown

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)

STATES = {"to_do": "is_to_do", "awaited": "left", "paid": "paid"}
_OF_GUARANTEE = ("lease_id", "kind", "guarantor", "reference", "covers")
_OF_CLAIM = (
    "asked_on", "due_on", "is_late", "amount", "reference", "state", "answered_on", "accepted", "paid", "awaited",
    "to_give_back", "withdrawn_at",
)  # fmt: skip


def _call(line: GuaranteeLine) -> dict[str, Any] | None:
    if line.now is None:
        return None
    call = line.now.call
    names = ("state", "most", "since", "by", "notice_by")
    return {name: getattr(call, name) for name in names} | {"reason": call.reason.text()}


def _listed(line: GuaranteeLine) -> dict[str, Any]:
    row = line.guarantee
    return {name: getattr(row, name) for name in _OF_GUARANTEE} | {
        "id": row.pk,
        "lease_reference": row.lease.reference,
        "household": ref(row.lease.household),
        "period": span_of(row.period),
        "ceiling": line.now.ceiling if line.now else row.ceiling,
        "call": _call(line),
        "asked": line.asked,
        "paid": line.paid,
        "awaited": line.left,
    }


def _item(row: ClaimItem) -> dict[str, Any]:
    posting = row.posting
    return {
        "posting_id": row.posting_id,
        "nature": posting.nature,
        "due_on": posting.due_on,
        "for_month": posting.for_month,
        "amount": row.amount,
    }


def _payment(row: GuarantorPayment, *, told: bool) -> dict[str, Any]:
    names = ("amount", "paid_on", "undone_at")
    return {name: getattr(row, name) for name in names} | {"id": row.pk, "reference": row.reference if told else None}


def _claim(row: GuaranteeClaim, *, told: bool) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_CLAIM} | {
        "id": row.pk,
        "answer": row.answer or None,
        "refused_why": row.refused_why or None,
        "items": [_item(item) for item in row.items.all()],
        "payments": [_payment(one, told=told) for one in row.payments.all()],
    }


@router.reads("/guarantees", response=Page[GuaranteeListed], needs=Read(Data.LEASE))
def list_guarantees(request: HouseRequest, query: Query[GuaranteeQuery]) -> Any:
    """Guarantees of contracts in arrears, and those that were called once: what is to do first, by last day."""
    must(request, Read(Data.LEDGER))
    lines = lines_of(for_reader(request.actor), day=clock.today())
    if query.state:
        lines = [line for line in lines if getattr(line, STATES[query.state])]
    return paged(lines, query, lambda page: [_listed(line) for line in page])


@router.reads("/guarantees/{guarantee_id}", response=GuaranteeShown, needs=Read(Data.LEASE))
def read_guarantee(request: HouseRequest, guarantee_id: int) -> Any:
    """One: what is to do today and why, its claims with the debts that they name and what came. The papers are on the
    site."""
    must(request, Read(Data.LEDGER))
    [line] = lines_of([found(readable(request.actor), guarantee_id)], day=clock.today())
    told = can_read_cases(request.actor)
    prefetch_related_objects(line.claims, "items__posting", "payments")
    return _listed(line) | {
        "owed_to_guarantors": owed_to_guarantors(line.now.account_id) if line.now else None,
        "claims": [_claim(claim, told=told) for claim in line.claims],
    }
