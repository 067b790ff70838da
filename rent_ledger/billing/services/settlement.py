"""A month's aid is settled: what was awaited beside what came. The difference moves to the household's account."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction

from common import clock, typography
from common.codes import with_codes
from common.copy import bigints
from common.errors import InvalidInput
from common.periods import Month, contains
from common.reasons import Reason
from leases.contracts.codes import DueRule, LeaseState
from leases.contracts.natures import Nature
from leases.models import DueTerms
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from rent_ledger.billing.codes import DemandState
from rent_ledger.billing.models import RentDemand
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, NOT_BY_THE_HOUSEHOLD, AccountKind, EntryKind, General
from rent_ledger.books.models import Account
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.books.services.posting import JointAllocation, NewEntry, NewPosting, post, reverse
from rent_ledger.rights.queries import kept_months
from rent_ledger.rights.rules.benefits import Settlement, next_due_on, settle

SETTLED_ANEW = "Aide soldée de nouveau"


@needs(Write(Data.BENEFIT))
@transaction.atomic
def settle_benefit_month(*, lease_id: int, month: Month, reason: str, actor: Actor) -> int:
    """A person closes a month whose benefit will not come any more: the tenant owes the missing amount. Returns how
    many benefit accounts had a difference.

    Raises `InvalidInput` (`reason`; `month`, where the payer keeps its aid).
    """
    if not reason.strip():
        raise InvalidInput("Dites pourquoi ce mois est soldé.", field="reason")
    if any(contains(row.period, month.first) for row in kept_months([lease_id])[lease_id]):
        raise InvalidInput(
            f"L’aide {typography.month(month, 'de')} est retenue pour non-décence : le ménage qui paie sa part n’en "
            "doit rien (loi n° 89-462, art. 7 a).",
            field="month",
        )
    accounts = Account.objects.filter(kind=AccountKind.BENEFIT, lease_id=lease_id).values_list("id", flat=True)
    pairs = {(account, month.first) for account in accounts}
    done = settle_months(pairs=pairs, notes=dict.fromkeys(pairs, reason.strip()), on=clock.today(), actor=actor)
    if not done:
        raise InvalidInput(f"Il n’y a rien à solder pour {typography.month(month)}.")
    return done


@needs(Write(Data.BENEFIT))
@transaction.atomic
def settle_months(
    *,
    pairs: Collection[tuple[int, date]],
    notes: Mapping[tuple[int, date], str] | None = None,
    on: date,
    actor: Actor,
    joint: JointAllocation | None = None,
) -> int:
    """Settle (benefit account id, first of month) pairs on day `on`: each difference moves to the tenant's account.

    A missing amount is due on the due day of the next demand, a surplus counts from `on`; both are booked on `on`. A
    month that is not billed yet is not settled: its money waits for its demand. Nothing moves of what the payer keeps
    (`BenefitRetention`). What was missing and nobody of the household paid is taken back before anything is a surplus.
    Returns how many had a difference.
    """
    if not pairs:
        return 0
    notes = notes or {}
    leases = _leases_of({account for account, _ in pairs})
    tenants = tenant_accounts(set(leases.values()))
    locked = sorted({*leases, *tenants.values()})
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=locked).order_by("id").values_list("id"))
    billed, stays = _last_billed(set(leases.values())), _stays(set(leases.values()))
    kept = kept_months(set(leases.values()))
    demanded = _demanded(set(leases.values()), {month for _, month in pairs})
    differences: list[tuple[_Balance, Settlement]] = []
    balances = _balances(pairs)
    given_up = _given_up([b for b in balances if b.expected < b.received])
    wrong: list[int] = []
    for balance in balances:
        month, lease_id = Month.of(balance.month), leases[balance.account_id]
        if (lease_id, balance.month) not in demanded and _waits_for_its_demand(month, stays[lease_id], on):
            continue
        for entry, amount in given_up.get((balance.account_id, balance.month), ()):
            wrong.append(entry)
            balance = replace(balance, expected=balance.expected + amount)
        found = settle(
            month=month,
            expected=balance.expected,
            received=balance.received,
            note=notes.get((balance.account_id, balance.month), ""),
        )
        # What the payer keeps while the dwelling is not decent is never asked of the household.
        is_kept = any(contains(row.period, balance.month) for row in kept[lease_id])
        if found.owed and not (is_kept and found.owed > 0):
            differences.append((balance, found))
    due = _due_terms({leases[balance.account_id] for balance, found in differences if found.owed > 0}, on)
    entries: list[NewEntry] = []
    for balance, found in differences:
        lease_id = leases[balance.account_id]
        tenant, effective_on = tenants[lease_id], on
        if found.owed > 0:
            in_arrears, due_day = due.get(lease_id, (False, 1))
            due_on = next_due_on(
                after=billed.get(lease_id) or Month.of(on).plus(-1), in_arrears=in_arrears, due_day=due_day,
                not_before=on,
            )  # fmt: skip
            effective_on = due_on
            line = NewPosting(tenant, balance.account_id, found.owed, Nature.SHORTFALL, due_on, balance.month)
        else:
            line = NewPosting(balance.account_id, tenant, -found.owed, Nature.BENEFIT, on, balance.month)
        entries.append(
            NewEntry(
                kind=EntryKind.BENEFIT_SETTLED,
                key=f"benefit_settled:{balance.account_id}:{Month.of(balance.month)}:{balance.settled + 1}",
                effective_on=effective_on,
                booked_on=on,
                label=_label(found.reason),
                postings=(line,),
            )
        )
    if not wrong:
        post(entries=entries, actor=actor, joint=joint)
        return len(entries)
    act = joint or JointAllocation()
    reverse(entry_ids=sorted(wrong), actor=actor, label=SETTLED_ANEW, joint=act)
    post(entries=entries, actor=actor, joint=act)
    if joint is None:
        act.finish(actor=actor)
    return len({(balance.account_id, balance.month) for balance, _ in differences} | given_up.keys())


# What a month lacked (of one whose aid is better now), where it was lost, remitted, erased, or paid by a guarantor. Not
# where money came back of a loss of the account: then the household paid it.
_GIVEN_UP_SHORTFALLS = with_codes(
    """
    SELECT w.account, w.month, e.id, p.amount
    FROM unnest(%s::bigint[], %s::date[]) AS w(account, month)
    JOIN rent_ledger_posting p ON p.credit_id = w.account AND p.credit_id >= FIRST_SUBLEDGER_ID
        AND p.for_month = w.month AND p.nature = Nature.SHORTFALL
    JOIN rent_ledger_entry e ON e.id = p.entry_id AND e.kind = EntryKind.BENEFIT_SETTLED
    WHERE NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = e.id)
      AND (SELECT sum(a.amount) FROM rent_ledger_allocation a
           JOIN rent_ledger_posting c ON c.id = a.credit_posting_id AND c.debit_id IN NOT_BY_THE_HOUSEHOLD
           WHERE a.debit_posting_id = p.id) > 0
      AND NOT EXISTS (
        SELECT 1 FROM rent_ledger_posting back JOIN rent_ledger_entry b ON b.id = back.entry_id
        WHERE back.debit_id = p.debit_id AND back.debit_id >= FIRST_SUBLEDGER_ID AND b.kind = EntryKind.RECOVERY
          AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = b.id))
    ORDER BY e.id
    """,
    EntryKind,
    Nature,
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
    NOT_BY_THE_HOUSEHOLD=NOT_BY_THE_HOUSEHOLD,
)


def _given_up(balances: Collection["_Balance"]) -> dict[tuple[int, date], list[tuple[int, Decimal]]]:
    """By benefit account and month: the entries that moved what it lacked and that nobody of the household paid, with
    their euros. One query, none where no aid is better than it was."""
    found: defaultdict[tuple[int, date], list[tuple[int, Decimal]]] = defaultdict(list)
    if balances:
        with connection.cursor() as cursor:
            cursor.execute(_GIVEN_UP_SHORTFALLS, [bigints(b.account_id for b in balances), [b.month for b in balances]])
            for account, month, entry, amount in cursor.fetchall():
                found[account, month].append((entry, amount))
    return found


def _label(reason: Reason) -> str:
    """Of an entry: the sentence, and what the payer says of it.

    A sentence, not a code: the label of an entry is part of the books (« EcritureLib » of a fichier des écritures
    comptables), is in the digest of its day, and reads the same for ever. Pages write theirs from codes and amounts.
    """
    words = [reason.text(), *([reason.detail.text()] if reason.detail else [])]
    return " ".join(words)[:140]


# Free credit: the demand that awaited it was corrected, or there is none. It came in, or was moved to the tenant.
# `nothing`: the payer said that none comes, by a line of zero, which posts nothing.
_TO_SETTLE = with_codes(
    """
    WITH awaiting AS MATERIALIZED (
        SELECT o.account_id, o.for_month, bool_or(NOT o.is_debit) AS has_credit
        FROM rent_ledger_openitem o JOIN rent_ledger_account a ON a.id = o.account_id AND a.kind = AccountKind.BENEFIT
        WHERE o.for_month IS NOT NULL
          AND (%(leases)s::bigint[] IS NULL OR a.lease_id = ANY(%(leases)s::bigint[]))
        GROUP BY o.account_id, o.for_month
    ), nothing AS MATERIALIZED (
        SELECT DISTINCT a.id AS account_id, l.month
        FROM rent_ledger_benefitline l JOIN rent_ledger_benefitright r ON r.id = l.right_id
        JOIN rent_ledger_benefitstatement s ON s.id = l.statement_id AND s.withdrawn_at IS NULL
        JOIN rent_ledger_account a
          ON a.kind = AccountKind.BENEFIT AND a.lease_id = r.lease_id AND a.organisation_id = r.payer_id
        WHERE l.amount = 0 AND (%(leases)s::bigint[] IS NULL OR a.lease_id = ANY(%(leases)s::bigint[]))
    )
    SELECT awaiting.account_id, awaiting.for_month FROM awaiting
    -- With a limit, so that each is looked up in its index: one join would read the postings of all years.
    LEFT JOIN LATERAL (
        SELECT true AS is_there FROM rent_ledger_posting p
        JOIN rent_ledger_entry e ON e.id = p.entry_id AND e.kind = EntryKind.BENEFIT_RECEIVED
        WHERE p.credit_id = awaiting.account_id AND p.for_month = awaiting.for_month
          AND p.debit_id = General.BENEFIT_TRANSIT
          AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = e.id)
        LIMIT 1
    ) came ON NOT awaiting.has_credit
    LEFT JOIN nothing ON nothing.account_id = awaiting.account_id AND nothing.month = awaiting.for_month
    WHERE awaiting.has_credit OR came.is_there OR nothing.account_id IS NOT NULL
    """,
    AccountKind,
    EntryKind,
    General,
)


@needs(Write(Data.BENEFIT))
@transaction.atomic
def settle_received_months(
    *, lease_ids: Collection[int] | None = None, actor: Actor, joint: JointAllocation | None = None
) -> int:
    """Settle the months where money was received or moved, or said not to come, if it differs from what is expected.
    Call it after demands change.

    A month of which the payer said nothing stays open. Returns how many had a difference.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TO_SETTLE, {"leases": sorted(lease_ids) if lease_ids is not None else None})
        pairs = set(cursor.fetchall())
    return settle_months(pairs=pairs, on=clock.today(), actor=actor, joint=joint)


