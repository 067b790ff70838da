"""Reads of the arrears list, its lanes and its cases, for the pages and the API."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import reduce
from math import ceil
from operator import or_
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable

from common import clock
from common.money import CENT, ZERO
from common.params import Params
from common.periods import add_months, last_day
from common.reasons import Reason
from leases.contracts.codes import LeaseKind
from leases.households.models import lives_protected
from office.access.actor import Actor
from rent_ledger.arrears.codes import LaneTrace, LetterHoldSource
from rent_ledger.arrears.models import ArrearsCase, LetterHold, SocialAnswer
from rent_ledger.arrears.parameters import plan_months_most
from rent_ledger.arrears.perms import can_read_answers, can_read_cases
from rent_ledger.arrears.queries.lanes import propose
from rent_ledger.arrears.rules.case_facts import Proposal
from rent_ledger.arrears.rules.frames import FRAMES, frame_of
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.arrears.rules.legal import LegalParams
from rent_ledger.arrears.rules.term import MonthTerm
from rent_ledger.bank.queries.bank_known import BankKnowledge
from rent_ledger.books.codes import Action, HoldKind, Lane
from rent_ledger.books.models import AccountState, DebtHold, OpenItem
from rent_ledger.books.plans import PlanInstalment
from rent_ledger.rights.models import BenefitRight
from stock.dwellings.codes import StockType

PLAN_MONTHS = 3


@dataclass(frozen=True, slots=True)
class LaneTotal:
    """A lane with its number of accounts, what they owe today, and how many of them wait for a decision. `as_of`: the
    day of the oldest of these figures; None in an empty lane. `spread`: what their plans ask later."""

    lane: str
    count: int
    amount: Decimal
    to_decide: int
    as_of: date | None = None
    spread: Decimal = ZERO


def lane_totals(
    to_decide: Collection[Action] = TO_DECIDE, rows: "QuerySet[AccountState] | None" = None
) -> list[LaneTotal]:
    """Every lane but « À jour », in the order of the page, empty lanes included. One query; reads no names.

    `to_decide`: the actions that count as waiting for a decision (`queries.told`). `rows`: of these states alone.
    """
    states = AccountState.objects.all() if rows is None else rows
    found = {
        row["lane"]: LaneTotal(
            row["lane"], row["n"], row["amount"] or ZERO, row["waiting"], row["as_of"], row["spread"]
        )
        for row in states.exclude(lane=Lane.NONE)
        .values("lane")
        .annotate(
            n=Count("pk"),
            amount=Sum("debt"),
            spread=Sum("spread"),
            as_of=Min("as_of"),
            waiting=Count("pk", filter=Q(action__in=sorted(to_decide))),
        )
        .order_by()
    }
    return [found.get(lane, LaneTotal(lane, 0, ZERO, 0)) for lane in Lane.values if lane != Lane.NONE]


def totals_day(totals: Iterable[LaneTotal]) -> date:
    """The day of these figures: of the oldest one, today where there is none."""
    return min((total.as_of for total in totals if total.as_of), default=clock.today())


def arrears_for(actor: Actor) -> "QuerySet[AccountState]":
    """States of the accounts in a lane that the actor may see by name; empty if the actor sees only totals."""
    rows = AccountState.objects.exclude(lane=Lane.NONE)
    return rows if can_read_cases(actor) else rows.none()


def named(rows: "QuerySet[AccountState]") -> "QuerySet[AccountState]":
    """The same with household, contract and dwelling, the open case (`case_id`), and `is_protected` (its address)."""
    case = ArrearsCase.objects.filter(account_id=OuterRef("account_id"), closed_on=None)
    return rows.select_related("account__household", "account__lease__unit__dwelling").annotate(
        case_id=Subquery(case.values("pk")[:1]), is_protected=lives_protected("account__household", clock.today())
    )


@dataclass(frozen=True, slots=True)
class HeldDebt:
    """Debts of an account that one act took out of the queue. `until`: the last day; None where no end was said."""

    reason: str
    why: Reason
    amount: Decimal
    from_day: date
    until: date | None
    posting_ids: tuple[int, ...]
    words: str = ""
    """`dans un plan`, after the amount."""
    is_signed: bool = False
    """Held by a signed plan that runs: it is put back into the queue by the end of the plan alone."""


_HELD_WORDS = {
    HoldKind.PLAN: "dans un plan",
    HoldKind.FREEZE: "gelés (surendettement)",
    HoldKind.DISPUTE: "contestés",
}


def held_debts(account_ids: Collection[int], *, day: date) -> dict[int, list[HeldDebt]]:
    """What is held on `day` of each account, the first to end first. What a signed plan holds ends with its last
    instalment. One query."""
    signed = PlanInstalment.objects.filter(
        plan__debts__posting=OuterRef("posting"), plan__signed_on__isnull=False, plan__ended_on=None
    ).order_by("-due_on")
    left = OpenItem.objects.filter(posting=OuterRef("posting"), is_debit=True).values("remaining")[:1]
    rows = (
        DebtHold.objects.filter(posting__debit__in=account_ids, period__contains=day)
        .annotate(left=Subquery(left), plan_end=Subquery(signed.values("due_on")[:1]))
        .filter(left__isnull=False)
        .order_by("period__endswith", "posting_id")
        .values_list("posting__debit", "kind", "reason", "period", "plan_end", "left", "posting_id")
    )
    found: dict[int, dict[tuple[Any, ...], list[tuple[Decimal, int]]]] = {}
    for account, kind, reason, held, plan_end, amount, posting in rows:
        is_signed = kind == HoldKind.PLAN and plan_end is not None
        key = (kind, reason, held.lower, plan_end if is_signed else last_day(held), is_signed)
        found.setdefault(account, {}).setdefault(key, []).append((amount, posting))
    return {account: [_held(key, debts) for key, debts in acts.items()] for account, acts in found.items()}


def _held(key: tuple[Any, ...], debts: Sequence[tuple[Decimal, int]]) -> HeldDebt:
    kind, reason, from_day, until, is_signed = key
    figures = {"kind": HoldKind(kind)}
    why = Reason(LaneTrace.HELD_UNTIL, figures | {"until": until}) if until else Reason(LaneTrace.HELD_OPEN, figures)
    amount = sum((left for left, _ in debts), ZERO)
    postings = tuple(posting for _, posting in debts)
    return HeldDebt(reason, why, amount, from_day, until, postings, _HELD_WORDS[HoldKind(kind)], is_signed)


def held_of(states: Iterable[AccountState], *, day: date) -> dict[int, list[HeldDebt]]:
    """The same for the states of a list: asked only where one of them is « Hors relance »."""
    ids = [state.pk for state in states if state.lane == Lane.HELD]
    return held_debts(ids, day=day) if ids else {}


def takes_decisions(state: AccountState) -> bool:
    """Whether anything may be decided of the account: nothing is, while all that is due is in a plan that runs, but the
    report that is owed to the payer."""
    return state.arrears > 0 or state.action in TO_DECIDE


def rows_of(pks: Sequence[int], **more: Combinable) -> list[AccountState]:
    """`named` for the states of one page, in their order, with what `more` adds to each. (Sorting first and joining
    names later reads far less.)"""
    found = {state.pk: state for state in named(AccountState.objects.filter(pk__in=pks)).annotate(**more)}
    return [found[pk] for pk in pks if pk in found]


def explain_proposals(
    account_ids: Iterable[int],
    *,
    day: date,
    params: Params | None = None,
    known: BankKnowledge | None = None,
    months: Mapping[int, Sequence[MonthTerm]] | None = None,
) -> dict[int, Proposal]:
    """The proposals with their trace, rebuilt from the facts of the day, by account id. The others as in `propose`."""
    proposed = propose(account_ids=list(account_ids), day=day, params=params, known=known, months=months)
    return {account: proposal for account, (_, proposal) in proposed.items()}


def cases_for(actor: Actor) -> "QuerySet[ArrearsCase]":
    """Cases that the actor may open."""
    rows = ArrearsCase.objects.select_related(
        "account__household", "account__lease__unit__dwelling", "account__state"
    ).annotate(is_protected=lives_protected("account__household", clock.today()))
    return rows if can_read_cases(actor) else rows.none()


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a plan of an account may be. `end`: the day on which what is past due (`owed`) would be paid by the monthly
    `amount` that was proposed, no later than a plan may last. `left`: what would still be owed then. `least`: the
    monthly amount that pays all of it within the longest plan of `months` months (CCH, art. R. 824-8: a 36th)."""

    end: date
    owed: Decimal
    amount: Decimal | None
    left: Decimal
    least: Decimal
    months: int


