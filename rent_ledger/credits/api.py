"""API of the credits of households: read only. They are decided on the site, and the file for the bank is there."""

from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from ninja import Query

from common import clock
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write, can
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, PageQuery, found, paged, ref
from rent_ledger.books.codes import DEBT_KINDS
from rent_ledger.books.models import Account
from rent_ledger.credits.models import CreditChoice, RefundFile, RefundTransfer
from rent_ledger.credits.parameters import look_days
from rent_ledger.credits.queries import Credit, credits_on
from rent_ledger.credits.schemas import CreditDetail, CreditQuery, CreditShown, RefundFileShown
from rent_ledger.credits.services.credits import credit_of

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)

_OF_CREDIT = (
    "account_id", "amount", "since", "paid", "aid", "corrected", "is_gone", "standing", "choice_id", "until", "asked",
    "refunded",
)  # fmt: skip
_OF_CHOICE = ("use", "until", "amount", "recorded_at", "replaced_at", "undone_at")
_OF_FILE = ("reference", "execute_on", "count", "total", "sha256", "made_at", "handed_at", "withdrawn_at")


def _credit(row: Credit) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_CREDIT} | {
        "household": {"id": row.household_id, "name": row.name} if row.household_id else None,
        "lease_reference": row.reference or None,
    }


def _end(iban: str) -> str:
    return iban[-4:]


def _choice(row: CreditChoice, *, pays: bool) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_CHOICE} | {
        "id": row.pk,
        "iban_end": _end(row.iban) if pays and row.is_refund else None,
        "author": ref(row.author),
        "undone_by": ref(row.undone_by),
    }


@router.reads("/credits", response=Page[CreditShown], needs=Read(Data.LEDGER))
def list_credits(request: HouseRequest, query: Query[CreditQuery]) -> Any:
    """Accounts with a credit, with where it comes from, what waits for a decision first."""
    day = clock.today()
    rows = credits_on(day, days=look_days(day))
    shown = [row for row in rows if query.standing in (None, row.standing)]
    return paged(shown, query, lambda page: [_credit(row) for row in page])


@router.reads("/accounts/{account_id}/credit", response=CreditDetail, needs=Read(Data.LEDGER))
def read_credit(request: HouseRequest, account_id: int) -> Any:
    """What an account has free, and what was decided of it. `not_found` where it never had anything to decide."""
    account = found(Account.objects.filter(kind__in=DEBT_KINDS), account_id)
    credit = credit_of(account.pk)
    choices = list(account.credit_choices.select_related("author", "undone_by"))
    if credit is None and not choices:
        raise Http404
    pays = can(request.actor, Write(Data.PAYMENT))
    return {
        "account_id": account.pk,
        "credit": _credit(credit) if credit else None,
        "choices": [_choice(row, pays=pays) for row in choices],
    }


def _file(row: RefundFile) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_FILE} | {
        "id": row.pk,
        "bank_account": ref(row.bank_account),
        "transfers": [
            {
                "id": one.pk,
                "choice_id": one.choice_id,
                "account_id": one.choice.account_id,
                "name": one.name,
                "iban_end": _end(one.choice.iban),
                "amount": one.amount,
                "is_live": one.is_live,
            }
            for one in row.transfers.all()
        ],
    }


@router.reads("/refund-files", response=Page[RefundFileShown], needs=Write(Data.PAYMENT))
def list_refund_files(request: HouseRequest, query: Query[PageQuery]) -> Any:
    """The files of transfers that pay refunds, the latest first. The file itself, whose IBANs are whole, is on the
    site."""
    transfers = Prefetch("transfers", RefundTransfer.objects.select_related("choice"))
    rows = RefundFile.objects.select_related("bank_account").defer("content").prefetch_related(transfers)
    return paged(rows, query, lambda page: [_file(row) for row in page])
