"""Finding arrears: cases opened, constituted by law and closed, for all accounts by a constant number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from common import clock
from common.errors import Conflict
from leases.enums import LeaseKind
from office.actor import Actor
from office.parameters import Params, params_on
from office.wake import wake
from rent_ledger import parameters
from rent_ledger.enums import Lane
from rent_ledger.models import AccountState, ArrearsCase
from rent_ledger.rules.legal import LEASE, OCCUPANCY, CountedItem, Detection, LegalParams, detect, regime_on
from rent_ledger.rules.natures import BENEFIT_THRESHOLD_NATURES
from rent_ledger.selectors.bank_known import BankKnowledge, BankKnown, bank_knowledge
from rent_ledger.services import projections
from rent_ledger.services.lanes import refresh_lanes

# One run of the detection at a time: "ARRE" in ASCII.
_LOCK = 0x41525245

# Open debts as they stand now.
_ITEMS_NOW = """
    SELECT o.posting_id, o.account_id, o.remaining, o.due_on, o.nature FROM rent_ledger_openitem o
    WHERE o.is_debit AND o.due_on <= %(day)s
"""
# Open debts as they stood on a past day: what took effect later is left out. An allocation undone since was still
# there, so its opposite row counts only from the day on which it was written.
_ITEMS_THEN = """
    SELECT p.id AS posting_id, p.debit_id AS account_id, p.amount - coalesce(laid.amount, 0) AS remaining, p.due_on,
        p.nature
    FROM rent_ledger_posting p
    LEFT JOIN (
        SELECT a.debit_posting_id AS id, sum(a.amount) AS amount
        FROM rent_ledger_allocation a JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
        WHERE c.effective_on <= %(day)s AND (a.amount > 0 OR a."on" <= %(day)s) GROUP BY 1
    ) laid USING (id)
    WHERE p.debit_id >= 1000 AND p.effective_on <= %(day)s AND p.due_on <= %(day)s
      AND p.amount > coalesce(laid.amount, 0)
"""
# One row per account with something due, or with an open case.
_ACCOUNTS = """
WITH items AS ({items}), sums AS (
    SELECT i.account_id, sum(i.remaining) AS debt,
        sum(i.remaining) FILTER (WHERE i.due_on < %(day)s AND h.posting_id IS NULL) AS arrears,
        min(i.due_on) FILTER (WHERE i.due_on < %(day)s AND h.posting_id IS NULL) AS oldest_due
    FROM items i
    LEFT JOIN rent_ledger_debthold h ON h.posting_id = i.posting_id AND h.period @> %(day)s::date
    GROUP BY i.account_id
), cases AS (
    SELECT c.id, c.account_id, c.opened_on, c.constituted_on FROM rent_ledger_arrearscase c
    WHERE c.closed_on IS NULL
)
SELECT a.id AS account_id, coalesce(s.debt, 0) AS debt, coalesce(s.arrears, 0) AS arrears, s.oldest_due,
    c.id AS case_id, c.opened_on, c.constituted_on, l.kind AS lease_kind, l.bank_account_id, l.collected_for,
    hh.name
FROM sums s FULL JOIN cases c USING (account_id) JOIN rent_ledger_account a ON a.id = account_id
LEFT JOIN leases_lease l ON l.id = a.lease_id LEFT JOIN leases_household hh ON hh.id = a.household_id
WHERE a.kind IN ('TENANT', 'PRIOR') AND (c.id IS NOT NULL OR s.arrears > 0) AND {scope}
ORDER BY a.id
"""
_COUNTED = """
WITH items AS ({items})
SELECT i.account_id, i.due_on, i.nature, sum(i.remaining)
FROM items i LEFT JOIN rent_ledger_debthold h ON h.posting_id = i.posting_id AND h.period @> %(day)s::date
WHERE i.account_id = ANY(%(ids)s) AND i.nature = ANY(%(natures)s) AND h.posting_id IS NULL
GROUP BY i.account_id, i.due_on, i.nature ORDER BY i.account_id, i.due_on, i.nature
"""
# Monthly rent and charges of the contract (gross), and what of it the payer gives us directly, as in force on the day
# or on the last day of the contract. The last demand is no base: a month of entry or exit is a part of a month.
_MONTHLY = """
SELECT s.account_id, coalesce(terms.amount, s.gross_term),
    CASE WHEN terms.amount IS NULL THEN s.net_term ELSE greatest(terms.amount - coalesce(aid.amount, 0), 0) END,
    coalesce(aid.amount, 0) > 0
