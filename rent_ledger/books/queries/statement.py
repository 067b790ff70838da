"""An account as its tenant can read it: asked, paid, the benefit apart, and the balance after each line."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from common import clock
from common.charts import MoneyMonth
from common.codes import with_codes
from common.links import link
from common.money import ZERO
from common.periods import DateRange, Month
from common.reasons import Reason
from leases.contracts.natures import Nature
from rent_ledger.books.codes import (
    FIRST_SUBLEDGER_ID,
    AccountKind,
    AllocationRule,
    EntryKind,
    General,
    HoldKind,
    LineDetail,
    LineTitle,
    PaymentMethod,
)
from rent_ledger.books.queries.holds import every_hold, hold_of
from rent_ledger.books.queries.money_months import money_months
from rent_ledger.books.queries.returns import returned_for
from rent_ledger.books.return_reasons import return_reason

# One SELECT per side, so each uses its own index; OR is far slower. `aid`: movements on accounts of expected benefit.
# Natures of money received. The other natures are asked.
_MONEY = frozenset({Nature.PAYMENT, Nature.REFUND, Nature.BENEFIT})
# What the association gave up, what came of it, and what a guarantor paid: by kind of entry.
_GIVEN_UP = {
    EntryKind.LOSS: LineTitle.LOST,
    EntryKind.REMISSION: LineTitle.REMITTED,
    EntryKind.RECOVERY: LineTitle.RECOVERED,
    EntryKind.GUARANTOR: LineTitle.GUARANTOR_PAID,
}
_LINES = with_codes(
    f"""
WITH accounts AS (
    SELECT %(account)s::bigint AS id, false AS is_aid
    UNION ALL
    SELECT b.id, true FROM rent_ledger_account t JOIN rent_ledger_account b ON b.lease_id = t.lease_id
    WHERE t.id = %(account)s AND b.kind = AccountKind.BENEFIT AND t.lease_id IS NOT NULL
), moves AS (
    SELECT p.entry_id, a.is_aid, p.amount, p.nature, p.for_month, p.due_on
    FROM accounts a JOIN rent_ledger_posting p ON p.debit_id = a.id WHERE p.debit_id >= FIRST_ID
    UNION ALL
    SELECT p.entry_id, a.is_aid, -p.amount, p.nature, p.for_month, p.due_on
    FROM accounts a JOIN rent_ledger_posting p ON p.credit_id = a.id WHERE p.credit_id >= FIRST_ID
), sums AS (
    SELECT entry_id,
        coalesce(sum(amount) FILTER (WHERE NOT is_aid AND nature NOT IN MONEY), 0) AS gross,
        coalesce(sum(amount) FILTER (WHERE NOT is_aid AND nature = Nature.BENEFIT), 0) AS less,
        coalesce(-sum(amount) FILTER (WHERE NOT is_aid AND nature IN (Nature.PAYMENT, Nature.REFUND)), 0) AS received,
        coalesce(sum(amount) FILTER (WHERE is_aid), 0) AS aid,
        bool_or(nature IN (Nature.INDEMNITY, Nature.INDEMNITY_CHARGES)) AS is_indemnity,
        max(for_month) AS for_month
    FROM moves GROUP BY entry_id
), allocated AS (
    SELECT c.entry_id, array_agg(DISTINCT coalesce(d.for_month, date_trunc('month', d.due_on)::date)) AS months
    FROM (
        SELECT a.credit_posting_id, a.debit_posting_id FROM rent_ledger_posting c
        JOIN rent_ledger_allocation a ON a.credit_posting_id = c.id
        WHERE c.credit_id = %(account)s AND c.credit_id >= FIRST_ID AND c.nature = Nature.PAYMENT
        GROUP BY 1, 2 HAVING sum(a.amount) > 0
    ) pairs
    JOIN rent_ledger_posting c ON c.id = pairs.credit_posting_id
    JOIN rent_ledger_posting d ON d.id = pairs.debit_posting_id
    WHERE d.nature NOT IN (Nature.PAYMENT, Nature.REFUND) GROUP BY c.entry_id
), planned AS (
    SELECT p.entry_id, array_agg(h.period) AS periods FROM rent_ledger_posting p
    JOIN {every_hold()} h ON h.posting_id = p.id
    WHERE p.debit_id = %(account)s AND p.debit_id >= FIRST_ID AND h.kind = HoldKind.PLAN GROUP BY p.entry_id
)
SELECT e.id, e.kind, e.effective_on, e.reverses_id,
    s.gross, s.less, s.received, s.aid, s.is_indemnity, s.for_month, allocated.months,
    r.kind AS reversed_kind, r.effective_on AS reversed_on, p.method, p.number, d.number AS demand_number,
    d.month AS demand_month, e.effective_on > %(day)s AS is_coming,
    EXISTS (SELECT 1 FROM rent_ledger_entry x WHERE x.reverses_id = e.id) AS is_reversed,
    CASE WHEN e.kind = EntryKind.RETURN THEN {returned_for("e.id")} END AS return_reason, planned.periods AS plans,
    e.kind = EntryKind.LESS_GIVEN_UP AND EXISTS (
        SELECT 1 FROM rent_ledger_posting g WHERE g.entry_id = e.id AND g.credit_id = General.GUARANTORS
    ) AS is_guarantors
