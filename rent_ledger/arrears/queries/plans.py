"""What a plan may cover on an account, and the plans of one as a page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from common.money import ZERO
from rent_ledger.arrears.models import SocialAnswer
from rent_ledger.arrears.parameters import plan_months_most
from rent_ledger.books.codes import HoldKind
from rent_ledger.books.models import DebtHold, OpenItem
from rent_ledger.books.plans import PlanDebt, RepaymentPlan
from rent_ledger.books.queries.plans import running_plans
from rent_ledger.books.rules.plans import Instalment, left_of, months_for, schedule


class PlanTerm(NamedTuple):
    """A debt that a plan may cover. `remaining`: what is left of it (euros)."""

    posting_id: int
    due_on: date
    nature: str
    for_month: date | None
    remaining: Decimal


def debts_for_plan(account_id: int, *, day: date) -> list[PlanTerm]:
    """What is due by `day` and free, or held by the plan that runs: oldest first. One query."""
    held = DebtHold.objects.filter(posting=OuterRef("posting"), period__contains=day)
    planned = PlanDebt.objects.filter(posting=OuterRef("posting"), plan__signed_on__isnull=False, plan__ended_on=None)
    items = OpenItem.objects.filter(
        ~Exists(held) | (Exists(planned) & Q(Exists(held.filter(kind=HoldKind.PLAN)))),
        account=account_id, is_debit=True, due_on__lte=day,
    ).order_by("due_on", "posting_id")  # fmt: skip
    return [PlanTerm(*row) for row in items.values_list("posting_id", "due_on", "nature", "for_month", "remaining")]


class ShownInstalment(NamedTuple):
    """`left`: what is not paid of it; `off`: what fell of it with a debt that was cancelled; `after`: what is left of
    the plan once it is paid (euros)."""

    due_on: date
    amount: Decimal
    left: Decimal
    off: Decimal
    after: Decimal
    is_late: bool


FOLDED_FROM = 12
"""Instalments: more of them are folded."""


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan with its instalments as paid today. `total`: what it covers and still stands, `left`: what is left
    of it (euros). `debts`: what it covers, oldest first."""

    plan: RepaymentPlan
    rows: list[ShownInstalment]
    total: Decimal
    left: Decimal
    debts: tuple[PlanDebt, ...]

    @property
    def is_folded(self) -> bool:
        """A long schedule with nothing late is said by its first and last instalment, and opened by who wants it."""
        return len(self.rows) > FOLDED_FROM and not any(row.is_late for row in self.rows)


def shown_plan(plan: RepaymentPlan, *, day: date) -> ShownPlan:
    """Of a draft, or of one that runs. Five queries at most."""
    instalments = [Instalment(*row) for row in plan.instalments.values_list("due_on", "amount")]
    asked, paid = instalments, ZERO
    if plan.is_running:
        running = running_plans([plan.account_id])[plan.account_id]
        asked, paid = running.instalments, running.paid(left_on(plan))
    total = sum((instalment.amount for instalment in asked), ZERO)
    rows, after = [], total
    for due, still, rest in zip_longest(instalments, asked, left_of(asked, paid)):
        amount = still.amount if still else ZERO
        after -= amount
        late = bool(rest) and due.due_on < day
        rows.append(ShownInstalment(due.due_on, due.amount, rest or ZERO, due.amount - amount, after, late))
    covered = PlanDebt.objects.filter(plan=plan).select_related("posting").order_by("posting__due_on", "posting_id")
    return ShownPlan(plan, rows, total, total - paid, tuple(covered))


class LeftOut(NamedTuple):
    """What a draft does not cover of what is due, and of it what the plan that runs spreads today (euros)."""

    owed: Decimal
    freed: Decimal


def left_out(draft: ShownPlan, running: ShownPlan | None, terms: Sequence[PlanTerm]) -> LeftOut:
    """Once the draft is signed, what it leaves out counts in the debt; what the plan that runs held counts again."""
    covered = {debt.posting_id for debt in draft.debts}
    spread = {debt.posting_id for debt in running.debts} if running else set()
    rest = [term for term in terms if term.posting_id not in covered]
    freed = [term.remaining for term in rest if term.posting_id in spread]
    return LeftOut(sum((term.remaining for term in rest), ZERO), sum(freed, ZERO))


def left_on(plan: RepaymentPlan) -> Decimal:
    """What is left of the debts that a plan covers (euros). One query."""
    debts = PlanDebt.objects.filter(plan=plan).values("posting")
    items = OpenItem.objects.filter(is_debit=True, posting__in=debts)
    return sum(items.values_list("remaining", flat=True), ZERO)


class Length(NamedTuple):
    """A plan of so many months: `amount` a month, the last one on `end`. `with_term`: with the net term of a month."""

    months: int
    amount: Decimal
    end: date
    with_term: Decimal | None


LENGTHS = (6, 12, 24, 36)


def lengths(total: Decimal, *, first_on: date, net_term: Decimal | None, most: int) -> list[Length]:
    """The usual lengths side by side, as far as a plan may go."""
    found = []
    for months in LENGTHS:
        if months <= most and total >= Decimal(months) / 100:
            plan = schedule(total, first_on=first_on, months=months)
            monthly = plan[0].amount
            found.append(Length(months, monthly, plan[-1].due_on, None if net_term is None else net_term + monthly))
    return found


class Asked(NamedTuple):
    """What the social service proposed: `amount` a month (euros), the `months` in which it pays the total (no more than
    a plan may last), and what would be `left` then."""

    amount: Decimal
    months: int
    left: Decimal


def asked_plan(account_id: int, total: Decimal, *, day: date) -> Asked | None:
    """How the amount that the social service proposed pays `total`; None where it asks for no plan, or names none."""
    answers = SocialAnswer.objects.filter(case__account=account_id, case__closed_on=None).order_by("-id")
    asked = answers.values_list("plan_asked", "plan_amount").first()
    if asked is None or not asked[0] or not asked[1]:
        return None
    months = min(months_for(total, asked[1]), plan_months_most(day))
    return Asked(asked[1], months, max(total - asked[1] * months, ZERO))
