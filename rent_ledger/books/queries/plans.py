"""The plans that run: what each covers and asks, and what was paid on it. Today's, from the open items."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from common.money import ZERO
from rent_ledger.books.queries.standing import ended_by
from rent_ledger.books.rules.allocation import OpenDebit, OpenInstalment
from rent_ledger.books.rules.plans import Instalment, entered, left_of, shortened

RUNNING_PLANS = "(SELECT * FROM rent_ledger_repaymentplan WHERE signed_on IS NOT NULL AND ended_on IS NULL)"
"""SQL: the plans that run, one of an account at most."""


def plan_runs(account: str) -> str:
    """SQL: true where a plan runs on the account."""
    return f"EXISTS (SELECT 1 FROM {RUNNING_PLANS} running WHERE running.account_id = {account})"  # noqa: S608


def spread_by_plan(accounts: str) -> str:
    """SQL of one row per account of `accounts` where a plan runs: `amount`, what its instalments after %(day)s still
    ask (`rules.plans.spread`), no more than is left of its debts."""
    return f"""
    SELECT r.account_id, least(covered.remaining, greatest(covered.amount - asked.amount, 0)) AS amount
    FROM {accounts} JOIN {RUNNING_PLANS} r USING (account_id)
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(d.amount) FILTER (WHERE {ended_by("p.entry_id")} IS NULL), 0) AS amount,
            coalesce(sum(o.remaining), 0) AS remaining
        FROM rent_ledger_plandebt d JOIN rent_ledger_posting p ON p.id = d.posting_id
        LEFT JOIN rent_ledger_openitem o ON o.posting_id = d.posting_id AND o.is_debit
        WHERE d.plan_id = r.id
    ) covered
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(i.amount), 0) AS amount FROM rent_ledger_planinstalment i
        WHERE i.plan_id = r.id AND i.due_on <= %(day)s
    ) asked"""  # noqa: S608


class AskedInstalment(NamedTuple):
    """An instalment that is to pay: the `number`th `of` the plan signed on `signed_on`; `left` of it (euros)."""

    number: int
    of: int
    signed_on: date
    due_on: date
    left: Decimal

    @property
    def words(self) -> str:
        """`Mensualité 3 sur 12 du plan du 12/11/2026`."""
        return f"Mensualité {self.number} sur {self.of} du plan du {self.signed_on:%d/%m/%Y}"


@dataclass(slots=True)
class RunningPlan:
    """`covered`: what the plan covers of each debt, by posting id, oldest debt first (euros). A debt that was cancelled
    is covered no more, and the last instalments fall with it: nobody paid it."""

    plan_id: int
    signed_on: date
    covered: dict[int, Decimal] = field(default_factory=dict)
    instalments: list[Instalment] = field(default_factory=list)

    def paid(self, left: Decimal) -> Decimal:
        """What was paid on it, where `left` is what is left of its debts (euros)."""
        return sum(self.covered.values(), ZERO) - left

    def asked(self, debits: Mapping[int, OpenDebit], *, day: date) -> list[OpenInstalment]:
        """The instalments that have entered the queue by `day` and ask something. `debits`: what is left of the debts,
        by posting id, without those that are paid.

        What stands again of a debt beyond what the plan covers of it is asked first: a payment of before the signature
        came back.
        """
        debts = [debits[pk] for pk in self.covered if pk in debits]
        paid = self.paid(sum((debit.remaining for debit in debts), ZERO))
        beyond = [OpenInstalment(-paid, self.signed_on, debts)] if paid < ZERO else []
        asked = entered(self.instalments, paid, day=day)
        return beyond + [OpenInstalment(rest, due_on, debts) for due_on, rest in asked]


def left_in_plan(account_id: int) -> Decimal:
    """What is left of the debts that the plan that runs on an account covers (euros); zero without one. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT coalesce(sum(o.remaining), 0) FROM {RUNNING_PLANS} r
            JOIN rent_ledger_plandebt d ON d.plan_id = r.id
            JOIN rent_ledger_openitem o ON o.posting_id = d.posting_id AND o.is_debit
            WHERE r.account_id = %(account)s
            """,  # noqa: S608
            {"account": account_id},
        )
        left: Decimal = cursor.fetchone()[0]
        return left


def plans_without_object(plan_ids: Collection[int]) -> set[int]:
    """Those of these plans of which every debt was cancelled: nobody paid it. One query, none without a plan."""
    if not plan_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT d.plan_id FROM rent_ledger_plandebt d JOIN rent_ledger_posting p ON p.id = d.posting_id
            WHERE d.plan_id = ANY(%(ids)s) GROUP BY d.plan_id HAVING bool_and({ended_by("p.entry_id")} IS NOT NULL)
            """,  # noqa: S608
            {"ids": list(plan_ids)},
        )
        return {plan for (plan,) in cursor.fetchall()}


def next_instalment(account_id: int) -> AskedInstalment | None:
    """The first instalment of the plan that runs on an account which is not wholly paid. Three queries; one without a
    plan."""
    plan = running_plans([account_id]).get(account_id)
    if plan is None:
        return None
    left = left_of(plan.instalments, plan.paid(left_in_plan(account_id)))
    for number, (due, rest) in enumerate(zip(plan.instalments, left, strict=True), start=1):
        if rest > ZERO:
            return AskedInstalment(number, len(plan.instalments), plan.signed_on, due.due_on, rest)
    return None


def running_plans(account_ids: Collection[int] | None = None, *, again: int = 0) -> dict[int, RunningPlan]:
    """The plan that runs on each of the accounts (None: all), by account id. Two queries.

    `again`: the id of an ended plan that is read as if it ran; no other one runs on its account.
    """
    cancelled: dict[int, Decimal] = {}
    ended = f"(SELECT * FROM rent_ledger_repaymentplan WHERE id = {int(again)})"  # noqa: S608
    runs = f"(SELECT * FROM {RUNNING_PLANS} running UNION ALL SELECT * FROM {ended} ended)" if again else RUNNING_PLANS  # noqa: S608
    scope, params = ("true", {}) if account_ids is None else ("r.account_id = ANY(%(ids)s)", {"ids": list(account_ids)})
    found: dict[int, RunningPlan] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT r.account_id, r.id, r.signed_on, d.posting_id, d.amount, {ended_by("p.entry_id")} IS NOT NULL
            FROM {runs} r JOIN rent_ledger_plandebt d ON d.plan_id = r.id
            JOIN rent_ledger_posting p ON p.id = d.posting_id
            WHERE {scope} ORDER BY r.account_id, p.due_on, d.posting_id
            """,  # noqa: S608
            params,
        )
        for account, plan, signed_on, posting, amount, is_cancelled in cursor.fetchall():
            running = found.setdefault(account, RunningPlan(plan, signed_on))
            if is_cancelled:
                cancelled[account] = cancelled.get(account, ZERO) + amount
            else:
                running.covered[posting] = amount
        if found:
            cursor.execute(
                f"""
                SELECT r.account_id, i.due_on, i.amount
                FROM {runs} r JOIN rent_ledger_planinstalment i ON i.plan_id = r.id
                WHERE {scope} ORDER BY r.account_id, i.due_on
                """,  # noqa: S608
                params,
            )
            for account, due_on, amount in cursor.fetchall():
                found[account].instalments.append(Instalment(due_on, amount))
    for account, off in cancelled.items():
        found[account].instalments = shortened(found[account].instalments, off)
    return found