FROM sums s JOIN rent_ledger_entry e ON e.id = s.entry_id
LEFT JOIN allocated ON allocated.entry_id = e.id
LEFT JOIN planned ON planned.entry_id = e.id
LEFT JOIN rent_ledger_entry r ON r.id = e.reverses_id
LEFT JOIN rent_ledger_payment p ON p.entry_id = e.id
LEFT JOIN rent_ledger_rentdemand d ON d.entry_id = e.id
WHERE e.effective_on <= %(day)s OR (e.recorded_at AT TIME ZONE 'Europe/Paris')::date <= %(day)s
ORDER BY e.effective_on, e.id
""",  # noqa: S608
    AccountKind,
    EntryKind,
    General,
    HoldKind,
    Nature,
    MONEY=_MONEY,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """`due`: asked of the household (net of the aid expected); `received`: its money, below zero when it was returned;
    `aid`: what moved on the aid apart; `remaining`: what the household owes after this line, below zero in advance.
    `is_demand`: an avis that was sent. `what` it is, and what is `said` beside it, in French: `title`, `detail`.
    `plans`: when a plan held a debt of it. `month`: the first day of the one that it is of; `reverses_id`: the entry
    that it takes back. `proof_url`: what stands behind it, one click away."""

    account_id: int
    entry_id: int
    kind: str
    on: date
    what: Reason
    said: tuple[Reason, ...]
    due: Decimal
    received: Decimal
    aid: Decimal
    remaining: Decimal
    is_reversed: bool = False
    is_demand: bool = False
    is_coming: bool = False
    is_reversal: bool = False
    plans: tuple[DateRange, ...] = ()
    month: date | None = None
    reverses_id: int | None = None

    @property
    def before(self) -> Decimal:
        """What was owed before it."""
        return self.remaining - self.due + self.received

    @property
    def proof_url(self) -> str:
        return link("desk:proof", self.account_id, self.entry_id)

    @property
    def title(self) -> str:
        return self.what.text(today=clock.today())

    @property
    def detail(self) -> str:
        return ", ".join(reason.text() for reason in self.said)


@dataclass(frozen=True, slots=True)
class Statement:
    """`lines` oldest first. `before`: what was owed before the first of them; `total`: how many the account has.
    `coming`: what was asked by `day` and falls due later, oldest first; no sum of the lines counts it.
    `months`: the twelve months up to `day`, whatever `lines` are shown."""

    account_id: int
    day: date
    lines: tuple[StatementLine, ...]
    before: Decimal
    total: int
    years: tuple[int, ...]
    year: int | None
    coming: tuple[StatementLine, ...] = ()
    months: tuple[MoneyMonth, ...] = ()

    @property
    def upcoming(self) -> Decimal:
        return sum((line.due - line.received for line in self.coming), ZERO)

    @property
    def coming_last_first(self) -> tuple[StatementLine, ...]:
        return self.coming[::-1]

    @property
    def remaining(self) -> Decimal:
        return self.lines[-1].remaining if self.lines else self.before

    @property
    def due(self) -> Decimal:
        return sum((line.due for line in self.lines), ZERO)

    @property
    def received(self) -> Decimal:
        return sum((line.received for line in self.lines), ZERO)


def statement(
    account_id: int, *, day: date | None = None, year: int | None = None, latest: int | None = None
) -> Statement:
    """The account's lines up to `day` (today), of one `year` or all, at most the `latest` ones, and apart what was
    asked by then and falls due later. One query.

    The caller checks who may see it (`rent_ledger.perms`). It has no bank label and no payer's name.
    """
    day = day or clock.today()
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"account": account_id, "day": day})
        names = [column.name for column in cursor.description or ()]
        read = list(_lines(account_id, (dict(zip(names, row, strict=True)) for row in cursor.fetchall())))
    lines = [line for line in read if not line.is_coming]
    # What was taken back before it fell due is asked no more.
    coming = [line for line in read if line.is_coming and not (line.is_reversed or line.is_reversal)]
    shown = [line for line in lines if year is None or line.on.year == year]
    if latest is not None:
        shown = shown[-latest:]
    before = shown[0].before if shown else ZERO
    return Statement(
        account_id=account_id,
        day=day,
        lines=tuple(shown),
        before=before,
        total=len(lines),
        years=tuple(sorted({line.on.year for line in lines}, reverse=True)),
        year=year,
        coming=tuple(coming) if year in (None, day.year) else (),
        months=tuple(money_months(lines, day)),
    )


def _lines(account_id: int, rows: Iterator[dict[str, Any]]) -> Iterator[StatementLine]:
    remaining = ZERO
    for row in rows:
        due = row["gross"] + row["less"]
        remaining += due - row["received"]
        what, said = _words(row, due)
        yield StatementLine(
            account_id=account_id, entry_id=row["id"], kind=row["kind"], on=row["effective_on"], what=what,
            said=tuple(said), due=due, received=row["received"], aid=row["aid"], remaining=remaining,
            is_reversed=row["is_reversed"],
            is_demand=bool(row["kind"] == EntryKind.DEMAND and row["demand_number"]),
            is_coming=row["is_coming"], is_reversal=row["kind"] == EntryKind.REVERSAL, plans=tuple(row["plans"] or ()),
            month=row["for_month"], reverses_id=row["reverses_id"],
        )  # fmt: skip


def _words(row: dict[str, Any], due: Decimal) -> tuple[Reason, list[Reason]]:
    """What the line is, and what is said beside it."""
    kind = row["kind"]
    month = {"month": row["for_month"]} if row["for_month"] else {}
    if kind == EntryKind.DEMAND:
        return _demand(row, month)
    if kind in (EntryKind.PAYMENT, EntryKind.PLACEMENT):
        return _payment(row)
    if kind == EntryKind.RETURN:
        on = row["reversed_on"]
        title = Reason(LineTitle.RETURN_OF, {"on": on}) if on else Reason(LineTitle.RETURN)
        said = [Reason(LineDetail.REOPENED)]
        if row["return_reason"]:
            said.append(Reason(LineDetail.RETURNED_FOR, {"why": return_reason(row["return_reason"])}))
        return title, said
    if kind == EntryKind.BENEFIT_RECEIVED:
        if row["aid"] > 0:
            title = Reason(LineTitle.AID_TAKEN_OF, month) if month else Reason(LineTitle.AID_TAKEN)
            return title, [Reason(LineDetail.TAKEN_BACK, {"amount": row["aid"]})]
        title = Reason(LineTitle.AID_OF, month) if month else Reason(LineTitle.AID)
        return title, [Reason(LineDetail.TO_LANDLORD, {"amount": -row["aid"]})]
    if kind == EntryKind.BENEFIT_SETTLED and month:
        if due > 0:
            return Reason(LineTitle.LESS_AID, month), [Reason(LineDetail.LEFT_TO_PAY, {"amount": due})]
        return Reason(LineTitle.MORE_AID, month), [Reason(LineDetail.CREDITED, {"amount": -due})]
    if kind == EntryKind.REVERSAL:
        title = Reason(LineTitle.ENTRY_UNDONE_OF if month else LineTitle.ENTRY_UNDONE, month)
        if row["reversed_kind"] in (EntryKind.PAYMENT, EntryKind.PLACEMENT):
            # A refund gave money: its reversal takes it again.
            title = Reason(LineTitle.REFUND_UNDONE if row["received"] > 0 else LineTitle.PAYMENT_UNDONE)
        elif row["reversed_kind"] == EntryKind.DEMAND and month:
            title = Reason(LineTitle.DEMAND_UNDONE, month)
        elif row["reversed_kind"] in _GIVEN_UP:
            title = Reason(LineTitle.GIVEN_UP_AGAIN, {"kind": EntryKind(row["reversed_kind"])})
        return title, [_moved(due - row["received"])]
    if kind == EntryKind.ERASURE:
        return Reason(LineTitle.ERASED), [_moved(due)]
    if kind == EntryKind.LESS_GIVEN_UP:
        if row["is_guarantors"]:
            return Reason(LineTitle.LESS_BY_GUARANTOR), [Reason(LineDetail.BACK_TO_GUARANTOR, {"amount": due})]
        return Reason(LineTitle.LESS_GIVEN_UP), [Reason(LineDetail.WAS_NOT_OWED, {"amount": due})]
    if kind in _GIVEN_UP:
        if kind == EntryKind.GUARANTOR:
            detail = LineDetail.OWED_TO_GUARANTOR
        else:
            detail = LineDetail.PAID_AFTER if due > 0 else LineDetail.GIVEN_UP
        return Reason(_GIVEN_UP[kind]), [Reason(detail, {"amount": abs(due)})]
    return Reason(LineTitle.OTHER, {"kind": EntryKind(kind)}), []


def _moved(owed: Decimal) -> Reason:
    """What a correction moves for the household."""
    if not owed:
        return Reason(LineDetail.CORRECTION)
    if owed > 0:
        return Reason(LineDetail.OWED_AGAIN, {"amount": owed})
    return Reason(LineDetail.ASKED_NO_MORE, {"amount": -owed})


def _demand(row: dict[str, Any], month: dict[str, date]) -> tuple[Reason, list[Reason]]:
    title = LineTitle.INDEMNITY if row["is_indemnity"] else LineTitle.DEMAND
    if row["less"]:
        said = [Reason(LineDetail.ASKED_LESS, {"gross": row["gross"], "aid": -row["less"]})]
    else:
        said = [Reason(LineDetail.ASKED, {"gross": row["gross"]})]
    if row["demand_number"]:
        reference = f"AVIS-{row['demand_month']:%y%m}-{row['demand_number']:04d}"
        said.append(Reason(LineDetail.DEMAND_NUMBER, {"reference": reference}))
    return (Reason(title, month) if month else Reason(LineTitle.OTHER, {"kind": EntryKind.DEMAND})), said


def _payment(row: dict[str, Any]) -> tuple[Reason, list[Reason]]:
    if row["received"] < 0:
        return Reason(LineTitle.REFUND), []
    method = row["method"]
    title = Reason(LineTitle.AT_THE_DESK, {"method": PaymentMethod(method)}) if method else Reason(LineTitle.TRANSFER)
    said = [Reason(LineDetail.RECEIPT, {"number": row["number"]})] if row["number"] else []
    months = sorted(row["months"] or ())
    if 0 < len(months) <= 3:
        said.append(Reason(LineDetail.LAID_ON, {"months": months}))
    elif months:
        said.append(Reason(LineDetail.LAID_ON_TERMS, {"terms": len(months)}))
    return title, said


# ---------- what makes up the debt ----------

_DEBITS = with_codes(
    f"""
