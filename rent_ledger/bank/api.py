"""API of the bank."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from ninja import File, Form, Query, UploadedFile

from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import (
    MEBIBYTE,
    HouseRouter,
    Page,
    found,
    paged,
    ref,
    referred,
)
from rent_ledger.bank.formats.detect import check_size
from rent_ledger.bank.formats.model import MAX_BYTES
from rent_ledger.bank.models import BankLine, BankStatement, Match
from rent_ledger.bank.schemas import (
    AcceptIn,
    BankFileOptions,
    BankLineQuery,
    BankLineShown,
    ImportShown,
    LeaveIn,
    PlaceIn,
    StatementListed,
    StatementQuery,
    TieIn,
    WithdrawIn,
)
from rent_ledger.bank.services import inbox
from rent_ledger.bank.services.bank import ImportReport, confirm_statement, import_bank_file
from rent_ledger.bank.services.benefit_credits import tie_credit
from rent_ledger.bank.services.withdrawal import withdraw_statement
from rent_ledger.benefits.models import BenefitStatement
from rent_ledger.books.api import account_meant
from rent_ledger.matching.reasons import said

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)


def _report(report: ImportReport) -> dict[str, Any]:
    return {
        "file_id": report.file_id,
        "format": report.format,
        "is_written": report.wet,
        "new": report.new,
        "known": report.known,
        "sure": report.sure,
        "proposed": report.proposed,
        "to_place": report.to_place,
        "other": report.other,
        "statements": report.statements,
    }


@router.writes(
    "/bank-files",
    response=ImportShown,
    needs=Write(Data.BANK),
    status=201,
    errors={
        409: ("same_file", "import_in_progress", "other_format"),
        422: ("unreadable_file", "file_too_big", "hostile_file", "statement_refused"),
    },
    max_body=MAX_BYTES + MEBIBYTE,
)
def import_bank_statement(request: HouseRequest, file: File[UploadedFile], options: Form[BankFileOptions]) -> Any:
    """Import a bank file (camt.053, CFONB 120), whole or not at all; its lines are matched and entered.

    A file that is too big is refused by its announced length, unread. A statement whose balances do not add up is set
    aside until a person confirms.
    """
    name = file.name or ""
    check_size(file.size or 0, filename=name)
    report = import_bank_file(
        data=file.read(),
        name=name,
        actor=request.actor,
        accept_gap=options.accept_gap,
        leave_unknown=options.leave_unknown,
        wet=not options.dry_run,
    )
    return _report(report)


def _statement_listed(row: BankStatement) -> dict[str, Any]:
    return {
        "id": row.pk,
        "bank_account": ref(row.bank_account),
        "file": row.file.name,
        "first_day": row.first_day,
        "last_day": row.last_day,
        "opening": row.opening,
        "closing": row.closing,
        "entries": row.entries,
        "gap": row.gap,
        "state": row.state,
        "withdrawn_why": row.withdrawn_why,
    }


@router.reads("/bank-statements", response=Page[StatementListed], needs=Read(Data.BANK))
def list_bank_statements(request: HouseRequest, query: Query[StatementQuery]) -> Any:
    """Statements, newest first; `ASIDE` waits for a person because of its gap."""
    rows = BankStatement.objects.select_related("bank_account", "file").defer("raw")
    if query.state:
        rows = rows.filter(state=query.state)
    return paged(rows.order_by("-last_day", "-id"), query, lambda page: [_statement_listed(row) for row in page])


@router.writes(
    "/bank-statements/{statement_id}/confirm",
    response=ImportShown,
    needs=Write(Data.BANK),
    errors={409: ("import_in_progress", "other_format"), 422: ("unreadable_file", "statement_refused")},
)
def confirm_bank_statement(request: HouseRequest, statement_id: int) -> Any:
    """Take a statement that was set aside, with its gap, under one's own name."""
    row = found(BankStatement.objects.defer("raw"), statement_id)
    return _report(confirm_statement(statement_id=row.pk, actor=request.actor))


@router.writes(
    "/bank-statements/{statement_id}/withdraw",
    response=StatementListed,
    needs=Write(Data.BANK),
    errors={409: ("import_in_progress", "statement_stands")},
)
def withdraw_bank_statement(request: HouseRequest, statement_id: int, data: WithdrawIn) -> Any:
    """Take out a statement that was wrong, accepted or set aside, with all that it brought. Its file may come again."""
    row = found(BankStatement.objects.defer("raw"), statement_id)
    withdraw_statement(statement_id=row.pk, reason=data.reason, actor=request.actor)
    return _statement_listed(found(BankStatement.objects.select_related("bank_account", "file").defer("raw"), row.pk))