FROM rent_ledger_accountstate s JOIN rent_ledger_account a ON a.id = s.account_id
JOIN leases_lease l ON l.id = a.lease_id
CROSS JOIN LATERAL (SELECT least(%(day)s::date, coalesce(upper(l.period) - 1, %(day)s::date)) AS day) ref
LEFT JOIN LATERAL (
    SELECT sum(t.amount) AS amount FROM leases_rentterm t
    WHERE t.lease_id = l.id AND t.period @> ref.day AND t.nature IN ('RENT', 'CHARGES')
) terms ON true
LEFT JOIN LATERAL (
    SELECT r.amount FROM rent_ledger_benefitright r
    WHERE r.lease_id = l.id AND r.is_direct AND r.period @> ref.day
) aid ON true
WHERE s.account_id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One account of a report. `on`: first default (opened), threshold (constituted), day (closed)."""

    account_id: int
    household: str
    debt: Decimal
    on: date
    regime: str = ""
    report_due_on: date | None = None


@dataclass(slots=True)
class DetectReport:
    """What was found, and written unless `dry`. `banks`: how far each bank account is known."""

    day: date
    dry: bool
    opened: list[CaseLine] = field(default_factory=list)
    constituted: list[CaseLine] = field(default_factory=list)
    closed: list[CaseLine] = field(default_factory=list)
    banks: list[BankKnown] = field(default_factory=list)


def detect_arrears(
    *, day: date, actor: Actor, dry: bool = False, account_ids: Sequence[int] | None = None
) -> DetectReport:
    """Open a case the day after the oldest unpaid due date, never beyond the day to which the account's bank is known;
    constitute by law; close what is at zero. Running it again the same day changes nothing.

    `dry` reads only, as of any day. Otherwise `day` is today: the past is not written again (`Conflict`).
    """
    if dry:
        return _run(day, dry=True, account_ids=account_ids)
    if day != clock.today():
        raise Conflict("La recherche des impayés n’écrit qu’à la date du jour. Pour une autre date, lisez seulement.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if account_ids is None:
            projections.roll(day=day)
        return _run(day, dry=False, account_ids=account_ids)


def last_run_day() -> date | None:
    """The day to which accounts and cases were last brought: nothing is written before it."""
    last: date | None = AccountState.objects.aggregate(last=Max("as_of"))["last"]
    return last


def _run(day: date, *, dry: bool, account_ids: Sequence[int] | None) -> DetectReport:
    known = bank_knowledge(day=day)
    params = params_on(day)
    legal = parameters.legal_params(day, params=params)
    items = _ITEMS_NOW if day >= clock.today() else _ITEMS_THEN
    rows = _accounts(day, items, account_ids)
    report = DetectReport(day=day, dry=dry, banks=known.accounts)

    to_open, to_close, to_weigh = [], [], []
    for row in rows:
        if row["case_id"] and row["debt"] <= 0:
            to_close.append(row)
            continue
        if row["case_id"] is None:
            until = known.until(row["bank_account_id"], row["collected_for"])
            if until is None or row["oldest_due"] >= until:
                continue
            to_open.append(row)
        if row["constituted_on"] is None and row["lease_kind"]:
            to_weigh.append(row)
    weighed = _weigh(to_weigh, day, items, known, legal)

    report.opened = [_line(row, row["oldest_due"] + timedelta(days=1)) for row in to_open]
    report.closed = [_line(row, day) for row in to_close]
    report.constituted = [
        _line(row, threshold, weighed[row["account_id"]])
        for row in to_weigh
        if (threshold := weighed[row["account_id"]].threshold_on)
    ]
    if not dry:
        _write(report, to_open, to_close, weighed, params, legal)
    return report


def _accounts(day: date, items: str, account_ids: Sequence[int] | None) -> list[dict[str, Any]]:
    sql_params: dict[str, Any] = {"day": day}
    scope = "true"
    if account_ids is not None:
        scope, sql_params["ids"] = "a.id = ANY(%(ids)s)", list(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS.format(items=items, scope=scope), sql_params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _weigh(
    rows: Sequence[dict[str, Any]], day: date, items: str, known: BankKnowledge, legal: LegalParams
) -> dict[int, Detection]:
    """The legal rule over these accounts, by account id."""
    if not rows:
        return {}
    ids = [row["account_id"] for row in rows]
    counted: defaultdict[int, list[CountedItem]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTED.format(items=items), {"day": day, "ids": ids, "natures": sorted(BENEFIT_THRESHOLD_NATURES)}
        )
        for account_id, due_on, nature, remaining in cursor.fetchall():
            counted[account_id].append(CountedItem(due_on, remaining, nature))
        cursor.execute(_MONTHLY, {"day": day, "ids": ids})
        monthly = {account: (gross, net, direct) for account, gross, net, direct in cursor.fetchall()}
    found = {}
    for row in rows:
        gross, net, direct = monthly.get(row["account_id"], (None, None, False))
        found[row["account_id"]] = detect(
            frame=OCCUPANCY if row["lease_kind"] == LeaseKind.OCCUPANCY else LEASE,
            day=day,
            bank_known_until=known.until(row["bank_account_id"], row["collected_for"]),
            items=counted[row["account_id"]],
            gross=gross,
            net=net,
            direct_payment=direct,
            params=legal,
        )
    return found


def weigh_account(*, account_id: int, day: date, outlook: bool = False) -> Detection | None:
    """The legal rule for one account as it stands on `day`, for its page; None where it has no lease.

    `outlook`: what the same debt would be on the first day of the regime of 2027 (None once it is in force).
    """
    legal = parameters.legal_params(day)
    known = bank_knowledge(day=day)
    if outlook:
        if day >= legal.switch_on:
            return None
        day = legal.switch_on
        known = BankKnowledge([], day)
    items = _ITEMS_NOW if day >= clock.today() else _ITEMS_THEN
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id AS account_id, l.kind AS lease_kind, l.bank_account_id, l.collected_for
            FROM rent_ledger_account a JOIN leases_lease l ON l.id = a.lease_id WHERE a.id = %s
            """,
            [account_id],
        )
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return _weigh(rows, day, items, known, legal).get(account_id)


