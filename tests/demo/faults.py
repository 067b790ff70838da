"""What the life of an association must never show, read from its rows and papers: each a fault that was once seen."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from common import clock
from common.money import ZERO
from leases.contracts.codes import DemandKind
from office.access.actor import Actor
from rent_ledger.arrears.duties import plans_asked
from rent_ledger.arrears.parameters import lane_params
from rent_ledger.arrears.rules.lanes import FIRST_LATENESS, TO_DECIDE
from rent_ledger.billing.services.papers import demand_documents
from rent_ledger.books.codes import Action, HoldKind, Lane, PlanEnd
from rent_ledger.models import AccountState, DebtHold, HelpRequest, PlanDebt, Receipt, RentDemand, RepaymentPlan
from stock.models import AgreementDwelling

BATCH = 200


def faults_shown(day: date) -> list[str]:
    """One line for each thing that is wrong on `day`, the last that was played."""
    return [
        *receipts_above_their_term(), *avis_that_claim_too_much(), *due_before_their_paper(), *indemnities_to_come(),
        *first_times_with_an_older_debt(), *debts_in_no_list(), *plans_that_wait_for_ever(day), *plans_in_words_alone(),
        *homes_that_count_as_empty(day), *papers_of_one_day(), *measures_without_a_funder(),
        *referents_without_a_measure(),
    ]  # fmt: skip


def rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def receipts_above_their_term() -> Iterator[str]:
    """A quittance is of the whole term, a reçu of a part of it."""
    for receipt in Receipt.objects.select_related("demand"):
        most = receipt.demand.gross
        if receipt.amount > most or (receipt.kind == "FULL" and receipt.amount < receipt.demand.net):
            yield f"{receipt} of {receipt.demand.reference}: {receipt.amount}, of a term of {most}"


def measures_without_a_funder() -> Iterator[str]:
    """Each measure is paid by somebody."""
    sql = "SELECT h.name FROM social_link_measure m JOIN leases_household h ON h.id = m.household_id"
    for (name,) in rows(f"{sql} WHERE m.funder_id IS NULL"):
        yield f"{name}: a measure without a funder"


def referents_without_a_measure() -> Iterator[str]:
    """Who is followed has, or had, a measure."""
    sql = "SELECT DISTINCT h.name FROM social_link_referent r JOIN leases_household h ON h.id = r.household_id"
    for (name,) in rows(f"{sql} WHERE NOT EXISTS (SELECT FROM social_link_measure m WHERE m.household_id = h.id)"):
        yield f"{name}: a referent, and no measure"


_OWED = """
SELECT d.id, (d.issued_at AT TIME ZONE 'Europe/Paris')::date, coalesce(sum(p.amount), 0)
FROM rent_ledger_rentdemand d
LEFT JOIN rent_ledger_posting p ON p.debit_id = d.account_id AND p.entry_id <> d.entry_id AND p.debit_id >= 1000
    AND p.due_on <= (d.issued_at AT TIME ZONE 'Europe/Paris')::date
