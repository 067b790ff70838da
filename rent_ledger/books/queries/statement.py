"""The account as its tenant can read it: what was asked, what came in, the aid apart, what is left after each line."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from common import clock
from common.money import ZERO
from common.periods import Month
from common.typography import MONTHS, counted, euros, month, short_day
from rent_ledger.enums import EntryKind, PaymentMethod

# Each side by its own index, never OR (measured). `aid` is what moved on the accounts of expected benefit.
_LINES = """
WITH accounts AS (
    SELECT %(account)s::bigint AS id, false AS is_aid
    UNION ALL
    SELECT b.id, true FROM rent_ledger_account t JOIN rent_ledger_account b ON b.lease_id = t.lease_id
    WHERE t.id = %(account)s AND b.kind = 'BENEFIT' AND t.lease_id IS NOT NULL
), moves AS (
    SELECT p.entry_id, a.is_aid, p.amount, p.nature, p.for_month, p.due_on
    FROM accounts a JOIN rent_ledger_posting p ON p.debit_id = a.id WHERE p.debit_id >= 1000
    UNION ALL
    SELECT p.entry_id, a.is_aid, -p.amount, p.nature, p.for_month, p.due_on
    FROM accounts a JOIN rent_ledger_posting p ON p.credit_id = a.id WHERE p.credit_id >= 1000
), sums AS (
    SELECT entry_id,
        coalesce(sum(amount) FILTER (WHERE NOT is_aid AND nature NOT IN ('PAYMENT', 'REFUND', 'BENEFIT')), 0) AS gross,
        coalesce(sum(amount) FILTER (WHERE NOT is_aid AND nature = 'BENEFIT'), 0) AS less,
        coalesce(-sum(amount) FILTER (WHERE NOT is_aid AND nature IN ('PAYMENT', 'REFUND')), 0) AS received,
        coalesce(sum(amount) FILTER (WHERE is_aid), 0) AS aid,
        bool_or(nature IN ('INDEMNITY', 'INDEM_CHG')) AS is_indemnity,
        max(for_month) AS for_month
    FROM moves GROUP BY entry_id
), laid AS (
    SELECT c.entry_id, array_agg(DISTINCT coalesce(d.for_month, date_trunc('month', d.due_on)::date)) AS months
    FROM (
        SELECT a.credit_posting_id, a.debit_posting_id FROM rent_ledger_posting c
        JOIN rent_ledger_allocation a ON a.credit_posting_id = c.id
        WHERE c.credit_id = %(account)s AND c.credit_id >= 1000 AND c.nature = 'PAYMENT'
        GROUP BY 1, 2 HAVING sum(a.amount) > 0
    ) pairs
    JOIN rent_ledger_posting c ON c.id = pairs.credit_posting_id
    JOIN rent_ledger_posting d ON d.id = pairs.debit_posting_id
    WHERE d.nature <> 'PAYMENT' GROUP BY c.entry_id
)
SELECT e.id, e.kind, e.effective_on, s.gross, s.less, s.received, s.aid, s.is_indemnity, s.for_month, laid.months,
    r.kind AS reversed_kind, r.effective_on AS reversed_on, p.method, p.number, d.number AS demand_number,
    d.month AS demand_month, EXISTS (SELECT 1 FROM rent_ledger_entry x WHERE x.reverses_id = e.id) AS is_reversed
