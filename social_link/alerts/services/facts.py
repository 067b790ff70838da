"""What the rules of the alerts read, selected by set: never a query per household."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat

from common import clock
from common.typography import hour
from leases.enums import LeaseKind, SupportType
from maintenance.enums import Outcome
from maintenance.models import Intervention, WeakSignal
from rent_ledger.models import HelpRequest
from rent_ledger.rules.natures import HOUSING_NATURES
from rent_ledger.selectors.bank_known import bank_knowledge
from social_link.enums import ContactKind
from social_link.models import AlertFact, Contact
from social_link.rules.alerts import (
    Absence,
    AlertParams,
    BenefitFacts,
    CaseFacts,
    RequestFacts,
    SignalFacts,
    UnpaidTerm,
)
from stock.enums import StockType

# An association sub-lets its dwellings under these; a sliding lease is one until it slides.
SUBLET = frozenset({LeaseKind.SUBLEASE, LeaseKind.SLIDING})

# The net term is the highest of the last three asked: a month of entry or exit is a part of a month.
_CASES = """
SELECT c.id AS case_id, c.account_id, a.household_id, hh.support_type, l.kind AS lease_kind, l.bank_account_id,
    l.collected_for, d.stock_type, term.net AS net_term, stay.entered_on, held.until AS held_until
FROM rent_ledger_arrearscase c
JOIN rent_ledger_account a ON a.id = c.account_id
JOIN leases_household hh ON hh.id = a.household_id
LEFT JOIN leases_lease l ON l.id = a.lease_id
LEFT JOIN stock_unit u ON u.id = l.unit_id
LEFT JOIN stock_dwelling d ON d.id = u.dwelling_id
LEFT JOIN LATERAL (
    SELECT min(lower(o.period)) AS entered_on FROM leases_occupancy o WHERE o.lease_id = l.id
) stay ON true
LEFT JOIN LATERAL (
    SELECT max(last.net) AS net FROM (
        SELECT r.net FROM rent_ledger_rentdemand r
        WHERE r.account_id = a.id AND r.state = 'ISSUED' AND r.due_on <= %(day)s ORDER BY r.month DESC LIMIT 3) last
) term ON true
LEFT JOIN LATERAL (
    SELECT max(h.until) AS until FROM rent_ledger_letterhold h
    WHERE h.case_id = c.id AND h.source = 'SOCIAL' AND h.from_day <= %(day)s
      AND (h.lifted_at IS NULL OR (h.lifted_at AT TIME ZONE 'Europe/Paris')::date > %(day)s)
) held ON true
WHERE c.opened_on <= %(day)s AND (c.closed_on IS NULL OR c.closed_on > %(day)s) AND {scope}
ORDER BY c.id
"""
_TERMS_NOW = """
SELECT o.account_id, o.due_on, sum(o.remaining) FROM rent_ledger_openitem o
LEFT JOIN rent_ledger_debthold h ON h.posting_id = o.posting_id AND h.period @> %(day)s::date
WHERE o.is_debit AND o.account_id = ANY(%(ids)s) AND o.due_on <= %(day)s AND o.nature = ANY(%(natures)s)
  AND h.posting_id IS NULL
GROUP BY 1, 2
"""
# As it stood on a past day: an allocation undone since was still there until the day on which it was undone.
_TERMS_THEN = """
SELECT p.debit_id, p.due_on, sum(p.amount - coalesce(laid.amount, 0)) FROM rent_ledger_posting p
LEFT JOIN LATERAL (
    SELECT sum(x.amount) AS amount
    FROM rent_ledger_allocation x JOIN rent_ledger_posting c ON c.id = x.credit_posting_id
    WHERE x.debit_posting_id = p.id AND c.effective_on <= %(day)s AND (x.amount > 0 OR x."on" <= %(day)s)
) laid ON true
LEFT JOIN rent_ledger_debthold h ON h.posting_id = p.id AND h.period @> %(day)s::date
WHERE p.debit_id >= 1000 AND p.debit_id = ANY(%(ids)s) AND p.effective_on <= %(day)s AND p.due_on <= %(day)s
  AND p.nature = ANY(%(natures)s) AND h.posting_id IS NULL