SELECT p.id, p.entry_id, p.due_on, p.nature, p.amount, coalesce(p.for_month, date_trunc('month', p.due_on)::date),
    d.number, d.month, h.kind
FROM rent_ledger_posting p
JOIN rent_ledger_entry e ON e.id = p.entry_id
LEFT JOIN rent_ledger_rentdemand d ON d.entry_id = e.id
{hold_of("p.id")}
WHERE p.debit_id = %(account)s AND p.debit_id >= FIRST_SUBLEDGER_ID AND p.due_on <= %(day)s
    AND p.effective_on <= %(day)s
ORDER BY p.due_on, p.id
""",  # noqa: S608
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
)
_LAID = with_codes(
    """
SELECT a.debit_posting_id, c.id, c.entry_id, c.nature, c.effective_on, max(a.rule) FILTER (WHERE a.amount > 0),
    sum(a.amount), pay.method, pay.number
FROM rent_ledger_posting p
JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
LEFT JOIN rent_ledger_payment pay ON pay.entry_id = c.entry_id
WHERE p.debit_id = %(account)s AND p.debit_id >= FIRST_SUBLEDGER_ID AND p.due_on <= %(day)s
  AND c.effective_on <= %(day)s AND (a.amount > 0 OR a."on" <= %(day)s)