# Credit for the month on the account of a benefit, and free credit on the tenant's.
_AID_BESIDE_MONEY = with_codes(
    """
    SELECT DISTINCT b.lease_id FROM rent_ledger_account b
    JOIN rent_ledger_account t ON t.lease_id = b.lease_id AND t.kind = AccountKind.TENANT
    WHERE b.kind = AccountKind.BENEFIT AND b.lease_id = ANY(%s::bigint[])
      AND EXISTS (SELECT 1 FROM rent_ledger_openitem o
                  WHERE o.account_id = b.id AND NOT o.is_debit AND o.for_month = %s)
      AND EXISTS (SELECT 1 FROM rent_ledger_openitem o WHERE o.account_id = t.id AND NOT o.is_debit)
    """,
    AccountKind,
)


def aid_beside_money(*, month: Month, lease_ids: Collection[int]) -> set[int]:
    """Leases with free credit whose aid for `month` came before their demand. The aid pays that demand first, so the
    demand and the settlement of `month` must be allocated as one (`JointAllocation`)."""
    with connection.cursor() as cursor:
        cursor.execute(_AID_BESIDE_MONEY, [bigints(sorted(lease_ids)), month.first])
        return {lease for (lease,) in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class _Balance:
    """A month of a benefit account (euros). `expected`: not settled yet; `received`: from the payer, less indus."""

    account_id: int
    month: date
    expected: Decimal
    received: Decimal
    settled: int


_BALANCES = with_codes(
    """
WITH wanted AS (
    SELECT * FROM unnest(%(accounts)s::bigint[], %(months)s::date[]) AS w(account, month)
), moves AS (
    SELECT w.account, w.month, p.credit_id = General.BENEFIT_TRANSIT AS is_payer, p.amount, p.entry_id
    FROM wanted w JOIN rent_ledger_posting p
      ON p.debit_id = w.account AND p.debit_id >= FIRST_SUBLEDGER_ID AND p.for_month = w.month
    UNION ALL
    SELECT w.account, w.month, p.debit_id = General.BENEFIT_TRANSIT, -p.amount, p.entry_id
    FROM wanted w JOIN rent_ledger_posting p
      ON p.credit_id = w.account AND p.credit_id >= FIRST_SUBLEDGER_ID AND p.for_month = w.month
)
SELECT m.account, m.month, coalesce(sum(m.amount) FILTER (WHERE NOT m.is_payer), 0),
       -coalesce(sum(m.amount) FILTER (WHERE m.is_payer), 0),
       count(DISTINCT m.entry_id) FILTER (WHERE e.idempotency_key LIKE 'benefit_settled:%%')
FROM moves m JOIN rent_ledger_entry e ON e.id = m.entry_id GROUP BY 1, 2 ORDER BY 1, 2
""",
    General,
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
)


def _balances(pairs: Collection[tuple[int, date]]) -> list[_Balance]:
    ordered = sorted(pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            _BALANCES,
            {
                "accounts": [a for a, _ in ordered],
                "months": [m for _, m in ordered],
            },
        )
        return [_Balance(*row) for row in cursor.fetchall()]


def _leases_of(account_ids: Collection[int]) -> dict[int, int]:
    rows = Account.objects.filter(pk__in=account_ids, kind=AccountKind.BENEFIT, lease__isnull=False)
    return dict(rows.values_list("id", "lease_id"))


def _last_billed(lease_ids: Collection[int]) -> dict[int, Month]:
    """Last month demanded of each lease."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lease_id, max(month) FROM rent_ledger_rentdemand WHERE state = %s AND lease_id = ANY(%s) "
            "GROUP BY 1",
            [DemandState.ISSUED, sorted(lease_ids)],
        )
        return {lease: Month.of(day) for lease, day in cursor.fetchall()}


def _due_terms(lease_ids: Collection[int], on: date) -> dict[int, tuple[bool, int]]:
    """(terme échu?, due day) of each lease: those in force on `on`, else the last."""
    found: defaultdict[int, list[DueTerms]] = defaultdict(list)
    for row in DueTerms.objects.filter(lease_id__in=lease_ids).order_by("period"):
        found[row.lease_id].append(row)
    chosen = {}
    for lease_id, rows in found.items():
        row = next((r for r in rows if r.period.upper is None or r.period.upper > on), rows[-1])
        chosen[lease_id] = (row.due_rule == DueRule.IN_ARREARS, row.due_day)
    return chosen


class _Stay(NamedTuple):
    """First day of the contract or of the stay, and first day on which neither lasts (None: no end)."""

    start: date
    left_on: date | None


# Who gave notice leaves on the day announced, as for what is billed (`drafting`).
_STAYS = with_codes(
    """
    SELECT l.id, least(lower(l.period), min(lower(o.period))),
        CASE WHEN l.state = LeaseState.ACTIVE AND l.notice_on IS NOT NULL THEN upper(l.period)
             WHEN NOT upper_inf(l.period) AND NOT coalesce(bool_or(upper_inf(o.period)), false)
             THEN greatest(upper(l.period), max(upper(o.period))) END
    FROM leases_lease l LEFT JOIN leases_occupancy o ON o.lease_id = l.id
    WHERE l.id = ANY(%s::bigint[]) GROUP BY l.id
    """,
    LeaseState,
)


def _stays(lease_ids: Collection[int]) -> dict[int, _Stay]:
    with connection.cursor() as cursor:
        cursor.execute(_STAYS, [bigints(sorted(lease_ids))])
        return {lease: _Stay(start, left_on) for lease, start, left_on in cursor.fetchall()}


def _demanded(lease_ids: Collection[int], months: Collection[date]) -> set[tuple[int, date]]:
    """(lease, month) of the demands that stand."""
    rows = RentDemand.objects.filter(state=DemandState.ISSUED, lease_id__in=lease_ids, month__in=months)
    return set(rows.values_list("lease_id", "month"))


def _waits_for_its_demand(month: Month, stay: _Stay, on: date) -> bool:
    """Whether a demand may still come for `month`, that has none: the household lives there, it is not long past."""
    if month.last < stay.start or (stay.left_on is not None and stay.left_on <= month.first):
        return False
    return month >= Month.of(on).plus(-1)
