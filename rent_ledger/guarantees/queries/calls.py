"""What is to be asked of guarantors today: the facts of many guarantees by a fixed number of queries, then the rule."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max, OuterRef, Q, Subquery, Sum
from django.db.models.expressions import RawSQL

from common.codes import with_codes
from common.copy import bigints
from common.money import ZERO, EuroField
from common.periods import contains
from leases.contracts.codes import GuaranteeCover, GuaranteeKind
from leases.contracts.natures import Nature
from leases.models import Guarantee
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.queries.month_terms import month_terms_of
from rent_ledger.arrears.rules.term import term_on
from rent_ledger.books.codes import AccountKind, AllocationRule, Lane
from rent_ledger.books.models import Account, AccountState, Allocation, OpenItem
from rent_ledger.books.queries.given_up import lessened
from rent_ledger.books.queries.open_items import open_items
from rent_ledger.books.rules.natures import HOUSING_NATURES
from rent_ledger.guarantees.models import ClaimItem, ClaimQuerySet, GuaranteeClaim, GuarantorNotice
from rent_ledger.guarantees.parameters import call_params
from rent_ledger.guarantees.rules.calls import Call, CallFacts, CallParams, CoveredMonth, call, ceiling_of
from rent_ledger.procedures.codes import StepKind
from rent_ledger.procedures.models import ProcedureStep

COVERED: dict[str, frozenset[Nature]] = {
    GuaranteeCover.RENT: HOUSING_NATURES,
    GuaranteeCover.ALL: HOUSING_NATURES | {Nature.REPAIRS},
}
DAMAGES = frozenset({Nature.REPAIRS})
_EVERY = sorted(COVERED[GuaranteeCover.ALL])

# What is late, debt by debt.
_OWED = """
SELECT items.account_id, items.posting_id, items.nature, items.due_on,
    date_trunc('month', coalesce(items.for_month, items.due_on))::date, items.remaining, items.is_held
FROM ({items}) items WHERE items.due_on < %(day)s AND items.nature = ANY(%(natures)s)
ORDER BY items.account_id, items.due_on, items.posting_id
"""
# The months of which something was paid: money of another entry is laid on their debts. The aid set apart on the same
# demand is none.
_PAID = with_codes(
    """
SELECT p.debit_id, date_trunc('month', coalesce(p.for_month, p.due_on))::date
FROM rent_ledger_posting p JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
WHERE p.debit_id = ANY(%(ids)s::bigint[]) AND p.nature = ANY(%(natures)s) AND p.due_on < %(day)s
  AND c.entry_id <> p.entry_id AND a.rule <> AllocationRule.REVERSAL