GROUP BY 1, 2 HAVING sum(p.amount - coalesce(laid.amount, 0)) > 0
"""
_PAYMENTS = """
SELECT ids.account_id, pay.due_on, pay.amount, coalesce(s.aid_pending, 0)
FROM unnest(%(ids)s::bigint[]) AS ids(account_id)
LEFT JOIN rent_ledger_accountstate s USING (account_id)
LEFT JOIN LATERAL (
    SELECT p.due_on, p.amount FROM rent_ledger_posting p
    WHERE p.credit_id = ids.account_id AND p.credit_id >= 1000 AND p.nature = 'PAYMENT' AND p.effective_on <= %(day)s
      AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry e WHERE e.reverses_id = p.entry_id)
    ORDER BY p.due_on DESC, p.id DESC LIMIT 1
) pay ON true
"""
# Benefit received on a lease for the last month that its payer stated, against the month before, by kind of benefit:
# APL and AL are paid on different days. A line that is not placed yet may be this lease's: nothing is said then.
_BENEFITS = """
WITH lines AS (
    SELECT l.id, l.right_id, l.month, l.amount, l.beneficiary_number, s.payer_id
    FROM rent_ledger_benefitline l JOIN rent_ledger_benefitstatement s ON s.id = l.statement_id
    WHERE s.paid_on <= %(day)s AND s.paid_on > %(since)s
), placed AS (
    SELECT x.payer_id, r.kind, r.lease_id, x.month, sum(x.amount) AS amount
    FROM lines x JOIN rent_ledger_benefitright r ON r.id = x.right_id GROUP BY 1, 2, 3, 4
), unplaced AS (
    SELECT DISTINCT r.lease_id, w.month FROM lines w
    JOIN rent_ledger_benefitright r ON r.beneficiary_number = w.beneficiary_number
    WHERE w.right_id IS NULL AND w.amount > 0
), latest AS (
    SELECT payer_id, kind, max(month) AS month FROM placed WHERE amount > 0 GROUP BY 1, 2
), pairs AS (
    -- Grouped, not joined to itself: PostgreSQL takes a list made in the query for a few rows, and compares each pair.
    SELECT p.lease_id, t.month,
        coalesce(sum(p.amount) FILTER (WHERE p.month < t.month), 0) AS before,
        coalesce(sum(p.amount) FILTER (WHERE p.month = t.month), 0) AS now
    FROM placed p JOIN latest t ON t.payer_id = p.payer_id AND t.kind = p.kind
        AND p.month IN (t.month, (t.month - interval '1 month')::date)
    GROUP BY p.payer_id, p.kind, p.lease_id, t.month
)
SELECT le.household_id, b.lease_id, b.month, b.before, b.now
FROM pairs b JOIN leases_lease le ON le.id = b.lease_id
WHERE b.before > 0 AND b.now * 100 < b.before * %(percent)s
  AND (upper_inf(le.period) OR upper(le.period) > (b.month + interval '1 month')::date)
  AND NOT EXISTS (SELECT 1 FROM unplaced u WHERE u.lease_id = b.lease_id AND u.month = b.month)