FROM sums s JOIN rent_ledger_entry e ON e.id = s.entry_id
LEFT JOIN laid ON laid.entry_id = e.id
LEFT JOIN rent_ledger_entry r ON r.id = e.reverses_id
LEFT JOIN rent_ledger_payment p ON p.entry_id = e.id
LEFT JOIN rent_ledger_rentdemand d ON d.account_id = %(account)s AND e.idempotency_key = 'demand:' || d.id
WHERE e.effective_on <= %(day)s
ORDER BY e.effective_on, e.id
"""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """`due`: asked of the household (net of the aid expected); `received`: its money, below zero when it was returned;
    `aid`: what moved on the aid apart; `remaining`: what the household owes after this line, below zero in advance."""

    entry_id: int
    on: date
    title: str
    detail: str
    due: Decimal
    received: Decimal
    aid: Decimal
    remaining: Decimal
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """`lines` oldest first. `before`: what was owed before the first of them; `total`: how many the account has."""

    account_id: int
    day: date
    lines: tuple[StatementLine, ...]
    before: Decimal
    total: int
    years: tuple[int, ...]
    year: int | None

    @property
    def remaining(self) -> Decimal:
        return self.lines[-1].remaining if self.lines else self.before

    @property
    def newest_first(self) -> tuple[StatementLine, ...]:
        return self.lines[::-1]

    @property
    def due(self) -> Decimal:
        return sum((line.due for line in self.lines), ZERO)

    @property
    def received(self) -> Decimal:
        return sum((line.received for line in self.lines), ZERO)


def statement(
    account_id: int, *, day: date | None = None, year: int | None = None, latest: int | None = None
) -> Statement:
    """The account's lines up to `day` (today), of one `year` or all, at most the `latest` ones. One query.

    Who may see it is the caller's to check (`rent_ledger.perms`). No label of the bank and no payer's name is in it.
    """
    day = day or clock.today()
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"account": account_id, "day": day})
        names = [column.name for column in cursor.description or ()]
        lines = list(_lines(dict(zip(names, row, strict=True)) for row in cursor.fetchall()))
    shown = [line for line in lines if year is None or line.on.year == year]
    if latest is not None:
        shown = shown[-latest:]
    before = shown[0].remaining - shown[0].due + shown[0].received if shown else ZERO
    return Statement(
        account_id=account_id,
        day=day,
        lines=tuple(shown),
        before=before,
        total=len(lines),
        years=tuple(sorted({line.on.year for line in lines}, reverse=True)),
        year=year,
    )


def _lines(rows: Iterator[dict[str, Any]]) -> Iterator[StatementLine]:
    remaining = ZERO
    for row in rows:
        due = row["gross"] + row["less"]
        remaining += due - row["received"]
        title, detail = _words(row, due)
        yield StatementLine(
            entry_id=row["id"], on=row["effective_on"], title=title, detail=detail, due=due, received=row["received"],
            aid=row["aid"], remaining=remaining, is_reversed=row["is_reversed"],
        )  # fmt: skip


def _words(row: dict[str, Any], due: Decimal) -> tuple[str, str]:
    kind = row["kind"]
    of_month = month(row["for_month"], "de") if row["for_month"] else ""
    if kind == EntryKind.DEMAND:
        return _demand(row, of_month)
    if kind in (EntryKind.PAYMENT, EntryKind.PLACEMENT):
        return _payment(row)
    if kind == EntryKind.RETURN:
        when = f" du {short_day(row['reversed_on'])}" if row["reversed_on"] else ""
        return f"Rejet du paiement{when}", "la banque l’a repris, la dette est rouverte à son échéance"
    if kind == EntryKind.BENEFIT_RECEIVED:
        return f"Aide {of_month} reçue".replace("  ", " "), f"{euros(-row['aid'])} versés au bailleur"
    if kind == EntryKind.BENEFIT_SETTLED:
        if due > 0:
            return f"Aide {of_month} moindre que prévu", f"{euros(due)} restent à la charge du ménage"
        return f"Complément d’aide {of_month}", f"{euros(-due)} au crédit du ménage"
    if kind == EntryKind.REVERSAL:
        names = {EntryKind.DEMAND: "Avis", EntryKind.PAYMENT: "Paiement", EntryKind.PLACEMENT: "Paiement"}
        name = names.get(row["reversed_kind"], "Écriture")
        return f"{name} {of_month} annulé".replace("  ", " "), "correction, sans effet pour le ménage"
    return str(EntryKind(kind).label), ""


def _demand(row: dict[str, Any], of_month: str) -> tuple[str, str]:
    name = "Indemnité d’occupation" if row["is_indemnity"] else "Avis"
    less = f" moins {euros(-row['less'])} d’aide mise à part" if row["less"] else ""
    number = f", AVIS-{row['demand_month']:%y%m}-{row['demand_number']:04d}" if row["demand_number"] else ""
    return f"{name} {of_month}", f"{euros(row['gross'])}{less}{number}"


def _payment(row: dict[str, Any]) -> tuple[str, str]:
    method = row["method"]
    title = f"{PaymentMethod(method).label} au guichet" if method else "Virement reçu"
    parts = [f"reçu n° {row['number']}"] if row["number"] else []
    months = sorted(row["months"] or ())
    if 0 < len(months) <= 3:
        names = ", ".join(MONTHS[m.month - 1] for m in months)
        parts.append(f"imputé sur {names}")
    elif months:
        parts.append(f"imputé sur {counted(len(months), 'terme')}")
    return title, ", ".join(parts)


# ---------- what makes up the debt ----------

_DEBITS = """
SELECT p.id, p.entry_id, p.due_on, p.nature, p.amount, coalesce(p.for_month, date_trunc('month', p.due_on)::date),
    d.number, d.month, h.kind
