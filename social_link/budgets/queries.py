"""Budgets of a household as pages and API read them, compared, and the rent that the books know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from common.money import ZERO
from common.params import Params
from leases.contracts.codes import LeaseState
from leases.households.codes import MemberRole
from leases.households.queries import composition_on
from leases.models import Household
from office.access.actor import Actor
from office.parameters.queries import params_on
from rent_ledger.arrears.looks import LIVINGS
from rent_ledger.arrears.parameters import living_params
from rent_ledger.arrears.rules.living import verdict
from rent_ledger.models import AccountState, ArrearsCase
from social_link.budgets.codes import Resource, Spending
from social_link.budgets.models import Budget
from social_link.budgets.parameters import redo_months
from social_link.budgets.rules.living import Left, good_until
from social_link.budgets.rules.units import counted
from social_link.contacts.perms import followed_by

SHOWN = 3
"""Budgets side by side."""


@dataclass(frozen=True, slots=True)
class BooksRent:
    """What the last demand of the running contract asked (euros): rent and charges, and the aid in it."""

    rent: Decimal
    aid: Decimal


def budgets_for(actor: Actor) -> QuerySet[Budget]:
    """Budgets of the households that the actor follows."""
    return Budget.objects.filter(household__in=followed_by(actor))


def books_rent(household: Household, day: date) -> BooksRent | None:
    """Of the contract that runs on `day`; None without one, or before its first demand. One query."""
    state = (
        AccountState.objects.filter(
            account__lease__household=household, account__lease__state=LeaseState.ACTIVE,
            account__lease__period__contains=day, gross_term__isnull=False,
        )
        .order_by("-account__lease__period", "pk")
        .first()
    )  # fmt: skip
    if state is None or state.gross_term is None:
        return None
    rent = max(state.gross_term, ZERO)
    return BooksRent(rent, max(rent - max(state.net_term or ZERO, ZERO), ZERO))


def persons_of(household: Household, day: date) -> tuple[int, int]:
    """(14 or more, under 14) of the composition on `day`."""
    people = composition_on(household, day)
    return counted((member.age, member.role == MemberRole.CHILD) for member in people.members)


def open_case(household: Household) -> ArrearsCase | None:
    """The case beside whose plan a budget may be taken over."""
    rows = ArrearsCase.objects.filter(account__household=household, closed_on=None).select_related("account")
    return rows.order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class BudgetNow:
    """A budget, what it leaves, and the word for it. `until`: the last day on which it says so."""

    budget: Budget
    left: Left
    look: tuple[str, str]
    until: date
    is_old: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of budgets side by side, the last first: `cells` in euros, or counts and rates as words. `delta`: what
    changed since the one before, None where nothing did."""

    label: str
    cells: Sequence[Decimal | None]
    is_sum: bool = False

    @property
    def delta(self) -> Decimal | None:
        if len(self.cells) < 2:
            return None
        moved = (self.cells[0] or ZERO) - (self.cells[1] or ZERO)
        return moved if moved else None


def budget_now(budget: Budget, day: date, *, params: Params | None = None) -> BudgetNow:
    """Its amounts at hand: one query for the parameters, none where they are known already."""
    params = params or params_on(day)
    left, until = budget.left, good_until(budget.on, redo_months(day, params=params))
    living = verdict(left.by_person, living_params(day, params=params))
    return BudgetNow(budget, left, (living.label, LIVINGS[living]), until, day > until)


def last_budgets(household: Household, limit: int = SHOWN) -> list[Budget]:
    """The last ones, the latest first. Two queries."""
    rows = Budget.objects.filter(household=household).select_related("author").prefetch_related("amounts")
    return list(rows[:limit])


def lines_of(budgets: Sequence[Budget]) -> list[Line]:
    """The eight lines, with the kinds of resources under theirs, and what is left."""
    months, lefts = [row.month for row in budgets], [row.left for row in budgets]
    kinds = [kind for kind in Resource if any(kind in month.resources for month in months)]
    return [
        *(Line(kind.label, [month.resources.get(kind) for month in months]) for kind in kinds),
        Line("Ressources, sans l’aide au logement", [left.resources for left in lefts], is_sum=True),
        Line("Loyer et charges, aide déduite", [left.net_rent for left in lefts]),
        *(
            Line(kind.label, [month.spending.get(kind) for month in months])
            for kind in Spending
            if kind != Spending.FOOD
        ),
        Line("Reste à vivre du mois", [left.left for left in lefts], is_sum=True),
        Line(Spending.FOOD.label, [month.spending.get(Spending.FOOD) for month in months]),
        Line("Après l’alimentation", [left.balance for left in lefts], is_sum=True),
    ]