GROUP BY d.id
"""


def avis_that_claim_too_much() -> Iterator[str]:
    """What an avis names apart was due on its day: never more than what was asked by then, nor than what was owed."""
    asked = {pk: total for pk, _, total in rows(_OWED)}
    laid = dict(
        rows(
            """
            SELECT d.id, coalesce(sum(a.amount), 0) FROM rent_ledger_rentdemand d
            JOIN rent_ledger_posting p ON p.debit_id = d.account_id AND p.debit_id >= 1000 AND p.entry_id <> d.entry_id
                AND p.due_on <= (d.issued_at AT TIME ZONE 'Europe/Paris')::date
            JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
                AND a."on" <= (d.issued_at AT TIME ZONE 'Europe/Paris')::date
            GROUP BY d.id
            """
        )
    )
    demands = list(RentDemand.objects.exclude(state="CANCELLED").select_related("lease").order_by("id"))
    for start in range(0, len(demands), BATCH):
        papers = demand_documents(demands=demands[start : start + BATCH], actor=Actor.system())
        for demand in demands[start : start + BATCH]:
            before = Decimal(papers[demand.pk].data["before"] or 0)
            owed = asked[demand.pk] - laid.get(demand.pk, ZERO)
            if before > owed:
                yield f"{demand.reference} claims {before}, {owed} was due on its day"


def due_before_their_paper() -> Iterator[str]:
    """Nobody is late of what was not asked yet."""
    for demand in RentDemand.objects.exclude(state="CANCELLED").select_related("lease"):
        made_on = demand.issued_at.astimezone(clock.PARIS).date()
        # A correction that asks no more of a month keeps the day that was asked for.
        again = RentDemand.objects.filter(lease=demand.lease_id, month=demand.month, state="CANCELLED").exists()
        if demand.due_on < made_on and not again and demand.kind == DemandKind.TERM:
            yield f"{demand.reference} of {made_on} is due on {demand.due_on}"


def indemnities_to_come() -> Iterator[str]:
    """An indemnity is asked of who stays after the end of the contract, never before that end has come."""
    for demand in RentDemand.objects.filter(kind=DemandKind.INDEMNITY, state="ISSUED").select_related("lease"):
        made_on, end = demand.issued_at.astimezone(clock.PARIS).date(), demand.lease.period.upper
        if end is None or end > made_on:
            yield f"{demand.reference} of {made_on}: the contract ends on {end}"


def first_times_with_an_older_debt() -> Iterator[str]:
    """Who is said to be late for the first time has no debt without a break from before the oldest term, and was never
    decided about."""
    for state in AccountState.objects.exclude(lane=Lane.NONE).select_related("account"):
        if (why := state.why) is None or why.code not in FIRST_LATENESS:
            continue
        if state.in_debt_since and state.oldest_due and state.in_debt_since < state.oldest_due:
            yield f"{state.account}: first time, in debt since {state.in_debt_since}, oldest {state.oldest_due}"


def debts_in_no_list() -> Iterator[str]:
    """What is past due is in a lane, held or not."""
    for state in AccountState.objects.filter(lane=Lane.NONE).select_related("account"):
        if state.arrears > 0 or (state.held > 0 and state.held == state.whole_debt):
            yield f"{state.account}: {state.debt} in no lane"


def plans_in_words_alone() -> Iterator[str]:
    """What a plan holds has instalments: a signed plan covers it, or a person accepted one until a day."""
    signed = PlanDebt.objects.filter(posting=OuterRef("posting"), plan__signed_on__isnull=False)
    for hold in DebtHold.objects.filter(~Exists(signed), kind=HoldKind.PLAN, period__upper_inf=True):
        yield f"posting {hold.posting_id}: held without an end by « {hold.reason} », of no plan"
    for plan in RepaymentPlan.objects.filter(end=PlanEnd.BROKEN):
        if not HelpRequest.objects.filter(case__account=plan.account_id, requested_at__date__gte=plan.ended_on):
            yield f"plan {plan.pk}: broken, and the social service was not asked"


def plans_that_wait_for_ever(day: date) -> Iterator[str]:
    """A plan that was asked is to decide until its days have passed; then the case goes its way."""
    days = lane_params(day).plan_days
    waiting = {answer.case.account_id: answer for answer in plans_asked().select_related("case")}
    for state in AccountState.objects.filter(account__in=waiting).select_related("account"):
        asked_on = waiting[state.account_id].answered_at.astimezone(clock.PARIS).date()
        if (day - asked_on).days > days and state.action in (Action.WAIT, "") and state.action not in TO_DECIDE:
            yield f"{state.account}: a plan asked on {asked_on} waits, {state.action or 'nothing'} proposed"


def homes_that_count_as_empty(day: date) -> Iterator[str]:
    """A dwelling whose contract is active today is held by somebody: none is empty with a contract."""
    held = rows(
        """
        SELECT l.reference FROM leases_lease l JOIN stock_unit u ON u.id = l.unit_id
        WHERE l.state = 'ACTIVE' AND l.period @> %(day)s::date AND NOT EXISTS (
            SELECT 1 FROM leases_occupancy o WHERE o.dwelling_id = u.dwelling_id AND o.period @> %(day)s::date)
        """,
        day=day,
    )
    for (reference,) in held:
        yield f"{reference}: active, and its dwelling counts as empty"
    stock = set(AgreementDwelling.objects.filter(period__contains=day).values_list("dwelling_id", flat=True))
    for reference, dwelling in rows(
        "SELECT l.reference, o.dwelling_id FROM leases_occupancy o JOIN leases_lease l ON l.id = o.lease_id"
        " WHERE o.period @> %(day)s::date",
        day=day,
    ):
        if dwelling not in stock:
            yield f"{reference}: lives in a dwelling of no agreement"


def papers_of_one_day() -> Iterator[str]:
    """Receipts are dated by their own day: those of several months are not all of one."""
    days = Counter(Receipt.objects.values_list("issued_on", "demand__month"))
    by_day: dict[date, set[date]] = {}
    for issued_on, month in days:
        by_day.setdefault(issued_on, set()).add(month)
    for issued_on, months in by_day.items():
        if len(months) > 3:
            yield f"receipts of {len(months)} months are all of {issued_on}"