GROUP BY 1, 2 HAVING sum(a.amount) > 0
""",
    AllocationRule,
)
# What claims that nobody withdrew ask of each debt, less what the guarantor paid of it. What was refused is not asked
# again.
_CLAIMED = """
SELECT c.guarantee_id, i.posting_id, sum(i.amount - coalesce(came.amount, 0))
FROM rent_ledger_guaranteeclaim c JOIN rent_ledger_claimitem i ON i.claim_id = c.id
LEFT JOIN LATERAL (
    SELECT sum(a.amount) AS amount FROM rent_ledger_guarantorpayment g
    JOIN rent_ledger_posting p ON p.entry_id = g.entry_id JOIN rent_ledger_allocation a ON a.credit_posting_id = p.id
    WHERE g.claim_id = c.id AND g.undone_at IS NULL AND a.debit_posting_id = i.posting_id
) came ON true
WHERE c.guarantee_id = ANY(%(ids)s::bigint[]) AND c.withdrawn_at IS NULL GROUP BY 1, 2
"""


# What is left of the debts of a claim, as far as the claim asks it and the guarantor did not pay it.
_OPEN = """
(SELECT coalesce(sum(greatest(least(i.amount - coalesce(came.amount, 0), o.remaining), 0)), 0)
FROM rent_ledger_claimitem i JOIN rent_ledger_openitem o ON o.posting_id = i.posting_id AND o.is_debit
LEFT JOIN LATERAL (
    SELECT sum(a.amount) AS amount FROM rent_ledger_guarantorpayment g
    JOIN rent_ledger_posting p ON p.entry_id = g.entry_id JOIN rent_ledger_allocation a ON a.credit_posting_id = p.id
    WHERE g.claim_id = i.claim_id AND g.undone_at IS NULL AND a.debit_posting_id = i.posting_id
) came ON true
WHERE i.claim_id = rent_ledger_guaranteeclaim.id)
"""


@dataclass(frozen=True, slots=True)
class CoveredDebt:
    """A late debt. `month`: its first day. `left`, `claimed`: euros, what is left and what of it is asked already."""

    posting_id: int
    nature: Nature
    due_on: date
    month: date
    left: Decimal
    is_held: bool
    claimed: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        return self.left - self.claimed


@dataclass(frozen=True, slots=True)
class GuaranteeNow:
    """A guarantee, the account of its contract, what is to be done today, and the debts that it covers and nothing
    holds. `ceiling`: the most that it pays in all, None where it has none."""

    guarantee: Guarantee
    account_id: int
    call: Call
    facts: CallFacts
    params: CallParams
    debts: tuple[CoveredDebt, ...] = field(default=())

    @property
    def ceiling(self) -> Decimal | None:
        return ceiling_of(self.facts, self.params)

    @property
    def is_written_to(self) -> bool:
        """Whether a letter has something to say: a person is told of each debt; a body that was called knows it by the
        call, and what is owed further is a further call."""
        return bool(self.debts) and (self.guarantee.is_surety or not self.facts.has_claimed)


def calls_of(guarantees: Sequence[Guarantee], *, day: date) -> dict[int, GuaranteeNow]:
    """By guarantee id; without an account of the contract: left out. A fixed number of queries."""
    leases = {one.lease_id for one in guarantees}
    rows = Account.objects.filter(kind=AccountKind.TENANT, lease__in=leases).values_list("lease_id", "pk")
    account_of: dict[int, int] = {lease: pk for lease, pk in rows if lease}
    accounts, ids = sorted(account_of.values()), [one.pk for one in guarantees]
    if not accounts:
        return {}
    owed, paid, claimed = _read(accounts, ids, day)
    months = month_terms_of(accounts, day=day)
    committed = _committed(ids)
    told = _told(ids)
    commands, served = _steps(accounts)
    technical = set(
        AccountState.objects.filter(account__in=accounts, lane=Lane.TECHNICAL).values_list("account_id", flat=True)
    )
    params = call_params({one.kind for one in guarantees}, day)
    found = {}
    for one in guarantees:
        account = account_of.get(one.lease_id)
        if account is None:
            continue
        covered = [debt for debt in owed[account] if debt.nature in COVERED[one.covers]]
        inside = [debt for debt in covered if contains(one.period, debt.due_on)]
        asked = claimed[one.pk]
        debts = tuple(
            CoveredDebt(d.posting_id, d.nature, d.due_on, d.month, d.left, False,
                        min(max(asked.get(d.posting_id, ZERO), ZERO), d.left))
            for d in inside if not d.is_held
        )  # fmt: skip
        held = {debt.month for debt in inside if debt.is_held}
        term = term_on(months.get(account, ()), day)
        sums, has_claimed = committed.get(one.pk, (ZERO, False))
        facts = CallFacts(
            kind=GuaranteeKind(one.kind),
            day=day,
            months=_by_month(debts, paid=paid[account] | held),
            net=term.net if term else ZERO,
            held=sum((debt.left for debt in inside if debt.is_held), ZERO),
            outside=sum((debt.left for debt in covered), ZERO) - sum((debt.left for debt in inside), ZERO),
            ceiling=one.ceiling,
            ceiling_months=one.ceiling_months,
            committed=sums,
            has_claimed=has_claimed,
            told_on=_since(told.get(one.pk), debts),
            command_on=commands.get(account),
            served_on=served.get(account),
            is_technical=account in technical,
        )
        found[one.pk] = GuaranteeNow(one, account, call(facts, params[one.kind]), facts, params[one.kind], debts)
    return found


def guarantees_in_debt(ids: Collection[int] | None = None) -> list[Guarantee]:
    """Those of contracts with an open case, with what a line says of each. One query."""
    cases = ArrearsCase.objects.filter(closed_on=None, account__lease__isnull=False).values("account__lease")
    rows = Guarantee.objects.filter(lease__in=cases).select_related("lease__household", "person", "body")
    return list(rows.order_by("pk") if ids is None else rows.filter(pk__in=ids).order_by("pk"))


def _read(
    accounts: Sequence[int], guarantees: Sequence[int], day: date
) -> tuple[
    defaultdict[int, list[CoveredDebt]], defaultdict[int, set[date]], defaultdict[int, dict[int, Decimal]]
]:  # fmt: skip
    params: dict[str, Any] = {"day": day, "ids": list(accounts), "natures": _EVERY}
    owed: defaultdict[int, list[CoveredDebt]] = defaultdict(list)
    paid: defaultdict[int, set[date]] = defaultdict(set)
    claimed: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_OWED.format(items=open_items(day, accounts="ids")), params)
        for account, posting, nature, due_on, month, left, is_held in cursor.fetchall():
            owed[account].append(CoveredDebt(posting, Nature(nature), due_on, month, left, is_held))
        cursor.execute(_PAID, params | {"ids": bigints(accounts)})
        for account, month in cursor.fetchall():
            paid[account].add(month)
        cursor.execute(_CLAIMED, {"ids": bigints(guarantees)})
        for guarantee, posting, amount in cursor.fetchall():
            claimed[guarantee][posting] = amount
    return owed, paid, claimed


def _by_month(debts: Sequence[CoveredDebt], *, paid: set[date]) -> tuple[CoveredMonth, ...]:
    months: defaultdict[date, list[CoveredDebt]] = defaultdict(list)
    for debt in debts:
        months[debt.month].append(debt)
    return tuple(
        CoveredMonth(
            due_on=min(debt.due_on for debt in rows),
            left=sum((debt.left for debt in rows), ZERO),
            # Repairs are no term.
            is_full=month not in paid and any(debt.nature not in DAMAGES for debt in rows),
            claimed=sum((debt.claimed for debt in rows), ZERO),
            damages=sum((debt.free for debt in rows if debt.nature in DAMAGES), ZERO),
        )
        for month, rows in sorted(months.items())
    )


def _committed(ids: Sequence[int]) -> dict[int, tuple[Decimal, bool]]:
    """What was paid or is still awaited under each guarantee, and whether a claim stands. What the household
    paid itself, or does not owe any more, uses nothing of a ceiling."""
    found: dict[int, tuple[Decimal, bool]] = {}
    for one in with_paid(GuaranteeClaim.objects.filter(guarantee__in=ids, withdrawn_at=None)):
        before, _ = found.get(one.guarantee_id, (ZERO, False))
        found[one.guarantee_id] = (before + one.awaited + one.paid - one.to_give_back, True)
    return found


def with_paid(rows: ClaimQuerySet) -> ClaimQuerySet:
    """Claims with the euros that came (`paid_sum`), those of them that the household did not owe, as demands that were
    corrected since say (`back_sum`), and what is left of the debts that they ask (`open_sum`)."""
    back = lessened().filter(
        credit_posting__entry__guarantor_payment__claim=OuterRef("pk"),
        credit_posting__entry__guarantor_payment__undone_at=None,
    )
    total = back.order_by().values("credit_posting__entry__guarantor_payment__claim").annotate(total=Sum("amount"))
    return rows.annotate(
        paid_sum=Sum("payments__amount", filter=Q(payments__undone_at=None)),
        back_sum=Subquery(total.values("total")),
        open_sum=RawSQL(_OPEN, (), output_field=EuroField()),  # noqa: S611
    )


def _told(ids: Sequence[int]) -> dict[int, date]:
    """When each guarantor was last written to."""
    rows = GuarantorNotice.objects.filter(guarantee__in=ids, sent_on__isnull=False).order_by()
    return dict(rows.values_list("guarantee").annotate(Max("sent_on")))


def _since(told_on: date | None, debts: Sequence[CoveredDebt]) -> date | None:
    """What was told before these arrears began tells nothing of them."""
    first = min((debt.due_on for debt in debts), default=None)
    return told_on if told_on is not None and first is not None and told_on > first else None


def _steps(accounts: Sequence[int]) -> tuple[Mapping[int, date], Mapping[int, date]]:
    """The days of the commandement that runs, and of its service to the guarantor, by account id."""
    rows = ProcedureStep.objects.filter(
        procedure__account__in=accounts, procedure__ended_on=None, kind__in=[StepKind.COMMAND, StepKind.GUARANTOR]
    ).order_by("id")
    commands: dict[int, date] = {}
    served: dict[int, date] = {}
    for account, kind, on in rows.values_list("procedure__account_id", "kind", "on"):
        (commands if kind == StepKind.COMMAND else served)[account] = on
    return commands, served


def payable(claim: GuaranteeClaim, items: Sequence[ClaimItem]) -> list[Decimal]:
    """Of each debt, what the claim still asks of it and what is left of it."""
    postings = [item.posting_id for item in items]
    remaining = dict(
        OpenItem.objects.filter(posting__in=postings, is_debit=True).values_list("posting_id", "remaining")
    )
    entries = claim.payments.filter(undone_at=None).values("entry")
    laid = Allocation.objects.filter(credit_posting__entry__in=entries, debit_posting__in=postings).order_by()
    paid = dict(laid.values_list("debit_posting").annotate(Sum("amount")))
    return [
        max(min(item.amount - paid.get(item.posting_id, ZERO), remaining.get(item.posting_id, ZERO)), ZERO)
        for item in items
    ]