FROM rent_ledger_posting p
JOIN rent_ledger_entry e ON e.id = p.entry_id
LEFT JOIN rent_ledger_rentdemand d ON d.account_id = %(account)s AND e.idempotency_key = 'demand:' || d.id
LEFT JOIN rent_ledger_debthold h ON h.posting_id = p.id AND h.period @> %(day)s::date
WHERE p.debit_id = %(account)s AND p.debit_id >= 1000 AND p.due_on <= %(day)s AND p.effective_on <= %(day)s
ORDER BY p.due_on, p.id
"""
_LAID = """
SELECT a.debit_posting_id, c.id, c.entry_id, c.nature, c.effective_on, max(a.rule) FILTER (WHERE a.amount > 0),
    sum(a.amount), pay.method, pay.number
FROM rent_ledger_posting p
JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
LEFT JOIN rent_ledger_payment pay ON pay.entry_id = c.entry_id
WHERE p.debit_id = %(account)s AND p.debit_id >= 1000 AND p.due_on <= %(day)s
  AND c.effective_on <= %(day)s AND (a.amount > 0 OR a."on" <= %(day)s)
GROUP BY 1, 2, 3, 4, 5, 8, 9 HAVING sum(a.amount) <> 0 ORDER BY c.effective_on, c.id
"""


@dataclass(slots=True)
class Laid:
    """Money of one entry laid on a month."""

    entry_id: int
    nature: str
    on: date
    rule: str
    amount: Decimal
    method: str | None
    number: int | None


@dataclass(slots=True)
class OwedMonth:
    """A month with something left: what was billed by nature, what was laid on it."""

    month: Month
    billed: defaultdict[str, Decimal]
    laid: list[Laid]
    entry_id: int
    reference: str
    due_on: date
    held: str | None

    @property
    def remaining(self) -> Decimal:
        return sum(self.billed.values(), ZERO) - sum((x.amount for x in self.laid), ZERO)


def owed_months(account_id: int, *, day: date) -> list[OwedMonth]:
    """The months that make up the debt as of `day`, oldest first. Two queries."""
    params: dict[str, Any] = {"account": account_id, "day": day}
    laid: defaultdict[int, list[Laid]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_DEBITS, params)
        debits = cursor.fetchall()
        cursor.execute(_LAID, params)
        for debit, _, entry, nature, on, rule, amount, method, number in cursor.fetchall():
            laid[debit].append(Laid(entry, nature, on, rule or "", amount, method, number))
    months: dict[date, OwedMonth] = {}
    for pk, entry, due_on, nature, amount, first, number, demand_month, held in debits:
        # A debt that its own reversal has met was never asked.
        if sum((x.amount for x in laid[pk] if x.rule == "REVERSAL"), ZERO) == amount:
            continue
        if first not in months:
            reference = f"AVIS-{demand_month:%y%m}-{number:04d}" if number else ""
            months[first] = OwedMonth(Month.of(first), defaultdict(lambda: ZERO), [], entry, reference, due_on, held)
        owed = months[first]
        owed.billed[nature] += amount
        owed.held = owed.held or held
        _merge(owed.laid, laid[pk])
    return [owed for owed in months.values() if owed.remaining > 0]


def _merge(into: list[Laid], more: list[Laid]) -> None:
    by_entry = {x.entry_id: x for x in into}
    for x in more:
        if x.entry_id in by_entry:
            by_entry[x.entry_id].amount += x.amount
        else:
            into.append(x)
            by_entry[x.entry_id] = x
