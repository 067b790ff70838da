"""API of the accounts: benefits, runs, bank, payments, statements, arrears."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from ninja import File, Form, Query, UploadedFile

from common import clock
from common.periods import Month
from leases.models import Household, Lease
from office.access import Access, Data
from office.actor import Actor, actor_on
from office.api_base import (
    MEBIBYTE,
    HouseRouter,
    IdempotencyKey,
    Page,
    PageQuery,
    by_matrix,
    filtered,
    found,
    page_of,
    ref,
    referred,
    span_of,
)
from office.enums import OrganisationKind, Role, TokenScope
from office.models import Organisation
from rent_ledger import perms
from rent_ledger.bank_formats.detect import check_size
from rent_ledger.bank_formats.model import MAX_BYTES
from rent_ledger.enums import DEBT_KINDS
from rent_ledger.filters import ALL_WORD, ARREARS_SORTS, TO_DECIDE_WORD, ArrearsFilter
from rent_ledger.models import (
    Account,
    ArrearsCase,
    BankLine,
    BankStatement,
    BenefitRight,
    Match,
    Payment,
    RentDemand,
    RentRun,
)
from rent_ledger.schemas import (
    AcceptIn,
    AccountQuery,
    AccountShown,
    AccountStatementShown,
    ArrearsPage,
    ArrearsQuery,
    ArrearsTotals,
    BankFileOptions,
    BankLineQuery,
    BankLineShown,
    BenefitEndIn,
    BenefitRightIn,
    BenefitRightShown,
    CaseDetail,
    DecisionIn,
    DecisionShown,
    DemandShown,
    ExplanationShown,
    HelpRequestShown,
    ImportShown,
    LeaveIn,
    ObstacleShown,
    PaymentIn,
    PaymentShown,
    PlaceIn,
    PreviewQuery,
    RunDetail,
    RunIn,
    RunListed,
    RunPreviewShown,
    StatementListed,
    StatementQuery,
)
from rent_ledger.selectors.arrears import arrears_for, cases_for, explain_proposals, lane_totals, rows_of
from rent_ledger.selectors.bank_known import bank_knowledge
from rent_ledger.selectors.explain import explain_debt
from rent_ledger.selectors.runs import preview, run_totals
from rent_ledger.selectors.statement import statement
from rent_ledger.services import arrears, benefits, inbox, payments, runs
from rent_ledger.services.accounts import tenant_accounts
from rent_ledger.services.bank import ImportReport, confirm_statement, import_bank_file
from rent_ledger.services.detection import weigh_account

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)

MANAGER = (Role.RENTAL_MANAGER,)
READERS = by_matrix(Data.LEDGER, Access.FULL)
CASE_READERS = by_matrix(Data.ARREARS_CAUSE, Access.FULL)
SORTS = {
    "since": "depuis",
    "debt": "solde",
    "terms": "termes",
    "last_payment": "paiement",
    "household": "menage",
}
VIEWS = {"changed": "differents", "same": "identiques", "all": "tous"}


def _month(text: str) -> Month:
    return Month.parse(text)


# -- benefits -------------------------------------------------------------------------------------------------------


def _right(row: BenefitRight) -> dict[str, Any]:
    return {
        "id": row.pk,
        "payer": ref(row.payer),
        "kind": row.kind,
        "beneficiary_number": row.beneficiary_number,
        "amount": row.amount,
        "is_direct": row.is_direct,
        "period": span_of(row.period),
        "reason": row.reason,
    }


@router.reads("/leases/{lease_id}/benefit-rights", response=list[BenefitRightShown], roles=READERS)
def list_benefit_rights(request: HttpRequest, lease_id: int) -> Any:
    """The benefits of a contract, oldest first."""
    lease = found(Lease.objects.visible_to(actor_on(request)), lease_id)
    return [_right(row) for row in lease.benefit_rights.select_related("payer").order_by("period", "id")]


@router.writes("/leases/{lease_id}/benefit-rights", response=BenefitRightShown, roles=MANAGER, status=201)
def set_benefit_right(request: HttpRequest, lease_id: int, data: BenefitRightIn) -> Any:
    """A right from a day on; the one in force that day ends there."""
    actor = actor_on(request)
    payers = Organisation.objects.filter(roles__kind=OrganisationKind.BENEFIT_PAYER)
    right = benefits.set_right(
        actor=actor,
        lease=found(Lease.objects.visible_to(actor), lease_id),
        payer=referred(payers, data.payer_id, field="payer_id"),
        **data.dict(exclude={"payer_id"}),
    )
    return _right(right)


@router.writes("/benefit-rights/{right_id}/end", response=BenefitRightShown, roles=MANAGER)
def end_benefit_right(request: HttpRequest, right_id: int, data: BenefitEndIn) -> Any:
    """The right ends: `on` is the first day without it."""
    actor = actor_on(request)
    row = found(BenefitRight.objects.filter(lease__in=Lease.objects.visible_to(actor)), right_id)
    return _right(benefits.end_right(right_id=row.pk, actor=actor, **data.dict()))


# -- runs -----------------------------------------------------------------------------------------------------------


def _run_listed(row: RentRun) -> dict[str, Any]:
    return {
        "id": row.pk,
        "month": str(Month.of(row.month)),
        "state": row.state,
        "launched_at": row.launched_at,
        "author": ref(row.author),
    }


def _runs() -> "QuerySet[RentRun, RentRun]":
    return RentRun.objects.select_related("job", "author")


def _run(pk: int) -> dict[str, Any]:
    row = found(_runs(), pk)
    totals = run_totals(row)
    return _run_listed(row) | {
        "job": row.job,
        "issued": totals.issued,
        "cancelled": totals.cancelled,
        "sent": totals.sent,
        "gross": totals.gross,
        "benefit": totals.benefit,
        "net": totals.net,
    }


@router.reads("/rent-runs/preview", response=RunPreviewShown, roles=MANAGER)
def preview_rent_run(request: HttpRequest, query: Query[PreviewQuery]) -> Any:
    """What a run of a month would ask, lease by lease, with the difference from the month before. Writes nothing."""
    seen = preview(_month(query.month))
    rows = seen.pick(view=VIEWS[query.show], group="", text=query.q)
    return page_of(rows, query, list) | {
        "month": query.month,
        "to_make": seen.draft_count,
        "to_ask": seen.drafted,
        "made": seen.made_count,
        "held": [row.blocked for row in seen.blocked],
    }


@router.reads("/rent-runs", response=Page[RunListed], roles=MANAGER)
def list_rent_runs(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """Runs, newest first."""
    return page_of(_runs().order_by("-id"), query, lambda page: [_run_listed(row) for row in page])


@router.writes(
    "/rent-runs",
    response=RunDetail,
    roles=MANAGER,
    status=201,
    errors={409: ("run_in_progress",), 422: ("nothing_to_bill",)},
)
def launch_rent_run(request: HttpRequest, data: RunIn) -> Any:
    """Start the run of a month, as a job to follow. What has its demand already is not billed again."""
    made = runs.launch_run(month=_month(data.month), actor=actor_on(request), lease_ids=data.lease_ids)
    return _run(made.pk)


@router.reads("/rent-runs/{run_id}", response=RunDetail, roles=MANAGER)
def read_rent_run(request: HttpRequest, run_id: int) -> Any:
    """A run while it goes and after."""
    return _run(run_id)


@router.reads("/rent-runs/{run_id}/demands", response=Page[DemandShown], roles=MANAGER)
def list_rent_run_demands(request: HttpRequest, run_id: int, query: Query[PageQuery]) -> Any:
    """The demands of a run, by household."""
    rows = found(_runs(), run_id).demands.select_related("lease__household", "run")
    return page_of(
        rows.order_by("lease__household__sort_key", "id"), query, lambda page: [_demand(row) for row in page]
    )


def _demand(row: RentDemand) -> dict[str, Any]:
    return {
        "id": row.pk,
        "reference": row.reference,
        "lease_id": row.lease_id,
        "household": ref(row.lease.household),
        "state": row.state,
        "kind": row.kind,
        "due_on": row.due_on,
        "gross": row.gross,
        "benefit": row.benefit,
        "net": row.net,
    }


@router.reads("/rent-runs/{run_id}/obstacles", response=list[ObstacleShown], roles=MANAGER)
def list_rent_run_obstacles(request: HttpRequest, run_id: int) -> Any:
    """What stands in the way of an undo, by name; empty where it can be undone."""
    return runs.obstacles(found(_runs(), run_id))


@router.writes("/rent-runs/{run_id}/undo", response=RunDetail, roles=MANAGER, errors={409: ("run_stuck",)})
def undo_rent_run(request: HttpRequest, run_id: int) -> Any:
    """Cancel the run's demands and post their reversals, as a job."""
    runs.undo_run(run=found(_runs(), run_id), actor=actor_on(request))
    return _run(run_id)