def _lines() -> "QuerySet[BankLine, BankLine]":
    live = Match.objects.filter(undone_at=None).select_related("account__household").order_by("id")
    return BankLine.objects.prefetch_related(Prefetch("matches", queryset=live, to_attr="live_matches"))


def _facts(reasons: Any) -> list[dict[str, Any]]:
    return [{"code": fact.reason.code, "text": fact.reason.text(), "ok": fact.ok} for fact in said(reasons)]


def _line(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "statement_id": row.statement_id,
        "booking_day": row.booking_day,
        "value_day": row.value_day,
        "amount": row.amount,
        "label": row.label,
        "counterparty_name": row.counterparty_name,
        "ultimate_name": row.ultimate_name,
        "structured_reference": row.structured_reference,
        "is_return": row.is_return,
        "state": row.state,
        "reasons": _facts(row.reasons),
        "matches": [
            {
                "id": match.pk,
                "account_id": match.account_id,
                "account": match.account.household.name if match.account.household else match.account.label,
                "amount": match.amount,
                "rule": match.rule,
                "reasons": _facts(match.reasons),
                "is_accepted": match.is_accepted,
            }
            for match in row.live_matches
        ],
    }


@router.reads("/bank-lines", response=Page[BankLineShown], needs=Read(Data.BANK))
def list_bank_lines(request: HouseRequest, query: Query[BankLineQuery]) -> Any:
    """Bank lines with the accounts they are placed on or proposed for, and why; newest first."""
    rows = _lines()
    if query.state:
        rows = rows.filter(state=query.state)
    if query.statement_id is not None:
        rows = rows.filter(statement_id=query.statement_id)
    return paged(rows.order_by("-booking_day", "-id"), query, lambda page: [_line(row) for row in page])


@router.reads("/bank-lines/{line_id}", response=BankLineShown, needs=Read(Data.BANK))
def read_bank_line(request: HouseRequest, line_id: int) -> Any:
    """One bank line."""
    return _line(found(_lines(), line_id))


DECIDED = {409: ("line_decided",)}


@router.writes("/bank-lines/{line_id}/accept", response=BankLineShown, needs=Write(Data.BANK), errors=DECIDED)
def accept_bank_line(request: HouseRequest, line_id: int, data: AcceptIn) -> Any:
    """Accept the proposal that was seen: the money is placed on its account."""
    row = found(BankLine.objects.all(), line_id)
    match = referred(row.matches.all(), data.match_id, field="match_id")
    inbox.accept_match(match_id=match.pk, actor=request.actor)
    return _line(found(_lines(), line_id))


@router.writes("/bank-lines/{line_id}/place", response=BankLineShown, needs=Write(Data.BANK), errors=DECIDED)
def place_bank_line(request: HouseRequest, line_id: int, data: PlaceIn) -> Any:
    """Place a waiting line on one account, or split it between several."""
    actor = request.actor
    row = found(BankLine.objects.all(), line_id)
    with transaction.atomic():
        shares = [(account_meant(actor, account_id=s.account_id, lease_id=s.lease_id), s.amount) for s in data.shares]
        inbox.place_line(line_id=row.pk, shares=shares, actor=actor, outgoing=data.outgoing)
    return _line(found(_lines(), line_id))


@router.writes("/bank-lines/{line_id}/undo", response=BankLineShown, needs=Write(Data.BANK), errors=DECIDED)
def undo_bank_line(request: HouseRequest, line_id: int) -> Any:
    """Undo the placement of a line: it waits again, the debts are open again."""
    inbox.undo_match(line_id=found(BankLine.objects.all(), line_id).pk, actor=request.actor)
    return _line(found(_lines(), line_id))


@router.writes(
    "/bank-lines/{line_id}/benefit-statement",
    response=BankLineShown,
    needs=Write(Data.BANK),
    errors={409: ("line_decided", "credit_known")},
)
def tie_bank_line(request: HouseRequest, line_id: int, data: TieIn) -> Any:
    """Say that a waiting line is the credit of a bordereau. `undo` takes it back."""
    row = found(BankLine.objects.all(), line_id)
    statement = referred(BenefitStatement.objects.all(), data.benefit_statement_id, field="benefit_statement_id")
    tie_credit(line_id=row.pk, statement_id=statement.pk, actor=request.actor)
    return _line(found(_lines(), line_id))


@router.writes("/bank-lines/{line_id}/leave", response=BankLineShown, needs=Write(Data.BANK), errors=DECIDED)
def leave_bank_line(request: HouseRequest, line_id: int, data: LeaveIn) -> Any:
    """Say that a waiting line is no rent."""
    row = found(BankLine.objects.all(), line_id)
    inbox.leave_line(line_id=row.pk, reason=data.reason, actor=request.actor)
    return _line(found(_lines(), line_id))
