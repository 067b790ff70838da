"""What the books say of a commandement and of what a judge gave: money by the day on which it came."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from common import clock
from common.money import ZERO
from rent_ledger.bank.queries.bank_known import BankKnowledge
from rent_ledger.books.codes import HoldKind
from rent_ledger.books.models import Account, DebtHold, Posting
from rent_ledger.books.rules.natures import HOUSING_NATURES
from rent_ledger.procedures.codes import ENFORCES, SPREADS, StepKind
from rent_ledger.procedures.models import ProcedureStep
from rent_ledger.procedures.rules.suspension import Given, due_days, judged_after, lapsed_on

# Of the housing debts due by each day, what no money had paid by another day. What was reversed was never owed; money
# that came back counts as if it had not come.
_LEFT = """
SELECT w.n, coalesce(sum(p.amount - coalesce(paid.amount, 0)), 0)
FROM unnest(%(due)s::date[], %(by)s::date[]) WITH ORDINALITY AS w(due, paid_by, n)
LEFT JOIN rent_ledger_posting p ON p.debit_id = %(account)s AND p.due_on <= w.due AND p.nature = ANY(%(natures)s)
    AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = p.entry_id)
LEFT JOIN LATERAL (
    SELECT sum(a.amount) AS amount FROM rent_ledger_allocation a
    JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
    WHERE a.debit_posting_id = p.id AND c.effective_on <= w.paid_by
) paid ON true
GROUP BY w.n ORDER BY w.n
"""


def left_of_dues(account_id: int, days: Sequence[tuple[date, date]]) -> list[Decimal]:
    """For each (due by, paid by): what was left of the housing debts due by the first day, once what came by the second
    was laid on them (euros). One query."""
    if not days:
        return []
    params: dict[str, Any] = {
        "account": account_id, "natures": sorted(HOUSING_NATURES),
        "due": [due for due, _ in days], "by": [by for _, by in days],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, params)
        return [amount for _, amount in cursor.fetchall()]


def is_paid(account_id: int, *, on: date, until: date) -> bool:
    """Whether what was due when a commandement was served `on` was paid whole by `until`. One query."""
    [left] = left_of_dues(account_id, [(on, until)])
    return left <= ZERO


def given_by(step: ProcedureStep) -> Given:
    """What a judge gave by a step of delays, or what a protocol spreads, until its last day where it was prolonged."""
    assert step.amount is not None
    assert step.monthly is not None
    assert step.first_on is not None
    assert step.until is not None
    longer = (
        ProcedureStep.objects.filter(procedure=step.procedure_id, kind=StepKind.LONGER, pk__gt=step.pk).first()
        if step.kind == StepKind.PROTOCOL
        else None
    )
    until = longer.until if longer is not None and longer.until is not None else step.until
    return Given(step.on, step.amount, step.monthly, step.first_on, until)


def lapse_of(account: Account, step: ProcedureStep, *, known: BankKnowledge, days: int) -> date | None:
    """The first day on which what a judge gave was not paid, as far as the bank is known. Two queries."""
    lease = account.lease
    until = known.until(lease.bank_account_id, lease.collected_for) if lease else None
    if until is None:
        return None
    given = given_by(step)
    terms = Posting.objects.filter(debit=account, due_on__gt=given.on, nature__in=sorted(HOUSING_NATURES))
    dues = [
        due
        for due in due_days(given, set(terms.values_list("due_on", flat=True)), until=min(until, given.until))
        if judged_after(due, days) <= until
    ]
    then, *left = left_of_dues(
        account.pk, [(given.on, given.on), *[(due, judged_after(due, days)) for due in dues]]
    )  # fmt: skip
    return lapsed_on(given, owed_then=then, owed=dict(zip(dues, left, strict=True)))


def accounts_judged(account_ids: Collection[int] | None) -> list[ProcedureStep]:
    """The last delays or protocol of each procedure that runs, after which nothing was enforced, of these accounts
    (None: all); not a protocol that overindebtedness suspends (C. conso., art. L. 722-16). One query."""
    later = ProcedureStep.objects.filter(procedure=OuterRef("procedure"), pk__gt=OuterRef("pk"))
    frozen = DebtHold.objects.filter(
        posting__debit=OuterRef("procedure__account"), kind=HoldKind.FREEZE, period__contains=clock.today()
    )
    rows = ProcedureStep.objects.filter(
        ~Exists(later.filter(kind__in=sorted(SPREADS | ENFORCES))),
        ~Q(Exists(frozen), kind=StepKind.PROTOCOL),
        kind__in=sorted(SPREADS),
        procedure__ended_on=None,
    )
    if account_ids is not None:
        rows = rows.filter(procedure__account__in=account_ids)
    return list(rows.select_related("procedure__account__lease").order_by("procedure_id"))