# -- bank -----------------------------------------------------------------------------------------------------------


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
    roles=MANAGER,
    status=201,
    errors={
        409: ("same_file", "import_in_progress", "other_format"),
        422: ("unreadable_file", "file_too_big", "hostile_file", "statement_refused"),
    },
    max_body=MAX_BYTES + MEBIBYTE,
)
def import_bank_statement(request: HttpRequest, file: File[UploadedFile], options: Form[BankFileOptions]) -> Any:
    """Import a bank file (camt.053, CFONB 120), whole or not at all; its lines are matched and entered.

    A file that is too big is refused by its announced length, unread. A statement whose balances do not add up is set
    aside until a person confirms.
    """
    name = file.name or ""
    check_size(file.size or 0, filename=name)
    report = import_bank_file(
        data=file.read(),
        name=name,
        actor=actor_on(request),
        accept_gap=options.accept_gap,
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
    }


@router.reads("/bank-statements", response=Page[StatementListed], roles=MANAGER)
def list_bank_statements(request: HttpRequest, query: Query[StatementQuery]) -> Any:
    """Statements, newest first; `ASIDE` waits for a person because of its gap."""
    rows = BankStatement.objects.select_related("bank_account", "file").defer("raw")
    if query.state:
        rows = rows.filter(state=query.state)
    return page_of(rows.order_by("-last_day", "-id"), query, lambda page: [_statement_listed(row) for row in page])