def _line(row: dict[str, Any], on: date, found: Detection | None = None) -> CaseLine:
    return CaseLine(
        account_id=row["account_id"],
        household=row["name"] or "",
        debt=found.debt if found else row["arrears"] or row["debt"],
        on=on,
        regime=found.regime if found else "",
        report_due_on=found.report_due_on if found else None,
    )


def _write(
    report: DetectReport,
    to_open: Sequence[dict[str, Any]],
    to_close: Sequence[dict[str, Any]],
    weighed: dict[int, Detection],
    params: Params,
    legal: LegalParams,
) -> None:
    day = report.day
    ArrearsCase.objects.filter(pk__in=[row["case_id"] for row in to_close]).update(closed_on=day)
    ArrearsCase.objects.bulk_create(
        [
            ArrearsCase(
                account_id=row["account_id"],
                opened_on=row["oldest_due"] + timedelta(days=1),
                first_default_on=row["oldest_due"] + timedelta(days=1),
                opening_debt=row["arrears"],
                regime=regime_on(day, legal),
            )
            for row in to_open
        ],
        # Somebody else opened it at the same moment: theirs is the case.
        ignore_conflicts=True,
    )
    # The regime follows the day until the case is constituted, then stays (reading 7).
    regime_now = regime_on(day, legal)
    ArrearsCase.objects.filter(closed_on=None, constituted_on=None).exclude(regime=regime_now).update(regime=regime_now)
    figures = params.ids(
        parameters.LEGAL_SWITCH, parameters.LEGAL_MULTIPLE, parameters.LEGAL_AMOUNT, parameters.LEGAL_MONTHS,
        parameters.LEGAL_REPORT,
    )  # fmt: skip
    found = {account: d for account, d in weighed.items() if d.threshold_on}
    cases = list(ArrearsCase.objects.filter(account_id__in=found, closed_on=None, constituted_on=None))
    for case in cases:
        detection = found[case.account_id]
        case.regime = detection.regime
        case.constituted_on = detection.threshold_on
        case.report_due_on = detection.report_due_on
        case.threshold = {**detection.explanation.to_json(), "parameters": figures}
    ArrearsCase.objects.bulk_update(cases, ["regime", "constituted_on", "report_due_on", "threshold"], batch_size=1000)
    touched = {line.account_id for lines in (report.opened, report.constituted, report.closed) for line in lines}
    # What waited for the bank may be known now.
    touched.update(AccountState.objects.filter(lane=Lane.TECHNICAL).values_list("account_id", flat=True))
    if touched:
        refresh_lanes(account_ids=sorted(touched), day=day)
    if report.opened or report.constituted or report.closed:
        wake("arrears_changed")