def plan_terms(account_id: int, *, day: date) -> PlanTerms:
    """By the instalments that the social service proposed; three months from `day` where it named none."""
    last = SocialAnswer.objects.filter(case__account=account_id, case__closed_on=None, plan_asked=True).order_by("-id")
    amount = last.values_list("plan_amount", flat=True).first()
    owed = AccountState.objects.filter(pk=account_id).values_list("arrears", flat=True).first() or ZERO
    most = plan_months_most(day)
    months = min(max(ceil(owed / amount), 1) if amount else PLAN_MONTHS, most)
    left = max(owed - amount * months, ZERO) if amount else ZERO
    return PlanTerms(add_months(day, months), owed, amount, left, least_instalment(owed, day=day), most)


def least_instalment(owed: Decimal, *, day: date) -> Decimal:
    """What pays `owed` within the longest plan, in euros per month, rounded up to the cent."""
    return (owed / plan_months_most(day)).quantize(CENT, ROUND_CEILING)


def holds_told(case: ArrearsCase, actor: Actor, *, own: bool = False) -> QuerySet[LetterHold]:
    """The pauses of a case whose days the actor may know: those of the social service are of its answer, those of a
    rule of the alert. `own`: the case is one of the actor's own."""
    rows = case.letter_holds.all()
    return rows if can_read_answers(actor, own=own) else rows.filter(source=LetterHoldSource.RENT)


def touched_by_switch(day: date, p: LegalParams) -> QuerySet[AccountState]:
    """The accounts that the coming regime would constitute on its first day if nothing is paid until then: of a
    housing expense, of a household with a benefit, and not constituted yet (`rules.legal.outlook`)."""
    outside = [
        Q(account__lease__kind=kind, account__lease__unit__dwelling__stock_type=stock)
        for kind in LeaseKind
        for stock in StockType
        if not FRAMES[frame_of(kind, stock, is_social=True)].is_housing_expense
    ]
    constituted = ArrearsCase.objects.filter(account=OuterRef("account"), closed_on=None, constituted_on__isnull=False)
    aided = BenefitRight.objects.filter(lease=OuterRef("account__lease"), period__contains=day)
    # Only accounts in debt can have a counted debt: the partial index on debt finds these few rows.
    return AccountState.objects.filter(
        Q(counted__gt=p.amount) | Q(oldest_due__lte=add_months(p.switch_on, -p.months)),
        ~Exists(constituted), Exists(aided), counted__gt=0, debt__gt=0, account__lease__isnull=False,
    ).exclude(reduce(or_, outside))  # fmt: skip


def open_cases(account_ids: Iterable[int]) -> dict[int, ArrearsCase]:
    """The open case of each account that has one."""
    return {case.account_id: case for case in ArrearsCase.objects.filter(account_id__in=account_ids, closed_on=None)}