@router.writes(
    "/bank-statements/{statement_id}/confirm",
    response=ImportShown,
    roles=MANAGER,
    errors={409: ("import_in_progress", "other_format"), 422: ("unreadable_file", "statement_refused")},
)
def confirm_bank_statement(request: HttpRequest, statement_id: int) -> Any:
    """Take a statement that was set aside, with its gap, under one's own name."""
    row = found(BankStatement.objects.defer("raw"), statement_id)
    return _report(confirm_statement(statement_id=row.pk, actor=actor_on(request)))


def _lines() -> "QuerySet[BankLine, BankLine]":
    live = Match.objects.filter(undone_at=None).select_related("account__household").order_by("id")
    return BankLine.objects.prefetch_related(Prefetch("matches", queryset=live, to_attr="live_matches"))


def _facts(reasons: Any) -> list[dict[str, Any]]:
    return [{"text": str(fact.get("text", "")), "ok": bool(fact.get("ok"))} for fact in reasons]


def _line(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "statement_id": row.statement_id,
        "booking_day": row.booking_day,
        "value_day": row.value_day,
        "amount": row.amount,
        "label": row.label,
        "counterparty_name": row.counterparty_name,
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


@router.reads("/bank-lines", response=Page[BankLineShown], roles=MANAGER)
def list_bank_lines(request: HttpRequest, query: Query[BankLineQuery]) -> Any:
    """Bank lines with where they were laid, or might be, and why; newest first."""
    rows = _lines()
    if query.state:
        rows = rows.filter(state=query.state)
    if query.statement_id is not None:
        rows = rows.filter(statement_id=query.statement_id)
    return page_of(rows.order_by("-booking_day", "-id"), query, lambda page: [_line(row) for row in page])


@router.reads("/bank-lines/{line_id}", response=BankLineShown, roles=MANAGER)
def read_bank_line(request: HttpRequest, line_id: int) -> Any:
    """One bank line."""
    return _line(found(_lines(), line_id))


DECIDED = {409: ("line_decided",)}


@router.writes("/bank-lines/{line_id}/accept", response=BankLineShown, roles=MANAGER, errors=DECIDED)
def accept_bank_line(request: HttpRequest, line_id: int, data: AcceptIn) -> Any:
    """Accept the proposal that was seen: the money lies on its account."""
    row = found(BankLine.objects.all(), line_id)
    match = referred(row.matches.all(), data.match_id, field="match_id")
    inbox.accept_match(match_id=match.pk, actor=actor_on(request))
    return _line(found(_lines(), line_id))


def _place(actor: Actor, *, account_id: int | None, lease_id: int | None) -> int:
    """The id of the account meant; a lease that was never billed gets its account."""
    if lease_id is not None:
        lease = referred(Lease.objects.visible_to(actor).exclude(state="DRAFT"), lease_id, field="lease_id")
        return tenant_accounts([lease.pk])[lease.pk]
    assert account_id is not None
    return int(referred(Account.objects.filter(kind__in=DEBT_KINDS), account_id, field="account_id").pk)


@router.writes("/bank-lines/{line_id}/place", response=BankLineShown, roles=MANAGER, errors=DECIDED)
def place_bank_line(request: HttpRequest, line_id: int, data: PlaceIn) -> Any:
    """Lay a waiting line on one account, or share it between several."""
    actor = actor_on(request)
    row = found(BankLine.objects.all(), line_id)
    with transaction.atomic():
        shares = [(_place(actor, account_id=s.account_id, lease_id=s.lease_id), s.amount) for s in data.shares]
        inbox.place_line(line_id=row.pk, shares=shares, actor=actor)
    return _line(found(_lines(), line_id))


@router.writes("/bank-lines/{line_id}/undo", response=BankLineShown, roles=MANAGER, errors=DECIDED)
def undo_bank_line(request: HttpRequest, line_id: int) -> Any:
    """Take a line back from where it was laid: it waits again, the debts stand again."""
    inbox.undo_match(line_id=found(BankLine.objects.all(), line_id).pk, actor=actor_on(request))
    return _line(found(_lines(), line_id))


@router.writes("/bank-lines/{line_id}/leave", response=BankLineShown, roles=MANAGER, errors=DECIDED)
def leave_bank_line(request: HttpRequest, line_id: int, data: LeaveIn) -> Any:
    """Say that a waiting line is no rent."""
    row = found(BankLine.objects.all(), line_id)
    inbox.leave_line(line_id=row.pk, reason=data.reason, actor=actor_on(request))
    return _line(found(_lines(), line_id))


# -- payments -------------------------------------------------------------------------------------------------------


@router.writes("/payments", response=PaymentShown, roles=MANAGER, status=201, errors={409: ("key_reused",)})
def take_payment(request: HttpRequest, idempotency_key: IdempotencyKey, data: PaymentIn) -> Any:
    """Money taken at the desk, laid on the account's debts. The same key again gives the first payment."""
    actor = actor_on(request)
    with transaction.atomic():
        account = Account.objects.get(pk=_place(actor, account_id=data.account_id, lease_id=data.lease_id))
        return payments.take_payment(
            account=account, request_key=idempotency_key, actor=actor,
            **data.dict(exclude={"account_id", "lease_id"}),
        )  # fmt: skip


@router.writes("/payments/{payment_id}/cancel", response=PaymentShown, roles=MANAGER)
def cancel_payment(request: HttpRequest, payment_id: int) -> Any:
    """Undo a payment typed wrong: its debts stand again, its number stays taken."""
    row = found(Payment.objects.all(), payment_id)
    payments.cancel_payment(payment_id=row.pk, actor=actor_on(request))
    return row


# -- accounts -------------------------------------------------------------------------------------------------------


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


@router.reads("/accounts", response=Page[AccountShown], roles=READERS)
def list_accounts(request: HttpRequest, query: Query[AccountQuery]) -> Any:
    """Accounts of what households owe, of a lease or a household where asked."""
    rows = _accounts()
    if query.lease_id is not None:
        rows = rows.filter(lease_id=query.lease_id)
    if query.household_id is not None:
        rows = rows.filter(
            household__in=Household.objects.visible_to(actor_on(request)), household_id=query.household_id
        )
    return page_of(rows.order_by("id"), query, lambda page: [_account(row) for row in page])


@router.reads("/accounts/{account_id}", response=AccountShown, roles=READERS)
def read_account(request: HttpRequest, account_id: int) -> Any:
    """One account, with what it owes today."""
    return _account(found(_accounts(), account_id))


@router.reads("/accounts/{account_id}/statement", response=AccountStatementShown, roles=READERS)
def read_account_statement(
    request: HttpRequest, account_id: int, year: int | None = None, on: date | None = None
) -> Any:
    """The lines of an account, oldest first, up to a day (today), of one year or all."""
    return statement(found(_accounts(), account_id).pk, day=on or clock.today(), year=year)


@router.reads("/accounts/{account_id}/debt-explanation", response=ExplanationShown, roles=READERS)
def explain_account_debt(request: HttpRequest, account_id: int, on: date | None = None) -> Any:
    """Where the debt of a day (today) comes from: each unpaid month, what was billed, what was laid on it and why."""
    return explain_debt(found(_accounts(), account_id).pk, on or clock.today(), actor_on(request))


# -- arrears --------------------------------------------------------------------------------------------------------


def _banks() -> Any:
    return bank_knowledge(day=clock.today()).accounts


def _arrears_line(row: Any) -> dict[str, Any]:
    lease = row.account.lease
    return {
        "account_id": row.pk,
        "case_id": row.case_id,
        "household": ref(row.account.household),
        "lease_reference": lease.reference if lease else None,
        "debt": row.debt,
        "arrears": row.arrears,
        "aid_pending": row.aid_pending,
        "terms": row.terms,
        "oldest_due": row.oldest_due,
        "last_payment_on": row.last_payment_on,
        "lane": row.lane,
        "action": row.action or None,
        "reason": row.reason,
    }


@router.reads("/arrears", response=ArrearsPage, roles=CASE_READERS)
def list_arrears(request: HttpRequest, query: Query[ArrearsQuery]) -> Any:
    """Accounts in arrears with the one proposed action and its reason: the figures of the page."""
    word = TO_DECIDE_WORD if query.to_decide else ALL_WORD
    rows = filtered(
        ArrearsFilter, arrears_for(actor_on(request)), request, situation=word, cadre=query.lease_kind, q=query.q
    )
    if query.lane:
        rows = rows.filter(lane=query.lane)
    sign = "-" if query.descending else ""
    first, *rest = ARREARS_SORTS[SORTS[query.sort]]
    pks = rows.order_by(sign + first, *rest).values_list("pk", flat=True)
    return page_of(pks, query, lambda page: [_arrears_line(row) for row in rows_of(page)]) | {"banks": _banks()}


@router.reads("/arrears/totals", response=ArrearsTotals, roles=READERS)
def read_arrears_totals(request: HttpRequest) -> Any:
    """Every lane with its number of accounts and what they owe, without names."""
    return {"lanes": lane_totals(), "banks": _banks()}


def _case_row(request: HttpRequest, pk: int) -> ArrearsCase:
    return found(cases_for(actor_on(request)), pk)


@router.reads("/arrears/cases/{case_id}", response=CaseDetail, roles=CASE_READERS)
def read_arrears_case(request: HttpRequest, case_id: int) -> Any:
    """A case: what is owed, the proposed action and why, the legal track, pauses, decisions, answers."""
    actor, day = actor_on(request), clock.today()
    row = _case_row(request, case_id)
    account, lease = row.account, row.account.lease
    proposal = explain_proposals([account.pk], day=day).get(account.pk) if row.closed_on is None else None
    knowledge = bank_knowledge(day=day)
    request_open = arrears.open_requests([row.pk]).get(row.pk)
    decisions = row.decisions.select_related("author").order_by("id")
    return {
        "id": row.pk,
        "account_id": account.pk,
        "household": ref(account.household),
        "lease_id": account.lease_id,
        "opened_on": row.opened_on,
        "first_default_on": row.first_default_on,
        "opening_debt": row.opening_debt,
        "regime": row.regime,
        "constituted_on": row.constituted_on,
        "report_due_on": row.report_due_on,
        "reported_on": row.reported_on,
        "closed_on": row.closed_on,
        "state": getattr(account, "state", None),
        "action": (proposal.action or None) if proposal else None,
        "reason": proposal.reason if proposal else "",
        "trace": list(proposal.trace) if proposal else [],
        "legal": weigh_account(account_id=account.pk, day=day) if lease else None,
        "bank_known_until": knowledge.until(lease.bank_account_id, lease.collected_for) if lease else None,
        "holds": list(row.letter_holds.order_by("id")),
        "decisions": [_decision(decision) for decision in decisions],
        "answers": list(row.social_answers.order_by("id")) if perms.can_read_answers(actor) else None,
        "open_request": request_open,
    }


def _decision(row: Any) -> dict[str, Any]:
    names = ("id", "proposed", "decision", "action", "reason", "decided_at")
    return {name: getattr(row, name) for name in names} | {"author": ref(row.author)}


@router.writes("/arrears/cases/{case_id}/help-request", response=HelpRequestShown, roles=perms.DECIDERS, status=201)
def request_social_help(request: HttpRequest, case_id: int) -> Any:
    """Ask the social service. A request that has had no answer is given back as it is."""
    return arrears.request_help(case=_case_row(request, case_id), actor=actor_on(request))


@router.writes("/arrears/cases/{case_id}/decisions", response=DecisionShown, roles=perms.DECIDERS, status=201)
def decide_arrears_case(request: HttpRequest, case_id: int, data: DecisionIn) -> Any:
    """Confirm, change, refuse or pause the proposed action."""
    made = arrears.decide(
        case=_case_row(request, case_id),
        decision=data.decision,
        action=data.action or "",
        reason=data.reason,
        pause_until=data.pause_until,
        expected=data.expected or "",
        actor=actor_on(request),
    )
    return _decision(made)