ORDER BY 1, 2
"""
# How far back statements, signals and requests are looked at: what is older was seen, or is no news.
BENEFIT_DAYS = 70


def _rows(sql: str, **params: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def case_facts(day: date, *, case_ids: Collection[int] | None = None) -> list[tuple[int, CaseFacts]]:
    """(account, facts) of the cases open on `day`: terms and household, without payments (`with_payments`)."""
    scope = "true" if case_ids is None else "c.id = ANY(%(cases)s)"
    rows = _rows(_CASES.format(scope=scope), day=day, cases=list(case_ids or []))
    known = bank_knowledge(day=day) if rows else None
    terms: dict[int, list[UnpaidTerm]] = defaultdict(list)
    sql = _TERMS_NOW if day >= clock.today() else _TERMS_THEN
    with connection.cursor() as cursor:
        ids = [row["account_id"] for row in rows]
        cursor.execute(sql, {"day": day, "ids": ids, "natures": list(HOUSING_NATURES)})
        for account_id, due_on, remaining in cursor.fetchall():
            terms[account_id].append(UnpaidTerm(due_on, remaining))
    return [
        (
            row["account_id"],
            CaseFacts(
                case_id=row["case_id"],
                household_id=row["household_id"],
                terms=tuple(sorted(terms[row["account_id"]], key=lambda t: t.due_on)),
                net_term=row["net_term"],
                known_until=known.until(row["bank_account_id"], row["collected_for"]) if known else None,
                is_type_1=row["support_type"] == SupportType.TYPE_1,
                is_type_2=row["support_type"] == SupportType.TYPE_2,
                is_sublet=row["lease_kind"] in SUBLET,
                is_iml=row["lease_kind"] == LeaseKind.MANAGED or row["stock_type"] == StockType.INTERMEDIATION,
                entered_on=row["entered_on"],
                held_until=row["held_until"],
            ),
        )
        for row in rows
    ]


def with_payments(cases: Collection[tuple[int, CaseFacts]], day: date) -> list[CaseFacts]:
    """The same facts with the last payment, and the aid pending where `day` is today."""
    if not cases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENTS, {"ids": [account_id for account_id, _ in cases], "day": day})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    now = day >= clock.today()
    full = []
    for account_id, facts in cases:
        on, amount, aid = found[account_id]
        full.append(replace(facts, last_payment_on=on, last_payment=amount, aid_pending=aid if now else Decimal(0)))
    return full


def benefit_facts(day: date, params: AlertParams) -> list[BenefitFacts]:
    """Leases whose benefit fell, by the statements known on `day`."""
    since = day - timedelta(days=BENEFIT_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_BENEFITS, {"day": day, "since": since, "percent": params.benefit_percent})
        return [BenefitFacts(*row) for row in cursor.fetchall()]


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=clock.PARIS)


def absences(day: date, params: AlertParams) -> list[Absence]:
    """Missed visits, technical and social, recent enough to make a pair that ends in the window."""
    since = day - timedelta(days=2 * params.window_days)
    start, end = datetime.combine(since, time.min, tzinfo=clock.PARIS), _end_of(day)
    passages = Intervention.objects.filter(
        outcome=Outcome.ABSENT, ended_at__gte=start, ended_at__lt=end, ticket__household__isnull=False
    ).values_list("ticket__household_id", "id", "ended_at")
    contacts = Contact.objects.filter(
        kind=ContactKind.ABSENCE, is_planned=False, happened_on__gt=since, happened_on__lte=day
    ).values_list("household_id", "id", "happened_on")
    found = [
        Absence(household, f"I{pk}", at.astimezone(clock.PARIS).date())
        for household, pk, at in passages
        if at is not None
    ]
    return found + [Absence(household, f"C{pk}", on) for household, pk, on in contacts]


def _text(name: str) -> Cast:
    return Cast(F(name), CharField())


def signals(day: date) -> list[SignalFacts]:
    """Signals of technicians that made no alert yet."""
    key = Concat(Value("R10:H"), _text("household_id"), Value(":S"), _text("id"), output_field=CharField())
    rows = (
        WeakSignal.objects.filter(seen_at__lt=_end_of(day))
        .annotate(key=key)
        .filter(~Exists(AlertFact.objects.filter(key=OuterRef("key"))))
        .order_by("id")
    )
    return [
        SignalFacts(row.pk, row.household_id, row.kind, row.seen_at.astimezone(clock.PARIS).date(), hour(row.seen_at))
        for row in rows
    ]


def requests(day: date) -> list[RequestFacts]:
    """« Alerter le social » that made no alert yet, with the facts of their case; a settled case asks nothing more."""
    key = Concat(Value("ASKED:C"), _text("case_id"), Value(":"), _text("id"), output_field=CharField())
    rows = list(
        HelpRequest.objects.filter(requested_at__lt=_end_of(day), case__closed_on__isnull=True)
        .annotate(key=key)
        .filter(~Exists(AlertFact.objects.filter(key=OuterRef("key"))))
        .select_related("author")
        .order_by("id")
    )
    if not rows:
        return []
    cases = {f.case_id: f for f in with_payments(case_facts(day, case_ids=[row.case_id for row in rows]), day)}
    return [
        RequestFacts(
            row.pk,
            cases[row.case_id],
            row.requested_at.astimezone(clock.PARIS).date(),
            row.author.get_full_name() if row.author else "",
        )
        for row in rows
        if row.case_id in cases
    ]