GROUP BY 1, 2, 3, 4, 5, 8, 9 HAVING sum(a.amount) <> 0 ORDER BY c.effective_on, c.id
""",
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
)


@dataclass(slots=True)
class AllocatedMoney:
    """Money of one entry allocated to a month."""

    entry_id: int
    nature: str
    on: date
    rule: str
    amount: Decimal
    method: str | None
    number: int | None


@dataclass(slots=True)
class OwedMonth:
    """A month with something left to pay: what was billed by nature, what was allocated to it."""

    month: Month
    billed: defaultdict[str, Decimal]
    allocated: list[AllocatedMoney]
    entry_id: int
    reference: str
    due_on: date
    held: str | None

    @property
    def remaining(self) -> Decimal:
        return sum(self.billed.values(), ZERO) - sum((x.amount for x in self.allocated), ZERO)


def owed_months(account_id: int, *, day: date) -> list[OwedMonth]:
    """The months that make up the debt as of `day`, oldest first. Two queries."""
    params: dict[str, Any] = {"account": account_id, "day": day}
    allocated: defaultdict[int, list[AllocatedMoney]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_DEBITS, params)
        debits = cursor.fetchall()
        cursor.execute(_LAID, params)
        for debit, _, entry, nature, on, rule, amount, method, number in cursor.fetchall():
            allocated[debit].append(AllocatedMoney(entry, nature, on, rule or "", amount, method, number))
    months: dict[date, OwedMonth] = {}
    # What a payer did not pay is due with the next demand, which prints it: it stands there, not in the aid's month.
    printed = {due_on: first for _, _, due_on, _, _, first, number, _, _ in debits if number}
    for pk, entry, due_on, nature, amount, first, number, demand_month, held in debits:
        # Skip a debt that was reversed: the household doesn't owe it.
        if sum((x.amount for x in allocated[pk] if x.rule == AllocationRule.REVERSAL), ZERO) == amount:
            continue
        if nature == Nature.SHORTFALL:
            first = printed.get(due_on, due_on.replace(day=1))
        if first not in months:
            months[first] = OwedMonth(Month.of(first), defaultdict(lambda: ZERO), [], entry, "", due_on, held)
        owed = months[first]
        if number and not owed.reference:
            owed.reference, owed.entry_id = f"AVIS-{demand_month:%y%m}-{number:04d}", entry
        owed.billed[nature] += amount
        owed.held = owed.held or held
        _merge(owed.allocated, allocated[pk])
    return [owed for owed in months.values() if owed.remaining > 0]


def _merge(into: list[AllocatedMoney], more: list[AllocatedMoney]) -> None:
    by_entry = {x.entry_id: x for x in into}
    for x in more:
        if x.entry_id in by_entry:
            by_entry[x.entry_id].amount += x.amount
        else:
            into.append(x)
            by_entry[x.entry_id] = x
